"""Jobs: work that takes longer than a click, each in a process of its own, its state a column of the catalog.

    queued -> running -> done | failed | cancelled | interrupted (its process has ended and never said how)

A job leaves nothing half done: what it makes are content-addressed files and cached values. Whether its process lives
is asked of the system, not of the clock: it holds a lock on a file from before the job is queued until it ends, however
it ends. A job of another machine (with a catalog that several share) has a lease instead, which its process renews.
"""

from __future__ import annotations

import fcntl
import os
import platform
import re
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dataops_core.errors import InputError
from dataops_core.hashing import canonical, sha256
from dataops_core.store import catalog
from dataops_core.store.store import Store

OPEN = ("queued", "running")
MD5 = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
LEASE = 600.0  # seconds for which a job of another machine counts as alive after its last sign of life
AT_ONCE = 2
PAUSE = 0.1  # seconds between two looks at a job that somebody waits for


@dataclass(frozen=True)
class Job:
    """A job as it stands."""

    id: str
    kind: str
    args: Mapping[str, Any]
    state: str
    share: float
    note: str
    actor: str
    result: Any
    error: Mapping[str, str] | None
    age: float  # seconds since it was asked for
    duration: float  # seconds from then to its last sign of life

    @property
    def is_open(self) -> bool:
        """Whether it is still waiting or running."""
        return self.state in OPEN


