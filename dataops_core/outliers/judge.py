"""Likely an error, or a rare truth? What can be said of one far value by its column's name, by the other values, and by
its row.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from dataops_core.checks.column_view import words_of
from dataops_core.checks.missing_tokens import CODES
from dataops_core.checks.ranges import span_of
from dataops_core.steps._distances import as_numbers

SURPRISE = math.log(1000)  # a gap that a tail as heavy as this one leaves once in a thousand times
TAIL = 50  # greatest (or least) values by which the weight of a tail is judged
ALONE = 0.01  # share of the rows that may lie beyond a gap; more are a group of their own
WIDE = 2.0  # times the usual distance of neighbouring values: hours of 97 and 98 have no gap between them
SPIKE = 3  # rows that hold one code, at least
KNOWN_AS_WRONG = 0.4  # beyond this share of impossible values, the column's name means something else
COMPARED = 2_000  # rows by which columns are compared
KIN = 0.3  # rank correlation from which another column says something about this one

ORDER = ("error", "unclear", "rare")
ACTIONS = {
    "impossible": "Correct it at the source, or set it missing.",
    "code": "Set it missing, unless it means so much and more.",
    "gap": "Check it at the source; if nobody can, set it missing.",
    "infinite": "Set it missing.",
    "unclear": "Look at the row before changing it.",
    "rare": "Keep it; cap it only for models that cannot bear it.",
}


@dataclass(frozen=True)
class Judge:
    """What is known of one column: its range by name, its codes, where its tails break off, and the column that goes
    with it.
    """

    name: str
    numbers: np.ndarray  # all rows, NaN where missing, infinities kept
    span: tuple[float, float] | None
    codes: Mapping[float, bool]  # numbers that may mean "nothing known", and whether they lie far from all others
    breaks: tuple[float, float]  # beyond these, values lie far beyond the tail
    ranks: Mapping[str, np.ndarray] = field(repr=False, default_factory=dict)  # of all columns, 0 to 1

    @functools.cached_property
    def kin(self) -> tuple[str | None, bool]:
        """The column whose ranks go most with this one's, and whether both rise together; None where none does."""
        best, most = None, 0.0
        some = np.linspace(0, len(self.numbers) - 1, min(len(self.numbers), COMPARED)).astype(int)
        for other in self.ranks:
            one, two = self.ranks[self.name][some], self.ranks[other][some]
            both = ~np.isnan(one) & ~np.isnan(two)
            if other == self.name or both.sum() < 20:
                continue
            a, b = one[both] - one[both].mean(), two[both] - two[both].mean()
            size = math.sqrt(float((a @ a) * (b @ b)))
            together = float(a @ b) / size if size else 0.0
            if abs(together) > max(abs(most), KIN):
                best, most = other, together
        return best, most > 0

    @property
    def impossible(self) -> np.ndarray:
        """Which rows hold a value that cannot be."""
        with np.errstate(invalid="ignore"):
            outside = (
                np.zeros(len(self.numbers), dtype=bool)
                if self.span is None
                else (self.numbers < self.span[0]) | (self.numbers > self.span[1])
            )
        return outside | np.isinf(self.numbers)

    def of(self, at: int) -> tuple[str, str, str]:
        """The verdict on the value in one row (error, unclear or rare), the words for it, and what to do."""
        value = self.numbers[at]
        if math.isinf(value):
            return "error", "an infinite number is not a measurement", ACTIONS["infinite"]
        if value in self.codes:
            held = f"{int((self.numbers == value).sum()):,} rows hold just {value:,g}"
            if self.codes[value]:
                return "error", f"{held}, a usual code for nothing known, or for so much and more", ACTIONS["code"]
            return (
                "unclear",
                f"{held}, next to the other values: perhaps so much and more, perhaps a code for nothing known",
                ACTIONS["unclear"],
            )
        if self.span is not None and not self.span[0] <= value <= self.span[1]:
            reach = (
                f"between {self.span[0]:g} and {self.span[1]:g}"
                if math.isfinite(self.span[1])
                else f"not below {self.span[0]:g}"
            )
            return "error", f"by its name the column lies {reach}", ACTIONS["impossible"]
        if not self.breaks[0] <= value <= self.breaks[1]:
            return (
                "error",
                "it lies beyond a gap that a tail such as this column's leaves less than once in a thousand times",
                ACTIONS["gap"],
            )
        kin, same_way = self.kin
        if kin is not None and not np.isnan(self.ranks[kin][at]):
            rank, high = self.ranks[kin][at], value > np.nanmedian(self.numbers)
            along = rank if high == same_way else 1 - rank
            level = "high" if rank > 0.75 else "low" if rank < 0.25 else "usual"
            if along < 0.25:
                return (
                    "unclear",
                    f"the tail runs on to it without a gap, but {kin}, which mostly goes with it, is {level} here",
                    ACTIONS["unclear"],
                )
            if along > 0.75:
                return (
                    "rare",
                    f"the tail runs on to it without a gap, and {kin}, which mostly goes with it, is {level} here too",
                    ACTIONS["rare"],
                )
        return "rare", "the tail runs on to it without a gap", ACTIONS["rare"]


