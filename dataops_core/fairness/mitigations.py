"""Ways to act on bias: in the data, while a model learns, and in its decisions; each answers decisions about rows that
it never saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.evaluation.folds import stratified
from dataops_core.fairness.mitigation_results import Method
from dataops_core.models import Features, estimator, plain
from dataops_core.record import Record
from dataops_core.steps import get
from dataops_core.steps.step import Params, StepJson
from dataops_core.table.kinds import type_of

WEIGHT = "lab weight"
ROUNDS = 30  # of exponentiated gradient
FOLDS = 5  # whose rows are scored by a model that learned from the others
GRID = 10  # models for each dimension of a grid
MOST_DIMENSIONS = 4  # as Fairlearn recommends
Constraint = Literal["demographic_parity", "equalized_odds"]

METHODS: dict[str, Method] = {
    "baseline": Method(
        title="Nothing",
        where="nowhere",
        changes="nothing",
        needs="nothing",
        at_prediction=False,
    ),
    "reweigh": Method(
        title="Reweighing",
        where="data",
        changes="how much each row counts while a model learns (Kamiran & Calders 2012)",
        needs="the group when learning",
        at_prediction=False,
    ),
    "over_sampling": Method(
        title="Over-sampling within groups",
        where="data",
        changes="repeats rows until each group has the good outcome as often as all the others together",
        needs="the group when learning",
        at_prediction=False,
    ),
    "under_sampling": Method(
        title="Under-sampling within groups",
        where="data",
        changes="drops rows until each group has the good outcome as often as all the others together",
        needs="the group when learning",
        at_prediction=False,
    ),
    "repair": Method(
        title="Disparate impact repair",
        where="data",
        changes="moves numbers so that they are distributed alike in each group (Feldman et al. 2015)",
        needs="the group when learning and at prediction time",
        at_prediction=True,
    ),
    "remove_correlation": Method(
        title="Correlation removal",
        where="data",
        changes="takes out of numbers what straight lines tell of the group (Fairlearn's CorrelationRemover)",
        needs="the group when learning and at prediction time",
        at_prediction=True,
    ),
    "exponentiated_gradient": Method(
        title="Exponentiated gradient",
        where="model",
        changes=(
            "learns several models and draws one for each decision, so that the constraint holds (Agarwal et al. 2018)"
        ),
        needs="the group when learning; decisions are drawn by lot, here by the seed",
        at_prediction=False,
    ),
    "grid_search": Method(
        title="Grid search",
        where="model",
        changes="learns several models under different weights and keeps one (Agarwal et al. 2018)",
        needs="the group when learning",
        at_prediction=False,
    ),
    "thresholds": Method(
        title="Thresholds by group",
        where="decisions",
        changes=(
            "decides at another threshold in each group (Hardt et al. 2016), set on scores of rows that the model did"
            " not learn from"
        ),
        needs=(
            "the group at prediction time: people are treated differently by who they are, which the law may forbid;"
            " decisions may be drawn by lot, here by the seed"
        ),
        at_prediction=True,
    ),
}
SLOW = ("exponentiated_gradient", "grid_search")
FITTED = (*SLOW, "thresholds")  # those that are a fitted model, and no step


@dataclass(frozen=True)
class Setup:
    """What all methods share: rows with text groups in place of sensitive columns, features, who learns and who is
    judged.
    """

    frame: pd.DataFrame
    target: str
    favorable: str
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
    """The decisions (judged rows,) of one method; `baseline` is the fitted model without any. Raises SettingError where
    it cannot be done.
    """
    if method in FITTED:
        rows = setup.frame.iloc[setup.judge]
        return drawn(
            decider(method, setup, baseline).chances(plain(rows, setup.chosen), setup.groups[setup.judge]), setup.seed
        )
    frame, learn, good, weights = setup.frame, setup.train, setup.good, None
    if method == "reweigh":
        step, given = (
            get("reweigh"),
            {
                "target": setup.target,
                "by": list(setup.sensitive),
                "favorable": setup.favorable,
                "into": WEIGHT,
            },
        )
        weights = step(frame.iloc[learn], **given)[WEIGHT].to_numpy()
    elif method in ("over_sampling", "under_sampling"):
        frame, learn = _sampled(method, setup)
        good = frame[setup.target].to_numpy(dtype=bool)
    elif method in ("repair", "remove_correlation"):
        frame = _changed(method, setup)
    model = fitted(setup, frame.iloc[learn], good[learn], weights)
    judged = setup.frame if method in ("over_sampling", "under_sampling") else frame
    return np.asarray(model.predict(plain(judged.iloc[setup.judge], setup.chosen)), dtype=bool)


def fitted(setup: Setup, rows: pd.DataFrame, good: np.ndarray, weights: np.ndarray | None = None) -> Any:
    """The baseline's kind of model, learned from rows."""
    given = {} if weights is None else {"model__sample_weight": weights}
    return estimator(setup.chosen, "classes", setup.kind, setup.seed % 2**32).fit(
        plain(rows, setup.chosen), good, **given
    )


