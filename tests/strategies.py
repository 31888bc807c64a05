"""Hypothesis strategies: odd tidy frames, and valid settings for any step, built from its list of settings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd
from hypothesis import settings
from hypothesis import strategies as st

from dataops_core.steps import Setting, Step
from dataops_core.steps._conditions import quoted
from dataops_core.steps.step import FAMILY
from dataops_core.table import TYPES, Column, type_of

NAMES = (
    "self",
    "df",
    "columns",
    "a b",
    "",
    " ",
    "$",
    "naïve",
    "{x}",
    "a.b",
    "[0]",
    "0",
    "index",
    "row",
    "'",
    '"',
    "É",
    "日付",
)
TEXTS = (
    "",
    " ",
    "a",
    "A",
    " a ",
    "b",
    "yes",
    "NO",
    "12",
    "-999",
    "1.50",
    "1e400",
    "€ 1.234,50",
    "$12,000",
    "12 %",
    "(300)",
    "31/12/2020",
    "02/03/2021",
    "2020-12-31",
    "2020-12-31 10:30",
    "Dec 31, 2020",
    "20201231",
    "9999-12-31",
    "0001-01-01",
    "?",
    "N/A",
    "nan",
    "None",
    "true",
    "ß",
    "İstanbul",
    "ﬁ",
    "e\u0301",
    "\u00a0",
    "\u200b",
    "\U0001f600",
    "{x}",
    "\\1",
    "(a+)+",
    "[",
    "99999999999999999999",
    "1\n2",
    "\x00",
    "00123",
)
WHOLES = (0, 1, -1, -999, 2, 3, 12, 2**53 + 1, 2**63 - 1, -(2**63))
DECIMALS = (0.0, -0.0, 1.0, 1.5, -999.0, 0.1, 1e308, -1e308, 5e-324, float("inf"), float("-inf"), 1e16)
MOMENTS = (  # without a time zone, as in every table
    datetime(1, 1, 1),
    datetime(9999, 12, 31, 23, 59, 59, 999999),
    datetime(1900, 1, 1),
    datetime(2020, 12, 31),
    datetime(2020, 12, 31, 10, 30),
    datetime(1970, 1, 1),
    datetime(1969, 12, 31, 23),
)
CELLS = {
    "text": st.sampled_from(TEXTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    "integer": st.sampled_from(WHOLES) | st.integers(-9, 9),
    "decimal": st.sampled_from(DECIMALS) | st.floats(-9, 9),
    "boolean": st.booleans(),
    "datetime": st.sampled_from(MOMENTS) | st.datetimes(),
}


CONDITIONS = (
    "{} is not missing",
    "{} is a number",
    "unique({})",
    "{} = {}",
    "if {} is missing then {} = {}",
    "{} in (1, 'a')",
)


def examples(count: int) -> int:
    """So many examples, ten times as many with `--hypothesis-profile=thorough` (see conftest.py)."""
    return count * (10 if settings.get_current_profile_name() == "thorough" else 1)


@st.composite
def columns(draw: st.DrawFn, kind: str, rows: int) -> pd.Series:
    """One tidy column; one in five is missing from top to bottom."""
    empty = draw(st.integers(0, 4)) == 0
    cells = [None] * rows if empty else draw(st.lists(st.none() | CELLS[kind], min_size=rows, max_size=rows))
    if kind == "datetime":
        return pd.Series(np.array(cells, dtype="datetime64[us]"))
    if kind in ("integer", "boolean"):
        return pd.Series(pd.array(cells, dtype="Int64" if kind == "integer" else "boolean"))
    return pd.Series(cells, dtype="object" if kind == "text" else "float64")


@st.composite
def tidy_frames(draw: st.DrawFn, families: Sequence[str] = ()) -> pd.DataFrame:
    """A tidy frame of 0 to 8 rows and 1 to 4 oddly named columns, at least one of them of a wanted family."""
    rows = draw(st.integers(0, 8))
    kinds = draw(st.lists(st.sampled_from(TYPES), min_size=1, max_size=4))
    if families and not any(FAMILY[kind] in families for kind in kinds):
        kinds[0] = draw(st.sampled_from([kind for kind in TYPES if FAMILY[kind] in families]))
    names = draw(st.permutations(NAMES))[: len(kinds)]
    ids = sorted(draw(st.sets(st.integers(0, 99), min_size=rows, max_size=rows)))
    index = pd.Index(ids, dtype="int64", name="row")
    series = {name: draw(columns(kind, rows)).set_axis(index) for name, kind in zip(names, kinds, strict=True)}
    return pd.DataFrame(series, index=index, columns=list(names))


def columns_of(frame: pd.DataFrame) -> list[Column]:
    """What the engine knows of a frame's columns."""
    return [Column(str(name), type_of(frame[name]), "text") for name in frame.columns]


def values(setting: Setting, frame: pd.DataFrame) -> st.SearchStrategy:
    """Valid values of one setting for this frame; texts are often taken from the frame, so that something happens."""
    fitting = [column.name for column in columns_of(frame) if setting.columns.takes(column)]
    cells = [str(cell) for name in frame.columns for cell in frame[name].dropna().tolist()]
    texts = st.sampled_from([*cells, *map(str, frame.columns), "a", "-999", "2020-12-31"]) | CELLS["text"]
    low, high = (setting.span.low, setting.span.high) if setting.span else (-1e6, 1e6)
    if setting.name == "conditions":
        named = st.sampled_from([quoted(str(name)) for name in frame.columns])
        made = st.builds(lambda condition, name: condition.replace("{}", name), st.sampled_from(CONDITIONS), named)
        return st.lists(made, min_size=1, max_size=2)
    return {
        "columns": lambda: (
            st.lists(st.sampled_from(fitting), min_size=int(setting.required), max_size=3, unique=True)
            if fitting
            else st.just([])
        ),
        "column": lambda: st.sampled_from(fitting) if setting.required else st.sampled_from([None, *fitting]),
        "choice": lambda: st.sampled_from(setting.choices),
        "choices": lambda: st.lists(st.sampled_from(setting.choices), max_size=3, unique=True),
        "flag": st.booleans,
        "number": lambda: st.floats(low, high),
        "whole": lambda: st.integers(int(low), int(high)),
        "text": lambda: texts,
        "texts": lambda: st.lists(texts, max_size=3),
        "mapping": lambda: (
            st.dictionaries(texts, texts, max_size=3)
            | st.dictionaries(st.sampled_from(list(frame.columns)), texts, max_size=3)
            | st.dictionaries(st.sampled_from(cells or [""]), texts, max_size=3)
            | st.dictionaries(st.sampled_from([str(row + 1) for row in frame.index] or ["1"]), texts, max_size=3)
        ),
        "value": lambda: st.none() | texts | CELLS["integer"] | st.floats(-9, 9),
    }[setting.shape]()


@st.composite
def cases(draw: st.DrawFn, step: Step) -> tuple[pd.DataFrame, dict]:
    """A frame and settings that are valid for it; settings that have a default are left out at times."""
    asked = [s.columns.families for s in step.settings if s.required and s.columns.families]
    families = min(asked, key=len, default=())
    frame = draw(tidy_frames(families))
    given = {s.name: draw(values(s, frame)) for s in step.settings if s.required or draw(st.booleans())}
    return frame, step.check(given, columns_of(frame))
