"""Make rows agree."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Annotated, Any, Literal

import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._cells import typed, written
from dataops_core.steps.step import Columns, Label, Span, step
from dataops_core.table.kinds import type_of


@step("Make rows agree", group="Text", says="Made {columns} agree within equal {by}", also="contradictions, consistent")
def make_rows_agree(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns(), Label("Columns", "The columns that take the settled value")],
    by: Annotated[
        list[str], Columns(), Label("Within equal", "The columns that decide: a provider number, a zip code")
    ],
    share: Annotated[
        float, Span(50, 100), Label("Least agreement (%)", "Share of a group's filled cells that must hold one value")
    ] = 80.0,
    rows: Annotated[
        int, Span(2, 1_000_000), Label("Least rows", "Rows that must hold it for a value to be settled")
    ] = 3,
    missing: Annotated[
        Literal["fill", "keep"], Label("Missing cells", "Whether cells that are missing take the settled value, too")
    ] = "fill",
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Give rows that belong together the value on which they nearly all agree.

    Rows belong together where the deciding columns hold the same. What was settled is remembered, so that the same
    group gets the same value on another file, whatever stands there. Left alone are ties, small groups, groups that
    are not settled, and rows in which a deciding cell is missing.

    >>> shops = pd.DataFrame({"zip": ["2611"] * 5, "city": ["Delft", "Delft", "Deflt", None, "Delft"]}, dtype=object)
    >>> make_rows_agree(shops, columns=["city"], by=["zip"], share=70)["city"].tolist()
    ['Delft', 'Delft', 'Delft', 'Delft', 'Delft']
    """
    both = [name for name in columns if name in by]
    if both:
        raise SettingError(
            f'"{both[0]}" cannot decide about itself.', "make_rows_agree", "Name it in one of the settings only."
        )
    if learned is None:
        learned = learn_settled(df, columns, by, share, rows)
    keys = group_keys(df, by)
    out = df.copy(deep=False)
    for name in columns:
        settled = learned["settled"].get(name, {})
        kind = type_of(df[name])
        known = {key: typed(text, kind, "make_rows_agree") for key, text in settled.items()}
        values = [None if gone else cell for cell, gone in zip(df[name], df[name].isna(), strict=True)]
        cells = [
            cell if key not in known or (cell is None and missing == "keep") else known[key]
            for cell, key in zip(values, keys, strict=True)
        ]
        out[name] = pd.Series(cells, df.index, object if kind == "text" else df[name].dtype)
    return out


@make_rows_agree.learn
def learn_settled(
    df: pd.DataFrame, columns: list[str], by: list[str], share: float = 80.0, rows: int = 3, missing: str = "fill"
) -> dict[str, Any]:
    """Per column, the value on which each group agrees, where it does; a group goes by the list of its values."""
    keys = group_keys(df, by)
    settled: dict[str, dict[str, str]] = {}
    for name in columns:
        groups: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for key, cell, gone in zip(keys, df[name], df[name].isna(), strict=True):
            if key is not None and not gone:
                groups[key][written(cell)] += 1
        settled[name] = {}
        for key, counts in sorted(groups.items()):
            (top, number), *others = counts.most_common(2)
            tie = bool(others) and others[0][1] == number
            if number >= rows and number >= share / 100 * sum(counts.values()) and not tie:
                settled[name][key] = top
    return {"settled": settled}


@make_rows_agree.watch
def unknown_groups(df: pd.DataFrame, learned: dict[str, Any], columns: list[str], by: list[str], **_: Any) -> str:
    """Says how many rows belong to groups about which nothing was learned."""
    known = {key for settled in learned["settled"].values() for key in settled}
    new = Counter(key for key in group_keys(df, by) if key is not None and key not in known)
    if not new:
        return ""
    return f"{sum(new.values()):,} rows of {len(new):,} groups about which nothing was settled were left as they are."


def group_keys(df: pd.DataFrame, by: list[str]) -> list[str | None]:
    """The group of each row, as JSON text; None where a deciding cell is missing."""
    parts = [
        [None if gone else written(cell) for cell, gone in zip(df[name], df[name].isna(), strict=True)] for name in by
    ]
    return [None if None in row else json.dumps(row, ensure_ascii=False) for row in zip(*parts, strict=True)]
