"""Files and folders that last only as long as their process: named by it, so that what dead processes left can be swept
away.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

OWNED = re.compile(r"dataops-(?P<node>[0-9A-Za-z_.-]*)-(?P<pid>[0-9]+)-.*")
PART = re.compile(r".*\.(?P<pid>[0-9]+)\.part")


def owned_prefix() -> str:
    """How names of scratch files and folders of this process begin."""
    return f"dataops-{re.sub('[^0-9A-Za-z_.-]', '', platform.node())}-{os.getpid()}-"


@contextmanager
def scratch_folder(place: Path | None = None) -> Iterator[Path]:
    """A folder that goes with the block; those that killed processes of this machine left are swept away first."""
    where = place or Path(tempfile.gettempdir())
    sweep(where)
    with tempfile.TemporaryDirectory(prefix=owned_prefix(), dir=where) as folder:
        yield Path(folder)


@contextmanager
def replaced(out: Path) -> Iterator[Path]:
    """A path to write to; what is there afterwards takes the place of `out`, whole or not at all.

    A device or pipe (such as /dev/stdout) is written to directly: it is not a file that could be replaced.
    """
    if out.exists() and not out.is_file():
        yield out
        return
    for left in out.parent.glob(f"{glob_safe(out.name)}.*.part"):
        found = PART.fullmatch(left.name)
        if found and not is_alive(int(found["pid"])):
            left.unlink(missing_ok=True)
    unfinished = out.with_name(f"{out.name}.{os.getpid()}.part")
    try:
        yield unfinished
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(unfinished, out)
    finally:
        unfinished.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Wait until a file, or a folder's list of files, is on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def folder_beside(out: Path) -> Iterator[Path]:
    """A folder beside the place where `out` will be, for what makes it up; it goes with the block, and what killed
    processes left is swept away first.
    """
    for left in out.parent.glob(f"{glob_safe(out.name)}.*.part"):
        found = PART.fullmatch(left.name)
        if found and left.is_dir() and not is_alive(int(found["pid"])):
            shutil.rmtree(left, ignore_errors=True)
    folder = out.with_name(f"{out.name}.{os.getpid()}.part")
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def glob_safe(name: str) -> str:
    """A name in which nothing is a pattern."""
    return re.sub(r"([*?\[])", r"[\1]", name)


def sweep(place: Path) -> None:
    """Remove scratch files and folders in `place` whose process, of this machine, has ended."""
    mine = OWNED.fullmatch(owned_prefix() + "x")
    with suppress(OSError):
        for path in place.glob("dataops-*"):
            found = OWNED.fullmatch(path.name)
            if found and mine and found["node"] == mine["node"] and not is_alive(int(found["pid"])):
                with suppress(OSError):
                    (
                        shutil.rmtree(path, ignore_errors=True)
                        if path.is_dir() and not path.is_symlink()
                        else path.unlink()
                    )


def is_alive(pid: int) -> bool:
    """Whether a process of this machine lives."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's
        return True
    return True
