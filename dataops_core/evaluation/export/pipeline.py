"""The chosen recipe and its model as one fitted scikit-learn pipeline: raw rows in, predictions out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

from dataops_core.errors import IntegrityError, SettingError
from dataops_core.evaluation.fold_fit import FittedModel
from dataops_core.evaluation.problem import Problem
from dataops_core.models import Features, plain
from dataops_core.models.serialization import TRUSTED
from dataops_core.models.skops_io import skops_io
from dataops_core.recipe.frames import FittedRecipe
from dataops_core.scratch import replaced
from dataops_core.table import tidy

OWN = "dataops_core.evaluation.export.pipeline.RecipeTransformer"


class RecipeTransformer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """The first part of a pipeline: a recipe that has learned, applied to a frame of raw rows; what comes out are the
    features of the model. Every row that comes in comes out, for a model must answer for it.
    """

    def __init__(self, recipe: str = "{}", numbers: Sequence[str] = (), categories: Sequence[str] = ()) -> None:
        self.recipe = recipe
        self.numbers = numbers
        self.categories = categories

    def fit(self, X: pd.DataFrame, y: Any = None) -> RecipeTransformer:  # noqa: N803 - scikit-learn's own names
        """Nothing is learned here: the recipe has learned already."""
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:  # noqa: N803
        """The features of raw rows (rows, features)."""
        fitted = FittedRecipe.from_json(json.loads(self.recipe))
        return plain(fitted.apply(tidy(X)), Features(tuple(self.numbers), tuple(self.categories), {}))

    def __sklearn_is_fitted__(self) -> bool:
        return True


def pipeline_of(fitted: FittedModel, problem: Problem) -> Any:
    """One scikit-learn pipeline of a fitted recipe and its model; `predict` gives codes of the classes of the problem
    (their names are in the attribute `labels_`) or numbers.
    """
    from sklearn.pipeline import Pipeline

    recipe = json.dumps(fitted.recipe.to_json(), allow_nan=False)
    first = RecipeTransformer(recipe, list(fitted.chosen.numbers), list(fitted.chosen.categories))
    made = Pipeline([("recipe", first), *fitted.pipeline.steps])
    made.labels_ = list(problem.classes)
    return made


def save_pipeline(pipeline: Any, path: Path) -> None:
    """Write a pipeline as a skops file (never pickle), and check that it is read back."""
    with replaced(path) as part:
        skops_io().dump(pipeline, part)
    load_pipeline(path)


def load_pipeline(path: Path) -> Any:
    """The pipeline of a skops file; raises IntegrityError where it holds a type that is not known to be harmless."""
    skops = skops_io()
    try:
        strange = sorted(set(skops.get_untrusted_types(file=path)) - TRUSTED - {OWN})
    except Exception as error:
        raise IntegrityError("The pipeline cannot be opened.", str(path), "Export it again.") from error
    if strange:
        raise IntegrityError(
            f"The pipeline holds types that are not trusted: {', '.join(strange)}.", str(path), "Export it again."
        )
    return skops.load(path, trusted=[*sorted(TRUSTED), OWN])


def check_pipeline(pipeline: Any, fitted: FittedModel, frame: pd.DataFrame) -> None:
    """Raise SettingError where the pipeline does not give the fitted model's own answer for every row."""
    own, other = fitted.pipeline.predict(fitted.inputs(frame)), pipeline.predict(frame)
    if not np.array_equal(own, other):
        raise SettingError(
            f"The pipeline gives other answers in {int((own != other).sum()):,} of {len(frame):,} rows.",
            "pipeline",
            "Report it.",
        )
