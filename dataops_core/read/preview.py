"""The beginning of a file as it would be read: what a person looks at while changing how a file is read."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from dataops_core.errors import InputError
from dataops_core.read.content import file_content
from dataops_core.read.excel.excel import quiet, sheet_rows
from dataops_core.read.excel.sheet_rows import cell_text
from dataops_core.read.excel.sheet_tables import column_letters
from dataops_core.read.file import format_of_content, read_file
from dataops_core.read.options import Problem, ReadOptions
from dataops_core.scratch import scratch_folder

HEAD = 100_000  # bytes of a text that are read
WHOLE = 3_000_000  # bytes of another file, which can only be read as a whole
ROWS = 40
COLUMNS = 30  # of a sheet


@dataclass(frozen=True)
class Preview:
    """The first rows of a table, the types of its columns, what was assumed and met; `whole`: all was read."""

    rows: pd.DataFrame
    types: dict[str, str]
    options: ReadOptions
    problems: tuple[Problem, ...]
    whole: bool


def preview(path: Path, options: ReadOptions, name: str) -> Preview:
    """Read the beginning of a text file, or a small file of another format. Raises InputError for a large one, and what
    reading raises.
    """
    content = file_content(path, name)
    form = options.format or format_of_content(content)
    with scratch_folder() as folder:
        head = content.head()[:HEAD]
        whole = form not in ("csv", "jsonl") or (content.size() <= len(head) and content.unpacked is None)
        if not whole:
            path = folder / Path(content.name).name
            path.write_bytes(_lines_of(head))
        elif content.size() > WHOLE:
            raise InputError(
                "Files of this format can only be read as a whole, and this one is too large for a preview.",
                name,
                "Read it again: Undo takes it back.",
            )
        source = read_file(path, folder / "head.parquet", options, name=content.name if not whole else name)
        return Preview(
            source.table.page(0, ROWS),
            {column.name: column.type for column in source.table.columns},
            source.options,
            source.problems,
            whole,
        )


@dataclass(frozen=True)
class SheetView:
    """The names of a workbook's sheets, which of them this is, and its first rows and columns as texts, numbered and
    lettered as in the sheet.
    """

    names: tuple[str, ...]
    name: str
    cells: pd.DataFrame


def first_cells(path: Path, name: str, sheet: str | None = None) -> SheetView:
    """The beginning of a sheet as it stands there (None: the first one that holds something). Raises InputError for a
    large file, and what reading raises.
    """
    content = file_content(path, name)
    if content.size() > WHOLE:
        raise InputError("This workbook is too large for a preview.", name, "Open it in a program for sheets.")
    names, shown, rows = sheet_cells(content.data, sheet or None)
    width = min(COLUMNS, max(map(len, rows), default=0))
    texts = [[cell_text(cell) for cell in row[:width]] for row in rows[:ROWS]]
    numbered = pd.RangeIndex(1, len(texts) + 1, name="Row")
    return SheetView(names, shown, pd.DataFrame(texts, numbered, [column_letters(at) for at in range(width)], str))


def sheet_cells(data: bytes, sheet: str | None) -> tuple[tuple[str, ...], str, list[list[Any]]]:
    """The names of the sheets, the name of the one looked at, and its rows."""
    import python_calamine

    shown, rows, _ = sheet_rows(data, sheet, [])
    with quiet():
        names = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).sheet_names
    return tuple(names), shown, rows


def _lines_of(head: bytes) -> bytes:
    """The whole lines in the beginning of a text; all of it where there is no end of a line."""
    end = max(head.rfind(b"\n"), head.rfind(b"\r")) + 1
    if b"\x00" in head:  # two or four bytes a character
        end += -end % (4 if head[:4] in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff") else 2)
    return head[:end] if end > 1 else head
