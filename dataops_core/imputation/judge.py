"""How well hidden cells were recovered: errors, distributions, correlations, groups, and what a model makes of the
result.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from dataops_core.evaluation.folds import plan_folds, sampled
from dataops_core.imputation.hide import sized
from dataops_core.imputation.results import GroupRecovery, Interval, Recovered
from dataops_core.models import estimator, plain
from dataops_core.models.features import Features
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._mixed import center_and_scale, is_number, numbers, scaled
from dataops_core.table import shown

FOLDS, SCORE_ROWS = 3, 3_000
FEW_CLASSES = 20
ENOUGH = 10  # hidden cells that a group needs to be judged


def recovered(
    truth: pd.DataFrame, filled: pd.DataFrame, columns: Sequence[str], hidden: np.ndarray
) -> dict[str, Recovered]:
    """Per column what hiding and filling made of it; numbers are judged in standard deviations of the hidden truth.

    Numbers and dates: nrmse = RMSE / standard deviation of the hidden truth (1 is what its own mean would reach), mae
    in the column's unit (dates: days), crps = mean absolute error / the same deviation (see draws), wasserstein =
    distance of the distributions / the same deviation. Categories: accuracy, wasserstein = half the summed differences
    of the shares (all values are one apart). `errors` are one number per hidden cell: the squared error in deviations,
    or 0 and 1.
    """
    told: dict[str, Recovered] = {}
    for place, name in enumerate(columns):
        rows = hidden[:, place]
        if not rows.any():
            continue
        if is_number(truth[name]):
            always = next(iter(shown(filled[name][rows].dropna().iloc[:1]).astype(str)), "nothing")
            told[name] = replace(_numbers(numbers(truth[name]), numbers(filled[name]), rows), always=always)
        else:
            told[name] = _categories(truth[name][rows], filled[name][rows])
    return told


def _numbers(truth: np.ndarray, found: np.ndarray, rows: np.ndarray) -> Recovered:
    from scipy.stats import wasserstein_distance

    center, scale = center_and_scale(truth)
    true, said = scaled(truth[rows], center, scale), scaled(found[rows], center, scale)
    empty = int(np.isnan(said).sum())
    said = np.where(np.isnan(said), 0.0, said)  # what stays missing counts as the mean
    spread = float(true.std())
    squares, mae = (said - true) ** 2, float(np.abs(said - true).mean()) * scale
    return Recovered(
        cells=int(rows.sum()),
        still_missing=empty,
        distinct=len(np.unique(said)),
        true_distinct=len(np.unique(true)),
        nrmse=float(np.sqrt(squares.mean())) / spread if spread > 0 else None,
        mae=mae if np.isfinite(mae) else None,
        wasserstein=float(wasserstein_distance(said, true)) / spread if spread > 0 else None,
        crps=float(np.abs(said - true).mean()) / spread if spread > 0 else None,  # of a single guess
        errors=squares / spread**2 if spread > 0 else np.full(len(squares), np.nan),
    )


def _categories(truth: pd.Series, found: pd.Series) -> Recovered:
    true, said = truth.astype(object), found.astype(object)
    right = np.array([not pd.isna(b) and a == b for a, b in zip(true, said, strict=True)], dtype=bool)
    shares = (
        pd.concat([true.value_counts(normalize=True), said.value_counts(normalize=True)], axis=1).fillna(0.0).to_numpy()
    )
    return Recovered(
        cells=len(true),
        still_missing=int(said.isna().sum()),
        distinct=int(said.nunique(dropna=False)),
        true_distinct=int(true.nunique()),
        always=str(said.iloc[0]),
        accuracy=float(right.mean()),
        wasserstein=float(np.abs(shares[:, 0] - shares[:, 1]).sum() / 2),
        errors=(~right).astype("float64"),
    )


def correlations(frame: pd.DataFrame, chosen: Features) -> np.ndarray:
    """How the features go together: Pearson's r of numbers and of "has the most frequent value" for categories; NaN
    where not defined.
    """
    cells = plain(frame, chosen)
    made = []
    for name in chosen.numbers:
        values = cells[name].to_numpy()
        made.append(scaled(values, *center_and_scale(values)))
    for name in chosen.categories:
        known = cells[name].dropna()
        most = known.value_counts().index[0] if len(known) else None
        made.append(np.where(cells[name].isna(), np.nan, cells[name] == most).astype("float64"))
    return pd.DataFrame(np.column_stack(made)).corr(min_periods=5).to_numpy() if made else np.zeros((0, 0))


def by_group(
    frame: pd.DataFrame,
    sensitive: Sequence[str],
    columns: Sequence[str],
    hidden: np.ndarray,
    told: Mapping[str, Recovered],
) -> dict[str, dict[str, dict[str, list[float]]]]:
    """The errors of hidden cells by group: {sensitive column: {group: {column: [errors]}}}."""
    made: dict[str, dict[str, dict[str, list[float]]]] = {}
    for name in sensitive:
        groups = np.array(cell_texts(frame[name]), dtype=object)
        made[name] = {}
        for place, column in enumerate(columns):
            errors = told[column].errors if column in told else None
            if errors is None:
                continue
            for group, error in zip(groups[hidden[:, place]], errors.tolist(), strict=True):
                if group is not None and not np.isnan(error):
                    made[name].setdefault(group, {}).setdefault(column, []).append(error)
    return made


def group_scores(
    collected: dict[str, dict[str, dict[str, list[float]]]], numbers_among: Collection[str]
) -> dict[str, dict[str, GroupRecovery]]:
    """Per group the nrmse and accuracy with 95 % intervals, each the mean over columns, as for all rows; a column with
    fewer than 10 cells in it does not count.
    """
    told: dict[str, dict[str, GroupRecovery]] = {}
    for name, groups in collected.items():
        told[name] = {}
        for group, columns in sorted(groups.items()):
            enough = {column: np.array(errors) for column, errors in columns.items() if len(errors) >= ENOUGH}
            squares = [errors for column, errors in enough.items() if column in numbers_among]
            misses = [errors for column, errors in enough.items() if column not in numbers_among]
            roots = [float(np.sqrt(errors.mean())) for errors in squares]
            # of a root: the delta method
            spreads = [
                _standard_error(errors) / (2 * root) if root > 0 else 0.0
                for errors, root in zip(squares, roots, strict=True)
            ]
            right = 1.0 - float(np.mean([errors.mean() for errors in misses])) if misses else None
            told[name][group] = GroupRecovery(
                cells=sum(map(len, columns.values())),
                nrmse=float(np.mean(roots)) if squares else None,
                accuracy=right,
                nrmse_interval=_around(float(np.mean(roots)), spreads) if squares else None,
                accuracy_interval=(
                    _around(right, [_standard_error(errors) for errors in misses], 1.0) if right is not None else None
                ),
            )
    return told


def _standard_error(errors: np.ndarray) -> float:
    return float(errors.std(ddof=1) / np.sqrt(len(errors)))


def _around(middle: float, spreads: Sequence[float], most: float = np.inf) -> Interval:
    """The 95 % interval of a mean over columns, given the standard error of each."""
    width = 1.959964 * float(np.sqrt(np.sum(np.square(spreads)))) / len(spreads)
    return max(0.0, middle - width), min(most, middle + width)


def task_of(column: pd.Series) -> str | None:
    """Whether a target is one of classes or a number; None where no model can be judged on it."""
    known = column.dropna()
    different = known.nunique()
    if different < 2:
        return None
    if str(column.dtype) in ("object", "boolean") or (str(column.dtype) == "Int64" and different <= FEW_CLASSES):
        return "classes" if different <= FEW_CLASSES and known.value_counts().min() >= FOLDS else None
    return "number" if is_number(column) else None


def scored(frame: pd.DataFrame, chosen: Features, target: pd.Series, seed: int) -> list[float]:
    """Cross-validated scores of the linear baseline model, one per fold: ROC-AUC (one against the rest) or
    R squared.
    """
    from sklearn.model_selection import cross_val_score

    task = task_of(target)
    places = np.flatnonzero(target.notna().to_numpy())
    places = places[sampled(len(places), SCORE_ROWS, None, seed)]
    if task is None or len(places) < 2 * FOLDS:
        return []
    wanted = target.iloc[places]
    label = wanted.astype(str).to_numpy() if task == "classes" else numbers(wanted)
    if task == "number":
        label = np.nan_to_num(scaled(label, *center_and_scale(label)))
    elif pd.Series(label).value_counts().min() < FOLDS or len(set(label)) < 2:
        return []
    codes = np.unique(label, return_inverse=True)[1] if task == "classes" else None
    plan = plan_folds(len(label), codes, folds=FOLDS, repeats=1, seed=seed)
    folds = [(each.learn, each.judge) for each in plan.rounds]
    measure = ("roc_auc" if len(set(label)) == 2 else "roc_auc_ovr") if task == "classes" else "r2"
    model = estimator(chosen, "classes" if task == "classes" else "number")
    return [
        float(value)
        for value in cross_val_score(model, sized(plain(frame.iloc[places], chosen)), label, cv=folds, scoring=measure)
    ]
