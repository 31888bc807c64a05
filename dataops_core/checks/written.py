"""Cells with a finding of their own for how they are written: they are no other value, so they say nothing else."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.check import REGISTRY, hits
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.table_view import Context

SPELLING = (
    "spaces_around_text",
    "case_variants",
    "spelling_variants",
    "yes_no_variants",
    "mojibake",
    "control_characters",
    "homoglyphs",
    "unusual_pattern",
    "out_of_locale",
    "disguised_missing",
    "numbers_as_text",
    "numbers_mixed_with_words",
    "mixed_units",
    "mixed_date_formats",
    "dates_mixed_with_words",
)


def miswritten(column: ColumnView, context: Context) -> np.ndarray:
    """The cells of a column of text that have a finding of their own for how they are written (rows,)."""
    mask = np.zeros(column.rows, dtype=bool)
    for name in SPELLING:
        for hit in hits(REGISTRY[name], column, context):
            mask |= hit.mask
    if column.parsed is not None and column.parsed.type != "datetime":
        for hit in hits(REGISTRY["impossible_values"], column.parsed, context):
            mask |= hit.mask
    return mask
