"""Proxies: how well other columns, each alone and all together, tell who a person is."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.fairness.people import Groups, groups_of
from dataops_core.models import Features, estimator, features, one_thread, plain, training
from dataops_core.steps._groups import positions
from dataops_core.table import Table

MOST_ROWS = 6_000
MOST_GROUPS = 20  # groups that somebody could try to tell apart
FOLDS = 3
LEAST = 10  # rows of a group that takes part
TENTHS = 10
STRONG, SOME = 0.8, 0.6  # AUC


def proxies(
    table: Table, sensitive: Sequence[str], *, target: str | None = None, split: str | None = None, cuts: Mapping[str, Sequence[float]] | None = None,
    leave_out: Sequence[str] = (), seed: int = 0,
) -> dict[str, Any]:
    """Tell how well each other column tells the sensitive attribute, strongest first; leaving a column out does not hide who a person is.

    "columns" lists {"column", "auc", "balanced_accuracy", "association", "measure", "verdict"}: auc (one group against the rest,
    averaged; 0.5 is guessing) and balanced accuracy (1 / groups is guessing) on rows that the shares were not counted on, three folds
    in turn; association is Cramér's V (bias-corrected, Bergsma 2013) or, for numbers, eta. "together" is the same of a linear model of all
    columns. Only training rows are looked at, 6,000 of them drawn by the seed where there are more; groups of fewer than 10 rows,
    and the unknown, are left out. Raises SettingError where fewer than two groups are left, or more than 20.
    """
    frame = training(table.frame(), table.column(split).name if split else None)
    found = groups_of(frame, [table.column(name).name for name in sensitive], cuts)
    rows, codes, names = _taking_part(found, seed)
    part = frame.iloc[rows]
    chosen = features(table.columns, part, leave_out=[*found.columns, *([target] if target else []), *([split] if split else []), *leave_out])
    folds = _folds(codes, seed)
    told = [_alone(name, part[name], name in chosen.numbers, codes, folds) for name in chosen.names]
    told.sort(key=lambda each: (-each["auc"], each["column"]))
    return {
        "sensitive": list(found.columns), "groups": names, "rows": len(rows), "of": len(frame), "columns": told, "left_out": chosen.left_out,
        "together": _together(part, chosen, codes, folds, seed) if chosen.names else None, "seed": seed,
        "guessing": {"auc": 0.5, "balanced_accuracy": 1 / len(names)},
    }


def _taking_part(found: Groups, seed: int) -> tuple[np.ndarray, np.ndarray, list[str]]:
    wide = [at for at, (name, size) in enumerate(zip(found.names, found.sizes, strict=True)) if name not in found.unknown and size >= LEAST]
    if len(wide) < 2 or len(wide) > MOST_GROUPS:
        few = len(wide) < 2
        raise SettingError(
            f"{'Fewer than two' if few else f'{len(wide):,}'} groups have {LEAST} rows and more, so nobody can tell {'one from another' if few else 'them all apart'}.",
            "sensitive", "Choose a column with two or more groups." if few else f"Choose a column with at most {MOST_GROUPS} groups.",
        )
    rows = np.flatnonzero(np.isin(found.codes, wide))
    if len(rows) > MOST_ROWS:
        rng = np.random.default_rng(seed)
        kept = []
        for at in wide:
            here = rows[found.codes[rows] == at]
            kept.append(rng.choice(here, max(min(len(here), LEAST), round(len(here) * MOST_ROWS / len(rows))), replace=False))
        rows = np.sort(np.concatenate(kept))
    place = {at: number for number, at in enumerate(wide)}
    return rows, np.array([place[int(at)] for at in found.codes[rows]]), [found.names[at] for at in wide]


def _folds(codes: np.ndarray, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    from sklearn.model_selection import StratifiedKFold

    return list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed % 2**32).split(codes, codes))


def _alone(name: str, column: pd.Series, number: bool, codes: np.ndarray, folds: list[tuple[np.ndarray, np.ndarray]]) -> dict[str, Any]:
    """One column: the shares of the groups in each tenth or category, counted on some rows, judged on the others."""
    values = positions(column) if number else pd.factorize(column.astype(object))[0].astype("float64")
    values = np.where(np.isfinite(values), values, np.nan)
    size = int(codes.max()) + 1
    chances = np.zeros((len(codes), size))
    for learn, judge in folds:
        known = values[learn][~np.isnan(values[learn])]
        ends = np.unique(np.quantile(known, np.arange(1, TENTHS) / TENTHS)) if number and len(known) else np.unique(known)
        places = [np.where(np.isnan(part), len(ends) + 1, np.searchsorted(ends, part, side="left")) for part in (values[learn], values[judge])]
        table = np.zeros((len(ends) + 2, size))
        np.add.at(table, (places[0], codes[learn]), 1)
        prior = np.bincount(codes[learn], minlength=size) / len(learn)
        chances[judge] = ((table + prior) / (table.sum(axis=1, keepdims=True) + 1))[places[1]]
    association, measure = (_eta(values, codes), "eta") if number else (_cramer(values, codes), "Cramér's V")
    return {"column": name} | _scores(chances, codes, folds) | {"association": association, "measure": measure}


def _scores(chances: np.ndarray, codes: np.ndarray, folds: list[tuple[np.ndarray, np.ndarray]]) -> dict[str, Any]:
    from sklearn.metrics import roc_auc_score

    size = chances.shape[1]
    auc = float(np.mean([roc_auc_score(codes[judge] == at, chances[judge, at]) for _, judge in folds for at in (range(size) if size > 2 else [1])]))
    decided = (chances / np.bincount(codes, minlength=size)).argmax(axis=1)  # as if all groups were as large
    balanced = float(np.mean([(decided[codes == at] == at).mean() for at in range(size)]))
    return {"auc": auc, "balanced_accuracy": balanced, "verdict": "strong proxy" if auc >= STRONG else "tells something" if auc >= SOME else "tells little"}


def _together(part: pd.DataFrame, chosen: Features, codes: np.ndarray, folds: list[tuple[np.ndarray, np.ndarray]], seed: int) -> dict[str, Any]:
    cells, chances = plain(part, chosen), np.zeros((len(codes), int(codes.max()) + 1))
    with warnings.catch_warnings(), one_thread():
        warnings.simplefilter("ignore")  # a column that is empty in one fold, a fit that stops early
        for learn, judge in folds:
            model = estimator(chosen, "classes", "linear", seed % 2**32).fit(cells.iloc[learn], codes[learn])
            chances[np.ix_(judge, model.classes_)] = model.predict_proba(cells.iloc[judge])
    return _scores(chances, codes, folds)


def _eta(values: np.ndarray, codes: np.ndarray) -> float | None:
    """The correlation ratio: how much of a number's spread lies between groups (square root of the share); None without spread."""
    known = ~np.isnan(values)
    x, of = values[known], codes[known]
    if not len(x) or np.ptp(x) == 0:
        return None
    x = (x - x.mean()) / np.abs(x - x.mean()).max()
    n = np.bincount(of)
    means = np.divide(np.bincount(of, weights=x), n, out=np.zeros(len(n)), where=n > 0)
    return float(np.sqrt(min(1.0, (n * means**2).sum() / (x**2).sum())))


def _cramer(values: np.ndarray, codes: np.ndarray) -> float | None:
    """Cramér's V with Bergsma's correction for small tables; missing cells are a category; None for one category."""
    table = pd.crosstab(np.where(np.isnan(values), -1, values), codes).to_numpy(dtype="float64")
    n, (r, k) = table.sum(), table.shape
    if r < 2 or k < 2 or n < 2:
        return None
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / n
    phi = max(0.0, float(((table - expected) ** 2 / expected).sum() / n) - (k - 1) * (r - 1) / (n - 1))
    smaller = min(k - (k - 1) ** 2 / (n - 1), r - (r - 1) ** 2 / (n - 1)) - 1
    return float(min(1.0, np.sqrt(phi / smaller))) if smaller > 0 else None
