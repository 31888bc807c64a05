"""Predictive mean matching: a gap takes the value of a row whose prediction is near its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from dataops_core.steps._mixed import some_rows

DONORS = 5  # rows of which one is drawn
POOL = 1_000  # rows kept to draw from


def pool_of(known: np.ndarray) -> np.ndarray:
    """Of rows in which a column is known (places), those that are kept as donors: the same whenever it is asked."""
    return known[some_rows(len(known), POOL, 0)]


def pooled_donors(predictions: np.ndarray, values: np.ndarray) -> dict[str, list[float]]:
    """Donors in the order of their predictions, as plain JSON."""
    order = np.argsort(predictions, kind="stable")
    return {"at": predictions[order].tolist(), "values": values[order].tolist()}


def places_of(asked: np.ndarray, at: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """The donor of each prediction (cells,): one of the nearest five, drawn by a number from 0 to below 1."""
    many = min(DONORS, len(at))
    around = np.searchsorted(at, asked)[:, None] + np.arange(-many, many)
    outside = (around < 0) | (around >= len(at))
    around = np.clip(around, 0, len(at) - 1)
    apart = np.where(outside, np.inf, np.abs(at[around] - asked[:, None]))
    nearest = np.argsort(apart, axis=1, kind="stable")
    drawn = np.minimum((chance * many).astype("int64"), many - 1)
    cells = np.arange(len(asked))
    return around[cells, nearest[cells, drawn]]


def matched(asked: np.ndarray, donors: dict[str, Any], chance: np.ndarray) -> np.ndarray:
    """The values that predictions take from their donors."""
    return np.array(donors["values"])[places_of(asked, np.array(donors["at"]), chance)]


def as_seen(values: np.ndarray, seen: list[float]) -> np.ndarray:
    """Each value as the nearest one that was seen (in order): what scaling changed in the last digits is put right."""
    known = np.array(seen)
    after = (
        np.clip(np.searchsorted(known, values), 1, len(known) - 1)
        if len(known) > 1
        else np.zeros(len(values), dtype="int64")
    )
    before = np.maximum(after - 1, 0)
    return np.where(np.abs(known[after] - values) < np.abs(known[before] - values), known[after], known[before])
