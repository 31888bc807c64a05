"""Versions on their way to other places: who may send them, what leaves, and what the audit log says of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dataops_core import publish
from dataops_core.errors import SettingError
from dataops_core.progress import Progress, no_progress
from dataops_core.publish import PLACES, Outgoing, Published, Publisher
from dataops_core.scratch import scratch_folder
from dataops_core.store import versions
from dataops_core.store.publishing import checkouts
from dataops_core.store.store import Store
from dataops_core.store.trail import audit
from dataops_core.store.versions import Version


def publish_version(
    store: Store,
    dataset: str,
    number: int,
    place: str,
    actor: str,
    *,
    given: Mapping[str, tuple[str, ...]] | None = None,
    reason: str = "",
    own: bool = True,
    progress: Progress = no_progress,
) -> Published:
    """Publish a version to a place (see dataops_core.publish). Without `own`, only to one that the settings of this
    machine name.

    The audit log tells that it began, and that it ended: whatever left stands in it, also where a publication broke
    off. Raises PersonalDataError as `versions.export` does.
    """
    store.require("version published", dataset)
    offered = place in publish.places_of_environment().values()
    publisher = publish.check_place(place)
    place = publish.absolute_place(place)
    shown = publish.shown_place(place)
    if not own and not offered:
        raise SettingError(
            "This place is not among those to publish to.",
            shown,
            f"Whoever runs the workbench can offer it: {PLACES}=NAME = PLACE.",
        )
    version, why = versions.to_release(store, dataset, number, reason)
    with store.writing() as connection:
        store.log(connection, "publication begun", actor, dataset, number=number, place=shown, **why)
    with scratch_folder(store.scratch) as scratch:
        outgoing = _outgoing(store, dataset, version, scratch, progress)
        made = publish.publish(outgoing, place, given or {}, progress)
    told: dict[str, Any] = {"publisher": publisher.name, "already": made.already, "details": dict(made.details)}
    with store.writing() as connection:
        store.log(connection, "version published", actor, dataset, number=number, place=shown, **told)
    return made


def _outgoing(store: Store, dataset: str, version: Version, scratch: Path, progress: Progress) -> Outgoing:
    def files() -> Path:
        folder, bundle = scratch / "files", scratch / "bundle.zip"
        if not folder.exists():
            versions.bundle(store, dataset, version, bundle, lambda share, note: progress(share * 0.7, note))
            checkouts.lay_out(bundle, folder)
        return folder

    work = scratch / "work"
    work.mkdir()
    return Outgoing(version.id, version.manifest, versions.table(store, version), work, files)


def published(store: Store, dataset: str) -> list[dict[str, Any]]:
    """What was published of a dataset, the newest first: number, place, publisher, when, by whom; each version once for
    a place.
    """
    store.require("see", dataset)
    with store.reading() as connection:
        entries = audit.entries(connection, dataset)
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for entry in entries:
        if entry["what"] == "version published":
            told = entry["details"]
            at = {"number": told["number"], "place": told["place"], "publisher": told["publisher"]}
            found.setdefault((at["number"], at["place"]), at | {"at": entry["at"], "actor": entry["actor"]})
    return list(reversed(found.values()))


def possible() -> list[Publisher]:
    """The publishers for which this machine has all that they need."""
    return [each for each in publish.REGISTRY.values() if not publish.missing(each)]
