"""Chained equations: each column is predicted from the others, in turns; what fill_iterative and fill_several_times
share.

A model is plain JSON. {"target", "is": "line"} predicts a number: intercept + sum of coefficients; {"is": "classes"}
has one line per category, the highest wins; {"is": "trees"} see _trees; {"is": "value"} gives one value, for want of
anything better.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.models.baseline import one_thread
from dataops_core.steps._donors import matched, pool_of, pooled_donors
from dataops_core.steps._mixed import GONE, about_column, center_and_scale, codes, numbers, scaled, some_rows
from dataops_core.steps._trees import ask_trees, fit_trees

LEVELS = 40  # the most frequent values of a category, which predict and are predicted
CLASS_ROWS = 5_000  # rows that a linear model of a category is fitted on
TREE_ROWS = 20_000  # rows that trees are fitted on
# cells (and share of the known ones) of a value below which trees do not learn to predict it
CLASS_CELLS, CLASS_SHARE = 20, 0.005
TREES_NEED = 40  # known cells below which no tree can split (two leaves of 20)
NEAREST = 60  # of more columns than this, each is predicted from those that go with it most
TOLERANCE = 1e-3  # as in scikit-learn's IterativeImputer
HUGE = 1e60  # numbers beyond it are standardised whatever is asked

State = dict[str, np.ndarray]


def describe(df: pd.DataFrame, names: list[str], standardise: bool) -> dict[str, Any]:
    """Range or values, scale and first guess of each column that holds something."""
    told: dict[str, Any] = {}
    for name in names:
        about = about_column(df[name])
        if about is None:
            continue
        if about["is"] == "number":
            values = numbers(df[name])
            center, scale = center_and_scale(values)
            huge = max(abs(float(np.nanmax(values))), abs(float(np.nanmin(values)))) > HUGE
            about["center"], about["scale"] = (center, scale) if standardise or huge else (0.0, 1.0)
            known = scaled(values, about["center"], about["scale"])
            about["start"] = float(known[~np.isnan(known)].mean())
            about["bounds"] = natural_bounds(values, about)
            about["span"] = [
                None if end is None else float((end - about["center"]) / about["scale"]) for end in about["bounds"]
            ]
        else:
            about["values"], about["start"] = about["values"][:LEVELS], 0
        told[name] = about
    return told


def natural_bounds(values: np.ndarray, about: dict[str, Any]) -> list[float | None]:
    """The ends that a column of numbers cannot leave by its nature: 0 where none is negative and all are whole or some
    are 0, 1 for shares; else none.

    The range that happens to be seen is no bound: cutting predictions there costs accuracy where tails are heavy, and
    bends means.
    """
    known = values[np.isfinite(values)]
    if "unit" in about or known.min() < 0:  # dates have none
        return [None, None]
    whole = isinstance(about["low"], int)
    share = not whole and known.min() == 0 and known.max() == 1
    return [0.0 if whole or known.min() == 0 else None, 1.0 if share else None]


def read_state(df: pd.DataFrame, columns: dict[str, Any]) -> State:
    """The columns as scaled numbers and codes; categories beyond the most frequent count as not known."""
    made: State = {}
    for name, about in columns.items():
        if about["is"] == "number":
            made[name] = scaled(numbers(df[name]), about["center"], about["scale"])
        else:
            found = codes(df[name], about["values"])
            made[name] = np.where(found < 0, GONE, found)
    return made


def unknown(cells: np.ndarray) -> np.ndarray:
    """Which cells of a state are not known."""
    return cells == GONE if cells.dtype.kind == "i" else np.isnan(cells)


def started(state: State, columns: dict[str, Any], trees: bool) -> State:
    """A state whose gaps hold the first guess: the mean, the most frequent value; trees start from the gaps
    themselves.
    """
    if trees:
        return dict(state)
    return {
        name: np.where(unknown(cells), columns[name]["start"], cells).astype(cells.dtype)
        for name, cells in state.items()
    }


def predict(
    model: dict[str, Any],
    state: State,
    rows: np.ndarray,
    columns: dict[str, Any],
    draws: tuple[np.ndarray, np.ndarray] | None = None,
) -> np.ndarray:
    """What a model says for some rows of a state, as scaled numbers within natural bounds, or codes; the same for a row
    whatever stands beside it.

    With `draws` (a normal and a uniform number per row) it is a draw from the model's distribution instead of its best
    guess.
    """
    about = columns[model["target"]]
    if model["is"] == "value":
        return np.full(len(rows), model["value"])
    raw = raw_answers(model, state, rows, columns)
    if about["is"] == "number" and draws is not None and "donors" in model:
        return matched(np.where(np.isfinite(raw[:, 0]), raw[:, 0], about["start"]), model["donors"], draws[1])
    if about["is"] == "number":
        found = raw[:, 0] + (draws[0] * model["spread"] if draws is not None else 0.0)
        low, high = about["span"]
        return np.clip(
            np.where(np.isfinite(found), found, about["start"]),
            -np.inf if low is None else low,
            np.inf if high is None else high,
        )
    places = np.array(model["classes"], dtype="int64")
    if raw.shape[1] == 1:
        raw = np.column_stack([np.zeros(len(raw)), raw[:, 0]])
    raw = np.where(np.isfinite(raw), raw, 0.0)
    if draws is None:
        return places[raw.argmax(axis=1)]
    weight = np.exp(raw - raw.max(axis=1, keepdims=True))
    reached = np.cumsum(weight, axis=1)
    return places[np.minimum((reached <= (draws[1] * reached[:, -1])[:, None]).sum(axis=1), len(places) - 1)]


def raw_answers(model: dict[str, Any], state: State, rows: np.ndarray, columns: dict[str, Any]) -> np.ndarray:
    """The raw answers, rows x (1 or classes)."""
    if model["is"] == "trees":
        levels = {name: len(columns[name]["values"]) for name in model["features"] if columns[name]["is"] == "category"}
        return ask_trees(model, {name: _gaps(state[name][rows]) for name in model["features"]}, levels)
    out = np.tile(np.array(model["intercept"]), (len(rows), 1))
    with np.errstate(all="ignore"):
        for name, coefficients in model["numbers"].items():
            out += state[name][rows][:, None] * np.array(coefficients)
    for name, table in model["categories"].items():
        out += np.array([*table, [0.0] * len(model["intercept"])])[state[name][rows]]  # -1, not known: the last line
    return out


def _gaps(cells: np.ndarray) -> np.ndarray:
    """Cells as float64 with NaN where not known."""
    return np.where(cells == GONE, np.nan, cells) if cells.dtype.kind == "i" else cells


def fit(
    kind: str, name: str, state: State, known: np.ndarray, using: list[str], columns: dict[str, Any], seed: int
) -> dict[str, Any]:
    """Fit one model of a column on the rows in which it is known (places)."""
    about = columns[name]
    category = about["is"] == "category"
    others = [other for other in using if other != name and other in state]
    plain: dict[str, Any] = {"target": name, "is": "value", "value": about["start"]}
    if kind == "trees" and category:
        often = np.bincount(state[name][known], minlength=len(about["values"])) >= max(
            CLASS_CELLS, CLASS_SHARE * len(known)
        )
        known = known[often[state[name][known]]]
    if kind == "trees" or category:
        known = known[some_rows(len(known), TREE_ROWS if kind == "trees" else CLASS_ROWS, seed)]
    target = state[name][known]
    if not others or len(known) < 2 or (len(np.unique(target)) < 2 and (category or kind == "trees")):
        return plain
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            if kind == "trees":
                return (
                    plain if len(known) < TREES_NEED else _fit_trees(name, target, state, known, others, columns, seed)
                )
            return _fit_lines(name, target, state, known, others, columns, shrink=kind != "matching")
    except (ValueError, FloatingPointError, np.linalg.LinAlgError):  # numbers that no model can be fitted to
        return plain


def _fit_trees(
    name: str,
    target: np.ndarray,
    state: State,
    known: np.ndarray,
    others: list[str],
    columns: dict[str, Any],
    seed: int,
) -> dict[str, Any]:
    levels = {other: len(columns[other]["values"]) for other in others if columns[other]["is"] == "category"}
    classes = len(columns[name]["values"]) if columns[name]["is"] == "category" else 0
    return {
        "target": name,
        "is": "trees",
        **fit_trees({other: _gaps(state[other][known]) for other in others}, levels, target, classes, seed),
    }


def _fit_lines(
    name: str,
    target: np.ndarray,
    state: State,
    known: np.ndarray,
    others: list[str],
    columns: dict[str, Any],
    *,
    shrink: bool,
) -> dict[str, Any]:
    """Straight lines; without `shrink` nearly least squares, for of a column that little tells of, shrunk predictions
    differ too little to match by.
    """
    from sklearn.linear_model import BayesianRidge, LogisticRegression, Ridge

    blocks = [_columns_of(state[other][known], columns[other]) for other in others]
    matrix = np.column_stack(blocks)
    category = columns[name]["is"] == "category"
    model = (
        LogisticRegression(max_iter=100, tol=1e-3)
        if category
        else BayesianRidge()
        if shrink
        else Ridge(1e-5 * len(target))
    )
    model.fit(matrix, target)
    coefficients = np.atleast_2d(model.coef_)
    if not np.isfinite(coefficients).all():
        raise ValueError(name)
    told: dict[str, Any] = {
        "target": name,
        "is": "classes" if category else "line",
        "intercept": np.ravel(model.intercept_).tolist(),
        "numbers": {},
        "categories": {},
    }
    start = 0
    for other, block in zip(others, blocks, strict=True):
        part = coefficients[:, start : start + block.shape[1]].T.tolist()
        if columns[other]["is"] == "number":
            told["numbers"][other] = part[0]
        else:
            told["categories"][other] = part
        start += block.shape[1]
    if category:
        return told | {"classes": [int(code) for code in model.classes_]}
    return told | {
        "spread": float(np.sqrt(1.0 / model.alpha_)) if shrink else float(np.std(target - model.predict(matrix)))
    }


def _donors_of(
    name: str, state: State, known: np.ndarray, using: list[str], columns: dict[str, Any]
) -> dict[str, list[float]]:
    """Donors by what a model fitted on all known rows predicts of them; a gap's own prediction comes from the model
    drawn (type 1 matching).
    """
    plain, pool = fit("matching", name, state, known, using, columns, 0), pool_of(known)
    told = (
        raw_answers(plain, state, pool, columns)[:, 0]
        if plain["is"] == "line"
        else np.full(len(pool), float(columns[name]["start"]))
    )
    return pooled_donors(told, state[name][pool])


def _columns_of(cells: np.ndarray, about: dict[str, Any]) -> np.ndarray:
    """A column as a linear model sees it: the number, or one column of 0 and 1 per value."""
    if about["is"] == "number":
        return cells[:, None]
    return (cells[:, None] == np.arange(len(about["values"]))).astype("float64")


def turns(
    kind: str,
    state: State,
    filled: list[str],
    using: list[str],
    columns: dict[str, Any],
    rounds: int,
    seed: int,
    draw: np.random.Generator | None = None,
    start: State | None = None,
    watch: Callable[[State], None] | None = None,
) -> list[list[dict[str, Any]]]:
    """Fit the chain: round after round, the column with the fewest gaps first; every model of every round.

    Stops early where a round changes nothing to speak of, as scikit-learn's IterativeImputer does. With `draw`, each
    model is fitted on a bootstrap sample and fills with draws, so that the models differ as much as the data allow.
    `start` is the state to begin with, if not that of the first guesses; `watch` is shown the state after every round.
    """
    with one_thread():
        gaps = {name: unknown(cells) for name, cells in state.items()}
        near = nearest(state, filled, using)
        order = sorted(filled, key=lambda name: gaps[name].mean())
        now = started(state, columns, kind == "trees") if start is None else start
        limit = TOLERANCE * max(
            (float(np.abs(cells[~gaps[name]]).max()) for name, cells in state.items() if (~gaps[name]).any()),
            default=0.0,
        )
        made: list[list[dict[str, Any]]] = []
        for number in range(rounds):
            before, models = dict(now), []
            for place, name in enumerate(order):
                known, gone = np.flatnonzero(~gaps[name]), np.flatnonzero(gaps[name])
                if draw is not None:
                    known = np.sort(draw.choice(known, len(known)))
                model = fit(kind, name, now, known, near[name], columns, seed + 1000 * number + place)
                if kind == "matching" and model["is"] == "line":
                    model |= {"donors": _donors_of(name, now, np.flatnonzero(~gaps[name]), near[name], columns)}
                models.append(model)
                if (
                    len(gone) and kind != "trees"
                ):  # trees are asked with the gaps as they are: a guess taken for a fact misleads them
                    dice = None if draw is None else (draw.standard_normal(len(gone)), draw.random(len(gone)))
                    now[name] = now[name].copy()
                    now[name][gone] = predict(model, now, gone, columns, dice)
            made.append(models)
            if watch is not None:
                watch(now)
            if draw is None and kind != "trees" and _moved(before, now) < limit:
                break
        return made


def nearest(state: State, filled: list[str], using: list[str]) -> dict[str, list[str]]:
    """The columns to predict each column from: all that are used, or the ones that correlate most where
    they are many.
    """
    others = {name: [other for other in using if other != name and other in state] for name in filled}
    if max((len(each) for each in others.values()), default=0) <= NEAREST:
        return others
    names = list(state)
    gone = np.column_stack([unknown(cells) for cells in state.values()])
    matrix = np.where(gone, 0.0, np.column_stack([cells.astype("float64") for cells in state.values()]))
    with np.errstate(all="ignore"):
        matrix = np.where(gone, 0.0, matrix - matrix.sum(axis=0) / np.maximum(1, (~gone).sum(axis=0)))
        size = np.sqrt((matrix * matrix).sum(axis=0))
        strength = np.nan_to_num(np.abs(matrix.T @ matrix) / np.outer(size, size), nan=0.0, posinf=0.0).round(6)
    place = {name: number for number, name in enumerate(names)}
    chosen = {
        name: set(sorted(each, key=lambda other: -strength[place[name], place[other]])[:NEAREST])
        for name, each in others.items()
    }
    return {name: [other for other in each if other in chosen[name]] for name, each in others.items()}


def _moved(before: State, now: State) -> float:
    """The greatest sum of changes in a row."""
    if not before:
        return 0.0
    with np.errstate(all="ignore"):
        changes = sum(
            np.abs(now[name] - before[name]) if now[name].dtype.kind == "f" else now[name] != before[name]
            for name in before
        )
    return float(np.max(changes, initial=0.0))
