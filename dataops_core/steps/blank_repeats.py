"""Repeated values made missing."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd

from dataops_core.errors import Skip
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._pieces import Rows
from dataops_core.steps.step import Columns, Label, step
from dataops_core.table.kinds import type_of


@step(
    "Blank repeated values",
    group="Missing values",
    reach="table",
    says="Made values of {columns} missing where the row above says the same",
    also="blank down, show once, group headings, opposite of fill down",
)
def blank_repeats(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns(), Label("Columns", "Where a value that repeats shall stand once")],
) -> pd.DataFrame:
    """Make cells missing that say the same as the row above, so that each value stands once, like a heading.

    Each column is looked at by itself, in the order of the rows: sort them first. It is the opposite of filling from
    the row before, and for tables that people read: a model takes the blanks for cells that are not known.

    >>> blank_repeats(pd.DataFrame({"town": ["Delft", "Delft", "Gouda", "Delft"]}), columns=["town"])["town"].tolist()
    ['Delft', None, 'Gouda', 'Delft']
    """
    out, found = df.copy(deep=False), False
    for name in columns:
        texts = cell_texts(df[name], time=True)
        pairs = zip(texts, texts[1:], strict=False)
        again = np.array([False, *(one is not None and one == other for one, other in pairs)])[: len(df)]
        found = found or bool(again.any())
        if type_of(df[name]) == "text":
            cells = [None if gone else cell for cell, gone in zip(df[name], again, strict=True)]
            out[name] = pd.Series(cells, index=df.index, dtype=object)
        else:
            out[name] = df[name].mask(again)
    if not found:
        raise Skip("No cell says the same as the row above.")
    return out


@blank_repeats.piecewise
def pieces_of_repeats(**_settings: object) -> Rows | None:
    """The row above may lie in another piece."""
    return None
