"""Disguised missing values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.checks.check import Hit, by_value, check
from dataops_core.steps.mark_missing import mark_missing
from dataops_core.table import Column, shown

WORDS = {
    "?", "??", "-", "--", "---", ".", "..", "n/a", "na", "n.a.", "nan", "null", "nil", "none", "unknown", "unk",
    "not available", "not known", "not specified", "missing", "undefined", "tbd", "xxx", "#n/a", "empty",
}
CODES = (-1, -9, -99, -999, -9999, -99999, 99, 999, 9999, 99999, 999999)
DATES = ("1900-01-01", "1901-01-01", "1970-01-01", "1111-11-11", "9999-12-31", "0001-01-01")


@check("Disguised missing values", group="Missing values", types=["text", "integer", "decimal", "datetime"],
       fix=mark_missing)
def disguised_missing(column: pd.Series, facts: Mapping[str, Any], about: Column) -> Hit | None:
    """Values such as "unknown", -999 or 1900-01-01 that stand for "we do not know".

    They count as real values: an average income is wrong by far when -999 means "not given".
    """
    if about.type == "text":
        codes = {str(code) for code in CODES if abs(code) >= 999}
        mask = by_value(column, lambda text: text.strip().casefold() in WORDS or text.strip() in codes)
        tokens = list(dict.fromkeys(text.strip() for text in column[mask].unique()))
    elif about.type == "datetime":
        days = shown(column.dt.normalize())
        mask = days.isin(DATES).to_numpy()
        tokens = sorted(days[mask].unique())
        if mask.sum() < 2:
            return None
    else:
        values = column.to_numpy(dtype="float64", na_value=np.nan)
        stand_ins = [code for code in CODES if _stands_apart(values, code)]
        mask = np.isin(values, stand_ins)
        tokens = [str(code) for code in stand_ins]
    if not mask.any() or mask.sum() == column.notna().sum():
        return None
    named = ", ".join(f'"{token}"' for token in tokens[:5])
    return Hit(mask, f"{mask.sum():,} cells hold {named}, which may stand for a missing value.",
               {"columns": [about.name], "tokens": tokens})


def _stands_apart(values: np.ndarray, code: int) -> bool:
    """Whether a code occurs more than once, and lies well outside all other values (or is the only negative one)."""
    hits = values == code
    rest = values[~hits & np.isfinite(values) & ~np.isin(values, CODES)]
    if hits.sum() < 2 or len(rest) < 10:
        return False
    low, high = rest.min(), rest.max()
    if code < 0:
        return bool(low >= 0 or code < low - (high - low))
    return bool(code > high + 2 * (high - low))
