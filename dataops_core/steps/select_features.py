"""Keep the columns that matter for a target."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, Skip
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._classes import MOST_NUMBERS
from dataops_core.steps._mixed import numbers
from dataops_core.steps.step import Columns, Label, Span, When, step
from dataops_core.table.kinds import type_of

WITH_TARGET = ("mutual_information", "permutation", "l1")


@step(
    "Select features",
    group="Features",
    says="Kept the columns that matter ({how})[ for {target}][, {most} at most], of {columns}",
    also="feature selection, variance, correlation, mutual information, importance, lasso",
)
def select_features(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns(), Label("Choose among", "Other columns stay whatever they hold")],
    how: Annotated[
        Literal["variance", "correlation", "mutual_information", "permutation", "l1"],
        Label(
            "By",
            "variance: drop columns that hardly vary; correlation: of columns that say the same keep one; the others:"
            " keep those that tell most about the target",
        ),
    ] = "mutual_information",
    target: Annotated[
        str | None, Columns(), When("how", *WITH_TARGET), Label("Target", "The column that a model is to predict")
    ] = None,
    most: Annotated[
        int, Span(1, 1000), When("how", *WITH_TARGET), Label("Keep at most", "So many of the columns")
    ] = 10,
    limit: Annotated[
        float,
        Span(0, 1),
        When("how", "correlation"),
        Label("Greatest correlation", "Of columns that are more alike, by rank, the first one stays"),
    ] = 0.95,
    least: Annotated[
        float,
        Span(0, 1),
        When("how", "variance"),
        Label("Least variation", "The share of known cells that must differ from the commonest value"),
    ] = 0.01,
    learned: dict[str, Any] | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Drop columns that tell nothing, or nothing new, as seen in the training rows alone.

    Variance: columns with nearly one value go. Correlation: of columns of numbers whose rank correlation is above the
    limit, the first one stays. Mutual information (Kraskov et
    al. 2004), permutation importance in a forest (Breiman 2001) and the L1 penalty of a linear model rank the columns.
    Selection on all rows makes scores too good (Ambroise & McLachlan 2002): compare recipes, where it learns in folds.

    >>> df = pd.DataFrame({"a": [1, 2, 3, 4], "b": [2, 4, 6, 8], "c": [4, 1, 3, 2]})
    >>> list(select_features(df, columns=["a", "b", "c"], how="correlation"))
    ['a', 'c']
    """
    if learned is None:
        learned = learn_selection(df, columns, how, target, most, limit, least, seed)
    return df.drop(columns=[name for name, about in learned.items() if not about["kept"] and name in df.columns])


@select_features.learn
def learn_selection(
    df: pd.DataFrame,
    columns: list[str],
    how: str = "mutual_information",
    target: str | None = None,
    most: int = 10,
    limit: float = 0.95,
    least: float = 0.01,
    seed: int = 0,
) -> dict[str, Any]:
    """Whether each column is kept, and what it was judged by: {"age": {"kept": True, "score": 0.7}}."""
    among = [name for name in columns if name != target]
    if not among:
        raise SettingError("There are no columns to choose among.", "select_features", "Choose columns.")
    if how == "variance":
        scores = {name: varying(df[name]) for name in among}
        return {name: {"kept": score >= least, "score": score} for name, score in scores.items()}
    if how == "correlation":
        return doubled(df, among, limit)
    if target is None:
        raise SettingError("No target is chosen.", "select_features", "Choose the column that is to be predicted.")
    rows = df[df[target].notna()]
    if rows[target].nunique() < 2:
        raise Skip("The target does not vary.")
    found = target_scores(rows, among, target, how, seed % 2**31)
    ranked = sorted(among, key=lambda name: (-found[name], among.index(name)))
    return {name: {"kept": name in ranked[:most], "score": found[name]} for name in among}


def varying(column: pd.Series) -> float:
    """The share of known cells that differ from the commonest value."""
    counts = Counter(text for text in cell_texts(column, time=True) if text is not None)
    return 1 - max(counts.values()) / sum(counts.values()) if counts else 0.0


