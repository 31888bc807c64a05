"""Nearly constant column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import cell
from dataops_core.steps.drop_columns import drop_columns
from dataops_core.wording import counted


@check("Nearly constant column", group="Columns", severity="note", fix=drop_columns)
def near_constant(column: ColumnView, context: Context) -> Hit | None:
    """A column in which at least 99.5 % of the cells hold one and the same value.

    It tells next to nothing, and what deviates may be a slip, or the very cases that matter.
    """
    if not deviating(column.facts) or column.dictionary is None:
        return None
    codes = column.dictionary[1]
    usual = int(np.argmax(column.counts))
    mask = (codes >= 0) & (codes != usual)
    return Hit(mask, says_deviating(column.facts, int(mask.sum())), {"columns": [column.name]})


def deviating(facts: Mapping[str, Any]) -> int:
    """How many cells of a column with these facts deviate from the one value that nearly all hold; 0: it is not so."""
    present, top = facts["rows"] - facts["missing"], facts["top"]
    if facts["distinct"] < 2 or present < 200 or not top or top[0]["count"] < 0.995 * present:
        return 0
    return int(present - top[0]["count"])


def says_deviating(facts: Mapping[str, Any], count: int) -> str:
    """What is said of them."""
    return f"All but {counted(count, 'cell is', 'cells are')} {cell(facts['top'][0]['value'])}; these deviate."