def start(store: Store, kind: str, args: Mapping[str, Any], actor: str) -> str:
    """Start a job, or join the open one that does the very same; returns its id."""
    if args.get("dataset"):
        store.require("see", args["dataset"])
    _bury(store)
    key = sha256(kind + canonical(dict(args)))
    made = secrets.token_urlsafe(8)
    with _held(store, made) as lock:
        with store.writing() as connection:
            same = connection.execute(
                sa.select(catalog.job).where(catalog.job.c.key == key, catalog.job.c.state.in_(OPEN))
            ).all()
            for row in same:
                if _is_alive(store, row):
                    _lock_file(store, made).unlink()
                    return str(row.id)
            connection.execute(
                catalog.job.insert().values(
                    id=made,
                    kind=kind,
                    args=dict(args),
                    key=key,
                    state="queued",
                    share=0.0,
                    note="Waiting",
                    cancel=False,
                    beat=time.time(),
                    created=time.time(),
                    actor=actor,
                    place=_place(store),
                )
            )
        path = os.pathsep.join(filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")]))
        environment = os.environ | {"DATAOPS_HOME": str(store.home.absolute()), "PYTHONPATH": path}
        with (store.home / "worker.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own module with our own job id
                [sys.executable, "-m", "dataops_core.store.worker", made],
                env=environment,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                pass_fds=(lock,),
            )
    threading.Thread(
        target=process.wait, daemon=True
    ).start()  # nobody waits for it but the system wants it to be waited for
    return made


def _place(store: Store) -> str:
    return f"{platform.node()}:{store.home.absolute()}"


def _lock_file(store: Store, job: str) -> Path:
    return store.home / "jobs" / f"{job}.lock"


@contextmanager
def _held(store: Store, job: str) -> Iterator[int]:
    """A lock on the job's file, as a handle that the worker inherits: it is free again when the last process that has
    it ends.
    """
    path = _lock_file(store, job)
    path.parent.mkdir(exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _is_alive(store: Store, row: Any) -> bool:
    """Whether the process of an open job lives: it does as long as it holds the lock on its file."""
    if row.place != _place(store):
        return bool(row.beat > time.time() - LEASE)
    try:
        handle = os.open(_lock_file(store, row.id), os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def get(store: Store, job: str) -> Job | None:
    """The job as it stands; one whose process has ended without a word is marked interrupted."""
    with store.reading() as connection:
        row = connection.execute(sa.select(catalog.job).where(catalog.job.c.id == job)).first()
    if row is None:
        return None
    if row.state in OPEN and not _is_alive(store, row):
        finish(
            store,
            job,
            "interrupted",
            error={
                "what": "The work was interrupted.",
                "where": row.kind,
                "fix": "Start it again: nothing was lost.",
            },
        )
        store.drop_scratch(job)
        return get(store, job)
    return _job(row)


def wait(store: Store, job: str) -> Job:
    """The job when it has ended."""
    while (now := get(store, job)) is not None and now.is_open:
        time.sleep(PAUSE)
    if now is None:
        raise InputError("There is no such job.", f"job {job}", "Start it again.")
    return now


def _bury(store: Store) -> None:
    """Mark open jobs whose process is dead as interrupted, and remove what they left, whether or not anybody asks for
    them again.
    """
    with store.reading() as connection:
        still_open = connection.scalars(sa.select(catalog.job.c.id).where(catalog.job.c.state.in_(OPEN))).all()
    for job in still_open:
        get(store, job)


def latest(store: Store, kind: str, args: Mapping[str, Any]) -> Job | None:
    """The last job that was started for exactly this, or None."""
    with store.reading() as connection:
        found = connection.scalar(
            sa.select(catalog.job.c.id)
            .where(catalog.job.c.key == sha256(kind + canonical(dict(args))))
            .order_by(catalog.job.c.created.desc())
            .limit(1)
        )
    return get(store, found) if found else None


def last(store: Store, kind: str, dataset: str) -> Job | None:
    """The last job of this kind that was started for a dataset, whatever else it was asked, or None."""
    with store.reading() as connection:
        found = connection.scalar(
            sa.select(catalog.job.c.id)
            .where(catalog.job.c.kind == kind, catalog.job.c.args["dataset"].as_string() == dataset)
            .order_by(catalog.job.c.created.desc())
            .limit(1)
        )
    return get(store, found) if found else None


def of_dataset(store: Store, dataset: str, raw: str = "") -> list[Job]:
    """The jobs of a dataset: those that name it, or the SHA-256 of its raw file."""
    with store.reading() as connection:
        rows = connection.execute(sa.select(catalog.job)).all()
    return [
        job
        for row in rows
        if dataset in (said := canonical([row.args, row.result])) or (raw and raw in said)
        if (job := get(store, row.id)) is not None
    ]


def files_of(store: Store, some: Collection[str]) -> set[str]:
    """The files (md5) that these jobs name and no other job does: export files, and what a run has put down."""
    with store.reading() as connection:
        rows = connection.execute(sa.select(catalog.job.c.id, catalog.job.c.args, catalog.job.c.result)).all()
    mine, others = set[str](), set[str]()
    for row in rows:
        (mine if row.id in some else others).update(MD5.findall(canonical([row.args, row.result])))
    return mine - others


def recent(store: Store, actor: str, seconds: float) -> list[Job]:
    """The jobs of somebody that are open, or gave their last sign of life in this time; the newest first."""
    with store.reading() as connection:
        found = connection.scalars(
            sa.select(catalog.job.c.id)
            .where(
                catalog.job.c.actor == actor,
                catalog.job.c.state.in_(OPEN) | (catalog.job.c.beat >= time.time() - seconds),
            )
            .order_by(catalog.job.c.created.desc())
        ).all()
    return [job for each in found if (job := get(store, each)) is not None]


def cancel(store: Store, job: str) -> None:
    """Ask a job to stop; it does so within a second. That of somebody else takes a role, and is logged."""
    with store.writing() as connection:
        row = connection.execute(sa.select(catalog.job).where(catalog.job.c.id == job)).one_or_none()
        if row is not None and row.actor != store.person:
            place = {"dataset": row.args.get("dataset"), "project": row.args.get("project")}
            store.log(connection, "job cancelled", store.person, **place, job=job, of=row.actor)
        connection.execute(catalog.job.update().where(catalog.job.c.id == job).values(cancel=True))


def claim(store: Store, job: str) -> bool:
    """Take a queued job to run it, if fewer than the allowed number run."""
    with store.writing() as connection:
        running = connection.execute(sa.select(catalog.job).where(catalog.job.c.state == "running")).all()
        if sum(_is_alive(store, row) for row in running) >= AT_ONCE:
            return False
        taken = connection.execute(
            catalog.job.update()
            .where(catalog.job.c.id == job, catalog.job.c.state == "queued")
            .values(state="running", beat=time.time(), note="Starting")
        )
        return taken.rowcount == 1


def beat(store: Store, job: str, share: float | None = None, note: str | None = None) -> bool:
    """Give a sign of life, with progress; returns whether the job was asked to stop."""
    said = {key: value for key, value in (("share", share), ("note", note)) if value is not None}
    with store.writing() as connection:
        connection.execute(catalog.job.update().where(catalog.job.c.id == job).values(beat=time.time(), **said))
        return bool(connection.scalar(sa.select(catalog.job.c.cancel).where(catalog.job.c.id == job)))


def finish(store: Store, job: str, state: str, *, result: Any = None, error: Mapping[str, str] | None = None) -> None:
    """Write how an open job ended; a job that has ended stays as it is."""
    with store.writing() as connection:
        connection.execute(
            catalog.job.update()
            .where(catalog.job.c.id == job, catalog.job.c.state.in_(OPEN))
            .values(
                state=state,
                share=1.0 if state == "done" else catalog.job.c.share,
                result=result,
                error=dict(error) if error else None,
            )
        )
    _lock_file(store, job).unlink(missing_ok=True)


def _job(row: Any) -> Job:
    age, lasted = time.time() - row.created, max(row.beat - row.created, 0.0)
    return Job(
        row.id, row.kind, row.args, row.state, row.share, row.note, row.actor, row.result, row.error, age, lasted
    )
