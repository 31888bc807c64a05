"""Numbers in another unit throughout some rows: a thousand times less than all others where one clerk, source or year
wrote them.

A number is proposed only where it lies apart from the others of its column, or is written with more or fewer
decimals, and lies among them once it is multiplied by one power of ten and by no other; and where nearly all such
numbers stand in rows that have one value of another column in common, or follow on each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import stats

from dataops_core.repair.encoding import EncodedColumn, EncodedTable
from dataops_core.repair.notation.formats import Format
from dataops_core.repair.notation.units import LAST_WORD, UNITS, unit_of
from dataops_core.repair.rows.in_common import Group, groups_of, in_a_run, in_common
from dataops_core.repair.rows.numbers import numbers_of
from dataops_core.repair.rows.swapped_columns import LEAST, SURE

FEWEST, MOST = 5, 0.25  # cells of another unit; share of the cells
AMONG = (0.005, 0.995)  # of the others
ONE_POWER = 0.9  # of the numbers must lie among the others with it
GAP, MOST_GAPS = 0.1, 12  # between them and all others: nothing lies there (log 10); the widest that are looked at
WIDER = 1.5  # times the widest gap among the others
TAIL = 0.25  # as many of the others lie among the numbers in doubt, as many as end with a zero and more
DIFFERENT = 3  # numbers of another unit, at the least
FINE = 0.25  # of the last digit of the others, within which a number comes back that is written with more decimals
MOSTLY = 0.7  # of such numbers stand together
CLEARLY = 0.1  # less unlike the others (Kolmogorov-Smirnov) must these numbers be than in any other unit
DECIMALS, EXACT = 5, 9  # of a number, in the middle; its digits: more are computed, and not written by somebody
MOST_DIGITS, MOST_ZEROS = 6, 3  # decimals of a number; zeros at the end of one without
ALIKE, SLACK = 0.5, 0.05  # of half the range of the others their middle may be from that of these, and a little more
REPEATED = 3  # cells with the same number, where a column has few of them
TRIED = 40
LOOKED_AT, ROUNDING = 2_000, 1e-6  # numbers, to see with how many decimals they are written


@dataclass(frozen=True)
class Scaled:
    """Rows of a column and what they hold in the unit of the others; how sure, and why."""

    column: int
    rows: np.ndarray
    new: list[str]
    sure: float
    why: str


def find(table: EncodedTable, learned: Mapping[int, Format]) -> Iterator[Scaled]:
    """The columns of numbers with such rows; `learned` are the forms of the columns, by place."""
    groups: list[Group] | None = None
    for at, column in enumerate(table.columns):
        form = learned.get(at)
        kind, numbers = numbers_of(column, form)
        if kind != "number":
            continue
        digits = _digits(numbers)
        if _is_computed(numbers, digits):
            continue
        for rows, options in _in_doubt(numbers, _written_digits(column, form, digits)):
            groups = groups_of(table, learned) if groups is None else groups
            own, where = _belong_together(
                rows, np.isfinite(numbers), [each for each in groups if each[0] != column.name]
            )
            if own is not None and _go_by_size(numbers, own, rows, options[0]):
                continue
            found = None if own is None else _unit_of(column, numbers, own, rows, digits, options)
            if own is None or found is None or found[1] < LEAST:
                continue
            change, sure = found
            places = int(np.quantile(digits[np.isfinite(numbers)], ONE_POWER))
            made = [number * change.times + change.plus for number in numbers[own].tolist()]
            texts = [_written(round(each, places) if change.words else each, column, form) for each in made]
            if None not in texts and _are_values(np.array(made), own, numbers):
                why = f"nearly all such numbers stand {where}; {change} they are as the others"
                yield Scaled(at, own, [text for text in texts if text is not None], sure, why)
                break


def _is_computed(numbers: np.ndarray, digits: np.ndarray) -> bool:
    """Whether numbers have more digits than anybody writes."""
    there = np.flatnonzero(np.isfinite(numbers) & (numbers > 0))
    if not len(there):
        return False
    return bool(np.median(digits[there]) >= DECIMALS or np.median(np.log10(numbers[there]) + digits[there]) > EXACT)


def _go_by_size(numbers: np.ndarray, own: np.ndarray, doubted: np.ndarray, power: int) -> bool:
    """Whether numbers of that size are in doubt elsewhere, too: great numbers have fewer decimals than small ones."""
    sizes = -np.sign(power) * numbers
    there = np.isfinite(numbers) & (numbers > 0) & (sizes >= np.median(sizes[own]))
    there[own] = False
    others = int(there[doubted].sum())
    return others >= FEWEST and others > there.sum() / 2


def _are_values(made: np.ndarray, own: np.ndarray, numbers: np.ndarray) -> bool:
    """Whether enough different numbers were made, and, where the others are few that come again, are among those."""
    others = np.delete(numbers, own)
    values, cells = np.unique(others[np.isfinite(others)], return_counts=True)
    if len(np.unique(numbers[own])) < DIFFERENT:
        return False
    if cells[cells >= REPEATED].sum() < ONE_POWER * cells.sum():
        return True
    nearest = np.abs(values[:, None] - made[None, :]).min(axis=0)
    return bool((nearest <= ROUNDING * np.abs(made)).mean() >= ONE_POWER)


class Change(NamedTuple):
    """What makes a number of one unit one of another: `times` it, and `plus`; in words, where it is no power of ten."""

    times: float
    plus: float = 0.0
    words: str = ""

    def __str__(self) -> str:
        return self.words or f"times {self.times:g}"


def _written_digits(column: EncodedColumn, form: Format | None, digits: np.ndarray) -> np.ndarray:
    """With how many decimals each number is written, as the text says (rows,)."""
    if column.type != "text" or form is None:
        return digits
    read = [[value for value, own in form.kind.read(text) if own == form.main] for text in list(column.values)]
    return np.append(np.array([len(some[-1][2]) if some else 0 for some in read]), 0)[column.codes]


def _digits(numbers: np.ndarray) -> np.ndarray:
    """With how many decimals each number can be written; below 0 where it ends with zeros (rows,)."""
    digits = np.full(len(numbers), MOST_DIGITS)
    for places in range(MOST_DIGITS - 1, -MOST_ZEROS - 1, -1):
        with np.errstate(over="ignore", invalid="ignore"):
            shifted = numbers * 10.0**places
            off = np.abs(shifted - np.round(shifted))
        digits[off < ROUNDING * np.maximum(1.0, np.abs(shifted) * ROUNDING)] = places
    return digits


def _in_doubt(numbers: np.ndarray, digits: np.ndarray) -> Iterator[tuple[np.ndarray, tuple[int, ...]]]:
    """Rows whose numbers may be in another unit, and the powers of ten that may bring them back: those that lie apart
    from the others, and those that are written with more or fewer decimals.
    """
    there = np.flatnonzero(np.isfinite(numbers) & (numbers > 0))
    if len(there) < 10 * FEWEST:
        return
    size, shown = np.log10(numbers[there]), digits[there]
    ordered = np.sort(size)
    gaps = np.diff(ordered)
    for cut in np.argsort(-gaps, kind="stable")[:MOST_GAPS].tolist():
        for sign, few in ((1, size <= ordered[cut]), (-1, size > ordered[cut])):
            if gaps[cut] >= GAP and FEWEST <= few.sum() <= MOST * len(there) and _is_widest(size[~few], gaps[cut]):
                yield there[few], (sign, 2 * sign, 3 * sign)
    usual = int(np.bincount(shown + MOST_ZEROS).argmax()) - MOST_ZEROS
    if usual < 0:  # numbers that end with zeros may end with more of them by chance
        usual = next(p for p in range(-MOST_ZEROS, MOST_DIGITS + 1) if (shown <= p).mean() >= 1 - MOST)
    for few, power in ((shown > usual, 1), (shown < usual, -1)):
        if FEWEST <= few.sum() <= MOST * len(there) and (power > 0 or usual > 0) and not _is_tail(size, few, power):
            yield there[few], tuple(power * size for size in (1, 2, 3))


def _is_widest(others: np.ndarray, gap: float) -> bool:
    """Whether a gap is wider than all between nearly all of the other numbers (log 10)."""
    low, high = np.quantile(others, AMONG)
    inner = np.diff(np.sort(others[(others >= low) & (others <= high)]))
    return gap >= WIDER * inner.max(initial=0.0)


def _is_tail(size: np.ndarray, few: np.ndarray, power: int) -> bool:
    """Whether numbers with more or fewer decimals are just the least, or the greatest, of a column that is written
    with so many digits: the others begin where they end (log 10).
    """
    one, other = power * size[few], power * size[~few]
    return bool((other < one.max()).sum() <= TAIL * len(one) and other.min() - one.max() < GAP)


def _belong_together(rows: np.ndarray, known: np.ndarray, groups: list[Group]) -> tuple[np.ndarray | None, str]:
    """Of some rows those that have one thing in common, and where they stand; None where they have nothing."""
    common = in_common(rows, known, groups, MOSTLY)
    if common is not None:
        return common[2], f'where "{common[0]}" is "{common[1]}"'
    return in_a_run(rows, known), "in rows that follow on each other"


def _unit_of(
    column: EncodedColumn,
    numbers: np.ndarray,
    own: np.ndarray,
    doubted: np.ndarray,
    digits: np.ndarray,
    options: tuple[int, ...],
) -> tuple[Change, float] | None:
    """What brings the numbers of some rows among those of which nobody doubts, with all their digits, and how sure that
    is: a power of ten, or another unit of what the name of the column tells; the one that explains them far better.
    """
    others = np.isfinite(numbers)
    others[doubted] = False
    found = _power(np.log10(numbers[own]), np.log10(numbers[others & (numbers > 0)]), options)
    most = [int(np.quantile(digits[rows], ONE_POWER)) for rows in (own, np.flatnonzero(others))]
    powers = [(Change(10.0 ** found[0]), found[1])] if found is not None else []
    known = [
        (change, SURE * share)
        for change in _changes(column.name)
        if (share := _come_back(numbers[own], numbers[others], change, most)) > 0
    ]
    unlike = [
        float(stats.ks_2samp(numbers[own] * each.times + each.plus, numbers[others]).statistic)
        for each, _ in (*powers, *known)
    ]
    if not unlike:
        return None
    best = int(np.argmin(unlike))
    if any(other < unlike[best] + CLEARLY for at, other in enumerate(unlike) if at != best):
        return None
    if best < len(powers) and most[0] - round(np.log10(powers[0][0].times)) != most[1]:
        return None
    return (*powers, *known)[best]


def _changes(name: str) -> list[Change]:
    """What makes numbers of other units those of the unit that a column's name ends with; no powers of ten."""
    words = LAST_WORD.findall(name.replace("_", " "))
    named = unit_of(words[-1]) if words else None
    if named is None:
        return []
    made = []
    for spelling, unit in UNITS.items():
        if unit.measures == named.measures and unit != named:
            change = Change(unit.size / named.size, (unit.start - named.start) / named.size, f'read as "{spelling}"')
            if change.plus or round(np.log10(change.times), 9) % 1:
                made.append(change)
    return made


