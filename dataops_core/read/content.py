"""The content of a file to read: taken into memory only where a reader needs all of it at once."""

from __future__ import annotations

import io
import mmap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from dataops_core.errors import InputError
from dataops_core.read.text.encodings import SAMPLE_BYTES
from dataops_core.read.unpack import unpack

HEAD = 100_000


@dataclass(frozen=True)
class Content:
    """A file as it is, or what was packed in one, with its name."""

    path: Path
    name: str
    unpacked: bytes | None = None

    @cached_property
    def data(self) -> bytes:
        """All of it, in memory."""
        return self.path.read_bytes() if self.unpacked is None else self.unpacked

    def head(self) -> bytes:
        """The first bytes, enough to tell what it is."""
        if self.unpacked is not None:
            return self.unpacked[:HEAD]
        with self.path.open("rb") as file:
            return file.read(HEAD)

    def size(self) -> int:
        """How many bytes it has; those of the file where it was packed, for that is what was given."""
        return self.path.stat().st_size

    def opened(self) -> BinaryIO:
        """A stream of it, from the start."""
        return self.path.open("rb") if self.unpacked is None else io.BytesIO(self.unpacked)

    def mapped(self, look: Callable[[Any], Any]) -> Any:
        """What `look` finds in it as something to slice, which is not taken into memory where it is a file."""
        if self.unpacked is not None or not self.path.stat().st_size:
            return look(self.data)
        with self.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            return look(mapped)

    def sampled(self, look: Callable[[Any], Any]) -> Any:
        """What `look` finds in it as something to slice: bytes, or a memory map of a file that is large."""
        return self.mapped(look) if self.size() > 4 * SAMPLE_BYTES else look(self.data)


def file_content(path: Path, called: str) -> Content:
    """The content of a file, taken out of gzip or zip."""
    try:
        content = Content(path, called)
        head = content.head()
        packed = (
            head[:2] == b"\x1f\x8b" or head[:4] in (b"PK\x03\x04", b"PK\x05\x06") or called.lower().endswith(".zip")
        )
        if not packed:
            return content
        data, inner = unpack(path.read_bytes(), called)
    except OSError as error:
        raise InputError(
            f"The file cannot be opened: {error.strerror}.", called, "Check its path and rights."
        ) from error
    return Content(path, inner, data)
