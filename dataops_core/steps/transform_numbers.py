"""Transform numbers towards an even or a normal shape."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, Skip
from dataops_core.steps._features import decimals
from dataops_core.steps._mixed import numbers
from dataops_core.steps.step import Columns, Label, step

QUANTILES = 1000


@step(
    "Transform numbers",
    group="Features",
    says="Transformed {columns} ({method})",
    also="logarithm, log, square root, Box-Cox, Yeo-Johnson, power, quantile, skew",
)
def transform_numbers(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("number"), Label("Columns", "Columns of numbers")],
    method: Annotated[
        Literal["log1p", "square_root", "yeo_johnson", "box_cox", "quantile_uniform", "quantile_normal"],
        Label(
            "Method",
            "log1p: log(1 + x), for amounts from 0; Yeo-Johnson, Box-Cox: the power that comes nearest to a normal"
            " distribution (Box-Cox: above 0 only); quantile: by rank",
        ),
    ] = "yeo_johnson",
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Change the shape of skewed numbers, so that a few great values do not decide everything.

    The power is that of the greatest likelihood in the training rows (Box & Cox 1964; Yeo & Johnson 2000); by rank, a
    value becomes its share of smaller training values (or that share's normal score), between the training extremes.
    Numbers for which the method is not defined (a negative one under a root) become missing. Trees do not need it.

    >>> transform_numbers(pd.DataFrame({"a": [0.0, 3.0]}), columns=["a"], method="square_root")["a"].round(3).tolist()
    [0.0, 1.732]
    """
    if learned is None:
        learned = learn_shape(df, columns, method)
    out = df.copy(deep=False)
    for name in columns:
        if name not in learned:
            continue
        with np.errstate(all="ignore"):
            out[name] = decimals(reshaped(numbers(df[name]), method, learned[name]), df[name])
    return out


def reshaped(values: np.ndarray, method: str, about: Any) -> np.ndarray:
    """The values after a transformation with what was learned for it; NaN where it is not defined."""
    if method == "log1p":
        return np.log1p(np.where(values > -1, values, np.nan))
    if method == "square_root":
        return np.sqrt(np.where(values >= 0, values, np.nan))
    if method in ("yeo_johnson", "box_cox"):
        return power(values, float(about), method)
    edges = np.array(about)
    shares = np.linspace(0, 1, len(edges))
    # the middle of the shares from both sides, so that a value that many rows have gets the middle of its ranks
    up = np.interp(values, edges, shares)
    down = 1 - np.interp(-values, -edges[::-1], shares)
    found = np.where(np.isnan(values), np.nan, (up + down) / 2)
    return found if method == "quantile_uniform" else normal_scores(found)


def power(values: np.ndarray, exponent: float, method: str) -> np.ndarray:
    """The power transformation with this exponent (lambda)."""
    if method == "box_cox":
        some = np.where(values > 0, values, np.nan)
        return np.log(some) if abs(exponent) < 1e-12 else (some**exponent - 1) / exponent
    high, low = np.where(values >= 0, values, 0.0), np.where(values < 0, values, 0.0)
    above = np.log1p(high) if abs(exponent) < 1e-12 else ((high + 1) ** exponent - 1) / exponent
    other = 2 - exponent
    below = -np.log1p(-low) if abs(other) < 1e-12 else -((1 - low) ** other - 1) / other
    return np.where(np.isnan(values), np.nan, np.where(values >= 0, above, below))


def normal_scores(shares: np.ndarray) -> np.ndarray:
    """The normal deviates of shares, within 5.2 standard deviations as in scikit-learn."""
    from scipy.special import ndtri

    return np.clip(np.asarray(ndtri(np.clip(shares, 1e-7, 1 - 1e-7)), dtype="float64"), -5.2, 5.2)


@transform_numbers.learn
def learn_shape(df: pd.DataFrame, columns: list[str], method: str = "yeo_johnson") -> dict[str, Any]:
    """The power, or the quantiles, of each column; 0 where nothing is learned: {"income": 0.31}."""
    learned: dict[str, Any] = {}
    for name in columns:
        values = numbers(df[name])
        known = values[~np.isnan(values)]
        if not len(known):
            continue
        if method == "box_cox" and known.min() <= 0:
            raise SettingError(
                f'"{name}" has numbers that are not above 0, which Box-Cox cannot take.',
                "transform_numbers",
                "Choose Yeo-Johnson.",
            )
        if method in ("yeo_johnson", "box_cox"):
            learned[name] = best_power(known, method)
        elif method.startswith("quantile"):
            edges = np.quantile(known, np.linspace(0, 1, min(QUANTILES, len(known))))
            learned[name] = np.maximum.accumulate(edges).tolist()
        else:
            learned[name] = 0
    if columns and not learned:
        raise Skip("The columns hold no number at all, so there is nothing to transform.")
    return learned


def best_power(known: np.ndarray, method: str) -> float:
    """The exponent of the greatest likelihood, between -5 and 5; 1 where the values do not vary or are too great."""
    from scipy.optimize import minimize_scalar

    most = float(np.abs(known).max())
    if known.min() == known.max() or most > 1e50:
        return 1.0
    logs = np.log(known) if method == "box_cox" else np.sign(known) * np.log1p(np.abs(known))
    total = float(logs.sum())

    def loss(exponent: float) -> float:
        with np.errstate(all="ignore"):
            spread = float(np.var(power(known, exponent, method)))
        if not np.isfinite(spread) or spread <= 0:
            return 1e300
        return len(known) / 2 * float(np.log(spread)) - (exponent - 1) * total

    return round(float(minimize_scalar(loss, bounds=(-5, 5), method="bounded", options={"xatol": 1e-9}).x), 7)
