"""Jobs: work that takes longer than a click, each in a process of its own, its state a column of the catalog.

    queued -> running -> done | failed | cancelled | interrupted (no sign of life for ten seconds)

A job leaves nothing half done: what it makes are content-addressed files and cached values.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dataops_core.recipe.recipe import canonical, sha256
from dataops_core.store import catalog
from dataops_core.store.store import Store

OPEN = ("queued", "running")
SILENCE = 10.0  # seconds without a sign of life after which a running job counts as interrupted
AT_ONCE = 2


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

    @property
    def is_open(self) -> bool:
        """Whether it is still waiting or running."""
        return self.state in OPEN


def start(store: Store, kind: str, args: Mapping[str, Any], actor: str) -> str:
    """Start a job, or join the open one that does the very same; returns its id."""
    key = sha256(kind + canonical(dict(args)))
    made = secrets.token_urlsafe(8)
    with store.writing() as connection:
        same = connection.execute(
            sa.select(catalog.job.c.id, catalog.job.c.beat)
            .where(catalog.job.c.key == key, catalog.job.c.state.in_(OPEN), catalog.job.c.beat > time.time() - SILENCE)
        ).first()
        if same:
            return str(same.id)
        connection.execute(catalog.job.insert().values(
            id=made, kind=kind, args=dict(args), key=key, state="queued", share=0.0, note="Waiting", cancel=False,
            beat=time.time(), created=time.time(), actor=actor,
        ))
    path = os.pathsep.join(filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")]))
    environment = os.environ | {"DATAOPS_HOME": str(store.home.absolute()), "PYTHONPATH": path}
    with (store.home / "worker.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own module with our own job id
            [sys.executable, "-m", "dataops_core.store.worker", made], env=environment, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log,
        )
    threading.Thread(target=process.wait, daemon=True).start()  # nobody waits for it but the system wants it to be waited for
    return made


def get(store: Store, job: str) -> Job | None:
    """The job as it stands; one that fell silent is marked interrupted."""
    with store.reading() as connection:
        row = connection.execute(sa.select(catalog.job).where(catalog.job.c.id == job)).first()
    if row is None:
        return None
    if row.state in OPEN and row.beat < time.time() - SILENCE:
        finish(store, job, "interrupted", error={
            "what": "The work was interrupted.", "where": row.kind, "fix": "Start it again: nothing was lost.",
        })
        store.drop_scratch(job)
        return get(store, job)
    return _job(row)


def latest(store: Store, kind: str, args: Mapping[str, Any]) -> Job | None:
    """The last job that was started for exactly this, or None."""
    with store.reading() as connection:
        found = connection.scalar(
            sa.select(catalog.job.c.id).where(catalog.job.c.key == sha256(kind + canonical(dict(args))))
            .order_by(catalog.job.c.created.desc()).limit(1)
        )
    return get(store, found) if found else None


def last(store: Store, kind: str, dataset: str) -> Job | None:
    """The last job of this kind that was started for a dataset, whatever else it was asked, or None."""
    with store.reading() as connection:
        found = connection.scalar(
            sa.select(catalog.job.c.id).where(catalog.job.c.kind == kind, catalog.job.c.args["dataset"].as_string() == dataset)
            .order_by(catalog.job.c.created.desc()).limit(1)
        )
    return get(store, found) if found else None


def cancel(store: Store, job: str) -> None:
    """Ask a job to stop; it does so within a second."""
    with store.writing() as connection:
        connection.execute(catalog.job.update().where(catalog.job.c.id == job).values(cancel=True))


def claim(store: Store, job: str) -> bool:
    """Take a queued job to run it, if fewer than the allowed number run."""
    with store.writing() as connection:
        fresh = time.time() - SILENCE
        running = connection.scalar(
            sa.select(sa.func.count()).select_from(catalog.job).where(catalog.job.c.state == "running", catalog.job.c.beat > fresh)
        )
        if (running or 0) >= AT_ONCE:
            return False
        taken = connection.execute(
            catalog.job.update().where(catalog.job.c.id == job, catalog.job.c.state == "queued")
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
            catalog.job.update().where(catalog.job.c.id == job, catalog.job.c.state.in_(OPEN))
            .values(state=state, share=1.0 if state == "done" else catalog.job.c.share, result=result,
                    error=dict(error) if error else None)
        )


def _job(row: Any) -> Job:
    return Job(row.id, row.kind, row.args, row.state, row.share, row.note, row.actor, row.result, row.error)
