"""A frame as CSV text: the plain function that exported scripts carry along; the same text as `write_file` gives."""

from __future__ import annotations

import csv
import io
from typing import Any

import pandas as pd

from dataops_core.table.kinds import type_of
from dataops_core.write.file import plain_cells, spelled_moment


def csv_text(df: pd.DataFrame) -> str:
    """A tidy frame as CSV: missing cells empty, decimals in the shortest form that reads back, dates in ISO 8601.

    >>> csv_text(pd.DataFrame({"a": [1.5, None], "b": ["x", "y, z"]}))
    'a,b\\n1.5,x\\n,"y, z"\\n'
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(df.columns)
    writer.writerows(zip(*[spelled_column(df[name]) for name in df.columns], strict=True))
    return out.getvalue()


def spelled_column(column: pd.Series) -> list[str]:
    """The cells of a tidy column as text; dates without a time only where no cell of the column has one."""
    cells: list[Any] = plain_cells(column)
    kind = type_of(column)
    if kind == "datetime":
        times = [cell for cell in cells if cell is not None and cell.isoformat(" ")[11:] != "00:00:00"]
        return ["" if cell is None else spelled_moment(cell, not times) for cell in cells]
    return ["" if cell is None else repr(cell) if kind == "decimal" else str(cell) for cell in cells]
