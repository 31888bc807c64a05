"""The content hash of a table on the cluster: that of the same table in memory, however it is cut into files.

Every column has three streams of bytes in the order of the rows. A worker reads one column after the other from the
files of the table, which lie in its order; columns are hashed side by side, and no machine holds one.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from dataops_core.engines.spark.frames import CHUNK_ROWS
from dataops_core.table import ARROW
from dataops_core.table.arrow_hash import hash_chunk
from dataops_core.table.fingerprint import column_hash, table_hash

if TYPE_CHECKING:
    from pyspark import SparkContext


def cluster_hash(context: SparkContext, files: Sequence[str], types: Mapping[str, str], rows: int) -> str:
    """The content hash of the table that Parquet files hold, one after the other."""
    columns = list(types.items())
    tasks = max(1, min(len(columns), 2 * context.defaultParallelism))
    found = context.parallelize(columns, tasks).map(functools.partial(hash_of_column, list(files))).collect()
    return table_hash(rows, dict(zip(types, found, strict=True)))


def hash_of_column(files: Sequence[str], column: tuple[str, str]) -> str:
    """The hash of a column of this name and storage type over some files."""
    name, kind = column
    streams = (hashlib.sha256(), hashlib.sha256(), hashlib.sha256())
    for path in files:
        with pq.ParquetFile(path, pre_buffer=False) as file:
            for batch in file.iter_batches(CHUNK_ROWS, columns=[name], use_threads=False):
                hash_chunk(batch[name].cast(ARROW[kind]), kind, streams)
    return column_hash(kind, [stream.digest() for stream in streams])
