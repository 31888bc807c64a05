"""A file under the folders of this machine that the configuration allows."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from dataops_core.errors import InputError, SettingError
from dataops_core.progress import Progress
from dataops_core.read.places.rules import FOLDERS, Rules
from dataops_core.read.places.target import copy_bounded, file_name

MOST = 5000


def files_in(rules: Rules, most: int = MOST) -> list[Path]:
    """The files under the allowed folders, hidden ones and links that lead out of them left out."""
    found: list[Path] = []
    for folder in rules.folders:
        for place, folders, names in os.walk(folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            found += [Path(place) / name for name in sorted(names) if not name.startswith(".")]
            if len(found) > most:
                break
    return [path for path in found[:most] if path.is_file() and is_allowed(path, rules)]


def is_allowed(path: Path, rules: Rules) -> bool:
    """Whether a file, links followed, lies under an allowed folder."""
    real = path.resolve()
    return any(real.is_relative_to(folder.resolve()) for folder in rules.folders)


def fetch_file(path: Path, folder: Path, rules: Rules, progress: Progress) -> Path:
    """Copy an allowed file, as it is now, into the folder."""
    if not rules.own and not is_allowed(path, rules):
        raise SettingError(
            "This file lies in no folder that may be read.",
            str(path),
            f"Whoever runs the workbench can allow the folder: {FOLDERS}=/folder[{os.pathsep}/folder].",
        )
    real = path.resolve()
    out = folder / file_name(str(path))
    try:
        with real.open("rb") as source:
            if not real.is_file():
                raise InputError("This is not a file.", str(path), "Choose a file.")
            size = os.fstat(source.fileno()).st_size
            rules.check_size(size, str(path))
            copy_bounded(source, out, size, rules, progress, str(path))
    except OSError as error:
        raise InputError(
            f"The file cannot be opened: {error.strerror}.", str(path), "Check its path and rights."
        ) from None
    shutil.copystat(real, out)
    return out
