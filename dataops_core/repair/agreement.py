"""Cells that contradict what the other rows of their groups agree on.

Every dependency gives its groups a vote: how large a share of the other rows of the group hold a value, times how far
the dependency holds at all. Votes for one value from several dependencies add up as independent chances do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

from dataops_core.repair.dependencies import Dependency, groups_of
from dataops_core.repair.encoding import EncodedColumn, EncodedTable
from dataops_core.repair.notation.other_writing import is_other_writing

MOST_BY_CHANCE = 5  # rows of one value that contradict a dependency; more are a rule of their own
NEVER = 0.8  # of the rows with one value are empty where another column never has anything


@dataclass
class Votes:
    """The proposals for one column: rows, the codes proposed, scores for them and for what stands there (all of one
    length).
    """

    rows: np.ndarray
    codes: np.ndarray
    score: np.ndarray
    current: np.ndarray


@dataclass
class Ballot:
    """What the groups of some deciding columns say about one column: per row the group's value, how many rows hold it,
    how many others of the group hold any, and whether the row contradicts it (rows,).
    """

    dependency: Dependency
    value: np.ndarray
    agree: np.ndarray
    others: np.ndarray
    held: np.ndarray
    against: np.ndarray


def ballots(table: EncodedTable, dependencies: Sequence[Dependency]) -> list[Ballot]:
    """The ballots of all dependencies."""
    made = []
    groups: dict[tuple[int, ...], np.ndarray] = {}
    for dependency in dependencies:
        if dependency.deciding not in groups:
            groups = {dependency.deciding: groups_of(table, dependency.deciding)}  # they come in this order
        own = groups[dependency.deciding]
        column = table.columns[dependency.following]
        wide = len(column.values)
        top, count, size, held = tops(own, column.codes, wide)
        there = own >= 0
        value = np.where(there, top[own], np.int32(-1))
        others = np.maximum(0, np.where(there, size[own], np.int32(0)) - (column.codes >= 0))
        against = there & (value >= 0) & (column.codes >= 0) & (value != column.codes) & (others > 0)
        made.append(Ballot(dependency, value, np.where(there, count[own], np.int32(0)), others, held, against))
    return made


def trust(made: Sequence[Ballot], rows: int) -> dict[tuple[int, ...], tuple[np.ndarray, int]]:
    """How many columns of a row contradict the group that the deciding columns put it in, and of how many.

    A row that contradicts its group in most columns is in the wrong group, or in none: what the group says about it
    tells little.
    """
    found: dict[tuple[int, ...], tuple[np.ndarray, int]] = {}
    for ballot in made:
        against, number = found.get(ballot.dependency.deciding, (np.zeros(rows, dtype=np.int32), 0))
        found[ballot.dependency.deciding] = (against + ballot.against, number + 1)
    return found


def votes(
    table: EncodedTable,
    following: int,
    made: Sequence[Ballot],
    doubts: Mapping[tuple[int, ...], tuple[np.ndarray, int]],
    counts: Sequence[np.ndarray],
) -> Votes:
    """The best proposal for every cell of a column that is missing or contradicts one of its groups.

    `made` are the ballots on this column, `doubts` what `trust` found, `counts` those of the values of all columns.
    """
    column = table.columns[following]
    wide = len(column.values)
    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    own = np.zeros(table.rows)
    for ballot in made:
        against, number = doubts[ballot.dependency.deciding]
        elsewhere = (against - ballot.against) / number
        strength = ballot.dependency.strength * (1 - elsewhere) * ~exceptions(table, following, ballot, counts)
        share = strength * ballot.agree / (ballot.others + 1.0)
        asked = (ballot.value >= 0) & (ballot.others > 0) & (ballot.value != column.codes)
        at = np.flatnonzero(asked)
        parts.append((at, ballot.value[at], np.log1p(-np.clip(share[at], 0, 0.999))))
        support = strength * np.maximum(0, ballot.held - 1) / (ballot.others + 1.0)
        own += np.where((column.codes >= 0) & (ballot.others > 0), np.log1p(-np.clip(support, 0, 0.999)), 0.0)
    if not parts:
        return Votes(*(np.zeros(0, dtype=kind) for kind in (np.int64, np.int32, float, float)))
    rows = np.concatenate([part[0] for part in parts])
    codes = np.concatenate([part[1] for part in parts])
    weight = np.concatenate([part[2] for part in parts])
    keys, where = np.unique(rows * np.int64(wide + 1) + codes, return_inverse=True)
    total = np.bincount(where, weight, minlength=len(keys))
    rows, codes = keys // (wide + 1), (keys % (wide + 1)).astype(np.int32)
    order = np.lexsort((total, rows))
    first = np.r_[True, rows[order][1:] != rows[order][:-1]] if len(order) else np.zeros(0, bool)
    best = order[first]
    rows, codes = rows[best], codes[best]
    return Votes(rows, codes, 1 - np.exp(total[best]), 1 - np.exp(own[rows]))


def exceptions(table: EncodedTable, following: int, ballot: Ballot, counts: Sequence[np.ndarray]) -> np.ndarray:
    """Rows in which a dependency does not hold for a reason: most rows with the same value of some other column
    contradict it too, which chance slips do not (rows,). `counts` are those of the values of all columns.
    """
    gone = np.zeros(table.rows, dtype=bool)
    rows = np.flatnonzero(ballot.against)
    if not len(rows):
        return gone
    rate = len(rows) / table.rows
    for at, column in enumerate(table.columns):
        if at == following or at in ballot.dependency.deciding or counts[at].max(initial=0) < MOST_BY_CHANCE:
            continue
        codes = column.codes[rows]
        against = np.bincount(codes[codes >= 0], minlength=len(counts[at]))
        odd = np.append((against >= MOST_BY_CHANCE) & (against > max(0.5, 5 * rate) * counts[at]), False)
        gone[rows[odd[codes]]] = True
    column = table.columns[following]
    own = _own_values(column, counts[following], ballot, rows)
    return (gone & ~_among(column, ballot, gone, is_other_writing)) | (own & ~_among(column, ballot, own, _is_near))


def left_empty(table: EncodedTable, following: int, counts: Sequence[np.ndarray]) -> np.ndarray:
    """Rows in which a column is empty as it is in nearly all rows with the same value of some other column: nothing has
    gone there, such as what a source never tells (rows,). `counts` are those of the values of all columns.
    """
    empty = np.zeros(table.rows, dtype=bool)
    rows = np.flatnonzero(table.columns[following].codes < 0)
    for at, column in enumerate(table.columns):
        if at == following or counts[at].max(initial=0) < MOST_BY_CHANCE:
            continue
        codes = column.codes[rows]
        missing = np.bincount(codes[codes >= 0], minlength=len(counts[at]))
        never = np.append((missing >= MOST_BY_CHANCE) & (missing >= NEVER * counts[at]), False)
        empty[rows[never[codes]]] = True
    return empty


def _own_values(column: EncodedColumn, sizes: np.ndarray, ballot: Ballot, rows: np.ndarray) -> np.ndarray:
    """Rows with a value that contradicts a dependency nearly wherever it stands: unless it is what would replace it,
    written otherwise, it is a value of its own, such as a rare category (rows,).
    """
    against = np.bincount(column.codes[rows], minlength=len(sizes))
    own = np.zeros(len(column.codes), dtype=bool)
    own[rows[((against >= MOST_BY_CHANCE) & (against > 0.5 * sizes))[column.codes[rows]]]] = True
    return own


def _among(column: EncodedColumn, ballot: Ballot, rows: np.ndarray, test: Callable[[str, str], bool]) -> np.ndarray:
    """Which of these rows hold a value that passes a test beside the value of their group (rows,)."""
    passed = np.zeros(len(rows), dtype=bool)
    known: dict[tuple[int, int], bool] = {}
    for row in np.flatnonzero(rows).tolist() if column.type == "text" else ():
        pair = (int(column.codes[row]), int(ballot.value[row]))
        if pair not in known:
            known[pair] = test(column.values[pair[0]], column.values[pair[1]])
        passed[row] = known[pair]
    return passed


def _is_near(old: str, new: str) -> bool:
    """Whether a value is a slip of another, or written otherwise."""
    return Levenshtein.distance(old, new) <= max(2, len(new) // 10) or is_other_writing(old, new)


def tops(groups: np.ndarray, codes: np.ndarray, wide: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Per group: its most frequent value, how many rows hold it, and how many hold any (groups,); and how many rows of
    its group hold the value of a row (rows,).
    """
    number = int(groups.max(initial=-1)) + 1
    top = np.full(number + 1, -1, dtype=np.int32)
    count = np.zeros(number + 1, dtype=np.int32)
    size = np.zeros(number + 1, dtype=np.int32)
    held = np.zeros(len(groups), dtype=np.int32)
    there = np.flatnonzero((groups >= 0) & (codes >= 0))
    keys, where, cells = np.unique(
        groups[there] * np.int64(wide) + codes[there], return_inverse=True, return_counts=True
    )
    if len(keys):
        held[there] = cells[where]
        owners = keys // wide
        order = np.lexsort((-cells, owners))
        first = order[np.r_[True, owners[order][1:] != owners[order][:-1]]]
        top[owners[first]], count[owners[first]] = keys[first] % wide, cells[first]
        size[:number] = np.bincount(owners, cells, minlength=number).astype(np.int32)
    return top, count, size, held
