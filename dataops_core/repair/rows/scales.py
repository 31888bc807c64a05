"""Numbers in another unit throughout some rows: a thousand times less than all others where one clerk, source or year
wrote them.

A number is proposed only where it lies apart from the others of its column, with nothing between, and among them once
it is multiplied by one power of ten and by no other; and where nearly all such numbers stand in rows that have one
value of another column in common.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from dataops_core.repair.encoding import EncodedColumn, EncodedTable
from dataops_core.repair.notation.formats import Format
from dataops_core.repair.rows.exchanged import numbers_of
from dataops_core.repair.rows.in_common import groups_of, in_common
from dataops_core.repair.rows.swapped_columns import LEAST, SURE

FEWEST, MOST = 5, 0.25  # cells of another unit; share of the cells
AMONG = (0.005, 0.995)  # of the others
ONE_POWER = 0.9  # of the numbers must lie among the others with it
GAP = 0.3  # between them and all others: nothing lies there (log 10)
ALIKE, SLACK = 0.5, 0.05  # of half the range of the others their middle may be from that of these, and a little more
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
    groups: list[tuple[str, np.ndarray, list[str]]] | None = None
    for at, column in enumerate(table.columns):
        kind, numbers = numbers_of(column, learned.get(at))
        if kind != "number":
            continue
        found = _scaled(numbers)
        if found is None:
            continue
        rows, power, sure = found
        if sure < LEAST:
            continue
        groups = groups_of(table) if groups is None else groups
        common = in_common(rows, np.isfinite(numbers), [each for each in groups if each[0] != column.name])
        if common is None:
            continue
        name, value, own = common
        texts = [_written(number * 10.0**power, column, learned.get(at)) for number in numbers[own].tolist()]
        if None in texts:
            continue
        why = f'nearly all such numbers stand where "{name}" is "{value}"; times {10.0**power:g} they are as the others'
        yield Scaled(at, own, [text for text in texts if text is not None], sure, why)


def _written(number: float, column: EncodedColumn, form: Format | None) -> str | None:
    """A number as the column writes it; None where it cannot."""
    text = f"{float(f'{number:.12g}')!r}".removesuffix(".0")
    if column.type != "text" or form is None:
        return text
    values = [value for value, own in form.kind.read(text) if getattr(own, "point", ".") == "."]
    return form.kind.write(values[0], form.main) if values else None


def _scaled(numbers: np.ndarray) -> tuple[np.ndarray, int, float] | None:
    """Rows whose numbers are those of the others divided by a power of ten, the power, and how sure that is."""
    there = np.flatnonzero(np.isfinite(numbers) & (numbers > 0))
    if len(there) < 10 * FEWEST:
        return None
    size = np.log10(numbers[there])
    ordered = np.sort(size)
    for cut in np.flatnonzero(np.diff(ordered) >= GAP).tolist():
        for power_sign, few in ((1, size <= ordered[cut]), (-1, size > ordered[cut])):
            if FEWEST <= few.sum() <= MOST * len(there):
                found = _power(size[few], size[~few], power_sign)
                places = [_places(numbers[there[side]]) for side in (few, ~few)]
                if found is not None and places[0] - found[0] >= places[1]:
                    return there[few], *found
    return None


def _places(numbers: np.ndarray) -> int:
    """With how many decimals most numbers are written; below 0 where they end with zeros. What became of "1" in
    hundreds has not the digits that the others have.
    """
    some = numbers[:: max(1, len(numbers) // LOOKED_AT)]
    for places in range(-3, 6):
        if (np.abs(some * 10.0**places - np.round(some * 10.0**places)) < ROUNDING).mean() >= ONE_POWER:
            return places
    return 6


def _power(few: np.ndarray, others: np.ndarray, sign: int) -> tuple[int, float] | None:
    """The power of ten, of that sign, that brings some numbers among others (both as log 10), and how sure it is.

    That is measured with as many of the others, divided by it: how often it is found again, and no other.
    """
    low, high = np.quantile(others, AMONG)
    among = float(low), float(np.median(others)), float(high)
    power = _brings(few, among, sign)
    if power is None:
        return None
    rng = np.random.default_rng([len(few), len(others)])
    size = min(len(few), LOOKED_AT)
    found = sum(_brings(rng.choice(others, size) - power, among, sign) == power for _ in range(TRIED))
    return power, SURE * (found + 0.5) / (TRIED + 1.0)


def _brings(few: np.ndarray, among: tuple[float, float, float], sign: int) -> int | None:
    """The only power of ten, of that sign, that brings numbers among others, of which these are the least, the median
    and the greatest; None where there is none, or several.
    """
    low, middle, high = among
    slack = ALIKE * (high - low) / 2 + SLACK
    fits = [
        power
        for power in (sign, 2 * sign, 3 * sign)
        if ((few + power >= low) & (few + power <= high)).mean() >= ONE_POWER
        and abs(float(np.median(few)) + power - middle) <= slack
    ]
    return fits[0] if len(fits) == 1 else None
