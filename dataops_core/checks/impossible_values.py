"""Impossible values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.checks.check import Hit, check, words_of
from dataops_core.steps.mark_missing import mark_missing
from dataops_core.table import Column, shown

# words in a column's name, and the range in which its values can lie
RANGES: tuple[tuple[frozenset[str], float, float], ...] = (
    (frozenset({"age", "alter", "leeftijd", "edad"}), 0, 120),
    (frozenset({"latitude", "lat"}), -90, 90),
    (frozenset({"longitude", "lon", "lng"}), -180, 180),
    (frozenset({"percent", "percentage", "pct"}), 0, 100),
    (frozenset({"month"}), 1, 12),
    (frozenset({"weekday"}), 0, 7),
    (frozenset({"hour"}), 0, 24),
)


@check("Impossible values", group="Numbers", types=["integer", "decimal"], severity="error", fix=mark_missing)
def impossible_values(column: pd.Series, facts: Mapping[str, Any], about: Column) -> Hit | None:
    """Values that cannot be, by the column's name: an age of 240, a latitude of 412.

    They are slips or codes. One of them can move an average more than a hundred true values.
    """
    span = next(((low, high) for names, low, high in RANGES if names & words_of(about.name)), None)
    if span is None:
        return None
    values = column.to_numpy(dtype="float64", na_value=np.nan)
    mask = (values < span[0]) | (values > span[1])
    if mask.sum() > 0.5 * len(values):  # then the name means something else
        return None
    bad = sorted(shown(column)[mask].unique(), key=float)
    fix = {"columns": [about.name], "tokens": bad} if 0 < len(bad) <= 50 else None
    named = ", ".join(bad[:6])
    return Hit(mask, f"{mask.sum():,} cells lie outside {span[0]:g} to {span[1]:g}: {named}.", fix)
