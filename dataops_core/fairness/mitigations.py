"""Ways to act on bias: in the data, while a model learns, and in its decisions; each answers decisions about rows that it never saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.models import Features, estimator, plain
from dataops_core.steps import get
from dataops_core.table.kinds import type_of

WEIGHT = "lab weight"
ROUNDS = 30  # of exponentiated gradient
GRID = 10
Constraint = Literal["demographic_parity", "equalized_odds"]

METHODS: dict[str, dict[str, Any]] = {
    "baseline": {"title": "Nothing", "where": "nowhere", "changes": "nothing", "needs": "nothing", "at_prediction": False},
    "reweigh": {
        "title": "Reweighing", "where": "data", "changes": "how much each row counts while a model learns (Kamiran & Calders 2012)",
        "needs": "the group when learning", "at_prediction": False,
    },
    "over_sampling": {
        "title": "Over-sampling within groups", "where": "data", "changes": "repeats rows until each group has its outcomes as often as another",
        "needs": "the group when learning", "at_prediction": False,
    },
    "under_sampling": {
        "title": "Under-sampling within groups", "where": "data", "changes": "drops rows until each group has its outcomes as often as another",
        "needs": "the group when learning", "at_prediction": False,
    },
    "repair": {
        "title": "Disparate impact repair", "where": "data", "changes": "moves numbers so that they are distributed alike in each group (Feldman et al. 2015)",
        "needs": "the group when learning and at prediction time", "at_prediction": True,
    },
    "remove_correlation": {
        "title": "Correlation removal", "where": "data", "changes": "takes out of numbers what straight lines tell of the group (Fairlearn's CorrelationRemover)",
        "needs": "the group when learning and at prediction time", "at_prediction": True,
    },
    "exponentiated_gradient": {
        "title": "Exponentiated gradient", "where": "model", "changes": "learns several models and draws one for each decision, so that the constraint holds (Agarwal et al. 2018)",
        "needs": "the group when learning; decisions are drawn by lot, here by the seed", "at_prediction": False,
    },
    "grid_search": {
        "title": "Grid search", "where": "model", "changes": "learns several models under different weights and keeps one (Agarwal et al. 2018)",
        "needs": "the group when learning", "at_prediction": False,
    },
    "thresholds": {
        "title": "Thresholds by group", "where": "decisions", "changes": "decides at another threshold in each group (Hardt et al. 2016)",
        "needs": "the group at prediction time: people are treated differently by who they are, which the law may forbid; decisions may be drawn by lot, here by the seed",
        "at_prediction": True,
    },
}
SLOW = ("exponentiated_gradient", "grid_search")


@dataclass(frozen=True)
class Setup:
    """What all methods share: rows with text groups in place of sensitive columns, features, who learns and who is judged."""

    frame: pd.DataFrame
    target: str
    favourable: str
    sensitive: tuple[str, ...]
    chosen: Features
    good: np.ndarray
    groups: np.ndarray  # names, a row each
    train: np.ndarray
    judge: np.ndarray
    some: np.ndarray  # of the training rows, those of the slow methods
    kind: Literal["linear", "trees"]
    constraint: Constraint
    seed: int


def decided(method: str, setup: Setup, baseline: Any) -> np.ndarray:
    """The decisions (judged rows,) of one method; `baseline` is the fitted model without any. Raises SettingError where it cannot be done."""
    if method in ("exponentiated_gradient", "grid_search"):
        return _reduced(method, setup)
    if method == "thresholds":
        return _by_threshold(setup, baseline)
    frame, learn, weights = setup.frame, setup.train, None
    if method == "reweigh":
        step, given = get("reweigh"), {"target": setup.target, "by": list(setup.sensitive), "favourable": setup.favourable, "into": WEIGHT}
        weights = step(frame.iloc[learn], **given)[WEIGHT].to_numpy()
    elif method in ("over_sampling", "under_sampling"):
        frame, learn = _sampled(method, setup)
    elif method in ("repair", "remove_correlation"):
        frame = _changed(method, setup)
    good = setup.good if len(frame) == len(setup.frame) else (frame[setup.target] == True).to_numpy()  # noqa: E712
    model = fitted(setup, frame.iloc[learn], good[learn], weights)
    judged = setup.frame if method in ("over_sampling", "under_sampling") else frame
    return np.asarray(model.predict(plain(judged.iloc[setup.judge], setup.chosen)), dtype=bool)


def fitted(setup: Setup, rows: pd.DataFrame, good: np.ndarray, weights: np.ndarray | None = None) -> Any:
    """The baseline's kind of model, learned from rows."""
    given = {} if weights is None else {"model__sample_weight": weights}
    return estimator(setup.chosen, "classes", setup.kind, setup.seed % 2**32).fit(plain(rows, setup.chosen), good, **given)


