"""The content hash of a table on the cluster: that of the same table in memory, however it is cut into parts.

Every column has three streams of bytes in the order of the rows. The workers turn batches into pieces of these
streams, each with the place of its first row; one shuffle brings the pieces of a column to one worker, in order, which
feeds them to SHA-256. So columns are hashed side by side, and no machine holds one.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from dataops_core.engines.spark.frames import PLACE
from dataops_core.engines.spark.table import ClusterTable
from dataops_core.table.arrow_hash import hash_chunk
from dataops_core.table.fingerprint import column_hash, table_hash

STREAMS = ("there", "lengths", "cells")
_PIECES = "column int, start long, there binary, lengths binary, cells binary"


class _Bytes:
    """A stream that keeps what it takes in."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def update(self, data: object, /) -> None:
        """Keep the next bytes."""
        self.parts.append(bytes(data))  # type: ignore[call-overload]


def cluster_hash(table: ClusterTable, rows: int) -> str:
    """The content hash of a table whose places count from 0 without gaps."""
    kinds = list(table.types.values())
    pieces = table.data.mapInArrow(functools.partial(pieces_of, kinds), _PIECES)
    parts = max(1, min(len(kinds), table.data.sparkSession.sparkContext.defaultParallelism))
    together = pieces.repartition(parts, "column").sortWithinPartitions("column", "start")
    found = together.mapInArrow(digests_of, "column int, " + ", ".join(f"{name} binary" for name in STREAMS)).collect()
    digests = {row["column"]: [bytes(row[name]) for name in STREAMS] for row in found}
    nothing = [hashlib.sha256().digest()] * len(STREAMS)
    hashes = {name: column_hash(kind, digests.get(at, nothing)) for at, (name, kind) in enumerate(table.types.items())}
    return table_hash(rows, hashes)


def pieces_of(kinds: list[str], batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The pieces of the streams of all columns, for each run of rows that follow each other."""
    for batch in batches:
        places = batch.column(PLACE).to_numpy()
        ends = [*(np.flatnonzero(np.diff(places) != 1) + 1).tolist(), len(places)] if len(places) else []
        start = 0
        for end in ends:
            yield _run(kinds, batch.slice(start, end - start), int(places[start]))
            start = end


def digests_of(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The digests of the streams of each column, from its pieces in order."""
    column, streams = -1, [hashlib.sha256() for _ in STREAMS]
    for batch in batches:
        for piece in batch.to_pylist():
            if piece["column"] != column:
                if column >= 0:
                    yield _digests(column, streams)
                column, streams = piece["column"], [hashlib.sha256() for _ in STREAMS]
            for name, stream in zip(STREAMS, streams, strict=True):
                stream.update(piece[name])
    if column >= 0:
        yield _digests(column, streams)


def _run(kinds: list[str], rows: pa.RecordBatch, start: int) -> pa.RecordBatch:
    made: Mapping[str, list] = {name: [] for name in ("column", "start", *STREAMS)}
    for at, kind in enumerate(kinds):
        streams = (_Bytes(), _Bytes(), _Bytes())
        hash_chunk(rows.column(f"c{at}"), kind, streams)
        made["column"].append(at)
        made["start"].append(start)
        for name, stream in zip(STREAMS, streams, strict=True):
            made[name].append(b"".join(stream.parts))
    types = (pa.int32(), pa.int64(), *[pa.binary()] * len(STREAMS))
    return pa.RecordBatch.from_arrays(
        [pa.array(cells, kind) for cells, kind in zip(made.values(), types, strict=True)], names=list(made)
    )


def _digests(column: int, streams: list) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [pa.array([column], pa.int32()), *(pa.array([stream.digest()], pa.binary()) for stream in streams)],
        names=["column", *STREAMS],
    )
