"""Two numbers or dates of a row that stand in each other's column: of a start and an end, a least and a greatest, the
first is never above the second, and exchanged they are as far apart as in other rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import permutations

import numpy as np
from scipy import stats

from dataops_core.repair.encoding import EncodedColumn, EncodedTable
from dataops_core.repair.notation.formats import Format
from dataops_core.repair.rows.date_order import NEAR, TELLS, middles
from dataops_core.repair.rows.in_common import Group, groups_of
from dataops_core.repair.rows.numbers import DATES, numbers_of
from dataops_core.repair.rows.swapped_columns import LEAST, SURE, Swapped

FEWEST_NUMBERS = 4  # numbers in the wrong order, which are measured, and may be in that order
ORDERED, APART = 0.97, 0.5  # of the rows: the second is not below the first; it is above it
FEWEST_ROWS, FEWEST = 50, 3  # with both, and in the wrong order
USUAL = (0.005, 0.995)  # of the distances between them
TIED = 0.6  # of the span of a column: where distances are wider, the columns are not about the same
MOST_COLUMNS = 12
MOSTLY = 0.8
OTHERWISE, OTHER_WIDTH = 1e-4, 1.5  # so rarely, and so many times as wide, are they spread where cells were exchanged
BY_CHANCE = 0.02
FEW_STEPS = (
    20,
    0.005,
)  # distances that most rows have: so many at the most, and in that share of the rows at the least
GLANCE = 5_000  # rows


def find(table: EncodedTable, learned: Mapping[int, Format]) -> Iterator[Swapped]:
    """The pairs of columns with such rows; `learned` are the forms of the columns, by place."""
    cells: dict[str, dict[int, np.ndarray]] = {"number": {}, "date": {}}
    for at, column in enumerate(table.columns):
        kind, numbers = numbers_of(column, learned.get(at))
        if kind and len(cells[kind]) < MOST_COLUMNS:
            cells[kind][at] = numbers
    for kind, group in cells.items():
        is_date = kind == "date"
        groups: list[Group] | None = None
        pairs = [pair for pair in permutations(group, 2) if _are_ordered(group[pair[0]], group[pair[1]])]
        for one, other in pairs:
            found = _exchanged(group[one], group[other], is_date=is_date)
            if found is not None and is_date:
                found = _told_by_neighbors(found, group[one], group[other])
            if found is not None:
                groups = groups_of(table, learned) if groups is None else groups
                found = _without_reason(found, groups)
            if found is not None:
                found = _with_third(found, group, (one, other), pairs, is_date=is_date)
            if found is not None:
                names = f'"{table.columns[one].name}" and "{table.columns[other].name}"'
                why = f"{names} are in the wrong order, and exchanged as far apart as in other rows"
                yield Swapped(min(one, other), max(one, other), found[0], False, found[1], why)


def _told_by_neighbors(
    found: tuple[np.ndarray, float], first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, float] | None:
    """The rows in which one of two dates, exchanged, comes to stand where its neighbors do. Elsewhere one of them may
    be wrong as well: an end that is, is often some days before the start.
    """
    rows, sure = found
    told = _is_in_place(first, rows, second[rows], back=True) | _is_in_place(second, rows, first[rows], back=True)
    return (rows[told], sure) if told.any() else None


def _without_reason(found: tuple[np.ndarray, float], groups: Sequence[Group]) -> tuple[np.ndarray, float] | None:
    """The rows that have nothing in common with most of which the cells are in that order, as a country's have."""
    rows, sure = found
    good = np.ones(len(rows), dtype=bool)
    for _, codes, values in groups:
        own, all_rows = (np.bincount(some[some >= 0], minlength=len(values)) for some in (codes[rows], codes))
        good &= ~np.append((own >= FEWEST) & (own > all_rows / 2), False)[codes[rows]]
    return (rows[good], sure) if good.sum() >= FEWEST else None


def _with_third(
    found: tuple[np.ndarray, float],
    cells: Mapping[int, np.ndarray],
    pair: tuple[int, int],
    pairs: list[tuple[int, int]],
    *,
    is_date: bool,
) -> tuple[np.ndarray, float] | None:
    """The rows in which the two cells, exchanged, are in order with those of all other columns as well. Numbers must
    have been in order with these before, too: else what is measured goes the other way in the whole row.
    """
    rows, sure = found
    new = {pair[0]: cells[pair[1]][rows], pair[1]: cells[pair[0]][rows]}
    good = np.ones(len(rows), dtype=bool)
    for one, other in pairs:
        if (one, other) != pair and {one, other} & set(pair):
            good &= ~(new.get(one, cells[one][rows]) > new.get(other, cells[other][rows]))
            good &= is_date | ~(cells[one][rows] > cells[other][rows])
    return (rows[good], sure) if good.sum() >= FEWEST else None


