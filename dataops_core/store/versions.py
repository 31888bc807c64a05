"""Versions: committed states of a dataset, immutable, each described by a manifest whose hash is its id."""

from __future__ import annotations

import importlib.metadata
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dataops_core import __version__
from dataops_core.errors import ConflictError, InputError, IntegrityError, SettingError
from dataops_core.export.bundle import raw_left_out, tables_of, write_bundle
from dataops_core.hashing import canonical, sha256
from dataops_core.progress import Progress, no_progress
from dataops_core.recipe.recipe import Recipe, from_json
from dataops_core.store import catalog, dataset_rules, datasets, models, personal_data, states
from dataops_core.store.choices import chosen_recipe
from dataops_core.store.results.diffs import change, renamings
from dataops_core.store.results.profile import profile
from dataops_core.store.results.version_differences import ColumnDifference, group_differences
from dataops_core.store.store import Store
from dataops_core.store.trail import audit
from dataops_core.table import Difference, Table
from dataops_core.wording import counted

FORMAT = "dataops-version/1"
SYNTHETIC = "synthetic"


@dataclass(frozen=True)
class Version:
    """A committed state of a dataset."""

    id: str
    dataset: str
    number: int
    message: str
    actor: str
    created: str
    state: str
    content_hash: str
    manifest: Mapping[str, Any]

    @property
    def recipe(self) -> Recipe:
        """The version's recipe, with everything its steps learned."""
        return from_json(self.manifest["recipe"])


def commit(
    store: Store,
    dataset: str,
    message: str,
    actor: str,
    *,
    revision: int | None = None,
    onto: int | None = None,
    reason: str = "",
    pii_reason: str = "",
    gate: bool = True,
    progress: Progress = no_progress,
) -> Version:
    """Commit the dataset's draft as its next version; with `revision`, only if it is still that one,
    and with `onto`, only if that version is still the newest one.

    Models that were kept with this very state are listed in its manifest under "models", and ship with its bundle.

    The dataset's rules are checked, and kept with their state; a rule that blocks and fails needs a `reason`.
    `pii_reason` says why direct identifiers that nobody treated leave; it goes to the audit log, the manifest and the
    data card. Without `gate` none is asked for now, but at the export.

    Raises SettingError where a step of the draft fails, where there is no message, or where a rule that blocks fails
    and there is no reason, PersonalDataError where the table names people and no reason is given, and ConflictError
    where the draft was changed meanwhile, or another version was saved: it says how that one differs.
    """
    if not message.strip():
        raise SettingError("A version needs a message.", "commit", "Say in a few words what this version is.")
    here = datasets.get(store, dataset)
    if revision is not None and here.revision != revision:
        with store.reading() as connection:
            raise datasets.conflict(connection, dataset)
    still_newest(store, dataset, onto)
    results = states.evaluate(store, here.raw, here.recipe, progress=progress)
    failed = [r for r in results if r.outcome.status == "failed"]
    if failed:
        raise SettingError(
            f'The step "{failed[0].entry.sentence}" does not work: {failed[0].outcome.reason}',
            "recipe",
            "Mend it, switch it off or delete it; then commit.",
        )
    table = states.table(store, states.head(here.raw, here.recipe, results))
    fitted = tuple(
        replace(r.entry, learned=r.outcome.learned) if r.outcome.status == "done" else r.entry for r in results
    )
    steps = [_told(r) for r in results]
    done = [replace(r.entry, learned=r.outcome.learned) for r in results if r.outcome.status == "done"]
    root, state = (
        states.root_id(here.raw["sha256"], here.recipe.read or {}),
        states.head(here.raw, here.recipe, results),
    )
    released = personal_data.check_release(store, here, root, state, done, pii_reason, gate=gate)
    shipped = models.shipped(store, here, results)
    compared = chosen_recipe.for_version(store, dataset, done)
    rules = dataset_rules.for_version(store, dataset, state, reason, progress)
    told = {
        "kind": "derived" if steps else "raw",
        "raw": dict(here.raw),
        "roles": datasets.roles_now(here),
        "data": data_of(table),
        "recipe": replace(here.recipe, steps=fitted).to_json(),
        "steps": steps,
        "packages": packages(),
        "privacy": released,
        **shipped,
        **({"rules": rules} if rules else {}),
        **({"comparison": compared} if compared else {}),
    }
    number = None
    with store.writing() as connection:
        datasets.still(connection, dataset, here.revision)
        if onto in (None, _newest(connection, dataset)):
            if released["unresolved"] and pii_reason.strip():
                columns = [each["column"] for each in released["unresolved"]]
                store.log(connection, "personal data kept", actor, dataset, columns=columns, reason=pii_reason.strip())
            number = enter(store, connection, here, last_id(connection, dataset), message, actor, told, state)
    if number is None:
        still_newest(store, dataset, onto)
    return get(store, dataset, number or 0)


