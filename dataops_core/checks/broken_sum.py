"""Broken sum."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dataops_core.checks.arithmetic import rules
from dataops_core.checks.check import Hit, check
from dataops_core.checks.missing_codes import codes_for_missing
from dataops_core.checks.table_view import TableView
from dataops_core.wording import counted


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

    At least one of the numbers is wrong there, and every total over the column with it.
    """
    for rule in rules(look):
        mask = rule.broken(look)
        if mask.any():  # -999 is no amount, and has a finding of its own
            mask &= ~np.any([codes_for_missing(look.meant(name)) for name in (*rule.parts, rule.total)], axis=0)
        told = f" {rule.sign} ".join(rule.parts)
        yield Hit(
            mask,
            f"{told} = {rule.total} holds in all but {counted(mask.sum(), 'row')}.",
            columns=(*rule.parts, rule.total),
        )
