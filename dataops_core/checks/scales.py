"""Groups of numbers that lie a known factor away from all others of their column: cents among euros, grams among
kilograms, fractions among per cents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from dataops_core.checks.missing_codes import codes_for_missing
from dataops_core.checks.other_units import in_other_unit
from dataops_core.checks.table_view import TableView

# what one unit is of another: powers of ten, dozens, minutes and hours, inches, pounds, miles, thirtieths
FACTORS = (10.0, 100.0, 1000.0, 1e4, 1e6, 12.0, 24.0, 60.0, 3600.0, 10 / 3, 3.6, 2.54, 25.4, 28.35, 453.6, 2.2046)
UNLIKELY = 0.05  # so much nearer must another factor be than a power of ten
EDGE = 4  # deviations about the middle in which the numbers of the usual scale lie
WINDOW = 2.5  # deviations about a factor in which those of another scale lie
NARROW = 0.02  # on the scale of tens: rounding
MANY = 2.5  # times as far may a factor be missed where other decimals tell of it, too
SPREAD = 0.8  # on the scale of tens: numbers spread further are near one of so many factors by chance
PART = 0.2  # of the way to another scale
ENDS = 0.01  # of the numbers in the usual scale may lie further out
TIGHT = 0.03  # a deviation so small that a factor is met by no chance
LEAST = 5
SHARE = 0.001  # of the numbers at least
MOST = 0.3
BETWEEN = 0.2  # as many, by those in another scale, may lie between the two
EXPLAINED = 0.5  # of the variance of the ranks: a column tells how great the numbers are
PURE = 0.85  # of the rows of a source hold another scale, and the rest does, too
ALL_OF = 0.85  # of the numbers in another scale stand in rows of a few groups
SHAPE = 0.35  # how far two distributions may lie apart (Kolmogorov and Smirnov)
ROWS = 200_000  # beyond these, the facts tell whether a look is worth its time
DECIMALS = 6


Codes = Callable[[str], np.ndarray]


@dataclass(frozen=True)
class Scale:
    """Which rows hold numbers `factor` times as great as the others (below 1: smaller)."""

    mask: np.ndarray
    factor: float
    usual: float


def scales(look: TableView, name: str, groups: list[str], times: list[str]) -> Iterator[Scale]:
    """The other scales in a column of numbers; `groups` are the columns that may tell how great a number should be, or
    who wrote it, and `times` those that tell when.
    """
    by = [*(group for group in groups if _explains(look, name, group)), ""]
    if look.rows > ROWS:
        by = [group for group in by if _seen_in_part(look, name, group, groups)]
    if not by:
        return
    cells = look.meant(name)
    values = np.abs(cells.numbers)
    values[codes_for_missing(cells) | in_other_unit(cells) | ~(values > 0)] = np.nan  # what has a finding of its own
    logs = np.log10(values)
    taken = np.zeros(look.rows, dtype=bool)
    for group in by:
        rest = logs - _usual(look, group, logs) if group else logs - np.nanmedian(logs)
        for _ in range(3):
            found = _cluster(look.codes, np.where(taken, np.nan, rest), values, groups)
            if found is None:
                break
            mask, factor = found
            mask |= whole_source(look, mask, groups, times) & _beside(rest, factor) & ~taken
            taken |= mask
            yield Scale(mask, factor, float(np.nanmedian(np.where(taken, np.nan, values))))


def _beside(rest: np.ndarray, factor: float) -> np.ndarray:
    """Which numbers lie a part of the way to another scale: they may be in it as well."""
    away = np.sign(np.log10(factor)) * (rest - np.nanmedian(rest))
    return away > max(np.nanmedian(np.abs(away)), PART * abs(np.log10(factor)))


def _seen_in_part(look: TableView, name: str, group: str, groups: list[str]) -> bool:
    """Whether a part of the rows shows another scale: then a look at all is worth its time."""
    values = np.abs(look.part(name))
    logs = np.log10(np.where(values > 0, values, np.nan))
    if group:
        logs = logs - _medians(look.example(group), logs)
    return _cluster(look.example, logs, values, groups) is not None


def _explains(look: TableView, name: str, group: str) -> bool:
    """Whether a column tells how great the numbers are, in a sample: the variance of their ranks within its groups."""
    codes = look.example(group)
    values = look.part(name)
    there = (codes >= 0) & np.isfinite(values)
    if there.sum() < 50 or name == group:
        return False
    _, held = np.unique(codes[there], return_inverse=True)
    ranks = np.argsort(np.argsort(values[there], kind="stable"), kind="stable") / there.sum()
    counts = np.bincount(held)
    if there.sum() < 4 * len(counts):
        return False
    means = np.bincount(held, ranks) / counts
    return bool(np.mean((ranks - means[held]) ** 2) <= (1 - EXPLAINED) * ranks.var())


def _usual(look: TableView, group: str, logs: np.ndarray) -> np.ndarray:
    """The median of each group, per row; NaN in groups too small to have one."""
    return _medians(look.codes(group), logs)


def _medians(codes: np.ndarray, logs: np.ndarray) -> np.ndarray:
    there = np.flatnonzero((codes >= 0) & np.isfinite(logs))
    order = there[np.lexsort((logs[there], codes[there]))]
    starts = np.flatnonzero(np.concatenate([[True], np.diff(codes[order]) != 0])) if len(order) else order
    sizes = np.diff(np.append(starts, len(order)))
    medians = np.full(int(codes.max(initial=0)) + 2, np.nan)
    middle = starts + (sizes - 1) // 2
    big = sizes >= 4
    medians[codes[order[starts[big]]]] = logs[order[middle[big]]]
    return medians[codes]


def _cluster(
    codes_of: Codes, rest: np.ndarray, values: np.ndarray, groups: list[str]
) -> tuple[np.ndarray, float] | None:
    """The rows of the largest group of numbers at a known factor, and the factor; None where there is none."""
    there = np.isfinite(rest)
    total = int(there.sum())
    if total < 50:
        return None
    held = rest[there]
    middle, deviation, found = _candidates(held)
    if not found:
        return None
    most = max(found)[0]
    likely = [each for each in found if each[0] >= (0.6 if each[2].is_integer() else 0.9) * most]
    _, off, at, low, high = min(likely, key=lambda each: each[1] + (0 if each[2].is_integer() else UNLIKELY))
    pad = min(0.5 * (high - low), max(0.0, 0.4 * abs(at) + (low if at > 0 else -high)))
    low, high = low - pad, high + pad
    mask = np.zeros(len(rest), dtype=bool)
    mask[np.flatnonzero(there)[(held - middle - at >= low) & (held - middle - at <= high)]] = True
    main = there & (np.abs(rest - middle) <= max(EDGE * deviation, 0.11))
    factor = 10.0**at
    decimals = _other_decimals(values[mask], values[main], factor)
    if off > (max(deviation, MANY * NARROW) if decimals else max(0.6 * deviation, NARROW)):
        return None
    if len(np.unique(values[mask])) < 3 and not (decimals and factor < 1):
        return None  # one value that comes again stands for a missing one
    if deviation > TIGHT and not decimals:
        if _distance(rest[mask] - at, rest[main]) > SHAPE or not _in_part_of_groups(codes_of, mask, main, groups):
            return None
    return mask, factor


def _candidates(held: np.ndarray) -> tuple[float, float, list[tuple[int, float, float, float, float]]]:
    """The middle of some logarithms, their deviation, and the factors at which some lie with none between: how many,
    how far off, the factor on the scale of tens, and from where to where about it they reach.
    """
    ordered = np.sort(held)
    middle = float(ordered[len(ordered) // 2])
    deviation = max(1.4826 * float(np.median(np.abs(ordered - middle))), 1e-4)
    ordered -= middle
    found: list[tuple[int, float, float, float, float]] = []
    for factor in (each for one in FACTORS for each in (one, 1 / one)):
        at = float(np.log10(factor))
        if not ordered[0] - abs(at) / 2 <= at <= ordered[-1] + abs(at) / 2:
            continue
        reach = _reach(ordered, at, deviation)
        if reach is None:
            continue
        low, high = np.searchsorted(ordered, [at + reach[0], at + reach[1]])
        if not max(LEAST, SHARE * len(held)) <= high - low <= MOST * len(held):
            continue
        edge = max(0.5 * abs(at), EDGE * deviation)
        between = low - np.searchsorted(ordered, edge, "right") if at > 0 else np.searchsorted(ordered, -edge) - high
        if between > BETWEEN * (high - low):
            continue
        found.append((int(high - low), abs(float(ordered[(low + high) // 2]) - at), at, *reach))
    return middle, deviation, found


def _reach(ordered: np.ndarray, at: float, deviation: float) -> tuple[float, float] | None:
    """From where to where about a factor numbers in another scale lie: as far as those in the usual one, where the two
    do not touch, and else as far as most of these.
    """
    first, last = np.searchsorted(ordered, [-0.5 * abs(at), 0.5 * abs(at)])
    few = int(ENDS * (last - first))
    low, high = min(float(ordered[first + few]), -NARROW), max(float(ordered[last - 1 - few]), NARROW)
    if high - low < (0.75 * abs(at) if at.is_integer() else min(0.75 * abs(at), SPREAD)):
        return low, high
    window = max(WINDOW * deviation, NARROW)
    if not at.is_integer():
        return None  # among so many factors one is always near
    return (-window, window) if abs(at) - window > max(EDGE * deviation, 0.11) else None


def _other_decimals(some: np.ndarray, usual: np.ndarray, factor: float) -> bool:
    """Whether numbers have more decimals than the usual ones where they are smaller, fewer where greater."""
    own, others = _decimals(some[:2000]), _decimals(usual[:20_000])
    if factor < 1:
        return bool(np.mean(own > np.quantile(others, 0.98)) >= 0.8)
    return bool(np.mean(others > 0) >= 0.5 and np.mean(own == 0) >= 0.95 and np.mean(others == 0) <= 0.3)


def _decimals(values: np.ndarray) -> np.ndarray:
    """How many decimals numbers are written with at least (rows,)."""
    left = np.full(len(values), DECIMALS)
    for digits in range(DECIMALS - 1, -1, -1):
        left[np.abs(values * 10**digits - np.rint(values * 10**digits)) < 1e-6 * 10 ** (digits - DECIMALS + 1)] = digits
    return left


def _distance(one: np.ndarray, other: np.ndarray) -> float:
    """The distance of Kolmogorov and Smirnov between two samples."""
    both = np.sort(np.concatenate([one, other]))
    first = np.searchsorted(np.sort(one), both, "right") / len(one)
    return float(np.abs(first - np.searchsorted(np.sort(other), both, "right") / len(other)).max())


def _in_part_of_groups(codes_of: Codes, mask: np.ndarray, main: np.ndarray, groups: list[str]) -> bool:
    """Whether the rows stand in few groups of a column, in which other rows are in the usual scale: a source that
    changed its unit, and no kind of things that are greater than others.
    """
    for group in groups:
        codes = codes_of(group)
        held, usual = (np.bincount(codes[rows & (codes >= 0)], minlength=int(codes.max()) + 1) for rows in (mask, main))
        mixed = (held >= 3) & (usual >= 0.3 * held)
        if held[mixed].sum() >= ALL_OF * mask.sum() and usual[mixed].sum() <= 0.5 * usual.sum():
            return True
    return False


def whole_source(look: TableView, mask: np.ndarray, groups: list[str], times: list[str]) -> np.ndarray:
    """The rows of a mask, or all of one group (in a time, or of another group within it) of which nearly all are in the
    mask, as nearly all of the mask stands there: what one clerk wrote in one year is in one unit.
    """
    best: tuple[float, np.ndarray] | None = None
    firsts = [(group, rows) for group in groups if (rows := _most_of(look, group, mask)) is not None]
    for group, rows in firsts:
        parts = [rows, *(rows & other for name, other in firsts if name > group)]
        parts += [rows & during for when in times if (during := _during(look, when, mask & rows)) is not None]
        for part in parts:
            inside = (mask & part).sum()
            pure, covered = inside / max(1, part.sum()), inside / mask.sum()
            if pure >= PURE and covered >= ALL_OF and (best is None or pure + covered > best[0]):
                best = pure + covered, part
    return mask | best[1] if best else mask


def _most_of(look: TableView, group: str, mask: np.ndarray) -> np.ndarray | None:
    """The rows of the group in which most of a mask stands (rows,)."""
    codes = look.codes(group)
    held = np.bincount(codes[mask & (codes >= 0)], minlength=1)
    return codes == int(np.argmax(held)) if held.max() >= ALL_OF * mask.sum() else None


def _during(look: TableView, when: str, mask: np.ndarray) -> np.ndarray | None:
    """The rows between the first and the last moment of a mask, a few aside."""
    moments = look.meant(when).moments.astype("int64").astype(float)
    moments[np.isnat(look.meant(when).moments)] = np.nan
    some = np.sort(moments[mask & np.isfinite(moments)])
    if len(some) < LEAST:
        return None
    few = len(some) // 50
    return (moments >= some[few]) & (moments <= some[-1 - few])


def where_they_stand(look: TableView, mask: np.ndarray, groups: list[str]) -> tuple[str, str] | None:
    """The column and its value in which nearly all of some rows stand, and few others; None where there is none."""
    best: tuple[float, str, str] | None = None
    for group in groups:
        codes = look.codes(group)
        held = np.bincount(codes[mask & (codes >= 0)], minlength=int(codes.max(initial=0)) + 1)
        at = int(np.argmax(held))
        share, usual = held[at] / mask.sum(), float(np.mean(codes[~mask] == at))
        if share >= 0.9 and usual <= 0.5 and (best is None or share - usual > best[0]):
            best = share - usual, group, str(look.values(group)[at])
    return (best[1], best[2]) if best else None