def _sampled(method: str, setup: Setup) -> tuple[pd.DataFrame, np.ndarray]:
    """Training rows with each group's outcomes balanced, by the step that does it: the good outcome against
    all others.
    """
    rows = setup.frame.iloc[setup.train].copy(deep=False)
    rows[setup.target] = pd.Series(setup.good[setup.train], index=rows.index, dtype="boolean")
    how = {
        "method": "over_random" if method == "over_sampling" else "under_random",
        "by": list(setup.sensitive),
        "into": WEIGHT,
    }
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


@dataclass(frozen=True, kw_only=True)
class ThresholdPart(Record):
    """One way in which a group's scores are cut, and the share of people that it is used for."""

    share: float
    when: Literal["above", "below", "always", "never"]
    threshold: float | None  # null for always and never


@dataclass(frozen=True, kw_only=True)
class ThresholdRule(Record):
    """How the scores of one group become decisions."""

    parts: list[ThresholdPart]
    fixed_share: float  # of people who are decided about by the fixed chance instead
    fixed: float  # the chance of the good decision


@dataclass(frozen=True)
class Decider:
    """A fitted way to decide: models with the chance that each is asked, and what is done with scores, by group."""

    members: list[tuple[float, Any]]  # pipelines over `plain` features
    rules: dict[str, ThresholdRule] | None = None

    def chances(self, cells: pd.DataFrame, groups: np.ndarray) -> np.ndarray:
        """How likely each row gets the good decision (rows,): 0 or 1 where nothing is drawn by lot.

        A group without a rule is decided at one half, as without rules.
        """
        if self.rules is None:
            return sum(
                (weight * np.asarray(model.predict(cells), dtype="float64") for weight, model in self.members),
                np.zeros(len(cells)),
            )
        scores = self.members[0][1].predict_proba(cells)[:, 1]
        out = (scores >= 0.5).astype("float64")
        for name, rule in self.rules.items():
            here = np.asarray(groups).astype(str) == name
            mixed = sum((part.share * _passes(scores[here], part) for part in rule.parts), np.zeros(int(here.sum())))
            out[here] = rule.fixed_share * rule.fixed + (1 - rule.fixed_share) * mixed
        return out


def drawn(chances: np.ndarray, seed: int) -> np.ndarray:
    """Decisions by lot, the same for the same seed; certain ones are not drawn."""
    return (chances > 1 - 1e-12) | ((chances > 1e-12) & (np.random.default_rng(seed).random(len(chances)) < chances))


def _passes(scores: np.ndarray, part: ThresholdPart) -> np.ndarray:
    if part.threshold is None:
        return np.full(len(scores), float(part.when == "always"))
    return (scores > part.threshold if part.when == "above" else scores < part.threshold).astype("float64")


def decider(method: str, setup: Setup, baseline: Any) -> Decider:
    """A model that was learned under a rule, or the baseline with thresholds by group. Raises ValueError of Fairlearn
    where it cannot be.
    """
    return _thresholds(setup, baseline) if method == "thresholds" else _reduced(method, setup)


def _reduced(method: str, setup: Setup) -> Decider:
    from fairlearn.reductions import DemographicParity, EqualizedOdds, ExponentiatedGradient, GridSearch
    from sklearn.pipeline import Pipeline

    whole = estimator(setup.chosen, "classes", setup.kind, setup.seed % 2**32)
    encoder, learn = whole["encoder"], setup.some
    matrix = encoder.fit_transform(plain(setup.frame, setup.chosen).iloc[learn])
    rule = DemographicParity() if setup.constraint == "demographic_parity" else EqualizedOdds()
    groups = setup.groups[learn].astype(str)
    dimensions = (len(set(groups)) - 1) * (1 if setup.constraint == "demographic_parity" else 2)
    if method == "grid_search":
        if dimensions > MOST_DIMENSIONS:
            raise SettingError(
                f"{len(set(groups))} groups make a grid too large to search.",
                method,
                "Choose exponentiated gradient, which needs none.",
            )
        found = GridSearch(whole["model"], rule, grid_size=GRID * max(1, dimensions))
    else:
        found = ExponentiatedGradient(whole["model"], rule, max_iter=ROUNDS)
    found.fit(matrix, setup.good[learn].astype(int), sensitive_features=groups)
    chosen = (
        [(1.0, found.predictors_[found.best_idx_])]
        if method == "grid_search"
        else [(float(found.weights_[at]), found.predictors_[at]) for at in found.weights_.index]
    )
    return Decider(
        [(weight, Pipeline([("encoder", encoder), ("model", model)])) for weight, model in chosen if weight > 0]
    )


