"""Decisions to judge: those of a column that somebody brings, or of a baseline model that never saw the rows nor who a
person is.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.evaluation.folds import stratified
from dataops_core.fairness.group_definitions import Outcome
from dataops_core.models import PARTS, TRAIN, Features, estimator, features, one_thread, plain, probabilities, training
from dataops_core.record import Record, absent, key
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._groups import positions
from dataops_core.table import Table
from dataops_core.table.kinds import type_of

FOLDS = 5
LEAST = 2  # rows of each outcome that a model can learn from


@dataclass(frozen=True, kw_only=True)
class BroughtDecisions(Record):
    """How the decisions of a column came about."""

    source: Literal["column"] = key("from")
    column: str
    threshold: float | None = absent()  # of probabilities, from which a decision is the good one
    left_out: int  # rows without a decision


@dataclass(frozen=True, kw_only=True)
class LearnedDecisions(Record):
    """How the decisions of a baseline model came about."""

    source: Literal["model"] = key("from")
    model: str  # linear or trees
    features: list[str]
    left_out_features: dict[str, str]  # columns that it cannot use, with the reason
    learned_from: int  # rows
    seed: int
    judged: str  # which rows were
    threshold: float  # the probability from which a decision is the good one


@dataclass(frozen=True)
class Decisions:
    """Who is decided in favour of: places of the judged rows (rows,), decisions, probabilities if there are any, and
    how they came about.
    """

    rows: np.ndarray
    chosen: np.ndarray
    chances: np.ndarray | None
    how: BroughtDecisions | LearnedDecisions


def brought(frame: pd.DataFrame, column: str, favorable: str, classes: Sequence[str]) -> Decisions:
    """The decisions that a column holds: the target's own values, or probabilities of the favorable one, decided at one
    half.

    Raises SettingError for values that are neither. Rows without a decision are left out.
    """
    texts = cell_texts(frame[column], time=True)
    known = np.array([text is not None for text in texts])
    values = {text for text in texts if text is not None}
    rows = np.flatnonzero(known)
    if values and values <= set(classes):
        chosen = np.array([text == favorable for text in texts])[rows]
        how = BroughtDecisions(source="column", column=column, left_out=int((~known).sum()))
        return Decisions(rows, chosen, None, how)
    if type_of(frame[column]) in ("integer", "decimal"):
        chances = positions(frame[column])[rows]
        if len(rows) and chances.min() >= 0 and chances.max() <= 1:
            how = BroughtDecisions(source="column", column=column, threshold=0.5, left_out=int((~known).sum()))
            return Decisions(rows, chances >= 0.5, chances, how)
    strange = sorted(values - set(classes))[:3]
    raise SettingError(
        f'"{column}" holds no decisions about the target: {", ".join(strange) or "it is empty"}.',
        "prediction",
        f"Bring the target's own values ({', '.join(list(classes)[:5])}), or probabilities from 0 to 1 of"
        f' "{favorable}".',
    )


def usable(
    table: Table, rows: pd.DataFrame, target: str, sensitive: Sequence[str], leave_out: Sequence[str] = ()
) -> Features:
    """The features of a model that does not know who a person is: neither target nor sensitive columns. Raises
    SettingError for none.
    """
    chosen = features(table.columns, rows, leave_out=[target, *sensitive, *leave_out])
    if not chosen.names:
        raise SettingError("No column is left to decide by.", "features", "Bring a table with more columns.")
    return chosen


def learned(
    table: Table,
    frame: pd.DataFrame,
    target: str,
    outcome: Outcome,
    sensitive: Sequence[str],
    *,
    kind: Literal["linear", "trees"] = "linear",
    split: str | None = None,
    leave_out: Sequence[str] = (),
    seed: int = 0,
) -> Decisions:
    """What a baseline model decides, without the sensitive columns, about rows that it did not learn from.

    With a split it learns from the training rows and decides about the test rows (or validation rows, where there are
    no others); without, or where all rows are training rows, five folds take turns. Raises SettingError where there is
    nothing to learn.
    """
    training(frame, split)
    parts = frame[split].to_numpy() if split is not None else np.full(len(frame), TRAIN, dtype=object)
    train = np.flatnonzero(outcome.known & (parts == TRAIN))
    judged = next(
        (rows for part in reversed(PARTS[1:]) if len(rows := np.flatnonzero(outcome.known & (parts == part)))),
        np.array([], dtype="int64"),
    )
    counts = np.bincount(outcome.good[train].astype(int), minlength=2)
    if counts.min() < LEAST:
        raise SettingError(
            (
                "A model cannot learn from this: nobody has the other outcome."
                if not counts.min()
                else "Only one row has one of the outcomes."
            ),
            "model",
            "Bring rows with both outcomes, two of each at least.",
        )
    chosen = usable(table, frame.iloc[train], target, sensitive, [*leave_out, *([split] if split else [])])
    cells = plain(frame, chosen)
    folds = int(min(FOLDS, counts.min()))
    how = LearnedDecisions(
        source="model",
        model=kind,
        features=list(chosen.names),
        left_out_features=chosen.left_out,
        learned_from=len(train),
        seed=seed,
        judged="rows kept apart by the split" if len(judged) else f"{folds} folds that take turns",
        threshold=0.5,
    )
    if len(judged):
        chances = _chances(chosen, kind, seed, cells, outcome.good, train, judged)
        return Decisions(judged, chances >= 0.5, chances, how)
    chances = np.zeros(len(train))
    for learn, judge in stratified(outcome.good[train], folds, seed):
        chances[judge] = _chances(chosen, kind, seed, cells, outcome.good, train[learn], train[judge])
    return Decisions(train, chances >= 0.5, chances, how)


def _chances(
    chosen: Features,
    kind: Literal["linear", "trees"],
    seed: int,
    cells: pd.DataFrame,
    good: np.ndarray,
    learn: np.ndarray,
    judge: np.ndarray,
) -> np.ndarray:
    with warnings.catch_warnings(), one_thread():
        warnings.simplefilter("ignore")  # a column that is empty in one fold, a fit that stops early
        model = estimator(chosen, "classes", kind, seed % 2**32).fit(cells.iloc[learn], good[learn])
        return probabilities(model, cells.iloc[judge], True)
