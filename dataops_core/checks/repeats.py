"""Rows that repeat earlier rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from dataops_core.checks.column_view import WHOLE, ColumnView, filled, one_zero
from dataops_core.checks.table_view import TableView
from dataops_core.table.guesses import text_marks
from dataops_core.values.random import GOLDEN

PIECE = 1_000_000


def repeated(look: TableView, names: list[str]) -> np.ndarray:
    """The places of rows that repeat an earlier row in these columns; missing equals missing."""
    places, keys = duplicate_groups(look, names)
    if not len(places):
        return places
    _, first = np.unique(keys, return_index=True)
    return np.delete(places, first)


def duplicate_groups(look: TableView, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """The places of rows that agree with another row in these columns, and a number that those that agree share.

    Column by column, the rows that stand alone so far are let go: mostly few are left after the first.
    """
    none = np.zeros(0, dtype=np.int64)
    places, keys = none, none
    for number, name in enumerate(names):
        facts = look.facts[name]
        if (
            "failed" not in facts
            and facts["distinct"] + min(1, facts["missing"]) == look.rows
            and facts.get("distinct_error") is None
        ):
            return none, none
        if not number:
            places, keys = coming_again(look.cells(name))
        else:
            found = _numbered(look.cells(name), places)
            width = np.int64(found.max() + 2)  # from the cells: a count may be an estimate, or missing
            keys = _grouped(keys * width + found + 1)
            twice = np.bincount(keys)[keys] > 1
            places, keys = places[twice], keys[twice].astype(np.int64)
        if not len(places):
            return none, none
    return places, keys


def _grouped(keys: np.ndarray) -> np.ndarray:
    """Equal keys numbered alike, from 0: by hashing, and by sorting where a hash table of millions would take too much
    memory.
    """
    if len(keys) <= WHOLE:
        return pd.factorize(keys)[0]
    return np.unique(keys, return_inverse=True)[1]


def coming_again(cells: ColumnView) -> tuple[np.ndarray, np.ndarray]:
    """The rows whose value comes again in one column, and a number for each of these values."""
    if cells.rows <= WHOLE or cells.distinct <= WHOLE // 2:
        assert cells.dictionary is not None
        codes = cells.dictionary[1]
        places = np.flatnonzero((np.bincount(codes + 1) > 1)[codes + 1])
        return places, codes[places].astype(np.int64)
    # a dictionary of millions of values takes gigabytes
    marks = filled(cells.rows, "uint64", (_marks(part) for part in cells.pieces()))
    ordered = np.sort(marks)
    again = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    del ordered
    if not len(again):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    found = []
    for start in range(0, len(marks), PIECE):
        some = marks[start : start + PIECE]
        nearest = np.minimum(np.searchsorted(again, some), len(again) - 1)
        here = np.flatnonzero(again[nearest] == some)
        found.append((here + start, nearest[here]))
    return np.concatenate([places for places, _ in found]), np.concatenate([keys for _, keys in found])


def _marks(part: pa.Array) -> np.ndarray:
    """A 64-bit mark for each cell, equal for equal cells: the bits of a number, a hash of a text."""
    part = one_zero(part)
    there = np.asarray(part.is_valid())
    if pa.types.is_string(part.type):
        marks = text_marks(part.fill_null(""))
    else:
        plain = part.cast(pa.int64()) if pa.types.is_timestamp(part.type) else part
        zero = pa.scalar(0, plain.type)
        marks = (
            np.asarray(plain.fill_null(zero))
            .astype(np.float64 if pa.types.is_floating(part.type) else np.int64)
            .view(np.uint64)
        )
    return np.where(there, marks, np.uint64(GOLDEN))


def _numbered(cells: ColumnView, places: np.ndarray) -> np.ndarray:
    """A whole number for each of these rows, the same where the cells are the same; -1 where missing."""
    if len(places) < cells.rows // 4 or cells.dictionary is None:
        return np.asarray(one_zero(cells.at(places)).dictionary_encode().indices.fill_null(-1)).astype(np.int64)
    return cells.dictionary[1][places].astype(np.int64)
