"""Which rows break a condition (see _conditions): pandas and numpy, three-valued as in SQL."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.steps._cells import PLAIN_NUMBER, YES_AND_NO, cell_texts, iso_moment, plain_number
from dataops_core.steps._conditions import Node
from dataops_core.table.kinds import type_of

MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?)?")


class Cells(NamedTuple):
    """One value per row: number, text, date or boolean, and which rows have one; `literal` where it is one value."""

    kind: str
    data: np.ndarray
    known: np.ndarray
    literal: Any = None


def broken_rows(df: pd.DataFrame, node: Node) -> np.ndarray:
    """Which rows break a condition: it is known to be false there (rows,)."""
    if node.op == "unique":
        codes = _codes(df, node.parts)
        return (codes >= 0) & (np.bincount(codes[codes >= 0], minlength=int(codes.max(initial=0)) + 1)[codes] > 1)
    if node.op == "follows":
        return _contradicting(_codes(df, node.parts[1:]), _codes(df, node.parts[:1]))
    truth = evaluate(df, node)
    return truth.known & ~truth.data.astype(bool)


def _codes(df: pd.DataFrame, names: tuple[str, ...]) -> np.ndarray:
    """A whole number for each row, equal where all of these cells are equal; -1 where one is missing."""
    codes = np.zeros(len(df), dtype=np.int64)
    gone = np.zeros(len(df), dtype=bool)
    for name in names:
        found, _ = pd.factorize(_column(df, name))
        gone |= found < 0
        codes, _ = pd.factorize(codes * (int(found.max(initial=0)) + 2) + found + 1)
    return np.where(gone, -1, codes)


def _contradicting(given: np.ndarray, told: np.ndarray) -> np.ndarray:
    """The rows that hold another value than most of their group; all of a group that has no most frequent value."""
    there = (given >= 0) & (told >= 0)
    broken = np.zeros(len(given), dtype=bool)
    if not there.any():
        return broken
    pairs, place, counts = np.unique(
        given[there] * (int(told.max()) + 1) + told[there], return_inverse=True, return_counts=True
    )
    owner = pairs // (int(told.max()) + 1)
    most = np.zeros(int(owner.max()) + 1, dtype=np.int64)
    np.maximum.at(most, owner, counts)
    top = counts == most[owner]
    tops = np.bincount(owner, top, minlength=len(most))
    usual = top & (tops[owner] == 1)
    broken[np.flatnonzero(there)] = ~usual[place]
    return broken


def _column(df: pd.DataFrame, name: str) -> pd.Series:
    if name not in df.columns:
        raise SettingError(f'There is no column "{name}".', "condition", nearest(name, map(str, df.columns)))
    return df[name]


def evaluate(df: pd.DataFrame, node: Node) -> Cells:
    """The value of a node in every row."""
    op, parts = node.op, node.parts
    if op == "column":
        return column_cells(_column(df, parts[0]))
    if op == "value":
        return _constant(parts[0], len(df))
    if op in ("and", "or", "if"):
        return _joined(op, evaluate(df, parts[0]), evaluate(df, parts[1]))
    if op == "not":
        inner = evaluate(df, parts[0])
        return Cells("boolean", ~inner.data.astype(bool), inner.known)
    if op == "missing":
        inner = evaluate(df, parts[0])
        return Cells("boolean", ~inner.known, np.ones(len(df), dtype=bool))
    if op == "is a":
        return _is_a(_column(df, parts[0].parts[0]), parts[1])
    if op == "in":
        return _among(evaluate(df, parts[0]), parts[1])
    if op == "matches":
        cells = as_text_cells(evaluate(df, parts[0]), df, parts[0])
        test = re.compile(parts[1], re.ASCII)
        return Cells("boolean", _each(cells, lambda text: test.fullmatch(text) is not None, bool), cells.known)
    if op == "length":
        cells = as_text_cells(evaluate(df, parts[0]), df, parts[0])
        return Cells("number", _each(cells, len, np.int64), cells.known)
    if op == "number":
        return as_number_cells(evaluate(df, parts[0]))
    if op == "date":
        return _as_dates(evaluate(df, parts[0]))
    if op in ("+", "-", "*", "/", "abs"):
        return _computed(op, [as_number_cells(evaluate(df, part)) for part in parts])
    return _compared(op, evaluate(df, parts[0]), evaluate(df, parts[1]))


def column_cells(column: pd.Series) -> Cells:
    """The cells of a tidy column."""
    kind, known = type_of(column), column.notna().to_numpy(dtype=bool)
    if kind == "integer":
        return Cells("number", column.fillna(0).to_numpy(dtype=np.int64), known)
    if kind == "decimal":
        return Cells("number", column.to_numpy(dtype=np.float64), known)
    if kind == "boolean":
        return Cells("boolean", column.fillna(False).to_numpy(dtype=bool), known)
    if kind == "datetime":
        return Cells("date", column.to_numpy(dtype="datetime64[us]"), known)
    return Cells("text", column.to_numpy(dtype=object), known)


def _constant(value: Any, rows: int) -> Cells:
    kind = "boolean" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"
    values = np.full(rows, value, dtype=object if kind == "text" else None)
    return Cells(kind, values, np.ones(rows, dtype=bool), value)


def _each(cells: Cells, function: Callable[[str], Any], dtype: Any) -> np.ndarray:
    """What a function says of each text, asked once for each that comes."""
    codes, values = pd.factorize(_only_known(cells))
    told = np.array([function(str(value)) for value in values] + [dtype(0)], dtype=dtype)
    return told[codes]


def _only_known(cells: Cells) -> np.ndarray:
    """Texts, None where there is none."""
    texts = cells.data.astype(object)
    texts[~cells.known] = None
    return texts


def as_text_cells(cells: Cells, df: pd.DataFrame, node: Node) -> Cells:
    """Cells as people read them."""
    if cells.kind == "text":
        return cells
    if node.op != "column":
        raise SettingError("Only a column has letters.", "condition", "Name a column there.")
    return Cells("text", np.array([*cell_texts(df[node.parts[0]], time=True), None], dtype=object)[:-1], cells.known)


def as_number_cells(cells: Cells) -> Cells:
    """Cells as numbers; text that is none is unknown."""
    if cells.kind == "number":
        return cells
    if cells.kind == "boolean":
        return Cells("number", cells.data.astype(np.int64), cells.known)
    if cells.kind == "date":
        raise SettingError("A date is not a number.", "condition", "Compare it with a date: '2024-12-31'.")
    values = _each(cells, number_of, float)
    return Cells("number", values, cells.known & ~np.isnan(values))


def number_of(text: str) -> float:
    """The number that a plain text stands for; NaN where it is none."""
    found = plain_number(text)
    return float("nan") if found is None else float(found)


def moment_of(text: str) -> np.datetime64:
    """The moment that an ISO text stands for; NaT where it is none."""
    bare = text.strip()
    found = iso_moment(bare) if MOMENT.fullmatch(bare) else None
    return np.datetime64("NaT", "us") if found is None else np.datetime64(found, "us")


def _as_dates(cells: Cells) -> Cells:
    if cells.kind == "date":
        return cells
    if cells.literal is not None and cells.kind == "text":
        moment = moment_of(cells.literal)
        if np.isnat(moment):
            raise SettingError(f'"{cells.literal}" is not a date.', "condition", "Write it like '2024-12-31'.")
        return Cells("date", np.full(len(cells.known), moment), cells.known)
    if cells.kind != "text":
        raise SettingError("A date was compared with a number.", "condition", "Write a date like '2024-12-31'.")
    codes, values = pd.factorize(_only_known(cells))
    told = np.array([moment_of(str(value)) for value in values] + [np.datetime64("NaT", "us")], dtype="datetime64[us]")
    return Cells("date", told[codes], cells.known & ~np.isnat(told[codes]))


def _as_booleans(cells: Cells) -> Cells:
    if cells.kind == "boolean":
        return cells
    if cells.kind == "number":
        return Cells("boolean", cells.data == 1, cells.known & np.isin(cells.data, [0, 1]))
    told = _each(cells, lambda text: {True: 1, False: 0, None: -1}[YES_AND_NO.get(text.strip().lower())], int)
    return Cells("boolean", told == 1, cells.known & (told >= 0))


def _compared(op: str, left: Cells, right: Cells) -> Cells:
    kinds = {left.kind, right.kind}
    literal = next((each.literal for each in (left, right) if isinstance(each.literal, str)), None)
    if "date" in kinds:
        left, right = _as_dates(left), _as_dates(right)
    elif "number" in kinds:
        if literal is not None and plain_number(literal) is None:  # a number is never this text
            known = left.known & right.known
            return Cells("boolean", np.full(len(known), op == "!="), known)
        left, right = as_number_cells(left), as_number_cells(right)
    elif "boolean" in kinds:
        left, right = _as_booleans(left), _as_booleans(right)
    known = left.known & right.known
    one, two = left.data, right.data
    if left.kind == "text":
        one, two = (np.where(known, each, "").astype(object) for each in (one, two))
    compare = {"=": np.equal, "!=": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater}
    with np.errstate(invalid="ignore"):
        met = compare.get(op, np.greater_equal)(one, two)
    return Cells("boolean", np.asarray(met, dtype=bool), known)


def all_numbers(values: tuple[Any, ...]) -> bool:
    """Whether a list of values holds numbers only: then text is looked at as numbers, too."""
    return all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in values)


def _among(cells: Cells, values: tuple[Any, ...]) -> Cells:
    if cells.kind == "text" and all_numbers(values):
        cells = as_number_cells(cells)
    if cells.kind == "number":
        wanted = [each if not isinstance(each, str) else plain_number(each) for each in values]
        met = np.isin(cells.data, [each for each in wanted if each is not None])
    elif cells.kind == "text":
        met = _each(cells, frozenset(map(_text_of, values)).__contains__, bool)
    else:
        met = np.zeros(len(cells.known), dtype=bool)
        for each in values:
            equal = _compared("=", cells, _constant(each, len(met)))
            met |= equal.data & equal.known
    return Cells("boolean", met, cells.known)


def _text_of(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _computed(op: str, cells: list[Cells]) -> Cells:
    known = np.logical_and.reduce([each.known for each in cells])
    values = [each.data.astype(np.float64) for each in cells]
    with np.errstate(all="ignore"):
        if op == "abs":
            made = np.abs(values[0])
        else:
            made = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}[op](*values)
    return Cells("number", made, known & np.isfinite(made))


def _joined(op: str, left: Cells, right: Cells) -> Cells:
    one, two = (left.data.astype(bool) & left.known, right.data.astype(bool) & right.known)
    not_one, not_two = (~left.data.astype(bool) & left.known, ~right.data.astype(bool) & right.known)
    if op == "if":
        one, not_one = not_one, one
    if op == "and":
        true, false = one & two, not_one | not_two
    else:
        true, false = one | two, not_one & not_two
    return Cells("boolean", true, true | false)


def _is_a(column: pd.Series, kind: str) -> Cells:
    storage, cells = type_of(column), column_cells(column)
    if storage == "text":
        tests: dict[str, Callable[[str], bool]] = {
            "number": lambda text: not np.isnan(number_of(text)),
            "whole number": lambda text: PLAIN_NUMBER.fullmatch(text.strip()) is not None and _is_whole(text),
            "date": lambda text: not np.isnat(moment_of(text)),
            "boolean": lambda text: text.strip().lower() in YES_AND_NO,
        }
        return Cells("boolean", _each(cells, tests[kind], bool), cells.known)
    met = np.full(len(column), storage in FITTING[kind])
    if cells.kind == "number" and kind in ("whole number", "boolean"):
        with np.errstate(invalid="ignore"):
            whole = np.isfinite(cells.data) & (np.floor(cells.data) == cells.data)
        met = whole if kind == "whole number" else np.isin(cells.data, [0, 1])
    return Cells("boolean", met, cells.known)


FITTING = {
    "number": ("integer", "decimal"),
    "whole number": ("integer",),
    "date": ("datetime",),
    "boolean": ("boolean",),
}


def _is_whole(text: str) -> bool:
    value = number_of(text)
    return bool(np.isfinite(value)) and value == np.floor(value)
