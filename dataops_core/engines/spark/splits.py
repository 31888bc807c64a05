"""Rows at rest on a cluster: Parquet files in a folder that all workers see; a task reads the row groups of a split."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dataops_core.engines.external import PLACE
from dataops_core.engines.spark.frames import NO_ID, Guard, chunk_rows, chunk_schema
from dataops_core.errors import InputError
from dataops_core.read.arrow.fast_parquet import plain_columns
from dataops_core.read.arrow.parquet import PARQUET_FAULTS
from dataops_core.read.text.text_blocks import NotPlain
from dataops_core.table import ROW_ID

SPLIT_ROWS, SPLIT_CELLS = 1_000_000, 20_000_000  # that one task reads
LEAST_SPLIT = 50_000  # rows for which one more task is worth its price


@dataclass(frozen=True)
class Split:
    """Row groups of a file that one task reads.

    `gone`: columns of the table that hold nothing there; `place`, `row_id`: those of its first row, from which they
    count up (None: they stand in the file); `ours`: the engine wrote the file; `known`: rows without id stay out;
    `fixed`: columns with one value, which is not in the file.
    """

    file: str
    groups: tuple[int, ...]
    rows: int
    gone: tuple[str, ...] = ()
    place: int | None = None
    row_id: int | None = None
    ours: bool = True
    known: bool = False
    fixed: Mapping[str, Any] = field(default_factory=dict)


def cut_file(groups: Sequence[int], most: int) -> Iterator[tuple[tuple[int, ...], int, int]]:
    """The row groups of a file (`groups`: how many rows each has) by up to `most` rows: which, how many rows they have,
    and how many come before them.

    >>> list(cut_file([5, 5, 9, 1], 10))
    [((0, 1), 10, 0), ((2, 3), 10, 10)]
    """
    some: list[int] = []
    rows = before = 0
    for number, size in enumerate(groups):
        if some and rows + size > most:
            yield tuple(some), rows, before
            before += rows
            some, rows = [], 0
        some.append(number)
        rows += size
    if rows:
        yield tuple(some), rows, before


def split_rows(rows: int, columns: int, parallelism: int) -> int:
    """How many rows one task reads at most."""
    most = max(1, min(SPLIT_ROWS, SPLIT_CELLS // max(1, columns)))
    return max(1, min(most, max(LEAST_SPLIT, -(-rows // (2 * parallelism)))))


def read_split(types: Mapping[str, str], guard: Guard, split: Split) -> Iterator[pa.Table]:
    """The rows of a split in chunks, in these columns of the table."""
    schema, done = chunk_schema(types), 0
    with guard():
        for batch in _batches(split, types):
            cells = batch if split.ours else _plain(batch, split)
            rows = batch.num_rows
            made: dict[str, Any] = {
                each.name: cells[each.name].cast(each.type)
                if each.name in cells.schema.names
                else one_value(split.fixed.get(each.name), each.type, rows)
                for each in schema
            }
            for name, start in ((ROW_ID, split.row_id), (PLACE, split.place)):
                if start is not None:
                    made[name] = pa.array(np.arange(start + done, start + done + rows))
            done += rows
            chunk = pa.Table.from_arrays(list(made.values()), schema=schema)
            yield chunk.filter(pa.array(chunk.column(ROW_ID).to_numpy() != NO_ID)) if split.known else chunk


def one_value(value: Any, kind: pa.DataType, rows: int) -> pa.Array:
    """A column in which every cell is one value; moments are microseconds since 1970."""
    return pa.nulls(rows, kind) if value is None else pa.repeat(pa.scalar(value, kind), rows)


def _batches(split: Split, types: Mapping[str, str]) -> Iterator[pa.RecordBatch]:
    beside = [name for name, start in ((ROW_ID, split.row_id), (PLACE, split.place)) if start is None]
    names = [name for name in types if name not in split.gone and name not in split.fixed] + beside
    size = chunk_rows(len(types))
    if not names:
        for start in range(0, split.rows, size):
            yield pa.RecordBatch.from_arrays([pa.nulls(min(size, split.rows - start))], names=[""])
        return
    try:
        with pq.ParquetFile(split.file, pre_buffer=False) as file:
            yield from file.iter_batches(size, row_groups=list(split.groups), columns=names, use_threads=False)
    except PARQUET_FAULTS as error:
        raise InputError(
            "The file cannot be read to its end.", split.file, "Fetch or write it again, or leave it out."
        ) from error


def _plain(batch: pa.RecordBatch, split: Split) -> pa.Table:
    try:
        columns = plain_columns(batch, range(batch.num_columns))
    except (NotPlain, *PARQUET_FAULTS) as error:
        raise InputError(
            f"The file has values that cannot be read: {error}.", split.file, "Write it again, or leave it out."
        ) from error
    return pa.Table.from_arrays([column.combine_chunks() for column in columns], names=batch.schema.names)


def write_chunks(folder: str, guard: Guard, final: bool, part: int, chunks: Iterable[pa.Table]) -> Iterator[Any]:
    """Write the rows of a part into a file of its own: the part's number, the file, and the rows of its row groups; no
    file where there are no rows. `final`: for others to read, without ids and places.

    A part that is done twice, for a worker died, leaves two files; the one that counts is the one that is told.
    """
    path, groups = Path(folder, f"{part}.{uuid.uuid4().hex}.parquet"), list[int]()
    writer = None
    with guard():
        for chunk in chunks:
            if chunk.num_rows:
                rows = chunk.drop_columns([ROW_ID, PLACE]) if final else chunk
                texts = [field.name for field in rows.schema if pa.types.is_string(field.type)]
                writer = writer or pq.ParquetWriter(
                    path,
                    rows.schema,
                    use_dictionary=texts if final else False,
                    compression="snappy" if final else "lz4",
                )
                writer.write_table(rows, row_group_size=rows.num_rows)
                groups.append(rows.num_rows)
        if writer:
            writer.close()
            yield part, str(path), tuple(groups)
