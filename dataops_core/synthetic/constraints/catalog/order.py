"""Order: one column is at most another, in chains of any length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dataops_core.synthetic.constraints.constraint import Constraint, SdvCall
from dataops_core.values.numbers import in_days

LEAST = 30  # rows in which both amounts are there
HOLDS = 0.99
BY_CHANCE = 0.05  # share of rows that independent columns would break, at least
WIDE = 60  # columns of one sort that are looked at


@dataclass(frozen=True)
class Order(Constraint):
    """columns[0] <= columns[1] <= …"""

    type = "order"
    least = 2
    of_amounts = True
    priority = 3

    def words(self) -> str:
        """As a sentence."""
        return " is at most ".join(f'"{name}"' for name in self.columns)

    def satisfied(self, frame: pd.DataFrame) -> np.ndarray:
        """Whether each row (rows,) satisfies it."""
        cells = [in_days(frame[name]) for name in self.columns]
        with np.errstate(invalid="ignore"):
            return np.asarray(np.all([low <= high for low, high in zip(cells, cells[1:], strict=False)], axis=0))

    def sdv(self) -> SdvCall:
        """Of a chain its first three; the rest is kept by drawing again."""
        if len(self.columns) == 2:
            return SdvCall("Inequality", {"low_column_name": self.columns[0], "high_column_name": self.columns[1]})
        ends = ("low_column_name", "middle_column_name", "high_column_name")
        return SdvCall("Range", {**dict(zip(ends, self.columns, strict=False)), "strict_boundaries": False})


def find_orders(numbers: Mapping[str, np.ndarray], types: Mapping[str, str]) -> list[Order]:
    """Chains a <= b <= c of amounts of one sort (dates apart from numbers) that independent columns would break in 5 %
    of rows and more.
    """
    above: dict[str, set[str]] = {}
    generator = np.random.default_rng(0)
    for dates in (True, False):
        names = [name for name in numbers if (types[name] == "datetime") == dates][:WIDE]
        for low, high in ((a, b) for a in names for b in names if a != b):
            one, other = numbers[low], numbers[high]
            both = np.isfinite(one) & np.isfinite(other)
            if (
                both.sum() < LEAST
                or np.mean(one[both] <= other[both]) < HOLDS
                or (one[both] == other[both]).mean() > 0.9
            ):
                continue
            if np.mean(generator.permutation(one[both]) > other[both]) >= BY_CHANCE:
                above.setdefault(low, set()).add(high)
    return [Order(tuple(chain)) for chain in _chains(above)]


def _chains(above: Mapping[str, set[str]]) -> list[list[str]]:
    """Every pair once, in chains as long as they go; what follows from a chain is left out."""
    direct = {
        a: {b for b in bs if not any(b in above.get(c, ()) for c in bs if c != b and a not in above.get(c, ()))}
        for a, bs in above.items()
    }
    edges = {(a, b) for a, bs in direct.items() for b in bs}
    chains = []
    while edges:
        starts = sorted({a for a, _ in edges} - {b for _, b in edges}) or sorted({a for a, _ in edges})
        chain = [starts[0]]
        while followers := sorted(b for a, b in edges if a == chain[-1] and b not in chain):
            edges.discard((chain[-1], followers[0]))
            chain.append(followers[0])
        if len(chain) == 1:
            edges = {edge for edge in edges if edge[0] != chain[0]}
        else:
            chains.append(chain)
    return chains
