"""Fill by predicting each column from the others."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import Skip
from dataops_core.steps._chained import describe, predict, read_state, started, turns
from dataops_core.steps._mixed import cells_of, is_number, put, same_kinds, usable
from dataops_core.steps.step import Columns, Label, Span, When, step
from dataops_core.table.kinds import type_of

KEPT = 100_000  # coefficients; of longer chains only the last round is kept
MIXED_TURNS = 2  # rounds where there are categories: more of them change little
WIDE, WIDE_TURNS = 60, 3  # columns beyond which the rounds are cut


@step(
    "Fill by prediction",
    group="Missing values",
    says="Filled missing values in {columns} by predicting them ({model})[ from {using}]",
    also="impute, model, MICE",
)
def fill_iterative(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns(), Label("Columns", "Columns whose missing cells shall be filled")],
    model: Annotated[
        Literal["bayesian_ridge", "trees"],
        Label(
            "Model",
            "bayesian_ridge: straight lines, fast and steady; trees: gradient-boosted trees, which find bends and"
            " combinations",
        ),
    ] = "bayesian_ridge",
    using: Annotated[
        list[str], Columns(), Label("Predict from", "Columns to predict from; none chosen: all that can be used")
    ] = [],  # noqa: B006
    rounds: Annotated[
        int,
        Span(1, 50),
        When("model", "bayesian_ridge"),
        Label(
            "Rounds", "How often all columns are gone through at most; on mixed tables 2 times, for more change little"
        ),
    ] = 10,
    seed: int = 0,
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Fill missing cells with what a model predicts from the other columns, each column in its turn.

    Chained equations (van Buuren and Groothuis-Oudshoorn, mice, Journal of Statistical Software, 2011). Straight lines:
    on tables of numbers scikit-learn's IterativeImputer with BayesianRidge, within natural bounds (counts are not
    negative); on mixed tables numbers are standardised, categories are predicted by logistic regression. Trees:
    histogram gradient boosting, the heir of missForest (Stekhoven and Bühlmann, Bioinformatics, 2012), on 20,000 rows
    at most; trees bear gaps in what they predict from, so they are asked once, with the gaps as they are. Whole numbers
    are rounded, dates stay dates, and categories keep to the 40 most frequent values seen in training. Text with more
    than 100 values is not predicted from unless chosen. One prediction per cell makes relations look firmer than they
    are: for intervals and tests use fill_several_times. Leave the outcome that a model shall predict later out of
    `using`.

    >>> df = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0, 5.0], "b": [2.0, 4.0, 6.0, None, 10.0]})
    >>> fill_iterative(df, columns=["b"])["b"].round(3).tolist()
    [2.0, 4.0, 6.0, 8.0, 10.0]
    """
    if learned is None:
        learned = learn_chain(df, columns, model, using, rounds, seed)
    known = learned["columns"]
    same_kinds(df, known, "fill_iterative")
    out = df.copy(deep=False)
    gaps = {name: df[name].isna().to_numpy(dtype=bool) for name in columns if name in known and df[name].isna().any()}
    if not gaps:
        return out
    some = np.flatnonzero(np.any(list(gaps.values()), axis=0))
    state = apply_chain(learned, df.iloc[some])
    for name, gone in gaps.items():
        about = known[name]
        cells = state[name][gone[some]]
        plain = cells * about["scale"] + about["center"] if about["is"] == "number" else cells
        out[name] = put(df[name], gone, cells_of(plain, about, type_of(df[name])))
    return out


@fill_iterative.learn
def learn_chain(
    df: pd.DataFrame,
    columns: list[str],
    model: str = "bayesian_ridge",
    using: list[str] | None = None,
    rounds: int = 10,
    seed: int = 0,
) -> dict[str, Any]:
    """The models in the order in which they are asked: {"columns", "model", "rounds": [[model, …], …], "repeat"}; no
    model is pickled.
    """
    chosen = list(using or usable(df))
    names = list(dict.fromkeys([*chosen, *columns]))
    numeric = model != "trees" and all(is_number(df[name]) for name in names)
    told = describe(df, [name for name in df.columns if name in names], standardise=not numeric)
    filled = [name for name in told if name in columns]
    if columns and not filled:
        raise Skip("The columns hold no value at all, so there is nothing to predict them from.")
    most = (
        1
        if model == "trees"
        else min(rounds, MIXED_TURNS if not numeric else WIDE_TURNS if len(told) > WIDE else rounds)
    )
    made = turns(model, read_state(df, told), filled, chosen, told, most, seed)
    if model == "bayesian_ridge" and numeric and len(made) * len(filled) * len(told) <= KEPT:
        return {"columns": told, "model": model, "rounds": made, "repeat": 1}
    return {"columns": told, "model": model, "rounds": made[-1:], "repeat": len(made)}


def apply_chain(learned: dict[str, Any], df: pd.DataFrame) -> dict[str, np.ndarray]:
    """Some rows, with the gaps filled by the learned models, as scaled numbers and codes."""
    columns = learned["columns"]
    state = read_state(df, columns)
    gaps = {name: np.flatnonzero(df[name].isna().to_numpy(dtype=bool)) for name in columns}
    state = started(state, columns, learned["model"] == "trees")
    trees = learned["model"] == "trees"
    found = {name: cells.copy() for name, cells in state.items()} if trees else state
    for models in learned["rounds"] * learned["repeat"]:
        for model in models:
            name = model["target"]
            if len(gaps[name]):
                found[name] = found[name].copy()
                found[name][gaps[name]] = predict(model, state, gaps[name], columns)
    return found
