"""What needs the order of the rows, or the file itself: read in pieces, given up as soon as the answer is known."""

from __future__ import annotations

from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from dataops_core.table import ROW_ID, Column, Table, metadata, opened


def order(table: Table, column: Column) -> Literal["rising", "falling"] | None:
    """Whether numbers or dates never fall (or never rise) from row to row; missing cells are passed over."""
    if column.type in ("text", "boolean"):
        return None
    ways = {"rising", "falling"}
    last: pa.Array | None = None
    moved = False
    with opened(table.path) as file:
        for number in range(file.num_row_groups):
            some = file.read_row_group(number, columns=[column.name]).column(0).drop_null().combine_chunks()
            if last is not None:
                some = pa.concat_arrays([last, some])
            if not len(some):
                continue
            before, after = some[:-1], some[1:]
            ways -= {"rising"} if pc.any(pc.less(after, before)).as_py() else set()
            ways -= {"falling"} if pc.any(pc.greater(after, before)).as_py() else set()
            if not ways:
                return None
            moved, last = moved or len(ways) == 1, some[-1:]
    return "rising" if moved and "rising" in ways else "falling" if moved else None


def size(table: Table, name: str) -> int:
    """The bytes that a column takes, before compression."""
    about = metadata(table.path)
    at = [*table.names, ROW_ID].index(name)
    return sum(about.row_group(number).column(at).total_uncompressed_size for number in range(about.num_row_groups))