def _sampled(method: str, setup: Setup) -> tuple[pd.DataFrame, np.ndarray]:
    """Training rows with each group's outcomes balanced, by the step that does it: the good outcome against all others."""
    rows = setup.frame.iloc[setup.train].copy(deep=False)
    rows[setup.target] = pd.Series(setup.good[setup.train], index=rows.index, dtype="boolean")
    how = {"method": "over_random" if method == "over_sampling" else "under_random", "by": list(setup.sensitive), "into": WEIGHT}
    out = get("resample_rows")(rows.reset_index(drop=True), target=setup.target, seed=setup.seed, **how)
    return out, np.arange(len(out))


def _changed(method: str, setup: Setup) -> pd.DataFrame:
    """All rows with their numbers changed by what was learned from the training rows."""
    step = get("repair_disparate_impact" if method == "repair" else "remove_correlation")
    columns = [name for name in setup.chosen.numbers if type_of(setup.frame[name]) in ("integer", "decimal")]
    if not columns or step.learner is None:
        raise SettingError("There is no column of numbers to change.", method, "Choose another way.")
    learned = step.learner(setup.frame.iloc[setup.train], columns=columns, by=list(setup.sensitive))
    return step(setup.frame, columns=columns, by=list(setup.sensitive), learned=learned)


def _reduced(method: str, setup: Setup) -> np.ndarray:
    from fairlearn.reductions import DemographicParity, EqualizedOdds, ExponentiatedGradient, GridSearch

    whole = estimator(setup.chosen, "classes", setup.kind, setup.seed % 2**32)
    encoder, model = whole["encoder"], whole["model"]
    learn, rows = setup.some, plain(setup.frame, setup.chosen)
    matrix = encoder.fit_transform(rows.iloc[learn])
    rule = DemographicParity() if setup.constraint == "demographic_parity" else EqualizedOdds()
    if method == "grid_search":
        found = GridSearch(model, rule, grid_size=GRID * max(1, len(set(setup.groups[learn])) - 1))
        drawn = {}
    else:
        found = ExponentiatedGradient(model, rule, max_iter=ROUNDS)
        drawn = {"random_state": setup.seed % 2**32}
    found.fit(matrix, setup.good[learn].astype(int), sensitive_features=setup.groups[learn].astype(str))
    return np.asarray(found.predict(encoder.transform(rows.iloc[setup.judge]), **drawn)).astype(bool)


def _by_threshold(setup: Setup, baseline: Any) -> np.ndarray:
    """Thresholds learned from the training rows; rows of groups that were not there are decided as without them."""
    from fairlearn.postprocessing import ThresholdOptimizer

    rows, groups = plain(setup.frame, setup.chosen), setup.groups.astype(str)
    found = ThresholdOptimizer(estimator=baseline, constraints=setup.constraint, predict_method="predict_proba", prefit=True)
    found.fit(rows.iloc[setup.train], setup.good[setup.train].astype(int), sensitive_features=groups[setup.train])
    out = np.asarray(baseline.predict(rows.iloc[setup.judge]), dtype=bool)
    known = np.isin(groups[setup.judge], np.unique(groups[setup.train]))
    places = setup.judge[known]
    out[known] = np.asarray(found.predict(rows.iloc[places], sensitive_features=groups[places], random_state=setup.seed % 2**32)).astype(bool)
    return out


def step_of(method: str, setup: Setup, cuts: dict[str, list[float]]) -> dict[str, Any] | None:
    """The recipe step of a method, where it is one."""
    by: dict[str, Any] = {"by": list(setup.sensitive)}
    ends = {"cuts": {name: ", ".join(f"{end:g}" for end in each) for name, each in cuts.items()}} if cuts else {}
    if method == "reweigh":
        return {"op": "reweigh", "with": {"target": setup.target, **by, "favourable": setup.favourable, **ends}}
    if method in ("over_sampling", "under_sampling") and not cuts:
        return {"op": "resample_rows", "with": {"target": setup.target, "method": "over_random" if method == "over_sampling" else "under_random", **by}}
    columns = [name for name in setup.chosen.numbers if type_of(setup.frame[name]) in ("integer", "decimal")]
    if method == "repair":
        return {"op": "repair_disparate_impact", "with": {"columns": columns, **by, "level": 1.0, **ends}}
    if method == "remove_correlation" and not cuts:
        return {"op": "remove_correlation", "with": {"columns": columns, **by, "alpha": 1.0}}
    return None
