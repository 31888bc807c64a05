"""Columns that follow from others: within equal values of one or two columns another nearly always has one value.

The measure is the share of pairs of rows of a group that agree, freed of chance: where columns are independent, it is
expected to be that of any two rows, however many groups there are. Measures by the majority of a group lack this, and
near-keys seem to decide everything; Mandros, Boley and Vreeken correct that bias of another measure ("Discovering
Reliable Approximate Functional Dependencies", KDD 2017).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from dataops_core.repair.encoded import EncodedTable

STRONG = 0.75  # agreement beyond chance that makes a dependency
LOOKED_AT = 20_000  # rows, in whole groups, on which a pair of columns is judged
FEWEST_ROWS = 20  # in groups of two or more
FEWEST_SHARE = 0.05  # of all rows that must lie in such groups
FEWEST_GROUPS = 3
PAIRED = 16  # columns of which pairs are tried as deciding columns


@dataclass(frozen=True)
class Dependency:
    """The places of the deciding columns and of the one that follows; how far it does, and on how many rows this rests.

    `strength` is the agreement of pairs within groups beyond chance (1: always); `rows` lie in groups of two or more.
    """

    deciding: tuple[int, ...]
    following: int
    strength: float
    rows: int
    groups: int


def groups_of(table: EncodedTable, deciding: tuple[int, ...]) -> np.ndarray:
    """The group of every row by the values of the deciding columns; -1 where one of them is missing (rows,)."""
    first = table.columns[deciding[0]].codes.astype(np.int64)
    gone = first < 0
    for place in deciding[1:]:
        more = table.columns[place].codes
        gone |= more < 0
        first = first * (len(table.columns[place].values) + 1) + more
    if len(deciding) > 1:
        first = np.unique(first, return_inverse=True)[1].astype(np.int64)
    return np.where(gone, -1, first)


def find(table: EncodedTable, seed: int = 0) -> list[Dependency]:
    """The dependencies of a table, those of one column first; of two columns only where neither alone decides."""
    rng = np.random.default_rng(seed)
    usable = [at for at, column in enumerate(table.columns) if _decides(column.codes, table.rows)]
    found = [d for at in usable for d in _following(table, (at,), rng, set())]
    known = {(d.deciding[0], d.following) for d in found}
    if table.rows and len(usable) > 1:
        few = sorted(usable, key=lambda at: len(table.columns[at].values))[:PAIRED]
        for pair in combinations(few, 2):
            if any((a, b) in known for a, b in (pair, pair[::-1])):
                continue  # the second adds nothing to the first
            skip = {y for x, y in known if x in pair}
            found += _following(table, pair, rng, skip)
    return found


def _decides(codes: np.ndarray, rows: int) -> bool:
    """Whether a column could decide others: it has several values, and enough rows share theirs."""
    counts = np.bincount(codes[codes >= 0])
    shared = counts[counts > 1]
    return len(shared) >= FEWEST_GROUPS and shared.sum() >= max(FEWEST_ROWS, FEWEST_SHARE * rows)


def _following(
    table: EncodedTable, deciding: tuple[int, ...], rng: np.random.Generator, skip: set[int]
) -> Iterator[Dependency]:
    groups = groups_of(table, deciding)
    counts = np.bincount(groups[groups >= 0])
    if (counts > 1).sum() < FEWEST_GROUPS or counts[counts > 1].sum() < max(FEWEST_ROWS, FEWEST_SHARE * table.rows):
        return
    order = rng.permutation(np.flatnonzero(counts > 1))
    chosen = order[: int(np.searchsorted(np.cumsum(counts[order]), LOOKED_AT)) + 1]
    mask = np.zeros(len(counts) + 1, dtype=bool)
    mask[chosen] = True
    places = np.flatnonzero(mask[groups])
    own = groups[places]
    share = counts[counts > 1].sum() / max(1, len(places))
    for at, column in enumerate(table.columns):
        if at in deciding or at in skip:
            continue
        found = strength(own, column.codes[places], column.counts)
        if found is not None and found[0] >= STRONG:
            yield Dependency(deciding, at, found[0], int(found[1] * share), found[2])


def strength(groups: np.ndarray, codes: np.ndarray, counts: np.ndarray) -> tuple[float, int, int] | None:
    """How far pairs of rows of a group agree beyond chance, on how many rows and groups; None where it cannot be told.

    >>> strength(np.array([0, 0, 1, 1, 2, 2]), np.array([0, 0, 1, 1, 2, 2]), np.array([2, 2, 2]))
    (1.0, 6, 3)
    """
    there = (groups >= 0) & (codes >= 0)
    groups, codes = groups[there], codes[there]
    total = counts.sum()
    if not len(groups) or total < 2:
        return None
    base = float((counts * (counts - 1.0)).sum() / (total * (total - 1.0)))
    if base > 0.98:  # one value nearly everywhere
        return None
    keys, cells = np.unique(groups * np.int64(len(counts)) + codes, return_counts=True)
    owners = keys // len(counts)
    starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
    sizes = np.add.reduceat(cells, starts)
    agree = np.add.reduceat(cells * (cells - 1.0), starts)
    large = sizes > 1
    if large.sum() < FEWEST_GROUPS:
        return None
    sizes, agree = sizes[large], agree[large]
    share = float((agree / (sizes - 1.0)).sum() / sizes.sum())
    tops = np.maximum.reduceat(cells, starts)[large]
    if len(np.unique(codes[np.isin(groups, owners[starts][large])])) < 2 or (tops > 1).sum() < FEWEST_GROUPS:
        return None
    return (share - base) / (1 - base), int(sizes.sum()), len(sizes)
