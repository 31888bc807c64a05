"""A folder: each version in a folder of its own, with SHA256SUMS; the link `latest` leads to the newest."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from dataops_core.errors import IntegrityError
from dataops_core.export.bundle import digest
from dataops_core.export.checkout import SUMS
from dataops_core.progress import Progress
from dataops_core.publish.publisher import Given, Outgoing, Published, Publisher, foreign, register
from dataops_core.publish.sums import manifest_id, read_sums
from dataops_core.scratch import folder_beside, sync

LATEST = "latest"


def publish_folder(version: Outgoing, address: str, _given: Given, progress: Progress) -> Published:
    """Write the files of a version into PLACE/NAME/vN; they appear there together."""
    home = Path(address).expanduser() / version.name
    out = home / f"v{version.number}"
    already = out.exists()
    if already:
        _check(version, out)
    else:
        home.mkdir(parents=True, exist_ok=True)
        files = version.files()
        progress(0.7, "Copying the files")
        with folder_beside(out) as part:
            made = part / "whole"
            shutil.copytree(files, made)
            for path in (*made.rglob("*"), made):
                sync(path)
            try:
                made.rename(out)
            except OSError:
                if not out.exists():
                    raise
                _check(version, out)  # another process was faster
            sync(home)
    _link(home)
    return Published.of(
        "folder", str(out), version, already=already, use=f'pandas.read_parquet("{(out / "data.parquet").as_posix()}")'
    )


def _check(version: Outgoing, out: Path) -> None:
    """Raises ConflictError where another version lies in the place, and IntegrityError where the files were changed."""
    if manifest_id(out / "manifest.json") != version.version_id:
        raise foreign(version, str(out), "Something else lies there.")
    for name, wanted in read_sums((out / SUMS).read_text(encoding="utf-8")).items():
        path = out / name
        if not path.is_file() or digest(path)["sha256"] != wanted:
            raise IntegrityError(
                f"{name} was changed or removed since it was published.",
                str(out),
                "Move that folder away, and publish the version again.",
            )


def _link(home: Path) -> None:
    """Let `latest` lead to the newest version; where links cannot be made, there is none."""
    numbers = [int(path.name[1:]) for path in home.glob("v*") if path.is_dir() and path.name[1:].isdigit()]
    link, made = home / LATEST, home / f"{LATEST}.{os.getpid()}.part"
    if link.exists() and not link.is_symlink():
        return
    with suppress(OSError):
        made.unlink(missing_ok=True)
        made.symlink_to(f"v{max(numbers)}", target_is_directory=True)
        os.replace(made, link)


register(
    Publisher(
        "folder",
        "A folder",
        "All files of the export in a folder, each version in one of its own",
        "folder:/srv/data",
        ("folder:",),
        publish_folder,
        order=10,
    )
)
