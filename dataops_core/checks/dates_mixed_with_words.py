"""Dates mixed with words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dataops_core.checks.check import REGISTRY, Hit, check, hits
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.meant_type import ParsedView, misfit_cells, misfit_message, no_days
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import cell
from dataops_core.steps.parse_dates import parse_dates
from dataops_core.wording import counted


@check("Dates mixed with words", group="Dates", types=["text"], fix=parse_dates)
def dates_mixed_with_words(column: ColumnView, context: Context) -> Iterator[Hit]:
    """A column of dates in which some cells hold something else, such as "soon", "2024" or 31/02/2024.

    They take part in no order and no duration. The step that reads the column as dates makes them missing: replace
    those that can be told first.
    """
    meant = column.parsed
    if not isinstance(meant, ParsedView) or meant.type != "datetime":
        return
    mask = misfit_cells(column, meant)
    if mask.any():
        for hit in hits(REGISTRY["future_dates"], meant, context):  # says them, too
            mask &= ~hit.mask
    impossible = no_days(column, meant) & mask
    if impossible.any() and (mask & ~impossible).any():
        shown = cell(str(column.at(np.flatnonzero(impossible)[:1])[0].as_py()).strip())
        are = counted(impossible.sum(), "cell is a date", "cells are dates")
        yield Hit(impossible, f"{are} that no calendar has, such as {shown}.", {"columns": [column.name]})
        mask &= ~impossible
    if mask.any():
        yield Hit(mask, misfit_message(column, mask, "date"), {"columns": [column.name]})
