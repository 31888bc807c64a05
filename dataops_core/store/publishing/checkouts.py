"""A version of the store as a folder that other programs use."""

from __future__ import annotations

from pathlib import Path

from dataops_core.errors import SettingError
from dataops_core.export import checkout, dvc, parts
from dataops_core.export.bundle import raw_left_out
from dataops_core.export.checkout import Checkout
from dataops_core.scratch import scratch_folder
from dataops_core.store import versions
from dataops_core.store.store import Store


def check_out(
    store: Store, dataset: str, number: int, out: Path, actor: str, *, with_dvc: bool = False, reason: str = ""
) -> Checkout:
    """Write a version into a folder: all files of its bundle, the parts of a split, and SHA256SUMS.

    With `with_dvc` go the files by which DVC fetches the raw file from the store and makes the table again. Raises
    SettingError where the folder holds anything but a checkout that nobody changed, and PersonalDataError as `export`
    does; where the raw file is left out, DVC must not fetch it either.
    """
    old = checkout.check_place(out)
    version = versions.get(store, dataset, number)
    if with_dvc and raw_left_out(version.manifest):
        raise SettingError(
            "The raw file names people that the version does not: DVC would fetch it.",
            "--dvc",
            "Check out without --dvc.",
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    with scratch_folder(out.parent) as scratch:
        folder, bundle = scratch / "folder", scratch / "bundle.zip"
        versions.export(store, dataset, number, bundle, actor, name=out.name, reason=reason)
        files = lay_out(bundle, folder)
        rows = parts.rows_of(folder)
        if with_dvc:
            remote = store.objects.remote(out.resolve() / dvc.FOLDER)
            dvc.write(folder, version.manifest, remote, with_git=dvc.in_git(out.resolve()))
        checkout.move_in(folder, out, old)
    return Checkout(out, version.id, version.content_hash, files, rows)


def lay_out(bundle: Path, folder: Path) -> tuple[str, ...]:
    """Make a folder of a bundle, which goes: its files, the script that rebuilds, and SHA256SUMS; returns the names of
    the files.
    """
    folder.mkdir()
    checkout.unpack_bundle(bundle, folder)
    bundle.unlink()
    checkout.write_runner(folder)
    return checkout.write_sums(folder)
