"""The audit log: append-only and hash-chained. It holds names, counts and hashes, never cell values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from dataops_core.errors import IntegrityError
from dataops_core.hashing import canonical, sha256
from dataops_core.store import catalog

START = "0" * 64


def append(
    connection: sa.Connection, *, at: str, actor: str, what: str, dataset: str | None, details: Mapping[str, Any]
) -> dict[str, Any]:
    """Add one entry within a running transaction; returns it with its hash."""
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
    entry["hash"] = entry_hash(entry)
    connection.execute(catalog.audit.insert().values(**entry))
    return entry


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


def chosen(
    log: Sequence[dict[str, Any]],
    *,
    dataset: str | None = None,
    who: str | None = None,
    what: str | None = None,
    since: str | None = None,
    text: str | None = None,
) -> list[dict[str, Any]]:
    """The entries of a log that concern a dataset, by somebody, of a kind, from a day (ISO 8601) on, with a text in
    their details.
    """

    def fits(entry: Mapping[str, Any]) -> bool:
        return (
            (dataset is None or entry["dataset"] == dataset)
            and (who is None or entry["actor"] == who)
            and (what is None or entry["what"] == what)
            and (since is None or entry["at"] >= since)
            and (text is None or text.casefold() in " ".join(map(str, entry["details"].values())).casefold())
        )

    return [entry for entry in log if fits(entry)]


def count(connection: sa.Connection, dataset: str) -> int:
    """How many entries concern one dataset."""
    return (
        connection.scalar(
            sa.select(sa.func.count()).select_from(catalog.audit).where(catalog.audit.c.dataset == dataset)
        )
        or 0
    )


def check_chain(log: Sequence[Mapping[str, Any]]) -> None:
    """Recompute the whole chain of a log; raises IntegrityError at the first broken entry."""
    prev = START
    for number, entry in enumerate(log, 1):
        if entry["prev"] != prev or entry["hash"] != entry_hash(entry) or entry["seq"] != number:
            raise IntegrityError(
                "The audit log was changed.", f"entry {entry['seq']}", "Restore the catalog from a backup."
            )
        prev = entry["hash"]
