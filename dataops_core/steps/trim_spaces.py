"""Trim spaces."""

from __future__ import annotations

from typing import Annotated, Literal

import pandas as pd

from dataops_core.steps.step import Columns, Label, step


@step("Trim spaces", group="Text", says="Trimmed spaces in {columns}", also="blank, whitespace, strip", narrow=True)
def trim_spaces(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("text"), Label("Columns", "Text columns to trim")],
    inside: Annotated[
        Literal["collapse", "keep"], Label("Runs of spaces inside the text", "Make one space of them, or keep them")
    ] = "collapse",
) -> pd.DataFrame:
    """Remove spaces around text, and optionally runs of spaces inside it.

    A cell that holds nothing but spaces becomes missing. Every Unicode space counts, the no-break space too.

    >>> trim_spaces(pd.DataFrame({"a": [" New   York ", "  "]}, dtype=object), columns=["a"])["a"].tolist()
    ['New York', None]
    """

    def trimmed(text: str | None) -> str | None:
        if text is None:
            return None
        return (" ".join(text.split()) if inside == "collapse" else text.strip()) or None

    out = df.copy(deep=False)
    for name in columns:
        out[name] = pd.Series([trimmed(text) for text in df[name]], index=df.index, dtype=object)
    return out
