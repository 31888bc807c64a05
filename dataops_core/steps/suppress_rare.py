"""Suppress rare values."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._counted import text_counts
from dataops_core.steps.step import Columns, Label, Span, When, step
from dataops_core.table.kinds import type_of


@step(
    "Suppress rare values",
    group="Privacy",
    says="Suppressed values of {columns} that fewer than {fewer_than} rows have",
    also="hide, other, small counts, anonymize, merge",
    narrow=True,
)
def suppress_rare(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns(), Label("Columns", "Columns whose rare values are taken out")],
    fewer_than: Annotated[
        int, Span(2, 1_000_000), Label("Fewer rows than", "A value that fewer rows have is rare")
    ] = 5,
    into: Annotated[
        Literal["missing", "other"],
        Label("Rare cells become", "missing, or one word for all of them (columns of text only)"),
    ] = "missing",
    word: Annotated[str, When("into", "other"), Label("The word", "What stands in their place")] = "other",
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Take out values that only a few rows have, because a few rows are a few people.

    The step remembers the values that are frequent enough. On another file the same values stay, however often they
    come there; all others are suppressed. Only the values of one column are counted: rows can still be alone by
    several columns together, for which there is "Suppress small groups".

    >>> towns = pd.DataFrame({"town": ["Delft", "Delft", "Urk"]}, dtype=object)
    >>> suppress_rare(towns, columns=["town"], fewer_than=2, into="other")["town"].tolist()
    ['Delft', 'Delft', 'other']
    """
    if into == "other" and not word:
        raise SettingError("The word is empty.", "suppress_rare", 'Give one, or let rare cells become "missing".')
    learned = learned or frequent_values(df, columns, fewer_than)
    out = df.copy(deep=False)
    for name in columns:
        kept, text = set(learned[name]), type_of(df[name]) == "text"
        rare = [cell is not None and cell not in kept for cell in cell_texts(df[name], time=True)]
        if into == "other" and not text:
            raise SettingError(
                f'"{name}" is not a column of text.', "suppress_rare", "Let rare cells become missing, or set its kind."
            )
        column = df[name].copy()
        if text:
            other = word if into == "other" else None
            column = pd.Series(
                [other if no else None if pd.isna(cell) else cell for cell, no in zip(df[name], rare, strict=True)],
                index=df.index,
                dtype=object,
            )
        elif any(rare):
            column = column.mask(pd.Series(rare, index=df.index))
        out[name] = column
    return out


@suppress_rare.learn
def frequent_values(
    df: pd.DataFrame,
    columns: list[str],
    fewer_than: int = 5,
    times: np.ndarray | None = None,
    **_settings: Any,
) -> dict[str, Any]:
    """The values that are not rare, by column."""
    counts = {name: text_counts(df[name], times) for name in columns}
    return {name: sorted(value for value, n in some.items() if n >= fewer_than) for name, some in counts.items()}
