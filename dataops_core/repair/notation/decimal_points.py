"""Numbers whose decimal point was left out: 1074 in a column of 10.74.

A number is proposed only where the column shows it: what lies above all numbers with decimals is whole as no genuine
number would be by chance, and lies among them with the point put back.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dataops_core.repair.encoding import EncodedColumn, Texts
from dataops_core.repair.rows.arithmetic import decimals

PLAIN = re.compile(r"-?\d+(?:\.\d+)?")
NUMBERS = 0.8  # of the cells must be plain numbers
WHOLE = 0.35  # of the numbers among which a point was left out may be whole
LOOKED_AT = 2_000  # numbers to see how they are written
FEWEST = 20  # numbers with decimals
AMONG = (0.002, 0.998)  # of the numbers with decimals
REPEATED = 3  # cells with the same number beyond all others are a code
MOST = 0.05  # of the cells
TIGHT = 12  # times the least number the greatest may be for a number beyond to be no other one with its point put back
BY_CHANCE = 1  # genuine number beyond the others that nobody has seen yet
OTHERS = 2  # times as many slips as whole numbers beyond to which no point can be put back
PLANTED, ENOUGH = 200, 20
TOO_NEAR = 0.05  # so rarely would so many of these be no greater
NOT_TESTED = float("nan")


@dataclass(frozen=True)
class LostPoint:
    """Values of a column (their places) and what they are with their decimal point, how sure (NaN: not tested), why."""

    new: dict[int, str]
    sure: float
    why: str


def find(column: EncodedColumn, seed: int = 0) -> Iterator[LostPoint]:
    """The numbers of a column whose decimal point was left out."""
    if column.type not in ("text", "decimal"):
        return
    counts = column.counts
    at, numbers = _plain_numbers(column, np.flatnonzero(counts))
    if len(at) < FEWEST or counts[at].sum() < NUMBERS * counts.sum():
        return
    some = decimal_places(numbers[:: max(1, len(numbers) // LOOKED_AT)])
    common = [number for number, cells in Counter(some.tolist()).items() if cells >= 0.02 * len(some)]
    most = max(common)
    broken_at = np.abs(numbers - np.round(numbers)) > 1e-9 * np.maximum(1.0, np.abs(numbers))
    broken = np.abs(numbers[broken_at])
    if not most or len(broken) < FEWEST or not (broken > 0).all():
        return
    low, high = (float(each) for each in np.quantile(broken, AMONG))
    among = (np.abs(numbers) <= high) & (np.abs(numbers) >= low)
    whole = float((~broken_at[among]).mean())
    if whole > WHOLE:
        return
    found = _Numbers(column, at, numbers, low, high, most).lost(whole, seed)
    if found is not None:
        yield found


def _plain_numbers(column: EncodedColumn, held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The places of values that are plain numbers, and these."""
    if isinstance(column.values, Texts):
        numbers = column.values.numbers()[held]
        return held[np.isfinite(numbers)], numbers[np.isfinite(numbers)]
    some = held[:: max(1, len(held) // LOOKED_AT)].tolist()
    if sum(PLAIN.fullmatch(column.values[at]) is not None for at in some) < NUMBERS * len(some):
        return held[:0], np.empty(0)
    at = np.array([at for at in held.tolist() if PLAIN.fullmatch(column.values[at])], dtype=np.int64)
    return at, np.array([float(column.values[each]) for each in at.tolist()])


def decimal_places(numbers: np.ndarray) -> np.ndarray:
    """How many decimals each number has, up to six."""
    return np.array([decimals(number) for number in numbers.tolist()], dtype=np.int64)


@dataclass(frozen=True)
class _Numbers:
    """The numbers of a column and their places, between which those with decimals lie, and how many these have."""

    column: EncodedColumn
    at: np.ndarray
    numbers: np.ndarray
    low: float
    high: float
    most: int

    def lost(self, whole: float, seed: int) -> LostPoint | None:
        """The numbers whose point was left out; `whole` is the share of whole numbers among those with a point."""
        counts = self.column.counts
        new: dict[int, str] = {}
        cells, genuine, repeated = 0, BY_CHANCE, 0
        others = 0  # whole numbers beyond as well, to which no point can be put back: great numbers are written so
        far = np.flatnonzero(np.abs(self.numbers) > self.high)
        for at, number in zip(self.at[far].tolist(), self.numbers[far].tolist(), strict=True):
            right = self.with_point(abs(number))
            if right is None:
                others += float(number).is_integer() and counts[at] < REPEATED
                continue
            repeated += counts[at] >= REPEATED
            if counts[at] >= REPEATED:
                continue
            if not float(number).is_integer():
                genuine += int(counts[at])  # as large, and no point was left out
                continue
            new[at] = f"{'-' if number < 0 else ''}{self.written(right)}"
            cells += int(counts[at])
        if not new or cells > MOST * counts.sum() or repeated > 1 or OTHERS * others > len(new):
            return None  # numbers of another unit, or with as many digits as the others, rather than slips
        measured, beyond = self.measured(seed)
        largest = max(abs(float(self.column.values[each])) for each in new)
        if len(beyond) and (beyond <= largest).mean() ** cells < TOO_NEAR:
            return None  # points that were left out would give far greater numbers: these are just the greatest
        sure = measured * max(0.0, 1 - genuine * whole / (1 - whole) / cells)
        old, shown = next((self.column.values[at], text) for at, text in new.items())
        why = f"the numbers with decimals lie between {self.low:g} and {self.high:g}, as {shown} does, not {old}"
        return LostPoint(new, sure, why)

    def with_point(self, number: float) -> float | None:
        """A number with its point put back: with as many decimals as the column has, or in the only place that fits."""
        fits = [places for places in range(self.most, 0, -1) if self.low <= number / 10**places <= self.high]
        one = len(fits) == 1 or (self.most in fits and self.high <= TIGHT * self.low)
        return round(number / 10 ** fits[0], self.most) if fits and one else None

    def measured(self, seed: int) -> tuple[float, np.ndarray]:
        """The share of numbers that come back when their point is left out (NaN where too few could be tried), and what
        they are without it.
        """
        rng = np.random.default_rng([seed, len(self.numbers)])
        fine = np.abs(self.numbers[np.abs(self.numbers) <= self.high])
        right, beyond = 0, []
        for number in rng.choice(fine, PLANTED).tolist():
            as_written = self.column.type == "text" or rng.random() < 0.5  # "10.70", or 10.7 in a file of numbers
            planted = float(round(number * 10 ** (self.most if as_written else decimals(number))))
            if planted > self.high:
                beyond.append(planted)
                right += self.with_point(planted) == round(number, self.most)
        share = (right + 0.5) / (len(beyond) + 1.0) if len(beyond) >= ENOUGH else NOT_TESTED
        return share, np.array(beyond)

    def written(self, number: float) -> str:
        """A number as the column writes it."""
        return f"{number:.{self.most}f}" if self.column.type == "text" else f"{number!r}".removesuffix(".0")