def _come_back(few: np.ndarray, others: np.ndarray, change: Change, digits: list[int]) -> float:
    """The share of other numbers that come back when they are written in the unit of these, with as many decimals; 0
    where these numbers, as they would be, do not lie among the others.
    """
    low, high = np.quantile(others, AMONG)
    made = few * change.times + change.plus
    if ((made >= low) & (made <= high)).mean() < ONE_POWER:
        return 0.0
    unit, rounded = 10.0 ** -digits[1], 0.5 * change.times * 10.0 ** -digits[0]
    if (
        rounded <= FINE * unit
        and (np.abs(made - np.round(made, digits[1])) <= rounded * (1 + ROUNDING)).mean() < ONE_POWER
    ):
        return 0.0  # written finely enough to see that no number of the other unit was converted
    some = np.random.default_rng([len(few), len(others)]).choice(others, min(len(others), LOOKED_AT))
    written = np.round((some - change.plus) / change.times, digits[0])
    return float((np.round(written * change.times + change.plus, digits[1]) == np.round(some, digits[1])).mean())


def _written(number: float, column: EncodedColumn, form: Format | None) -> str | None:
    """A number as the column writes it; None where it cannot."""
    text = f"{float(f'{number:.12g}')!r}".removesuffix(".0")
    if column.type != "text" or form is None:
        return text
    values = [value for value, own in form.kind.read(text) if getattr(own, "point", ".") == "."]
    if not values:
        return None
    sign, whole, part, unit = values[0]
    return form.kind.write((sign, whole, part.ljust(_usual_places(column, form), "0"), unit), form.main)


