"""Rare categories."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.table_view import Context
from dataops_core.checks.variants import yes_no_merges
from dataops_core.checks.wording import cell
from dataops_core.checks.written import miswritten
from dataops_core.steps.replace_values import replace_values
from dataops_core.wording import counted


@check(
    "Rare categories",
    group="Categories",
    types=["text"],
    words=True,
    severity="note",
    fix=replace_values,
    no_fix="There are too many of them to list in one step.",
)
def rare_categories(column: ColumnView, context: Context) -> Hit | None:
    """Categories with fewer than ten rows, or less than half a percent of them.

    Averages over so few rows say little, models cannot learn them, and the people in them can be recognised.
    """
    if column.kind != "category" or not 3 <= column.distinct <= 1000 or column.rows < 200:
        return None
    if yes_no_merges(column.tally):  # said as words for yes and no
        return None
    rare = [text for text, count in column.tally.items() if count < 10 or count < 0.005 * column.present]
    if rare:  # what is written in another way than usual has a finding of its own
        slips = set(column.at(np.flatnonzero(miswritten(column, context))).to_pylist())
        rare = [text for text in rare if text not in slips]
    if not rare or sum(column.tally[text] for text in rare) > 0.2 * column.present:
        return None
    named = ", ".join(cell(text) for text in rare[:4])
    fix = {"column": column.name, "mapping": dict.fromkeys(rare, "other")} if len(rare) <= 200 else None
    told = counted(len(rare), "category is", "categories are")
    return Hit(column.holding(rare), f"{told} rare: {named}{', …' if len(rare) > 4 else ''}.", fix)
