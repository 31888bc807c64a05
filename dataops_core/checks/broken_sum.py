"""Broken sum."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dataops_core.checks.arithmetic import Rule, rules
from dataops_core.checks.check import REGISTRY, Hit, check, hits
from dataops_core.checks.missing_codes import codes_for_missing
from dataops_core.checks.signs import wrong_signs
from dataops_core.checks.table_view import TableView
from dataops_core.wording import counted

SWAPPED = 3  # rows
EXACT = 0.001  # of a power of ten: rounding


@check(
    "Broken sum",
    group="Between columns",
    scope="table",
    severity="error",
    no_fix="Which of the numbers is wrong, only the source knows; filter the rows and look.",
)
def broken_sum(look: TableView) -> Iterator[Hit]:
    """Columns that add up (net + tax = total) or multiply (quantity x price = amount) in nearly all rows, but not in
    some.

    At least one of the numbers is wrong there, and every total over the column with it. Rows in which one of them has a
    finding of its own that explains it are left to that.
    """
    for rule in rules(look):
        mask = rule.broken(look)
        if mask.any():
            mask &= ~np.any([_explained(look, rule, name, mask) for name in (*rule.parts, rule.total)], axis=0)
        for part in rule.parts if rule.sign == "+" and len(rule.parts) == 2 else ():
            swapped = mask & rule.holds_swapped(look, part)
            if swapped.sum() >= SWAPPED:
                mask &= ~swapped
                said = (
                    f"{counted(swapped.sum(), 'row has', 'rows have')} {part} and {rule.total} in each other's place."
                )
                yield Hit(swapped, said, columns=(part, rule.total))
        for part in rule.parts if rule.sign == "+" else ():
            left = mask & rule.leaves_out(look, part)
            if left.sum() >= SWAPPED:
                mask &= ~left
                said = f"{rule.total} leaves out {part} in {counted(left.sum(), 'row')}."
                yield Hit(left, said, columns=(part, rule.total))
        told = f" {rule.sign} ".join(rule.parts)
        yield Hit(
            mask,
            f"{told} = {rule.total} holds in all but {counted(mask.sum(), 'row')}.",
            columns=(*rule.parts, rule.total),
        )


def _explained(look: TableView, rule: Rule, name: str, broken: np.ndarray) -> np.ndarray:
    """In which rows a number has a finding of its own that tells why the sum is broken: -999 is no amount, and a part
    with a slipped decimal point, far from all others, is ten or a hundred times what the rest of its row gives.
    """
    cells = look.meant(name)
    mask = codes_for_missing(cells) | wrong_signs(cells)
    for hit in hits(REGISTRY["impossible_values"], cells, look.context):
        mask |= hit.mask
    for hit in hits(REGISTRY["other_scale"], look):
        if name in hit.columns:
            mask |= hit.mask
    if name == rule.total:
        return mask
    with np.errstate(divide="ignore", invalid="ignore"):
        tens = np.abs(np.log10(np.abs(cells.numbers / rule.fitting(look, name))))
        slipped = broken & ~mask & (tens > 0.5) & (np.abs(tens - np.rint(tens)) < EXACT)
    if slipped.any():
        for hit in hits(REGISTRY["outliers"], cells, look.context):
            mask |= hit.mask & slipped
    return mask
