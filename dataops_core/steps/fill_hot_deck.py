"""Fill with values of other rows."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import numpy as np
import pandas as pd

from dataops_core.errors import Skip
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._mixed import is_number, numbers, plain_values, put, same_kinds, some_rows, uniforms
from dataops_core.steps.step import Columns, Label, step
from dataops_core.table.kinds import type_of

DECK, GROUP_DECK = 1_000, 100  # different values that are kept of a column, and of one of its groups


@step(
    "Fill with values of other rows",
    group="Missing values",
    says="Filled missing values in {columns} with values drawn from other rows[ of the same {by}]",
    also="impute, hot deck, random donor",
)
def fill_hot_deck(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns(), Label("Columns", "Columns whose missing cells shall be filled")],
    by: Annotated[
        list[str],
        Columns(),
        Label("From rows with the same", "Draw from the row's own group; rows of no known group draw from all"),
    ] = [],  # noqa: B006
    seed: int = 0,
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Fill each missing cell with the value of a training row drawn by chance, optionally from the row's own group.

    Random hot deck (Andridge and Little, A review of hot deck imputation, International Statistical Review, 2010): the
    filled column keeps its spread, where a mean would squeeze it. A single value is guessed worse than by the mean, so
    use it when the distribution matters and not the single row. The draw depends on the seed, the row id and the
    column: the same row is always filled alike. All values with their counts are kept, or of more than 1,000 (in a
    group: 100) a seeded sample.

    >>> df = pd.DataFrame({"city": ["a", "a", "b", "b"], "pay": [1.0, None, 9.0, None]})
    >>> fill_hot_deck(df, columns=["pay"], by=["city"])["pay"].tolist()
    [1.0, 1.0, 9.0, 9.0]
    """
    if learned is None:
        learned = learn_deck(df, columns, by, seed)
    same_kinds(df, {name: learned[name] for name in columns if name in learned}, "fill_hot_deck")
    out = df.copy(deep=False)
    for stream, name in enumerate(columns):
        gone = df[name].isna().to_numpy(dtype=bool)
        if name not in learned or not gone.any():
            continue
        decks = {tuple(key): deck for key, deck in learned[name]["groups"]}
        keys = (
            list(zip(*(cell_texts(df.loc[gone, group]) for group in by), strict=True)) if by else [()] * int(gone.sum())
        )
        chance = uniforms(df.index.to_numpy()[gone], seed, stream)
        cells: list[Any] = [None] * len(keys)
        places: dict[tuple[str | None, ...], list[int]] = {}
        for place, key in enumerate(keys):
            places.setdefault(key if key in decks else (), []).append(place)
        for key, here in places.items():
            for place, cell in zip(here, drawn(decks.get(key, learned[name]["all"]), chance[here]), strict=True):
                cells[place] = np.datetime64(cell, "us") if type_of(df[name]) == "datetime" else cell
        out[name] = put(df[name], gone, cells)
    return out


@fill_hot_deck.learn
def learn_deck(df: pd.DataFrame, columns: list[str], by: list[str] | None = None, seed: int = 0) -> dict[str, Any]:
    """Per column the values to draw from with their counts: {"pay": {"is": "number", "all": [[1.0, 9.0], [1, 1]],
    "groups": [[["a"], [[1.0], [1]]]]}}.
    """
    learned: dict[str, Any] = {}
    keys = list(zip(*(cell_texts(df[group]) for group in by), strict=True)) if by else []
    for name in columns:
        cells = known_cells(df[name])
        known = [cell for cell in cells if cell is not None]
        if not known:
            continue
        groups: dict[tuple[str | None, ...], list[Any]] = {}
        for key, cell in zip(keys, cells, strict=bool(keys)):
            if cell is not None and None not in key:
                groups.setdefault(key, []).append(cell)
        learned[name] = {
            "is": "number" if is_number(df[name]) else "category",
            "all": deck_of(known, DECK, seed),
            "groups": [[list(key), deck_of(group, GROUP_DECK, seed)] for key, group in sorted(groups.items())],
        }
    if columns and not learned:
        raise Skip("The columns hold no value at all, so there is nothing to draw from.")
    return learned


def known_cells(column: pd.Series) -> list[Any]:
    """The cells as JSON values (dates as whole microseconds since 1970), None where missing or infinite."""
    if not is_number(column):
        return plain_values(column)
    storage, known = type_of(column), np.isfinite(numbers(column))
    if storage == "datetime":
        cells: list[Any] = column.to_numpy(dtype="datetime64[us]").astype("int64").tolist()
    else:
        cells = [int(cell) for cell in column.fillna(0).tolist()] if storage == "integer" else column.tolist()
    return [cell if there else None for cell, there in zip(cells, known, strict=True)]


def deck_of(known: list[Any], most: int, seed: int) -> list[list[Any]]:
    """The values, in order, and how often each may be drawn: all of them, or those of a seeded sample of
    `most` cells.
    """
    counts = Counter(known)
    if len(counts) > most:
        counts = Counter([known[place] for place in some_rows(len(known), most, seed)])
    values = sorted(counts)
    return [values, [counts[value] for value in values]]


def drawn(deck: list[list[Any]], chance: np.ndarray) -> list[Any]:
    """One value per number between 0 and 1: values that are more frequent take more of that range."""
    reached = np.cumsum(deck[1])
    places = np.searchsorted(reached, chance * reached[-1], side="right")
    return [deck[0][min(place, len(deck[0]) - 1)] for place in places.tolist()]
