"""How far two samples of one column lie apart, and whether that is more than chance and enough to matter.

A difference counts as small or large by its size (LEVELS), never by a p-value, and only where it is beyond what two
samples of these sizes from one and the same source differ by, but for one time in 10,000:

- PSI, the population stability index: under no drift it is near (1/n + 1/m) times a chi-square with bins - 1 degrees
  of freedom (Yurdakul 2018, Statistical properties of the population stability index), so its expectation is
  (bins - 1)(1/n + 1/m).
- Jensen-Shannon distance (base 2): its square is near PSI / (8 ln 2) for small differences; bounds and
  levels follow from PSI's.
- KS, the greatest distance of the two distribution functions: sqrt(-ln(alpha / 2) / 2) sqrt(1/n + 1/m).
- the share of missing cells: two proportions, normal.

With fewer than LEAST cells on a side, or where chance alone could look like a large difference, it is "too few rows to
tell".
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from dataops_core.compare.sample import Comparison, Sample
from dataops_core.record import Record, absent, key, spread

BINS = 10
SMOOTH = 0.5  # added to the count of every bin or value for PSI, which has logarithms of shares
LEAST = 30
CHANCE = 1e-4
LEVELS = {"psi": (0.1, 0.25), "js": (0.134, 0.212), "ks": (0.1, 0.2), "missing": (0.05, 0.2)}  # small, large
TOO_FEW = "too few rows to tell"
NOT_COMPARED = "cannot be compared"
TOLD = 20


Level = Literal["none", "within noise", "small", "large"]


@dataclass(frozen=True, kw_only=True)
class Distance(Record):
    """How far two samples lie apart by one measure."""

    value: float
    noise: float  # what two samples of these sizes from one source stay below, but for once in 10,000
    p: float | None
    level: Level
    expected: float | None = absent()  # PSI alone: what chance gives on average


@dataclass(frozen=True, kw_only=True)
class ShareOf(Record):
    """A bin (a tenth of the reference) or a value, and its share on both sides."""

    of: str
    reference: float
    other: float


@dataclass(frozen=True, kw_only=True)
class ValueCount(Record):
    """A value, and its rows."""

    value: str
    count: int


@dataclass(frozen=True, kw_only=True)
class OnlyHere(Record):
    """The values that one side alone has."""

    values: int
    rows: int
    most: list[ValueCount]  # the 20 most frequent


@dataclass(frozen=True, kw_only=True)
class AcrossColumns(Record):
    """The least p-value, corrected for the measures and (Benjamini-Hochberg) for all columns."""

    q: float | None  # above 0.05 there is no verdict


@dataclass(frozen=True, kw_only=True)
class SampleDifference(Record):
    """How two samples of a column differ."""

    comparison: Comparison = key("as")  # missing: empty cells alone are compared
    n: tuple[int, int]  # cells compared: reference, other
    missing: tuple[float, float]  # share of empty cells
    measures: dict[str, Distance]  # psi, js, ks and missing
    shares: list[ShareOf]
    new: OnlyHere | None  # values that the reference lacks
    gone: OnlyHere | None  # values that the other lacks
    verdict: str  # none, small, large, too few rows to tell, or cannot be compared
    across: AcrossColumns | None = spread(None)


def compare_samples(reference: Sample, other: Sample, comparison: Comparison) -> SampleDifference:
    """How the other sample differs: by the highest level of all measures. It "cannot be compared" where no value of one
    side was compared with one of the other: the columns hold different types, or identifiers, or nothing.
    """
    n, m = reference.present, other.present
    measures, shares, new, gone = {}, [], None, None
    if reference.rows and other.rows:
        measures["missing"] = _missing(reference, other)
    if comparison == "categories":
        new, gone = _only(other.counts, reference.counts), _only(reference.counts, other.counts)
    if n and m and comparison != "missing":
        labels, ones, others = _binned(reference, other, comparison)
        shares = [
            ShareOf(of=label, reference=a / n, other=b / m)
            for label, a, b in zip(labels, ones.tolist(), others.tolist(), strict=True)
        ]
        measures |= {"psi": _psi(ones, others), "js": _js(ones, others)}
        if comparison != "categories":
            measures["ks"] = _ks(reference.numbers, other.numbers)
    return SampleDifference(
        comparison=comparison,
        n=(n, m),
        missing=(reference.missing / max(1, reference.rows), other.missing / max(1, other.rows)),
        measures=measures,
        shares=shares,
        new=new,
        gone=gone,
        verdict=_verdict(reference, other, comparison, measures),
    )


def _binned(reference: Sample, other: Sample, comparison: Comparison) -> tuple[list[str], np.ndarray, np.ndarray]:
    if comparison == "categories":
        return _values(reference.counts, other.counts)
    inner = np.unique(np.quantile(reference.numbers, np.arange(1, BINS) / BINS, method="inverted_cdf"))
    counted = [
        np.bincount(np.searchsorted(inner, each.numbers), minlength=len(inner) + 1) for each in (reference, other)
    ]
    ends = [
        str(np.datetime64(int(x), "us").astype("datetime64[s]")) if comparison == "dates" else f"{x:.6g}" for x in inner
    ]
    labels = [
        f"to {ends[0]}",
        *[f"{low} to {high}" for low, high in zip(ends[:-1], ends[1:], strict=True)],
        f"over {ends[-1]}",
    ]
    if not counted[0][-1] and not counted[1][-1]:  # nothing lies beyond the last edge
        labels, counted = labels[:-1], [each[:-1] for each in counted]
    return labels, counted[0], counted[1]


def _values(reference: pd.Series, other: pd.Series) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Rows by value on both sides; values too rare for five rows in the smaller sample are taken together."""
    both = pd.DataFrame({"reference": reference, "other": other}).fillna(0).astype("int64")
    total = both.sum(axis=1)
    order = sorted(range(len(both)), key=lambda at: (-int(total.iloc[at]), str(both.index[at])))
    both, total = both.take(order), total.take(order)
    common = total / total.sum() * min(reference.sum(), other.sum()) >= 5
    rare = both[~common].sum()
    rows = [
        (str(value), *pair) for value, pair in zip(both.index[common], both[common].to_numpy().tolist(), strict=True)
    ]
    rows += [("all rarer values", int(rare["reference"]), int(rare["other"]))] if rare.sum() else []
    return [row[0] for row in rows], np.array([row[1] for row in rows]), np.array([row[2] for row in rows])


