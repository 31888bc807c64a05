"""The store: the one handle on catalog, objects and scratch space. Its home folder can be moved; no absolute path is
kept.
"""

from __future__ import annotations

import copy
import datetime as dt
import fcntl
import getpass
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dataops_core.errors import AccessError, ConflictError, IntegrityError
from dataops_core.hashing import canonical
from dataops_core.scratch import owned_prefix, sweep
from dataops_core.store import catalog
from dataops_core.store.objects import Objects, digest
from dataops_core.store.people import permissions
from dataops_core.store.team.database import grant
from dataops_core.store.trail import anchors, audit

_log = logging.getLogger("dataops")
HEAD = "audit head"  # where a connection holds the entry that was added last


def now() -> str:
    """The time in UTC, to the second, as ISO 8601."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def whoami() -> str:
    """The name of the person at this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def default_home() -> Path:
    """Where work is kept: DATAOPS_HOME, or ~/.dataops."""
    return Path(os.environ.get("DATAOPS_HOME") or Path.home() / ".dataops")


def _sweep(scratch: Path) -> None:
    """Remove what killed processes left in scratch space: at once where it says whose it is, else once it
    is a day old.
    """
    sweep(scratch)
    for path in scratch.iterdir():
        try:
            if path.stat().st_mtime < time.time() - 86_400:
                path.unlink() if path.is_file() else shutil.rmtree(path, ignore_errors=True)
        except FileNotFoundError:  # another process sweeps too
            continue


