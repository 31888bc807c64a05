"""Constant column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dataops_core.checks.check import Hit, Severity, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import cell
from dataops_core.steps.drop_columns import drop_columns


@check("Constant column", group="Columns", severity="note", fix=drop_columns)
def constant_column(column: ColumnView, context: Context) -> Hit | None:
    """A column with the same value in every row, or with none at all.

    It tells nothing about any row; often an export setting or a join went wrong.
    """
    said = says_constant(column.facts)
    if said is None:
        return None
    message, severity = said
    return Hit(np.ones(column.rows, dtype=bool), message, {"columns": [column.name]}, severity)


def says_constant(facts: Mapping[str, Any]) -> tuple[str, Severity] | None:
    """What is said of a column with these facts that is constant, and how grave it is; None where it is not."""
    if facts["rows"] < 2 or facts["distinct"] > 1 or (facts["distinct"] == 1 and facts["missing"]):
        return None
    if facts["distinct"]:
        return f"Every cell is {cell(facts['top'][0]['value'])}.", "note"
    return "Every cell is missing.", "warning"
