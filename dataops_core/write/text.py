"""Cells and frames as delimited text: plain functions, which exported scripts carry along."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, TextIO

import pandas as pd

from dataops_core.table.kinds import type_of

# the wide ones are taken for the others by East Asian versions
FORMULA_STARTS = (
    "=",
    "+",
    "-",
    "@",
    "＝",
    "＋",
    "－",
    "＠",
)
FORMULA_BREAKS = ("\t", "\r", "\n")
CUTTING = ("\t", ";", "|", ",", ":", " ")  # signs that a reader may take for a delimiter


def csv_text(df: pd.DataFrame) -> str:
    """A tidy frame as CSV: missing cells empty, decimals in the shortest form that reads back, dates in ISO 8601.

    >>> csv_text(pd.DataFrame({"a": [1.5, None], "b": ["x", "y, z"]}))
    'a,b\\n1.5,x\\n,"y, z"\\n'
    """
    out = io.StringIO()
    write_records(out, ",", [list(df.columns)])
    columns = []
    for name in df.columns:
        cells = plain_cells(df[name])
        columns.append(spelled_cells(cells, type_of(df[name]), moment_form(moment_forms(cells)), False))
    write_records(out, ",", list(zip(*columns, strict=True)))
    return out.getvalue()


def write_records(file: TextIO, delimiter: str, records: Collection[Sequence[str]]) -> None:
    """Records as delimited text, quoted where a cell needs it, and so that a reader cannot cut a lone
    column elsewhere.
    """
    plain = csv.writer(UnixLines(file), delimiter=delimiter, lineterminator="\r\n")
    if any(len(record) != 1 for record in records):
        if all(map(any, records)):
            plain.writerows(records)
            return
        for record in records:
            if any(record) or any(cell not in ("", None) for cell in record) or len(record) < 2:
                plain.writerow(record)
            else:  # a row of nothing: one cell in quotes says that it is no padding of the file
                file.write('""' + delimiter * (len(record) - 1) + "\n")
        return
    quoted = csv.writer(UnixLines(file), delimiter=delimiter, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    for record in records:
        (quoted if any(sign in record[0] for sign in CUTTING) else plain).writerow(record)


class UnixLines:
    """A text file whose lines end with a bare line feed; csv would then not quote a carriage return inside a cell."""

    def __init__(self, file: TextIO) -> None:
        self.file = file

    def write(self, line: str) -> int:
        """Write a line that ends with carriage return and line feed."""
        return self.file.write(line[:-2] + "\n")


def plain_cells(column: pd.Series) -> list[Any]:
    """A column as plain Python values, missing cells as None."""
    if str(column.dtype).startswith("datetime64"):
        # numpy gives datetime for microseconds, for every year from 1 to 9999, where pandas would not
        return column.to_numpy(dtype="datetime64[us]").tolist()
    gone = column.isna().to_numpy()
    return [None if lost else cell for cell, lost in zip(column.tolist(), gone, strict=True)]


def moment_forms(cells: Iterable[Any]) -> set[str]:
    """How finely moments must be spelled: days, seconds or microseconds; nothing for other cells."""
    return {
        "microseconds" if cell.microsecond else "seconds" if cell.hour or cell.minute or cell.second else "days"
        for cell in cells
        if isinstance(cell, datetime)
    }


def moment_form(forms: set[str]) -> str:
    """The finest of the forms that a column's moments ask for."""
    return next((form for form in ("microseconds", "seconds") if form in forms), "days")


def spelled_cells(cells: Iterable[Any], kind: str, form: str, safe: bool) -> list[str]:
    """The cells of a column of a storage type as text; `safe` guards text against being run as a formula."""
    if kind == "datetime":
        return ["" if cell is None else spelled_moment(cell, form) for cell in cells]
    if kind == "decimal":
        return ["" if cell is None else repr(cell) for cell in cells]
    if kind == "text" and safe:
        return ["" if cell is None else guarded(cell) for cell in cells]
    return ["" if cell is None else str(cell) for cell in cells]


def spelled_moment(moment: datetime, form: str) -> str:
    """A moment as ISO text, to the day, second or microsecond.

    >>> spelled_moment(datetime(812, 1, 31), "days"), spelled_moment(datetime(2020, 1, 31, 10), "seconds")
    ('0812-01-31', '2020-01-31 10:00:00')
    """
    return moment.isoformat(" ")[:10] if form == "days" else moment.isoformat(" ", form)


def guarded(text: str) -> str:
    """Text that no spreadsheet program takes for a formula.

    >>> guarded("=1+1"), guarded(" =1"), guarded("＝1"), guarded("sum")
    ("'=1+1", "' =1", "'＝1", 'sum')
    """
    return "'" + text if text.startswith(FORMULA_BREAKS) or text.lstrip().startswith(FORMULA_STARTS) else text
