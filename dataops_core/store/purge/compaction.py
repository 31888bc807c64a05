"""Compaction: tables that can be computed again are no longer kept. Nothing is lost: the file as it came, the steps
with what they learned, and the content hash that must come out again stay.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import sqlalchemy as sa

from dataops_core.errors import ConflictError, DataOpsError
from dataops_core.progress import Progress, no_progress
from dataops_core.record import Record
from dataops_core.store import catalog, datasets, fsck, jobs, removal, removed_objects, states
from dataops_core.store.people import promotions
from dataops_core.store.people.environments import ENVIRONMENTS, SANDBOX
from dataops_core.store.purge.versions import draft_states, joined
from dataops_core.store.store import Store

KIND = "compact"  # the job that does it
LONGEST = 60.0  # seconds that computing a table again may take


@dataclass(frozen=True)
class Compaction(Record):
    """How many tables are no longer kept, how many bytes that frees, and how many stay because computing them again
    takes too long (`slow`) or does not give the same content on this machine (`other`).
    """

    tables: int
    freed: int
    slow: int
    other: int


def compact(
    store: Store,
    dataset: str,
    actor: str,
    *,
    longest: float = LONGEST,
    dry_run: bool = False,
    progress: Progress = no_progress,
) -> Compaction:
    """Stop keeping a dataset's tables that were computed again just now, within `longest` seconds and with the same
    content.

    Tables of the newest version, of versions that an environment has or that were signed off, of the draft, of files as
    they came, and those that other datasets join stay. A version whose table is gone opens as before: its table is
    computed again when somebody asks, and kept from then on. Raises ConflictError while a job of the dataset runs.
    """
    store.require("tables compacted", dataset)
    here = datasets.get(store, dataset)
    if any(each.is_open and each.kind != KIND for each in jobs.of_dataset(store, dataset)):
        raise ConflictError("A job of this dataset is running.", here.name, "Cancel it, or wait until it has ended.")
    removed_objects.finish(store)
    was, asked = _compacted(store), _candidates(store, here)
    tables, slow, other = [], 0, 0
    cost: dict[str, float] = {}  # seconds until a table that is not kept is there, with those before it
    for number, (state, parent, md5) in enumerate(asked):
        progress(number / len(asked), f"Table {number + 1:,} of {len(asked):,}")
        took = _computed_again(store, state)
        if took is None:
            other += 1
        elif took + cost.get(parent, 0.0) > longest:
            slow += 1
        else:
            cost[state] = took + cost.get(parent, 0.0)
            tables.append((state, md5))
    again = was - _compacted(store)  # tables before these that were computed again for them
    before = {md5 for md5, (what, _, _) in fsck.needed(store).items() if what == "table"}
    with store.writing() as connection:
        datasets.still(connection, dataset, here.revision)
        rows = connection.execute(sa.select(catalog.state).where(catalog.state.c.id.in_(sorted(again))))
        tables += [(row.id, row.md5) for row in rows]
        known = set(connection.scalars(sa.select(catalog.compacted.c.state)))  # by somebody else meanwhile
        tables = [each for each in tables if each[0] not in known]
        left = fsck.needed(store, gone={state for state, _ in tables})
        going = {md5 for _, md5 in tables if md5 in before and md5 not in left}
        freed = sum(store.objects.size(md5) for md5 in going)
        made = Compaction(len(tables), freed, slow, other)
        if dry_run or not tables:
            return made
        connection.execute(catalog.compacted.insert(), [{"state": state, "at": store.clock()} for state, _ in tables])
        store.log(connection, "tables compacted", actor, dataset, tables=made.tables, freed=made.freed)
        removed_objects.name(store, connection, going)
    removed_objects.finish(store)
    return made


def _candidates(store: Store, here: datasets.Dataset) -> list[tuple[str, str, str]]:
    """The states of a dataset that a step led to and nothing guards, with the state before and the md5 of their table;
    parents first.
    """
    *_, now = draft_states(store, here)
    guarded = _guarded(store, here.id) | {now}
    with store.reading() as connection:
        others = [each for each in connection.scalars(sa.select(catalog.dataset.c.id)) if each != here.id]
        mine = removal.below(connection, removal.roots(connection, [here.id]))
        mine -= removal.below(connection, removal.roots(connection, others))
        guarded |= joined(connection, here.id) | _compacted(store)
        delivery = catalog.delivery
        guarded |= set(connection.scalars(sa.select(delivery.c.state).where(delivery.c.dataset == here.id)))
        rows = connection.execute(
            sa.select(catalog.state).where(catalog.state.c.parent.is_not(None)).order_by(catalog.state.c.created)
        ).all()
    return [(row.id, row.parent, row.md5) for row in rows if row.id in mine and row.id not in guarded]


def _guarded(store: Store, dataset: str) -> set[str]:
    """The states of the versions whose tables stay, and of synthetic versions, which no recipe rebuilds."""
    numbers = {promotions.current(store, dataset, each) for each in ENVIRONMENTS if each != SANDBOX}
    table = catalog.version
    with store.reading() as connection:
        signed = set(
            connection.scalars(sa.select(catalog.sign_off.c.version).where(catalog.sign_off.c.dataset == dataset))
        )
        synthetic = set(connection.scalars(sa.select(catalog.twin.c.version)))
        rows = connection.execute(sa.select(table).where(table.c.dataset == dataset).order_by(table.c.n)).all()
    own = [row for row in rows if row.id not in synthetic]
    return {row.state for row in rows if row.id in synthetic or row.n in numbers | signed or row in own[-1:]}


def _computed_again(store: Store, state: str) -> float | None:
    """The seconds that it takes to compute a table from the one before it; None where its content is another, or it
    cannot be.
    """
    out = store.scratch_file(".parquet")
    began = time.monotonic()
    try:
        states.remake(store, state, out)
    except DataOpsError:
        return None
    finally:
        out.unlink(missing_ok=True)
    return time.monotonic() - began


def _compacted(store: Store) -> set[str]:
    """The states whose tables are not kept."""
    with store.reading() as connection:
        return set(connection.scalars(sa.select(catalog.compacted.c.state)))
