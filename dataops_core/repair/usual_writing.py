"""Which of two writings of one thing is how a column is written, and how surely two such texts are one thing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dataops_core.checks.variants import plain
from dataops_core.repair.agreement import Ballot
from dataops_core.repair.encoding import EncodedColumn
from dataops_core.repair.notation.other_writing import is_other_writing

FAR_MORE = 3  # times as many cells hold the usual writing of a value
FEW = 0.25  # of the cells: what fewer have is not how the column is written
GROUPS = 100  # values of groups that are compared with each other


def are_same(column: EncodedColumn, rows: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Which cells of these rows hold what is proposed for them (`codes`) in another writing (rows,)."""
    same = np.zeros(len(rows), dtype=bool)
    old = column.codes[rows].astype(np.int64)
    at = np.flatnonzero(old >= 0) if column.type == "text" else np.zeros(0, dtype=np.int64)
    pairs, places = np.unique(old[at] * len(column.values) + codes[at], return_inverse=True)
    texts = [(column.values[pair // len(column.values)], column.values[pair % len(column.values)]) for pair in pairs]
    same[at] = np.array([is_other_writing(one, other) for one, other in texts], dtype=bool)[places]
    return same


def apart(column: EncodedColumn, ballots: Sequence[Ballot]) -> float:
    """The share of the values of groups that are not another writing of another group's value: as sure is it that two
    writings are of one thing.
    """
    held = np.concatenate([ballot.value[ballot.value >= 0] for ballot in ballots])
    known, counts = np.unique(held, return_counts=True)
    usual = known[np.argsort(-counts, kind="stable")][:GROUPS].tolist()
    alone = sum(not any(_are_two(column, a, b) for b in usual if b != a) for a in usual)
    return (alone + 0.5) / (len(usual) + 1.0)


def are_into_usual(column: EncodedColumn, rows: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Which candidates write a text as the column is: without points, "&" and capitals throughout where few cells
    have them; or longer or shorter as most candidates do by far; where nothing tells, those that bring in what stands
    far more often (rows,).
    """
    counts, old = column.counts, column.codes[rows]
    held = np.unique(np.concatenate([old, codes]))
    sizes = np.zeros(len(column.values), dtype=int)
    sizes[held] = [len(plain(column.values[at])) for at in held.tolist()]
    grows = np.sign(sizes[codes] - sizes[old])
    longer, shorter = int((grows > 0).sum()), int((grows < 0).sum())
    if max(longer, shorter) >= FAR_MORE * min(longer, shorter):
        usual = grows != np.sign(shorter - longer)
    else:
        usual = (grows == 0) | (counts[codes] >= FAR_MORE * counts[old])
    for test in (str.isupper, lambda text: "." in text, lambda text: "&" in text):
        has = np.array([test(value) for value in column.values])
        if counts[has].sum() < FEW * counts.sum():
            usual = np.where(has[old] != has[codes], has[old], usual)
    return usual


def _are_two(column: EncodedColumn, one: int, other: int) -> bool:
    """Whether two values that seem to be one are about as frequent: they are two, then."""
    some, more = sorted((int(column.counts[one]), int(column.counts[other])))
    return more < FAR_MORE * some and is_other_writing(column.values[one], column.values[other])
