"""Honest uncertainty: intervals of shares and of gaps between them, a test of the largest gap, and a guard against many
looks.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

LEVEL = 0.95
SHUFFLES = 2_000
REPLICATES = 1_000


def wilson(hits: np.ndarray | float, of: np.ndarray | float, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray]:
    """The score interval of a share (Wilson 1927), without continuity correction; NaN where it is a share of nothing.

    >>> low, high = wilson(81, 263)  # Newcombe 1998, Statistics in Medicine 17:857, table I
    >>> round(float(low), 4), round(float(high), 4)
    (0.2553, 0.3662)
    """
    from scipy.special import ndtri

    x, n = np.asarray(hits, dtype="float64"), np.asarray(of, dtype="float64")
    z = float(ndtri((1 + level) / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        p = x / n
        middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    low, high = np.where(x == 0, 0.0, middle - half), np.where(x == n, 1.0, middle + half)
    return np.where(n > 0, np.maximum(low, 0.0), np.nan), np.where(n > 0, np.minimum(high, 1.0), np.nan)


def newcombe(
    hits: np.ndarray | float,
    of: np.ndarray | float,
    other_hits: np.ndarray | float,
    other_of: np.ndarray | float,
    level: float = LEVEL,
) -> tuple[np.ndarray, np.ndarray]:
    """The interval of the difference of two independent shares (Newcombe 1998, method 10): Wilson limits, combined by
    squares.

    >>> low, high = newcombe(56, 70, 48, 80)  # Newcombe 1998, Statistics in Medicine 17:873, table II
    >>> round(float(low), 4), round(float(high), 4)
    (0.0524, 0.3339)
    """
    low, high = wilson(hits, of, level)
    other_low, other_high = wilson(other_hits, other_of, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        p, q = (
            np.asarray(hits, dtype="float64") / np.asarray(of),
            np.asarray(other_hits, dtype="float64") / np.asarray(other_of),
        )
    return p - q - np.sqrt((p - low) ** 2 + (other_high - q) ** 2), p - q + np.sqrt(
        (high - p) ** 2 + (q - other_low) ** 2
    )


def two_shares_p(hits: float, of: float, other_hits: float, other_of: float) -> float:
    """The p-value of no difference between two shares: the score test where all expected counts reach 10, else Fisher's
    exact test.
    """
    from scipy.stats import fisher_exact, norm

    total, all_hits = of + other_of, hits + other_hits
    rate = all_hits / total
    if min(of, other_of) * min(rate, 1 - rate) < 10:
        table = [[int(hits), int(of - hits)], [int(other_hits), int(other_of - other_hits)]]
        return float(fisher_exact(table).pvalue)
    width = np.sqrt(rate * (1 - rate) * (1 / of + 1 / other_of))
    return float(2 * norm.sf(abs(hits / of - other_hits / other_of) / width))


def holm(p: Sequence[float | None]) -> list[float | None]:
    """p-values adjusted for how many there are (Holm 1979); None stays None and does not count.

    >>> holm([0.01, None, 0.04, 0.03])
    [0.03, None, 0.06, 0.06]
    """
    known = sorted((value, at) for at, value in enumerate(p) if value is not None)
    out: list[float | None] = [None] * len(p)
    highest = 0.0
    for rank, (value, at) in enumerate(known):
        highest = max(highest, min(1.0, value * (len(known) - rank)))
        out[at] = highest
    return out


def largest_gap(
    hits: Sequence[int], of: Sequence[int], *, shuffles: int = SHUFFLES, seed: int = 0
) -> tuple[float, float]:
    """The largest difference between the shares of groups, and how often shuffling people between the groups gives one
    as large.

    A permutation test: the hits are dealt anew among groups of the same sizes (multivariate hypergeometric), so that it
    holds its level whatever the sizes. An interval by percentiles of a bootstrap would leave nought out even where
    there is no gap, for a maximum less a minimum is never negative. p counts the table itself among the shuffles
    (Phipson and Smyth 2010), so it cannot fall below 1 in so many; where no shuffle reaches the gap, Bonferroni's bound
    over all pairs takes its place if it is less, for a floor times many comparisons would call the clearest gap chance.
    """
    sizes, counts = np.asarray(of, dtype="int64"), np.asarray(hits, dtype="int64")
    rng = np.random.default_rng(seed)
    shares = counts / sizes
    seen = float(shares.max() - shares.min())
    dealt = rng.multivariate_hypergeometric(sizes, int(counts.sum()), size=shuffles, method="marginals") / sizes
    as_large = int((dealt.max(axis=1) - dealt.min(axis=1) >= seen - 1e-12).sum())
    if as_large:
        return seen, (1 + as_large) / (1 + shuffles)
    low, high, pairs = int(shares.argmin()), int(shares.argmax()), len(sizes) * (len(sizes) - 1) / 2
    return seen, min(
        1 / (1 + shuffles), pairs * two_shares_p(int(counts[low]), int(sizes[low]), int(counts[high]), int(sizes[high]))
    )


def cell_counts(shape: tuple[int, ...], *codes: np.ndarray) -> np.ndarray:
    """How many rows there are of each combination of codes (rows,), one code for each axis of the shape.

    >>> cell_counts((2, 2), np.array([0, 1, 1]), np.array([True, True, True])).tolist()
    [[0, 1], [0, 2]]
    """
    flat = np.ravel_multi_index(tuple(np.asarray(each).astype(int) for each in codes), shape)
    return np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape)


def resampled_cells(counts: np.ndarray, replicates: int = REPLICATES, seed: int = 0) -> np.ndarray:
    """Bootstrap replicates of a table of counts (…) -> (replicates, …): drawing rows with replacement is drawing from a
    multinomial.
    """
    flat = np.asarray(counts, dtype="float64").ravel()
    total = int(flat.sum())
    if not total:
        return np.zeros((replicates, *np.shape(counts)))
    drawn = np.random.default_rng(seed).multinomial(total, flat / total, size=replicates)
    return drawn.reshape(replicates, *np.shape(counts))


def percentiles(values: np.ndarray, level: float = LEVEL) -> tuple[float, float] | None:
    """The middle part of replicates (replicates,); None where more than one in twenty of them is undefined."""
    known = values[np.isfinite(values)]
    if len(known) < 0.95 * len(values) or not len(known):
        return None
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
