"""Missing cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dataops_core.checks.check import Hit, check
from dataops_core.steps.fill_missing import fill_missing
from dataops_core.table import Column


@check("Missing cells", group="Missing values", severity="note", fix=fill_missing)
def missing_cells(column: pd.Series, facts: Mapping[str, Any], about: Column) -> Hit | None:
    """Cells that hold nothing.

    Most methods drop or guess such rows. If people with a certain property are missing more often, results lean.
    """
    mask = column.isna().to_numpy(dtype=bool)
    share = mask.mean() if len(mask) else 0.0
    how = "median" if about.kind == "number" else "most_frequent"
    fix = {"columns": [about.name], "how": how} if facts["distinct"] and about.kind not in ("id", "text") else None
    return Hit(mask, f"{mask.sum():,} of {len(mask):,} cells are missing.", fix, "warning" if share >= 0.05 else "note")
