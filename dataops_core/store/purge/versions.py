"""Purging versions of a dataset, one or all in which a person stands. Their numbers, ids and hashes stay."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dataops_core.errors import ConflictError, SettingError
from dataops_core.record import Record
from dataops_core.store import catalog, datasets, fsck, jobs, removal, removed_objects, states, versions
from dataops_core.store.people import promotions
from dataops_core.store.people.environments import ENVIRONMENTS, SANDBOX
from dataops_core.store.store import Store
from dataops_core.table.kinds import shown

OTHERS = "later versions, or the draft"  # tables that lead to theirs


@dataclass(frozen=True, order=True)
class Held(Record):
    """A file of a purged version that stays, because others need it."""

    what: str  # "raw file", "table" or "model"
    users: tuple[str, ...]


@dataclass(frozen=True)
class Purge(Record):
    """What was purged, or would be: the numbers of the versions, how many files go, and what stays and why."""

    versions: tuple[int, ...]
    files: int
    held: tuple[Held, ...]


def versions_with(store: Store, dataset: str, column: str, value: str) -> list[int]:
    """The versions in which a cell of a column is `value`, as people read it: in their table, in one that led to it, or
    in the file as it came; also those whose recipe or message repeats it. In a table without that column, all columns
    are searched.

    Raises SettingError where no version has such a column.
    """
    found, is_known, seen = [], False, {}
    for each in versions.log(store, dataset):
        version = versions.get(store, dataset, each["number"])
        versions.table(store, version)  # computed again where it is gone
        for state in _path(store, version.state):
            if state not in seen:
                seen[state] = _has(store, state, column, value)
        here = [seen[state] for state in _path(store, version.state)]
        is_known |= any(has_column for has_column, _ in here)
        told = json.dumps(dict(version.manifest), ensure_ascii=False)
        if any(has_value for _, has_value in here) or json.dumps(value, ensure_ascii=False) in told:
            found.append(version.number)
    if not is_known:
        raise SettingError(f'No version has a column "{column}".', "--where", "Name a column of the dataset.")
    return sorted(found)


def purge_person(
    store: Store, dataset: str, column: str, value: str, actor: str, *, reason: str, dry_run: bool = False
) -> Purge:
    """Purge every version in which a person stands, whatever its number (see `versions_with`).

    Raises ConflictError where the draft has that person, too: it would keep them, and so would the next version.
    """
    store.require("version purged", dataset)
    found = versions_with(store, dataset, column, value)
    here = datasets.get(store, dataset)
    recipe = json.dumps(here.recipe.to_json(), ensure_ascii=False)
    states.evaluate(store, here.raw, here.recipe)
    in_tables = any(_has(store, state, column, value)[1] for state in draft_states(store, here))
    if not dry_run and (in_tables or json.dumps(value, ensure_ascii=False) in recipe):
        raise ConflictError(
            "The draft has that value, too, in its file or its steps.",
            here.name,
            "Take these rows out of the file (and the value out of the steps), commit that file, then purge.",
        )
    return purge(store, dataset, found, actor, reason=reason, force=True, dry_run=dry_run)


def purge(
    store: Store,
    dataset: str,
    numbers: Sequence[int],
    actor: str,
    *,
    reason: str,
    force: bool = False,
    dry_run: bool = False,
) -> Purge:
    """Purge versions: what they alone hold is deleted, for good; a tombstone stays in the catalog, and an entry in the
    audit log. With them goes what Undo could bring back; figures that were kept are counted again.

    Without `force` the newest version, one that an environment has and one that was signed off stay. Raises
    SettingError without a reason, and ConflictError for these, and while a job of the dataset runs.
    """
    store.require("version purged", dataset)
    if not reason.strip() and not dry_run:
        raise SettingError("A purge needs a reason.", "reason", "Say why: it is what is left of the version.")
    here = datasets.get(store, dataset)
    chosen = [versions.get(store, dataset, number) for number in sorted(set(numbers))]
    if not chosen:
        return Purge((), 0, ())
    if not force and (why := guarded(store, dataset, [each.number for each in chosen])):
        raise ConflictError(f"{why}.", f"{here.name}, versions", "Purge it all the same with --force, or leave it out.")
    if any(each.is_open for each in jobs.of_dataset(store, dataset)):
        raise ConflictError("A job of this dataset is running.", here.name, "Cancel it, or wait until it has ended.")
    removed_objects.finish(store)
    before = fsck.needed(store)
    ended = [each.id for each in jobs.of_dataset(store, dataset, raw=here.raw["sha256"]) if not each.is_open]
    mine = {f"{here.name}, version {each.number}" for each in chosen}
    jobs_made = jobs.files_of(store, ended)  # export files hold what is purged, too
    held_before = {md5: what for md5, (what, _, users) in before.items() if users & mine}
    with store.writing() as connection:
        datasets.still(connection, dataset, here.revision)
        gone = _states_gone(store, connection, here, {each.number for each in chosen})
        wanted = _still_needed(store, here, {each.number for each in chosen}, gone)
        going = sorted(set(before) - set(wanted))
        held = [
            Held(what, tuple(sorted(wanted[md5])) or (OTHERS,)) for md5, what in held_before.items() if md5 in wanted
        ]
        made = Purge(tuple(each.number for each in chosen), len(set(going) & set(held_before)), tuple(sorted(held)))
        if dry_run:
            return made
        for each in chosen:
            store.log(
                connection,
                "version purged",
                actor,
                dataset,
                number=each.number,
                version=each.id,
                content_hash=each.content_hash,
                reason=reason.strip(),
                files=made.files,
            )
            connection.execute(
                catalog.tombstone.insert().values(
                    version=each.id,
                    dataset=dataset,
                    n=each.number,
                    at=store.clock(),
                    actor=actor,
                    reason=reason.strip(),
                )
            )
        _forget(connection, dataset, here.draft, gone, ended)
        removed_objects.name(store, connection, {*going, *jobs_made})
    removed_objects.finish(store)
    return made


def guarded(store: Store, dataset: str, numbers: list[int]) -> str:
    """Why one of these versions is not purged without force; empty where none is guarded."""
    newest = next((each["number"] for each in versions.log(store, dataset) if not each["synthetic"]), None)
    if newest in numbers:
        return f"Version {newest} is the newest one"
    for environment in ENVIRONMENTS:
        if environment != SANDBOX and (now := promotions.current(store, dataset, environment)) in numbers:
            return f"Version {now} is in {environment}"
    with store.reading() as connection:
        table = catalog.sign_off
        signed = connection.scalars(sa.select(table.c.version).where(table.c.dataset == dataset)).all()
    both = sorted(set(signed) & set(numbers))
    return f"Version {both[0]} was signed off" if both else ""


def _states_gone(store: Store, connection: sa.Connection, here: datasets.Dataset, numbers: set[int]) -> set[str]:
    """The states that only these versions, and what Undo could bring back, lead to."""
    mine = removal.roots(connection, [here.id])
    others = [each for each in connection.scalars(sa.select(catalog.dataset.c.id)) if each != here.id]
    kept = removal.below(connection, removal.roots(connection, others))
    table = catalog.version
    rest = connection.execute(
        sa.select(table.c.state).where(table.c.dataset == here.id, table.c.n.not_in(numbers), ~_is_purged(table.c.id))
    )
    parents = {row.id: row.parent for row in connection.execute(sa.select(catalog.state.c.id, catalog.state.c.parent))}
    ends = {row.state for row in rest} | set(draft_states(store, here))
    delivery = catalog.delivery
    ends |= set(connection.scalars(sa.select(delivery.c.state).where(delivery.c.dataset == here.id)))
    ends |= joined(connection, here.id)
    for state in ends:
        while state is not None and state not in kept:
            kept.add(state)
            state = parents.get(state)
    return removal.below(connection, mine) - kept


def _is_purged(version: Any) -> Any:
    return sa.exists().where(catalog.tombstone.c.version == version)


def draft_states(store: Store, here: datasets.Dataset) -> Iterator[str]:
    """The states to which the draft as it is now has led so far."""
    yield states.root_id(here.raw["sha256"], here.recipe.read or {})
    for each in states.evaluate(store, here.raw, here.recipe, run=False):
        yield each.after


def joined(connection: sa.Connection, dataset: str) -> set[str]:
    """The states whose tables a step of a draft joins or appends."""
    content = {
        step["with"]["content"]
        for recipe in connection.scalars(sa.select(catalog.draft.c.recipe))
        for step in recipe.get("steps", ())
        if isinstance(step.get("with"), dict) and step["with"].get("content")
    }
    table = catalog.state
    return set(connection.scalars(sa.select(table.c.id).where(table.c.content_hash.in_(sorted(content)))))


def _still_needed(store: Store, here: datasets.Dataset, numbers: set[int], gone: set[str]) -> dict[str, set[str]]:
    """Each object that is needed once these versions and states are gone, with its users."""
    found = fsck.needed(store, without=(here.id, frozenset(numbers), here.draft), gone=gone)
    return {md5: users for md5, (_, _, users) in found.items()}


def _forget(connection: sa.Connection, dataset: str, draft: int, gone: set[str], ended: list[str]) -> None:
    """Delete what the catalog knows of states that are gone, the drafts that Undo could bring back, and figures."""
    table = catalog.draft
    connection.execute(table.delete().where(table.c.dataset == dataset, table.c.n != draft))
    connection.execute(table.update().where(table.c.dataset == dataset).values(parent=None))
    removal.forget_states(connection, gone)
    connection.execute(catalog.cache.delete())
    connection.execute(catalog.job.delete().where(catalog.job.c.id.in_(ended)))


def _path(store: Store, state: str) -> list[str]:
    """A state and those that led to it."""
    found: list[str] = []
    at: str | None = state
    with store.reading() as connection:
        while at is not None:
            found.append(at)
            at = connection.scalar(sa.select(catalog.state.c.parent).where(catalog.state.c.id == at))
    return found


def _has(store: Store, state: str, column: str, value: str) -> tuple[bool, bool]:
    """Whether the table of a state has the column, and whether the value stands in it, or in any column where it does
    not have it.
    """
    table = states.table(store, state)
    named = column in table.names
    for name in [column] if named else table.names:
        if (shown(table.frame([name])[name]).astype(object) == value).any():
            return named, True
    return named, False
