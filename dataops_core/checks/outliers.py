"""Outliers."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import counted
from dataops_core.steps.treat_outliers import treat_outliers


@check(
    "Outliers",
    group="Numbers",
    types=["integer", "decimal"],
    severity="note",
    fix=treat_outliers,
    no_fix="The column spans several orders of magnitude: capping it by its quartiles would cut true values.",
)
def outliers(column: ColumnView, context: Context) -> Hit | None:
    """Values far from the rest: beyond three interquartile ranges (Tukey's "far out", 1977), on a log scale where the
    column is skewed.

    They may be slips of the pen or the most interesting rows of all: look before you cap.
    """
    quartiles = column.facts.get("quantiles")
    if (
        column.kind == "id"
        or column.distinct < 10
        or not quartiles
        or quartiles["0.25"] is None
        or quartiles["0.75"] is None
    ):
        return None
    low, high = quartiles["0.25"], quartiles["0.75"]
    if high <= low:
        return None
    bent = (
        low > 0
        and column.facts["min"] > 0
        and (quartiles["0.95"] - quartiles["0.5"]) > 2 * (quartiles["0.5"] - quartiles["0.05"])
    )
    if bent:
        reach = np.log(high / low)
        least, most = low * np.exp(-3 * reach), high * np.exp(min(3 * reach, 600))
    else:
        least, most = low - 3 * (high - low), high + 3 * (high - low)
    if column.facts["min"] >= least and column.facts["max"] <= most:
        return None
    mask = (column.numbers < least) | (column.numbers > most)
    far = (column.numbers < low - 20 * (high - low)) | (column.numbers > high + 20 * (high - low))
    certain = far.any() and mask.sum() <= 0.001 * column.present and (far & mask).sum() == mask.sum()
    return Hit(
        mask,
        f"{counted(mask.sum(), 'value lies', 'values lie')} below {least:,.6g} or above {most:,.6g}.",
        None if bent else {"columns": [column.name], "method": "iqr", "factor": 3.0},
        "warning" if certain and not bent else "note",
    )
