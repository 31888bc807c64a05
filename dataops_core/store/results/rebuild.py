"""Rebuilding a version from its raw file and its recipe, as anybody would, and comparing what comes out with what its
manifest says.
"""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataops_core.engines.batches import bounded_for
from dataops_core.errors import DataOpsError, SettingError
from dataops_core.export.verify import REBUILT, Verified, check_columns, check_steps
from dataops_core.progress import Progress, no_progress
from dataops_core.read import ReadOptions, read_file
from dataops_core.recipe.replay import run_recipe
from dataops_core.store import states, versions
from dataops_core.store.store import Store
from dataops_core.store.versions import SYNTHETIC, Version
from dataops_core.table import Difference, difference

KIND = "rebuild version"


@dataclass(frozen=True)
class Rebuild:
    """What became of a rebuild: whether the content hash is the one of the manifest, each thing that was compared, what
    differs in the table where it is not, and the packages that are of another version now (then and now).
    """

    number: int
    wanted: str
    content_hash: str  # empty where it could not be made
    checks: tuple[Verified, ...]
    difference: Difference | None
    packages: Mapping[str, tuple[str, str]]

    @property
    def same(self) -> bool:
        """Whether the very same table came out."""
        return self.content_hash == self.wanted

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {
            "version": self.number,
            "same": self.same,
            "wanted": self.wanted,
            "content_hash": self.content_hash,
            "checks": [check.to_json() for check in self.checks],
            "difference": self.difference.to_json() if self.difference else None,
            "packages": {name: list(pair) for name, pair in self.packages.items()},
        }


def rebuild(store: Store, dataset: str, number: int, progress: Progress = no_progress) -> Rebuild:
    """Read the raw file of a version again, replay its recipe, and compare the table with what the manifest says. No
    table that the store keeps is used, and nothing is kept.

    Raises SettingError for a synthetic version, which no recipe makes, and IntegrityError where the raw file is gone or
    damaged.
    """
    version = versions.get(store, dataset, number)
    if version.manifest["kind"] == SYNTHETIC:
        raise SettingError(f"Version {number} is synthetic: no recipe makes it.", "rebuild", "Rebuild another version.")
    raw = store.raw_file(version.manifest["raw"])
    folder = Path(tempfile.mkdtemp(dir=store.scratch))
    try:
        return _rebuilt(store, version, raw, folder, progress)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _rebuilt(store: Store, version: Version, raw: Path, folder: Path, progress: Progress) -> Rebuild:
    recipe, wanted = version.recipe, version.content_hash
    other = {
        name: (then, now)
        for name, then in version.manifest["packages"].items()
        if (now := versions.packages().get(name, "")) != then
    }
    checks = [Verified("the raw file is the one that was read", True, version.manifest["raw"]["sha256"])]

    def ended(made: str, *more: Verified, differs: Difference | None = None) -> Rebuild:
        return Rebuild(version.number, wanted, made, (*checks, *more), differs, other)

    try:
        progress(0.02, "Reading the raw file again")
        options, name = ReadOptions.from_json(dict(recipe.read or {})), version.manifest["raw"]["name"]
        source = read_file(
            raw, folder / "read.parquet", options, name=name, progress=lambda share, note: progress(share / 3, note)
        )
        run = run_recipe(
            recipe,
            source.table,
            folder,
            tables=functools.partial(states.table_of_content, store),
            progress=lambda share, note: progress(1 / 3 + share / 2, note),
            bounded=bounded_for(source.table),
        )
    except DataOpsError as error:
        return ended("", Verified(REBUILT, False, str(error)))
    if run.failed:
        why = f"{run.failed.sentence}: {run.failed.reason}"
        return ended("", Verified(REBUILT, False, why))
    made = run.table.content_hash
    told = (
        Verified(REBUILT, made == wanted, f"content hash {made}"),
        check_columns(run.table, version.manifest),
        check_steps(run, version.manifest),
    )
    if made == wanted:
        return ended(made, *told)
    progress(0.9, "Comparing it with the table that is kept")
    try:
        return ended(made, *told, differs=difference(states.table(store, version.state), run.table))
    except DataOpsError:  # the kept table is gone, and cannot be made either
        return ended(made, *told)
