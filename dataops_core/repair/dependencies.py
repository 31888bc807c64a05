"""Columns that follow from others: within equal values of one or two columns another nearly always has one value.

The measure is the share of pairs of rows of a group that agree, freed of chance: where columns are independent, it is
expected to be that of any two rows, however many groups there are. Measures by the majority of a group lack this, and
near-keys seem to decide everything; Mandros, Boley and Vreeken correct that bias of another measure ("Discovering
Reliable Approximate Functional Dependencies", KDD 2017).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from dataops_core.repair.encoding import EncodedTable

STRONG = 0.75  # agreement beyond chance that makes a dependency
MEASURED = 0.9  # the same, where a column of decimals decides: what is measured is no key of anything
TWO_NUMBERS, NUMBERS = 0.95, {"integer", "decimal"}  # the same, where two columns of numbers decide
NOISY = 0.35  # agreement that makes one where what contradicts it is scattered as errors are
SCATTERED = 0.1  # agreement beyond chance of cells that contradict their groups, at most
MIXED = 0.5  # pairs of rows that agree in a column of few values: what contradicts is alike there for want of others
ONCE, ODD = 2, 0.1  # cells of a value that hardly comes again; their share of what contradicts: slips are among errors
FEWEST_PAIRS = 50  # of cells that contradict, to tell
CONSTANT = 0.98  # pairs of rows that agree in a column with one value nearly everywhere
LOOKED_AT = 20_000  # rows, in whole groups, on which a dependency is judged
GLANCE, DOUBT = 2_000, 0.25  # rows for a first glance, and how far that may be off
ROWS_OF_EACH = 4  # of a group, at the least, where not all of its rows are looked at
MOST_PAIRED = 50_000  # rows on which pairs of deciding columns are tried
FEWEST_ROWS = 20  # in groups of two or more
FEWEST_SHARE = 0.05  # of all rows that must lie in such groups
FEWEST_GROUPS = 3
PAIRED = 16  # columns of which pairs are tried as deciding columns


@dataclass(frozen=True)
class Dependency:
    """The places of the deciding columns and of the one that follows; how far it does, and on how many rows this rests.

    `strength` is the agreement of pairs within groups beyond chance (1: always); `rows` lie in groups of two or more.
    It is `noisy` where much contradicts it, and `scattered` where what does is scattered as errors are.
    """

    deciding: tuple[int, ...]
    following: int
    strength: float
    rows: int
    groups: int
    noisy: bool = False
    scattered: bool = False


def groups_of(table: EncodedTable, deciding: tuple[int, ...], rows: np.ndarray | None = None) -> np.ndarray:
    """The group of every row (or of these rows) by the values of the deciding columns; -1 where one is missing."""
    parts = [table.columns[place].codes if rows is None else table.columns[place].codes[rows] for place in deciding]
    first = parts[0].astype(np.int64)
    gone = first < 0
    for place, more in zip(deciding[1:], parts[1:], strict=True):
        gone |= more < 0
        first = first * (len(table.columns[place].values) + 1) + more
    if len(deciding) > 1:
        first = np.unique(first, return_inverse=True)[1].astype(np.int64)
    return np.where(gone, -1, first)


def find(table: EncodedTable, seed: int = 0) -> list[Dependency]:
    """The dependencies of a table, those of one column first; of two columns only where neither alone decides."""
    rng = np.random.default_rng(seed)
    counts = [column.counts for column in table.columns]
    chances = [by_chance(held) for held in counts]
    repeated = [float(held[held > 1].sum()) / max(1, table.rows) for held in counts]
    follow = [at for at in range(len(counts)) if chances[at] < CONSTANT and repeated[at] > FEWEST_SHARE]
    usable = [at for at, held in enumerate(counts) if _decides(held, table.rows)]
    found = [each for at in usable for each in _following(table, (at,), None, follow, chances, rng)]
    known = {(each.deciding[0], each.following) for each in found if not each.noisy}
    few = sorted(usable, key=lambda at: int((counts[at] > 0).sum()))[:PAIRED]
    for pair in combinations(few, 2):
        if any((a, b) in known for a, b in (pair, pair[::-1])):
            continue  # the second adds nothing to the first
        open_columns = [at for at in follow if not any((x, at) in known for x in pair)]
        rows = None
        if table.rows > MOST_PAIRED:  # whole groups of the one with more values, and so of both
            rows = whole_groups(table.columns[pair[1]].codes, MOST_PAIRED, rng)
        found += _following(table, pair, rows, open_columns, chances, rng)
    known = {(at, each.following) for each in found if len(each.deciding) > 1 for at in each.deciding}
    # what contradicts has a reason where another column explains it
    return [each for each in found if not (each.noisy and (each.deciding[0], each.following) in known)]


def by_chance(counts: np.ndarray) -> float:
    """The share of pairs of rows that agree in a column with these counts of its values."""
    total = float(counts.sum())
    return float((counts * (counts - 1.0)).sum() / (total * (total - 1.0))) if total > 1 else 1.0


def _decides(counts: np.ndarray, rows: int) -> bool:
    """Whether a column could decide others: it has several values, and enough rows share theirs."""
    shared = counts[counts > 1]
    return len(shared) >= FEWEST_GROUPS and shared.sum() >= max(FEWEST_ROWS, FEWEST_SHARE * rows)


def whole_groups(groups: np.ndarray, most: int, rng: np.random.Generator) -> np.ndarray:
    """About that many rows of groups of two or more: whole groups, or some rows of each where groups are large and few
    (rows,).
    """
    counts = np.bincount(groups[groups >= 0])
    shared = np.flatnonzero(counts > 1)
    mask = np.zeros(len(counts) + 1, dtype=bool)
    if most >= ROWS_OF_EACH * len(shared):
        mask[shared] = True
        rows = np.flatnonzero(mask[groups])
        return rows if len(rows) <= most else np.sort(rng.choice(rows, most, replace=False))
    order = rng.permutation(shared)
    mask[order[: int(np.searchsorted(np.cumsum(counts[order]), most)) + 1]] = True
    return np.flatnonzero(mask[groups])


def _following(
    table: EncodedTable,
    deciding: tuple[int, ...],
    rows: np.ndarray | None,
    follow: Sequence[int],
    chances: Sequence[float],
    rng: np.random.Generator,
) -> Iterator[Dependency]:
    groups = groups_of(table, deciding, rows)
    counts = np.bincount(groups[groups >= 0])
    shared = int(counts[counts > 1].sum())
    if (counts > 1).sum() < FEWEST_GROUPS or shared < max(FEWEST_ROWS, FEWEST_SHARE * len(groups)):
        return
    types = [table.columns[place].type for place in deciding]
    least = MEASURED if "decimal" in types else NOISY
    if len(types) > 1 and set(types) <= NUMBERS:
        least = TWO_NUMBERS
    places = whole_groups(groups, LOOKED_AT, rng)
    first = places if len(places) <= 2 * GLANCE else np.sort(places[whole_groups(groups[places], GLANCE, rng)])
    share = table.rows / max(1, len(groups)) * shared / max(1, len(places))
    made: list[Dependency] = []
    doubted: list[Dependency] = []
    for at in follow:
        if at in deciding:
            continue
        glanced = _strength_of(table, at, groups, first, rows, chances[at])
        if glanced is None or glanced[0] < NOISY - DOUBT * (len(first) < len(places)):
            continue
        found = glanced if len(first) == len(places) else _strength_of(table, at, groups, places, rows, chances[at])
        if found is None or found[0] < NOISY:
            continue
        noisy = found[0] < STRONG
        if found[0] < least:
            continue
        if noisy and (len(deciding) > 1 or table.columns[at].type == "decimal"):
            continue
        codes = table.columns[at].codes[places if rows is None else rows[places]]
        scattered = len(deciding) == 1 and is_noise(groups[places], codes, len(table.columns[at].values), chances[at])
        if noisy and not scattered:
            continue
        # of a pair of rows that agree both are right: the share of right ones is its root
        right = math.sqrt(found[0]) if noisy else found[0]
        each = Dependency(deciding, at, right, int(found[1] * share), found[2], noisy, scattered)
        if noisy and not has_slips(groups[places], codes, len(table.columns[at].values)):
            doubted.append(each)
        else:
            made.append(each)
    # values of the column like others contradict it: errors in all that follows, or it only goes with it often
    soiled = 2 * sum(each.noisy for each in [*made, *doubted]) >= len([*made, *doubted])
    yield from sorted([*made, *(doubted if soiled else [])], key=lambda each: each.following)


def _strength_of(
    table: EncodedTable, at: int, groups: np.ndarray, places: np.ndarray, rows: np.ndarray | None, chance: float
) -> tuple[float, int, int] | None:
    codes = table.columns[at].codes[places if rows is None else rows[places]]
    return strength(groups[places], codes, len(table.columns[at].values), chance)


def _runs(groups: np.ndarray, codes: np.ndarray, wide: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each code that a group holds, by group, and in how many cells (runs,); and where each group begins there."""
    keys = np.sort(groups * np.int64(wide) + codes)
    runs = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    owners = keys[runs] // wide
    starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
    return keys[runs] % wide, np.diff(np.r_[runs, len(keys)]), starts


