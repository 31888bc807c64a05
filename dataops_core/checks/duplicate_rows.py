"""Duplicate rows."""

from __future__ import annotations

from dataops_core.checks.check import Hit, check
from dataops_core.facts import duplicated_rows
from dataops_core.steps.drop_duplicate_rows import drop_duplicate_rows
from dataops_core.table import Table


@check("Duplicate rows", group="Rows", scope="table", fix=drop_duplicate_rows)
def duplicate_rows(table: Table) -> Hit | None:
    """Rows that repeat an earlier row in every column.

    A row that was entered or loaded twice counts twice in every figure.
    """
    mask = duplicated_rows(table)
    return Hit(mask, f"{mask.sum():,} rows repeat an earlier row in every column.", {"columns": []})
