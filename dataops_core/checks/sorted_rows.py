"""Sorted rows."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.table_view import TableView


@check(
    "Sorted rows",
    group="Order",
    scope="table",
    severity="note",
    no_fix="Nothing is wrong with it; draw rows at random instead of taking the first ones.",
)
def sorted_rows(look: TableView) -> Hit | None:
    """The rows are sorted by the target, or by a category.

    The first thousand rows are then no picture of the whole, nor is a split by position.
    """
    names = [
        name for name in (look.context.target, *look.named("category", "boolean", most=100)) if name in look.table.names
    ]
    for name in dict.fromkeys(names):
        distinct = look.distinct(name)
        if 2 <= distinct <= look.rows / 20:
            codes = look.codes(name)
            codes = codes[codes >= 0]
            if len(codes) >= 20 * distinct and (codes[1:] != codes[:-1]).sum() < distinct + 0.002 * len(codes):
                return Hit(np.ones(look.rows, dtype=bool), f"The rows are sorted by {name}.", columns=(name,))
    return None
