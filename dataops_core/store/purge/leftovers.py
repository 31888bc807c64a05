"""What killed processes left in the store and nothing needs: stored files, half-written files and uploads, and tables
of datasets that never came to be.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dataops_core.errors import SettingError
from dataops_core.hashing import canonical
from dataops_core.progress import Progress, no_progress
from dataops_core.record import Record
from dataops_core.store import catalog, fsck, jobs, removal, removed_objects
from dataops_core.store.objects import Stored
from dataops_core.store.store import Store
from dataops_core.wording import counted

KIND = "leftovers"  # the job that counts or removes them
GRACE = 24.0  # hours for which what nothing needs yet may be needed by somebody who is at work
LEAST = 1.0  # hours: less could take a file from under a writer


@dataclass(frozen=True)
class Leftovers(Record):
    """How many stored files nothing needs, how many are half written, how many tables belong to no dataset, their
    bytes, and how many files are too young to say so.
    """

    files: int
    unfinished: int
    tables: int
    size: int
    recent: int

    def in_words(self) -> str:
        """What is counted, in a few words."""
        parts = [counted(self.files, "stored file")]
        parts += [counted(self.unfinished, "unfinished file")] if self.unfinished else []
        parts += [counted(self.tables, "table") + " without a dataset"] if self.tables else []
        return f"{', '.join(parts)} ({self.size / 1e6:,.1f} MB)"


def find(store: Store, *, older_than: float = GRACE) -> Leftovers:
    """Count what nothing needs and is older than this many hours."""
    store.require("store checked")
    return _found(store, older_than)[0]


def remove(store: Store, actor: str, *, older_than: float = GRACE, progress: Progress = no_progress) -> Leftovers:
    """Remove what no version, draft, delivery, model or job needs and is older than this many hours; returns what that
    was.

    It is done while nobody else writes. A file that is stored again counts as new, so that nothing goes that somebody
    is about to enter into the catalog. Raises SettingError for less than an hour.
    """
    if older_than < LEAST:
        raise SettingError(
            "Whoever is at work may still need files that young.", "--older-than", f"Give {LEAST:g} hour or more."
        )
    store.require("leftovers removed")
    removed_objects.finish(store)
    found, states, _ = _found(store, older_than)
    if not found.files and not found.unfinished and not found.tables:
        return found
    with store.writing() as connection:  # first the rows, then the files: a table without a row is left over, too
        store.log(connection, "leftovers removed", actor, **found.to_json())
        removal.forget_states(connection, states & _without_dataset(connection, _limit(store, older_than)))
    with store.writing():
        going = _found(store, older_than)[2]
        before = _limit(store, older_than).timestamp()
        for number, each in enumerate(going):
            progress(number / len(going), f"{number:,} of {len(going):,} files")
            store.objects.remove_older(each, before)
    for path in _locks(store, older_than):
        path.unlink(missing_ok=True)
    return found


def _limit(store: Store, hours: float) -> dt.datetime:
    return dt.datetime.fromisoformat(store.clock()) - dt.timedelta(hours=hours)


def _found(store: Store, older_than: float) -> tuple[Leftovers, set[str], list[Stored]]:
    """What is left over, the states of tables without a dataset, and the files that may go."""
    limit = _limit(store, older_than)
    listed = list(store.objects.listing())  # before the catalog is read: what is entered meanwhile is needed
    with store.reading() as connection:
        states = _without_dataset(connection, limit)
        rows = connection.execute(sa.select(catalog.job.c.args, catalog.job.c.result)).all()
    needed = set(fsck.needed(store, gone=states))
    needed |= {md5 for row in rows for md5 in jobs.MD5.findall(canonical([row.args, row.result]))}
    over = [each for each in listed if each.md5 not in needed]
    going = [each for each in over if each.at < limit.timestamp()]
    files = sum(bool(each.md5) for each in going)
    unfinished = len(going) - files + len(_locks(store, older_than))
    size = sum(each.size for each in going)
    return Leftovers(files, unfinished, len(states), size, len(over) - len(going)), states, going


def _without_dataset(connection: sa.Connection, limit: dt.datetime) -> set[str]:
    """The states, older than the limit, that lead back to no dataset, and whose tables no kept step joins."""
    datasets = connection.scalars(sa.select(catalog.dataset.c.id)).all()
    kept = removal.below(connection, removal.roots(connection, datasets))
    kept |= set(connection.scalars(sa.select(catalog.delivery.c.state)))
    recipes = connection.scalars(sa.select(catalog.draft.c.recipe)).all()
    wanted = {content for recipe in recipes for step in recipe.get("steps", ()) for content in _content(step)}
    rows = {row.id: row for row in connection.execute(sa.select(catalog.state))}
    waiting, seen = [rows[each] for each in kept & set(rows)], set[str]()
    while waiting or wanted - seen:
        for row in waiting:
            wanted |= set(_content(row.origin.get("step", {})))
        new = wanted - seen
        seen |= new
        reached = {row.id for row in rows.values() if row.content_hash in new}
        reached |= {row.parent for row in [*waiting, *(rows[each] for each in reached)] if row.parent in rows}
        waiting = [rows[each] for each in reached - kept]
        kept |= reached
    made = {each: dt.datetime.fromisoformat(row.created) for each, row in rows.items()}
    return {each for each in rows if each not in kept and made[each] < limit}


def _content(step: dict[str, Any]) -> list[str]:
    """The content hash of the table that a step joins or appends, if it does."""
    other = step.get("with")
    return [str(other["content"])] if isinstance(other, dict) and other.get("content") else []


def _locks(store: Store, older_than: float) -> list[Path]:
    """Lock files of jobs that were killed before they were queued."""
    folder, limit = store.home / "jobs", _limit(store, older_than).timestamp()
    with store.reading() as connection:
        running = set(connection.scalars(sa.select(catalog.job.c.id).where(catalog.job.c.state.in_(jobs.OPEN))))
    return [each for each in folder.glob("*.lock") if each.stem not in running and each.stat().st_mtime < limit]
