"""A text table as it is read, its cells as they stand in the source."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from dataops_core.errors import SettingError
from dataops_core.read.content import file_content
from dataops_core.read.file import format_of_content
from dataops_core.read.limits import limited_memory
from dataops_core.read.options import ReadOptions
from dataops_core.read.text.layout import text_layout
from dataops_core.read.text.layout_types import TextLayout
from dataops_core.read.text.records import RowNotes, table_records


def raw_rows(path: Path, options: ReadOptions | None = None, *, name: str | None = None) -> Iterator[list[str]]:
    """The rows of the header and of the table in a text file, every cell as in the source.

    Short rows are filled up with empty cells, surplus cells stay at the end of their row. Doubled and missing names
    stay as they are; a table without a header gets the names "column 1", "column 2", ….
    """
    content = file_content(path, name or path.name)
    given = options.to_json() if options else {}
    form = given.get("format") or format_of_content(content)
    if form != "csv":
        raise SettingError(
            "Only text tables have cells as in the source.",
            f"{content.name} ({form})",
            "Leave out --raw: the values of other formats are read as they are.",
        )
    return raw_records(content.data, given)


def raw_records(data: bytes, given: dict[str, Any]) -> Iterator[list[str]]:
    """The rows of the header and of the table in a text."""
    with limited_memory():
        layout = text_layout(
            data, {**{key: value for key, value in given.items() if value is not None}, "lenient": True}, []
        )
    heads = [list(head) for head in layout.heads] or [list(layout.names)]
    return chain(heads, data_rows(data, layout))


def data_rows(data: bytes, layout: TextLayout) -> Iterator[list[str]]:
    """The rows of a text table, as wide as its header or wider."""
    width, body = layout.signs.width, layout.body
    blank = 0
    for _numbers, records, _share in table_records(data, layout, RowNotes()):
        for record in records:
            if not record:
                blank += 1
                continue
            if width == 1:  # in a table of one column, an empty line is an empty cell
                yield from ([""] for _ in range(blank))
            blank = 0
            while width < len(record) <= body and not record[-1].strip():
                record.pop()  # every row ends with a delimiter
            yield record + [""] * (width - len(record))


def first_lines(path: Path, name: str, encoding: str, lines: int = 40) -> list[str]:
    """The first lines of a text file as they are written, also where it is packed."""
    text = file_content(path, name).head().decode(encoding, "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:lines]
