"""Renaming and deleting datasets. What is deleted is gone: its tables, files, versions and figures; the audit log tells
that it was there, by name and hash.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from dataops_core.errors import ConflictError, SettingError
from dataops_core.store import catalog, datasets, fsck, jobs, removed_objects, states
from dataops_core.store.naming import check_name
from dataops_core.store.store import Store
from dataops_core.store.trail import audit


def rename(store: Store, dataset: str, name: str, actor: str) -> None:
    """Give a dataset another name. Raises ConflictError where another one of the project has it."""
    here, name = datasets.get(store, dataset), check_name(name, "dataset")
    with store.writing() as connection:
        taken = connection.scalar(
            sa.select(catalog.dataset.c.id).where(
                catalog.dataset.c.project == here.project, catalog.dataset.c.name == name
            )
        )
        if taken == dataset:
            return
        if taken is not None:
            raise ConflictError(f'There is a dataset "{name}" already.', "name of the dataset", "Choose another name.")
        connection.execute(catalog.dataset.update().where(catalog.dataset.c.id == dataset).values(name=name))
        store.log(connection, "dataset renamed", actor, dataset, before=here.name, name=name)


def contents(store: Store, dataset: str) -> dict[str, Any]:
    """What is deleted with a dataset: its name, the numbers of its versions and models, and who else has its file."""
    here = datasets.get(store, dataset)
    with store.reading() as connection:
        versions = connection.scalars(sa.select(catalog.version.c.n).where(catalog.version.c.dataset == dataset)).all()
        models = connection.scalars(sa.select(catalog.model.c.name).where(catalog.model.c.dataset == dataset)).all()
        others = connection.execute(
            sa.select(catalog.dataset.c.name, catalog.draft.c.raw)
            .join(catalog.draft, catalog.draft.c.dataset == catalog.dataset.c.id)
            .where(catalog.dataset.c.id != dataset)
        ).all()
    users = _users(store, dataset)
    same = sorted({row.name for row in others if row.raw["sha256"] == here.raw["sha256"]})
    return {
        "name": here.name,
        "versions": sorted(versions),
        "models": sorted(models),
        "same_file": same,
        "used_by": users,
    }


def tombstones(store: Store, name: str) -> list[dict[str, Any]]:
    """What the audit log keeps of deleted datasets of that name, the newest first: when, by whom, the hash of the file,
    and the content hash of each version. Nothing for whoever may not read the whole log.
    """
    if not store.may("log read"):
        return []
    with store.reading() as connection:
        entries = audit.entries(connection)
    return [
        {
            "name": name,
            "at": entry["at"],
            "actor": entry["actor"],
            "sha256": entry["details"]["sha256"],
            "versions": entry["details"]["versions"],
        }
        for entry in reversed(entries)
        if entry["what"] == "dataset deleted" and entry["details"]["name"] == name
    ]


def delete(store: Store, dataset: str, actor: str, *, confirm: str) -> None:
    """Delete a dataset with its drafts, versions, models and files; `confirm` must be its name.

    Files and tables that another dataset needs stay. Figures that were kept are dropped for all datasets, because they
    may repeat its values; they are counted again when somebody asks.
    """
    here = datasets.get(store, dataset)
    if confirm.strip() != here.name:
        raise SettingError(
            "The name does not match.", "delete", f'Type the name of the dataset, "{here.name}", to delete it.'
        )
    if any(each.is_open for each in jobs.of_dataset(store, dataset)):
        raise ConflictError("A job of this dataset is running.", here.name, "Cancel it, or wait until it has ended.")
    if users := _users(store, dataset):
        raise ConflictError(
            f"Its table is joined or appended in {', '.join(users)}.",
            here.name,
            "Delete these first: their versions and what Undo brings back still need it.",
        )
    before = set(fsck.needed(store))
    ended = [each.id for each in jobs.of_dataset(store, dataset, raw=here.raw["sha256"]) if not each.is_open]
    made = jobs.files_of(store, ended)
    with store.writing() as connection:
        mine = roots(connection, [dataset])
        kept = roots(connection, connection.scalars(sa.select(catalog.dataset.c.id)).all(), without=dataset)
        versions = connection.execute(
            sa.select(catalog.version.c.id, catalog.version.c.n, catalog.version.c.content_hash).where(
                catalog.version.c.dataset == dataset
            )
        ).all()
        gone = below(connection, mine - kept)
        store.log(
            connection,
            "dataset deleted",
            actor,
            dataset,
            name=here.name,
            sha256=here.raw["sha256"],
            versions={str(row.n): row.content_hash for row in versions},
        )
        connection.execute(catalog.twin.delete().where(catalog.twin.c.version.in_([row.id for row in versions])))
        deliveries = sa.select(catalog.delivery.c.id).where(catalog.delivery.c.dataset == dataset)
        connection.execute(catalog.alert.delete().where(catalog.alert.c.delivery.in_(deliveries)))
        for table in (
            catalog.version,
            catalog.model,
            catalog.opinion,
            catalog.draft,
            catalog.delivery,
            catalog.promotion,
        ):
            connection.execute(table.delete().where(table.c.dataset == dataset))
        connection.execute(catalog.sign_off.delete().where(catalog.sign_off.c.dataset == dataset))
        connection.execute(catalog.role_grant.delete().where(catalog.role_grant.c.scope == dataset))
        connection.execute(catalog.dataset.delete().where(catalog.dataset.c.id == dataset))
        forget_states(connection, gone)
        connection.execute(catalog.cache.delete())
        connection.execute(catalog.job.delete().where(catalog.job.c.id.in_(ended)))
        removed_objects.name(store, connection, before | made)  # those that somebody still needs are left
    removed_objects.finish(store)


def _users(store: Store, dataset: str) -> list[str]:
    """The other datasets whose steps work with a table of this one."""
    with store.reading() as connection:
        mine = below(connection, roots(connection, [dataset]))
        hashes = set(
            connection.scalars(sa.select(catalog.state.c.content_hash).where(catalog.state.c.id.in_(sorted(mine))))
        )
        drafts = connection.execute(
            sa.select(catalog.dataset.c.name, catalog.draft.c.recipe)
            .join(catalog.draft, catalog.draft.c.dataset == catalog.dataset.c.id)
            .where(catalog.dataset.c.id != dataset)
        ).all()
    return sorted(
        {
            row.name
            for row in drafts
            for step in row.recipe.get("steps", ())
            if isinstance(step.get("with"), dict) and step["with"].get("content") in hashes
        }
    )


def forget_states(connection: sa.Connection, states: Iterable[str]) -> None:
    """Delete what the catalog knows of states that are gone."""
    for each in states:
        connection.execute(catalog.state.delete().where(catalog.state.c.id == each))
        for table in (catalog.result, catalog.model, catalog.compacted):
            connection.execute(table.delete().where(table.c.state == each))


def roots(connection: sa.Connection, some: Iterable[str], without: str = "") -> set[str]:
    """The states from which the drafts and versions of datasets go on, as files were read for them."""
    found: set[str] = set()
    for dataset in some:
        if dataset == without:
            continue
        drafts = connection.execute(
            sa.select(catalog.draft.c.raw, catalog.draft.c.recipe).where(catalog.draft.c.dataset == dataset)
        )
        found |= {states.root_id(row.raw["sha256"], row.recipe.get("read") or {}) for row in drafts}
        delivered = sa.select(catalog.delivery.c.raw, catalog.delivery.c.recipe)
        for row in connection.execute(delivered.where(catalog.delivery.c.dataset == dataset)):
            found |= {states.root_id(row.raw["sha256"], row.recipe["read"] or {})} if row.recipe else set()
        committed = connection.scalars(sa.select(catalog.version.c.state).where(catalog.version.c.dataset == dataset))
        found |= {_root(connection, state) for state in committed}
    return found


def _root(connection: sa.Connection, state: str) -> str:
    while parent := connection.scalar(sa.select(catalog.state.c.parent).where(catalog.state.c.id == state)):
        state = parent
    return state


def below(connection: sa.Connection, roots: Iterable[str]) -> set[str]:
    """These states and all that steps made of them."""
    tree: dict[str | None, list[str]] = {}
    for row in connection.execute(sa.select(catalog.state.c.id, catalog.state.c.parent)):
        tree.setdefault(row.parent, []).append(row.id)
    found, waiting = set(), list(roots)
    while waiting:
        state = waiting.pop()
        if state not in found:
            found.add(state)
            waiting += tree.get(state, [])
    return found
