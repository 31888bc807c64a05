"""Duplicate rows."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.check import REGISTRY, Hit, check, hits
from dataops_core.checks.repeats import repeated
from dataops_core.checks.table_view import TableView
from dataops_core.steps.drop_duplicate_rows import drop_duplicate_rows
from dataops_core.wording import counted


@check("Duplicate rows", group="Rows", scope="table", fix=drop_duplicate_rows)
def duplicate_rows(look: TableView) -> Hit | None:
    """Rows that repeat an earlier row in every column.

    A row that was entered or loaded twice counts twice in every figure.
    """
    names = sorted(look.table.names, key=lambda name: -look.distinct(name))
    places = repeated(look, names)
    numbering = [name for name in names if _numbers_rows(look, name)]
    aside = ""
    if not len(places) and len(numbering) == 1 and len(names) > 3:
        names = [name for name in names if name not in numbering]
        places, aside = repeated(look, names), f" but {numbering[0]}, which numbers the rows"
    if len(places) > 0.5 * look.rows:  # then what tells the rows apart is missing, not doubled
        return None
    mask = np.zeros(look.rows, dtype=bool)
    mask[places] = True
    mask &= ~look.blank_rows  # which are a finding of their own
    for hit in hits(REGISTRY["repeated_headers"], look):
        mask &= ~hit.mask
    fix = [name for name in look.table.names if name in names] if aside else []
    return Hit(
        mask,
        f"{counted(mask.sum(), 'row repeats', 'rows repeat')} an earlier row in every column{aside}.",
        {"columns": fix},
    )


def _numbers_rows(look: TableView, name: str) -> bool:
    facts = look.facts[name]
    return bool(
        facts["type"] == "integer" and look.distinct(name) == look.rows and facts["max"] - facts["min"] == look.rows - 1
    )
