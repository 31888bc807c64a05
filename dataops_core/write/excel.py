"""Write a table as a sheet of an Excel file."""

from __future__ import annotations

import datetime
import math
from pathlib import Path
from typing import Any

from dataops_core.errors import SettingError
from dataops_core.table import Table

MOST_ROWS, MOST_COLUMNS, LONGEST_TEXT = 1_048_575, 16_384, 32_767  # of a sheet, without the header
WHOLE = 2**53  # beyond it, Excel would round whole numbers
FIRST_DAY = datetime.datetime(1900, 3, 1)  # noqa: DTZ001 - tables hold no zones; before it, Excel counts a day too many
MADE = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)  # the same table gives the same bytes


def write_excel(table: Table, path: Path) -> None:
    """The table as one sheet with a header: numbers, truth values and days as such, everything else as text.

    Text that looks like a formula stays text. Numbers and days that Excel cannot hold exactly are written as text.
    Raises SettingError for a table that is larger than a sheet may be.
    """
    import xlsxwriter

    if table.rows > MOST_ROWS or len(table.names) > MOST_COLUMNS:
        raise SettingError(
            f"An Excel sheet holds at most {MOST_ROWS:,} rows and {MOST_COLUMNS:,} columns.",
            path.name,
            "Write .csv or .parquet.",
        )
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        book.set_properties({"created": MADE})
        sheet = book.add_worksheet("Table")
        sheet.freeze_panes(1, 0)
        forms = {
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "header": book.add_format({"bold": True}),
        }
        for column, name in enumerate(table.names):
            sheet.write_string(0, column, name, forms["header"])
            sheet.set_column(column, column, min(40, max(10, len(name) + 2)))
        at = 0
        for batch in table.batches(rows=20_000):
            cells = [
                [None if gone else cell for cell, gone in zip(batch[name].tolist(), batch[name].isna(), strict=True)]
                for name in table.names
            ]
            for row in zip(*cells, strict=True):
                at += 1
                for column, cell in enumerate(row):
                    if cell is not None:
                        _write(sheet, at, column, cell, forms)


def _write(sheet: Any, row: int, column: int, cell: Any, forms: dict[str, Any]) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, (int, float)) and math.isfinite(cell) and abs(cell) <= WHOLE:
        sheet.write_number(row, column, cell)
    elif isinstance(cell, datetime.datetime):
        if cell < FIRST_DAY or cell.microsecond % 1000:
            sheet.write_string(row, column, cell.isoformat(" ").removesuffix(" 00:00:00"))
        else:
            plain = datetime.datetime(*cell.timetuple()[:6], cell.microsecond)  # noqa: DTZ001 - tables hold no zones
            sheet.write_datetime(row, column, plain, forms["day" if plain.time() == datetime.time() else "moment"])
    elif len(text := str(cell)) > LONGEST_TEXT:
        raise SettingError(
            f"A text of {len(text):,} characters does not fit an Excel cell, which holds {LONGEST_TEXT:,}.",
            f"row {row}",
            "Write .csv or .parquet.",
        )
    else:
        sheet.write_string(row, column, text)
