"""Mixed units."""

from __future__ import annotations

from collections import Counter

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.number_forms import forms
from dataops_core.checks.other_units import in_other_unit
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import cell


@check(
    "Mixed units",
    group="Numbers",
    types=["text"],
    no_fix="Converting needs the factor between the units: split the column by unit, or replace these cells.",
)
def mixed_units(column: ColumnView, context: Context) -> Hit | None:
    """Measures or amounts in more than one unit within one column: "72 kg" and "158 lb", "$ 5" and "€ 5", "118 °F"
    among plain numbers around 48.

    Read as plain numbers they would be compared and added as if they were the same.
    """
    found = {text: form.unit for text, form in forms(column).items() if form is not None}
    counts = Counter[str]()
    for text, unit in found.items():
        counts[unit] += column.tally[text]
    ranked = [(unit, count) for unit, count in counts.most_common() if unit]
    if len(ranked) < 2 or ranked[0][1] < 0.55 * sum(counts.values()):
        mask = in_other_unit(column)
        if not mask.any():
            return None
        example = str(column.at(np.flatnonzero(mask)[:1])[0].as_py()).strip()
        return Hit(
            mask,
            f"{mask.sum():,} cells carry a unit, such as {cell(example)}, and lie far from the numbers without one.",
        )
    rare = {unit for unit, _ in ranked[1:]}
    mask = column.holding([text for text, unit in found.items() if unit in rare])
    named = ", ".join(cell(unit) for unit, _ in ranked[1:4])
    return Hit(mask, f"Most cells are in {cell(ranked[0][0])}, {mask.sum():,} in {named}.")
