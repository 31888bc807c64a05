"""A file in quarantine is not worked on before somebody has decided."""

from __future__ import annotations

import sqlalchemy as sa

from dataops_core.errors import ConflictError
from dataops_core.store import catalog

ACCEPTED, QUARANTINED, REJECTED = "accepted", "quarantined", "rejected"


def check(connection: sa.Connection, dataset: str, sha256: str) -> None:
    """Raise ConflictError where the last word about this file, as a delivery of the dataset, is not that it may be
    used.
    """
    table = catalog.delivery
    rows = connection.execute(sa.select(table.c.n, table.c.raw, table.c.standing).where(table.c.dataset == dataset))
    last = max((row for row in rows if row.raw["sha256"] == sha256), key=lambda row: row.n, default=None)
    if last is None or last.standing == ACCEPTED:
        return
    fix = "Accept it with a reason (page Versions, Deliveries; deliveries --accept), or bring another file."
    raise ConflictError(f"Delivery {last.n} is {last.standing}: this file is not used.", last.raw["name"], fix)