def as_numbers(column: pd.Series) -> np.ndarray:
    """A column as numbers without gaps: numbers with the median, categories as codes in alphabetical order."""
    if type_of(column) in ("integer", "decimal", "datetime"):
        values = np.clip(numbers(column), -1e15, 1e15)
        known = values[~np.isnan(values)]
        return np.where(np.isnan(values), np.median(known) if len(known) else 0.0, values)
    texts = cell_texts(column, time=True)
    order = {text: place for place, text in enumerate(sorted({text for text in texts if text is not None}))}
    return np.array([-1 if text is None else order[text] for text in texts], dtype="float64")


def doubled(df: pd.DataFrame, among: list[str], limit: float) -> dict[str, Any]:
    """Columns of numbers that say the same as an earlier one, by rank correlation."""
    some = [name for name in among if type_of(df[name]) in ("integer", "decimal", "datetime")]
    cells = pd.DataFrame({name: numbers(df[name]) for name in some})
    ranks = cells.corr(method="spearman").abs().to_numpy(dtype="float64")
    drop: list[str] = []
    made = {name: {"kept": True, "score": 0.0} for name in among}
    for at, name in enumerate(some):
        apart = [float(ranks[at, place]) for place, other in enumerate(some[:at]) if other not in drop]
        nearest = max((value for value in apart if np.isfinite(value)), default=0.0)
        made[name] = {"kept": nearest <= limit, "score": nearest}
        drop += [name] if nearest > limit else []
    return made


def target_scores(rows: pd.DataFrame, among: list[str], target: str, how: str, seed: int) -> dict[str, float]:
    """How much each column tells about the target."""
    number = type_of(rows[target]) in ("integer", "decimal") and rows[target].nunique() > MOST_NUMBERS
    answer = as_numbers(rows[target]) if number else np.unique(as_numbers(rows[target]), return_inverse=True)[1]
    cells = np.column_stack([as_numbers(rows[name]) for name in among])
    if how == "mutual_information":
        from sklearn.feature_selection import mutual_info_classif, mutual_info_regression

        steps = np.array([type_of(rows[name]) not in ("decimal", "datetime") for name in among])
        measure = mutual_info_regression if number else mutual_info_classif
        found = measure(cells, answer, discrete_features=steps, random_state=seed, n_neighbors=min(3, len(rows) - 1))
    elif how == "permutation":
        found = permuted(cells, answer, number, seed)
    else:
        found = penalized(cells, answer, number, seed)
    return {name: round(float(value), 9) for name, value in zip(among, found, strict=True)}


def permuted(cells: np.ndarray, answer: np.ndarray, number: bool, seed: int) -> np.ndarray:
    """By how much a forest's score on rows that it did not learn from falls when a column is shuffled."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
    from sklearn.inspection import permutation_importance

    half = np.random.default_rng(seed).permutation(len(cells))
    learn, judge = half[: (len(half) + 1) // 2], half[(len(half) + 1) // 2 :]
    forest = (RandomForestRegressor if number else RandomForestClassifier)(50, random_state=seed, min_samples_leaf=2)
    forest.fit(cells[learn], answer[learn])
    return np.asarray(
        permutation_importance(forest, cells[judge], answer[judge], n_repeats=5, random_state=seed).importances_mean
    )


def penalized(cells: np.ndarray, answer: np.ndarray, number: bool, seed: int) -> np.ndarray:
    """The size of each column's weight in a linear model with an L1 penalty, columns standardized."""
    from sklearn.linear_model import Lasso, LogisticRegression

    spread = cells.std(axis=0)
    scaled = (cells - cells.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    if number:
        size = answer.std() or 1.0
        return np.abs(Lasso(alpha=0.01, random_state=seed).fit(scaled, (answer - answer.mean()) / size).coef_)
    model = LogisticRegression(l1_ratio=1.0, C=0.1, solver="saga", max_iter=500, random_state=seed)
    return np.abs(model.fit(scaled, answer).coef_).max(axis=0)
