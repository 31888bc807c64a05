"""A checkout: a version as a folder of files, as they lie in its bundle, with their hashes."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataops_core.errors import SettingError
from dataops_core.export.bundle import digest, raw_name, table_name, tables_of

SUMS = "SHA256SUMS"
RUN = "run_recipe.py"
_RUN = '''#!/usr/bin/env python3
"""Make the table again from the raw file, and compare its content hash with the one in manifest.json.

    python run_recipe.py        writes rebuilt.csv, prints the content hash; exit code 1: it is another one

It runs clean.py, and needs what that needs.
"""

import contextlib
import io
import json
import os
import runpy
import sys
from pathlib import Path

os.chdir(Path(__file__).resolve().parent)
sys.argv = ["clean.py", {words}]
said = io.StringIO()
with contextlib.redirect_stdout(said):
    runpy.run_path("clean.py", run_name="__main__")
made = said.getvalue().split()[-1]
wanted = json.loads(Path("manifest.json").read_text(encoding="utf-8"))["version"]["data"]["content_hash"]
print(made)
if made != wanted:
    sys.exit(f"manifest.json says {{wanted}}")
'''


@dataclass(frozen=True)
class Checkout:
    """A version that lies in a folder: where, its id, its content hash, the files, and the rows of each part."""

    out: Path
    version_id: str
    content_hash: str
    files: tuple[str, ...]
    parts: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        """The checkout as plain JSON values."""
        return {
            "out": str(self.out),
            "version_id": self.version_id,
            "content_hash": self.content_hash,
            "files": list(self.files),
            "parts": dict(self.parts),
        }


def unpack_bundle(bundle: Path, folder: Path) -> None:
    """The files of a bundle that was just made, as a folder."""
    with zipfile.ZipFile(bundle) as packed:
        packed.extractall(folder)


def write_runner(folder: Path) -> None:
    """Write the script that makes the table again and compares it; not where the raw file or the script of the recipe
    stays at home.
    """
    version = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["version"]
    raw = raw_name(version)
    if not (folder / "clean.py").exists() or not (folder / raw).exists():
        return
    words = [raw, "rebuilt.csv", *(f"{name}={table_name(content)}" for content, name in tables_of(version).items())]
    (folder / RUN).write_text(_RUN.format(words=", ".join(map(repr, words))), encoding="utf-8")


def write_sums(folder: Path) -> tuple[str, ...]:
    """Write the SHA-256 of every file of a folder, as sha256sum writes them; returns the files' names."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    lines = [f"{digest(folder / name)['sha256']}  {name}\n" for name in names]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")
    return tuple(names)


def check_place(out: Path) -> tuple[str, ...]:
    """The files of the checkout that lies in a folder already, for they go with the next one.

    Raises SettingError where something else lies there, or a file of the checkout was changed: nothing of anybody's is
    written over.
    """
    if not out.exists():
        return ()
    if not out.is_dir():
        raise SettingError("This is a file, and a folder is needed.", f"-o {out}", "Choose another place.")
    if not (out / SUMS).is_file():
        if [path for path in out.iterdir() if path.name != ".git"]:
            raise SettingError(
                "The folder is not empty, and holds no checkout.", f"-o {out}", "Name a new or an empty folder."
            )
        return ()
    known = []
    for line in (out / SUMS).read_text(encoding="utf-8").splitlines():
        wanted, _, name = line.partition("  ")
        path = out / name
        if not name or not path.resolve().is_relative_to(out.resolve()):
            raise SettingError("The list of files is damaged.", f"{out / SUMS}", "Name a new or an empty folder.")
        if path.exists() and digest(path)["sha256"] != wanted:
            raise SettingError(
                f"{name} was changed since it was checked out.",
                f"-o {out}",
                "Keep it under another name and put the file back, or name a new folder.",
            )
        known.append(name)
    return (*known, SUMS)


def move_in(staged: Path, out: Path, old: Iterable[str]) -> None:
    """Let what was made take its place; the files of the checkout before go."""
    if not out.exists():
        os.replace(staged, out)
        return
    for name in old:
        (out / name).unlink(missing_ok=True)
    for path in sorted(staged.rglob("*")):
        target = out / path.relative_to(staged)
        if path.is_dir():
            target.mkdir(exist_ok=True)
        else:
            os.replace(path, target)
    shutil.rmtree(staged)
