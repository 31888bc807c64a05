"""The audit log: append-only and hash-chained. It holds names, counts and hashes, never cell values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from dataops_core.errors import IntegrityError
from dataops_core.recipe.recipe import canonical, sha256
from dataops_core.store import catalog

START = "0" * 64


def append(
    connection: sa.Connection, *, at: str, actor: str, what: str, dataset: str | None, details: Mapping[str, Any]
) -> str:
    """Add one entry within a running transaction; returns its hash."""
    last = connection.execute(
        sa.select(catalog.audit.c.seq, catalog.audit.c.hash).order_by(catalog.audit.c.seq.desc()).limit(1)
    ).first()
    entry = {
        "seq": last.seq + 1 if last else 1,
        "at": at,
        "actor": actor,
        "what": what,
        "dataset": dataset,
        "details": dict(details),
        "prev": last.hash if last else START,
    }
    connection.execute(catalog.audit.insert().values(**entry, hash=entry_hash(entry)))
    return entry_hash(entry)


def entry_hash(entry: Mapping[str, Any]) -> str:
    """The hash of an entry: SHA-256 over its canonical JSON, the hash of the entry before included."""
    keys = ("seq", "at", "actor", "what", "dataset", "details", "prev")
    return sha256(canonical({key: entry[key] for key in keys}))


def entries(connection: sa.Connection, dataset: str | None = None) -> list[dict[str, Any]]:
    """The log in order, or what concerns one dataset."""
    query = sa.select(catalog.audit).order_by(catalog.audit.c.seq)
    if dataset is not None:
        query = query.where(catalog.audit.c.dataset == dataset)
    return [dict(row._mapping) for row in connection.execute(query)]


def count(connection: sa.Connection, dataset: str) -> int:
    """How many entries concern one dataset."""
    return (
        connection.scalar(
            sa.select(sa.func.count()).select_from(catalog.audit).where(catalog.audit.c.dataset == dataset)
        )
        or 0
    )


def check_chain(connection: sa.Connection) -> int:
    """Recompute the whole chain; returns the number of entries or raises IntegrityError at the first broken one."""
    prev, count = START, 0
    for entry in entries(connection):
        if entry["prev"] != prev or entry["hash"] != entry_hash(entry) or entry["seq"] != count + 1:
            raise IntegrityError(
                "The audit log was changed.", f"entry {entry['seq']}", "Restore the catalog from a backup."
            )
        prev, count = entry["hash"], count + 1
    return count
