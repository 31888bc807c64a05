"""Values that stand in each other's column, and values in the column beside an empty one of their own.

A text belongs to the column that holds it far more often than any other; a number far outside its own column belongs to
a column among whose numbers it lies. One such cell tells nothing; two cells of a row that belong in each other's column
do, where that is more frequent than it would be by chance.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np

from dataops_core.repair.encoding import EncodedColumn, EncodedTable, Texts

OWN, TIMES = 3, 10  # cells of a column that hold a text which belongs there, and how many more than in any other
MOST_VALUES = 50_000  # different texts of a column
REPEATED = 0.5  # of the cells hold a text that others hold, too
FAR, NEAR = 3.0, 1.5  # spreads of the middle half: a number beyond, and one that is among the others
AMONG = (0.02, 0.98)  # of the numbers of the other column
FEWEST = 2  # different numbers that are exchanged: one may be rare in both columns
MOST = 0.05  # of the rows; more are no faults
LEAST, SURE = 0.8, 0.98  # how sure at the least, for other proposals are no longer sought there, and at the most


@dataclass(frozen=True)
class Swapped:
    """Rows in which two columns hold each other's value, or (`moved`) the second is empty and the first holds what
    belongs there; how sure, and why.
    """

    one: int
    other: int
    rows: np.ndarray
    moved: bool
    sure: float
    why: str


def find(table: EncodedTable) -> Iterator[Swapped]:
    """The pairs of columns with such rows."""
    foreign: dict[tuple[int, int], np.ndarray] = _foreign_texts(table) | _foreign_numbers(table)
    gone = [np.flatnonzero(column.codes < 0) for column in table.columns]
    for (one, other), rows in sorted(foreign.items()):
        names = f'"{table.columns[one].name}" and "{table.columns[other].name}"'
        back = foreign.get((other, one))
        if back is not None and one < other:
            both = np.intersect1d(rows, back)
            if table.columns[one].type != "text" and len(np.unique(table.columns[one].codes[both])) < FEWEST:
                continue  # rows of one thing, which is rare in both columns
            sure = _sure(len(both), len(rows), len(back), table.rows)
            if sure:
                yield Swapped(one, other, both, False, sure, f"{names} hold what belongs in the other one")
        if table.columns[one].type == "text":
            both = np.intersect1d(rows, gone[other])
            sure = _sure(len(both), len(rows), len(gone[other]), table.rows)
            if sure:
                why = f'it belongs in "{table.columns[other].name}", which is missing in this row'
                yield Swapped(one, other, both, True, sure, why)


def _sure(both: int, one: int, other: int, rows: int) -> float:
    """How sure it is that cells which are found together do not meet by chance; 0 where they may."""
    if not both or both > MOST * rows:
        return 0.0
    by_chance = (one - both + 1.0) * (other - both + 1.0) / rows
    sure = SURE * (1.0 - by_chance / both)
    return sure if sure >= LEAST else 0.0


def _foreign_texts(table: EncodedTable) -> dict[tuple[int, int], np.ndarray]:
    """By column and the column that their text belongs to: the rows."""
    held: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)  # text -> column, place, cells
    for at, column in enumerate(table.columns):
        counts = column.counts
        total = counts.sum()
        if column.type != "text" or not 2 <= (counts > 0).sum() <= MOST_VALUES:
            continue
        if counts[counts > 1].sum() >= REPEATED * total:
            for place in np.flatnonzero(counts).tolist():
                if not any(map(str.isalpha, column.values[place])):
                    continue  # a number is at home in many columns
                held[column.values[place]].append((at, place, int(counts[place])))
    owners: defaultdict[int, dict[int, int]] = defaultdict(dict)  # column -> place -> the column it belongs to
    shared: Counter[tuple[int, int]] = Counter()  # cells of a column whose text another one holds as well
    for own in held.values():
        if len(own) > 1:
            for (at, _, cells), (to, _, others) in permutations(own, 2):
                shared[at, to] += cells if others >= OWN else 0
            first, second = sorted(own, key=lambda each: -each[2])[:2]
            if first[2] >= max(OWN, TIMES * second[2]):
                for at, place, _ in own:
                    if at != first[0]:
                        owners[at][place] = first[0]
    return {
        (at, to): rows
        for at, places in owners.items()
        for to in set(places.values())
        if shared[at, to] <= MOST * table.rows  # else both hold the same kind of thing
        and len(rows := _rows_of(table.columns[at], [place for place, own in places.items() if own == to]))
    }


def _rows_of(column: EncodedColumn, places: list[int]) -> np.ndarray:
    mask = np.zeros(len(column.values) + 1, dtype=bool)
    mask[places] = True
    return np.flatnonzero(mask[column.codes])


def _apart(numbers: np.ndarray, above: float, gap: float) -> np.ndarray:
    """Which numbers are above a number, and apart from all that are less: a long tail has no such gap (rows,)."""
    ordered = np.sort(numbers[np.isfinite(numbers)])
    gaps = np.flatnonzero((np.diff(ordered) >= gap) & (ordered[1:] > above))
    return numbers >= ordered[gaps[0] + 1] if len(gaps) else np.zeros(len(numbers), dtype=bool)


def _foreign_numbers(table: EncodedTable) -> dict[tuple[int, int], np.ndarray]:
    """By column and another among whose numbers they lie: the rows with a number far outside its own column."""
    far: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    near: dict[int, tuple[float, float]] = {}
    for at, column in enumerate(table.columns):
        if column.type in ("integer", "decimal") and isinstance(column.values, Texts):
            numbers = np.append(column.values.numbers(), np.nan)[column.codes]
            known = numbers[np.isfinite(numbers)]
            if len(known):
                low, high = np.quantile(known, [0.25, 0.75])
                with np.errstate(over="ignore"):
                    spread = high - low
                if 0 < spread < np.inf:
                    beyond = _apart(numbers, high + FAR * spread, spread) | _apart(-numbers, FAR * spread - low, spread)
                    far[at] = (np.flatnonzero(beyond), numbers[beyond])
                    least, most = np.quantile(known, AMONG)
                    near[at] = (max(low - NEAR * spread, least), min(high + NEAR * spread, most))
    made = {}
    for one, other in combinations([at for at, (rows, _) in far.items() if len(rows)], 2):
        for a, b in ((one, other), (other, one)):
            rows, numbers = far[a]
            rows = rows[(numbers >= near[b][0]) & (numbers <= near[b][1])]
            if len(rows):
                made[a, b] = rows
    return made
