"""Numbers that stand for "we do not know": -999, a lonely 0, one value that comes up far too often."""

from __future__ import annotations

import re

import numpy as np

from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.missing_tokens import CODES
from dataops_core.checks.other_units import in_other_unit

STRAY = 0.005  # of the values may be slips of their own
FEW_VALUES, MANY_VALUES = 6, 20  # different ones, for 0 to stand apart from them
BELOW_ZERO = 0.02  # of the numbers may be negative: signs, columns exchanged
LONG_NUMBER = 1_000  # identifiers have at least so many: a 0 is none
SELDOM, NEAR_FIRST, STEPS = 0.02, 0.2, 10  # share of zeros; the gap beside the lowest quarter; and in least steps
STRAY_TOO = 0.02  # of them may be, where no slip comes as often as a code


def codes_for_missing(column: ColumnView) -> np.ndarray:
    """Which cells of a column of numbers hold a value that stands for "we do not know" (rows,)."""
    return number_codes(column)[0] if column.distinct else np.zeros(column.rows, dtype=bool)


def number_codes(column: ColumnView) -> tuple[np.ndarray, list[str]]:
    """The cells of a column of numbers that stand for a missing value (rows,), and the values they hold."""
    values = column.numbers
    if column.facts.get("min") is None:
        return np.zeros(column.rows, dtype=bool), []
    quartiles = column.facts.get("quantiles") or {}
    low, high = quartiles.get("0.05"), quartiles.get("0.95")
    ends = [column.facts["min"], column.facts["max"], *(told["value"] for told in column.facts["top"])]
    nines = [float(value) for value in ends if _is_nines(value)]
    apart = [code for code in dict.fromkeys([*CODES, *nines]) if low is None or high is None or not low < code < high]
    maybe = [
        code
        for code in apart
        if column.kind != "id" and column.facts["min"] <= code <= column.facts["max"] and _may_stand_apart(values, code)
    ]
    top = [told["count"] for told in column.facts["top"]]
    heavy = len(top) > 1 and column.distinct >= 30 and top[0] >= max(10, 0.002 * column.present, 4 * top[1])
    stand_ins: list[float] = []
    if maybe or heavy:
        finite = np.sort(values[np.isfinite(values)])
        stand_ins = [code for code in maybe if _stands_apart(finite, code)]
        spike = _spike(finite, stand_ins) if heavy or stand_ins else None
        stand_ins += [spike] if spike is not None else []
    stand_ins += [end for end in _lonely(column, values) if end not in stand_ins and end not in CODES]
    return np.isin(values, stand_ins) if stand_ins else np.zeros(column.rows, dtype=bool), [
        f"{code:.15g}" for code in stand_ins
    ]


def _may_stand_apart(values: np.ndarray, code: float) -> bool:
    """Whether a code occurs more than once, and, where it is above 0, next to nothing lies beyond it: what fails this
    need not be sorted to be told from the rest (see _stands_apart).
    """
    hits = int(np.count_nonzero(values == code))
    if hits < 2 or code <= 0:
        return hits >= 2
    beyond = np.count_nonzero(values > code) - sum(np.count_nonzero(values == each) for each in CODES if each > code)
    return bool(beyond <= 0.001 * len(values))


def _is_nines(value: object) -> bool:
    """Whether a number is written with nines alone, with decimals: 9999.99.

    >>> _is_nines(9999.99), _is_nines(99.0), _is_nines(9998.99)
    (True, False, False)
    """
    return isinstance(value, float) and re.fullmatch(r"-?9{2,}\.9{1,4}", f"{value:.15g}") is not None


def _count(ordered: np.ndarray, low: float, high: float) -> int:
    """How many of the ordered values lie in [low, high]."""
    return int(np.searchsorted(ordered, high, "right") - np.searchsorted(ordered, low, "left"))