class Store:
    """Catalog, objects and scratch space under one home folder.

    DATAOPS_CATALOG (a database URL) and DATAOPS_OBJECTS (a bucket URL) put catalog and objects elsewhere. `is_server`:
    this process serves many people, so it reads no file that somebody brought, not even to rebuild a table. `person` is
    who works with this handle: the user of this machine unless it is said otherwise. While roles are switched on, it
    shows what this person may see, and does what they may do.
    """

    def __init__(
        self,
        home: Path | None = None,
        *,
        clock: Callable[[], str] = now,
        is_server: bool = False,
        person: str | None = None,
    ) -> None:
        self.home, self.is_server = home or default_home(), is_server
        self.person = whoami() if person is None else person
        self.scratch = self.home / "tmp"
        self.clock = clock
        url = os.environ.get("DATAOPS_CATALOG") or f"sqlite:///{self.home / 'catalog.sqlite'}"
        try:
            self.scratch.mkdir(parents=True, exist_ok=True)
            _sweep(self.scratch)
            self._engine = catalog.connect(url)
        except OSError as error:
            raise IntegrityError(
                f"The folder in which work is kept cannot be used: {error.strerror}.",
                str(error.filename or self.home),
                "Give yourself the right to write there, make room on the disk, or name another folder (DATAOPS_HOME).",
            ) from error
        self._writer = self._engine.execution_options(writes=True)
        self.objects = Objects(os.environ.get("DATAOPS_OBJECTS") or str(self.home / "objects"), self.home / "copies")
        self._drop_copies()

    def of(self, person: str) -> Store:
        """The same store in the hands of somebody else."""
        other = copy.copy(self)
        other.person = person
        return other

    @contextmanager
    def reading(
        self, action: str | None = None, dataset: str | None = None, project: str | None = None
    ) -> Iterator[sa.Connection]:
        """A read transaction: one consistent view. With an action, raises AccessError, and logs it, unless the person
        of this handle may do that.
        """
        try:
            with catalog.clear_errors(self._engine), self._engine.begin() as connection:
                if action is not None:
                    self.allow(connection, action, self.person, dataset, project=project)
                yield connection
        except AccessError as error:
            if action is not None:
                self.log_refusal(error)
            raise

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A write transaction: all or nothing. What somebody may not do is undone, and the refusal logged."""
        try:
            with self._anchored() as connection:
                yield connection
        except AccessError as error:
            self.log_refusal(error)
            raise

    def require(self, action: str, dataset: str | None = None, project: str | None = None) -> None:
        """Raise AccessError, and log it, unless the person of this handle may do this."""
        with self.reading(action, dataset, project):
            pass

    def may(
        self, action: str, dataset: str | None = None, project: str | None = None, environment: str | None = None
    ) -> bool:
        """Whether the person of this handle may do this; for what a page shows, never in the place of the check."""
        return self.rights(dataset, project).problem(action, self.person, environment) is None

    def rights(self, dataset: str | None = None, project: str | None = None) -> permissions.Rights:
        """What the person of this handle may do with a dataset or in a project; for what a page shows."""
        with self.reading() as connection:
            return permissions.rights(connection, self.person, dataset, project)

    def allow(
        self,
        connection: sa.Connection,
        action: str,
        actor: str,
        dataset: str | None = None,
        *,
        project: str | None = None,
        environment: str | None = None,
    ) -> None:
        """Raise AccessError unless the person of this handle may do this, within the transaction of the action."""
        permissions.check(
            connection,
            action,
            person=self.person,
            actor=actor,
            dataset=dataset,
            project=project,
            environment=environment,
        )

    def log_refusal(self, error: AccessError) -> None:
        """Add to the audit log what somebody may not do, and tried."""
        details = {"action": error.where, "why": error.what}
        actor = self.person or "nobody"
        with self._anchored() as connection:
            connection.info[HEAD] = audit.append(
                connection, at=self.clock(), actor=actor, what="refused", dataset=None, details=details
            )

    @contextmanager
    def _anchored(self) -> Iterator[sa.Connection]:
        """A write transaction; what it added to the audit log is anchored. Where that cannot be done, nothing is
        written: but for a disk that is full by then, all that can go wrong goes wrong before the transaction ends.
        """
        with ExitStack() as stack:
            with catalog.clear_errors(self._engine), self._writer.begin() as connection:
                connection.info.pop(HEAD, None)
                yield connection
                head = connection.info.pop(HEAD, None)
                if head:
                    line = anchors.line(head)
                    file = stack.enter_context(anchors.opened(anchors.anchor_file(self.home)))
            if head:
                try:
                    anchors.add(file, line)
                except OSError:
                    _log.exception("Entry %s of the audit log could not be anchored", head["seq"])

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        """Let processes of this home that do the same thing do so one by one: the next waits until this one
        has ended.
        """
        folder = self.home / "locks"
        folder.mkdir(exist_ok=True)
        with (folder / what).open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _drop_copies(self) -> None:
        """Delete this machine's copies of files that a purge deleted, here or elsewhere."""
        if kept := self.objects.copies():
            table = catalog.removed_object
            with self.reading() as connection:
                gone = set(connection.scalars(sa.select(table.c.md5).where(table.c.done)))
            self.objects.drop_copies(kept & gone)

    def need(self, md5: str) -> None:
        """Raise ConflictError where a file that was stored before this write transaction was purged meanwhile."""
        if not self.objects.has(md5):
            raise ConflictError("A stored file was purged meanwhile.", f"object {md5}", "Bring the file again.")

    def share(self, role: str) -> None:
        """Let a role of the database work with the catalog; the audit log it may only add to."""
        with catalog.clear_errors(self._engine):
            grant(self._engine, list(catalog.metadata.tables), role)

    def where(self) -> dict[str, str]:
        """Where catalog and objects are, without passwords."""
        return {"catalog": catalog.where(self._engine), "objects": self.objects.address}

    def close(self) -> None:
        """Let go of the catalog's connections."""
        self._engine.dispose()

    def log(
        self,
        connection: sa.Connection,
        what: str,
        actor: str,
        dataset: str | None = None,
        *,
        project: str | None = None,
        environment: str | None = None,
        **details: Any,
    ) -> Mapping[str, Any]:
        """Add an entry to the audit log, within the transaction of what it tells; returns it with its time and hash.
        Raises AccessError where the actor may not do this (see dataops_core/access).
        """
        self.allow(connection, what, actor, dataset, project=project, environment=environment)
        named = {"project": project, "environment": environment}
        details |= {key: value for key, value in named.items() if value is not None}
        entry = audit.append(connection, at=self.clock(), actor=actor, what=what, dataset=dataset, details=details)
        connection.info[HEAD] = entry
        return entry

    def use_scratch(self, name: str) -> None:
        """Use scratch space apart from all others', so that it can be removed as a whole."""
        self.scratch = self.home / "tmp" / name
        self.scratch.mkdir(exist_ok=True)

    def drop_scratch(self, name: str) -> None:
        """Remove the scratch space of that name, if there is one."""
        shutil.rmtree(self.home / "tmp" / name, ignore_errors=True)

    def scratch_file(self, suffix: str = "") -> Path:
        """A new empty file in scratch space."""
        handle, name = tempfile.mkstemp(prefix=owned_prefix(), suffix=suffix, dir=self.scratch)
        os.close(handle)
        return Path(name)

    def cached(self, key: str) -> Any:
        """The value kept under that key, or None."""
        with self.reading() as connection:
            return connection.scalar(sa.select(catalog.cache.c.value).where(catalog.cache.c.key == key))

    def cached_many(self, keys: list[str]) -> dict[str, Any]:
        """The values kept under these keys; keys that are not there are left out."""
        found: dict[str, Any] = {}
        with self.reading() as connection:
            for start in range(0, len(keys), 500):
                some = keys[start : start + 500]
                rows = connection.execute(
                    sa.select(catalog.cache.c.key, catalog.cache.c.value).where(catalog.cache.c.key.in_(some))
                )
                found |= {row.key: row.value for row in rows}
        return found

    def keep(self, values: dict[str, Any]) -> None:
        """Keep JSON values under their keys; a key that is there already keeps its value (keys name content)."""
        if not values:
            return
        with self.writing() as connection:
            keys = list(values)
            known: set[str] = set()
            for start in range(0, len(keys), 500):
                rows = connection.scalars(
                    sa.select(catalog.cache.c.key).where(catalog.cache.c.key.in_(keys[start : start + 500]))
                )
                known |= set(rows)
            new = [{"key": key, "value": value} for key, value in values.items() if key not in known]
            if new:
                connection.execute(catalog.cache.insert(), new)

    def raw_file(self, raw: Mapping[str, Any]) -> Path:
        """A stored raw file; raises IntegrityError unless it is the very file that was brought, by its SHA-256."""
        path = self.objects.local(raw["md5"])
        if digest(path).sha256 != raw["sha256"]:
            raise IntegrityError("A stored file is not the one that was brought.", raw["name"], "Read the file again.")
        return path

    def put_json(self, value: Any) -> str:
        """Store a JSON document as an object; returns its md5."""
        path = self.scratch_file(".json")
        path.write_text(canonical(value), encoding="utf-8")
        return self.objects.put(path).md5
