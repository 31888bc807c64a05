"""The files of a source as a table that Spark itself reads and asks in SQL, for facts; recipes run on `ClusterTable`.

Columns have no names there but `c0`, `c1`, …, so that no name can be odd; beside them stands the row's place.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pandas as pd
import pyarrow.parquet as pq

from dataops_core.engines.batches import PART_ROWS
from dataops_core.engines.spark.sources import Piece, common_types

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

PLACE = "place"
_SCHEME = "^[a-z0-9]+:/+"


@dataclass(frozen=True)
class SqlTable:
    """Rows that Spark reads, the types of their columns, and how many rows there are."""

    data: DataFrame
    types: Mapping[str, str]
    rows: int

    def key(self, name: str) -> Column:
        """A column by which equal cells come together: -0.0 is 0.0."""
        from pyspark.sql import functions as f

        at = list(self.types).index(name)
        return f.col(f"c{at}") + f.lit(0.0) if self.types[name] == "decimal" else f.col(f"c{at}")


def sql_table(spark: SparkSession, pieces: Sequence[Piece]) -> SqlTable:
    """The files as one table; places count from 0 over all files in order."""
    types = common_types(pieces)
    starts, at = {}, 0
    for piece in pieces:
        starts[piece.parquet] = at
        at += piece.rows
    parts_after = max(2 * spark.sparkContext.defaultParallelism, -(-at // PART_ROWS))
    spark.conf.set("spark.sql.shuffle.partitions", str(parts_after))
    groups: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for piece in pieces:
        if piece.rows:
            groups.setdefault(_physical(piece), []).append(piece.parquet)
    parts = [_read(spark, paths, types, starts) for paths in groups.values()]
    nothing = spark.createDataFrame([], _schema(types))
    return SqlTable(functools.reduce(lambda one, two: one.unionByName(two), parts) if parts else nothing, types, at)


def _read(spark: SparkSession, paths: Sequence[str], types: Mapping[str, str], starts: Mapping[str, int]) -> DataFrame:
    from pyspark.sql import functions as f

    found = spark.read.parquet(*paths)
    schema = _schema(types)
    known = {_path(uri): starts[unquote(_path(uri))] for uri in found.inputFiles()}
    begins = spark.createDataFrame(pd.DataFrame({"path": list(known), "start": list(known.values())}))
    cells = []
    for at, name in enumerate(types):
        column = found["`" + name.replace("`", "``") + "`"]
        if types[name] == "decimal":
            column = f.nanvl(column.cast("double"), f.lit(None).cast("double"))
        cells.append(column.cast(schema[at].dataType).alias(f"c{at}"))
    numbered = found.select(
        *cells,
        f.regexp_replace("_metadata.file_path", _SCHEME, "/").alias("path"),
        f.col("_metadata.row_index").alias("at"),
    ).join(f.broadcast(begins), "path", "left")
    start = f.coalesce("start", f.raise_error(f.concat(f.lit("Nobody looked at "), "path")).cast("long"))
    number = (start + f.col("at")).cast("long")
    return numbered.select(*(f"c{at}" for at in range(len(types))), number.alias(PLACE))


def _path(uri: str) -> str:
    """A file's place as Spark spells it, without what goes before: file:/a and file:///a are one."""
    return re.sub(_SCHEME, "/", uri)


def _schema(types: Mapping[str, str]) -> Any:
    from pyspark.sql import types as t

    kinds = {
        "text": t.StringType(),
        "integer": t.LongType(),
        "decimal": t.DoubleType(),
        "boolean": t.BooleanType(),
        "datetime": t.TimestampNTZType(),
    }
    fields = [t.StructField(f"c{at}", kinds[kind]) for at, kind in enumerate(types.values())]
    return t.StructType([*fields, t.StructField(PLACE, t.LongType(), False)])


def _physical(piece: Piece) -> tuple[tuple[str, str], ...]:
    with pq.ParquetFile(piece.parquet) as file:
        return tuple((field.name, str(field.type)) for field in file.schema_arrow)
