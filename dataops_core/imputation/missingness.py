"""Can it be told from the other columns where a column is missing? A model per column, judged on rows it
did not see.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from dataops_core.evaluation.folds import stratified
from dataops_core.imputation.hide import sized
from dataops_core.models import Features, encoder, plain
from dataops_core.record import Record
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._chained import LEVELS, describe, read_state
from dataops_core.steps._mixed import GONE, is_number, numbers
from dataops_core.steps._trees import ask_trees, fit_trees

FOLDS, ROWS = 5, 4_000
FEWEST = 10  # gaps, and known cells
FOR_TREES = 60  # gaps and known cells from which on trees are used, which see bends
CLEAR, SLIGHT = 0.6, 0.55  # AUC
TOO = 0.2  # difference of shares from which on "missing too" is said
SHUFFLED = 40  # columns whose shuffling is tried
NAMED = 3  # columns that tell most


@dataclass(frozen=True, kw_only=True)
class Tells(Record):
    """A column that tells where another one is missing."""

    column: str
    auc_lost: float  # by shuffling it


@dataclass(frozen=True, kw_only=True)
class Missingness(Record):
    """How well the other columns tell where a column is missing."""

    auc: float | None = None  # 0.5 is guessing
    interval: tuple[float, float] | None = None  # 95 % (Hanley and McNeil 1982)
    tells: list[Tells]  # the columns that tell most
    verdict: Literal["random", "slight", "depends", "too few"]
    words: str


def missingness(frame: pd.DataFrame, name: str, chosen: Features, seed: int) -> Missingness:
    """How well the gaps of a column can be told from the other columns (and from where these have gaps).

    AUC: the chance that a row with a gap is ranked above one without; 0.5 is guessing. Five-fold cross-validation on
    4,000 rows at most; the 95 % interval is Hanley and McNeil's (Radiology 143, 1982). The columns are named whose
    shuffling costs most.
    """
    gone = frame[name].isna().to_numpy(dtype=bool)
    others = Features(
        tuple(n for n in chosen.numbers if n != name), tuple(n for n in chosen.categories if n != name), {}
    )
    fewer = int(min(gone.sum(), (~gone).sum()))
    if fewer < FEWEST:
        what = "gaps" if gone.sum() <= len(gone) / 2 else "known values"
        return Missingness(tells=[], verdict="too few", words=f"Too few {what} ({fewer}) to tell what they depend on.")
    if not others.names:
        words = "There is no other column that could tell anything."
        return Missingness(tells=[], verdict="too few", words=words)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        some, lost = _sampled(frame, gone, seed) if len(frame) > ROWS else (frame, gone)
        auc, drops = _judged(some, lost, others, seed, trees=fewer >= FOR_TREES)
    low, high = hanley(auc, int(lost.sum()), int((~lost).sum()))
    tells = [
        Tells(column=column, auc_lost=lost)
        for column, lost in sorted(drops.items(), key=lambda pair: -pair[1])
        if lost > 0.005
    ][:NAMED]
    verdict, words = _verdict(auc, low, tells, frame, gone)
    return Missingness(auc=auc, interval=(low, high), tells=tells, verdict=verdict, words=words)


def _verdict(
    auc: float, low: float, tells: list[Tells], frame: pd.DataFrame, gone: np.ndarray
) -> tuple[Literal["random", "slight", "depends"], str]:
    if low > 0.5 and auc < SLIGHT:
        return "random", (
            f"Nearly random: the other columns tell where it is missing a little better than chance (AUC {auc:.2f};"
            " 0.5 is guessing), too little to matter."
        )
    if low <= 0.5:
        return "random", (
            f"Looks random: the other columns cannot tell where it is missing (AUC {auc:.2f}; 0.5 is guessing)."
        )
    named = " and ".join(f'"{each.column}"' for each in tells) or "several columns together"
    how = " ".join(describe_gap(frame[each.column], gone) for each in tells[:2])
    if auc < CLEAR:
        return "slight", f"Depends a little on {named} (AUC {auc:.2f}; 0.5 is guessing). {how}".strip()
    return "depends", (
        f"Depends on {named} (AUC {auc:.2f}; 0.5 is guessing): not missing completely at random. {how}".strip()
    )


def hanley(auc: float, positives: int, negatives: int) -> tuple[float, float]:
    """The 95 % interval of an AUC after Hanley and McNeil, 1982, within 0 and 1.

    >>> [round(bound, 2) for bound in hanley(0.9, 50, 50)]
    [0.84, 0.96]
    """
    one, two = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = (auc * (1 - auc) + (positives - 1) * (one - auc**2) + (negatives - 1) * (two - auc**2)) / (
        positives * negatives
    )
    half = 1.959964 * float(np.sqrt(max(0.0, variance)))
    return max(0.0, auc - half), min(1.0, auc + half)


def _judged(
    frame: pd.DataFrame, gone: np.ndarray, others: Features, seed: int, *, trees: bool
) -> tuple[float, dict[str, float]]:
    """The cross-validated AUC, and what it loses on one held-out part when a column is shuffled."""
    from sklearn.metrics import roc_auc_score

    cells = _cells(frame, others) if trees else sized(plain(frame, others))
    scores, models = np.zeros(len(frame)), []
    for fit, held in stratified(gone, FOLDS, seed):
        ask = (_trees if trees else _lines)(cells.iloc[fit], gone[fit], others, seed)
        scores[held] = ask(cells.iloc[held])
        models.append((ask, held))
    auc = float(roc_auc_score(gone, _within_folds(scores, gone, seed)))
    if auc < SLIGHT:
        return auc, {}
    ask, held = models[0]
    chance, part, drops = np.random.default_rng(seed), cells.iloc[held], {}
    before = roc_auc_score(gone[held], scores[held])
    for name in _strongest(cells, gone):
        shuffled = part.assign(**{name: chance.permutation(part[name].to_numpy())})
        drops[name] = float(before - roc_auc_score(gone[held], ask(shuffled)))
    return auc, drops


def _strongest(cells: pd.DataFrame, gone: np.ndarray) -> list[str]:
    """The columns to shuffle: all, or of more than 40 those whose values, or gaps, go with the gaps most."""
    if len(cells.columns) <= SHUFFLED:
        return list(cells.columns)
    strength = {}
    for name in cells.columns:
        coded = (
            cells[name].to_numpy()
            if cells[name].dtype == np.float64
            else pd.factorize(cells[name])[0].astype("float64")
        )
        lost = np.isnan(coded)
        pairs = ((np.where(lost, np.nanmean(coded) if not lost.all() else 0.0, coded), gone), (lost, gone))
        strength[name] = max(
            (abs(float(np.corrcoef(one, other)[0, 1])) for one, other in pairs if np.std(one) > 0), default=0.0
        )
    return sorted(strength, key=lambda name: -strength[name])[:SHUFFLED]


def _within_folds(scores: np.ndarray, gone: np.ndarray, seed: int) -> np.ndarray:
    """Scores as ranks within the fold they were made in: models of different folds have different levels."""
    ranks = np.zeros(len(scores))
    for _, held in stratified(gone, FOLDS, seed):
        ranks[held] = pd.Series(scores[held]).rank(pct=True).to_numpy()
    return ranks


def _sampled(frame: pd.DataFrame, gone: np.ndarray, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """A seeded sample of rows that keeps at least as many gaps, or known cells, as it can hold where they are rare."""
    chance = np.random.default_rng(seed)
    parts = [np.flatnonzero(gone), np.flatnonzero(~gone)]
    few = min(parts, key=len)
    kept = chance.choice(
        few, min(len(few), max(round(ROWS * len(few) / len(frame)), min(500, len(few)))), replace=False
    )
    rest = max(parts, key=len) if few is not max(parts, key=len) else parts[1]
    rows = np.sort(np.concatenate([kept, chance.choice(rest, min(len(rest), ROWS - len(kept)), replace=False)]))
    return frame.iloc[rows], gone[rows]


def _cells(frame: pd.DataFrame, others: Features) -> pd.DataFrame:
    """Numbers standardised, categories as codes, NaN where not known."""
    columns = describe(frame, others.names, standardise=True)
    state = read_state(frame, columns)
    return pd.DataFrame(
        {
            name: np.where(cells == GONE, np.nan, cells) if cells.dtype.kind == "i" else cells
            for name, cells in state.items()
        },
        index=frame.index,
    )


def _trees(cells: pd.DataFrame, gone: np.ndarray, others: Features, seed: int) -> Any:
    levels = dict.fromkeys((name for name in others.categories if name in cells), LEVELS)
    names = [name for name in others.names if name in cells]
    model = fit_trees({name: cells[name].to_numpy() for name in names}, levels, gone.astype("int64"), 2, seed)
    return lambda asked: ask_trees(model, {name: asked[name].to_numpy() for name in names}, levels)[:, 0]


def _lines(cells: pd.DataFrame, gone: np.ndarray, others: Features, seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(encoder(others), LogisticRegression(C=0.1, max_iter=500)).fit(cells, gone)
    return model.decision_function


def describe_gap(column: pd.Series, gone: np.ndarray) -> str:
    """One sentence on how the rows with the gap differ from the others in a column."""
    lost = column.isna().to_numpy(dtype=bool)
    if FEWEST <= lost.sum() < len(lost) and abs(gone[lost].mean() - gone[~lost].mean()) > TOO:
        return (
            f'It is missing in {gone[lost].mean():.0%} of the rows in which "{column.name}" is missing too, in'
            f" {gone[~lost].mean():.0%} of the others."
        )
    if is_number(column) and str(column.dtype) != "datetime64[us]":
        values = numbers(column)
        there, here = (
            float(np.nanmedian(part)) if np.isfinite(part).any() else np.nan for part in (values[~gone], values[gone])
        )
        if np.isfinite([there, here]).all() and there != here:
            return f'The median of "{column.name}" is {here:g} where it is missing and {there:g} elsewhere.'
        return ""
    if is_number(column):
        return ""
    texts = pd.Series(cell_texts(column), dtype=object)
    counts = texts.value_counts()
    shares = pd.Series(gone).groupby(texts.to_numpy()).mean()[counts[counts >= FEWEST].index]
    if len(shares) < 2:
        return ""
    most = shares.idxmax()
    rest = gone[(texts != most).to_numpy()].mean()
    return (
        f'It is missing in {shares[most]:.0%} of the rows whose "{column.name}" is {most}, in {rest:.0%} of the others.'
    )
