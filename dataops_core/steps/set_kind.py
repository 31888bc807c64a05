"""Set kind."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._cells import cell_texts, distinct_texts, iso_moment, moments, plain_number, yes_or_no
from dataops_core.steps.step import Columns, Label, step
from dataops_core.table.kinds import type_of


@step("Set kind", group="Columns", says="Treated {columns} as {kind}", also="data type, convert, format", narrow=True)
def set_kind(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns(), Label("Columns", "Columns whose kind is not what it should be")],
    kind: Annotated[
        Literal["number", "category", "text", "datetime", "boolean", "id"],
        Label("Kind", "What the column holds; cells that cannot be read as that become missing"),
    ],
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Say what a column holds, and store it accordingly; a cell that cannot be read as that becomes missing.

    Numbers are read from plain text ("12", "-1.5", "1e3"), dates from ISO text ("2024-12-31"), yes and no from yes, y,
    true, t, 1 and their opposites. A number becomes the text that people would write: "12", not "12.0". A column of
    whole numbers stays one: a fraction that turns up later becomes missing. For "€ 1,200" use parse_numbers, for
    "31/12/2024" parse_dates. Postal codes and phone numbers are ids, not numbers: their leading zeros matter.

    >>> set_kind(pd.DataFrame({"a": ["12", "x", None]}, dtype=object), columns=["a"], kind="number")["a"].tolist()
    [12, <NA>, <NA>]
    >>> set_kind(pd.DataFrame({"a": [12.0, 0.5]}), columns=["a"], kind="category")["a"].tolist()
    ['12', '0.5']
    """
    if learned is None:
        learned = learn_kind(df, columns, kind)
    out = df.copy(deep=False)
    for name in columns:
        if kind == "number":
            out[name] = to_number(df[name], learned.get(name, {}).get("whole", False))
        elif kind == "boolean":
            out[name] = to_boolean(df[name])
        elif kind == "datetime":
            out[name] = to_datetime(df[name])
        else:
            texts = cell_texts(df[name], learned.get(name, {}).get("time", False))
            out[name] = pd.Series(texts, index=df.index, dtype=object)
    return out


@set_kind.learn
def learn_kind(df: pd.DataFrame, columns: list[str], kind: str) -> dict[str, Any]:
    """Whether numbers in text are all whole, how many cells cannot be read, whether dates have a time of day."""
    learned: dict[str, Any] = {}
    for name in columns:
        column = df[name]
        storage = type_of(column)
        if kind == "number" and storage == "text":
            read = [plain_number(text) for text in column.dropna()]
            readable = [number for number in read if number is not None]
            whole = bool(readable) and all(isinstance(number, int) for number in readable)
            learned[name] = {"whole": whole, "unreadable": len(read) - len(readable)}
        elif kind == "boolean" and storage != "boolean":
            learned[name] = {"unreadable": sum(yes_or_no(text) is None for text in cell_texts(column.dropna()))}
        elif kind == "datetime" and storage == "text":
            learned[name] = {"unreadable": sum(iso_moment(text) is None for text in column.dropna())}
        elif kind in ("category", "text", "id") and storage == "datetime":
            present = column.dropna()
            learned[name] = {"time": bool((present != present.dt.normalize()).any())}
    return learned


@set_kind.kinds
def given_kinds(columns: list[str], kind: str, **_: Any) -> dict[str, str]:
    """Every chosen column gets the chosen kind."""
    return dict.fromkeys(columns, kind)


def to_number(column: pd.Series, whole: bool) -> pd.Series:
    """A column as numbers; from text, whole numbers only or decimals."""
    storage = type_of(column)
    if storage in ("integer", "decimal"):
        return column
    if storage == "boolean":
        return column.astype("Int64")
    if storage == "datetime":
        raise SettingError(f'Column "{column.name}" holds dates, not numbers.', "set_kind", "Choose the kind datetime.")
    known = {text: plain_number(text) for text in distinct_texts(column)}
    if whole:
        cells = [n if isinstance(n, int) else None for n in map(known.get, column)]
        return pd.Series(pd.array(cells, dtype="Int64"), index=column.index, name=column.name)
    return pd.Series(list(map(known.get, column)), index=column.index, name=column.name, dtype="float64")


def to_boolean(column: pd.Series) -> pd.Series:
    """A column as yes and no."""
    if type_of(column) == "boolean":
        return column
    if type_of(column) == "datetime":
        raise SettingError(
            f'Column "{column.name}" holds dates, not yes and no.', "set_kind", "Choose the kind datetime."
        )
    cells = [None if text is None else yes_or_no(text) for text in cell_texts(column)]
    return pd.Series(pd.array(cells, dtype="boolean"), index=column.index, name=column.name)


def to_datetime(column: pd.Series) -> pd.Series:
    """A column as moments, from ISO text."""
    if type_of(column) == "datetime":
        return column
    if type_of(column) != "text":
        raise SettingError(
            f'Column "{column.name}" holds no text, so no dates can be read from it.',
            "set_kind",
            "Make it text first (set_kind), then read the dates (parse_dates).",
        )
    known = {text: iso_moment(text) for text in distinct_texts(column)}
    return moments(map(known.get, column), column)
