"""Split rows into training, validation and test rows."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.models.features import PARTS
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._pieces import KeyColumns, Rows
from dataops_core.steps.step import Columns, Label, NewColumn, Span, When, step
from dataops_core.table.kinds import type_of

FEW = 20  # rows; fewer need not fill every part, for a recipe must run on a few new rows too
BANDS = 5  # of a stratifying number with more than 20 values
WORDS = {
    "train": PARTS[0],
    "training": PARTS[0],
    "learn": PARTS[0],
    "learning": PARTS[0],
    "validation": PARTS[1],
    "valid": PARTS[1],
    "val": PARTS[1],
    "dev": PARTS[1],
    "test": PARTS[2],
    "testing": PARTS[2],
    "holdout": PARTS[2],
    "hold-out": PARTS[2],
}


@step(
    "Split into training and test rows",
    group="Rows",
    reach="table",
    says=(
        "Split rows {how}[ in {time}][ {column}] into {into} (test {test}, validation {validation})[, stratified by"
        " {stratify}][, each {groups} on one side]"
    ),
    also="train, test, validation, holdout",
)
def split_rows(
    df: pd.DataFrame,
    how: Annotated[
        Literal["at_random", "by_time", "by_column"],
        Label("How", "at random; by time: the latest rows test; by column: a column says it already"),
    ] = "at_random",
    test: Annotated[
        float,
        Span(0, 0.9),
        When("how", "at_random", "by_time"),
        Label("Share for testing", "Rows that judge the result and teach nothing: 0.2 is one in five"),
    ] = 0.2,
    validation: Annotated[
        float,
        Span(0, 0.9),
        When("how", "at_random", "by_time"),
        Label("Share for validation", "Rows to choose between models; 0: none"),
    ] = 0.0,
    stratify: Annotated[
        list[str],
        Columns(),
        When("how", "at_random"),
        Label(
            "Stratify by", "Each part gets the same shares of these values: take the target and the sensitive columns"
        ),
    ] = [],  # noqa: B006
    groups: Annotated[
        list[str],
        Columns(),
        When("how", "at_random"),
        Label("Keep together", "Rows with the same value here, such as one customer, all go to one side"),
    ] = [],  # noqa: B006
    together: Annotated[
        bool,
        When("how", "at_random"),
        Label("Equal rows on one side", "A row and its exact copy are never on both sides"),
    ] = True,
    time: Annotated[
        str | None, Columns("datetime", "number"), When("how", "by_time"), Label("Time", "The column that says when")
    ] = None,
    column: Annotated[
        str | None, Columns(), When("how", "by_column"), Label("Column", "The column that says it")
    ] = None,
    parts: Annotated[
        dict[str, str],
        When("how", "by_column"),
        Label("What its values mean", "Each value as train, validation or test; plain words are understood"),
    ] = {},  # noqa: B006
    into: Annotated[str, NewColumn(), Label("New column", "Its name; it holds train, validation or test")] = "split",
    seed: int = 0,
    split: str | None = None,
) -> pd.DataFrame:
    """Say for each row whether it teaches (train), helps to choose (validation) or judges (test).

    After this step whatever a step learns, a median or a fitted model, is learned on the training rows alone, and
    resampling touches only these: or the test would judge what it has taught (Kaufman et al., Leakage in data mining,
    2012). Every stratum is divided to within two rows of its shares; a stratifying number with more than 20 values
    counts in five bands. With groups, whole groups are dealt out, the large ones first, so that shares are met as
    nearly as they can be. By time, equal moments stay on one side. The same seed gives the same split. Of fewer than 20
    rows a part may get none.

    >>> split_rows(pd.DataFrame({"a": range(10)}), test=0.3)["split"].value_counts().to_dict()
    {'train': 7, 'test': 3}
    >>> years = pd.DataFrame({"year": [2022, 2020, 2021, 2023]})
    >>> split_rows(years, how="by_time", time="year", test=0.25)["split"].tolist()
    ['train', 'train', 'train', 'test']
    """
    if split is not None:
        raise SettingError(
            f'The rows are split already, as "{split}" says: a second split would teach from rows that judge.',
            "split_rows",
            "Edit the first split; it can make validation rows, too.",
        )
    if into in df.columns and not (how == "by_column" and into == column):
        raise SettingError(
            f'There is a column "{into}" already.',
            "split_rows",
            "Give the new column another name, or split by that column.",
        )
    if not into.strip():
        raise SettingError("The new column has no name.", "split_rows", 'Call it "split".')
    shares = (1 - test - validation, validation, test)
    if how != "by_column" and (shares[0] <= 1e-9 or test + validation <= 0):
        raise SettingError(
            f"Test {test:g} and validation {validation:g} leave nothing to"
            f" {'learn from' if test + validation > 0 else 'test with'}.",
            "split_rows",
            "Give shares that are above 0 and together below 1.",
        )
    if how == "by_column":
        places = told_parts(df, column, parts)
    elif how == "by_time":
        places = parts_in_time(df, time, shares)
    else:
        places = drawn_parts(df, shares, stratify, groups, together, seed)
        for part, share in zip(range(3), shares, strict=True):
            if share > 1e-9 and len(df) >= FEW and not (places == part).any():
                what = f"{len(df):,} rows" + (f" in so few groups of {', '.join(groups)}" if groups else "")
                raise SettingError(
                    f"{what} cannot be split so that every part gets some.",
                    "split_rows",
                    "Take other shares, or fewer conditions.",
                )
    out = df.copy(deep=False)
    out[into] = pd.Series(np.array(PARTS, dtype=object)[places], index=df.index, dtype=object)
    return out


@split_rows.divides
def split_column(into: str = "split", **_settings: object) -> str:
    """The name of the column that says which rows may be learned from."""
    return into


def told_parts(df: pd.DataFrame, column: str | None, parts: dict[str, str]) -> np.ndarray:
    """The part of each row as a column says it."""
    if column is None:
        raise SettingError(
            "No column is chosen.", "split_rows", "Choose the column that says which rows are for testing."
        )
    wrong = sorted({part for part in parts.values() if part not in PARTS})
    if wrong:
        raise SettingError(f'"{wrong[0]}" is not a part.', "split_rows", f"Parts are called {', '.join(PARTS)}.")
    known = {**WORDS, **{part: part for part in PARTS}}
    cells = [
        None if text is None else parts.get(text, known.get(text.strip().lower())) for text in cell_texts(df[column])
    ]
    lost = [text for text, part in zip(cell_texts(df[column]), cells, strict=True) if part is None]
    if lost:
        named = ", ".join(sorted({"missing" if text is None else f'"{text}"' for text in lost})[:5])
        raise SettingError(
            f'{len(lost):,} cells of "{column}" do not say which part the row belongs to: {named}.',
            "split_rows",
            "Say for each value whether it means train, validation or test.",
        )
    return np.array([PARTS.index(str(part)) for part in cells], dtype=np.int64)


def parts_in_time(df: pd.DataFrame, time: str | None, shares: tuple[float, float, float]) -> np.ndarray:
    """The earliest rows train, the latest test; equal moments on one side."""
    if time is None:
        raise SettingError("No time is chosen.", "split_rows", "Choose the column that says when.")
    gone = df[time].isna().to_numpy(dtype=bool)
    if gone.any():
        raise SettingError(f'{int(gone.sum()):,} rows have no "{time}".', "split_rows", "Fill or drop them first.")
    when = (
        df[time].to_numpy(dtype="datetime64[us]").astype("int64")
        if type_of(df[time]) == "datetime"
        else df[time].to_numpy(dtype="float64")
    )
    order = np.sort(when)
    places = np.zeros(len(df), dtype=np.int64)
    share = 0.0
    for part in (1, 2):
        share += shares[part - 1]
        at = round(share * len(df))
        if shares[part] > 0 and at < len(df):
            places[when >= order[at]] = part
    if len(df) >= FEW and any(shares[part] > 0 and not (places == part).any() for part in range(3)):
        raise SettingError(
            f'"{time}" has too few different moments to be split there.',
            "split_rows",
            "Take other shares, or split at random.",
        )
    return places


def drawn_parts(
    df: pd.DataFrame,
    shares: tuple[float, float, float],
    stratify: list[str],
    groups: list[str],
    together: bool,
    seed: int,
) -> np.ndarray:
    """The part of each row by lot: strata divided evenly, units (groups, or equal rows) kept whole."""
    rows = len(df)
    strata = strata_of(df, stratify)
    units = units_of(df, groups, together)
    lot = shuffled(units, seed)
    sizes = np.bincount(units, minlength=int(units.max()) + 1 if rows else 0)
    wanted = np.outer(np.bincount(strata, minlength=1), shares)  # rows of each stratum for each part
    places = np.full(rows, -1, dtype=np.int64)
    many = np.flatnonzero(sizes > 1)
    if len(many):
        deal(places, units, strata, wanted, many[np.lexsort((lot[many], -sizes[many]))])
    single = np.flatnonzero(places < 0)
    order = single[np.lexsort((lot[units[single]], strata[single]))]
    left = np.maximum(wanted, 0.0)[strata[order]]
    total = left.sum(axis=1)
    left = np.where(total[:, None] > 0, left / np.where(total > 0, total, 1)[:, None], np.array(shares))
    held = taken_evenly(left[:, 1] + left[:, 2])
    places[order] = 0
    kept = order[held]
    of_test = left[held, 2] / np.maximum(left[held, 1] + left[held, 2], 1e-300)
    places[kept] = np.where(taken_evenly(of_test), 2, 1)
    return places


def taken_evenly(chances: np.ndarray) -> np.ndarray:
    """Which of the rows in a line are taken, so that after each row the count is within a half of the sum
    of chances.
    """
    marks = np.floor(np.cumsum(chances) + 0.5 - 1e-12)
    return np.diff(marks, prepend=0.0) > 0


def deal(places: np.ndarray, units: np.ndarray, strata: np.ndarray, wanted: np.ndarray, order: np.ndarray) -> None:
    """Put whole units where they come nearest to the rows wanted of each stratum; fills `places`, lowers `wanted`."""
    rows = np.argsort(units, kind="stable")
    ends = np.cumsum(np.bincount(units))
    weights = 1.0 / np.maximum(wanted.sum(axis=1), 1.0)
    open_parts = [part for part in range(3) if wanted[:, part].sum() > 1e-9]
    for unit in order:
        mine = rows[ends[unit - 1] if unit else 0 : ends[unit]]
        some, counts = np.unique(strata[mine], return_counts=True)
        worse = [float((weights[some] * counts * (counts - 2 * wanted[some, part])).sum()) for part in open_parts]
        part = open_parts[worse.index(min(worse))]
        wanted[some, part] -= counts
        places[mine] = part


def strata_of(df: pd.DataFrame, columns: list[str]) -> np.ndarray:
    """A number for each combination of values that a row has; missing is a value, many numbers are bands of
    equal size.
    """
    strata = np.zeros(len(df), dtype=np.int64)
    for name in columns:
        column = df[name]
        if type_of(column) in ("integer", "decimal", "datetime") and column.nunique() > 20:
            ranks = column.rank(method="first").to_numpy(dtype="float64", na_value=np.nan)
            codes = np.where(
                np.isnan(ranks), BANDS, np.floor((ranks - 1) * BANDS / max(1, np.isfinite(ranks).sum()))
            ).astype(np.int64)
        else:
            codes = pd.factorize(column, sort=False, use_na_sentinel=False)[0]
        strata = pd.factorize(strata * (int(codes.max(initial=0)) + 1) + codes)[0]
    return strata


def units_of(df: pd.DataFrame, groups: list[str], together: bool) -> np.ndarray:
    """A number for each set of rows that must stay together; a row whose group is missing stands alone."""
    if not groups and (not together or not len(df.columns)):
        return np.arange(len(df))
    rows = df[groups] if groups else df
    zeros = {name: rows[name] + 0.0 for name in rows.columns if type_of(rows[name]) == "decimal"}  # -0.0 is 0.0
    marks = pd.util.hash_pandas_object(rows.assign(**zeros) if zeros else rows, index=False).to_numpy()
    units = pd.factorize(marks)[0].astype(np.int64)
    if groups:
        alone = df[groups].isna().any(axis=1).to_numpy(dtype=bool)
        units[alone] = len(df) + np.arange(int(alone.sum()))
        units = pd.factorize(units)[0].astype(np.int64)
    return units


def shuffled(units: np.ndarray, seed: int) -> np.ndarray:
    """A lot for each unit, from its number and the seed alone (splitmix64, Steele et al. 2014): the same on every
    machine.
    """
    marks = np.arange(int(units.max()) + 1 if len(units) else 0, dtype=np.uint64) + np.uint64(
        (seed * 0x9E3779B97F4A7C15 + 1) % 2**64
    )
    marks = marks * np.uint64(0x9E3779B97F4A7C15)
    marks = (marks ^ (marks >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    marks = (marks ^ (marks >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return marks ^ (marks >> np.uint64(31))


@split_rows.piecewise
def pieces_of_split(
    how: str, time: str | None, stratify: list[str], groups: list[str], together: bool, **_settings: object
) -> Rows | KeyColumns | None:
    """By a column, each row by itself; by time or by lot, the columns that are looked at, and which rows are copies
    where these must stay together.
    """
    if how == "by_column":
        return Rows()
    if how == "by_time":
        return KeyColumns((time,)) if time else None
    return KeyColumns(tuple(dict.fromkeys([*stratify, *groups])), copies=together and not groups)