def _thresholds(setup: Setup, baseline: Any) -> Decider:
    from fairlearn.postprocessing import ThresholdOptimizer
    from sklearn.base import BaseEstimator, ClassifierMixin

    class Known(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
        """A model whose probabilities are known already: the column of scores that it is given."""

        def fit(self, *_: Any) -> Known:
            self.classes_ = np.array([0, 1])
            return self

        def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
            scores = np.asarray(rows, dtype="float64")[:, 0]
            return np.column_stack([1 - scores, scores])

    groups = setup.groups[setup.train].astype(str)
    found = ThresholdOptimizer(estimator=Known(), constraints=setup.constraint, predict_method="predict_proba")
    found.fit(
        pd.DataFrame({"score": out_of_fold(setup)}), setup.good[setup.train].astype(int), sensitive_features=groups
    )
    rules = {}
    for name, mix in found.interpolated_thresholder_.interpolation_dict.items():
        parts = [
            _part(float(share), operation)
            for share, operation in ((mix["p0"], mix["operation0"]), (mix["p1"], mix["operation1"]))
            if share > 0
        ]
        rules[str(name)] = ThresholdRule(
            parts=parts,
            fixed_share=float(mix.get("p_ignore", 0.0)),
            fixed=float(mix.get("prediction_constant", 0.0)),
        )
    return Decider([(1.0, baseline)], rules)


def out_of_fold(setup: Setup) -> np.ndarray:
    """The baseline's probabilities of the good outcome for the training rows, each from a model that did not learn from
    the row.

    A model is surer of rows it learned from than of others, unequally so in each group: thresholds that fit its scores
    there close the gap there and not elsewhere.
    """
    rows, good = setup.frame.iloc[setup.train], setup.good[setup.train]
    folds = min(FOLDS, int(np.bincount(good.astype(int), minlength=2).min()))
    if folds < 2:
        raise SettingError(
            "One outcome has a single row to learn from, so no score can be had for it.",
            "thresholds",
            "Bring more rows.",
        )
    _, groups = np.unique(setup.groups[setup.train].astype(str), return_inverse=True)
    strata = 2 * groups + good
    # too few rows for each fold: by outcome alone
    strata = np.where(np.bincount(strata)[strata] < folds, good - 2, strata)
    strata = strata if np.unique(strata, return_counts=True)[1].min() >= folds else good.astype(int)
    scores = np.empty(len(rows))
    for learn, judge in stratified(strata, folds, setup.seed):
        model = fitted(setup, rows.iloc[learn], good[learn])
        scores[judge] = model.predict_proba(plain(rows.iloc[judge], setup.chosen))[:, 1]
    return scores


def _part(share: float, operation: Any) -> ThresholdPart:
    """A threshold as plain values; one at infinity decides always or never."""
    threshold, above = float(operation.threshold), operation.operator == ">"
    if np.isinf(threshold):
        return ThresholdPart(share=share, when="always" if (threshold < 0) == above else "never", threshold=None)
    return ThresholdPart(share=share, when="above" if above else "below", threshold=threshold)


def step_of(method: str, setup: Setup, cuts: dict[str, list[float]]) -> StepJson | None:
    """The recipe step of a method, where it is one."""
    by: Params = {"by": list(setup.sensitive)}
    ends = {"cuts": {name: ", ".join(f"{end:g}" for end in each) for name, each in cuts.items()}} if cuts else {}
    if method == "reweigh":
        return {"op": "reweigh", "with": {"target": setup.target, **by, "favorable": setup.favorable, **ends}}
    if method in ("over_sampling", "under_sampling") and not cuts:
        return {
            "op": "resample_rows",
            "with": {
                "target": setup.target,
                "method": "over_random" if method == "over_sampling" else "under_random",
                **by,
            },
        }
    columns = [name for name in setup.chosen.numbers if type_of(setup.frame[name]) in ("integer", "decimal")]
    if method == "repair":
        return {"op": "repair_disparate_impact", "with": {"columns": columns, **by, "level": 1.0, **ends}}
    if method == "remove_correlation" and not cuts:
        return {"op": "remove_correlation", "with": {"columns": columns, **by, "alpha": 1.0}}
    return None