def _usual_places(column: EncodedColumn, form: Format) -> int:
    """With how many decimals nearly all numbers of a column are written; 0 where they differ."""
    some = [column.values[at] for at in np.flatnonzero(column.counts)[:LOOKED_AT].tolist()]
    places = Counter(len(value[2]) for text in some for value, own in form.kind.read(text)[:1] if own == form.main)
    usual, number = places.most_common(1)[0] if places else (0, 0)
    return int(usual) if number >= ONE_POWER * places.total() else 0


def _power(few: np.ndarray, others: np.ndarray, options: tuple[int, ...]) -> tuple[int, float] | None:
    """The power of ten, one of the options, that brings some numbers among others (both as log 10), where they do not
    lie as they are, and how sure it is.

    That is measured with as many of the others, divided by it: how often it is found again, and no other.
    """
    low, high = np.quantile(others, AMONG)
    among = float(low), float(np.median(others)), float(high)
    power = _brings(few, among, options)
    if power is None:
        return None
    rng = np.random.default_rng([len(few), len(others)])
    size = min(len(few), LOOKED_AT)
    found = sum(_brings(rng.choice(others, size) - power, among, options) == power for _ in range(TRIED))
    return power, SURE * (found + 0.5) / (TRIED + 1.0)


def _brings(few: np.ndarray, among: tuple[float, float, float], options: tuple[int, ...]) -> int | None:
    """The only power of ten that brings numbers among others, of which these are the least, the median and the
    greatest; None where there is none, or several, or they lie there as they are, or nearer than with it.
    """
    low, middle, high = among
    slack = ALIKE * (high - low) / 2 + SLACK
    fits = [
        power
        for power in (0, *options)
        if ((few + power >= low) & (few + power <= high)).mean() >= ONE_POWER
        and abs(float(np.median(few)) + power - middle) <= slack
    ]
    off = float(np.median(few)) - middle
    return fits[0] if len(fits) == 1 and fits[0] and abs(off + fits[0]) < abs(off) else None
