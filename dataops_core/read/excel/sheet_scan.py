"""How large the sheets of a workbook are and what they hold, found before a reader takes memory for their cells.

Formats: ECMA-376 (.xlsx), [MS-XLSB] (.xlsb), OpenDocument 1.3 (.ods). Embedded in exported scripts: standard library
only.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any
from xml.parsers import expat

from dataops_core.errors import InputError
from dataops_core.read.unpack import check_unpacked

CELL_NAME = re.compile("([A-Za-z]{1,7})([0-9]{1,10})")
BROKEN = "Open it in Excel, save it as .xlsx or .csv, and bring that file."
BINARY_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


class Extent:
    """How far a sheet reaches, how many cells hold something, how long their texts are, and its cells with an error."""

    def __init__(self) -> None:
        self.rows = self.columns = self.held = self.characters = self.claimed = 0
        self.errors: list[tuple[int, int, str]] = []  # row and column from 0, and the error
        self.hidden: set[int] = set()  # rows from 0
        self.merged: list[tuple[tuple[int, int], tuple[int, int]]] = []  # first and last cell: row and column from 0

    def take(self, row: int, column: int, characters: int = 0, times: int = 1) -> None:
        """Count a cell that holds something."""
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)
        self.held += times
        self.characters += characters * times


def sheet_extents(data: bytes, name: str) -> dict[str, Extent]:
    """The extent of each sheet of a workbook by its name; refuses a workbook that unpacks to far too much.

    Empty for formats that are no zip file.
    """
    if not data.startswith(b"PK"):
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {entry.filename.lstrip("/"): entry for entry in archive.infolist()}
            if len(parts) < len(archive.infolist()):
                raise InputError("The workbook holds two parts of the same name.", name, BROKEN)
            total = 0
            for entry in parts.values():
                for piece in inflated(data, entry):
                    total += len(piece)
                    check_unpacked(total, len(data), name)
            if "content.xml" in parts:
                return document_extents(inflated(data, parts["content.xml"]))
            return {
                sheet: part_extent(data, parts, path)
                for sheet, path in sheet_parts(data, parts).items()
                if path in parts
            }
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        LookupError,
        expat.ExpatError,
    ) as error:
        raise InputError(f"The workbook is damaged: {error}.", name, "Fetch or copy the file again.") from None


def inflated(data: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """All bytes of a part of a zip file in pieces, whatever size its directory claims."""
    names, extra = struct.unpack_from("<HH", data, entry.header_offset + 26)
    start = entry.header_offset + 30 + names + extra
    raw = memoryview(data)[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        yield from (bytes(raw[at : at + 1_000_000]) for at in range(0, len(raw), 1_000_000))
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED or entry.flag_bits & 1:
        raise InputError("The workbook is packed in a way that cannot be read.", entry.filename, BROKEN)
    unpacking = zlib.decompressobj(-15)
    piece = unpacking.decompress(raw, 1_000_000)
    while piece:
        yield piece
        piece = unpacking.decompress(unpacking.unconsumed_tail, 1_000_000)


def parsed(pieces: Iterable[bytes], **handlers: Any) -> None:
    """Go through XML with handlers for what starts, ends and stands between."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    for name, handler in handlers.items():
        setattr(parser, name, handler)
    for piece in pieces:
        parser.Parse(piece, False)
    parser.Parse(b"", True)


def local_name(name: str) -> str:
    """A name without its namespace."""
    return name.rsplit(":", 1)[-1]