def judges(frame: pd.DataFrame, columns: list[str]) -> dict[str, Judge]:
    """A judge for each of these columns of numbers or dates; index by name."""
    made, cells = {}, {name: as_numbers(frame[name]) for name in columns}
    ranks = {name: pd.Series(numbers).rank(pct=True).to_numpy() for name, numbers in cells.items()}
    for name in columns:
        raw = frame[name]
        whole = (
            raw.to_numpy(dtype="float64", na_value=np.nan)
            if not str(raw.dtype).startswith("datetime64")
            else cells[name]
        )
        known = cells[name][~np.isnan(cells[name])]
        span = None if str(raw.dtype).startswith("datetime64") else span_of(words_of(str(name)))
        if span is not None and len(known) and ((known < span[0]) | (known > span[1])).mean() > KNOWN_AS_WRONG:
            span = None
        codes = _codes(known)
        # one next to the others may belong to them
        clean = known[~np.isin(known, [code for code, far in codes.items() if far])]
        if span is not None:
            clean = clean[(clean >= span[0]) & (clean <= span[1])]
        made[str(name)] = Judge(str(name), whole, span, codes, (-_break(-clean), _break(clean)), ranks)
    return made


def _codes(known: np.ndarray) -> dict[float, bool]:
    """Codes for "nothing known" that some rows hold, less or greater than all other values, and whether far
    from them.
    """
    found = {}
    values, counts = np.unique(known, return_counts=True)
    others = values[~np.isin(values, CODES)]
    for code in CODES if len(others) else ():
        held, low, high = counts[values == code], others.min(), others.max()
        if len(held) and held[0] >= SPIKE and not low <= code <= high:
            found[float(code)] = bool(
                code < 0 <= low or code > high + (high - low) / 4 or code < low - (high - low) / 4
            )
    return found


def _break(known: np.ndarray) -> float:
    """The greatest value before a gap that is too wide for the tail; infinity where the tail runs on.

    In a tail like x^(-a), the distances of the ordered logarithms, each times its place from the top, are exponential
    with mean 1/a (Rényi 1953; Hill, A Simple General Approach to Inference About the Tail of a Distribution, 1975). The
    mean is taken from the values below, as they are measured from the median; so a heavy tail may have wide gaps, and a
    thin one may not. Ties make the mean too small where values are rounded: a gap must also be wider than the usual
    distance from one value of the tail to the next.
    """
    over = np.sort(known[known > np.median(known)] - np.median(known))[::-1] if len(known) else known
    size = min(TAIL, len(over) - 1)
    if size < 10:
        return math.inf
    usual = float(np.median(np.diff(np.unique(over[: size + 1])))) if over[0] > over[size] else 0.0
    steps = np.arange(1, size + 1) * (np.log(over[:size]) - np.log(over[1 : size + 1]))
    few = max(1, min(size // 2, int(ALONE * len(known))))
    for place in range(few, 0, -1):  # the gap with most rows beyond it
        weight = steps[place:].mean()
        if weight > 0 and steps[place - 1] > SURPRISE * weight and over[place - 1] - over[place] > WIDE * usual:
            return float(over[place] + np.median(known))
    return math.inf
