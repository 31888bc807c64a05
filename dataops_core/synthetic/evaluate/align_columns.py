"""Somebody else's synthetic file beside the real table: the same columns, read as the real ones are, and cells written
alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._cells import cell_texts, yes_or_no
from dataops_core.table import Column, Table
from dataops_core.wording import counted

MOST_VALUES = 2_000  # more distinct texts than this make no category
LONG = 60  # signs in the mean text of a category
EMPTY = frozenset(("", "nan", "none", "null", "na", "n/a", "?", "<na>", "nat", "-"))
FORMS = (
    "%Y/%m/%d",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y%m%d",
    "%d %b %Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%B %d, %Y",
)
MEASURED = ("number", "date", "category")
_POINT_ZERO = re.compile(r"([+-]?\d+)\.0+")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_RUN = re.compile(r"'[=+\-@\t\r]")
_COMMA = re.compile(r"[+-]?\d+,\d+")


@dataclass(frozen=True)
class Aligned:
    """Three tables with the same columns: numbers as float64, dates as datetime64[us], everything else as text written
    alike.
    """

    treated: dict[str, str]  # name -> number, date, category, text, id, empty
    why: dict[str, str]
    real: pd.DataFrame
    synthetic: pd.DataFrame
    holdout: pd.DataFrame | None
    problems: list[str] = field(default_factory=list)
    # columns that could not be read for the most part, on one side at least
    unread: list[str] = field(default_factory=list)

    def named(self, *treatments: str) -> list[str]:
        """The columns that are treated so, in the real table's order."""
        return [name for name, treated in self.treated.items() if treated in treatments]

    def columns(self) -> list[Column]:
        """The columns as models are told of them."""
        about = {
            "number": ("decimal", "number"),
            "date": ("datetime", "datetime"),
            "category": ("text", "category"),
            "empty": ("text", "category"),
        }
        return [Column(name, *about.get(treated, ("text", treated))) for name, treated in self.treated.items()]


def align(real: Table, synthetic: Table, holdout: Table | None = None, made_up: Collection[str] = ()) -> Aligned:
    """The columns that both tables have, in the real table's order and types; what did not fit is said in `problems`.

    Names are matched as they are, then without case and spaces around. Kinds and types are those of the real table:
    text that stands for numbers, dates in another form, 0/1 for true/false and a trailing ".0" are read as what they
    mean. Texts are written alike (Unicode NFKC, no case, single spaces), so that a copy in other letters is still a
    copy; the apostrophe that keeps a spreadsheet from running a cell is left out. Columns that were `made_up` can be
    like nothing, and are compared verbatim only, as identifiers are. Raises SettingError where no column is common.
    """
    problems: list[str] = []
    names = {"synthetic": _matched(real, synthetic, "synthetic", problems)}
    if holdout is not None:
        names["holdout"] = _matched(real, holdout, "holdout", problems)
    common = [name for name in real.names if all(name in found for found in names.values())]
    if not common:
        raise SettingError(
            "The tables have no column in common.",
            "synthetic",
            f"Bring a table with the columns {', '.join(real.names[:8])}.",
        )
    treated, why = treatments(real, common)
    for name in common:
        if name in made_up and treated[name] != "empty":
            treated[name], why[name] = "id", "it was made up"
    frame = real.frame(common)
    frames = {
        "real": frame,
        "synthetic": synthetic.frame(list(names["synthetic"].values()))[[names["synthetic"][name] for name in common]],
    }
    if holdout is not None:
        frames["holdout"] = holdout.frame(list(names["holdout"].values()))[[names["holdout"][name] for name in common]]
    made: dict[str, dict[str, np.ndarray]] = {side: {} for side in frames}
    unread: list[str] = []
    for place, name in enumerate(common):
        known: frozenset[str] = frozenset()
        for side, given in frames.items():
            column = _bare(given.iloc[:, place])
            cells, lost = READERS[treated[name]](column, known)
            made[side][name] = cells
            if side == "real" and treated[name] in ("category", "text", "id"):
                known = frozenset(text for text in pd.unique(pd.Series(cells, dtype=object)) if text is not None)
            if lost and side != "real":
                problems.append(
                    f'{counted(lost, "cell")} of "{name}" in the {side} table could not be read as a'
                    f" {treated[name]} and {'counts' if lost == 1 else 'count'} as missing."
                )
                if lost > 0.5 * column.notna().sum() and name not in unread:
                    unread.append(name)
    out = {side: pd.DataFrame(cells, columns=common) for side, cells in made.items()}
    return Aligned(treated, why, out["real"], out["synthetic"], out.get("holdout"), problems, unread)