def is_noise(groups: np.ndarray, codes: np.ndarray, wide: int, chance: float) -> bool:
    """Whether the cells that contradict the most frequent value of their group agree among themselves no more than any
    rows do: errors are scattered so, while a column that only often follows has other values for a reason.

    `wide` and `chance` are those of `strength`.
    """
    if chance >= MIXED:
        return False
    there = (groups >= 0) & (codes >= 0)
    held, cells, starts = _runs(groups[there], codes[there], wide)
    tops = np.maximum.reduceat(cells, starts)
    rest = np.add.reduceat(cells, starts) - tops
    if _few_others(held, cells, tops, rest, starts, np.bincount(codes[there], minlength=wide)):
        return False
    agree = np.add.reduceat(cells * (cells - 1.0), starts) - tops * (tops - 1.0)
    pairs = float((rest * (rest - 1.0)).sum())
    return pairs >= FEWEST_PAIRS and float(agree.sum()) / pairs <= chance + SCATTERED


def has_slips(groups: np.ndarray, codes: np.ndarray, wide: int) -> bool:
    """Whether some of the cells that contradict the most frequent value of their group hold what hardly any other cell
    does, as slips do.
    """
    there = (groups >= 0) & (codes >= 0)
    held, cells, starts = _runs(groups[there], codes[there], wide)
    tops = np.maximum.reduceat(cells, starts)
    counts = np.bincount(codes[there], minlength=wide)
    odd = (cells * (counts[held] <= ONCE)).sum() - tops[tops <= ONCE].sum()
    return bool(odd >= ODD * (cells.sum() - tops.sum()))


