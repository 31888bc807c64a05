"""The records of a text table, one after the other, with their line numbers; damaged quotes and ragged rows mended.

Embedded in exported scripts: standard library only.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Any

from dataops_core.read.text.encodings import decode_errors, text_stream
from dataops_core.read.text.layout_types import Signs, TextLayout
from dataops_core.read.text.mend import cut_otherwise, cut_to_width
from dataops_core.read.text.sniff import line_reader

LONGEST_RECORD = 4_000_000  # characters on several lines; a quote that stands open for longer was never meant to be one
MOST_TRIES = 1000  # to read records in another way, before none is expected to work
MOST_LINES = 12  # that a record with wrong quotes may go over
CHUNK_CELLS = 10_000  # small pieces stay in the processor's cache: half the time that large ones take


@dataclass
class RowNotes:
    """What is noted while records go by: the numbers of lines that needed mending, and by row (from 0) the cells beyond
    the table's width, if they are kept.
    """

    keeps: bool = True
    short: list[int] = field(default_factory=list)
    long: list[int] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    recut: list[int] = field(default_factory=list)
    again: Sequence[int] = ()
    extra: dict[int, list[str]] = field(default_factory=dict)
    extra_name: str = ""
    rows: int = 0
    tries: int = 0
    joins: int = 0


def text_batches(
    lines: Iterator[str], signs: Signs, notes: RowNotes, size: int
) -> Iterator[tuple[Sequence[int], list[list[str]]]]:
    """Records in batches, with the number of the line where each starts (from 1); blank lines are empty records.

    A quote that breaks the rules, or is never closed, would swallow the lines after it: its line is mended by itself.
    A line with another delimiter is cut by that one. The numbers of such lines are noted.
    """
    delimiter, quote, width = signs.delimiter, signs.quote, signs.width
    recuts = "delimiters" in signs.repairs and width > 1
    if "quotes" not in signs.repairs:
        yield from plain_batches(lines, delimiter, quote, size)
        return
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
        numbers: Sequence[int] = range(first, first + len(batch))
        if len(records) == len(batch):  # one line, one record: by far the most common case, and a quick one
            first += len(batch)
            sources: Sequence[str] = batch
        else:
            waiting.extendleft(reversed(batch))
            numbers, records, sources, end = [], [], [], first + len(batch)
            for number, record, source, after in careful_records(lines, waiting, signs, notes, first):
                numbers.append(number)
                records.append(record)
                sources.append(source)
                first = after
                if after >= end:
                    break
        if recuts and set(map(len, records)) - {width, 0}:
            recut_records(numbers, records, sources, signs, notes)
        yield numbers, records


def plain_batches(
    lines: Iterator[str], delimiter: str, quote: str, size: int
) -> Iterator[tuple[Sequence[int], list[list[str]]]]:
    """Records in batches as the rules of quoting give them, whatever that swallows."""
    taken = [0]

    def counted() -> Iterator[str]:
        for line in lines:
            taken[0] += 1
            yield line

    reader = line_reader(counted(), delimiter, quote)
    while True:
        numbers, records = [], []
        for _ in range(size):
            number = taken[0] + 1
            record = next(reader, None)
            if record is None:
                break
            numbers.append(number)
            records.append(record)
        if not records:
            return
        yield numbers, records


def recut_records(
    numbers: Sequence[int],
    records: list[list[str]],
    sources: Sequence[str],
    signs: Signs,
    notes: RowNotes,
) -> None:
    """Cut records of another width than the table's by another delimiter, where that gives cells like those of all
    others.
    """
    delimiter, quote, width = signs.delimiter, signs.quote, signs.width
    for at, record in enumerate(records):
        if not record or len(record) == width:
            continue
        source = sources[at]
        if quote and source.count(quote[-1]) % 2:  # a quote too many, though the rules of quoting are kept
            fitted = cut_to_width(source, delimiter, quote, width)
            if fitted:
                records[at] = fitted
                notes.damaged.append(numbers[at])
                continue
        if notes.tries > MOST_TRIES * (1 + len(notes.recut)):
            continue  # rows are just of many widths
        notes.tries += 1
        cells = cut_otherwise(source, record, delimiter, quote, signs.kinds)
        if cells:
            records[at] = cells
            notes.recut.append(numbers[at])


def careful_records(
    lines: Iterator[str],
    waiting: deque[str],
    signs: Signs,
    notes: RowNotes,
    first: int,
) -> Iterator[tuple[int, list[str], str, int]]:
    """Records one by one, with the number of their first line, the text they come from, and the number of the line
    after them.
    """
    delimiter, quote, width = signs.delimiter, signs.quote, signs.width
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
            swallowed = len(taken) > 1 and width > 1 and swallows(record, taken, signs)
        if swallowed:
            record, count = mended_record(taken, chain(pulled(waiting), lines), signs, notes)
            notes.damaged.append(first)
            waiting.extendleft(reversed(taken[count:]))
            del taken[count:]
            reader = line_reader(feed(), delimiter, quote, strict=True)
        number, first = first, first + len(taken)
        yield number, record, "".join(taken), first


def pulled(waiting: deque[str]) -> Iterator[str]:
    """The lines that wait, taken out one by one."""
    while waiting:
        yield waiting.popleft()


def swallows(record: Sequence[str], taken: Sequence[str], signs: Signs) -> bool:
    """Whether a record over several lines took in lines that are records of their own."""
    delimiter, width = signs.delimiter, signs.width
    alone = len(line_cells(taken[0], signs)) == width
    if len(record) != width:
        inner = taken[1:-1][:30]
        cut = sum(1 for line in inner if len(plain_cells(line, delimiter)) == width)
        return alone or (bool(inner) and 2 * cut >= len(inner))
    return width > 2 and alone and all(len(plain_cells(line, delimiter)) == width for line in taken[1:30])


def mended_record(taken: list[str], lines: Iterator[str], signs: Signs, notes: RowNotes) -> tuple[list[str], int]:
    """The cells of a record whose quotes are wrong, and how many lines it takes: the first one, or a few if only then
    it has as many cells as the table.
    """
    delimiter, quote, width = signs.delimiter, signs.quote, signs.width
    cells = line_cells(taken[0], signs)
    if len(cells) == width:
        return cells, 1
    if width > 1 and notes.joins < MOST_TRIES:
        notes.joins += 1
        while len(taken) < MOST_LINES:
            line = next(lines, None)
            if line is None:
                break
            taken.append(line)
        for count in range(2, min(len(taken), MOST_LINES) + 1):
            if len(strict_cells(taken[count - 1], delimiter, quote)) == width:
                break  # a record of its own
            joined = cut_to_width("".join(taken[:count]), delimiter, quote, width)
            if joined and any("\n" in cell or "\r" in cell for cell in joined):
                return joined, count
    return cells, 1


def line_cells(line: str, signs: Signs) -> list[str]:
    """The cells of one line whose quotes may be wrong: as many as the table has if there is a way, else quotes as plain
    signs.
    """
    delimiter, quote, width = signs.delimiter, signs.quote, signs.width
    fitted = cut_to_width(line, delimiter, quote, width)
    if fitted is not None:
        return fitted
    plain = plain_cells(line, delimiter)
    if len(plain) == width:
        return plain
    quoted: list[str] = next(line_reader([line], delimiter, quote), [])
    return quoted if len(quoted) == width and line.count(quote[-1]) % 2 == 0 else plain


def strict_cells(line: str, delimiter: str, quote: str) -> list[str]:
    """The cells of a line that keeps the rules of quoting by itself; none where it does not."""
    try:
        return next(line_reader([line], delimiter, quote, strict=True), [])
    except csv.Error:
        return []


def plain_cells(line: str, delimiter: str) -> list[str]:
    """The cells of a line, quotes as plain signs."""
    found: list[str] = next(line_reader([line], delimiter, ""), [])
    return found


def text_chunks(
    data: Any,
    layout: TextLayout,
    notes: RowNotes,
) -> Iterator[tuple[list[tuple[str, ...]], Sequence[int], float]]:
    """The data rows in pieces: their columns, their line numbers, and how much of the file has been read (0 to 1)."""
    width, delimiter = layout.signs.width, layout.signs.delimiter
    blank: list[int] = []
    for numbers, records, share in table_records(data, layout, notes):
        if blank or set(map(len, records)) != {width}:
            numbers, records = fitted_records(numbers, records, blank, width, delimiter, notes)
        notes.rows += len(records)
        if records:
            yield list(zip(*records, strict=True)), numbers, share
    if layout.last_line is not None:
        notes.damaged = [line for line in notes.damaged if line <= layout.last_line]
        notes.recut = [line for line in notes.recut if line <= layout.last_line]


def table_records(
    data: Any, layout: TextLayout, notes: RowNotes
) -> Iterator[tuple[Sequence[int], list[list[str]], float]]:
    """The records below the header up to the end of the table, in batches, with their line numbers."""
    errors = decode_errors() if "bytes" in layout.signs.repairs else "replace"
    lines, raw = text_stream(data, layout.encoding, errors)
    size = max(100, CHUNK_CELLS // max(1, layout.signs.width))
    start, last = layout.first, layout.last_line
    for numbers, records in text_batches(lines, replace(layout.signs, width=layout.body), notes, size):
        if start:
            skip = min(start, len(records))
            start -= skip
            numbers, records = numbers[skip:], records[skip:]
        if last is not None and numbers and numbers[-1] > last:
            keep = bisect_right(numbers, last)
            yield numbers[:keep], records[:keep], 1.0
            return
        yield numbers, records, raw.at / max(1, len(data))


def fitted_records(
    numbers: Sequence[int],
    records: Sequence[list[str]],
    blank: list[int],
    width: int,
    delimiter: str,
    notes: RowNotes,
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
                notes.blank += blank
            blank.clear()
        lines.append(number)
        row = notes.rows + len(fitted)
        fitted.append(record if len(record) == width else fitted_record(record, number, row, width, delimiter, notes))
    return lines, fitted


def fitted_record(
    record: list[str],
    line: int,
    row: int,
    width: int,
    delimiter: str,
    notes: RowNotes,
) -> list[str]:
    """A record with as many cells as the table has columns; what is over is noted, never dropped."""
    if len(record) < width:
        notes.short.append(line)
        return record + [""] * (width - len(record))
    if any(cell.strip() for cell in record[width:]):
        notes.long.append(line)
        if notes.keeps:
            notes.extra[row] = record[width:]
    return record[:width]
