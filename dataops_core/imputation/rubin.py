"""Rubin's rules: one result from the results of several completed tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.record import Record, absent
from dataops_core.steps._mixed import is_number, numbers
from dataops_core.table import Table

COPY = "imputation"
SKEWED = 1.0  # skewness of residuals from which on normal draws do not fit
FEWEST = 30  # known values to judge it by
MEAN = ""  # in the place of a value, where numbers have a mean


@dataclass(frozen=True, kw_only=True)
class Pooled(Record):
    """An estimate from several completed tables, by Rubin's rules."""

    estimate: float
    m: int  # completed tables
    within: float  # mean variance within tables
    between: float  # variance between tables
    total: float
    standard_error: float
    df: float | None  # degrees of freedom (Barnard and Rubin 1999); null: without limit
    df_1987: float | None  # without the correction for small samples
    increase: float | None  # of the variance, by the gaps
    missing_information: float  # the share of information that the gaps cost
    interval: tuple[float, float] | None  # 95 %
    n: int | None = absent()  # values in the smallest copy


@dataclass(frozen=True, kw_only=True)
class NotPooled(Record):
    """Why there is no estimate."""

    why_not: str


Part = Pooled | NotPooled


@dataclass(frozen=True, kw_only=True)
class PooledMeans(Record):
    """Means of a column, or the share of each value of a category, pooled over the copies of a table."""

    column: str
    by: str | None
    m: int  # copies
    all: dict[str, Part]  # by value; of numbers the mean alone, in JSON without a name of its own
    groups: dict[str, dict[str, Part]]
    warning: str  # that intervals are too narrow, for the draws do not fit the column

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        out = super().to_json()
        groups = {name: _bare(each) for name, each in out["groups"].items()}
        return out | {"all": _bare(out["all"]), "groups": groups}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """What these JSON values tell."""
        groups = {name: _named(each) for name, each in document["groups"].items()}
        return super().from_json({**document, "all": _named(document["all"]), "groups": groups})


def _bare(parts: Mapping[str, Any]) -> Mapping[str, Any]:
    return parts.get(MEAN, parts)


def _named(part: Mapping[str, Any]) -> Mapping[str, Any]:
    return {MEAN: part} if "why_not" in part or "standard_error" in part else part


@dataclass(frozen=True, kw_only=True)
class PooledRegression(Record):
    """A linear regression, fitted on each copy of a table and pooled."""

    target: str
    predictors: list[str]
    m: int  # copies
    n: int  # rows of the smallest copy
    coefficients: dict[str, Pooled]  # "(intercept)", and by column
    warning: str


