"""The records of a text table, one after the other, with their line numbers; damaged quotes and ragged rows mended.

Embedded in exported scripts: standard library only.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator
from typing import Any

from dataops_core.read.sniff import line_reader

CHUNK_CELLS = 500_000


def text_records(
    lines: Iterator[str], delimiter: str, quote: str, width: int, damaged: list[int],
) -> Iterator[tuple[int, list[str]]]:
    """Records with the number of the line where each starts (from 1); blank lines are empty records.

    A quote that breaks the rules, or is never closed, would swallow the lines after it. Its line is then read by
    itself, and its number is added to `damaged`.
    """
    waiting: deque[str] = deque()
    taken: list[str] = []
    first = 1

    def feed() -> Iterator[str]:
        while True:
            line = waiting.popleft() if waiting else next(lines, None)
            if line is None:
                return
            taken.append(line)
            yield line

    reader = line_reader(feed(), delimiter, quote, strict=True)
    while True:
        taken.clear()
        try:
            record = next(reader, None)
        except csv.Error:
            record = []
            swallowed = True
        else:
            if record is None:
                return
            swallowed = len(taken) > 1 and width > 1 and len(record) != width and (
                len(mended_record(taken[0], delimiter, quote, width)) == width
            )
        if swallowed:
            damaged.append(first)
            record = mended_record(taken[0], delimiter, quote, width)
            waiting.extendleft(reversed(taken[1:]))
            del taken[1:]
            reader = line_reader(feed(), delimiter, quote, strict=True)
        yield first, record
        first += len(taken)


def mended_record(line: str, delimiter: str, quote: str, width: int) -> list[str]:
    """The cells of one line whose quotes are wrong: quotes as plain signs, unless only quoting gives all cells."""
    plain = next(line_reader([line], delimiter, ""), [])
    if len(plain) == width:
        return plain
    quoted = next(line_reader([line], delimiter, quote), [])
    return quoted if len(quoted) == width and line.count(quote[-1]) % 2 == 0 else plain


def new_notes() -> dict[str, Any]:
    """What is noted while records go by: the numbers of lines that needed mending, and surplus cells by row."""
    return {"short": [], "long": [], "blank": [], "damaged": [], "extra": {}, "rows": 0}


def text_chunks(
    data: bytes, layout: dict[str, Any], notes: dict[str, Any],
) -> Iterator[tuple[list[tuple[str, ...]], list[int], float]]:
    """The data rows in pieces: their columns, their line numbers, and how much of the file has been read (0 to 1).

    `layout` holds encoding, delimiter, quote, header_row, first (the first data record) and width.
    """
    raw = io.BytesIO(data)
    lines = io.TextIOWrapper(raw, encoding=layout["encoding"], errors="replace", newline="")
    width, delimiter = layout["width"], layout["delimiter"]
    size = max(100, CHUNK_CELLS // max(1, width))
    rows: list[list[str]] = []
    numbers: list[int] = []
    blank: list[int] = []
    records = text_records(iter(lines), delimiter, layout["quote"], width, notes["damaged"])
    for count, (line, record) in enumerate(records):
        if count < layout["first"]:
            continue
        if not record:
            blank.append(line)
            continue
        if blank:
            if width == 1:  # in a table of one column, an empty line is an empty cell
                rows += [[""] for _ in blank]
                numbers += blank
                notes["rows"] += len(blank)
            else:
                notes["blank"] += blank
            blank = []
        if len(record) != width:
            record = fitted_record(record, line, width, delimiter, notes)
        rows.append(record)
        numbers.append(line)
        notes["rows"] += 1
        if len(rows) >= size:
            yield list(zip(*rows, strict=True)), numbers, raw.tell() / max(1, len(data))
            rows, numbers = [], []
    if rows:
        yield list(zip(*rows, strict=True)), numbers, 1.0


def fitted_record(
    record: list[str], line: int, width: int, delimiter: str, notes: dict[str, Any],
) -> list[str]:
    """A record with as many cells as the table has columns; what is over is noted, never dropped."""
    if len(record) < width:
        notes["short"].append(line)
        return record + [""] * (width - len(record))
    if any(cell.strip() for cell in record[width:]):
        notes["long"].append(line)
        notes["extra"][notes["rows"]] = delimiter[0].join(record[width:])
    return record[:width]
