"""Numbers that follow from other columns by more than a sum or a product: days between two dates, a speed, a mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np

from dataops_core.checks.table_view import FEW, TableView

MOST = 12  # numbers that are tried
DATES = 8
HOLDS = 0.75  # of some rows, in a first look
SHARE = 0.85  # of all rows
LEAST = 30
FINE = 0.1  # of the spread of a number may be its rounding, or anything fits
SECONDS = {"days": 86400.0, "hours": 3600.0, "minutes": 60.0}
# what one unit is of another, where a formula tells it exactly
FACTORS = (10, 100, 1000, 12, 24, 60, 1440, 3600, 1.609344, 1.852, 2.54, 25.4, 0.3048, 0.45359237, 3.6)
NEAR = 0.05
SWAPPED = 3  # dates
CLOSE = 0.006  # how far, of a factor, a number may be off


@dataclass(frozen=True)
class Formula:
    """A number that others give: `kind` is between (two dates, in a unit), quotient or mean."""

    kind: str
    total: str
    parts: tuple[str, str]
    unit: str = ""

    def made(self, look: TableView) -> np.ndarray:
        """What the parts give (rows,)."""
        first, second = (_numbers(look, name) for name in self.parts)
        return _made(self.kind, first, second, self.unit)

    def off(self, look: TableView) -> np.ndarray:
        """How many times its rounding a number is away from what the parts give (rows,); NaN where one is missing."""
        first, second = (_numbers(look, name) for name in self.parts)
        total = look.meant(self.total).numbers
        made = _made(self.kind, first, second, self.unit)
        return np.abs(total - made) / _rounding(self.kind, made, total, first, second)

    def said(self) -> str:
        """The formula as people write it."""
        one, other = self.parts
        if self.kind == "between":
            return f"{other} less {one}, in {self.unit}"
        return f"{one} ÷ {other}" if self.kind == "quotient" else f"the mean of {one} and {other}"


def formulas(look: TableView) -> list[Formula]:
    """The formulas that hold in nearly all rows; found once for each look."""
    if look.formulas is None:
        look.formulas = list(_found(look))
    return list(look.formulas)


def _found(look: TableView) -> Iterator[Formula]:
    names = look.named("number", "category", types=["integer", "decimal"], least=5, as_meant=True)[:MOST]
    dates = look.named("datetime", types=["datetime"], least=5, as_meant=True)[:DATES]
    if len(dates) < 2 and len(names) < 3:
        return
    some = {name: look.few(name) for name in names}
    places = np.linspace(0, look.rows - 1, min(FEW, look.rows)).astype(int)
    days = {name: _numbers(look, name)[places] for name in dates} if len(dates) > 1 else {}
    for total in names:
        if look.meant_facts(total).get("monotonic"):
            continue
        asked = [("between", pair, unit) for pair in permutations(days, 2) for unit in SECONDS]
        others = [name for name in names if name != total]
        asked += [("quotient", pair, "") for pair in permutations(others, 2)]
        asked += [("mean", pair, "") for pair in combinations(others, 2)]
        for kind, (one, other), unit in asked:
            held = days if kind == "between" else some
            if not _holds(kind, some[total], held[one], held[other], unit, HOLDS):
                continue
            formula = Formula(kind, total, (one, other), unit)
            first, second = _numbers(look, one), _numbers(look, other)
            if _holds(kind, look.meant(total).numbers, first, second, unit, SHARE):
                yield formula
                break


def swapped_days(look: TableView) -> list[tuple[Formula, str, np.ndarray]]:
    """The dates whose day and month stand in each other's place, as the days between two dates tell (rows,)."""
    found = []
    for formula in formulas(look) if any(each.kind == "between" for each in formulas(look)) else []:
        if formula.kind != "between":
            continue
        off = formula.off(look)
        held = [_numbers(look, name) for name in formula.parts]
        total = look.meant(formula.total).numbers
        for place, name in enumerate(formula.parts):
            other = [with_days_swapped(each) if at == place else each for at, each in enumerate(held)]
            made = _made("between", other[0], other[1], formula.unit)
            far = _rounding("between", made, total, other[0], other[1])
            with np.errstate(invalid="ignore"):
                mask = (off > 1.001) & (np.abs(total - made) <= far)
            if mask.sum() >= SWAPPED:
                found.append((formula, name, mask))
    return found


def with_days_swapped(seconds: np.ndarray) -> np.ndarray:
    """Moments (in seconds) with day and month exchanged; NaN where the day is no month."""
    days = np.floor(np.nan_to_num(seconds) / 86400).astype("int64").astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    day, month = (days - months).astype("int64") + 1, months.astype("int64") % 12 + 1
    fits = (day <= 12) & np.isfinite(seconds) & (day != month)
    other = (months - (month - 1) + np.where(fits, day - 1, 0)).astype("datetime64[D]") + (month - 1)
    rest = np.nan_to_num(seconds) % 86400
    return np.where(fits, other.astype("int64") * 86400.0 + rest, np.nan)


def _numbers(look: TableView, name: str) -> np.ndarray:
    """Numbers, or moments in seconds; NaN where missing."""
    cells = look.meant(name)
    if cells.type != "datetime":
        return cells.numbers
    return np.where(np.isnat(cells.moments), np.nan, cells.moments.astype("int64") / 1e6)


def _made(kind: str, one: np.ndarray, other: np.ndarray, unit: str) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == "between":
            return (other - one) / SECONDS[unit]
        return np.where(other == 0, np.nan, one / other) if kind == "quotient" else (one + other) / 2


def _rounding(kind: str, made: np.ndarray, total: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """How far a number may be off because it and what it is made of are rounded."""
    far = 0.51 * _unit(total) + 1e-9 * np.abs(made)
    if kind != "quotient":
        return far
    with np.errstate(divide="ignore", invalid="ignore"):
        return far + np.abs(made) * 0.51 * (_unit(one) / np.abs(one) + _unit(other) / np.abs(other))


def _unit(values: np.ndarray) -> float:
    """The last decimal place of numbers: 1, 0.1, 0.01 …"""
    some = values[np.isfinite(values)][:500]
    for digits in range(5):
        if np.mean(np.abs(some * 10**digits - np.rint(some * 10**digits)) < 1e-6) >= 0.95:
            return float(10.0**-digits)
    return 1e-5


def _holds(kind: str, total: np.ndarray, one: np.ndarray, other: np.ndarray, unit: str, share: float) -> bool:
    made = _made(kind, one, other, unit)
    with np.errstate(invalid="ignore"):
        near = np.abs(total - made) <= NEAR * np.abs(total) + 1
    if near.sum() < max(LEAST, 0.5 * share * len(total)):
        return False  # a quick look at what most formulas fail
    there = np.isfinite(made) & np.isfinite(total)
    made, total, one, other = made[there], total[there], one[there], other[there]
    far = _rounding(kind, made, total, one, other)
    fits = np.abs(total - made) <= far
    if fits.mean() < share:
        return False
    low, high = np.quantile(total[fits], [0.1, 0.9])
    told = (one != other) & (total != 0) & (other != 1)  # 0 and 1 fit whatever the formula is
    fine = min(np.median(far), 5 * np.median(np.abs(total - made)[fits])) <= FINE * (high - low)
    return bool(fine and told.mean() >= 0.3 and (fits[told]).mean() >= share and len(np.unique(total[fits])) >= 5)