def rubin(estimates: Sequence[float], variances: Sequence[float], complete_df: float | None = None) -> Pooled:
    """Pool one estimate per completed table, and its squared standard error, by Rubin's rules.

    Rubin, Multiple Imputation for Nonresponse in Surveys, 1987, chapter 3: estimate = mean; total variance = within +
    (1 + 1/m) between. Degrees of freedom: (m - 1) / lambda^2, lambda = (1 + 1/m) between / total; with `complete_df`
    (those of the complete table) corrected for small samples (Barnard and Rubin, Biometrika 86, 1999). None stands for
    "without limit". `missing_information` is Rubin's gamma = (r + 2 / (df + 3)) / (r + 1), r = (1 + 1/m) between /
    within. `interval` is the 95 % one.

    Raises SettingError for fewer than two tables, unequal numbers, or variances that are negative or no numbers.
    """
    from scipy.stats import norm, t

    many = len(estimates)
    if many < 2 or many != len(variances):
        raise SettingError(
            f"{many} estimates and {len(variances)} variances cannot be pooled.",
            "rubin",
            "Give one of each per completed table, two tables at least.",
        )
    if not np.isfinite([*estimates, *variances]).all() or min(variances) < 0:
        raise SettingError(
            "An estimate or a variance is not a number, or a variance is negative.",
            "rubin",
            "Give squared standard errors.",
        )
    if complete_df is not None and not complete_df > 0:
        raise SettingError(
            f"{complete_df} degrees of freedom are none.", "rubin", "Give those of the complete table, such as n - 1."
        )
    middle, within, between = float(np.mean(estimates)), float(np.mean(variances)), float(np.var(estimates, ddof=1))
    added = (1 + 1 / many) * between
    total = within + added
    share = added / total if total > 0 else 0.0
    classic = (many - 1) / share**2 if share > 0 else math.inf
    freedom = classic
    if complete_df is not None:
        observed = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - share)
        freedom = observed if math.isinf(classic) else classic * observed / (classic + observed)
    ratio = added / within if within > 0 else math.inf if added > 0 else 0.0
    gone = 1.0 if math.isinf(ratio) else (ratio + (2 / (freedom + 3) if share > 0 else 0.0)) / (ratio + 1)
    if freedom > 0:
        half = float(norm.ppf(0.975) if math.isinf(freedom) else t.ppf(0.975, freedom)) * math.sqrt(total)
    else:
        half = math.inf
    return Pooled(
        estimate=middle,
        m=many,
        within=within,
        between=between,
        total=total,
        standard_error=math.sqrt(total),
        df=_finite(freedom),
        df_1987=_finite(classic),
        increase=_finite(ratio),
        missing_information=gone,
        interval=(middle - half, middle + half) if math.isfinite(half) else None,
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def pooled(table: Table, column: str, by: str | None = None) -> PooledMeans:
    """Means of a column (of a category: the share of each value) of a table filled several times, pooled, overall or by
    group.

    The table must have the column "imputation" that fill_several_times makes. Standard errors are those of simple
    random sampling. The warning says where the draws do not fit the column, so that intervals are too narrow: the
    known values lie skewed about a straight line.
    """
    for name in (column, *([by] if by else [])):
        if name not in table.names:
            raise SettingError(f'There is no column "{name}".', "pooled", nearest(name, table.names))
    if COPY not in table.names:
        raise SettingError("This table was not filled several times.", "pooled", "Use fill_several_times first.")
    frame = table.frame([*dict.fromkeys([column, COPY, *([by] if by else [])])])
    groups: dict[str, dict[str, Part]] = {}
    if by:
        for value in sorted(frame[by].dropna().unique().tolist()):
            groups[str(value)] = _pooled_part(frame[(frame[by] == value).fillna(False).astype(bool).to_numpy()], column)
    return PooledMeans(
        column=column,
        by=by,
        m=int(frame[COPY].nunique()),
        all=_pooled_part(frame, column),
        groups=groups,
        warning=_tail(table, column),
    )


def regression(table: Table, target: str, columns: Sequence[str]) -> PooledRegression:
    """A linear regression of a column of numbers on others, fitted on each copy of a table filled several times, and
    pooled.

    Standard errors are those of ordinary least squares, degrees of freedom those of Barnard and
    Rubin. The warning is that of `pooled`, for all of these columns.
    """
    columns = list(dict.fromkeys(columns))
    if not columns or target in columns:
        raise SettingError(
            "A regression needs other columns than its target.", "regression", "Name the columns that explain it."
        )
    for name in (target, *columns):
        if name not in table.names:
            raise SettingError(f'There is no column "{name}".', "regression", nearest(name, table.names))
        if not is_number(table.frame([name])[name]):
            raise SettingError(f'Column "{name}" holds no numbers.', "regression", "Choose columns of numbers.")
    if COPY not in table.names:
        raise SettingError("This table was not filled several times.", "regression", "Use fill_several_times first.")
    frame, fits, freedom = table.frame([target, *columns, COPY]), [], []
    for _, part in frame.groupby(COPY):
        cells = np.column_stack([np.ones(len(part)), *(numbers(part[name]) for name in columns), numbers(part[target])])
        cells = cells[np.isfinite(cells).all(axis=1)]
        matrix, y = cells[:, :-1], cells[:, -1]
        left = len(y) - matrix.shape[1]
        if left < 1 or np.linalg.matrix_rank(matrix) < matrix.shape[1]:
            raise SettingError(
                "The columns do not determine the coefficients.", "regression", "Take fewer columns, or more rows."
            )
        inverse = np.linalg.inv(matrix.T @ matrix)
        slopes = inverse @ matrix.T @ y
        fits.append((slopes, float(((y - matrix @ slopes) ** 2).sum() / left) * np.diag(inverse)))
        freedom.append(left)
    told = {
        name: rubin([fit[0][at] for fit in fits], [fit[1][at] for fit in fits], min(freedom))
        for at, name in enumerate(("(intercept)", *columns))
    }
    warning = " ".join(words for name in (target, *columns) if (words := _tail(table, name)))
    return PooledRegression(
        target=target,
        predictors=columns,
        m=len(fits),
        n=min(freedom) + len(columns) + 1,
        coefficients=told,
        warning=warning,
    )


def _tail(table: Table, column: str) -> str:
    """A warning where the values that were known lie skewed about a straight line of the other numbers;
    else nothing.
    """
    from scipy.stats import skew

    frame = table.frame()
    if not is_number(frame[column]):
        return ""
    copies = [part for _, part in frame.groupby(COPY)]
    cells = [numbers(part[column]) for part in copies]
    if len({len(each) for each in cells}) > 1 or len(cells) < 2:
        return ""
    drawn = np.ptp(np.array(cells), axis=0) > 0
    y = cells[0][~drawn]
    others = [
        numbers(copies[0][name])[~drawn]
        for name in frame.columns
        if name not in (column, COPY) and is_number(frame[name])
    ]
    matrix = np.column_stack([np.ones(len(y)), *others])
    known = np.isfinite(matrix).all(axis=1) & np.isfinite(y)
    if not drawn.any() or known.sum() < FEWEST:
        return ""
    matrix = matrix[known] / np.maximum(np.abs(matrix[known]).max(axis=0), 1e-300)
    left = y[known] - matrix @ np.linalg.lstsq(matrix, y[known], rcond=None)[0]
    skewness = float(skew(left)) if np.ptp(left) > 0 else 0.0
    if abs(skewness) < SKEWED:
        return ""
    what = (
        'Fill it again with "Draw as logarithms"'
        if y[known].min() > 0 and skewness > 0
        else "Change its scale before it is filled"
    )
    return (
        f'The known values of "{column}" lie skewed about a straight line (skewness {skewness:.1f}), and the draws do'
        f" not: intervals may be far too narrow, and the mean may be off. {what}."
    )


def _pooled_part(frame: pd.DataFrame, column: str) -> dict[str, Part]:
    copies = [part[column] for _, part in frame.groupby(COPY)]
    if is_number(frame[column]):
        return {MEAN: _pooled_means([(known := numbers(copy))[~np.isnan(known)] for copy in copies])}
    values = sorted(frame[column].dropna().unique().tolist())
    return {
        str(value): _pooled_means([(copy.dropna() == value).to_numpy(dtype="float64") for copy in copies])
        for value in values
    }


def _pooled_means(copies: list[np.ndarray]) -> Part:
    least = min((len(copy) for copy in copies), default=0)
    if least < 2 or len(copies) < 2:
        return NotPooled(why_not="there are too few values")
    variances = [float(copy.var(ddof=1)) / len(copy) for copy in copies]
    return replace(rubin([float(copy.mean()) for copy in copies], variances, least - 1), n=least)
