"""Chained trees: each column is drawn from what rows had that were alike in the columns before it. Ours; needs
scikit-learn alone.

Sequential trees (CART) as a synthesizer: Reiter, "Using CART to generate partially synthetic public use microdata",
Journal of Official Statistics 21 (2005); Nowok, Raab & Dibben, "synthpop", Journal of Statistical Software 74 (2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.models import one_thread
from dataops_core.progress import Progress
from dataops_core.synthetic.constraints.constraint import Constraint
from dataops_core.synthetic.prepare.constraint_encoding import Part

ROOTS = 4  # times the square root of all rows that a group of alike rows has at least
PENALTY = 12.0  # a split must gain so many times what splitting at random gains on average
# share of all rows by whose ranks an amount that was drawn is moved up or down, at most: else its very neighbours
# come back
BLUR = 0.01


class Link:
    """One column: a tree over the columns before it, and in each leaf the values of its rows, in their own order and
    not the rows'.
    """

    def __init__(
        self, before: Sequence[np.ndarray], sorts: Sequence[str], cells: np.ndarray, sort: str, seed: int
    ) -> None:
        from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

        self.tree: Any = None
        self.ranks = [
            None if kind == "continuous" else _ranked(column, cells, sort)
            for column, kind in zip(before, sorts, strict=True)
        ]
        leaves = np.zeros(len(cells), dtype="int64")
        least = round(ROOTS * len(cells) ** 0.5)
        if before and len(cells) >= 2 * least:
            kind = DecisionTreeRegressor if sort == "continuous" else DecisionTreeClassifier
            spread = (
                float(np.var(cells))
                if sort == "continuous"
                else 1 - float(((np.bincount(cells) / len(cells)) ** 2).sum())
            )
            self.tree = kind(
                min_samples_leaf=least, min_impurity_decrease=PENALTY * spread / len(cells), random_state=seed % 2**32
            )
            leaves = self.tree.fit(self._seen(before), cells).apply(self._seen(before))
        order = np.lexsort((cells, leaves))
        self.values = cells[order]
        self.first = np.searchsorted(leaves[order], np.arange(leaves.max() + 2))

    def draw(self, before: Sequence[np.ndarray], rows: int, generator: np.random.Generator) -> np.ndarray:
        """A value (rows,) for each row, from the leaf in which the columns before put it."""
        leaves = np.zeros(rows, dtype="int64") if self.tree is None else self.tree.apply(self._seen(before))
        start, end = self.first[leaves], self.first[leaves + 1]
        return np.asarray(self.values[start + np.floor(generator.random(rows) * (end - start)).astype("int64")])

    def _seen(self, before: Sequence[np.ndarray]) -> np.ndarray:
        return np.column_stack(
            [
                column if ranks is None else ranks[column.astype("int64")]
                for column, ranks in zip(before, self.ranks, strict=True)
            ]
        ).astype("float32")


def _ranked(column: np.ndarray, cells: np.ndarray, sort: str) -> np.ndarray:
    """For each category its place among all, by the mean of an amount, or along the main direction in which shares of
    the drawn categories differ.
    """
    count = int(column.max()) + 1
    sizes = np.bincount(column, minlength=count).astype("float64")
    if sort == "continuous":
        score = np.bincount(column, weights=cells, minlength=count) / np.maximum(sizes, 1)
    else:
        shares = np.zeros((count, int(cells.max()) + 1))
        np.add.at(shares, (column, cells), 1)
        shares = shares / np.maximum(sizes, 1)[:, None] - np.bincount(cells) / len(cells)
        _, _, directions = np.linalg.svd(shares * np.sqrt(sizes)[:, None], full_matrices=False)
        score = shares @ directions[0]
    return np.argsort(np.argsort(score, kind="stable"), kind="stable")


class Trees:
    """The links in the order in which columns are drawn: categories of few values first, then amounts, then categories
    of many.
    """

    def __init__(
        self,
        encoded: pd.DataFrame,
        numbers: Sequence[str],
        constraints: Sequence[Constraint],
        seed: int,
        progress: Progress,
    ) -> None:
        generator = np.random.default_rng([seed % 2**63, 5])
        self.part = Part(encoded, numbers, constraints)
        cells, self.sorts = self.part.forth(encoded, generator)
        self.order = sorted(range(len(cells)), key=lambda at: (_turn(cells[at], self.sorts[at]), at))
        self.links: list[Link] = []
        for number, at in enumerate(self.order):
            progress(number / len(self.order), f"Column {number + 1} of {len(self.order)}")
            before = self.order[:number]
            self.links.append(
                Link([cells[b] for b in before], [self.sorts[b] for b in before], cells[at], self.sorts[at], seed)
            )

    def sample(self, rows: int, seed: int) -> pd.DataFrame:
        """So many rows, the same for the same seed."""
        from scipy.stats import norm

        generator = np.random.default_rng(seed % 2**63)
        cells: list[np.ndarray] = [np.empty(0)] * len(self.order)
        for number, at in enumerate(self.order):
            drawn = self.links[number].draw([cells[b] for b in self.order[:number]], rows, generator)
            if self.sorts[at] == "continuous":
                drawn = norm.ppf(
                    np.clip(norm.cdf(drawn) + generator.uniform(-BLUR, BLUR, rows), BLUR / 4, 1 - BLUR / 4)
                )
            cells[at] = drawn
        return self.part.back(cells, rows)


def _turn(cells: np.ndarray, sort: str) -> tuple[int, int]:
    values = 0 if sort == "continuous" else int(cells.max()) + 1
    return (1, 0) if sort == "continuous" else (0 if values <= 20 else 2, values)


def fit(
    name: str,
    encoded: pd.DataFrame,
    numbers: list[str],
    constraints: Sequence[Constraint],
    *,
    seed: int,
    epochs: int,
    progress: Any,
) -> Trees:
    """Learn the columns one after the other."""
    with one_thread():
        return Trees(encoded, numbers, constraints, seed, progress)
