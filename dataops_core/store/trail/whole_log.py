"""The audit log, read and checked against its chain and its anchors."""

from __future__ import annotations

from typing import Any

from dataops_core.store.store import Store
from dataops_core.store.trail import anchors, audit


def whole_log(store: Store) -> list[dict[str, Any]]:
    """All entries of the log; raises IntegrityError where it was changed, cut or written anew."""
    path = anchors.anchor_file(store.home)
    kept = anchors.read(path)
    with store.reading() as connection:
        log = audit.entries(connection)
    audit.check_chain(log)
    anchors.check(path, kept, log)
    return log
