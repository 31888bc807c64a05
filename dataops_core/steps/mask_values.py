"""Mask values."""

from __future__ import annotations

from typing import Annotated, Literal

import pandas as pd

from dataops_core.privacy.masking import shape
from dataops_core.steps._private import each_text
from dataops_core.steps.step import Columns, Label, Span, When, step


@step(
    "Mask values",
    group="Privacy",
    says="Masked {columns} ({how})",
    also="hide, redact, anonymize, asterisks",
    narrow=True,
)
def mask_values(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns(), Label("Columns", "Columns whose values nobody should read")],
    how: Annotated[
        Literal["all", "shape", "ends"],
        Label("How", "all: ***; shape: letters as a, digits as 9; ends: only the first and last characters are shown"),
    ] = "all",
    first: Annotated[
        int, When("how", "ends"), Span(0, 20), Label("Characters at the start", "How many of them stay readable")
    ] = 0,
    last: Annotated[
        int, When("how", "ends"), Span(0, 20), Label("Characters at the end", "How many of them stay readable")
    ] = 4,
) -> pd.DataFrame:
    """Replace values by stars, by their shape, or show their ends only.

    Use it where people must see that there is a value, not which: the last digits of a card number. Rows can no longer
    be joined or counted by the column; where they must, use a keyed hash. A value of which more than half would be
    readable is masked whole. A shape still says how long a value is; rare shapes can tell people apart.

    >>> cards = pd.DataFrame({"card": ["4539148803436467", "1234", None]}, dtype=object)
    >>> mask_values(cards, columns=["card"], how="ends", last=4)["card"].tolist()
    ['************6467', '****', None]
    """

    def masked(text: str) -> str:
        if how == "all":
            return "***"
        if how == "shape":
            return shape(text)
        hidden = len(text) - first - last
        if hidden < (len(text) + 1) // 2:
            return "*" * len(text)
        return text[:first] + "*" * hidden + text[first + hidden :]

    out = df.copy(deep=False)
    for name in columns:
        out[name] = each_text(df[name], masked)
    return out