def _newest(connection: sa.Connection, dataset: str) -> int:
    """The number of the last version that is not synthetic; 0 where there is none."""
    query = sa.select(sa.func.max(catalog.version.c.n)).outerjoin(catalog.twin)
    return connection.scalar(query.where(catalog.version.c.dataset == dataset, catalog.twin.c.version.is_(None))) or 0


def still_newest(store: Store, dataset: str, onto: int | None) -> None:
    """Raise ConflictError, with what became of the rows, where another version than `onto` is the newest one."""
    if onto is None:
        return
    with store.reading() as connection:
        newest = _newest(connection, dataset)
    if newest == onto:
        return
    if onto > newest or onto < 1:
        get(store, dataset, onto)  # says that there is none
    last, found = get(store, dataset, newest), compare(store, dataset, onto, newest)
    assert found is not None
    raise ConflictError(
        f'Version {newest} was saved meanwhile by {last.actor}: "{last.message}". {in_words(found)}',
        f"version {onto}",
        f"Look at it (diff {onto} {newest}), then save onto version {newest}.",
    )


def enter(
    store: Store,
    connection: sa.Connection,
    here: datasets.Dataset,
    parent: str | None,
    message: str,
    actor: str,
    told: Mapping[str, Any],
    state: str,
) -> int:
    """Enter a version into the catalog, within a transaction: its manifest is what is `told`, with number, parent, time
    and audit head.
    """
    last = (
        connection.scalar(sa.select(sa.func.max(catalog.version.c.n)).where(catalog.version.c.dataset == here.id)) or 0
    )
    content_hash = told["data"]["content_hash"]
    # how many there are with this one: none can be left out of a bundle unseen
    entries = audit.count(connection, here.id) + 1
    entry = store.log(
        connection,
        "version committed",
        actor,
        here.id,
        number=last + 1,
        message=message.strip(),
        content_hash=content_hash,
        entries=entries,
        raw=told["raw"]["md5"],
        table=connection.scalar(sa.select(catalog.state.c.md5).where(catalog.state.c.id == state)),
        **_rules_logged(told.get("rules")),
    )
    manifest = {
        "format": FORMAT,
        "dataset": here.name,
        "number": last + 1,
        "parents": [parent] if parent else [],
        "message": message.strip(),
        "actor": actor,
        "created": entry["at"],  # the clock is read once: a second may begin between two readings
        "audit_head": entry["hash"],
        **told,
    }
    manifest = json.loads(canonical(manifest))
    made = sha256(canonical(manifest))
    connection.execute(
        catalog.version.insert().values(
            id=made,
            dataset=here.id,
            n=last + 1,
            parent=parent,
            message=message.strip(),
            actor=actor,
            created=entry["at"],
            state=state,
            content_hash=content_hash,
            manifest=store.put_json(manifest),
        )
    )
    if told["kind"] == SYNTHETIC:
        connection.execute(catalog.twin.insert().values(version=made))
    return int(last) + 1


