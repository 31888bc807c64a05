"""Cut a plain text table into blocks of columns, by Arrow's reader; refuse what it might read otherwise than ours."""

from __future__ import annotations

import codecs
from collections.abc import Generator
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pv

from dataops_core.read.text.encodings import SINGLE_BYTE
from dataops_core.read.text.layout_types import TextLayout
from dataops_core.table.arrow_hash import text_parts

CODE_PAGES = SINGLE_BYTE
BLOCK = 4_000_000  # more needs memory, less needs time


class NotPlain(Exception):
    """The text needs the careful reader."""


class NotUtf8(NotPlain):
    """The text is in another encoding."""


def text_blocks(
    file: BinaryIO, layout: TextLayout, size: int = 0, most: int = 0
) -> Generator[tuple[list[pa.Array], int, int], None, None]:
    """The data rows of a file in blocks: their columns of strings, the number of their first line, bytes read.

    With `most` above zero, no more than that many blocks.

    Raises NotPlain where a line may be more or less than one record, or a record has another width.
    """
    size = size or BLOCK
    start = file.read(3)
    file.seek(3 if start == codecs.BOM_UTF8 and layout.known == "utf-8-sig" else 0)
    for _ in range(layout.first):
        check_block(in_utf8(file.readline(), layout.known), layout)
    line, rest, more = layout.first + 1, b"", True
    while more:
        data = file.read(size)
        more = len(data) == size
        block = rest + in_utf8(data, layout.known)
        cut = block.rfind(b"\n") + 1 if more else len(block)
        block, rest = block[:cut], block[cut:]
        if not more:
            block = without_blank_end(block, layout.signs.width)
        if block:
            columns = block_columns(block, layout)
            yield columns, line, file.tell()
            line += len(columns[0])
            most -= 1
            if not most:
                return
        elif len(rest) > 16 * size:
            raise NotPlain("a line is very long")


def in_utf8(data: bytes, known: str) -> bytes:
    """Text of UTF-8 as it is, and of a code page of one byte a sign, in UTF-8."""
    if known not in CODE_PAGES or data.isascii():
        return data
    try:
        return data.decode(known).encode()
    except UnicodeDecodeError:
        raise NotPlain("a byte without a meaning") from None


def without_blank_end(block: bytes, width: int) -> bytes:
    """The last block without blank lines at its end: they are no rows."""
    if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        raise NotPlain("a line ends with CR alone")
    bare = block.rstrip(b"\r\n")
    if not bare and width == 1:
        raise NotPlain("perhaps the rows before were blank")
    return bare + b"\n" if bare else b""


def block_columns(block: bytes, layout: TextLayout) -> list[pa.Array]:
    """The cells of whole lines, column by column."""
    if block.startswith(codecs.BOM_UTF8):
        raise NotPlain("Arrow would drop the mark")
    quoted = check_block(block, layout)
    names = [str(number) for number in range(layout.signs.width)]
    try:
        table = pv.read_csv(
            pa.py_buffer(block),
            read_options=pv.ReadOptions(column_names=names, block_size=len(block) + 1, use_threads=False),
            parse_options=pv.ParseOptions(
                delimiter=layout.signs.delimiter,
                quote_char=layout.signs.quote if quoted else False,
                ignore_empty_lines=False,
            ),
            convert_options=pv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid as error:
        raise NotPlain(str(error)) from None
    columns = [column.combine_chunks() if column.num_chunks != 1 else column.chunk(0) for column in table.columns]
    if len(columns) > 1 and blank_lines(block, columns):
        raise NotPlain("a blank line")
    return columns


def blank_lines(block: bytes, columns: list[pa.Array]) -> bool:
    """Whether some lines are blank, which Arrow takes for rows of empty cells; bytes are looked at only if
    it may be.
    """
    first, last = (np.diff(text_parts(columns[at])[0]) == 0 for at in (0, -1))
    return bool((first & last).any()) and (block.startswith((b"\n", b"\r\n")) or b"\n\n" in block or b"\n\r\n" in block)


def check_block(block: bytes, layout: TextLayout) -> bool:
    """Whether whole lines hold quotes; refuses bytes and quotes that the two readers may take differently."""
    if not block.isascii():
        if layout.known == "ascii":
            raise NotPlain("not ASCII")
        try:
            block.decode("utf-8")
        except UnicodeDecodeError:
            raise NotUtf8("not UTF-8") from None
    if b"\0" in block:
        raise NotPlain("a NUL")
    if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        raise NotPlain("a line ends with CR alone")
    quote = layout.signs.quote.encode()
    if not quote or quote not in block:
        return False
    if not well_quoted(block, quote, layout.signs.delimiter.encode()):
        raise NotPlain("quotes need a closer look")
    return True


def well_quoted(block: bytes, quote: bytes, delimiter: bytes) -> bool:
    r"""Whether all quotes stand around cells, or doubled inside them, and none around a line end.

    >>> [well_quoted(text, b'"', b",") for text in (b'"a ""b"", c",d\n', b'a"b,c\n', b'"a"b,c\n', b'"a\n",b\n')]
    [True, False, False, False]
    """
    data = np.frombuffer(b"\n" + block + b"\n", dtype=np.uint8)
    at = np.flatnonzero(data == quote[0])
    if len(at) % 2:
        return False
    opening, closing = at[0::2], at[1::2]
    before, after = data[opening - 1], data[closing + 1]
    starts = (before == delimiter[0]) | (before == 10)
    doubled = np.zeros(len(opening), dtype=bool)
    doubled[1:] = opening[1:] == closing[:-1] + 1
    ends = (after == delimiter[0]) | (after == 10) | (after == 13)
    ends[:-1] |= doubled[1:]
    lines = np.flatnonzero(data == 10)
    same_line = np.searchsorted(lines, opening) == np.searchsorted(lines, closing)
    return bool((starts | doubled).all() and ends.all() and same_line.all())


def readable(layout: TextLayout) -> bool:
    """Whether signs and encoding of a text are such that Arrow's reader can take it."""
    signs = layout.signs
    short = all(len(sign) == 1 and sign.isascii() for sign in (signs.delimiter, signs.quote or "-"))
    return signs.width > 0 and signs.delimiter != " " and short
