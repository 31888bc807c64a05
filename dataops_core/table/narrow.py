"""Narrow copies of a wide table: who looks at column after column in a file of thousands parses all of them
each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dataops_core.table.table import ROW_GROUP, ROW_ID, Table

WIDE = 200
NARROW = 50


def narrowed(table: Table, folder: Path) -> dict[str, Table]:
    """For each column of a wide table, a table of NARROW columns that has it; empty for tables that are not wide.

    The copies lie in `folder` and hold the same rows; their content hash is that of the whole table.
    """
    if len(table.columns) <= WIDE:
        return {}
    groups = [table.columns[at : at + NARROW] for at in range(0, len(table.columns), NARROW)]
    copies = [
        Table(folder / f"{number}.parquet", tuple(group), table.rows, table.content_hash)
        for number, group in enumerate(groups)
    ]
    with pq.ParquetFile(table.path) as file, ExitStack() as open_writers:
        schema = file.schema_arrow
        at = {name: number for number, name in enumerate(schema.names)}
        parts = [[at[column.name] for column in copy.columns] + [at[ROW_ID]] for copy in copies]
        writers = [
            open_writers.enter_context(pq.ParquetWriter(copy.path, _of(schema, places), compression="lz4"))
            for copy, places in zip(copies, parts, strict=True)
        ]
        for batch in file.iter_batches(min(ROW_GROUP, max(1, 5_000_000 // len(table.columns))), use_threads=False):
            for writer, places in zip(writers, parts, strict=True):
                writer.write_batch(batch.select(places))
    return {column.name: copy for copy in copies for column in copy.columns}


def _of(schema: pa.Schema, places: Sequence[int]) -> pa.Schema:
    return pa.schema([schema.field(place) for place in places])