def _exchanged(first: np.ndarray, second: np.ndarray, *, is_date: bool) -> tuple[np.ndarray, float] | None:
    """Rows in which two columns, of which the first is never above the second, are exchanged, and how sure that is.
    Where the day and month of one date, exchanged, explain it as well, nobody knows.
    """
    between = second - first
    there = np.isfinite(between)
    known = between[there]
    wrong = np.flatnonzero(there & (between < 0))
    fewest = FEWEST if is_date else FEWEST_NUMBERS
    if len(known) < FEWEST_ROWS or len(wrong) < fewest:
        return None
    low, high = np.quantile(known[known >= 0], USUAL)
    start, end = np.quantile(first[there], USUAL)
    wide = (high - low) / (end - start) if end > start else 1.0
    if wide > TIED:
        return None
    usual = (-between[wrong] >= low) & (-between[wrong] <= high)
    steps, cells = np.unique(np.round(known, 6), return_counts=True)
    common = steps[cells >= FEW_STEPS[1] * len(known)]
    if len(common) <= FEW_STEPS[0] and np.isin(np.round(known, 6), common).mean() >= MOSTLY:
        usual &= np.isin(np.round(-between[wrong], 6), common)  # due in 14 or 30 days, and nothing between
    if is_date:
        for a, b in ((first[wrong], _turned(second[wrong])), (_turned(first[wrong]), second[wrong])):
            usual &= ~((b - a >= low) & (b - a <= high))
    usual &= ~_is_in_place(first, wrong, second[wrong]) & ~_is_in_place(second, wrong, first[wrong])
    if usual.any() and not _spread_alike(known[known >= 0], -between[wrong[usual]]):
        return None
    others = len(wrong) - int(usual.sum())  # wrong in some other way: so many of these are as far apart by chance
    sure = SURE * (1.0 - (others + (0.5 if is_date else 1.0)) * wide / max(1, int(usual.sum())))
    return (wrong[usual], sure) if usual.sum() >= fewest and sure >= LEAST else None


def _spread_alike(known: np.ndarray, exchanged: np.ndarray) -> bool:
    """Whether some distances are about as wide as those of the other rows: else they are something else."""
    if (known <= exchanged.max()).mean() ** len(exchanged) < BY_CHANCE:
        return False  # nearly equal, all of them: the order is no rule, or one of them is not exact
    times = np.median(exchanged) / max(float(np.median(known)), 1e-12)
    alike = 1 / OTHER_WIDTH <= times <= OTHER_WIDTH
    return bool(alike or stats.mannwhitneyu(known, exchanged).pvalue > OTHERWISE)


def _is_in_place(cells: np.ndarray, rows: np.ndarray, new: np.ndarray, *, back: bool = False) -> np.ndarray:
    """Whether a cell stands where its neighbors do, and what would come in its place does not, or the other way round;
    never where neighbors tell nothing (rows,).
    """
    there = cells[np.isfinite(cells)]
    middle = middles(cells)
    near = float(np.nanquantile(np.abs(cells - middle), NEAR))
    low, high = np.quantile(there, USUAL)
    if near > TELLS * (high - low):
        return np.zeros(len(rows), dtype=bool)
    held, comes = (np.abs(each - middle[rows]) <= near for each in (cells[rows], new))
    return comes & ~held if back else held & ~comes


def _are_ordered(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether the first is nearly never above the second, and often below; a glance at some rows tells it at once where
    that is not so.
    """
    for step, slack in ((max(1, len(first) // GLANCE), 2), (1, 1)):
        between = second[::step] - first[::step]
        known = between[np.isfinite(between)]
        if not len(known) or (known < 0).mean() > slack * (1 - ORDERED) or (known > 0).mean() < APART / slack:
            return False
    return True


def written_as(text: str, source: Format | None, target: EncodedColumn, form: Format | None) -> str:
    """A cell of one column as another column writes it, by the forms of both; as it is where that is not known."""
    if target.type == "datetime" and source is not None:
        values = [value for value, own in source.kind.read(text) if own == source.main]
        return _iso(values[-1]) if values else text
    if target.type == "text" and form is not None and form.kind.name in DATES:
        values = [value for value, _ in form.kind.read(text.replace("T", " "))]
        return (form.kind.write(values[0], form.main) if values else None) or text
    return text


def _iso(value: tuple) -> str:
    """A date, with a time where it has one, as tables hold it."""
    day, time = date(*value[:3]).isoformat(), ":".join(f"{part:02}" for part in value[3:])
    return f"{day}T{time}" if time and set(value[3:]) != {0} else day


def _turned(days: np.ndarray) -> np.ndarray:
    """Dates with day and month exchanged; NaN where there is no such day (dates,)."""
    made = np.full(len(days), np.nan)
    for at, day in enumerate(days.tolist()):
        value = date.fromordinal(int(day))
        if value.day <= 12:
            made[at] = value.replace(month=value.day, day=value.month).toordinal() + day % 1
    return made
