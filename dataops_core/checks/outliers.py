"""Outliers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.checks.check import Hit, check
from dataops_core.steps.cap_outliers import cap_outliers
from dataops_core.table import Column


@check("Outliers", group="Numbers", types=["integer", "decimal"], severity="note", fix=cap_outliers)
def outliers(column: pd.Series, facts: Mapping[str, Any], about: Column) -> Hit | None:
    """Values far from the rest: beyond three interquartile ranges (Tukey's "far out", 1977).

    They may be slips of the pen or the most interesting rows of all: look before you cap.
    """
    if about.kind == "id" or facts.get("distinct", 0) < 10 or not facts.get("quantiles"):
        return None
    low, high = facts["quantiles"]["0.25"], facts["quantiles"]["0.75"]
    if low is None or high is None or high <= low:
        return None
    values = column.to_numpy(dtype="float64", na_value=np.nan)
    spread = high - low
    mask = (values < low - 3 * spread) | (values > high + 3 * spread)
    return Hit(mask, f"{mask.sum():,} values lie below {low - 3 * spread:,.6g} or above {high + 3 * spread:,.6g}.",
               {"columns": [about.name], "method": "iqr", "factor": 3.0})
