"""Medians and means of columns on a cluster, exact, without their values coming to the driver.

What comes are a few cells, with how often each counts, that have the same median or mean as all of them; the learner
of the step goes on from these (see recipe.condensed, which does the same on one machine).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from dataops_core.engines.spark.frames import ID, PART, PLACE, frame_of
from dataops_core.engines.spark.table import ClusterTable
from dataops_core.recipe.condensed import exact_decimals, exact_wholes, known
from dataops_core.steps._counted import COUNT
from dataops_core.table import tidy

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

FEW = 1_000_000  # rows of which the different values may as well come to the driver
TOO_LARGE = -1  # how often a cell comes that says: these cannot be added up


def statistic_rows(table: ClusterTable, name: str, statistic: str | None, train: str | None) -> pd.DataFrame | None:
    """Rows of one column, with how often each counts in COUNT, that have the same median or mean as all its rows (those
    for training); None where the values have to be counted instead.
    """
    storage = table.types[name]
    if table.most_rows <= FEW or storage not in ("integer", "decimal", "datetime"):
        return None
    if statistic == "median":
        return _frame(name, storage, *_middle(table, _cells(table, name, train)))
    if statistic == "mean":
        summed = _summed(table, name, train)
        return None if summed is None else _frame(name, storage, *summed)
    return None


def _cells(table: ClusterTable, name: str, train: str | None) -> DataFrame:
    """The known cells of a column, as c0."""
    from pyspark.sql import functions as f

    names = list(table.types)
    data = table.data if train is None else table.data.filter(f.col(f"c{names.index(train)}") == "train")
    key = table.key(name)
    found = data.select(key.alias("c0")).filter(f.col("c0").isNotNull())
    if table.types[name] == "decimal":
        found = found.filter(~f.isnan("c0") & (f.abs("c0") != float("inf")))
    return found


def _middle(table: ClusterTable, cells: DataFrame) -> tuple[np.ndarray, list[int]]:
    """The two cells in the middle: the column is sorted there, and written in parts whose sizes tell where they lie."""
    from pyspark.sql import functions as f

    ordered = table.kept(cells.orderBy("c0").select("c0", f.spark_partition_id().alias(PART)))
    sizes = sorted(map(tuple, ordered.groupBy(PART).count().collect()))
    total = sum(size for _, size in sizes)
    found = []
    for place in ((total - 1) // 2, total // 2) if total else ():
        for part, size in sizes:
            if place < size:
                here = (f.col(PART) == part) & (f.col("_metadata.row_index") == place)
                found.append(ordered.filter(here).select("c0").toArrow().column(0))
                break
            place -= size
    values: Any = pa.chunked_array([chunk for column in found for chunk in column.chunks]) if found else pa.array([])
    if pa.types.is_timestamp(values.type):
        values = values.cast(pa.timestamp("us")).cast(pa.int64())
    return values.to_numpy(), [1] * len(values)


def _summed(table: ClusterTable, name: str, train: str | None) -> tuple[np.ndarray, list[int]] | None:
    from pyspark.sql import functions as f

    storage, names = table.types[name], list(table.types)
    data = table.data if train is None else table.data.filter(f.col(f"c{names.index(train)}") == "train")
    kind = "double" if storage == "decimal" else "long"
    sums = data.select(f.col(f"c{names.index(name)}").alias("c0"), ID, PLACE).mapInArrow(
        functools.partial(part_sums, storage), f"cell {kind}, often long"
    )
    found: Any = sums.toArrow()
    often = found.column("often").to_pylist()
    return None if TOO_LARGE in often else (found.column("cell").to_numpy(), often)


def part_sums(storage: str, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """On a worker: few cells that have the sum and the number of all that come."""

    def values() -> Iterator[np.ndarray]:
        for batch in batches:
            yield known(frame_of(pa.Table.from_batches([batch]), {"c0": storage})[0]["c0"], storage)

    summed = exact_decimals(values()) if storage == "decimal" else exact_wholes(values())
    cells, often = summed if summed is not None else (np.zeros(1), [TOO_LARGE])
    kind = pa.float64() if storage == "decimal" else pa.int64()
    yield pa.RecordBatch.from_arrays([pa.array(cells, kind), pa.array(often, pa.int64())], names=["cell", "often"])


def _frame(name: str, storage: str, cells: np.ndarray, often: list[int]) -> pd.DataFrame:
    dtype = {"decimal": "float64", "integer": "int64", "datetime": "int64"}[storage]
    column = pd.Series(cells.astype(dtype))
    if storage == "datetime":
        column = column.astype("datetime64[us]")
    return tidy(pd.DataFrame({name: column, COUNT: pd.Series(often, dtype="Int64")}))
