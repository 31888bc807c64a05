"""Merge variants."""

from __future__ import annotations

from typing import Annotated, Any

import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps.step import Columns, Label, step

KNOWN = 5_000  # values that are remembered, to notice new ones


@step(
    "Merge variants",
    group="Text",
    says="Merged variants in {column}: {mapping}",
    also="synonyms, spelling, group, cluster",
    narrow=True,
)
def merge_values(
    df: pd.DataFrame,
    column: Annotated[str, Columns("text"), Label("Column", "The column whose values are merged")],
    mapping: Annotated[
        dict[str, str],
        Label("Variants and what they become", "Each spelling that was ticked, and the value it becomes"),
    ],
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Give several spellings of a value one form, by a list that people can read.

    The step remembers the values that the column had when the list was made. On another file it merges the same
    spellings, leaves values that it never saw as they are, and names them, so that somebody looks at them.

    >>> cities = pd.DataFrame({"city": ["Amsterdm", "Delft"]}, dtype=object)
    >>> merge_values(cities, column="city", mapping={"Amsterdm": "Amsterdam"})["city"].tolist()
    ['Amsterdam', 'Delft']
    """
    if not mapping:
        raise SettingError("No variant to merge is given.", "merge_values", "Tick some variants, or remove the step.")
    if "" in mapping or "" in mapping.values():
        raise SettingError(
            "A value is empty.", "merge_values", "To make cells missing, use mark_missing; to fill them, fill_missing."
        )
    out = df.copy(deep=False)
    out[column] = pd.Series([mapping.get(text, text) for text in df[column]], index=df.index, dtype=object)
    return out


@merge_values.learn
def remember_values(df: pd.DataFrame, column: str, mapping: dict[str, str]) -> dict[str, Any]:
    """The values that the column has now, where they are not too many to remember."""
    values = sorted(df[column].dropna().unique())
    return {"known": values if len(values) <= KNOWN else None}


@merge_values.watch
def unseen_values(df: pd.DataFrame, learned: dict[str, Any], column: str, mapping: dict[str, str]) -> str:
    """Names the values that the column did not have when the list was made."""
    known = {*(learned.get("known") or ()), *mapping, *mapping.values()}
    if learned.get("known") is None:
        return ""
    new = df[column].value_counts()
    new = new[[value not in known for value in new.index]]
    if new.empty:
        return ""
    named = ", ".join(
        f'"{value}" ({count:,})' for value, count in sorted(new.items(), key=lambda pair: (-pair[1], pair[0]))[:10]
    )
    return (
        f"{len(new):,} values were never seen before and were left as they are:"
        f" {named}{', …' if len(new) > 10 else ''}."
    )