def _only(here: pd.Series, there: pd.Series) -> OnlyHere:
    """The values of one side that the other lacks: how many, their rows, and the most frequent of them."""
    found = here[~here.index.isin(there.index)]
    most = sorted(found.items(), key=lambda pair: (-int(pair[1]), str(pair[0])))[:TOLD]
    return OnlyHere(
        values=len(found),
        rows=int(found.sum()),
        most=[ValueCount(value=str(value), count=int(count)) for value, count in most],
    )


def _psi(ones: np.ndarray, others: np.ndarray) -> Distance:
    from scipy.stats import chi2

    n, m, bins = ones.sum(), others.sum(), len(ones)
    value, spread = psi(ones, others), 1 / n + 1 / m
    bound = spread * chi2.isf(CHANCE, bins - 1) if bins > 1 else 0.0
    told = _told("psi", value, float(bound), float(chi2.sf(value / spread, bins - 1)) if bins > 1 else 1.0)
    return replace(told, expected=float((bins - 1) * spread))


def psi(ones: np.ndarray, others: np.ndarray) -> float:
    """The population stability index of two rows of counts, 0.5 added to each count.

    >>> round(psi(np.array([50, 50]), np.array([80, 20])), 4)
    0.4063
    """
    p, q = ((counts + SMOOTH) / (counts.sum() + SMOOTH * len(counts)) for counts in (ones, others))
    return float(((p - q) * np.log(p / q)).sum())


def _js(ones: np.ndarray, others: np.ndarray) -> Distance:
    from scipy.stats import chi2

    bins, spread = len(ones), 1 / ones.sum() + 1 / others.sum()
    bound = math.sqrt(spread * float(chi2.isf(CHANCE, bins - 1)) / (8 * math.log(2))) if bins > 1 else 0.0
    return _told("js", jensen_shannon(ones, others), bound, None)


def jensen_shannon(ones: np.ndarray, others: np.ndarray) -> float:
    """The Jensen-Shannon distance of two rows of counts, base 2: from 0 to 1.

    >>> jensen_shannon(np.array([4, 0]), np.array([0, 7]))
    1.0
    """
    p, q = ones / ones.sum(), others / others.sum()
    middle = (p + q) / 2
    parts = [(side[side > 0] * np.log2(side[side > 0] / middle[side > 0])).sum() for side in (p, q)]
    return math.sqrt(min(1.0, max(0.0, float(sum(parts)) / 2)))


def _ks(ones: np.ndarray, others: np.ndarray) -> Distance:
    from scipy.stats import kstwobign

    bound = math.sqrt(-math.log(CHANCE / 2) / 2 * (1 / len(ones) + 1 / len(others)))
    value = kolmogorov_smirnov(ones, others)
    return _told("ks", value, bound, float(kstwobign.sf(value / math.sqrt(1 / len(ones) + 1 / len(others)))))


def kolmogorov_smirnov(ones: np.ndarray, others: np.ndarray) -> float:
    """The greatest distance between the distribution functions of two rows of numbers.

    >>> kolmogorov_smirnov(np.array([1.0, 2.0]), np.array([2.0, 3.0]))
    0.5
    """
    first, second = np.sort(ones), np.sort(others)
    every = np.concatenate([first, second])
    reached = [np.searchsorted(side, every, side="right") / len(side) for side in (first, second)]
    return float(np.abs(reached[0] - reached[1]).max())


def _missing(reference: Sample, other: Sample) -> Distance:
    from scipy.stats import norm

    n, m = reference.rows, other.rows
    value, both = other.missing / m - reference.missing / n, (reference.missing + other.missing) / (n + m)
    error = math.sqrt(both * (1 - both) * (1 / n + 1 / m))
    return _told(
        "missing", value, float(norm.isf(CHANCE / 2)) * error, float(2 * norm.sf(abs(value) / error)) if error else 1.0
    )


def _told(measure: str, value: float, noise: float, p: float | None) -> Distance:
    small, large = LEVELS[measure]
    size = abs(value)
    level: Level
    level = "none" if size < small else "within noise" if size <= noise else "large" if size >= large else "small"
    return Distance(value=value, noise=noise, p=p, level=level)


def _verdict(reference: Sample, other: Sample, comparison: Comparison, measures: dict[str, Distance]) -> str:
    if comparison == "missing" or (not reference.present and not other.present):  # no value was compared with another
        level = measures["missing"].level if "missing" in measures and min(reference.rows, other.rows) >= LEAST else ""
        return level if level in ("small", "large") else NOT_COMPARED
    gaps = measures["missing"].level if "missing" in measures and min(reference.rows, other.rows) >= LEAST else TOO_FEW
    if min(reference.present, other.present) < LEAST:
        return gaps if gaps in ("small", "large") else TOO_FEW
    levels = [each.level for each in measures.values()]
    found = next((level for level in ("large", "small") if level in levels), None)
    if found:
        return found
    leading = "psi" if comparison == "categories" else "ks"
    unsure = measures[leading].level == "within noise" or measures[leading].noise > LEVELS[leading][1]
    return TOO_FEW if unsure else "none"
