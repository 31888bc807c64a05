"""Projects, datasets and their drafts. Drafts are only ever added; undo and redo move a pointer among them."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dataops_core import read
from dataops_core.errors import ConflictError, InputError, SettingError, nearest
from dataops_core.progress import Progress, no_progress
from dataops_core.read import ReadOptions, Source
from dataops_core.read.preview import Preview, SheetView, first_cells, preview
from dataops_core.recipe.recipe import Recipe, from_json, names_after
from dataops_core.steps._classes import class_codes
from dataops_core.store import catalog, states
from dataops_core.store.monitoring import quarantine
from dataops_core.store.naming import check_name, name_of_file
from dataops_core.store.people import members
from dataops_core.store.store import Store

ROLES = ("target", "favorable", "sensitive", "id", "weight", "split")


@dataclass(frozen=True)
class Dataset:
    """A dataset as it stands: its raw file, its draft recipe, its column roles, and where undo and redo lead."""

    id: str
    project: str
    name: str
    roles: Mapping[str, Any]
    revision: int
    draft: int
    raw: Mapping[str, Any]
    recipe: Recipe
    what: str
    undo: str | None  # what an undo would take back
    redo: str | None  # what a redo would do again
    created: str  # when the file was brought in; that day is "today" for the findings


def projects(store: Store) -> list[dict[str, Any]]:
    """The projects that the store's person may see, by name, each with the number of its datasets."""
    query = (
        sa.select(catalog.project.c.id, catalog.project.c.name, sa.func.count(catalog.dataset.c.id).label("datasets"))
        .outerjoin(catalog.dataset)
        .group_by(catalog.project.c.id, catalog.project.c.name)
        .order_by(catalog.project.c.name)
    )
    with store.reading() as connection:
        seen = members.projects_seen(store, connection)
        rows = connection.execute(query)
        return [dict(row._mapping) for row in rows if seen is None or row.id in seen]


def make_project(store: Store, name: str, actor: str) -> str:
    """A new project's id; raises SettingError where the name is empty or taken."""
    name = check_name(name, "project")
    made = secrets.token_urlsafe(16)
    with store.writing() as connection:
        if connection.scalar(sa.select(catalog.project.c.id).where(catalog.project.c.name == name)):
            raise SettingError(f'There is a project "{name}" already.', "project", "Choose another name.")
        connection.execute(catalog.project.insert().values(id=made, name=name, created=store.clock(), actor=actor))
        members.own(store, connection, made, actor)
        store.log(connection, "project made", actor, project=made, name=name)
    return made


def default_project(store: Store, actor: str) -> str:
    """The first project; made where there is none yet."""
    known = projects(store)
    if known:
        return str(known[0]["id"])
    try:
        return make_project(store, "My project", actor)
    except SettingError:  # another process made it meanwhile, or it is somebody else's
        known = projects(store)
        return str(known[0]["id"]) if known else make_project(store, f"Project of {actor}", actor)


def in_project(store: Store, project: str) -> list[dict[str, Any]]:
    """The datasets of a project: id and name, in the order they came."""
    query = sa.select(catalog.dataset.c.id, catalog.dataset.c.name).where(catalog.dataset.c.project == project)
    with store.reading("see", project=project) as connection:
        return [
            dict(row._mapping)
            for row in connection.execute(query.order_by(catalog.dataset.c.created, catalog.dataset.c.name))
        ]


def add(
    store: Store,
    project: str,
    file: Path,
    filename: str,
    actor: str,
    *,
    name: str = "",
    options: ReadOptions | None = None,
    progress: Progress = no_progress,
) -> str:
    """Bring a file: keep it untouched, read it, and make a dataset of it. Nothing is kept when it cannot be read.

    Without a name it is called as the file is, numbered where that is taken. Raises ConflictError where the name asked
    for is taken in the project.
    """
    name = check_name(name, "dataset") if name else ""
    raw = store_raw(store, file, filename)
    _, source = states.read_raw(store, raw, options, progress)
    return add_source(store, project, raw, source, actor, name=name)


