"""The profile of a table with what the proposed repairs tell: columns are counted and checked, then rows compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dataops_core.checks import Context
from dataops_core.checks.check import Finding, ranked
from dataops_core.checks.profile import Keep, profile_table
from dataops_core.progress import Progress, no_progress
from dataops_core.read import Blanked
from dataops_core.repair.propose import Proposals, propose
from dataops_core.repair.recipe import row_ids
from dataops_core.repair.wrong_values import with_wrong_values
from dataops_core.table import Table

MOST_CELLS = 3_000_000  # of a table whose rows are compared; larger ones take longer than the rest of the profile


def full_profile(
    table: Table,
    progress: Progress = no_progress,
    context: Context = Context(),  # noqa: B008 - a frozen value
    keep: Keep | None = None,
    blanked: Mapping[str, Blanked] | None = None,
) -> tuple[dict[str, Any], Proposals | None]:
    """The profile of a table (see `profile_table`) with the cells that are probably wrong, and the repairs proposed
    for it; None where the table is too large for that.

    Findings that are part of others then stand apart, as "folded".
    """
    told: list[tuple[Finding, np.ndarray]] = []
    made, _ = profile_table(
        table,
        None,
        lambda share, note: progress(share / 2, note),
        context,
        lambda finding, rows: told.append((finding, rows)),
        blanked,
    )
    proposals = propose(table, progress=lambda share, note: progress(0.5 + share / 2, note)) if worth(table) else None
    if proposals is not None:
        ids = row_ids(table)
        masks = [(finding, np.isin(ids, rows)) for finding, rows in told]
        found, parts = with_wrong_values(masks, proposals, table)
        told = [(finding, ids[mask]) for finding, mask in found]
        made["findings"] = [finding.to_json() for finding in ranked([finding for finding, _ in told])]
        made["folded"] = [finding.to_json() for finding in parts]
    if keep:
        for finding, rows in told:
            keep(finding, rows)
    return made, proposals


def worth(table: Table) -> bool:
    """Whether rows are compared: not in a table that is large, or holds nothing.

    Comparing takes several times as long as the checks of single columns.
    """
    return 0 < table.cells <= MOST_CELLS
