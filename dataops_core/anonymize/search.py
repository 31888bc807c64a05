"""Search of the lattice of generalizations for the nodes that are weakest of all that reach k.

A node says the level of each column. Rows in groups below k (or with too few sensitive values) are suppressed; their
number only falls when a column is generalized further, since groups then only join. So what a node decides, it decides
for all nodes above or below it (predictive tagging: Incognito, LeFevre et al. 2005; OLA, El Emam et al. 2009; Flash,
Kohlmayer et al. 2012, whose binary search along paths is used here). Where the lattice is too large for that, greedy
walks lead to a node of which no column can be set one level lower.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dataops_core.anonymize.levels import Level

Node = tuple[int, ...]
WORK = 3e8  # rows times nodes above which the lattice is not searched through
LARGEST = 200_000  # nodes of a lattice that is searched through


@dataclass(frozen=True)
class Found:
    """A node that reaches k: rows that it suppresses, the share of information that it loses, and for each column the
    rows that would have to be suppressed with that column one level lower.
    """

    node: Node
    suppressed: int
    loss: float
    below: tuple[int | None, ...]


class Lattice:
    """The levels of some columns over the rows of a table, with k, and l for one sensitive column."""

    def __init__(
        self,
        rows: Sequence[np.ndarray],
        levels: Sequence[Sequence[Level]],
        k: int,
        sensitive: np.ndarray | None = None,
        least: int = 1,
    ) -> None:
        self.levels, self.k, self.least = [list(each) for each in levels], k, least if sensitive is not None else 1
        held = np.column_stack([*rows, *([sensitive] if self.least > 1 and sensitive is not None else [])])
        codes = _joined([held[:, at] for at in range(held.shape[1])])
        _, first, counts = np.unique(codes, return_index=True, return_counts=True)
        self.values, self.counts = held[first], counts
        self.rows = int(counts.sum())
        self.looked_at: dict[Node, tuple[int, float]] = {}

    @property
    def top(self) -> Node:
        """Every column left out."""
        return tuple(len(each) - 1 for each in self.levels)

    @property
    def size(self) -> int:
        """How many nodes there are."""
        return math.prod(len(each) for each in self.levels)

    def evaluate(self, node: Node) -> tuple[int, float]:
        """How many rows a node suppresses, and the share of information lost: the mean over all cells of the columns,
        that of a suppressed row being 1.
        """
        if node not in self.looked_at:
            width = len(self.levels)
            parts = [self.levels[at][node[at]].codes[self.values[:, at]] for at in range(width)]
            codes = _joined(parts)
            groups, sizes = _compact(codes, self.counts)
            small = sizes < self.k
            if self.least > 1:
                pairs = np.unique(_joined([groups, self.values[:, -1]]), return_index=True)[1]
                small |= np.bincount(groups[pairs], minlength=len(sizes)) < self.least
            gone = small[groups]
            lost = np.mean([self.levels[at][node[at]].loss[self.values[:, at]] for at in range(width)], axis=0)
            loss = float(np.dot(np.where(gone, 1.0, lost), self.counts)) / max(1, self.rows)
            self.looked_at[node] = int(self.counts[gone].sum()), loss
        return self.looked_at[node]

    def holds(self, node: Node, allowed: int) -> bool:
        """Whether a node suppresses no more rows than allowed."""
        return self.evaluate(node)[0] <= allowed

    def found(self, node: Node) -> Found:
        """A node with what it costs, and how far it is from one level lower."""
        below = tuple(
            self.evaluate((*node[:at], level - 1, *node[at + 1 :]))[0] if level else None
            for at, level in enumerate(node)
        )
        return Found(node, *self.evaluate(node), below)

    def minimal(self, allowed: int) -> list[Node]:
        """All nodes that suppress no more rows than allowed, and of which no column can be set lower; where the lattice
        is too large, one such node. Empty where not even the top does.
        """
        if not self.holds(self.top, allowed):
            return []
        if self.size > LARGEST or 0.05 * self.size * len(self.counts) > WORK:
            return [self._greedy(allowed)]
        return self._all(allowed)

    def _all(self, allowed: int) -> list[Node]:
        tags = np.zeros([len(each) for each in self.levels], dtype=np.int8)  # 1 reaches k, -1 does not, 0 not known
        nodes = sorted(itertools.product(*(range(size) for size in tags.shape)), key=lambda node: (sum(node), node))
        for start in nodes:
            if tags[start]:
                continue
            path = list(self._path(start, tags))
            low, high = 0, len(path) - 1
            while low <= high:
                middle = (low + high) // 2
                node = path[middle]
                if self.holds(node, allowed):
                    tags[tuple(slice(level, None) for level in node)] = 1
                    high = middle - 1
                else:
                    tags[tuple(slice(None, level + 1) for level in node)] = -1
                    low = middle + 1
        return [
            node
            for node in nodes
            if tags[node] == 1
            and all(level == 0 or tags[(*node[:at], level - 1, *node[at + 1 :])] == -1 for at, level in enumerate(node))
        ]

    def _path(self, node: Node, tags: np.ndarray) -> Iterator[Node]:
        """Upwards from a node through nodes that are not known yet."""
        while True:
            yield node
            higher = [
                (*node[:at], level + 1, *node[at + 1 :]) for at, level in enumerate(node) if level < tags.shape[at] - 1
            ]
            after = next((each for each in higher if tags[each] == 0), None)
            if after is None:
                return
            node = after

    def _greedy(self, allowed: int) -> Node:
        """A node that holds and of which no column can be set lower: the best that walks upwards, downwards, and from
        what these find through each column one level higher, come to.
        """
        best = min((self._up(allowed), self._down(self.top, allowed)), key=self._loss)
        better = True
        while better and len(self.looked_at) * len(self.counts) < WORK:
            raised = [
                self._down((*best[:at], level + rise, *best[at + 1 :]), allowed, keep=at)
                for at, level in enumerate(best)
                for rise in range(1, self.top[at] - level + 1)
            ]
            first = min(raised, key=self._loss, default=best)
            better = self._loss(first) < self._loss(best)
            best = first if better else best
        return best

    def _loss(self, node: Node) -> tuple[float, Node]:
        return self.evaluate(node)[1], node

    def _up(self, allowed: int) -> Node:
        node: Node = (0,) * len(self.levels)
        while not self.holds(node, allowed):
            gone, loss = self.evaluate(node)
            higher = [(*node[:at], level + 1, *node[at + 1 :]) for at, level in enumerate(node) if level < self.top[at]]

            def gain(each: Node, gone: int = gone, loss: float = loss) -> tuple[float, float]:
                left, after = self.evaluate(each)
                return (gone - left) / max(1e-3, after - loss + 1e-3), -after

            node = max(higher, key=gain)
        return self._down(node, allowed)

    def _down(self, node: Node, allowed: int, keep: int | None = None) -> Node:
        """From a node that holds, always to the one below it that loses least, as long as it holds; at first without
        lowering the column `keep`.
        """
        while True:
            lower = [
                each
                for at, level in enumerate(node)
                if level and at != keep and self.holds(each := (*node[:at], level - 1, *node[at + 1 :]), allowed)
            ]
            if lower:
                node = min(lower, key=self._loss)
            elif keep is None:
                return node
            else:
                keep = None


def _joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    """One whole number for each row, equal where all parts are."""
    codes = np.zeros(len(parts[0]) if parts else 0, dtype=np.int64)
    size = 1
    for part in parts:
        own = int(part.max(initial=0)) + 1
        if size * own >= 2**62:
            codes, known = pd.factorize(codes)
            codes, size = codes.astype(np.int64), max(1, len(known))
        codes, size = codes * own + part, size * own
    return codes


def _compact(codes: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Groups numbered from 0, and how many rows each has."""
    groups, known = pd.factorize(codes)
    return groups, np.bincount(groups, weights=counts, minlength=len(known)).astype(np.int64)