def add_source(
    store: Store, project: str, raw: Mapping[str, Any], source: Source, actor: str, *, name: str = ""
) -> str:
    """Make a dataset of a raw file that the store holds and has read; see `add`."""
    name, filename = check_name(name, "dataset") if name else "", raw["name"]
    made = secrets.token_urlsafe(8)
    recipe = Recipe(name_of_file(filename), 0, (), source.options.to_json())
    with store.writing() as connection:
        taken = set(connection.scalars(sa.select(catalog.dataset.c.name).where(catalog.dataset.c.project == project)))
        if name in taken:
            raise ConflictError(
                f'There is a dataset "{name}" already.',
                "name of the dataset",
                "Choose another name, or commit to that one.",
            )
        free = name or _free_name(name_of_file(filename), taken)
        connection.execute(
            catalog.dataset.insert().values(
                id=made,
                project=project,
                name=free,
                created=store.clock(),
                actor=actor,
                roles={},
                draft=1,
                revision=1,
            )
        )
        _add_draft(store, connection, made, 1, None, raw, recipe, f"Read {filename}", actor)
        store.log(
            connection, "file read", actor, made, name=free, file=filename, sha256=raw["sha256"], rows=source.table.rows
        )
    return made


def store_raw(store: Store, file: Path, filename: str) -> dict[str, Any]:
    """Keep a copy of a raw file; returns its name, md5, sha256 and size."""
    copy = store.scratch_file()
    shutil.copyfile(file, copy)
    return {"name": Path(filename).name, **store.objects.put(copy).to_json()}


def get(store: Store, dataset: str) -> Dataset:
    """The dataset as it stands; raises InputError where there is none of that id, and AccessError where there is none
    for the store's person.
    """
    with store.reading("see", dataset) as connection:
        row = connection.execute(sa.select(catalog.dataset).where(catalog.dataset.c.id == dataset)).first()
        if row is None:
            raise InputError("There is no such dataset.", dataset, "Choose one on the Data page.")
        here = _draft(connection, dataset, row.draft)
        later = connection.execute(
            sa.select(catalog.draft.c.what)
            .where(catalog.draft.c.dataset == dataset, catalog.draft.c.parent == row.draft)
            .order_by(catalog.draft.c.n.desc())
            .limit(1)
        ).scalar()
    return Dataset(
        row.id,
        row.project,
        row.name,
        row.roles,
        row.revision,
        row.draft,
        here.raw,
        from_json(here.recipe),
        here.what,
        here.what if here.parent else None,
        later,
        row.created,
    )


def find(store: Store, name: str) -> str:
    """The id of the dataset with that name, in whatever project; raises InputError with the nearest name."""
    found = called(store, name)
    if not found:
        with store.reading() as connection:
            query = sa.select(catalog.dataset.c.name).order_by(catalog.dataset.c.created)
            names = list(connection.scalars(members.only_seen(store, connection, query)))
        raise InputError(f'There is no dataset "{name}".', str(store.home), nearest(name, names))
    if len(found) > 1:
        raise InputError(
            f'Several projects have a dataset "{name}".', str(store.home), f"Name it by its id: {', '.join(found)}."
        )
    return str(found[0])


def called(store: Store, name: str) -> list[str]:
    """The ids of the datasets with that name, one in each project at most, or the dataset with that id."""
    query = sa.select(catalog.dataset.c.id).order_by(catalog.dataset.c.created)
    with store.reading() as connection:
        query = members.only_seen(store, connection, query)
        same = list(connection.scalars(query.where(catalog.dataset.c.id == name)))
        return same or list(connection.scalars(query.where(catalog.dataset.c.name == name)))


def free_name(store: Store, project: str, wanted: str) -> str:
    """The name, numbered where a dataset of the project is called so already."""
    return _free_name(wanted, {each["name"] for each in in_project(store, project)})


