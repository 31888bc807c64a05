"""Rows on both sides of a split."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.repeats import duplicate_groups
from dataops_core.checks.table_view import TableView
from dataops_core.models.features import PARTS, TRAIN
from dataops_core.wording import counted


@check(
    "Rows on both sides of the split",
    group="Rows",
    scope="table",
    severity="error",
    no_fix='Open the split in Clean and keep "Equal rows on one side", or drop duplicate rows before it.',
)
def rows_on_both_sides(look: TableView) -> Hit | None:
    """Rows for testing or validation that also stand among the training rows, but for an identifier.

    A model has seen these answers already, so the test says more good of it than is true.
    """
    split = next((name for name in look.table.names if _says_parts(look, name)), None)
    if split is None:
        return None
    names = [
        column.name for column in look.table.columns if column.name != split and not _identifies(look, column.name)
    ]
    places, keys = (
        duplicate_groups(look, sorted(names, key=lambda name: -look.distinct(name)))
        if names
        else (np.zeros(0, int), np.zeros(0, int))
    )
    if not len(places):
        return None
    cells = look.cells(split)
    assert cells.dictionary is not None
    values, codes = cells.dictionary[0].to_pylist(), cells.dictionary[1]
    learned = np.array([value == TRAIN for value in values] + [False])[codes[places]]
    taught = np.isin(keys, keys[learned])
    mask = np.zeros(look.rows, dtype=bool)
    mask[places[taught & ~learned]] = True
    parts = codes[np.flatnonzero(mask)]
    named = " and ".join(
        f"{counted(int((parts == at).sum()), f'{value} row')}" for at, value in enumerate(values) if (parts == at).any()
    )
    aside = [name for name in look.table.names if name not in {split, *names}]
    stand = "stands" if mask.sum() == 1 else "stand"
    but = f", but for {', '.join(aside)}" if aside else ""
    return Hit(mask, f"{named} {stand} among the training rows too{but}.")


def _says_parts(look: TableView, name: str) -> bool:
    """Whether a column holds the parts of a split and nothing else."""
    facts = look.facts[name]
    told = {entry["value"] for entry in facts.get("top", ())}
    return facts["type"] == "text" and 2 <= look.distinct(name) <= len(PARTS) and told <= set(PARTS) and TRAIN in told


def _identifies(look: TableView, name: str) -> bool:
    facts = look.facts[name]
    return bool(facts["kind"] == "id" and look.distinct(name) == look.rows)
