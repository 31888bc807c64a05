"""Content-addressed files, write-once, laid out as a DVC remote lays them: files/md5/ab/cdef…"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import fsspec

from dataops_core.errors import IntegrityError


@dataclass(frozen=True)
class Object:
    """A stored file: its md5 (where it lies), its sha256 (what it is) and its size in bytes."""

    md5: str
    sha256: str
    size: int

    def to_json(self) -> dict[str, Any]:
        """The object as plain JSON values."""
        return asdict(self)


class Objects:
    """A folder or bucket of immutable files, addressed by the md5 of their content."""

    def __init__(self, url: str, local_copies: Path) -> None:
        self._files, self._root = fsspec.core.url_to_fs(url)
        self._is_local = "file" in (self._files.protocol if isinstance(self._files.protocol, tuple) else (self._files.protocol,))
        self._copies = local_copies

    def put(self, path: Path) -> Object:
        """Take in a file by moving it; a file with the same content is kept once."""
        made = digest(path)
        target = self._place(made.md5)
        if self._is_local:
            local = Path(target)
            if local.exists():
                path.unlink()
            else:
                local.parent.mkdir(parents=True, exist_ok=True)
                path.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
                shutil.move(path, local) if path.stat().st_dev != local.parent.stat().st_dev else os.replace(path, local)
                _sync(local.parent)
        else:
            if not self._files.exists(target):
                self._files.put_file(str(path), target)
            path.unlink()
        return made

    def local(self, md5: str) -> Path:
        """The object as a file on this machine; raises IntegrityError where it is gone."""
        target = self._place(md5)
        if self._is_local:
            path = Path(target)
        else:
            path = self._copies / md5
            if not path.exists() and self._files.exists(target):
                self._copies.mkdir(parents=True, exist_ok=True)
                part = path.with_suffix(".part")
                self._files.get_file(target, str(part))
                os.replace(part, path)
        if not path.exists():
            raise IntegrityError("A stored file is gone.", f"object {md5}", "Restore the objects folder from a backup.")
        return path

    def _place(self, md5: str) -> str:
        return f"{self._root}/files/md5/{md5[:2]}/{md5[2:]}"


def digest(path: Path) -> Object:
    """The md5, sha256 and size of a file."""
    md5, sha = hashlib.md5(usedforsecurity=False), hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            md5.update(block)
            sha.update(block)
    return Object(md5.hexdigest(), sha.hexdigest(), path.stat().st_size)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
