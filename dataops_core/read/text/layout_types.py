"""What is known of a text table once it has been looked at: its signs, its header, its layout, its columns.

Embedded in exported scripts: standard library only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Signs:
    """How lines are cut: the delimiter, the quote ("" for none), how many cells most records have, the kinds of the
    columns, and the repairs that are allowed.
    """

    delimiter: str
    quote: str
    width: int
    repairs: frozenset[str]
    kinds: Sequence[str] = ()


@dataclass(frozen=True)
class TableHead:
    """Where header and rows begin in records: the first record of the header (-1: there is none), how many it has, the
    first of the data, those skipped before, the kinds of the columns, and the names where these are cut otherwise.
    """

    header: int
    rows: int
    first: int
    skipped: Sequence[int]
    kinds: Sequence[str]
    cells: Sequence[str] = ()


@dataclass(frozen=True)
class TextLayout:
    """How a text table is laid out.

    `signs.width` is how many columns there are, `body` how many cells the rows have; `heads` are the records of the
    header, `raw` the names made from them, `names` those of the columns; `table` counts from 1 where there are several.
    The table ends at `last_line`, or `tail` lines before the end of the text. `known` is the codec, where blocks of
    bytes are read.
    """

    signs: Signs
    encoding: str
    header_row: int
    header_rows: int
    table: int | None
    first: int
    last_line: int | None
    tail: int
    heads: Sequence[Sequence[str]]
    where: str
    names: Sequence[str]
    raw: Sequence[str]
    body: int
    flawed: bool
    known: str = ""


@dataclass
class ColumnFacts:
    """What cells are read by: types by column, the decimal sign, words for missing, and those that a column keeps."""

    types: dict[str, str]
    decimal: str
    missing_tokens: list[str]
    kept: dict[str, list[str]] = field(default_factory=dict)