def _rules_logged(told: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the audit log says of a version's rules: counts, and why it was saved though one that blocks fails."""
    if not told:
        return {}
    counts = {f"rules_{key}": told[key] for key in ("passed", "failed", "blocking")}
    return counts | ({"reason": told["reason"]} if "reason" in told else {})


def last_id(connection: sa.Connection, dataset: str) -> str | None:
    """The id of the dataset's last version that is not synthetic: what its draft goes on from."""
    query = (
        sa.select(catalog.version.c.id)
        .outerjoin(catalog.twin)
        .where(catalog.version.c.dataset == dataset, catalog.twin.c.version.is_(None))
    )
    return connection.scalar(query.order_by(catalog.version.c.n.desc()).limit(1))


def _told(result: states.Result) -> dict[str, Any]:
    """What the manifest says of a step; "carried": it came with learned values from elsewhere."""
    entry = result.entry
    why, carried = ({"why": entry.why} if entry.why else {}), ({"carried": True} if entry.learned is not None else {})
    return result.outcome.to_json() | why | carried


def data_of(table: Table) -> dict[str, Any]:
    """What the manifest says of the table: rows, content hash, columns with type and kind."""
    return {
        "rows": table.rows,
        "content_hash": table.content_hash,
        "columns": [{"name": c.name, "type": c.type, "kind": c.kind} for c in table.columns],
    }


def packages() -> dict[str, str]:
    """The versions of what computed: this package, Python, pandas, numpy and pyarrow."""
    named = {name: importlib.metadata.version(name) for name in ("pandas", "numpy", "pyarrow")}
    return {"dataops-core": __version__, "python": platform.python_version(), **named}


def get(store: Store, dataset: str, number: int) -> Version:
    """One version of a dataset; raises InputError where there is none, IntegrityError where its manifest
    was changed, AccessError where the store's person may not see it.
    """
    store.require("see", dataset)
    return load(store, dataset, number)


def load(store: Store, dataset: str, number: int) -> Version:
    """The same for the store's own upkeep, whoever it is that asks."""
    with store.reading() as connection:
        row = connection.execute(
            sa.select(catalog.version).where(catalog.version.c.dataset == dataset, catalog.version.c.n == number)
        ).first()
        stone = (
            None
            if row is None
            else connection.execute(sa.select(catalog.tombstone).where(catalog.tombstone.c.version == row.id)).first()
        )
    if row is None:
        raise InputError(f"There is no version {number}.", "versions", "See the log for those there are.")
    if stone is not None:
        raise InputError(
            f"Version {number} was purged by {stone.actor}, {stone.at}: {stone.reason}",
            f"version {number}, id {row.id[:12]}",
            "Its data is gone for good; open another version (see the log).",
        )
    manifest = json.loads(store.objects.local(row.manifest).read_text(encoding="utf-8"))
    if sha256(canonical(manifest)) != row.id:
        raise IntegrityError("The manifest of a version was changed.", f"version {number}", "Restore it from a backup.")
    return Version(row.id, dataset, row.n, row.message, row.actor, row.created, row.state, row.content_hash, manifest)


def not_purged(query: sa.Select) -> sa.Select:
    """Only versions of which there is more than a tombstone."""
    return query.where(~sa.exists().where(catalog.tombstone.c.version == catalog.version.c.id))


def log(store: Store, dataset: str, *, with_purged: bool = False) -> list[dict[str, Any]]:
    """The versions of a dataset, newest first: number, id, parent, message, actor, created, content_hash, state,
    synthetic; `with_purged` also those that were purged, with "purged" (by, at, reason).
    """
    stone = catalog.tombstone
    query = (
        sa.select(
            catalog.version,
            catalog.twin.c.version.label("twin"),
            stone.c.actor.label("purged_by"),
            stone.c.at.label("purged_at"),
            stone.c.reason.label("purged_why"),
        )
        .outerjoin(catalog.twin, catalog.twin.c.version == catalog.version.c.id)
        .outerjoin(stone, stone.c.version == catalog.version.c.id)
        .where(catalog.version.c.dataset == dataset)
        .order_by(catalog.version.c.n.desc())
    )
    if not with_purged:
        query = query.where(stone.c.version.is_(None))
    with store.reading("see", dataset) as connection:
        return [
            {
                "number": v.n,
                "id": v.id,
                "message": v.message,
                "actor": v.actor,
                "created": v.created,
                "content_hash": v.content_hash,
                "state": v.state,
                "parent": v.parent,
                "synthetic": v.twin is not None,
                **({"purged": _purged(v)} if v.purged_by is not None else {}),
            }
            for v in connection.execute(query)
        ]


def _purged(row: Any) -> dict[str, str]:
    return {"by": row.purged_by, "at": row.purged_at, "reason": row.purged_why}


def table(store: Store, version: Version) -> Table:
    """The version's table, computed again from raw file and recipe if its file is gone."""
    if not states.known(store, version.state):
        states.evaluate(store, version.manifest["raw"], version.recipe)
    return states.table(store, version.state)


def compare(store: Store, dataset: str, one: int, other: int, *, run: bool = True) -> Difference | None:
    """What differs from version `one` to version `other`: schema, rows, cells. Rows of different files are matched by
    an identifier where there is one, else by their place in the file. Kept once computed. Raises SettingError for a
    synthetic one.
    """
    before, after = get(store, dataset, one), get(store, dataset, other)
    for version in (before, after):
        if version.manifest["kind"] == SYNTHETIC and one != other:
            raise SettingError(
                f"Version {version.number} is synthetic: none of its rows is a row of another version.",
                "diff",
                "Compare how the columns are spread: on the page Compare, or with drift.",
            )
    for version in (before, after) if run else ():
        table(store, version)  # computed again where its file is gone
    by_key = before.manifest["raw"]["sha256"] != after.manifest["raw"]["sha256"]
    renamed = renamings(before.recipe, after.recipe)
    found = change(store, before.state, after.state, renamed, (), by_key=by_key, run=run)
    return found.difference if found else None


def in_words(found: Difference) -> str:
    """A difference in a sentence: rows, cells by column, columns."""
    cells = [f"{name} ({counted(number, 'cell')})" for name, number in found.cells_changed.items()]
    parts = [
        f"{counted(number, 'row')} {what}"
        for number, what in (
            (found.rows_dropped, "dropped"),
            (found.rows_added, "added"),
            (found.rows_changed, "changed"),
        )
        if number
    ]
    named = (
        ("Changed in", cells),
        ("Columns added:", found.columns_added),
        ("Columns removed:", found.columns_removed),
        ("Columns renamed:", [f"{old} to {new}" for old, new in found.columns_renamed.items()]),
        ("Types changed:", tuple(found.columns_retyped)),
    )
    said = [", ".join(parts)] if parts else []
    for what, names in named:
        some = ", ".join(list(names)[:6]) + (", …" if len(names) > 6 else "")
        said += [f"{what} {some}"] if names else []
    return "".join(f"{each[:1].upper()}{each[1:]}. " for each in said).strip() or "Its table is the same."


def compare_groups(
    store: Store, before: Version, after: Version, seen: tuple[str, str] | None = None, *, run: bool = True
) -> list[ColumnDifference] | None:
    """What became of the groups of people from one version to another, by the roles of the later one. `seen` are the
    states in their place that the store's person may see.
    """
    one, other = seen or (before.state, after.state)
    return group_differences(store, one, other, after.manifest.get("roles") or {}, run=run)


def restore(store: Store, dataset: str, revision: int, number: int, actor: str) -> None:
    """Make a version's raw file and recipe the current draft again; what was there stays in the history."""
    version = get(store, dataset, number)
    if version.manifest["kind"] == SYNTHETIC:
        raise SettingError(
            f"Version {number} is synthetic: no recipe leads to it.", "restore", "Open it as a dataset of its own."
        )
    steps = zip(version.recipe.steps, version.manifest["steps"], strict=True)
    kept = tuple(entry if told.get("carried") else replace(entry, learned=None) for entry, told in steps)
    recipe = replace(version.recipe, steps=kept)
    datasets.edit(store, dataset, revision, recipe, f"Restored version {number}", actor, raw=version.manifest["raw"])


def export(
    store: Store,
    dataset: str,
    number: int,
    out: Path,
    actor: str,
    *,
    name: str = "",
    reason: str = "",
    progress: Progress = no_progress,
) -> None:
    """Write the bundle of a version to `out`. Raises PersonalDataError where the version names people, and neither it
    nor the caller has a reason.
    """
    store.require("version exported", dataset)
    version, why = to_release(store, dataset, number, reason)
    bundle(store, dataset, version, out, progress)
    with store.writing() as connection:
        store.log(connection, "version exported", actor, dataset, number=number, file=name or out.name, **why)


def to_release(store: Store, dataset: str, number: int, reason: str) -> tuple[Version, dict[str, str]]:
    """A version that may leave, and what the audit log says of why; raises PersonalDataError where it names people, and
    neither it nor the caller has a reason.
    """
    version = get(store, dataset, number)
    left = unresolved_in(store, dataset, version)
    if left and not reason.strip():
        raise personal_data.refusal(left)
    return version, {"reason": reason.strip()} if left else {}


def bundle(store: Store, dataset: str, version: Version, out: Path, progress: Progress = no_progress) -> None:
    """Write the bundle of a version that may leave to `out`."""
    now = table(store, version)
    raw = version.manifest["raw"]
    root = states.root_id(raw["sha256"], version.recipe.read or {})
    if not states.known(store, root):
        states.evaluate(store, raw, replace(version.recipe, steps=()))
    progress(0.1, "Facts as it came")
    before = profile(store, root)
    progress(0.5, "Facts of the version")
    after = profile(store, version.state)
    with store.reading() as connection:
        entries = audit.entries(connection, dataset)
    # of a synthetic table nothing that was done to the real rows
    first = _anchor(entries, version) if version.manifest["kind"] == SYNTHETIC else 0
    known = [entry for entry in entries if first <= entry["seq"] <= _anchor(entries, version)]
    if raw_left_out(version.manifest):  # what was once done to single values would leave with the log
        head = version.manifest["audit_head"]
        named = personal_data.named_in(
            store, root, (json.dumps(entry["details"], ensure_ascii=False) for entry in known)
        )
        known = [e for e, names in zip(known, named, strict=True) if not names or e["hash"] == head]
    progress(0.8, "Writing the bundle")
    write_bundle(
        out,
        version.manifest,
        now,
        store.raw_file(raw),
        before or {},
        after or {},
        known,
        models={each["name"]: store.objects.local(each["md5"]) for each in version.manifest.get("models", ())},
        others={content: _other(store, name, content) for content, name in tables_of(version.manifest).items()},
    )


def unresolved_in(store: Store, dataset: str, version: Version) -> list[personal_data.Unresolved]:
    """The direct identifiers of a version for which nobody wrote a reason; those of a version made before reasons were
    asked for are recognized now.
    """
    if version.manifest["kind"] == SYNTHETIC:
        return []
    told = version.manifest.get("privacy")
    if told is None:
        table(store, version)
        said = personal_data.settled(store, datasets.get(store, dataset))
        return personal_data.unresolved(personal_data.recognized(store, version.state), version.recipe.steps, said)
    return [] if told["reason"] else [personal_data.Unresolved(**each) for each in told["unresolved"]]


def _other(store: Store, name: str, content: str) -> Table:
    """A table that a step joins or appends; raises IntegrityError where the store has it no more."""
    found = states.table_of_content(store, name, content)
    if found is None:
        raise IntegrityError(f'The table "{name}" is gone.', f"content hash {content}", "Read its file again.")
    return found


def _anchor(entries: list[dict[str, Any]], version: Version) -> int:
    return next(entry["seq"] for entry in entries if entry["hash"] == version.manifest["audit_head"])
