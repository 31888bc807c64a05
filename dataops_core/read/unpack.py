"""Take a file out of gzip or zip. Embedded in exported scripts: standard library only."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from typing import Any

from dataops_core.errors import InputError
from dataops_core.read.bounds import MOST_RATIO, READ_MEMORY, memory_limit, spelled_bytes

TABLE_PARTS = ("[Content_Types].xml", "mimetype", "content.xml")  # zip files that are spreadsheets themselves


def unpack(data: bytes, name: str) -> tuple[bytes, str]:
    """The bytes and name of the file inside a gzip or zip; a file that is not packed comes back as it is.

    >>> unpack(gzip.compress(b"a,b"), "t.csv.gz")
    (b'a,b', 't.csv')
    """
    for _ in range(3):  # a .csv.gz inside a zip is fine, endless nesting is not
        if data[:2] == b"\x1f\x8b":
            data, name = unpacked_gzip(data, name), name[:-3] if name.lower().endswith(".gz") else name
        elif data[:4] in (b"PK\x03\x04", b"PK\x05\x06") or (name.lower().endswith(".zip") and data):
            found = unpacked_zip(data, name)
            if found is None:
                return data, name
            data, name = found
        else:
            return data, name
    raise InputError("The file is packed more than three times over.", name, "Unpack it first.")


def unpacked_gzip(data: bytes, name: str) -> bytes:
    """The content of a gzip file."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            return read_bounded(packed, len(data), name)
    except EOFError:
        raise InputError("The gzip file is cut off.", name, "Fetch or copy the file again.") from None
    except (OSError, zlib.error) as error:
        raise InputError(f"The gzip file is damaged: {error}.", name, "Fetch or copy the file again.") from None


def unpacked_zip(data: bytes, name: str) -> tuple[bytes, str] | None:
    """The only data file in a zip, with its name; None if the zip is a spreadsheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = [
                entry
                for entry in archive.infolist()
                if not entry.is_dir()
                and not entry.filename.startswith("__MACOSX/")
                and not entry.filename.rsplit("/", 1)[-1].startswith(".")
            ]
            if any(entry.filename in TABLE_PARTS for entry in inside):
                return None
            if len(inside) != 1:
                shown = ", ".join(entry.filename for entry in inside[:10]) + (", …" if len(inside) > 10 else "")
                what = f"The zip holds {len(inside)} files: {shown}." if inside else "The zip holds no file."
                raise InputError(what, name, "Unpack it first, and bring one of the files.")
            entry = inside[0]
            if entry.flag_bits & 1:
                raise InputError("The zip is encrypted.", name, "Unpack it first, and bring the file inside.")
            check_unpacked(entry.file_size, len(data), name)
            with archive.open(entry) as packed:
                return read_bounded(packed, len(data), name), entry.filename.rsplit("/", 1)[-1]
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
        LookupError,
    ) as error:
        raise InputError(f"The zip is damaged: {error}.", name, "Fetch or copy the file again.") from None


def read_bounded(packed: Any, size: int, name: str) -> bytes:
    """Everything in a packed file, unless it grows beyond all reason."""
    whole, total = io.BytesIO(), 0
    while part := packed.read(4_000_000):
        total += len(part)
        check_unpacked(total, size, name)
        whole.write(part)
    return whole.getvalue()


def check_unpacked(unpacked: int, size: int, name: str) -> None:
    """Refuse what unpacks to more than may be read, or to very much more than it was; up to a 64th of the memory is
    harmless.
    """
    limit = memory_limit()
    if unpacked > limit // 2 or (unpacked > limit // 64 and unpacked > MOST_RATIO * size):
        more = spelled_bytes(max(2 * limit, 64 * unpacked))
        raise InputError(
            f"The file unpacks to {spelled_bytes(unpacked)} or more, from {spelled_bytes(size)}.",
            name,
            "If this is right, unpack it yourself and bring the file inside, or allow more memory:"
            f' {READ_MEMORY}="{more}".',
        )
