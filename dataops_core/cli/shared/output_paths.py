"""Where a command writes: looked at before the long work, so that what cannot be written is refused while nothing is
lost.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from dataops_core.errors import SettingError

OTHER = "Choose another place."


def check_files(wanted: Mapping[str, Path | None]) -> None:
    """Raises SettingError where a file (by its option; None: not wanted) cannot be written: no such folder, no right
    to, a folder itself, or one place for two files.
    """
    seen: dict[Path, str] = {}
    for option, path in wanted.items():
        if path is None:
            continue
        if path.is_dir():
            raise SettingError(
                "This is a folder, and a file is to be written.", f"{option} {path}", "Name a file in it."
            )
        if not path.parent.is_dir():
            raise SettingError(
                "There is no such folder to write to.",
                f"{option} {path}",
                "Make the folder first, or choose another place.",
            )
        if not os.access(path.parent, os.W_OK | os.X_OK) or (path.exists() and not os.access(path, os.W_OK)):
            raise SettingError("Nothing can be written there.", f"{option} {path}", OTHER)
        place = path.resolve()
        if place in seen:
            raise SettingError(
                f"{seen[place]} and {option} name the same file.", str(path), "Give each a file of its own."
            )
        seen[place] = option


def check_folder(option: str, path: Path) -> None:
    """Raises SettingError where a folder is not there and cannot be made, or nothing can be written in it."""
    there = path
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        what = "This is a file, and a folder is needed." if there.is_file() else "Nothing can be written there."
        raise SettingError(what, f"{option} {path}", OTHER)
