"""Old Excel, OpenDocument and encrypted workbooks: built here byte by byte, for no writer of them is at hand.

Compound files: [MS-CFB]; the records of a workbook: [MS-XLS]; both are published by Microsoft.
"""

import io
import struct
import zipfile
from pathlib import Path

import pytest

from dataops_core.errors import InputError
from dataops_core.read import read_file

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file: its header, one sector that chains the sectors, one that names the streams, the streams."""
    chain, body, entries = [FAT, END], b"", [entry("Root Entry", 5, END, 0, 1)]
    for number, (name, content) in enumerate(streams.items(), 1):
        sectors = max(8, -(-len(content) // 512))  # smaller streams would live in a file system of their own
        first = len(chain)
        chain += [*range(first + 1, first + sectors), END]
        entries.append(entry(name, 2, first, sectors * 512, number + 1 if number < len(streams) else FREE))
        body += content.ljust(sectors * 512, b"\0")
    head = (
        bytes.fromhex("d0cf11e0a1b11ae1")
        + bytes(16)
        + struct.pack(
            "<HHHHH6xIIIIIIIIII",
            0x3E,
            3,
            0xFFFE,
            9,
            6,
            0,
            1,
            1,
            0,
            4096,
            END,
            0,
            END,
            0,
            0,
        )
        + b"\xff" * 432
    )
    fats = struct.pack("<128I", *chain, *[FREE] * (128 - len(chain)))
    return head + fats + b"".join(entries).ljust(512, b"\0") + body


def entry(name: str, kind: int, first: int, size: int, following: int) -> bytes:
    spelled = name.encode("utf-16-le") + b"\0\0"
    right, child = (FREE, following) if kind == 5 else (following, FREE)
    return spelled.ljust(64, b"\0") + struct.pack(
        "<HBBIII16xI16xIQ",
        len(spelled),
        kind,
        1,
        FREE,
        right,
        child,
        0,
        first,
        size,
    )


def record(number: int, content: bytes) -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def old_workbook(rows: list[list[object]]) -> bytes:
    cells = b"".join(
        (
            record(0x204, struct.pack("<HHHHB", at, column, 0, len(value), 0) + value.encode("latin-1"))
            if isinstance(value, str)
            else record(0x203, struct.pack("<HHHd", at, column, 0, value))
        )
        for at, row in enumerate(rows)
        for column, value in enumerate(row)
    )
    end = record(0x0A, b"")
    start = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 1997, 0, 6))
    offset = len(start) + 4 + 11 + len(end)
    sheet = (
        record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 1997, 0, 6))
        + record(
            0x200,
            struct.pack("<IIHHH", 0, len(rows), 0, len(rows[0]), 0),
        )
        + cells
        + end
    )
    return compound(
        {"Workbook": start + record(0x85, struct.pack("<IBBBB", offset, 0, 0, 3, 0) + b"One") + end + sheet}
    )


def open_document(rows: list[list[object]]) -> bytes:
    lines = "".join(
        "<table:table-row>"
        + "".join(
            (
                f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
                if isinstance(value, str)
                else (
                    '<table:table-cell office:value-type="float"'
                    f' office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
                )
            )
            for value in row
        )
        + "</table:table-row>"
        for row in rows
    )
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:spreadsheet>"
            f'<table:table table:name="One">{lines}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        )
    return out.getvalue()


@pytest.mark.parametrize(("make", "name"), [(old_workbook, "t.xls"), (open_document, "t.ods")])
def test_old_excel_and_open_document_are_read(tmp_path: Path, make, name: str) -> None:
    (tmp_path / name).write_bytes(make([["id", "name", "price"], [1, "x", 1.5], [2, "007", 2]]))
    source = read_file(tmp_path / name, tmp_path / "t.parquet")
    assert {c.name: c.type for c in source.table.columns} == {"id": "integer", "name": "text", "price": "decimal"}
    assert source.table.frame().values.tolist() == [[1, "x", 1.5], [2, "007", 2.0]]
    assert (source.assumed()["format"], source.assumed()["sheet"]) == ("excel", "One")


@pytest.mark.parametrize("name", ["t.xlsx", "t.xls", "object"])
def test_an_encrypted_workbook_says_so(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(compound({"EncryptionInfo": b"\x04\0\x04\0", "EncryptedPackage": bytes(range(200))}))
    with pytest.raises(InputError, match="encrypted") as caught:
        read_file(tmp_path / name, tmp_path / "t.parquet")
    assert "without a password" in caught.value.fix
