"""Little's test: could the cells be missing completely at random?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dataops_core.record import Record, absent

STEPS, TOLERANCE = 1_000, 1e-8
MOST_COLUMNS = 50
WEAK = 0.1  # an effect below it hardly matters


@dataclass(frozen=True, kw_only=True)
class Little(Record):
    """Little's test of cells being missing completely at random."""

    why_not: str | None = absent()  # why it cannot be done; then there are no figures
    statistic: float | None = absent()
    df: int | None = absent()  # degrees of freedom
    p: float | None = absent()
    effect: float | None = absent()  # in standard deviations; below 0.1 it hardly matters
    patterns: int | None = absent()  # of gaps
    rows: int | None = absent()
    columns: list[str] | None = absent()
    words: str | None = absent()  # of the test on ranks, where that can be done


def em(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
    """Mean and covariance (divided by n) of multivariate normal numbers with gaps, by maximum likelihood.

    The EM algorithm: Dempster, Laird and Rubin, 1977; Little and Rubin, Statistical Analysis with Missing Data, 2019,
    section 11.2.1. `matrix` is rows x columns with NaN for gaps; also says whether it converged.
    """
    known = ~np.isnan(matrix)
    patterns, which = np.unique(known, axis=0, return_inverse=True)
    groups = [(pattern, matrix[which == number]) for number, pattern in enumerate(patterns) if pattern.any()]
    rows, columns = sum(len(part) for _, part in groups), matrix.shape[1]
    mean, cover = np.nanmean(matrix, axis=0), np.diag(np.nanvar(matrix, axis=0))
    for _ in range(STEPS):
        first, second = np.zeros(columns), np.zeros((columns, columns))
        for pattern, part in groups:
            full, gone = part.copy(), ~pattern
            if gone.any():
                slope = np.linalg.solve(cover[np.ix_(pattern, pattern)], cover[np.ix_(pattern, gone)])
                full[:, gone] = mean[gone] + (part[:, pattern] - mean[pattern]) @ slope
                second[np.ix_(gone, gone)] += len(part) * (
                    cover[np.ix_(gone, gone)] - cover[np.ix_(gone, pattern)] @ slope
                )
            first += full.sum(axis=0)
            second += full.T @ full
        new_mean = first / rows
        new_cover = second / rows - np.outer(new_mean, new_mean)
        moved = max(np.abs(new_mean - mean).max(), np.abs(new_cover - cover).max())
        mean, cover = new_mean, new_cover
        if moved < TOLERANCE:
            return mean, cover, True
    return mean, cover, False


def little(matrix: np.ndarray, names: list[str]) -> Little:
    """Little's MCAR test on numbers with gaps (NaN): statistic, degrees of freedom, p-value and what they mean.

    Little, A test of missing completely at random for multivariate data with missing values, JASA 83, 1988: do the
    means of the rows with one pattern of gaps differ from the overall ones (by EM) more than chance allows? Numbers are
    standardised first, which changes nothing in the statistic. The covariance is the maximum likelihood one (divided by
    n), as in R's naniar. "effect" is how far the means of patterns lie from the overall ones, beyond chance, in
    standard deviations: the root of (statistic - df) / rows.
    """
    from scipy.stats import chi2

    kept = [
        place
        for place in range(matrix.shape[1])
        if (~np.isnan(matrix[:, place])).sum() > 1 and np.nanstd(matrix[:, place]) > 0
    ]
    matrix, names = matrix[:, kept], [names[place] for place in kept]
    matrix = matrix[(~np.isnan(matrix)).any(axis=1)]
    why = _why_not(matrix)
    if why:
        return Little(why_not=why)
    matrix = (matrix - np.nanmean(matrix, axis=0)) / np.nanstd(matrix, axis=0)
    try:
        mean, cover, converged = em(matrix)
        if not converged:
            return Little(
                why_not=(
                    "the estimate of means and covariances did not settle: too much is missing, or columns hold nearly"
                    " the same"
                )
            )
        statistic, freedom, patterns = _statistic(matrix, mean, cover)
    except np.linalg.LinAlgError:
        return Little(why_not="some columns can be computed from others, so their covariance cannot be inverted")
    if freedom < 1 or not np.isfinite(statistic):
        return Little(why_not="the patterns of gaps leave nothing to compare")
    p, effect = float(chi2.sf(statistic, freedom)), float(np.sqrt(max(0.0, statistic - freedom) / len(matrix)))
    said = (
        f"Rows with different gaps differ in what is known of them by more than chance (p = {p:.3g}), but by so little"
        f" (effect {effect:.2f} standard deviations) that it hardly matters."
        if p < 0.05 and effect < WEAK
        else (
            f"Rows with different gaps differ in what is known of them, by more than chance (p = {p:.3g}, effect"
            f" {effect:.2f} standard deviations): the cells are not missing completely at random."
            if p < 0.05
            else (
                f"No sign against cells being missing completely at random (p = {p:.3g}). That is no proof of it: few"
                " rows show little, and means alone are compared."
            )
        )
    )
    return Little(
        statistic=statistic,
        df=freedom,
        p=p,
        effect=effect,
        patterns=patterns,
        rows=len(matrix),
        columns=names,
        words=said,
    )


def little_of_scores(matrix: np.ndarray, names: list[str]) -> Little:
    """Little's test on normal scores in place of numbers: each number becomes the normal quantile of its rank (van der
    Waerden 1952).

    Whether cells are missing completely at random does not depend on the scale of the numbers, and Little's test does:
    on lognormal columns it raised false alarms in 12.8 of 100 tables. Ranks keep it near 5.
    """
    from scipy.stats import norm, rankdata

    scores = np.full(matrix.shape, np.nan)
    for place in range(matrix.shape[1]):
        known = ~np.isnan(matrix[:, place])
        scores[known, place] = norm.ppf(rankdata(matrix[known, place]) / (known.sum() + 1))
    return little(scores, names)


def _why_not(matrix: np.ndarray) -> str:
    if matrix.shape[1] < 2:
        return "it needs two columns of numbers that vary"
    if not np.isnan(matrix).any():
        return "nothing is missing in the columns of numbers"
    if matrix.shape[1] > MOST_COLUMNS:
        return f"it is done for {MOST_COLUMNS} columns of numbers at most"
    if len(matrix) <= 2 * matrix.shape[1]:
        return "there are too few rows for so many columns"
    return ""


def _statistic(matrix: np.ndarray, mean: np.ndarray, cover: np.ndarray) -> tuple[float, int, int]:
    known = ~np.isnan(matrix)
    patterns, which = np.unique(known, axis=0, return_inverse=True)
    total, freedom = 0.0, -matrix.shape[1]
    for number, pattern in enumerate(patterns):
        part = matrix[which == number][:, pattern]
        apart = part.mean(axis=0) - mean[pattern]
        total += len(part) * float(apart @ np.linalg.solve(cover[np.ix_(pattern, pattern)], apart))
        freedom += int(pattern.sum())
    return total, freedom, len(patterns)
