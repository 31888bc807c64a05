"""One cause is one finding: those that are part of another one, or that the order of the rows explains."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dataops_core.checks.check import Finding
from dataops_core.checks.table_view import TableView

SPELLING = ("spelling_variants", "case_variants")  # part of several_names where that holds the same cells
FOLDED = (*SPELLING, "drift_in_file")
LEAST, MOST = 4, 200  # groups by which a table is sorted
NEAR = 0.005  # of the rows may a border be off


def is_folded(look: TableView, finding: Finding, named: Mapping[str, np.ndarray]) -> bool:
    """Whether a finding (its rows as places) says what another one says, or the order of the rows explains it.

    `named` are the rows, by column, in which a thing has several names.
    """
    if finding.check in SPELLING:
        return bool(np.all(named[finding.columns[0]][list(finding.rows)])) if finding.columns[0] in named else False
    return finding.check == "drift_in_file" and begins_a_group(look, finding.rows[0])


def begins_a_group(look: TableView, row: int) -> bool:
    """Whether the rows are sorted by some column, station by station, and one of its groups begins at this row."""
    for name in look.named("category", "id", "text", types=["text", "integer"], least=LEAST, most=MOST):
        codes = look.codes(name)
        starts = np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]]))
        near = np.abs(starts - row).min() <= max(3, NEAR * look.rows)
        if near and len(starts) <= look.distinct(name) + (codes < 0).any():
            return True
    return False
