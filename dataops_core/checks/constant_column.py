"""Constant column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.checks.check import Hit, check
from dataops_core.steps.drop_columns import drop_columns
from dataops_core.table import Column


@check("Constant column", group="Columns", severity="note", fix=drop_columns)
def constant_column(column: pd.Series, facts: Mapping[str, Any], about: Column) -> Hit | None:
    """A column with the same value in every row, or with none at all.

    It tells nothing about any row; often an export setting or a join went wrong.
    """
    if len(column) < 2 or facts["distinct"] > 1 or (facts["distinct"] == 1 and facts["missing"]):
        return None
    what = f'Every cell is "{facts["top"][0]["value"]}".' if facts["distinct"] else "Every cell is missing."
    return Hit(np.ones(len(column), dtype=bool), what, {"columns": [about.name]})
