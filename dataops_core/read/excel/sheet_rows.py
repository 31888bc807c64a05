"""The rows of a sheet that are data, and what was left out or filled to get them. Embedded in exported scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dataops_core.errors import SettingError
from dataops_core.read.excel.sheet_tables import SheetTable, cell_at, column_letters
from dataops_core.read.excel.totals import total_places
from dataops_core.read.text.sniff import spoken_lines
from dataops_core.table.kinds import as_text


def whole_number(cell: Any) -> Any:
    """A cell as it was meant: 3.0 is the number 3, and an empty cell is missing."""
    if isinstance(cell, float) and abs(cell) <= 2**53 and cell == int(cell):
        return int(cell)
    return None if cell == "" else cell


def cell_text(cell: Any) -> str:
    """A cell as people see it: Excel stores the year 2019 as 2019.0."""
    whole = whole_number(cell)
    return "" if whole is None else as_text(whole)


def spoken_rows(numbers: Sequence[int]) -> str:
    """Rows of a sheet, in words: row 3, row 4.

    >>> spoken_rows([3, 4])
    'rows 3, 4'
    """
    return spoken_lines(list(numbers), len(numbers)).replace("line", "row")


def rows_were(number: int, what: str) -> str:
    """So many rows of something, with the verb.

    >>> rows_were(1, "rows of totals"), rows_were(1200, "blank rows")
    ('1 row of totals was', '1,200 blank rows were')
    """
    return f"{number:,} {what} were" if number != 1 else f"1 {what.replace('rows', 'row', 1)} was"


def choose_table(
    rows: Sequence[Sequence[Any]], tables: Sequence[SheetTable], given: dict, problems: list[dict], sheet: str
) -> SheetTable:
    """The table of the sheet that is read: that with the number asked for, that with the header asked for, or the
    largest.
    """
    number, header = given.get("table"), given.get("header_row")
    if number is not None and not 1 <= number <= len(tables):
        raise SettingError(
            f"There is no table {number} on the sheet.", "table", f"Choose a number from 1 to {len(tables)}."
        )
    if header is not None and header >= len(rows):
        raise SettingError(f"There is no row {header + 1} to be the header.", "header_row", "Choose an earlier row.")
    fits = [table for table in tables if header is None or header < 0 or header in table.rows]
    if number is not None:
        table = tables[number - 1]
        fits = [table] if table in fits else []
    else:
        table = max(fits or tables, key=lambda each: each.cells)
    if not fits:
        width = max(map(len, rows))
        held = [at for at in range(header or 0, len(rows)) if any(cell != "" for cell in rows[at]) or at == header]
        blank = sorted(set(range(held[0], held[-1])) - set(held))
        return SheetTable(list(range(width)), held, blank=blank)
    others = [each.range() for each in tables if each is not table]
    if others and number is None:
        problems.append(
            {
                "what": f"The sheet holds {len(tables)} tables; the one at {table.range()} was read. "
                f"The others are at {', '.join(others[:20])}.",
                "where": f'sheet "{sheet}"',
                "fix": "Choose the number of another table if you meant that one; they count from 1.",
                "count": len(others),
            }
        )
    return table


def skipped_rows(rows: Sequence[Sequence[Any]], places: Sequence[int]) -> list[dict]:
    """The problem that rows stand before the table, if they hold something."""
    filled = [at for at in places if any(cell != "" for cell in rows[at])]
    if not filled:
        return []
    said = [" ".join(filter(None, map(cell_text, rows[at]))) for at in filled[:5]]
    return [
        {
            "what": f"{rows_were(len(filled), 'rows before the table')} skipped: "
            + " / ".join(f'"{text}"' for text in said)
            + ".",
            "where": spoken_rows([at + 1 for at in filled]),
            "fix": "Choose another header row if they belong to the table.",
            "count": len(filled),
        }
    ]


def select_rows(
    rows: Sequence[Sequence[Any]],
    table: SheetTable,
    body: Sequence[int],
    allowed: frozenset[str],
    problems: list[dict],
) -> list[int]:
    """The rows of the table that are data; blank rows, totals and notes are left out where that is allowed."""

    def left_out(places: Sequence[int], what: str, repair: str) -> None:
        problems.append(
            {
                "what": what,
                "where": spoken_rows([at + 1 for at in places]),
                "fix": f'Switch the repair "{repair}" off to keep them.',
                "count": len(places),
            }
        )

    kept = list(body)
    blank = [at for at in table.blank if kept and kept[0] < at < kept[-1]]
    if blank and "blank rows" in allowed:
        left_out(blank, f"{rows_were(len(blank), 'blank rows between the rows of the table')} left out.", "blank rows")
    elif blank:
        kept = sorted({*kept, *blank})
    notes = trailing_notes(rows, table, kept)
    if "footnotes" in allowed:
        kept = kept[: len(kept) - len(notes)]
        notes += [at for at in table.below if not is_total(rows, table, kept, at)]
    totals = []
    if "totals" in allowed:
        below = [at for at in table.below if at not in notes]
        cells = [[cell_at(rows, at, column) for column in table.columns] for at in [*kept, *below]]
        totals = [[*kept, *below][place] for place in total_places(cells)]
        kept = [at for at in kept if at not in set(totals)]
    else:
        kept += [at for at in table.below if at not in notes]
    if totals:
        labels = " / ".join(f'"{" ".join(filter(None, map(cell_text, rows[at])))}"' for at in totals[:5])
        left_out(totals, f"{rows_were(len(totals), 'rows of totals')} left out: {labels}.", "totals")
    if notes and "footnotes" in allowed:
        labels = " / ".join(f'"{" ".join(filter(None, map(cell_text, rows[at])))}"' for at in notes[:5])
        left_out(notes, f"{rows_were(len(notes), 'rows of notes below the table')} left out: {labels}.", "footnotes")
    return kept


def is_total(rows: Sequence[Sequence[Any]], table: SheetTable, kept: Sequence[int], row: int) -> bool:
    """Whether a row below the table holds totals of its rows."""
    cells = [[cell_at(rows, at, column) for column in table.columns] for at in [*kept, row]]
    return len(kept) in total_places(cells)


def trailing_notes(rows: Sequence[Sequence[Any]], table: SheetTable, kept: Sequence[int]) -> list[int]:
    """The last rows of a table that hold one text only, where the table has at least three columns."""
    notes: list[int] = []
    for at in reversed(kept):
        cells = [cell for column in table.columns if (cell := cell_at(rows, at, column)) != ""]
        if len(table.columns) < 3 or len(cells) != 1 or not isinstance(cells[0], str) or len(kept) == len(notes) + 1:
            break
        notes.insert(0, at)
    return notes


def fill_merged(rows: list[list[Any]], ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> list[dict]:
    """Repeat the value of cells that are merged over several rows in each of these rows; the problem that says so."""
    filled = []
    for (top, left), (bottom, right) in ranges:
        if left != right or bottom <= top or bottom >= len(rows) or cell_at(rows, top, left) == "":
            continue
        for at in range(top + 1, bottom + 1):
            rows[at] += [""] * (left + 1 - len(rows[at]))
            rows[at][left] = rows[top][left]
        filled.append(f"{column_letters(left)}{top + 1}:{column_letters(left)}{bottom + 1}")
    if not filled:
        return []
    return [
        {
            "what": (
                f"{len(filled):,} cells are merged over several rows; their values were repeated in each row."
                if len(filled) > 1
                else "1 cell is merged over several rows; its value was repeated in each row."
            ),
            "where": ", ".join(filled[:20]),
            "fix": 'Switch the repair "merged cells" off to have it in the first row only.',
            "count": len(filled),
        }
    ]
