"""The records of a text table, one after the other, with their line numbers; damaged quotes and ragged rows mended.

Embedded in exported scripts: standard library only.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from dataops_core.read.sniff import line_reader

LONGEST_RECORD = 4_000_000  # characters on several lines; a quote that stands open for longer was never meant to be one
CHUNK_CELLS = 10_000  # small pieces stay in the processor's cache: half the time that large ones take


def text_batches(
    lines: Iterator[str],
    delimiter: str,
    quote: str,
    width: int,
    damaged: list[int],
    size: int,
) -> Iterator[tuple[Sequence[int], list[list[str]]]]:
    """Records in batches, with the number of the line where each starts (from 1); blank lines are empty records.

    A quote that breaks the rules, or is never closed, would swallow the lines after it. Its line is then read by
    itself, and its number is added to `damaged`.
    """
    waiting: deque[str] = deque()
    first = 1
    while True:
        batch = [waiting.popleft() for _ in range(min(size, len(waiting)))]
        batch += islice(lines, size - len(batch))
        if not batch:
            return
        try:
            records = list(line_reader(batch, delimiter, quote, strict=True))
        except csv.Error:
            records = []
        if len(records) == len(batch):  # one line, one record: by far the most common case, and a quick one
            yield range(first, first + len(batch)), records
            first += len(batch)
            continue
        waiting.extendleft(reversed(batch))
        numbers, records, end = [], [], first + len(batch)
        for number, record, after in careful_records(lines, waiting, delimiter, quote, width, damaged, first):
            numbers.append(number)
            records.append(record)
            first = after
            if after >= end:
                break
        yield numbers, records


def careful_records(
    lines: Iterator[str],
    waiting: deque[str],
    delimiter: str,
    quote: str,
    width: int,
    damaged: list[int],
    first: int,
) -> Iterator[tuple[int, list[str], int]]:
    """Records one by one, with the numbers of their first line and of the line after them."""
    taken: list[str] = []

    def feed() -> Iterator[str]:
        length = 0
        while True:
            length = length if taken else 0
            line = (
                waiting.popleft()
                if waiting and length < LONGEST_RECORD
                else next(lines, None)
                if length < LONGEST_RECORD
                else None
            )
            if line is None:
                return
            taken.append(line)
            length += len(line)
            yield line

    reader = line_reader(feed(), delimiter, quote, strict=True)
    while True:
        taken.clear()
        try:
            record = next(reader, None)
        except csv.Error:
            record, swallowed = [], True
        else:
            if record is None:
                return
            swallowed = (
                len(taken) > 1
                and width > 1
                and len(record) != width
                and (len(mended_record(taken[0], delimiter, quote, width)) == width)
            )
        if swallowed:
            damaged.append(first)
            record = mended_record(taken[0], delimiter, quote, width)
            waiting.extendleft(reversed(taken[1:]))
            del taken[1:]
            reader = line_reader(feed(), delimiter, quote, strict=True)
        number, first = first, first + len(taken)
        yield number, record, first


def mended_record(line: str, delimiter: str, quote: str, width: int) -> list[str]:
    """The cells of one line whose quotes are wrong: quotes as plain signs, unless only quoting gives all cells."""
    plain: list[str] = next(line_reader([line], delimiter, ""), [])
    if len(plain) == width:
        return plain
    quoted: list[str] = next(line_reader([line], delimiter, quote), [])
    return quoted if len(quoted) == width and line.count(quote[-1]) % 2 == 0 else plain


def new_notes(*, keeps: bool = True) -> dict[str, Any]:
    """What is noted while records go by: the numbers of lines that needed mending, and surplus cells by row if it
    `keeps` them.
    """
    return {"short": [], "long": [], "blank": [], "damaged": [], "extra": {}, "rows": 0, "keeps": keeps}


def text_chunks(
    data: bytes,
    layout: dict[str, Any],
    notes: dict[str, Any],
) -> Iterator[tuple[list[tuple[str, ...]], Sequence[int], float]]:
    """The data rows in pieces: their columns, their line numbers, and how much of the file has been read (0 to 1).

    `layout` holds encoding, delimiter, quote, header_row, first (the first data record) and width.
    """
    raw = io.BytesIO(data)
    lines = io.TextIOWrapper(raw, encoding=layout["encoding"], errors="replace", newline="")
    width, delimiter = layout["width"], layout["delimiter"]
    size = max(100, CHUNK_CELLS // max(1, width))
    start = layout["first"]
    blank: list[int] = []
    for numbers, records in text_batches(lines, delimiter, layout["quote"], width, notes["damaged"], size):
        if start:
            skip = min(start, len(records))
            start -= skip
            numbers, records = numbers[skip:], records[skip:]
        if blank or set(map(len, records)) != {width}:
            numbers, records = fitted_records(numbers, records, blank, width, delimiter, notes)
        notes["rows"] += len(records)
        if records:
            yield list(zip(*records, strict=True)), numbers, raw.tell() / max(1, len(data))


def fitted_records(
    numbers: Sequence[int],
    records: Sequence[list[str]],
    blank: list[int],
    width: int,
    delimiter: str,
    notes: dict[str, Any],
) -> tuple[list[int], list[list[str]]]:
    """Records of equal width, and their line numbers; blank lines wait in `blank` until a record follows them."""
    lines, fitted = [], []
    for number, record in zip(numbers, records, strict=True):
        if not record:
            blank.append(number)
            continue
        if blank:
            if width == 1:  # in a table of one column, an empty line is an empty cell
                lines += blank
                fitted += [[""] for _ in blank]
            else:
                notes["blank"] += blank
            blank.clear()
        lines.append(number)
        row = notes["rows"] + len(fitted)
        fitted.append(record if len(record) == width else fitted_record(record, number, row, width, delimiter, notes))
    return lines, fitted


def fitted_record(
    record: list[str],
    line: int,
    row: int,
    width: int,
    delimiter: str,
    notes: dict[str, Any],
) -> list[str]:
    """A record with as many cells as the table has columns; what is over is noted, never dropped."""
    if len(record) < width:
        notes["short"].append(line)
        return record + [""] * (width - len(record))
    surplus = delimiter[0].join(record[width:])
    if surplus.replace(delimiter[0], "").strip():
        notes["long"].append(line)
        if notes["keeps"]:
            notes["extra"][row] = surplus
    return record[:width]
