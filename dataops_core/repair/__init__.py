"""The right values for cells that are probably wrong: proposed, with how sure they are and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dataops_core.progress import Progress, no_progress
from dataops_core.repair.propose import Proposals, propose
from dataops_core.repair.recipe import accept, row_ids, steps_of
from dataops_core.table import Table


def suggestions(table: Table, labels: Sequence[Any] = (), progress: Progress = no_progress) -> dict[str, Any]:
    """The proposals for a table as JSON: repairs (see Repair) and questions, each with the id of its row besides its
    place, and the dependencies. `labels` are triples of row, column and right value.
    """
    found = propose(table, {(row, column): value for row, column, value in labels}, progress=progress)
    ids = row_ids(table).tolist()
    return {
        "repairs": [each.to_json() | {"id": ids[each.row]} for each in found.repairs],
        "dependencies": found.dependencies,
        "ask": [each | {"id": ids[each["row"]]} for each in found.ask],
    }


__all__ = ["Proposals", "accept", "propose", "row_ids", "steps_of", "suggestions"]
