"""Rows that repeat earlier rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dataops_core.checks.look import Look


def repeated(look: Look, names: list[str]) -> np.ndarray:
    """The places of rows that repeat an earlier row in these columns; missing equals missing.

    Column by column, the rows that stand alone so far are let go: mostly few are left after the first.
    """
    places, keys = np.arange(look.rows), np.zeros(look.rows, dtype=np.int64)
    for number, name in enumerate(names):
        if not len(places):
            return places
        facts = look.facts[name]
        if facts["distinct"] + min(1, facts["missing"]) == look.rows:
            return places[:0]
        found = _numbered(look, name, places) + 1
        if not number and look.cells(name).dictionary is not None:  # its codes are counted, not sorted
            keys, counts = found, np.bincount(found)
        else:
            keys = keys * np.int64(facts["distinct"] + 2) + found
            _, keys, counts = np.unique(keys, return_inverse=True, return_counts=True)
        twice = counts[keys] > 1
        places, keys = places[twice], keys[twice].astype(np.int64)
    if not len(places) or not names:
        return places[:0]
    _, first = np.unique(keys, return_index=True)
    return np.delete(places, first)


def _numbered(look: Look, name: str, places: np.ndarray) -> np.ndarray:
    """A whole number for each of these rows, the same where the cells are the same; -1 where missing."""
    cells = look.cells(name)
    if len(places) < look.rows // 4:
        return np.asarray(cells.at(places).dictionary_encode().indices.fill_null(-1)).astype(np.int64)
    if cells.dictionary is not None:
        return cells.dictionary[1][places].astype(np.int64)
    parts = [part.to_pandas() for part in cells.pieces()]  # text too varied to hold: told apart by 64 bits of a hash
    hashed = np.concatenate([pd.util.hash_array(part.to_numpy(dtype=object), categorize=False) for part in parts]).view(np.int64)
    return np.where(cells.missing, -1, hashed >> 24)[places]