def edit(
    store: Store,
    dataset: str,
    revision: int,
    recipe: Recipe,
    what: str,
    actor: str,
    raw: Mapping[str, Any] | None = None,
    why: str = "",
) -> None:
    """Make a changed recipe (and raw file) the current draft; raises ConflictError when another tab was faster, or
    where the file is a delivery in quarantine.
    """
    now = get(store, dataset)
    ends = {"from_state": _end(store, now.raw, now.recipe), "to_state": _end(store, raw or now.raw, recipe)}
    with store.writing() as connection:
        if raw and raw["sha256"] != now.raw["sha256"]:
            quarantine.check(connection, dataset, raw["sha256"])
        last = (
            connection.scalar(sa.select(sa.func.max(catalog.draft.c.n)).where(catalog.draft.c.dataset == dataset)) or 0
        )
        _add_draft(store, connection, dataset, last + 1, now.draft, raw or now.raw, recipe, what, actor)
        _move(connection, dataset, revision, last + 1)
        store.log(
            connection,
            "recipe changed",
            actor,
            dataset,
            change=what,
            draft=last + 1,
            **ends,
            **({"why": why} if why else {}),
        )


def _end(store: Store, raw: Mapping[str, Any], recipe: Recipe) -> str:
    """The id of the state in which a recipe ends, where it has been computed."""
    results = states.evaluate(store, raw, recipe, run=False)
    pending = any(result.outcome.status == "pending" for result in results)
    return "not computed yet" if pending else states.head(raw, recipe, results)


def undo(store: Store, dataset: str, revision: int, actor: str) -> None:
    """Go back to the draft before; nothing is erased."""
    with store.writing() as connection:
        here = _current(connection, dataset)
        if here.parent is None:
            raise SettingError("There is nothing to undo.", "recipe", "This is how the file was read.")
        _move(connection, dataset, revision, here.parent)
        store.log(connection, "undone", actor, dataset, change=here.what, draft=here.parent)


def redo(store: Store, dataset: str, revision: int, actor: str) -> None:
    """Go forward again to the latest draft made from this one."""
    with store.writing() as connection:
        here = _current(connection, dataset)
        later = connection.execute(
            sa.select(catalog.draft)
            .where(catalog.draft.c.dataset == dataset, catalog.draft.c.parent == here.n)
            .order_by(catalog.draft.c.n.desc())
            .limit(1)
        ).first()
        if later is None:
            raise SettingError("There is nothing to redo.", "recipe", "This is the latest state.")
        _move(connection, dataset, revision, later.n)
        store.log(connection, "redone", actor, dataset, change=later.what, draft=later.n)


def set_roles(store: Store, dataset: str, revision: int, roles: Mapping[str, Any], actor: str) -> None:
    """Say which column is the target, which are sensitive, and so on (see ROLES).

    Raises SettingError for an unknown role, and for a favorable value that the target does not have in the file.
    """
    odd = [role for role in roles if role not in ROLES]
    if odd:
        raise SettingError(f'There is no role "{odd[0]}".', "roles", nearest(odd[0], ROLES))
    _check_favorable(store, get(store, dataset), roles)
    with store.writing() as connection:
        _move(connection, dataset, revision, None, roles=dict(roles))
        store.log(connection, "roles set", actor, dataset, roles=dict(roles))


def _check_favorable(store: Store, here: Dataset, roles: Mapping[str, Any]) -> None:
    favorable, target = roles.get("favorable"), roles.get("target")
    if not favorable:
        return
    if not target:
        raise SettingError("A good outcome needs the column that it stands in.", "roles", "Choose the outcome first.")
    root = states.root_id(here.raw["sha256"], here.recipe.read or {})
    if states.known(store, root):
        _, classes = class_codes(states.table(store, root).frame([target])[target], "roles")
        if favorable not in classes:
            raise SettingError(f'"{target}" has no value "{favorable}".', "roles", nearest(favorable, classes))


