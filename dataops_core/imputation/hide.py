"""Hiding known cells, so that methods can be judged by what they put in their place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from dataops_core.models import encoder, plain
from dataops_core.models.features import Features
from dataops_core.steps._mixed import center_and_scale, is_number, numbers, scaled
from dataops_core.table import tidy

SHARE = 0.1  # of the known cells
KEEP = 5  # known cells that a column keeps at least
MODELLED = 30  # columns whose gaps get a model of their own


def known_cells(frame: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """Which cells can be hidden, rows x columns: those that are known, and finite."""
    if not columns:
        return np.zeros((len(frame), 0), dtype=bool)
    return np.column_stack(
        [
            np.isfinite(numbers(frame[name])) if is_number(frame[name]) else frame[name].notna().to_numpy(dtype=bool)
            for name in columns
        ]
    )


def at_random(known: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Hide a tenth of the known cells of each column, every one with the same chance (missing completely at random)."""
    hidden = np.zeros_like(known)
    for place in range(known.shape[1]):
        rows = np.flatnonzero(known[:, place])
        most = max(0, len(rows) - KEEP)
        hidden[
            chance.choice(rows, min(most, max(1, round(SHARE * len(rows)))), replace=False) if most else [], place
        ] = True
    return hidden


def chances(frame: pd.DataFrame, columns: Sequence[str], chosen: Features) -> np.ndarray:
    """How likely each cell is to be missing, rows x columns, judged from the row's other columns (logistic
    regression).
    """
    from sklearn.linear_model import LogisticRegression

    gone = ~known_cells(frame, columns)
    made = np.tile(gone.mean(axis=0), (len(frame), 1))
    for place, name in enumerate(columns[:MODELLED]):
        others = Features(
            tuple(n for n in chosen.numbers if n != name),
            tuple(n for n in chosen.categories if n != name),
            {},
        )
        if others.names and min(gone[:, place].sum(), (~gone[:, place]).sum()) >= KEEP:
            matrix = encoder(others).fit_transform(sized(plain(frame, others)))
            model = LogisticRegression(C=0.1, max_iter=200, tol=1e-2).fit(matrix, gone[:, place])
            made[:, place] = model.predict_proba(matrix)[:, 1]
    return made


def sized(cells: pd.DataFrame) -> pd.DataFrame:
    """Plain features whose numbers are small enough to be squared."""
    made = cells.copy()
    for name in cells.columns:
        if cells[name].dtype == np.float64:
            values = cells[name].to_numpy()
            made[name] = scaled(values, *center_and_scale(values))
    return made


def as_observed(known: np.ndarray, likely: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Hide about a tenth of the known cells the way cells are really missing.

    Rows that are incomplete lend their pattern (which columns are missing together) to other rows; a row is the
    likelier chosen, the likelier the missingness model finds these gaps in it (missing at random, given what is known).
    """
    gone = ~known
    patterns = Counter(tuple(row) for row in gone[gone.any(axis=1)].tolist())
    hidden = np.zeros_like(known)
    if not patterns:
        return hidden
    lent = sum(sum(pattern) * count for pattern, count in patterns.items())
    factor = SHARE * known.sum() / lent
    free = np.ones(len(known), dtype=bool)
    for pattern, count in sorted(patterns.items(), key=lambda pair: (-pair[1], pair[0])):
        places = np.flatnonzero(pattern)
        wanted = int(factor * count + chance.random())
        rows = np.flatnonzero(free & known[:, places].any(axis=1))
        weight = likely[np.ix_(rows, places)].mean(axis=1)
        if not wanted or not len(rows) or weight.sum() <= 0:
            continue
        taken = chance.choice(rows, min(wanted, int((weight > 0).sum())), replace=False, p=weight / weight.sum())
        free[taken] = False
        hidden[np.ix_(taken, places)] = known[np.ix_(taken, places)]
    for place in range(known.shape[1]):  # every column keeps something to learn from
        rows = np.flatnonzero(hidden[:, place])
        back = KEEP - (int(known[:, place].sum()) - len(rows))
        if back > 0:
            hidden[rows[:back], place] = False
    return hidden


def without(frame: pd.DataFrame, columns: Sequence[str], hidden: np.ndarray) -> pd.DataFrame:
    """The frame with these cells missing."""
    out = frame.copy(deep=False)
    for place, name in enumerate(columns):
        out[name] = frame[name].mask(hidden[:, place])
    return tidy(out)
