"""Broken sum."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.look import Look

MOST = 30


@check("Broken sum", group="Between columns", scope="table", severity="error",
       no_fix="Which of the numbers is wrong, only the source knows; filter the rows and look.")
def broken_sum(look: Look) -> Iterator[Hit]:
    """Columns that add up (net + tax = total) or multiply (quantity x price = amount) in nearly all rows, but not in some.

    At least one of the numbers is wrong there, and every total over the column with it.
    """
    names = [name for name in look.named("number", types=["integer", "decimal"], least=5) if look.facts[name].get("sd")][:MOST]
    some = {name: look.few(name) for name in names}
    found: set[str] = set()
    for total in names:
        others = [name for name in names if name != total]
        for parts in [*combinations(others, 2), *(combinations(others, 3) if len(names) <= 12 else ())]:
            for sign, combine in (("+", _add), ("×", _multiply)):
                if (sign == "×" and len(parts) > 2) or not _true(combine([some[n] for n in parts]), some[total], [some[n] for n in parts], 0.85):
                    continue
                key = f"{sorted([total, *parts])}"
                held = [look.cells(n).numbers for n in parts]
                whole = look.cells(total).numbers
                if key in found or not _true(combine(held), whole, held, 0.9):
                    continue
                found.add(key)
                mask = np.isfinite(whole) & np.isfinite(combine(held)) & ~_equal(combine(held), whole)
                yield Hit(mask, f"{f' {sign} '.join(parts)} = {total} holds in all but {mask.sum():,} rows.", columns=(*parts, total))


def _add(parts: list[np.ndarray]) -> np.ndarray:
    return np.sum(parts, axis=0)


def _multiply(parts: list[np.ndarray]) -> np.ndarray:
    return np.prod(parts, axis=0)


def _equal(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Equal but for rounding: half a unit of the second decimal place, or nine digits."""
    with np.errstate(invalid="ignore", over="ignore"):
        return np.abs(one - other) <= np.maximum(0.0051, 1e-9 * np.abs(other))


def _true(made: np.ndarray, total: np.ndarray, parts: list[np.ndarray], share: float) -> bool:
    """Whether the rule holds in most rows, and not because a part is 0 (or 1) or all numbers are tiny."""
    there = np.isfinite(made) & np.isfinite(total)
    if there.sum() < 30 or np.mean(_equal(made, total)[there]) < share:
        return False
    told = there & np.all([np.abs(part) > 1e-12 for part in parts], axis=0) & ~np.any([_equal(part, total) for part in parts], axis=0)
    if told.sum() < max(20, 0.05 * there.sum()) or np.median(np.abs(total[told])) < 0.1:
        return False
    return bool(np.mean(_equal(made, total)[told]) >= share)
