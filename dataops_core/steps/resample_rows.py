"""Resample rows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, Skip
from dataops_core.models.features import TRAIN, training
from dataops_core.steps._classes import class_codes, group_keys, group_name
from dataops_core.steps._distances import as_numbers, number_cells, point_columns, points
from dataops_core.steps._resampling import MAKING, REPEATING, sampled
from dataops_core.steps.step import Columns, Label, NewColumn, Span, When, step
from dataops_core.table.kinds import DTYPES, type_of


@step(
    "Resample rows",
    group="Rows",
    reach="table",
    drops_rows=True,
    adds_rows=True,
    says="Resampled rows to balance {target} by {method}[, balance {balance}][, within groups of {by}]",
    also="balance, oversample, undersample, SMOTE",
)
def resample_rows(
    df: pd.DataFrame,
    target: Annotated[str, Columns(), Label("Target", "The column whose classes are to be balanced")],
    method: Annotated[
        Literal[
            "over_random",
            "under_random",
            "smote",
            "borderline_smote",
            "adasyn",
            "tomek",
            "enn",
            "near_miss",
            "smote_tomek",
            "smote_enn",
        ],
        Label(
            "Method",
            "over: repeat rows of small classes; under: drop rows of large ones; smote: make rows between similar"
            " ones; "
            "tomek, enn: drop rows that look like another class",
        ),
    ] = "over_random",
    balance: Annotated[
        float,
        Span(0.01, 1),
        When(
            "method",
            "over_random",
            "under_random",
            "smote",
            "borderline_smote",
            "adasyn",
            "near_miss",
            "smote_tomek",
            "smote_enn",
        ),
        Label("Balance", "1: all classes as large; 0.5: the smallest at least half as large as the largest"),
    ] = 1.0,
    by: Annotated[
        list[str],
        Columns(),
        When("method", "over_random", "under_random", "smote"),
        Label("Within groups of", "Balance the classes inside each group by itself, such as among women and among men"),
    ] = [],  # noqa: B006
    neighbours: Annotated[
        int,
        Span(1, 100),
        When("method", *MAKING),
        Label("Neighbours", "A new row lies between a row and one of so many most similar ones"),
    ] = 5,
    into: Annotated[
        str,
        NewColumn(),
        When("method", *MAKING, *REPEATING),
        Label("Mark in column", "A new column that says of each row: original, repeated or synthetic"),
    ] = "resampled",
    seed: int = 0,
    split: str | None = None,
    weighed: str | None = None,
) -> pd.DataFrame:
    """Balance the classes of a target by repeating, dropping or making rows; only training rows are touched.

    For models that ignore rare classes. Judge by the bench first: resampling moves the probabilities that a model
    gives, often does no more than another threshold would (Elor and Averbuch-Elor, To SMOTE, or not to SMOTE?, 2022),
    and class weights (add_weights) change no row. Never resample rows that judge a model: with a split, validation and
    test rows stay as they are.

    Added rows stand at the end and are marked. smote is SMOTE for numbers (Chawla et al. 2002), SMOTENC where there are
    categories too, SMOTEN for categories alone; yes and no are categories, dates are numbers, and numbers count on one
    scale (standardised). Whole numbers and whole days stay whole, no number leaves its range, and categories take
    values that were seen; a missing category is a value of its own. Identifiers and free text are missing in rows that
    are made. Missing or infinite numbers are refused by methods that make rows (fill them first), and count as the
    median in the distances of tomek, enn and near_miss, which change no cell. A class with fewer rows than neighbours
    uses as many as it has. borderline_smote (Han et al. 2005) and adasyn (He et al. 2008) take numbers only. tomek
    (1976), enn (Wilson 1972, 3 neighbours) and near_miss (Mani and Zhang 2003, version 1) drop rows. By
    imbalanced-learn.

    >>> few = pd.DataFrame({"age": [20, 30, 40, 50], "ill": ["no", "no", "no", "yes"]})
    >>> resample_rows(few, target="ill")[["age", "ill", "resampled"]].tail(3).to_numpy().tolist()
    [[50, 'yes', 'original'], [50, 'yes', 'repeated'], [50, 'yes', 'repeated']]
    >>> len(resample_rows(few, target="ill", method="under_random"))
    2
    """
    adds = method in (*MAKING, *REPEATING)
    by = by if method in ("over_random", "under_random", "smote") else []
    if weighed is not None and method not in ("tomek", "enn"):
        raise SettingError(
            f'"{weighed}" makes up for small classes already: resampled as well, they would count twice.',
            "resample_rows",
            "Take one of the two, or add the weights after resampling.",
        )
    rows = training(df, split)
    _refuse(df, rows, target, by, into if adds else None, split)
    codes, classes = class_codes(rows[target], "resample_rows")
    if (codes < 0).any():
        raise SettingError(
            f'"{target}" is missing in {int((codes < 0).sum()):,} of {len(rows):,} training rows.',
            "resample_rows",
            "Drop them (drop_rows_with_missing) or fill them (fill_missing) first.",
        )
    if len(classes) < 2:
        raise SettingError(
            f'All training rows have one value in "{target}".',
            "resample_rows",
            "Choose a target with two classes or more.",
        )
    random = method in ("over_random", "under_random")
    numbers, categories, _ = ([], [], []) if random else point_columns(rows, [target, *by, *([split] if split else [])])
    fit_for(rows, numbers, categories, method)
    keys = group_keys(rows, by)
    kept, repeated, made = [], [], []
    for key in sorted(set(keys), key=lambda key: [(part is None, part or "") for part in key]):
        here = np.flatnonzero(np.array([other == key for other in keys], dtype=bool))
        matrix, scales, levels = points(rows.iloc[here], numbers, categories)
        try:
            stay, again, new, labels = sampled(
                matrix, len(numbers), codes[here], classes, method, balance, neighbours, seed % 2**32
            )
        except SettingError as error:
            where = f'In the group "{group_name(key)}": ' if by else ""
            raise SettingError(f"{where}{error.what}", error.where, error.fix) from error
        kept.append(here[stay])
        repeated.append(here[again])
        if len(new):
            made.append(
                _cells(
                    rows.iloc[here],
                    rows[target].iloc[here],
                    codes[here],
                    labels,
                    new,
                    (numbers, scales),
                    (categories, levels),
                    by,
                    split,
                )
            )
    return _assembled(
        df,
        rows,
        np.sort(np.concatenate(kept)),
        np.concatenate(repeated),
        made,
        into if adds else None,
        (codes, classes, target),
    )


def _refuse(
    df: pd.DataFrame, rows: pd.DataFrame, target: str, by: list[str], into: str | None, split: str | None
) -> None:
    """What cannot be, whatever the rows hold."""
    if not len(df):
        raise Skip("There is no row to resample.")
    if into is not None and (not into or into in df.columns):
        what = f'There is a column "{into}" already.' if into else "The new column has no name."
        raise SettingError(what, "resample_rows", "Give the column for the marks a name of its own.")
    if target in by or (split and split in (target, *by)):
        raise SettingError(
            "One column cannot be two things here.",
            "resample_rows",
            "Choose different columns for target, groups and split.",
        )


def fit_for(rows: pd.DataFrame, numbers: list[str], categories: list[str], method: str) -> None:
    """Raises SettingError where a method that looks at distances cannot look at these columns."""
    if method in ("over_random", "under_random"):
        return
    if not numbers and not categories:
        raise SettingError(
            "No column is left to tell which rows are similar.",
            "resample_rows",
            'Choose "over_random" or "under_random".',
        )
    if method in ("borderline_smote", "adasyn") and categories:
        raise SettingError(
            f"This method makes numbers only, and there are categories: {_few(categories)}.",
            "resample_rows",
            'Choose "smote", which makes categories too.',
        )
    gaps = [name for name in numbers if np.isnan(as_numbers(rows[name])).any()]
    if method in MAKING and gaps:
        raise SettingError(
            f"A new row cannot lie between unknown numbers, and some are missing or infinite: {_few(gaps)}.",
            "resample_rows",
            "Fill them first (fill_missing), or drop these columns.",
        )


def _few(names: list[str]) -> str:
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")


def _cells(
    rows: pd.DataFrame,
    target: pd.Series,
    codes: np.ndarray,
    labels: np.ndarray,
    made: np.ndarray,
    numbers: tuple[list[str], list[tuple[float, float]]],
    categories: tuple[list[str], list[list[str | None]]],
    by: list[str],
    split: str | None,
) -> pd.DataFrame:
    """Points as rows: numbers scaled back, codes as the values that were seen, the group's own cells, nothing
    elsewhere.
    """
    out: dict[str, Any] = {}
    for at, (name, scale) in enumerate(zip(*numbers, strict=True)):
        out[name] = number_cells(made[:, at], scale, rows[name])
    for at, (name, values) in enumerate(zip(*categories, strict=True), len(numbers[0])):
        yes = type_of(rows[name]) == "boolean"
        out[name] = [_category(values[int(code)], yes) for code in made[:, at]]
    first = {code: target.iloc[int(np.flatnonzero(codes == code)[0])] for code in set(labels.tolist())}
    out[str(target.name)] = [first[code] for code in labels.tolist()]
    out |= {name: [rows[name].iloc[0]] * len(made) for name in by}
    if split is not None:
        out[split] = [TRAIN] * len(made)
    return pd.DataFrame({name: _column(out.get(str(name)), rows[name], len(made)) for name in rows.columns})


def _category(value: str | None, yes_and_no: bool) -> Any:
    return value == "true" if yes_and_no and value is not None else value


def _column(cells: list[Any] | None, like: pd.Series, rows: int) -> pd.Series:
    """Cells as a column of the same type; all missing where none are given."""
    kind = type_of(like)
    values = [None] * rows if cells is None else cells
    if kind == "datetime":
        return pd.Series(
            np.array([None if pd.isna(cell) else np.datetime64(cell, "us") for cell in values], dtype="datetime64[us]")
        )
    return pd.Series(values, dtype=DTYPES[kind])


def _assembled(
    df: pd.DataFrame,
    rows: pd.DataFrame,
    kept: np.ndarray,
    repeated: np.ndarray,
    made: list[pd.DataFrame],
    into: str | None,
    classes: tuple[np.ndarray, list[str], str],
) -> pd.DataFrame:
    """Rows that stay in place, then repeated ones, then made ones, with row ids above all others."""
    stays = ~df.index.isin(rows.index) | df.index.isin(rows.index[kept])
    new = len(repeated) + sum(len(part) for part in made)
    codes, names, target = classes
    gone = sorted(set(codes.tolist()) - set(codes[kept].tolist()))
    if gone:
        raise SettingError(
            f'Every row of class "{names[gone[0]]}" in "{target}" would be dropped.',
            "resample_rows",
            'Choose a milder method, such as "tomek".',
        )
    if stays.all() and not new:
        raise Skip("No row speaks for a change." if into is None else "The classes are balanced as asked already.")
    first = int(df.index.max()) + 1
    parts = [df.loc[stays], rows.iloc[repeated], *made]
    sizes = [int(stays.sum()), len(repeated), sum(len(part) for part in made)]
    index = pd.Index([*df.index[stays], *range(first, first + new)], dtype="int64", name=df.index.name)
    out = {}
    for name in df.columns:
        pieces = [part[name] for part in parts if len(part)]
        out[name] = pd.concat(pieces, ignore_index=True).set_axis(index)
    if into is not None:
        marks = [
            mark for mark, size in zip(("original", "repeated", "synthetic"), sizes, strict=True) for _ in range(size)
        ]
        out[into] = pd.Series(marks, index=index, dtype=object)
    return pd.DataFrame(out, index=index)
