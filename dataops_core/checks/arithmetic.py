"""Columns that are computed from others: net + tax = total, quantity x price = amount."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from dataops_core.checks.table_view import TableView

MOST = 30


@dataclass(frozen=True)
class Rule:
    """A column that the others give in nearly all rows, by adding ("+") or multiplying ("×") them."""

    total: str
    parts: tuple[str, ...]
    sign: str

    def made(self, look: TableView) -> np.ndarray:
        """What the parts give (rows,)."""
        return (_add if self.sign == "+" else _multiply)([look.meant(name).numbers for name in self.parts])

    def fitting(self, look: TableView, name: str) -> np.ndarray:
        """What one of the columns would have to hold for the rule to hold, given the others (rows,)."""
        made, whole = self.made(look), look.meant(self.total).numbers
        if name == self.total:
            return made
        part = look.meant(name).numbers
        with np.errstate(divide="ignore", invalid="ignore"):
            return whole - (made - part) if self.sign == "+" else whole * part / made

    def holds_swapped(self, look: TableView, name: str) -> np.ndarray:
        """Where the rule holds once the total and this part change places, and neither is 0 (rows,)."""
        whole, part = look.meant(self.total).numbers, look.meant(name).numbers
        with np.errstate(invalid="ignore"):
            return _equal(self.made(look) - part + whole, part) & (whole != part)

    def leaves_out(self, look: TableView, name: str) -> np.ndarray:
        """Where the total is the sum without this part, which is not 0 (rows,)."""
        whole, part = look.meant(self.total).numbers, look.meant(name).numbers
        with np.errstate(invalid="ignore"):
            return _equal(self.made(look) - part, whole) & (part != 0)

    def is_part_of(self, other: Rule) -> bool:
        """Whether another rule for the same column has all these parts and more: toll + parking, but for washing."""
        return (self.total, self.sign) == (other.total, other.sign) and set(self.parts) < set(other.parts)

    def broken(self, look: TableView) -> np.ndarray:
        """Where all are there and do not agree (rows,)."""
        made, whole = self.made(look), look.meant(self.total).numbers
        return np.isfinite(whole) & np.isfinite(made) & ~_equal(made, whole)


def rules(look: TableView) -> list[Rule]:
    """The rules that hold in nine tenths of the rows at least; found once for each look."""
    if look.rules is None:
        every = list(_found(look))
        look.rules = [rule for rule in every if not any(rule.is_part_of(other) for other in every)]
    return list(look.rules)


def _found(look: TableView) -> Iterator[Rule]:
    measures = look.named("number", types=["integer", "decimal"], least=5, as_meant=True)
    numbers = [name for name in measures if look.meant_facts(name).get("sd")]
    # quantities, prices
    counts = look.named("number", "category", types=["integer", "decimal"], least=3, as_meant=True)
    fees = look.named(types=["decimal"], least=2, as_meant=True)  # 0 or 12.50
    few = [name for name in dict.fromkeys([*counts, *fees]) if name not in numbers]
    names = [*numbers, *few][:MOST]
    some = {name: look.few(name) for name in names}
    found: set[str] = set()
    for total in numbers[:MOST]:
        others = [name for name in names if name != total]
        for parts in [*combinations(others, 2), *(combinations(others, 3) if len(names) <= 12 else ())]:
            for sign, combine in (("+", _add), ("×", _multiply)):
                if (sign == "×" and len(parts) > 2) or not _true(
                    sign, combine([some[n] for n in parts]), some[total], [some[n] for n in parts], 0.85, first=True
                ):
                    continue
                key = f"{sorted([total, *parts])}"
                held = [look.meant(n).numbers for n in parts]
                if key in found or not _true(sign, combine(held), look.meant(total).numbers, held, 0.9):
                    continue
                found.add(key)
                yield Rule(total, parts, sign)


def _add(parts: list[np.ndarray]) -> np.ndarray:
    with np.errstate(invalid="ignore"):  # infinite ones
        return np.sum(parts, axis=0)


def _multiply(parts: list[np.ndarray]) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.prod(parts, axis=0)


def _equal(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Equal but for rounding: half a unit of the second decimal place, or nine digits."""
    with np.errstate(invalid="ignore", over="ignore"):
        return np.abs(one - other) <= np.maximum(0.0051, 1e-9 * np.abs(other))


def _true(
    sign: str, made: np.ndarray, total: np.ndarray, parts: list[np.ndarray], share: float, first: bool = False
) -> bool:
    """Whether the rule holds in most rows, and not because a part is 0 (or 1) or all numbers are tiny.

    `first`: a first look at some rows, where parts that are mostly 0 may never come together.
    """
    there = np.isfinite(made) & np.isfinite(total)
    if there.sum() < 30 or np.mean(_equal(made, total)[there]) < share:
        return False
    told = (
        there
        & np.all([np.abs(part) > 1e-12 for part in parts], axis=0)
        & ~np.any([_equal(part, total) for part in parts], axis=0)
    )
    if told.sum() < max(20, 0.05 * there.sum()):
        return sign == "+" and _in_turn(made, total, parts, share, there, 0 if first else 20)
    return bool(np.median(np.abs(total[told])) >= 0.1 and np.mean(_equal(made, total)[told]) >= share)


def _in_turn(
    made: np.ndarray, total: np.ndarray, parts: list[np.ndarray], share: float, there: np.ndarray, both: int
) -> bool:
    """Whether parts that are mostly 0 (fines, damages) each make the total where the others are 0, and also together.

    `both` is the least number of rows in which no part is 0.
    """
    held = [np.abs(part) > 1e-12 for part in parts]
    together = there & np.all(held, axis=0)
    alone = [there & one & (np.sum(held, axis=0) == 1) for one in held]
    if together.sum() < both or min(rows.sum() for rows in alone) < max(10, 0.02 * there.sum()):
        return False
    return all(
        np.median(np.abs(total[rows])) >= 0.1 and np.mean(_equal(made, total)[rows]) >= share
        for rows in (*alone, together)
        if rows.any()
    )