def _few_others(
    held: np.ndarray, cells: np.ndarray, tops: np.ndarray, rest: np.ndarray, starts: np.ndarray, counts: np.ndarray
) -> bool:
    """Whether there are so few values beside those of the groups that what contradicts is alike for want of others."""
    owners = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(held)]))
    best = np.flatnonzero(cells == tops[owners])
    _, first = np.unique(owners[best], return_index=True)
    usual = counts[held[best[first]]].astype(float)
    total, squares = float(counts.sum()), float((counts.astype(float) ** 2).sum())
    alike = (squares - usual**2) / np.maximum(1.0, total - usual) ** 2
    return float((alike * rest).sum()) >= MIXED * float(rest.sum())


def strength(groups: np.ndarray, codes: np.ndarray, wide: int, chance: float) -> tuple[float, int, int] | None:
    """How far pairs of rows of a group agree beyond chance, on how many rows and groups; None where it cannot be told.

    `wide` is the number of values that codes may stand for, `chance` the share of pairs of any rows that agree.

    >>> strength(np.array([0, 0, 1, 1, 2, 2]), np.array([0, 0, 1, 1, 2, 2]), 3, 0.2)
    (1.0, 6, 3)
    """
    there = (groups >= 0) & (codes >= 0)
    if chance >= CONSTANT or not there.any():
        return None
    held, cells, starts = _runs(groups[there], codes[there], wide)
    sizes = np.add.reduceat(cells, starts)
    agree = np.add.reduceat(cells * (cells - 1.0), starts)
    tops = np.maximum.reduceat(cells, starts)
    large = sizes > 1
    if (large & (tops > 1)).sum() < FEWEST_GROUPS:
        return None
    kept = held[np.repeat(large, np.diff(np.r_[starts, len(cells)]))]
    if kept.min() == kept.max():
        return None
    share = float((agree[large] / (sizes[large] - 1.0)).sum() / sizes[large].sum())
    apart = _apart_from_usual(codes[there], (held, cells, starts), large, wide)
    return min((share - chance) / (1 - chance), apart), int(sizes[large].sum()), int(large.sum())


def _apart_from_usual(
    codes: np.ndarray, runs: tuple[np.ndarray, np.ndarray, np.ndarray], large: np.ndarray, wide: int
) -> float:
    """How far pairs of rows of a group agree beyond chance, of those that do not both hold the column's most frequent
    value: it stands together in many groups where it is that of most rows anyway.
    """
    held, cells, starts = runs
    counts = np.bincount(codes, minlength=wide).astype(float)
    usual, total = int(counts.argmax()), counts.sum()
    sizes = np.add.reduceat(cells, starts)[large].astype(float)
    both = np.add.reduceat(np.where(held == usual, cells * (cells - 1.0), 0.0), starts)[large]
    agree = np.add.reduceat(np.where(held != usual, cells * (cells - 1.0), 0.0), starts)[large]
    weight = 1.0 / (sizes - 1.0)
    pairs = float(((sizes * (sizes - 1.0) - both) * weight).sum())
    if not pairs:
        return 1.0
    squares = float(((counts / total) ** 2).sum() - (counts[usual] / total) ** 2)
    chance = squares / (1.0 - (counts[usual] / total) ** 2)
    return (float((agree * weight).sum()) / pairs - chance) / (1 - chance)
