"""How well several draws of a cell tell its truth: their mean, their distance (CRPS), and whether their interval holds
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from dataops_core.imputation.judge import recovered
from dataops_core.imputation.results import Recovered
from dataops_core.steps._mixed import center_and_scale, is_number, numbers, scaled
from dataops_core.steps.fill_several_times import COPY


def copies_of(filled: pd.DataFrame, index: pd.Index) -> list[pd.DataFrame]:
    """The completed tables of a table filled several times, each with the row ids that it was filled from."""
    return [part.drop(columns=COPY).set_axis(index) for _, part in filled.groupby(COPY, sort=True)]


def told_of_draws(
    truth: pd.DataFrame, copies: Sequence[pd.DataFrame], columns: Sequence[str], hidden: np.ndarray
) -> dict[str, Recovered]:
    """As `recovered` tells of one filling: errors are those of the mean of the draws, or of the category drawn most
    often.

    Numbers have two proper scores besides: "crps", and "coverage", the share of hidden cells that lie in the 95 %
    interval of a further draw. The distance of distributions is that of a copy, on average, for a mean of draws has too
    little spread.
    """
    told = recovered(truth, averaged(copies, columns), columns, hidden)
    each = [recovered(truth, copy, columns, hidden) for copy in copies]
    for place, name in enumerate(columns):
        if name not in told:
            continue
        apart = [far for one in each if (far := one[name].wasserstein) is not None]
        told[name] = replace(told[name], wasserstein=float(np.mean(apart)) if apart else None)
        if is_number(truth[name]):
            values = numbers(truth[name])
            ends, rows = center_and_scale(values), hidden[:, place]
            true, drawn = (
                scaled(values[rows], *ends),
                np.array([scaled(numbers(copy[name])[rows], *ends) for copy in copies]),
            )
            spread = float(true.std())
            known = np.isfinite(drawn).all(axis=0)
            whole = spread > 0 and bool(known.any())
            told[name] = replace(
                told[name],
                crps=float(crps(drawn[:, known], true[known]).mean()) / spread if whole else None,
                coverage=float(held(drawn[:, known], true[known]).mean()) if whole else None,
            )
    return told


def averaged(copies: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    """One table with the mean of the copies in columns of numbers (dates in days), and the most frequent value in
    categories (of equals the first drawn).
    """
    out = copies[0].copy(deep=False)
    for name in columns:
        if is_number(out[name]):
            out[name] = pd.Series(np.mean([numbers(copy[name]) for copy in copies], axis=0), index=out.index)
        else:
            cells = pd.concat([copy[name].astype(object).rename(at) for at, copy in enumerate(copies)], axis=1)
            differ = cells.ne(cells[0], axis=0).any(axis=1).to_numpy()
            values = out[name].astype(object).copy()
            values[differ] = [pd.Series(row).value_counts(sort=False).idxmax() for row in cells[differ].to_numpy()]
            out[name] = values.astype(out[name].dtype)
    return out


def crps(drawn: np.ndarray, true: np.ndarray) -> np.ndarray:
    """The continuous ranked probability score (cells,) of draws (draws, cells): mean |x - y| - sum |x - x'| / (2 m (m -
    1)).

    The fair estimate for few draws (Ferro, Quarterly Journal of the Royal Meteorological Society 140, 2014). Of a
    single guess it is the absolute error (Gneiting and Raftery, Journal of the American Statistical Association 102,
    2007), so that methods that draw and methods that guess compare.
    """
    many = len(drawn)
    near = np.abs(drawn - true).mean(axis=0)
    apart = np.abs(drawn[:, None] - drawn[None]).sum(axis=(0, 1)) / (2 * many * (many - 1)) if many > 1 else 0.0
    return np.asarray(near - apart)


def held(drawn: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Whether the 95 % prediction interval of draws (draws, cells), mean ± t s sqrt(1 + 1/m) with m - 1 degrees of
    freedom, holds the truth (cells,).

    A truth that comes from where normal draws come from is held 95 times in 100.
    """
    from scipy.stats import t

    many = len(drawn)
    half = float(t.ppf(0.975, many - 1)) * drawn.std(axis=0, ddof=1) * np.sqrt(1 + 1 / many)
    return np.asarray(np.abs(true - drawn.mean(axis=0)) <= half)
