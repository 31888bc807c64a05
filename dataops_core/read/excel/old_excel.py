"""How large the sheets of an old workbook (.xls) are: [MS-CFB] and [MS-XLS]. Embedded in exported scripts."""

from __future__ import annotations

import struct
import subprocess
import sys

from dataops_core.errors import InputError
from dataops_core.read.bounds import check_cells, memory_limit
from dataops_core.read.excel.sheet_scan import BINARY_ERRORS, BROKEN, Extent

PROBE = """
import io, sys
import python_calamine
if len(sys.argv) > 1 and sys.platform != "win32":
    import resource
    resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv[1]), int(sys.argv[1])))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
for name in book.sheet_names:
    sheet = book.get_sheet_by_name(name)
    print(sheet.total_height, sheet.total_width)
"""
CELL_RECORDS = {0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x027E}


def check_old(data: bytes) -> None:
    """Open an old workbook in a process of its own first: a damaged one can make the reader ask for more memory than
    there is, and end.
    """
    try:
        tried = subprocess.run(  # noqa: S603 - our own lines, and the file as data
            [sys.executable, "-c", PROBE, str(memory_limit())],
            input=data,
            capture_output=True,
            check=False,
            timeout=600,
        )
    except subprocess.TimeoutExpired:
        tried = None
    if tried is None or (tried.returncode and b"PasswordError" not in tried.stderr):
        raise InputError(
            "This is not an Excel file that can be read: it is damaged, or not a workbook.", "the whole file", BROKEN
        )
    for line in tried.stdout.split(b"\n"):
        if line:
            rows, columns = map(int, line.split())
            check_cells(rows, columns, 0, 0, max(len(data), 4_000_000), "the workbook")


def compound_stream(data: bytes, names: tuple[str, ...]) -> bytes:
    """The first stream of one of these names in a compound file; empty where there is none. Chains may be broken or
    circular.
    """
    if len(data) < 512:
        return b""
    size = 1 << min(struct.unpack_from("<H", data, 30)[0], 16)
    directory, least, small_first = struct.unpack_from("<I", data, 48)[0], *struct.unpack_from("<II", data, 56)
    (more,) = struct.unpack_from("<I", data, 68)
    heads = list(struct.unpack_from("<109I", data, 76))
    seen: set[int] = set()
    while more < 0xFFFFFFFA and more not in seen and sector(data, more, size):
        seen.add(more)
        entries = words(sector(data, more, size))
        heads += entries[:-1]
        more = entries[-1] if entries else 0xFFFFFFFE
    table = [entry for head in heads if head < 0xFFFFFFFA for entry in words(sector(data, head, size))]
    folder = chain(data, table, directory, size)
    root = b""
    for at in range(0, len(folder) - 127, 128):
        name = folder[at : at + max(0, struct.unpack_from("<H", folder, at + 64)[0] - 2)].decode("utf-16-le", "replace")
        first, length = struct.unpack_from("<II", folder, at + 116)
        root = chain(data, table, first, size) if not at else root
        if name in names:
            if length >= least:
                return chain(data, table, first, size)[:length]
            small = words(chain(data, table, small_first, size))
            return chain(b"\0" * 64 + root, small, first, 64)[:length]
    return b""


def sector(data: bytes, number: int, size: int) -> bytes:
    """A sector of a compound file; the first one follows the header, which is as long as a sector."""
    return data[(number + 1) * size : (number + 2) * size]


def words(data: bytes) -> list[int]:
    """Bytes as whole numbers of four bytes each."""
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))


def chain(data: bytes, table: list[int], first: int, size: int) -> bytes:
    """The sectors that follow each other from a first one on."""
    found, seen = [], set[int]()
    while first < len(table) and first not in seen:
        seen.add(first)
        found.append(sector(data, first, size))
        first = table[first]
    return b"".join(found)


def old_extents(data: bytes) -> list[Extent]:
    """The extents of the sheets of an old workbook, in the order in which they stand there; what they claim counts as
    well.
    """
    stream = compound_stream(data, ("Workbook", "Book"))
    found: list[Extent] = []
    at = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        body = stream[at + 4 : at + 4 + size]
        at += 4 + size
        if kind in (0x0809, 0x0409, 0x0209, 0x0009):
            found.append(Extent())
        elif not found:
            continue
        elif kind == 0x0200 and size >= 12:
            top, bottom, left, right = struct.unpack_from("<IIHH", body)
            found[-1].claimed = max(0, bottom - top) * max(0, right - left)
        elif kind in CELL_RECORDS and size >= 6:
            row, column = struct.unpack_from("<HH", body)
            last = struct.unpack_from("<H", body, size - 2)[0] if kind in (0x00BD, 0x00BE) else column
            found[-1].take(row, max(last, column), size, max(1, last - column + 1))
            if kind == 0x0205 and size >= 8 and body[7]:
                found[-1].errors.append((row, column, BINARY_ERRORS.get(body[6], "#?")))
    return found[1:] or found
