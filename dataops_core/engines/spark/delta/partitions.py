"""Rows for a partitioned Delta table: a file for each combination of partition values that a part has, written by the
workers without these columns, whose values stand in the log.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dataops_core.engines.external import by_number
from dataops_core.engines.spark.failures import reported
from dataops_core.errors import SettingError

if TYPE_CHECKING:
    from pyspark import SparkContext

MOST = 1_000  # files that are made of one part


@dataclass(frozen=True)
class PartitionFile:
    """A file, and the values of the partition columns of all its rows as the log writes them."""

    path: str
    values: Mapping[str, str | None]


def write_partitions(
    context: SparkContext, parts: Sequence[Path], folder: Path, columns: Sequence[str], problems: Path
) -> list[PartitionFile]:
    """Write the rows of each Parquet file by partition; rows of one partition keep their order.

    Raises SettingError for values that a Delta table cannot tell in its log, and for too many.
    """
    folder.mkdir()
    work = functools.partial(_write_part, folder=str(folder), columns=tuple(columns), problems=str(problems))
    return list(context.parallelize(list(enumerate(map(str, parts))), len(parts)).flatMap(work).collect())


def _write_part(part: tuple[int, str], folder: str, columns: Sequence[str], problems: str) -> list[PartitionFile]:
    number, path = part
    with reported(problems, path):
        rows = pq.read_table(path)
        return cut_by_values(rows, columns, Path(folder), number) if rows.num_rows else []


def cut_by_values(rows: pa.Table, columns: Sequence[str], folder: Path, number: int) -> list[PartitionFile]:
    """Write the rows of each combination of values in some columns into a file of its own."""
    codes = np.zeros(rows.num_rows, dtype=np.int64)
    for name in columns:
        encoded = rows.column(name).combine_chunks().dictionary_encode(null_encoding="encode")
        encoded = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
        codes = codes * len(encoded.dictionary) + encoded.indices.to_numpy()
        codes = np.unique(codes, return_inverse=True)[1]
    if codes.max() >= MOST:
        raise SettingError(
            f"The Delta table is partitioned by {', '.join(columns)}, of which one part of the result has"
            f" {codes.max() + 1:,} different values; at most {MOST:,} files are made of a part.",
            ", ".join(columns),
            "Sort by these columns, or write to a table that is partitioned by columns of few values.",
        )
    made = []
    for at, some in by_number(rows, codes):
        values = {name: written_value(some.column(name)[0], name) for name in columns}
        file = folder / f"part-{number:05d}-{at:03d}.parquet"
        pq.write_table(some.drop_columns(list(columns)), file, compression="snappy")
        made.append(PartitionFile(str(file), values))
    return made


def written_value(cell: Any, name: str) -> str | None:
    """A value of a partition column as the log of a Delta table writes it.

    >>> written_value(pa.scalar(True), "b"), written_value(pa.scalar(0, pa.timestamp("us")), "d")
    ('true', '1970-01-01 00:00:00.000000')
    """
    if not cell.is_valid:
        return None
    if pa.types.is_timestamp(cell.type):
        return str(pc.strftime(cell, "%Y-%m-%d %H:%M:%S").as_py())
    text = str(cell.as_py())
    if not text:
        raise SettingError(
            f'Column "{name}" has empty texts, which a Delta table that is partitioned by it cannot tell from missing'
            " ones.",
            name,
            "Fill or clear them in the recipe, or write to a table without partitions.",
        )
    return text.lower() if pa.types.is_boolean(cell.type) else text
