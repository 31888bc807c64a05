"""Content-addressed files, write-once, laid out as a DVC remote lays them: files/md5/ab/cdef…"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec

from dataops_core.errors import IntegrityError, SettingError
from dataops_core.record import Record
from dataops_core.scratch import owned_prefix, replaced, sweep, sync
from dataops_core.store.team.bucket import SCHEME, Bucket

RENEWED = 3600.0  # seconds after which a file that is stored again counts as new: nobody takes it for left over
CHECKED = 3600  # seconds for which one process takes another's word that a file is what it was stored as
OBJECT = re.compile(r"/(?P<start>[0-9a-f]{2})/(?P<rest>[0-9a-f]{30})$")
_RESTORE = (
    "Run `dataops fsck` to see which versions it touches; restore the objects folder from a backup, or read the same"
    " file again."
)


@dataclass(frozen=True)
class Object(Record):
    """A stored file: its md5 (where it lies), its sha256 (what it is) and its size in bytes."""

    md5: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Stored:
    """A file where the objects lie: its md5 (empty where it is half written), its place, size in bytes, and when it was
    stored last, in seconds since 1970.
    """

    md5: str
    place: str
    size: int
    at: float


class Objects:
    """A folder or bucket of immutable files, addressed by the md5 of their content, which is checked before a file is
    handed out.
    """

    def __init__(self, url: str, local_copies: Path) -> None:
        self._bucket = Bucket(url) if url.startswith(SCHEME) else None
        self._root = self._bucket.address if self._bucket else ""
        self._is_local = False
        if not self._bucket:
            self._files, self._root = _file_system(url)
            known = self._files.protocol
            self._is_local = "file" in (known if isinstance(known, tuple) else (known,))
        self._copies = local_copies
        self._checked = local_copies / "checked"  # what this machine's processes looked at lately, a file each
        self._intact: set[tuple[Any, ...]] = set()  # files whose content was checked, as they were then
        self._damaged: set[str] = set()

    def put(self, path: Path) -> Object:
        """Take in a file by moving it; a file with the same content is kept once, and a damaged one is replaced."""
        made = digest(path)
        target = self._place(made.md5)
        if self._bucket:
            if made.md5 in self._damaged or self._bucket.size(_key(made.md5)) not in (None, made.size):
                self._bucket.remove(_key(made.md5))  # it is not what its name says
            while not self._bucket.put(path, _key(made.md5), made.md5):
                if self._bucket.renew(_key(made.md5), RENEWED):
                    break
            path.unlink()
        elif not self._is_local:
            if made.md5 in self._damaged or not self._files.exists(target) or self._files.size(target) != made.size:
                self._files.put_file(str(path), target)
            path.unlink()
        elif self._is_there(local := Path(target), made):
            path.unlink()
        else:
            for folder in (local.parent.parent, local.parent):
                if not folder.exists():
                    folder.mkdir(parents=True, exist_ok=True)
                    sync(folder.parent)
            sync(path)
            path.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
            if path.stat().st_dev != local.parent.stat().st_dev:
                with replaced(local) as beside:
                    shutil.copyfile(path, beside)
                    beside.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
                path.unlink()
            else:
                os.replace(path, local)
            sync(local.parent)
            self._note(made.md5, _as_it_is(local))
        self._damaged.discard(made.md5)
        return made

    def local(self, md5: str, *, afresh: bool = False) -> Path:
        """The object as a file on this machine; raises IntegrityError where it is gone or its content is not what was
        stored. `afresh`: read it to the end where it is stored, whoever has looked at it lately.
        """
        path = Path(self._place(md5)) if self._is_local else self._fetched(md5, afresh=afresh)
        if not path.exists():
            raise IntegrityError("A stored file is gone.", f"object {md5}", _RESTORE)
        if not (digest(path).md5 == md5 if afresh else self._is_intact(path, md5)):
            self._damaged.add(md5)
            self._forget(md5)
            if not self._is_local:
                path.unlink(missing_ok=True)
            raise IntegrityError("A stored file is damaged.", f"object {md5}", _RESTORE)
        return path

    def remove(self, md5: str) -> None:
        """Delete an object that nothing needs any more; one that is gone already is no error."""
        target = self._place(md5)
        if self._bucket:
            self._bucket.remove(_key(md5))
        elif self._files.exists(target):
            self._files.rm_file(target)
        (self._copies / md5).unlink(missing_ok=True)
        self._forget(md5)

    def remove_older(self, each: Stored, before: float) -> bool:
        """Delete a file unless it was stored again at that moment or later; returns whether it is gone.

        In a folder it is moved aside first, so that whoever stores it again meanwhile stores it anew.
        """
        if self._bucket:
            return self._bucket.remove_older(each.place, before)
        if not self._is_local:
            if self._at(each.place) >= before:
                return False
            self._files.rm_file(each.place)
        else:
            aside = Path(f"{each.place}.{os.getpid()}.part")
            try:
                Path(each.place).rename(aside)
            except FileNotFoundError:
                return True
            if aside.stat().st_mtime >= before:
                os.replace(aside, each.place)
                return False
            aside.unlink()
        self._forget(each.md5)
        return True

    def listing(self) -> Iterator[Stored]:
        """Every file where the objects lie, also those that are half written, and uploads that were not completed."""
        if self._bucket:
            for place, size, at in self._bucket.listing("files/md5", "tmp"):
                yield Stored(_md5_of(place), place, size, at)
            return
        folder = f"{self._root}/files/md5"
        if not self._files.exists(folder):
            return
        for place, about in self._files.find(folder, detail=True).items():
            with suppress(FileNotFoundError):  # it went meanwhile
                yield Stored(_md5_of(place), place, int(about["size"]), self._at(place))

    def all(self) -> list[str]:
        """The md5s of all objects that are there."""
        return sorted(each.md5 for each in self.listing() if each.md5)

    def copies(self) -> set[str]:
        """The md5s of objects of a bucket that this machine has copies of."""
        if self._is_local or not self._copies.is_dir():
            return set()
        return {each.name for each in self._copies.iterdir() if len(each.name) == 32}

    def drop_copies(self, some: Iterable[str]) -> None:
        """Delete these copies."""
        for md5 in some:
            (self._copies / md5).unlink(missing_ok=True)
            self._forget(md5)

    def remote(self, beside: Path) -> str:
        """Where the objects lie, as DVC is told in a folder: a path from there, which holds when both move together, or
        the address of a bucket.
        """
        if self._is_local:
            return Path(os.path.relpath(Path(self._root).resolve(), beside)).as_posix()
        return self.address

    @property
    def address(self) -> str:
        """The folder, or the address of the bucket."""
        if self._bucket or self._is_local:
            return self._root
        return str(self._files.unstrip_protocol(self._root))

    def has(self, md5: str) -> bool:
        """Whether an object is there; its content is not looked at."""
        if self._bucket:
            return self._bucket.size(_key(md5)) is not None
        return bool(self._files.exists(self._place(md5)))

    def size(self, md5: str) -> int:
        """The size of an object in bytes; 0 where it is gone."""
        if self._bucket:
            return self._bucket.size(_key(md5)) or 0
        return int(self._files.size(self._place(md5))) if self.has(md5) else 0

    def check(self, scratch: Path) -> None:
        """Try a bucket out; raises InputError where it overwrites what is there. A folder has nothing to be tried."""
        if self._bucket:
            self._bucket.check(scratch)

    def _is_there(self, local: Path, made: Object) -> bool:
        """Whether a file of the folder has this content; its age counts from now on."""
        try:
            if digest(local) != made:
                return False
            if local.stat().st_mtime < time.time() - RENEWED:
                os.utime(local)
                self._note(made.md5, _as_it_is(local))
        except FileNotFoundError:
            return False
        return True

    def _at(self, place: str) -> float:
        return float(self._files.modified(place).timestamp())

    def _fetched(self, md5: str, *, afresh: bool) -> Path:
        path, target = self._copies / md5, self._place(md5)
        if path.exists() and (afresh or not self._is_intact(path, md5)):
            path.unlink()
        if not path.exists() and (self._bucket or self._files.exists(target)):
            self._copies.mkdir(parents=True, exist_ok=True)
            sweep(self._copies)
            handle, name = tempfile.mkstemp(prefix=owned_prefix(), dir=self._copies)  # its own: threads fetch at once
            os.close(handle)
            part = Path(name)
            try:
                if not self._bucket:
                    self._files.get_file(target, name)
                if not self._bucket or self._bucket.get(_key(md5), part):
                    os.replace(part, path)
            finally:
                part.unlink(missing_ok=True)
        return path

    def _is_intact(self, path: Path, md5: str) -> bool:
        """Whether a file holds what its name says; it is read once per process, unless another one has just done so,
        and again when it was touched.
        """
        seen = _as_it_is(path)
        if (md5, *seen) not in self._intact and not self._was_checked(md5, seen):
            if digest(path).md5 != md5:
                return False
            self._note(md5, seen)
        self._intact.add((md5, *seen))
        return True

    def _was_checked(self, md5: str, seen: tuple[int, ...]) -> bool:
        """Whether a process of this machine found this file intact within the last hour, as it is now."""
        with suppress(OSError):
            note = self._checked / md5
            return 0 <= time.time() - note.stat().st_mtime < CHECKED and note.read_text() == str(seen)
        return False

    def _note(self, md5: str, seen: tuple[int, ...]) -> None:
        """Note for other processes that a file is intact; where that cannot be written they look for themselves."""
        with suppress(OSError):
            self._checked.mkdir(parents=True, exist_ok=True)
            (self._checked / md5).write_text(str(seen))

    def _forget(self, md5: str) -> None:
        """Take nobody's word for a file any longer."""
        self._intact = {each for each in self._intact if each[0] != md5}
        with suppress(OSError):
            (self._checked / md5).unlink()

    def _place(self, md5: str) -> str:
        return f"{self._root}/{_key(md5)}"


def _key(md5: str) -> str:
    return f"files/md5/{md5[:2]}/{md5[2:]}"


def _md5_of(place: str) -> str:
    """The md5 of the object at a place; empty where the place is not an object's."""
    found = OBJECT.search(place)
    return found["start"] + found["rest"] if found else ""


def _file_system(url: str) -> tuple[Any, str]:
    try:
        found: tuple[Any, str] = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise SettingError(
            f"The objects cannot be reached: {error}.",
            "DATAOPS_OBJECTS",
            "Write a folder, s3://bucket/folder, or install what its address needs.",
        ) from error
    return found


def _as_it_is(path: Path) -> tuple[int, ...]:
    """What tells that nobody has touched a file since: inode, size, and the time of its last change, which nobody can
    set back.
    """
    about = path.stat()
    return about.st_dev, about.st_ino, about.st_size, about.st_ctime_ns


def digest(path: Path) -> Object:
    """The md5, sha256 and size of a file."""
    md5, sha = hashlib.md5(usedforsecurity=False), hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            md5.update(block)
            sha.update(block)
    return Object(md5.hexdigest(), sha.hexdigest(), path.stat().st_size)
