"""One candidate in one fold: its recipe and a model learn from the training rows, and answer for the judged ones."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.evaluation.candidates import Candidate
from dataops_core.evaluation.kept_folds import array_from_json, array_to_json
from dataops_core.evaluation.problem import Problem
from dataops_core.evaluation.scores import class_scores, number_scores
from dataops_core.models import Features, encoder, estimator, features, one_thread, plain
from dataops_core.recipe.frames import FittedRecipe, columns_after, fit_frame
from dataops_core.recipe.recipe import Recipe
from dataops_core.recipe.replay import Tables, no_tables
from dataops_core.table import Column

DUMMY = "dummy"
KINDS = ("linear", "trees")
Model = Any  # "linear", "trees", "dummy", or an unfitted scikit-learn estimator


@dataclass(frozen=True)
class FoldResult:
    """What became of one fold: scores by measure; per judged row the decided class code or the predicted number, and
    the probability of the watched class (classes only); how many rows and features the model learned from; seconds.
    """

    scores: Mapping[str, float]
    predicted: np.ndarray
    chances: np.ndarray
    learned_from: int
    features: int
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; arrays as compressed base64."""
        return {
            "scores": dict(self.scores),
            "predicted": array_to_json(self.predicted),
            "chances": array_to_json(self.chances),
            "learned_from": self.learned_from,
            "features": self.features,
            "seconds": self.seconds,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> FoldResult:
        """The result that `to_json` made into JSON."""
        return cls(
            dict(value["scores"]),
            array_from_json(value["predicted"]),
            array_from_json(value["chances"]),
            int(value["learned_from"]),
            int(value["features"]),
            float(value["seconds"]),
        )


@dataclass(frozen=True)
class FittedModel:
    """A fitted recipe with the model behind it; `chosen` are the model's features."""

    recipe: FittedRecipe
    chosen: Features
    pipeline: Any

    def inputs(self, frame: pd.DataFrame) -> pd.DataFrame:
        """What the model sees of a frame of raw rows."""
        return plain(self.recipe.apply(frame), self.chosen)

    def chances(self, cells: pd.DataFrame, classes: int) -> np.ndarray:
        """The probabilities (rows, classes) that the model gives to its inputs."""
        out = np.zeros((len(cells), classes))
        out[:, self.pipeline.classes_] = self.pipeline.predict_proba(cells)
        return out


def fit_model(
    candidate: Candidate,
    problem: Problem,
    columns: Sequence[Column],
    frame: pd.DataFrame,
    model: Model,
    tables: Tables = no_tables,
) -> tuple[FittedModel, int]:
    """The candidate's own steps and the model, fitted on these rows; and how many rows the model learned from.

    `columns` are those of the table after the shared steps. Raises the error of a step that cannot be done, and
    SettingError where no target is left. Without any feature the model guesses.
    """
    fitted, after = fit_frame(_own(candidate), frame, tables)
    if problem.target not in after.columns:
        raise SettingError(
            f'The target "{problem.target}" is gone after its steps.', candidate.name, "Keep the column of the target."
        )
    labels = problem.labels(after[problem.target])
    good = ~np.isnan(labels) if problem.task == "number" else labels >= 0
    after, labels = after[good], labels[good]
    if len(after) < 2 or len(np.unique(labels)) < 2:
        raise SettingError(
            f"Its steps leave {len(after):,} rows to learn from, without two different values of the target.",
            candidate.name,
            "Drop fewer rows.",
        )
    apart = {problem.target, *problem.leave_out, *fitted.added, *fitted.context.weights}
    apart |= {fitted.context.split} if fitted.context.split else set()
    chosen = features(columns_after(columns, candidate.own, after), after, sorted(apart & set(after.columns)))
    pipeline, given = _pipeline(chosen, problem, model if chosen.names else DUMMY), {}
    if fitted.context.weighed and model != DUMMY and _takes_weights(pipeline):
        given["model__sample_weight"] = after[fitted.context.weighed].to_numpy(dtype="float64")
    pipeline.fit(plain(after, chosen), labels, **given)
    return FittedModel(fitted, chosen, pipeline), len(after)


def fit_fold(
    candidate: Candidate,
    problem: Problem,
    columns: Sequence[Column],
    learn: np.ndarray,
    judge: np.ndarray,
    model: Model,
    tables: Tables = no_tables,
) -> FoldResult:
    """Fit on the rows at the places `learn`, answer for those at `judge`; raises like `fit_model`."""
    with warnings.catch_warnings(), one_thread():
        warnings.simplefilter("ignore")  # a column that is empty in a fold, a fit that stops early: all meet the same
        begin = time.perf_counter()
        fitted, learned_from = fit_model(candidate, problem, columns, problem.frame.iloc[learn], model, tables)
        judged = problem.frame.iloc[judge]
        return judged_by(fitted, candidate, problem, judged, problem.truth[judge], learned_from, begin)


def judged_by(
    fitted: FittedModel,
    candidate: Candidate,
    problem: Problem,
    judged: pd.DataFrame,
    truth: np.ndarray,
    learned_from: int,
    begin: float,
) -> FoldResult:
    """The scores of a fitted model on other rows; raises SettingError where the recipe changes their target."""
    after = fitted.recipe.apply(judged)
    gone = [name for name in fitted.chosen.names if name not in after.columns]
    if gone:
        raise SettingError(
            f'For rows to judge there is no column "{gone[0]}", which a step that adds rows makes.',
            candidate.name,
            "Steps that make other rows (group, pivot, join) come first, before recipes are compared.",
        )
    _same_target(candidate, problem, after, truth)
    cells = plain(after, fitted.chosen)
    if problem.task == "number":
        predicted = np.asarray(fitted.pipeline.predict(cells), dtype="float64")
        scores, chances = number_scores(predicted, truth), np.zeros(0, dtype="float32")
    else:
        out = fitted.chances(cells, len(problem.classes))
        scores = class_scores(out, truth, problem.rare)
        predicted = out.argmax(axis=1).astype("int16")
        chances = out[:, watched(problem)].astype("float32")
    return FoldResult(scores, predicted, chances, learned_from, len(fitted.chosen.names), time.perf_counter() - begin)


def watched(problem: Problem) -> int:
    """The code of the class whose probability is kept: the favorable one, else the rarest."""
    return problem.classes.index(problem.favorable) if problem.favorable is not None else problem.rare


def _own(candidate: Candidate) -> Recipe:
    return replace(candidate.recipe, steps=candidate.own)


def _pipeline(chosen: Features, problem: Problem, model: Model) -> Any:
    from sklearn.base import clone
    from sklearn.dummy import DummyClassifier, DummyRegressor
    from sklearn.pipeline import Pipeline

    if isinstance(model, str) and model in KINDS:
        return estimator(chosen, problem.task, "trees" if model == "trees" else "linear")
    if isinstance(model, str):
        last: Any = DummyClassifier(strategy="prior") if problem.task == "classes" else DummyRegressor()
    else:
        last = clone(model)
    first = [] if isinstance(model, str) else [("encoder", encoder(chosen))]
    return Pipeline([*first, ("model", last)])


def _takes_weights(pipeline: Any) -> bool:
    from sklearn.utils.validation import has_fit_parameter

    return bool(has_fit_parameter(pipeline.named_steps["model"], "sample_weight"))


def _same_target(candidate: Candidate, problem: Problem, after: pd.DataFrame, truth: np.ndarray) -> None:
    if problem.target not in after.columns:
        raise SettingError(
            f'The target "{problem.target}" is gone after its steps.', candidate.name, "Keep the column of the target."
        )
    changed = problem.labels(after[problem.target]) != truth
    if changed.any():
        raise SettingError(
            f'It changes the target "{problem.target}" in {int(changed.sum()):,} of {len(truth):,} judged rows, so its'
            " answers cannot be compared with the others'.",
            candidate.name,
            "Put the steps that change the target first, in all recipes alike.",
        )
