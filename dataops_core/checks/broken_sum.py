"""Broken sum."""

from __future__ import annotations

from collections.abc import Iterator

from dataops_core.checks.arithmetic import rules
from dataops_core.checks.check import Hit, check
from dataops_core.checks.look import Look


@check("Broken sum", group="Between columns", scope="table", severity="error",
       no_fix="Which of the numbers is wrong, only the source knows; filter the rows and look.")
def broken_sum(look: Look) -> Iterator[Hit]:
    """Columns that add up (net + tax = total) or multiply (quantity x price = amount) in nearly all rows, but not in some.

    At least one of the numbers is wrong there, and every total over the column with it.
    """
    for rule in rules(look):
        mask = rule.broken(look)
        yield Hit(mask, f"{f' {rule.sign} '.join(rule.parts)} = {rule.total} holds in all but {mask.sum():,} rows.", columns=(*rule.parts, rule.total))