def names_now(dataset: Dataset) -> dict[str, str]:
    """The names that columns have after the recipe's renaming steps, by those in the file; only those that changed."""
    return names_after(dataset.recipe.active)


def roles_now(dataset: Dataset) -> dict[str, Any]:
    """The roles under the names that columns have after the recipe's renaming steps."""
    names = names_now(dataset)

    def now(value: Any) -> Any:
        return [names.get(v, v) for v in value] if isinstance(value, list) else names.get(value, value)

    return {role: value if role == "favorable" else now(value) for role, value in dataset.roles.items()}


def _move(connection: sa.Connection, dataset: str, revision: int, draft: int | None, **values: Any) -> None:
    if draft is not None:
        values["draft"] = draft
    moved = connection.execute(
        catalog.dataset.update()
        .where(catalog.dataset.c.id == dataset, catalog.dataset.c.revision == revision)
        .values(revision=revision + 1, **values)
    )
    if moved.rowcount != 1:
        raise conflict(connection, dataset)


def still(connection: sa.Connection, dataset: str, revision: int) -> None:
    """Raise ConflictError if the dataset was changed since that revision; else nobody changes it in this
    transaction.
    """
    row = sa.select(catalog.dataset.c.revision).where(catalog.dataset.c.id == dataset).with_for_update()
    if connection.scalar(row) != revision:
        raise conflict(connection, dataset)


def conflict(connection: sa.Connection, dataset: str) -> ConflictError:
    """The error for the slower of two: who was faster, and with what."""
    draft, here = catalog.draft, catalog.dataset
    last = connection.execute(
        sa.select(draft.c.what, draft.c.actor, draft.c.at)
        .join(here, (here.c.id == draft.c.dataset) & (here.c.draft == draft.c.n))
        .where(here.c.id == dataset)
    ).first()
    return ConflictError(
        "This dataset was changed in another tab or by somebody else."
        + (f' Where it stands now: "{last.what}", by {last.actor}, {last.at}.' if last else ""),
        "recipe",
        "Look at the change, then do yours again.",
    )


def _add_draft(
    store: Store,
    connection: sa.Connection,
    dataset: str,
    n: int,
    parent: int | None,
    raw: Mapping[str, Any],
    recipe: Recipe,
    what: str,
    actor: str,
) -> None:
    store.need(raw["md5"])
    connection.execute(
        catalog.draft.insert().values(
            dataset=dataset,
            n=n,
            parent=parent,
            raw=dict(raw),
            recipe=json.loads(json.dumps(recipe.to_json())),
            what=what,
            actor=actor,
            at=store.clock(),
        )
    )


def _draft(connection: sa.Connection, dataset: str, n: int) -> Any:
    return connection.execute(
        sa.select(catalog.draft).where(catalog.draft.c.dataset == dataset, catalog.draft.c.n == n)
    ).one()


def _current(connection: sa.Connection, dataset: str) -> Any:
    n = connection.scalar(sa.select(catalog.dataset.c.draft).where(catalog.dataset.c.id == dataset))
    if n is None:
        raise InputError("There is no such dataset.", dataset, "Choose one on the Data page.")
    return _draft(connection, dataset, n)


def _free_name(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted} ({number})", number + 1
    return name


def preview_reading(store: Store, raw: Mapping[str, Any], options: ReadOptions) -> Preview:
    """The beginning of a file as it would be read with these options."""
    return preview(store.objects.local(raw["md5"]), options, raw["name"])


def first_lines(store: Store, raw: Mapping[str, Any], encoding: str) -> list[str]:
    """The first lines of a text file as it was brought."""
    return read.first_lines(store.objects.local(raw["md5"]), raw["name"], encoding)


def first_sheet_cells(store: Store, raw: Mapping[str, Any], sheet: str | None) -> SheetView:
    """The beginning of a sheet of a workbook as it was brought."""
    return first_cells(store.objects.local(raw["md5"]), raw["name"], sheet)