def sheet_parts(data: bytes, parts: dict[str, zipfile.ZipInfo]) -> dict[str, str]:
    """The part of a workbook that holds each sheet."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(name: str, about: dict[str, str]) -> None:
        if local_name(name) == "Relationship":
            target = about.get("Target", "").replace("\\", "/")
            targets[about.get("Id", "")] = target.lstrip("/") if target.startswith(("/", "xl/")) else "xl/" + target

    def sheet(name: str, about: dict[str, str]) -> None:
        if local_name(name) == "sheet":
            found = next((value for key, value in about.items() if local_name(key) == "id"), "")
            sheets[about.get("name", "")] = targets.get(found, "")

    for kind in ("xml", "bin"):
        book, relations = f"xl/workbook.{kind}", f"xl/_rels/workbook.{kind}.rels"
        if book in parts and relations in parts:
            parsed(inflated(data, parts[relations]), StartElementHandler=relation)
            if kind == "bin":
                return {path: path for path in targets.values() if "worksheets/" in path}
            parsed(inflated(data, parts[book]), StartElementHandler=sheet)
    return sheets


def part_extent(data: bytes, parts: dict[str, zipfile.ZipInfo], path: str) -> Extent:
    """The extent of the sheet in that part."""
    if path.endswith(".bin"):
        return binary_extent(b"".join(inflated(data, parts[path])))
    strings = next((part for name, part in parts.items() if name.lower() == "xl/sharedstrings.xml"), None)
    return sheet_extent(inflated(data, parts[path]), string_lengths(inflated(data, strings)) if strings else [])


def string_lengths(pieces: Iterable[bytes]) -> list[int]:
    """How long the texts are that cells share."""
    lengths: list[int] = []

    def start(name: str, about: dict[str, str]) -> None:
        if local_name(name) == "si":
            lengths.append(0)

    def text(part: str) -> None:
        if lengths:
            lengths[-1] += len(part)

    parsed(pieces, StartElementHandler=start, CharacterDataHandler=text)
    return lengths


def sheet_extent(pieces: Iterable[bytes], lengths: list[int]) -> Extent:
    """The extent of a sheet in the XML of .xlsx, whose cells may name texts of these lengths."""
    found = Extent()
    row, column, kind, inside = -1, 0, "", False

    def start(name: str, about: dict[str, str]) -> None:
        nonlocal row, column, kind, inside
        name = local_name(name)
        inside = False
        if name == "c":
            match = CELL_NAME.fullmatch(about.get("r", ""))
            place = (int(match[2]) - 1, column_number(match[1])) if match else (max(row, 0), column)
            row_here, column = place
            kind = about.get("t", "")
            here[:] = [max(row_here, 0), column]
            column += 1
        elif name in ("v", "is"):
            found.take(*here)
            inside = True
        elif name == "t":
            inside = True
        elif name == "row":
            row = int(about["r"]) - 1 if about.get("r", "").isdecimal() and len(about["r"]) < 11 else row + 1
            column = 0
            if about.get("hidden") in ("1", "true"):
                found.hidden.add(row)

    def text(part: str) -> None:
        if kind == "s" and inside:
            number = int(part) if part.strip().isdecimal() and len(part) < 12 else -1
            found.characters += lengths[number] if 0 <= number < len(lengths) else 0
        elif kind == "e" and inside:
            found.errors.append((here[0], here[1], part))
        else:
            found.characters += len(part)

    here = [0, 0]
    parsed(pieces, StartElementHandler=start, CharacterDataHandler=text)
    return found


def column_number(letters: str) -> int:
    """The number of a column from 0.

    >>> column_number("A"), column_number("XFD")
    (0, 16383)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def document_extents(pieces: Iterable[bytes]) -> dict[str, Extent]:
    """The extents of the sheets in the XML of .ods, where rows and cells may say how often they are repeated."""
    found: dict[str, Extent] = {}
    now, row, column, high, wide, held, length = Extent(), 0, 0, 1, 1, False, 0

    def times(about: dict[str, str], what: str) -> int:
        given = about.get(f"table:number-{what}-repeated", "1")
        return int(given) if given.isdecimal() and len(given) < 11 else 1

    def start(name: str, about: dict[str, str]) -> None:
        nonlocal now, row, column, high, wide, held, length
        if name == "table:table":
            now = found.setdefault(about.get("table:name", ""), Extent())
            row = 0
        elif name == "table:table-row":
            column, high = 0, times(about, "rows")
        elif name in ("table:table-cell", "table:covered-table-cell"):
            wide, length, held = times(about, "columns"), 0, any(key.startswith("office:") for key in about)
        elif name == "text:p":
            held = True

    def end(name: str) -> None:
        nonlocal row, column
        if name in ("table:table-cell", "table:covered-table-cell"):
            column += wide
            if held:
                now.take(row + high - 1, column - 1, length, wide * high)
        elif name == "table:table-row":
            row += high

    def text(part: str) -> None:
        nonlocal length
        length += len(part)

    parsed(pieces, StartElementHandler=start, EndElementHandler=end, CharacterDataHandler=text)
    return found


def binary_extent(data: bytes) -> Extent:
    """The extent of a sheet in the records of .xlsb."""
    found = Extent()
    at = row = 0
    while at + 2 <= len(data):
        kind = data[at]
        at += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (data[at] << 7)
            at += 1
        size = shift = 0
        while at < len(data):
            part = data[at]
            at += 1
            size |= (part & 0x7F) << shift
            shift += 7
            if not part & 0x80 or shift > 21:
                break
        if kind == 0 and size >= 4:
            row = struct.unpack_from("<I", data, at)[0]
        elif 2 <= kind <= 11 and size >= 4:
            column = struct.unpack_from("<I", data, at)[0]
            found.take(row, column, size // 2)
            if kind in (3, 11) and size >= 9:
                found.errors.append((row, column, BINARY_ERRORS.get(data[at + 8], "#?")))
        at += size
    return found
