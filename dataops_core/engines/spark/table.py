"""A table on the cluster, and the few things that are done with one."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from dataops_core.engines.spark.frames import (
    ID,
    PLACE,
    Work,
    count_rows,
    frame_of,
    number_rows,
    run_groups,
    run_part,
    run_rows,
    spark_schema,
)
from dataops_core.errors import SettingError
from dataops_core.steps import EqualRows, NewRows, Order
from dataops_core.table import frame_to_arrow

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

PART_ROWS = 500_000  # rows of a part that a worker holds at once
GATHERED_CELLS = 100_000_000  # cells that the driver takes in at once: some gigabytes


@dataclass(frozen=True)
class ClusterTable:
    """Rows on the cluster, the types of their columns, how many rows there are at most, and the first of them here."""

    data: DataFrame
    types: Mapping[str, str]
    most_rows: int
    head: pd.DataFrame

    def key(self, name: str) -> Column:
        """A column by which equal cells come together: -0.0 is 0.0."""
        from pyspark.sql import functions as f

        at = list(self.types).index(name)
        return f.col(f"c{at}") + f.lit(0.0) if self.types[name] == "decimal" else f.col(f"c{at}")

    def rows(self, work: Work, head: pd.DataFrame) -> ClusterTable:
        """The table after steps that run row by row."""
        done = self.data.mapInArrow(functools.partial(run_rows, work), spark_schema(work.after))
        return replace(self, data=done, types=work.after, head=head)

    def equal_rows(self, pieces: EqualRows, work: Work, head: pd.DataFrame) -> ClusterTable:
        """The table after a step for which rows that are equal in some columns lie together."""
        done = self._together(pieces.columns).mapInArrow(functools.partial(run_part, work), spark_schema(work.after))
        return replace(self, data=done, types=work.after, head=head)

    def new_rows(self, pieces: NewRows, work: Work, head: pd.DataFrame) -> ClusterTable:
        """The table of one new row for each group, in the order in which the groups first come."""
        from pyspark.sql import functions as f

        start = self.data.agg(f.max(ID)).first()[0]
        done = self._together(pieces.columns).mapInArrow(
            functools.partial(run_groups, work, pieces.columns), spark_schema(work.after)
        )
        return numbered(replace(self, data=done, types=work.after, head=head), 0 if start is None else start + 1)

    def ordered(self, pieces: Order, head: pd.DataFrame) -> ClusterTable:
        """The same rows in another order; equal ones keep theirs, missing cells come last."""
        from pyspark.sql import functions as f

        keys = [self.key(name) for name in pieces.columns]
        by = [key.desc_nulls_last() if pieces.descending else key.asc_nulls_last() for key in keys]
        done = self.data.orderBy(*by, f.col(PLACE).asc()).withColumn(PLACE, f.monotonically_increasing_id())
        return replace(self, data=done, head=head)

    def keyed(self, kept: pd.DataFrame, types: Mapping[str, str]) -> ClusterTable:
        """The rows whose ids are those of `kept`, with its columns beside them; `types` are those of all columns."""
        new = {name: kind for name, kind in types.items() if name not in self.types}
        cells = frame_to_arrow(kept[list(new)], new)
        names = [f"c{list(types).index(name)}" for name in new]
        beside = self.data.sparkSession.createDataFrame(cells.rename_columns([*names, "kept"]))
        done = self.data.join(beside, self.data[ID] == beside["kept"]).select(
            *(f"c{at}" for at in range(len(types))), ID, PLACE
        )
        ids = self.head.index.intersection(kept.index)
        head = self.head.loc[ids].assign(**{name: kept.loc[ids, name] for name in new})
        return replace(self, data=done, types=types, most_rows=len(kept), head=head)

    def gathered(self, columns: Sequence[str], train: str | None = None) -> pd.DataFrame:
        """Some columns of all rows in the memory of the driver, in the table's order; with `train`, of the rows where
        that column says train. Raises SettingError where they are too many.
        """
        from pyspark.sql import functions as f

        names = list(self.types)
        data = self.data.select(*(f"c{names.index(name)}" for name in columns), ID, PLACE)
        if train is not None:
            data = data.filter(f.col(f"c{names.index(train)}") == "train")
        rows = self.most_rows
        if rows * (len(columns) + 2) > GATHERED_CELLS:
            rows = data.count()
        if rows * (len(columns) + 2) > GATHERED_CELLS:
            raise SettingError(
                f"{rows:,} rows of {len(columns)} columns do not fit into the memory of the driver; at most"
                f" {GATHERED_CELLS // (len(columns) + 2):,} rows do.",
                ", ".join(columns) or "all rows",
                "Learn from a sample first: run it on one machine with --fitted FITTED.json, then run that on Spark.",
            )
        found: Any = data.toArrow().sort_by(PLACE)
        plain = found.rename_columns([*(f"c{at}" for at in range(len(columns))), ID, PLACE])
        return frame_of(
            pa.Table.from_arrays(plain.columns, names=plain.column_names), {n: self.types[n] for n in columns}
        )[0]

    def _together(self, columns: Sequence[str]) -> DataFrame:
        parts = max(self.data.sparkSession.sparkContext.defaultParallelism, -(-self.most_rows // PART_ROWS))
        return self.data.repartition(parts, *(self.key(name) for name in columns or self.types))


def numbered(table: ClusterTable, start: int) -> ClusterTable:
    """The table in its order, with new ids and places that count from `start`."""
    from pyspark import StorageLevel

    data = table.data.orderBy(PLACE).persist(StorageLevel.DISK_ONLY)
    counts = dict(sorted(map(tuple, data.mapInArrow(count_rows, "part int, rows long").collect())))
    starts, at = {}, start
    for part, rows in counts.items():
        starts[part] = at
        at += rows
    return replace(
        table,
        data=data.mapInArrow(functools.partial(number_rows, starts), spark_schema(table.types)),
        most_rows=at - start,
    )
