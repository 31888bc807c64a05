"""Cells with a finding of their own for how they are written: they are no other value, so they say nothing else."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from dataops_core.checks.check import REGISTRY, hits
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.table_view import Context

MOST = 0.5  # of the cells
SPELLING = (
    "spaces_around_text",
    "case_variants",
    "spelling_variants",
    "yes_no_variants",
    "mojibake",
    "encoded_characters",
    "codes_as_numbers",
    "control_characters",
    "homoglyphs",
    "unusual_pattern",
    "several_forms",
    "wrong_check_digits",
    "out_of_locale",
    "disguised_missing",
    "numbers_as_text",
    "numbers_mixed_with_words",
    "mixed_units",
    "mixed_date_formats",
    "dates_mixed_with_words",
)


def miswritten(column: ColumnView, context: Context, but: Collection[str] = ()) -> np.ndarray:
    """The cells of a column of text that have a finding of their own for how they are written (rows,), but for those of
    some checks.
    """
    mask = np.zeros(column.rows, dtype=bool)
    for name in (each for each in SPELLING if each not in but):
        for hit in hits(REGISTRY[name], column, context):
            mask |= hit.mask if hit.mask.mean() <= MOST else False  # a way in which most are written is none of some
    if column.parsed is not None and column.parsed.type != "datetime":
        for hit in hits(REGISTRY["impossible_values"], column.parsed, context):
            mask |= hit.mask
    return mask
