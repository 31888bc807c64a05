"""Where the tables of a sheet are: titles, notes, blank rows and other tables lie around them. Embedded in exported
scripts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dataops_core.read.cells import shape_of
from dataops_core.read.excel.totals import loose_number

DAY = re.compile("[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}( [0-9:]+)?")
LOOKED_AT = 200  # rows of a table from which the types of its columns are taken


@dataclass
class SheetTable:
    """A table on a sheet: its columns (left to right, both included), its rows, and the rows around it, from 0.

    `rows` are those from the first that may be a header, without blank ones; `blank` lie between them; `above` and
    `below` hold titles and notes.
    """

    columns: list[int]
    rows: list[int]
    blank: list[int] = field(default_factory=list)
    above: list[int] = field(default_factory=list)
    below: list[int] = field(default_factory=list)

    @property
    def cells(self) -> int:
        """How many cells it has."""
        return len(self.rows) * len(self.columns)

    def range(self) -> str:
        """The range of cells as Excel names it.

        >>> SheetTable([1, 2], [3, 4, 9]).range()
        'B4:C10'
        """
        left, right = (column_letters(self.columns[at]) for at in (0, -1))
        return f"{left}{self.rows[0] + 1}:{right}{self.rows[-1] + 1}"


def column_letters(number: int) -> str:
    """The letters of a column.

    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def sheet_tables(rows: Sequence[Sequence[Any]], errors: Sequence[tuple[int, int]] = ()) -> list[SheetTable]:
    """The tables of a sheet from top to bottom and left to right; one that takes all rows where none is found.

    `errors` are the cells that hold an error, which reads as nothing.
    """
    width = max(map(len, rows), default=0)
    filled = np.zeros((len(rows), width), dtype=bool)
    for at, row in enumerate(rows):
        filled[at, : len(row)] = [cell != "" for cell in row]
    for at, column in errors:
        if at < len(rows) and column < width:
            filled[at, column] = True
    found: list[SheetTable] = []
    for columns in column_groups(filled):
        found += stacked_tables(rows, filled, columns)
    if not found:
        held = np.flatnonzero(filled.any(axis=1)).tolist()
        columns = np.flatnonzero(filled.any(axis=0)).tolist()
        return [SheetTable(columns, held)] if held else []
    return sorted(found, key=lambda table: (table.rows[0], table.columns[0]))


def column_groups(filled: np.ndarray) -> list[list[int]]:
    """The columns of tables that lie side by side: groups with a blank column between them that end in other rows.

    Columns that are blank all over belong to none.
    """
    groups: list[list[int]] = []
    blank = True
    for column, held in enumerate(np.asarray(filled.any(axis=0))):
        if held and blank:
            groups.append([])
        if held:
            groups[-1].append(column)
        blank = not held
    joined: list[list[int]] = []
    for group in groups:
        if joined and (min(len(group), len(joined[-1])) < 2 or ends(filled, group) == ends(filled, joined[-1])):
            joined[-1] += group
        else:
            joined.append(group)
    return joined


def ends(filled: np.ndarray, columns: list[int]) -> int:
    """The last row in which at least half of these columns hold something."""
    dense = np.flatnonzero(filled[:, columns].mean(axis=1) >= 0.5)
    return int(dense[-1]) if len(dense) else -1


def stacked_tables(rows: Sequence[Sequence[Any]], filled: np.ndarray, columns: list[int]) -> list[SheetTable]:
    """The tables in some columns of a sheet, one above the other; blank rows alone do not end one."""
    counts = filled[:, columns].sum(axis=1)
    tables: list[SheetTable] = []
    loose: list[int] = []  # rows that belong to no table so far
    for block in blocks(counts > 0):
        current = tables[-1] if tables else None
        if current is not None and continues(rows, current, block, counts):
            current.blank += [row for row in range(current.rows[-1] + 1, block[0]) if not counts[row]]
            if loose:  # a note between the rows of a table
                current.rows += loose
                loose = []
            current.rows += block
        elif len(block) > 1 and np.median(counts[block]) >= min(2, len(columns)):
            start = [row for row in loose[-1:] if counts[row] >= max(2, 0.6 * counts[block].max())]
            tables.append(SheetTable(columns, start + block, above=loose[: len(loose) - len(start)]))
            if start:
                tables[-1].blank = list(range(start[0] + 1, block[0]))
            loose = []
        else:
            loose += block
    if tables:
        tables[-1].below = loose
    for table in tables:
        while len(table.rows) > 2 and counts[table.rows[0]] == 1 and is_names(rows, table.rows[1], columns):
            table.above.append(table.rows.pop(0))  # a title right above the header
        table.columns = [column for column in columns if filled[table.rows, column].any()]
    return tables


def blocks(held: np.ndarray) -> list[list[int]]:
    """Rows that hold something, in runs without a blank row between them."""
    places = np.flatnonzero(held)
    cuts = np.flatnonzero(np.diff(places) > 1) + 1
    return [part.tolist() for part in np.split(places, cuts) if len(part)]


def continues(rows: Sequence[Sequence[Any]], table: SheetTable, block: list[int], counts: np.ndarray) -> bool:
    """Whether rows below a blank one are more rows of the table above: as many cells, of the same types."""
    body = table.rows[1 : LOOKED_AT + 1]
    if counts[block[0]] < 0.5 * np.median(counts[body]) or counts[block[0]] < min(2, len(table.columns)):
        return False
    if all(cell_at(rows, block[0], c) == cell_at(rows, table.rows[0], c) for c in table.columns):
        return True
    if any(
        isinstance(cell := cell_at(rows, block[0], c), str) and cell and cell in {cell_at(rows, row, c) for row in body}
        for c in table.columns
    ):
        return True  # a header holds no value of the rows above it
    typed = [column for column in table.columns if is_typed([cell_at(rows, row, column) for row in body])]
    first = [cell_at(rows, block[0], column) for column in typed]
    there = [cell for cell in first if cell != ""]
    return not there or 2 * sum(is_value(cell) for cell in there) >= len(there)


def is_names(rows: Sequence[Sequence[Any]], row: int, columns: list[int]) -> bool:
    """Whether a row holds two texts or more, and nothing else."""
    there = [cell for column in columns if (cell := cell_at(rows, row, column)) != ""]
    return len(there) > 1 and not any(map(is_value, there))


def is_typed(cells: Sequence[Any]) -> bool:
    """Whether most cells of a column are numbers, dates or truth values."""
    there = [cell for cell in cells if cell != ""]
    return bool(there) and sum(map(is_value, there)) >= 0.6 * len(there)


def is_value(cell: Any) -> bool:
    """Whether a cell is a number, a date or a truth value, or a text that is written like one."""
    if not isinstance(cell, str) or shape_of(cell.strip()) not in ("text", "code"):
        return True
    return loose_number(cell) is not None or DAY.fullmatch(cell.strip()) is not None


def cell_at(rows: Sequence[Sequence[Any]], row: int, column: int) -> Any:
    """A cell; "" beyond the end of a row."""
    return rows[row][column] if column < len(rows[row]) else ""
