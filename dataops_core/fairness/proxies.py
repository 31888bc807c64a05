"""Proxies: how well other columns, each alone and all together, tell who a person is."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.evaluation.folds import stratified
from dataops_core.fairness.gaps import ALPHA
from dataops_core.fairness.group_definitions import Groups, groups_of
from dataops_core.models import Features, estimator, features, one_thread, plain, training
from dataops_core.record import Record, spread
from dataops_core.stats.proportions import holm
from dataops_core.steps._groups import positions
from dataops_core.table import Table

MOST_ROWS = 6_000
MOST_GROUPS = 20  # groups that somebody could try to tell apart
FOLDS = 3
LEAST = 10  # rows of a group that takes part
TENTHS = 10
LEAST_CELL = 5  # rows that each cell of a chi-square test is expected to hold (Cochran 1954)
STRONG, SOME = 0.8, 0.6  # AUC


@dataclass(frozen=True, kw_only=True)
class Association(Record):
    """How much a column goes with the groups."""

    association: float | None
    measure: str  # Cramér's V (bias-corrected, Bergsma 2013) or epsilon, which is eta without what chance adds


@dataclass(frozen=True, kw_only=True)
class Scores(Record):
    """How well something tells who a person is, on rows that it did not learn from."""

    auc: float  # one group against the rest, averaged; 0.5 is guessing
    interval: tuple[float, float]  # 95 % (Hanley & McNeil 1982)
    p: float  # how often chance alone tells as much
    balanced_accuracy: float  # 1 / groups is guessing
    association: Association | None = spread(None)
    p_holm: float | None = None  # by Holm, across all that is listed
    verdict: str = ""  # strong proxy, tells something, may be chance, or tells little


@dataclass(frozen=True, kw_only=True)
class ColumnScores(Record):
    """How well a column tells who a person is."""

    column: str
    scores: Scores = spread()


@dataclass(frozen=True, kw_only=True)
class Guessing(Record):
    """What guessing scores."""

    auc: float
    balanced_accuracy: float


@dataclass(frozen=True, kw_only=True)
class Proxies(Record):
    """How well other columns tell a sensitive attribute."""

    sensitive: list[str]
    groups: list[str]  # that are told apart
    rows: int  # looked at
    of: int
    columns: list[ColumnScores]  # the strongest first
    left_out: dict[str, str]  # columns that nobody could use, with the reason
    together: Scores | None  # of a linear model of all columns
    seed: int
    guessing: Guessing


def proxies(
    table: Table,
    sensitive: Sequence[str],
    *,
    target: str | None = None,
    split: str | None = None,
    cuts: Mapping[str, Sequence[float]] | None = None,
    leave_out: Sequence[str] = (),
    seed: int = 0,
) -> Proxies:
    """Tell how well each other column tells the sensitive attribute, strongest first; leaving a column out does not
    hide who a person is.

    Shares are counted and models learn on some rows and are judged on the others, three folds in turn. A verdict above
    "tells little" takes an AUC of 0.6 that is more than chance. Only training rows are looked at, 6,000 of them drawn
    by the seed where there are more; groups of fewer than 10 rows, and the unknown, are left out. Raises SettingError
    where fewer than two groups are left, or more than 20.
    """
    frame = training(table.frame(), table.column(split).name if split else None)
    found = groups_of(frame, [table.column(name).name for name in sensitive], cuts)
    rows, codes, names = _taking_part(found, seed)
    part = frame.iloc[rows]
    chosen = features(
        table.columns,
        part,
        leave_out=[*found.columns, *([target] if target else []), *([split] if split else []), *leave_out],
    )
    folds = stratified(codes, FOLDS, seed)
    told = [_alone(name, part[name], name in chosen.numbers, codes, folds) for name in chosen.names]
    told.sort(key=lambda each: (-each.scores.auc, each.column))
    together = _together(part, chosen, codes, folds, seed) if chosen.names else None
    scores = judged([*(each.scores for each in told), *([together] if together else [])])
    return Proxies(
        sensitive=list(found.columns),
        groups=names,
        rows=len(rows),
        of=len(frame),
        columns=[replace(each, scores=new) for each, new in zip(told, scores, strict=False)],
        left_out=chosen.left_out,
        together=scores[-1] if together else None,
        seed=seed,
        guessing=Guessing(auc=0.5, balanced_accuracy=1 / len(names)),
    )


def judged(told: Sequence[Scores]) -> list[Scores]:
    """The scores with "p_holm" across all of these, and the "verdict"."""
    adjusted = holm([each.p for each in told])
    return [replace(each, p_holm=p, verdict=_verdict(each.auc, p)) for each, p in zip(told, adjusted, strict=True)]


def _verdict(auc: float, p: float | None) -> str:
    if auc < SOME:
        return "tells little"
    if p is None or p > ALPHA:
        return "may be chance"
    return "strong proxy" if auc >= STRONG else "tells something"


def _taking_part(found: Groups, seed: int) -> tuple[np.ndarray, np.ndarray, list[str]]:
    wide = [
        at
        for at, (name, size) in enumerate(zip(found.names, found.sizes, strict=True))
        if name not in found.unknown and size >= LEAST
    ]
    if len(wide) < 2 or len(wide) > MOST_GROUPS:
        few = len(wide) < 2
        raise SettingError(
            f"{'Fewer than two' if few else f'{len(wide):,}'} groups have {LEAST} rows and more, so nobody can tell"
            f" {'one from another' if few else 'them all apart'}.",
            "sensitive",
            (
                "Choose a column with two or more groups."
                if few
                else f"Choose a column with at most {MOST_GROUPS} groups."
            ),
        )
    rows = np.flatnonzero(np.isin(found.codes, wide))
    if len(rows) > MOST_ROWS:
        rng = np.random.default_rng(seed)
        kept = []
        for at in wide:
            here = rows[found.codes[rows] == at]
            kept.append(
                rng.choice(here, max(min(len(here), LEAST), round(len(here) * MOST_ROWS / len(rows))), replace=False)
            )
        rows = np.sort(np.concatenate(kept))
    place = {at: number for number, at in enumerate(wide)}
    return rows, np.array([place[int(at)] for at in found.codes[rows]]), [found.names[at] for at in wide]


def _alone(
    name: str, column: pd.Series, number: bool, codes: np.ndarray, folds: list[tuple[np.ndarray, np.ndarray]]
) -> ColumnScores:
    """One column: the shares of the groups in each tenth or category, counted on some rows, judged on the others."""
    values = positions(column) if number else pd.factorize(column.astype(object))[0].astype("float64")
    values = np.where(np.isfinite(values), values, np.nan)
    size = int(codes.max()) + 1
    chances = np.zeros((len(codes), size))
    for learn, judge in folds:
        known = values[learn][~np.isnan(values[learn])]
        ends = (
            np.unique(np.quantile(known, np.arange(1, TENTHS) / TENTHS)) if number and len(known) else np.unique(known)
        )
        places = [
            np.where(np.isnan(part), len(ends) + 1, np.searchsorted(ends, part, side="left"))
            for part in (values[learn], values[judge])
        ]
        table = np.zeros((len(ends) + 2, size))
        np.add.at(table, (places[0], codes[learn]), 1)
        prior = np.bincount(codes[learn], minlength=size) / len(learn)
        chances[judge] = ((table + prior) / (table.sum(axis=1, keepdims=True) + 1))[places[1]]
    association, measure = (_epsilon(values, codes), "epsilon") if number else (_cramer(values, codes), "Cramér's V")
    scores = _scores(chances, codes, folds, Association(association=association, measure=measure))
    return ColumnScores(column=name, scores=replace(scores, p=_independent(values, codes, number)))


def _scores(
    chances: np.ndarray,
    codes: np.ndarray,
    folds: list[tuple[np.ndarray, np.ndarray]],
    association: Association | None = None,
) -> Scores:
    from sklearn.metrics import roc_auc_score

    size = chances.shape[1]
    classes = range(size) if size > 2 else [1]
    auc = float(
        np.mean([roc_auc_score(codes[judge] == at, chances[judge, at]) for _, judge in folds for at in classes])
    )
    width = 1.959964 * _spread(auc, codes, classes)
    decided = (chances / np.bincount(codes, minlength=size)).argmax(axis=1)  # as if all groups were as large
    balanced = float(np.mean([(decided[codes == at] == at).mean() for at in range(size)]))
    return Scores(
        auc=auc,
        interval=(max(0.0, auc - width), min(1.0, auc + width)),
        p=_permuted(chances, codes, folds, classes),
        balanced_accuracy=balanced,
        association=association,
    )


def _spread(auc: float, codes: np.ndarray, classes: Sequence[int]) -> float:
    """The standard error of an AUC (Hanley & McNeil 1982, Radiology 143:29); of many classes' mean the mean, as if all
    went together.
    """
    one, other, found = auc / (2 - auc), 2 * auc**2 / (1 + auc), []
    for at in classes:
        n, m = int((codes == at).sum()), int((codes != at).sum())
        found.append(
            np.sqrt(max(0.0, auc * (1 - auc) + (n - 1) * (one - auc**2) + (m - 1) * (other - auc**2)) / (n * m))
        )
    return float(np.mean(found))


def _permuted(
    chances: np.ndarray, codes: np.ndarray, folds: list[tuple[np.ndarray, np.ndarray]], classes: Sequence[int]
) -> float:
    """How often a mean AUC as great comes about when groups are dealt out anew among the judged rows: twice the median
    over folds.

    The AUC is a sum over rows of what a row's rank adds for its group, whose mean and variance over all permutations
    are known (Hoeffding 1951, Annals of Mathematical Statistics 22:558); so p needs no shuffles, and has no floor.
    Folds are not independent, for each learns from the others: twice the median p holds whatever their dependence
    (Meinshausen, Meier & Buehlmann 2009, JASA 104:1671).
    """
    from scipy.stats import norm, rankdata

    found = []
    for _, judge in folds:
        of, n = codes[judge], len(judge)
        sizes = np.bincount(of, minlength=chances.shape[1])
        adds = np.zeros((n, chances.shape[1]))  # what a row adds if it is of each group
        for at in classes:
            adds[:, at] = rankdata(chances[judge, at]) / (sizes[at] * (n - sizes[at]) * len(classes))
        usual = adds.mean(axis=0)
        apart = adds - usual - (adds @ sizes / n)[:, None] + usual @ sizes / n
        spread = float((apart**2 @ sizes).sum() / (n - 1))
        above = float(adds[np.arange(n), of].sum() - usual @ sizes)
        found.append(float(norm.sf(above / np.sqrt(spread))) if spread > 0 else 1.0)
    return min(1.0, 2 * float(np.median(found)))


def _independent(values: np.ndarray, codes: np.ndarray, number: bool) -> float:
    """How often a column that has nothing to do with the groups goes with them as much: a chi-square test, and of
    numbers Kruskal and Wallis's too (the lesser p, twice); tenths and categories are made fewer until each cell is
    expected to hold five rows.
    """
    from scipy.stats import chi2_contingency, kruskal

    least = LEAST_CELL / float(np.bincount(codes).min()) * len(codes)  # rows that a value must have
    known, p = ~np.isnan(values), []
    if number:
        sides = [values[known & (codes == at)] for at in range(int(codes.max()) + 1)]
        if min(len(side) for side in sides) and np.ptp(values[known]) > 0:
            p.append(float(kruskal(*sides).pvalue))
        bins = min(TENTHS, int(known.sum() / least))
        ends = np.unique(np.quantile(values[known], np.arange(1, bins) / bins)) if bins > 1 else np.zeros(0)
        places = np.where(known, np.searchsorted(ends, values, side="left"), len(ends) + 1)
    else:
        places = np.where(known, values, -1)
    _, places, counts = np.unique(places, return_inverse=True, return_counts=True)
    kept = np.cumsum(counts >= least)
    places = np.where(counts[places] >= least, kept[places], 0)  # all rare ones are one
    table = np.array([np.bincount(codes[places == at], minlength=int(codes.max()) + 1) for at in np.unique(places)])
    if len(table) > 1:
        p.append(float(chi2_contingency(table, correction=False).pvalue))
    return min(1.0, len(p) * min(p)) if p else 1.0


def _together(
    part: pd.DataFrame, chosen: Features, codes: np.ndarray, folds: list[tuple[np.ndarray, np.ndarray]], seed: int
) -> Scores:
    cells, chances = plain(part, chosen), np.zeros((len(codes), int(codes.max()) + 1))
    with warnings.catch_warnings(), one_thread():
        warnings.simplefilter("ignore")  # a column that is empty in one fold, a fit that stops early
        for learn, judge in folds:
            model = estimator(chosen, "classes", "linear", seed % 2**32).fit(cells.iloc[learn], codes[learn])
            chances[np.ix_(judge, model.classes_)] = model.predict_proba(cells.iloc[judge])
    return _scores(chances, codes, folds)


def _epsilon(values: np.ndarray, codes: np.ndarray) -> float | None:
    """How much of a number's spread lies between groups beyond chance (square root of epsilon squared, Kelley 1935);
    None without spread.
    """
    known = ~np.isnan(values)
    x, of = values[known], codes[known]
    if not len(x) or np.ptp(x) == 0:
        return None
    x = (x - x.mean()) / np.abs(x - x.mean()).max()
    n = np.bincount(of)
    means = np.divide(np.bincount(of, weights=x), n, out=np.zeros(len(n)), where=n > 0)
    groups, share = int((n > 0).sum()), min(1.0, (n * means**2).sum() / (x**2).sum())
    return float(np.sqrt(max(0.0, 1 - (1 - share) * (len(x) - 1) / (len(x) - groups)))) if len(x) > groups else None


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
