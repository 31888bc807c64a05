"""How far beyond the values seen a limit must lie, so that it holds for another draw from the same source.

A second draw of the same size goes beyond the greatest value of the first one every other time. So a limit lies where
the tail, continued, leaves one in CHANCE chances that any row of another draw is beyond it: the excesses over a high
threshold follow a generalized Pareto distribution (Pickands 1975; fitted by moments as in Hosking and Wallis 1987), and
the quantile for the probability needed is read from it. A heavier tail than HEAVY gets no limit at all.
"""

from __future__ import annotations

import math

import numpy as np

CHANCE = 3e-3  # that any row of another draw lies beyond the limit
HEAVY = 0.45  # shape of the tail from which its quantiles mean nothing
TAIL = (20, 2_000)  # values that the tail is fitted to: at least, at most
LEVELS, PILE = 4, 8  # steps below an end that are even; values at a cap, against the one beside it
ATOM, CLIFF = 20, 0.5  # values at the very end, and against its neighbors, that make it a hard end


def upper_limit(values: np.ndarray) -> float | None:
    """A limit that another draw stays below; None where the tail is too heavy or there are too few values (rows,).

    >>> upper_limit(np.repeat(np.arange(10.0), 50))
    9.0
    """
    n = len(values)
    if n < 50:
        return None
    greatest = float(values.max())
    if is_hard_end(values, greatest):
        return greatest
    size = int(min(max(TAIL[0], 0.05 * n), TAIL[1], n // 2))
    top = np.partition(values, n - size - 1)[n - size - 1 :]
    threshold = float(top.min())
    excess = np.sort(top)[1:] - threshold
    mean, variance = float(excess.mean()), float(excess.var(ddof=1))
    if mean <= 0:  # they pile up at the end, and nothing tells what lies beyond
        return None
    mean *= 1 + 1 / math.sqrt(size)
    # shape of the tail by moments, one standard error on the safe side
    shape = 0.5 * (1 - mean * mean / variance) if variance > 0 else 0.0
    if shape > HEAVY - 0.15 and is_heavy(excess):
        return None
    shape = min(max(0.0, shape + 1 / math.sqrt(size)), HEAVY)
    scale = mean * (1 - min(shape, 0.9)) if shape > 0 else mean
    times = size / CHANCE
    reach = scale / shape * (times**shape - 1) if shape > 1e-6 else scale * math.log(times)
    limit = threshold + max(reach, mean * math.log(times))
    spread = float(np.quantile(values, 0.75) - np.quantile(values, 0.25)) or mean
    if limit - greatest > 50 * max(spread, (greatest - threshold)):
        return None
    return max(limit, greatest)


def is_heavy(excess: np.ndarray) -> bool:
    """Whether a few values make up most of what lies beyond the threshold."""
    ordered = np.sort(excess)
    few = max(1, len(ordered) // 20)
    return float(ordered[-few:].sum()) > 0.5 * float(ordered.sum())


def is_hard_end(values: np.ndarray, end: float) -> bool:
    """Whether values pile up at the greatest one as at a wall: a scale of even steps that ends there, or a cap.

    >>> is_hard_end(np.repeat([8.0, 12, 16, 24], 40), 24.0), is_hard_end(np.repeat([1.0, 2, 3, 4, 5], 40), 5.0)
    (False, True)
    """
    at_end = int((values == end).sum())
    if at_end < ATOM:
        return False
    below = values[values < end]
    if not len(below):
        return True
    beside = int((below == below.max()).sum())
    if at_end >= PILE * beside:  # a cap
        return True
    levels = np.unique(below[below >= np.partition(below, -min(len(below), 5_000))[-min(len(below), 5_000)]])[-LEVELS:]
    steps = np.diff([*levels, end])
    return at_end >= CLIFF * beside and len(steps) > 2 and bool(np.allclose(steps, steps[0], rtol=1e-6))


def is_wall(gaps: np.ndarray) -> bool:
    """Whether differences that are never below zero end there as at a wall, not as a tail that thins out (rows,).

    Before a wall the smallest differences lie about evenly, or pile up at it; a tail has few of them near its end.

    >>> rng = np.random.default_rng(0)
    >>> is_wall(rng.exponential(5, 2_000)), is_wall(np.abs(rng.normal(6, 1.5, 2_000)))
    (True, False)
    """
    n = len(gaps)
    if n < 50 or gaps.min() < 0:
        return False
    if (gaps == 0).sum() >= max(5, 0.001 * n):
        return True
    size = int(min(n - 1, max(40, 0.02 * n)))
    smallest = np.partition(gaps, size)[: size + 1]
    reach = float(smallest.max())
    if not reach:
        return True
    lower = float((smallest <= reach / 2).mean())
    lowest = float((smallest <= reach / 8).mean())
    return lower >= 0.35 and lowest >= 0.05


def is_first_step(gaps: np.ndarray) -> bool:
    """Whether differences come in even steps and begin, with many rows, one step above zero: a stay of one night at
    least; a tail that thins out has next to none there (rows,).

    >>> rng = np.random.default_rng(0)
    >>> is_first_step(1 + rng.poisson(2, 2_000)), is_first_step(rng.poisson(9, 2_000) + 1)
    (True, False)
    """
    least = float(gaps.min()) if len(gaps) else 0.0
    if least <= 0 or (gaps == least).sum() < max(ATOM, 0.01 * len(gaps)):
        return False
    steps = np.diff(np.unique(gaps))
    return len(steps) > 1 and bool(np.isclose(steps.min(), least, rtol=1e-9))


def rounded_out(value: float, step: float, up: bool) -> float:
    """A limit moved outwards to a round number, by at most about a twentieth of `step`.

    >>> rounded_out(93.2, 50, True), rounded_out(-0.013, 1, False), rounded_out(17, 50, False)
    (94.0, -0.02, 17.0)
    """
    if not step or not math.isfinite(step) or not math.isfinite(value):
        return value
    unit = 10.0 ** math.floor(math.log10(step / 20))
    scaled = value / unit
    whole = math.ceil(scaled - 1e-9) if up else math.floor(scaled + 1e-9)
    return float(f"{whole * unit:.12g}")


def least_share(failing: int, rows: int) -> float:
    """The share of rows that must meet a rule which not all of them meet, so that chance alone does not break it.

    Two counts of rare events from one source differ by chance by some standard deviations of sqrt(2 count) at most.

    >>> least_share(0, 1000), least_share(50, 10_000)
    (1.0, 0.99)
    """
    if not failing:
        return 1.0
    allowed = failing + 4 * math.sqrt(2 * failing) + 10
    return math.floor(1e4 * max(0.0, 1 - allowed / rows)) / 1e4
