"""Check of the whole store: every stored file against its hash, every manifest, the audit chain; what is damaged, and
whom it touches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dataops_core.errors import DataOpsError, IntegrityError
from dataops_core.progress import Progress, no_progress
from dataops_core.record import Record
from dataops_core.store import catalog, states, versions
from dataops_core.store.store import Store
from dataops_core.store.trail.whole_log import whole_log


@dataclass(frozen=True)
class Damage(Record):
    """One damaged or lost file: what it is, the versions and datasets that need it, and whether it was rebuilt."""

    object: str
    what: str  # "raw file", "table", "manifest" or "model"
    problem: str
    versions: tuple[str, ...]
    rebuilt: bool = False


@dataclass(frozen=True)
class Health(Record):
    """What a check of the store found: files checked, damages, entries of the audit log, and what is wrong with it."""

    files: int
    damages: tuple[Damage, ...]
    audit_entries: int
    audit_problem: str

    @property
    def ok(self) -> bool:
        """Whether nothing is damaged, or all that was is rebuilt."""
        return not self.audit_problem and all(damage.rebuilt for damage in self.damages)

    def to_json(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {"ok": self.ok, **super().to_json()}


def check(store: Store, *, heal: bool = False, progress: Progress = no_progress) -> Health:
    """Read every stored file that the catalog names and compare it with its hash; with `heal`, rebuild what can be
    rebuilt.

    A table is rebuilt from its raw file and recipe. A raw file, a manifest or a model cannot be: restore it from a
    backup, or read the same raw file again.
    """
    store.require("store checked")
    damages, wanted = [], needed(store)
    for number, (md5, (what, state, users)) in enumerate(sorted(wanted.items())):
        progress(number / len(wanted), f"{number:,} of {len(wanted):,} files")
        try:
            store.objects.local(md5, afresh=True)
        except IntegrityError as error:
            rebuilt = heal and what == "table" and _rebuilt(store, state)
            damages.append(Damage(md5, what, error.what, tuple(sorted(users)), rebuilt))
    try:
        entries, problem = len(whole_log(store)), ""
    except IntegrityError as error:
        entries, problem = 0, f"{error.what} ({error.where})"
    return Health(len(wanted), tuple(damages), entries, problem)


def _rebuilt(store: Store, state: str) -> bool:
    try:
        states.table(store, state)
    except DataOpsError:
        return False
    return True


def needed(
    store: Store, *, without: tuple[str, frozenset[int], int] | None = None, gone: Collection[str] = ()
) -> dict[str, tuple[str, str, set[str]]]:
    """Each object that the catalog names, by md5: what it is, its state if it is a table, and the versions that need
    it. Versions that were purged need none.

    `without` leaves out a dataset's versions of these numbers and its drafts but for one; `gone` leaves out states.
    """
    apart, numbers, kept = without or ("", frozenset(), 0)
    found: dict[str, tuple[str, str, set[str]]] = {}
    users_of_state: dict[str, set[str]] = defaultdict(set)

    def add(md5: str, what: str, user: str = "", state: str = "") -> None:
        found.setdefault(md5, (what, state, set()))[2].update({user} - {""})

    with store.reading() as connection:
        names = {
            row.id: row.name for row in connection.execute(sa.select(catalog.dataset.c.id, catalog.dataset.c.name))
        }
        drafts = connection.execute(sa.select(catalog.draft.c.dataset, catalog.draft.c.n, catalog.draft.c.raw)).all()
        committed = connection.execute(versions.not_purged(sa.select(catalog.version))).all()
        kept_tables = catalog.state.c.id.not_in(sa.select(catalog.compacted.c.state))
        every_state = connection.execute(sa.select(catalog.state).where(kept_tables)).all()
        models = connection.execute(
            sa.select(catalog.model.c.dataset, catalog.model.c.state, catalog.model.c.about)
        ).all()
        deliveries = connection.execute(sa.select(catalog.delivery)).all()
    for row in drafts:
        if row.dataset == apart and row.n != kept:
            continue
        add(row.raw["md5"], "raw file", f"{names[row.dataset]}, draft")
    for row in committed:
        if row.dataset == apart and row.n in numbers:
            continue
        user = f"{names[row.dataset]}, version {row.n}"
        add(row.manifest, "manifest", user)
        users_of_state[row.state].add(user)
        for what, md5 in _in_manifest(store, row):
            add(md5, what, user)
    for row in models:
        if row.state in gone:
            continue
        add(row.about["md5"], "model", f"{names[row.dataset]}, draft")
    for row in deliveries:
        add(row.raw["md5"], "raw file", f"{names[row.dataset]}, delivery {row.n}")
    for row in every_state:
        if row.id in gone:
            continue
        add(row.md5, "table", state=row.id)
        for user in users_of_state[row.id]:
            add(row.md5, "table", user, row.id)
    return found


def _in_manifest(store: Store, row: Any) -> Iterator[tuple[str, str]]:
    try:
        manifest = versions.load(store, row.dataset, row.n).manifest
    except DataOpsError:
        return
    yield "raw file", manifest["raw"]["md5"]
    for model in manifest.get("models", ()):
        yield "model", model["md5"]