def _stands_apart(ordered: np.ndarray, code: float) -> bool:
    """Whether a code occurs more than once and lies well outside all other values, or stands out where there are few
    others.
    """
    hits = _count(ordered, code, code)
    if hits < 2:
        return False
    rest = ordered[(ordered != code) & ~np.isin(ordered, CODES)]
    if len(rest) < 10:
        return False
    low, high = rest[int(0.001 * len(rest))], rest[-1 - int(0.001 * len(rest))]
    first, third = rest[len(rest) // 4], rest[3 * len(rest) // 4]
    if code < 0:
        return bool(low >= 0 or code < low - max(third - first, 1e-9))
    if code > high + 2 * (high - low):
        return True
    around = _count(ordered, 0.9 * code, 1.1 * code) - hits
    far = third + 3 * (third - first)
    if hits < 10 or code <= far:
        return False
    if code > high and around <= hits / 10:
        return True
    slips = rest[rest > far]  # each of them seldom, such as numbers with a digit too many
    return len(slips) <= STRAY_TOO * len(rest) and hits >= 3 * np.unique(slips, return_counts=True)[1].max(initial=0)


def _lonely(column: ColumnView, values: np.ndarray) -> list[float]:
    """Zero, where it comes up at least five times, next to nothing is less, and a wide gap parts it from all others: as
    wide as the middle half of them, or, where zeros are seldom, a good part of the way to their lowest quarter.
    """
    first, third = column.facts["quantiles"]["0.25"], column.facts["quantiles"]["0.75"]
    zeros = int(np.count_nonzero(values == 0))
    if first is None or third is None or third <= first or column.distinct < FEW_VALUES:
        return []
    if zeros < max(5, 0.0005 * column.present) or np.count_nonzero(values < 0) > BELOW_ZERO * column.present:
        return []
    positive = values[(values > 0) & ~in_other_unit(column)]
    nearest = float(np.quantile(positive, STRAY, method="lower"))  # 0 is not set against a few slips
    if column.kind == "id":
        return [0.0] if nearest >= LONG_NUMBER else []
    most = min(column.facts["max"], third + 3 * (third - first))
    wide = nearest > third - first and nearest > 0.3 * (most - nearest) and first > 2 * (third - first)
    seldom = zeros <= SELDOM * column.present and nearest >= NEAR_FIRST * first and nearest >= STEPS * _step(positive)
    return [0.0] if (wide and column.distinct >= MANY_VALUES) or seldom else []


def _step(numbers: np.ndarray) -> float:
    """The least difference that the decimals of nearly all numbers allow: 1, 0.1, 0.01, …"""
    for places in range(6):
        shifted = numbers * 10.0**places
        if np.mean(np.abs(shifted - np.round(shifted)) < 1e-6 * np.maximum(1, shifted)) >= 1 - STRAY:
            return float(10.0**-places)
    return 0.0


def _spike(ordered: np.ndarray, known: list[float]) -> float | None:
    """The one value of a finely spread measurement that comes up at least twenty times as often as those around it."""
    values, counts = np.unique(ordered[~np.isin(ordered, known)] if known else ordered, return_counts=True)
    if len(values) < 30:
        return None
    at = int(np.argmax(counts))
    others = np.delete(counts, at)
    around = np.concatenate([counts[max(0, at - 25) : at], counts[at + 1 : at + 26]])
    heavy = (
        counts[at] >= max(10, 0.002 * len(ordered))
        and counts[at] >= 20 * np.median(around)
        and counts[at] >= 4 * others.max()
    )
    if not heavy:
        return None
    inside = 5 <= at < len(values) - 5
    first, third = values[len(values) // 4], values[3 * len(values) // 4]
    gap = values[at + 1] - values[at] if at == 0 else values[at] - values[at - 1] if at == len(values) - 1 else 0.0
    lonely = not inside and gap > 0.5 * (third - first)  # far from all others: 0 in a column of blood pressures
    # what people and programs put in place of a value is a plain number
    round_one = float(f"{values[at]:.4g}") == values[at]
    fine = len(values) >= max(100, 0.002 * len(ordered))
    return float(values[at]) if round_one and ((inside and fine and values[at] != 0) or lonely) else None