def treatments(real: Table, names: list[str]) -> tuple[dict[str, str], dict[str, str]]:
    """How each column of the real table is treated, and why where that is not obvious."""
    persons = _persons(real, names)
    treated, why = {}, {}
    for column in (real.column(name) for name in names):
        cells = real.frame([column.name])[column.name]
        there = cells.dropna()
        treated[column.name], why[column.name] = _treatment(column, there, len(cells), persons)
    return treated, why


def _treatment(column: Column, there: pd.Series, rows: int, persons: set[str]) -> tuple[str, str]:
    if there.empty:
        return "empty", "it holds nothing"
    if column.name in persons:
        return "id", "it names persons"
    if column.kind == "id":
        return "id", "it identifies rows"
    if column.type == "integer" and len(there) == rows > 20 and bool((there.astype("int64").diff().iloc[1:] > 0).all()):
        return "id", "it counts the rows"
    if column.type in ("integer", "decimal") and column.kind != "category":
        return (
            ("number", "")
            if np.isfinite(there.to_numpy(dtype="float64")).any()
            else ("empty", "it holds no finite number")
        )
    if column.type == "datetime":
        return "date", ""
    if column.type != "text" or column.kind == "category":
        return "category", ""
    distinct, length = there.nunique(), float(there.str.len().mean())
    if distinct <= max(20, min(MOST_VALUES, rows // 2)) and length <= LONG:
        return "category", ""
    return "text", "nearly every row has a text of its own"


def _persons(real: Table, names: list[str]) -> set[str]:
    """The columns in which most cells are e-mail addresses, phone or account numbers, or names of persons."""
    from dataops_core.checks import REGISTRY, Context
    from dataops_core.checks.check import hits
    from dataops_core.checks.column_view import ColumnView
    from dataops_core.facts import Engine, column_facts

    found = set()
    with Engine(real) as engine:
        for column in (real.column(name) for name in names):
            if column.type in ("text", "integer") and real.rows:
                cells = ColumnView(real, column, column_facts(engine, column))
                if any(
                    hit.mask.sum() > 0.5 * cells.present
                    for hit in hits(REGISTRY["direct_identifiers"], cells, Context())
                ):
                    found.add(column.name)
    return found


def _matched(real: Table, other: Table, side: str, problems: list[str]) -> dict[str, str]:
    """The other table's column for each of the real ones."""
    exact = {name: name for name in real.names if name in other.names}
    left: dict[str, list[str]] = {}
    for name in other.names:
        if name not in exact:
            left.setdefault(_written(name), []).append(name)
    for name in real.names:
        near = left.get(_written(name), [])
        if name not in exact and len(near) == 1:
            exact[name] = near.pop()
            problems.append(f'Column "{exact[name]}" of the {side} table is taken for "{name}".')
    missing, added = [n for n in real.names if n not in exact], [n for n in other.names if n not in exact.values()]
    if missing:
        problems.append(f"The {side} table lacks {_listed(missing)}: what these hold is not judged.")
    if added:
        problems.append(f"The {side} table has {_listed(added)}, which the real table lacks: left aside.")
    order = [exact[name] for name in real.names if name in exact]
    if order != [name for name in other.names if name in order]:
        problems.append(f"The {side} table has its columns in another order.")
    return {name: exact[name] for name in real.names if name in exact}


def _listed(names: list[str]) -> str:
    shown = ", ".join(f'"{name}"' for name in names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    return f"the column{'s' if len(names) > 1 else ''} {shown}"


def _written(text: str) -> str:
    """A text as all that mean the same are written.

    >>> _written("  Self-Emp  NOT inc"), _written("12.0")
    ('self-emp not inc', '12')
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    whole = _POINT_ZERO.fullmatch(plain)
    return whole[1] if whole else plain


def _bare(column: pd.Series) -> pd.Series:
    """Texts without the one apostrophe before them that keeps a spreadsheet from running them: of cells that it would
    run, and of all cells where most have one.

    >>> list(_bare(pd.Series(["'12", "'=a", "b", "'c"]))), list(_bare(pd.Series(["'t Hooft", "'-5", "Vos", "Bos"])))
    (['12', '=a', 'b', 'c'], ["'t Hooft", '-5', 'Vos', 'Bos'])
    """
    if column.dtype != object:
        return column
    codes, found = pd.factorize(column, use_na_sentinel=True)
    quoted = np.array([isinstance(text, str) and text.startswith("'") for text in found] + [False])
    if not quoted.any():
        return column
    whole = quoted[codes].sum() > 0.5 * (codes >= 0).sum()
    values = [
        text[1:] if mark and (whole or _RUN.match(text)) else text for text, mark in zip(found, quoted, strict=False)
    ]
    return pd.Series(np.array([*values, None], dtype=object)[codes], index=column.index, dtype=object)


def _texts(column: pd.Series, known: frozenset[str]) -> tuple[np.ndarray, int]:
    """Cells as texts written alike, None where missing; words for "nothing" are missing unless the real table has them,
    too.
    """
    codes, found = pd.factorize(pd.Series(cell_texts(column), dtype=object), use_na_sentinel=True)
    written = [_written(text) for text in found]
    if known:
        written = [None if text in EMPTY and text not in known else _answer(text, known) for text in written]  # type: ignore[misc]
    return np.array([*written, None], dtype=object)[codes], 0


def _answer(text: str, known: frozenset[str]) -> str:
    """A text as the real table writes it where that says yes and no, and this one says it with other words."""
    if text in known or not known <= {"true", "false"}:
        return text
    answer = yes_or_no("1" if text == "1" else "0" if text == "0" else text)
    return text if answer is None else str(answer).lower()


def _numbers(column: pd.Series, _known: frozenset[str]) -> tuple[np.ndarray, int]:
    """Cells as float64, NaN where missing or infinite; and how many could not be read."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return np.full(len(column), np.nan), int(column.notna().sum())
    if column.dtype != object:
        values = (
            column.astype("Int64").to_numpy(dtype="float64", na_value=np.nan)
            if str(column.dtype) == "boolean"
            else column.to_numpy(dtype="float64", na_value=np.nan)
        )
        return np.where(np.isfinite(values), values, np.nan), 0
    return _each(column, _number, np.nan, "float64")


def _number(text: str) -> float | None:
    """The number a text stands for; None where it is none.

    >>> _number("1,234.5"), _number("12,5"), _number("True"), _number("abc")
    (1234.5, 12.5, 1.0, None)
    """
    bare = text.strip()
    if _GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    elif _COMMA.fullmatch(bare):
        bare = bare.replace(",", ".")
    bare = {"true": "1", "false": "0"}.get(bare.lower(), bare)
    try:
        value = float(bare)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _dates(column: pd.Series, _known: frozenset[str]) -> tuple[np.ndarray, int]:
    """Cells as moments; texts are read as ISO, or in the one form of FORMS that fits most of them."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column.to_numpy(dtype="datetime64[us]"), 0
    texts = pd.Series(cell_texts(column), dtype=object)
    read = pd.to_datetime(texts, errors="coerce", format="ISO8601", utc=True)
    forms = [form for form in FORMS if read.isna().sum() > texts.isna().sum()]
    for form in forms:
        other = pd.to_datetime(texts, errors="coerce", format=form, utc=True)
        read = other if other.notna().sum() > read.notna().sum() else read
    there = texts.map(lambda text: text is not None and _written(text) not in EMPTY).to_numpy(dtype=bool)
    return read.dt.tz_localize(None).to_numpy(dtype="datetime64[us]"), int((read.isna().to_numpy() & there).sum())


def _each(column: pd.Series, read: Callable[[str], float | None], gone: float, dtype: str) -> tuple[np.ndarray, int]:
    codes, found = pd.factorize(column, use_na_sentinel=True)
    values = [read(text) for text in found]
    lost = [value is None and _written(text) not in EMPTY for value, text in zip(values, found, strict=True)]
    return np.array([*[gone if value is None else value for value in values], gone], dtype=dtype)[codes], int(
        np.array([*lost, False])[codes].sum()
    )


READERS: dict[str, Callable[[pd.Series, frozenset[str]], tuple[np.ndarray, int]]] = {
    "number": _numbers,
    "date": _dates,
    "category": _texts,
    "text": _texts,
    "id": _texts,
    "empty": _texts,
}
