"""A table on the cluster, and the few things that are done with one."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from dataops_core.engines.spark.frames import (
    ID,
    NO_ID,
    NTH,
    PART,
    PLACE,
    Work,
    batches_of,
    frame_of,
    run_groups,
    run_more,
    run_part,
    run_rows,
    spark_schema,
)
from dataops_core.errors import SettingError
from dataops_core.steps import EqualRows, NewRows, Order
from dataops_core.steps._counted import COUNT
from dataops_core.table import ROW_ID, frame_to_arrow, tidy

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

PART_ROWS = 500_000  # rows of a part that a worker holds at once
COPY = f"{ROW_ID}copy"  # the name of the column that is equal where rows are
GATHERED_CELLS = 100_000_000  # cells that the driver takes in at once: some gigabytes


@dataclass(frozen=True)
class ClusterTable:
    """Rows on the cluster, the types of their columns, how many rows there are at most, the first of them here, and the
    folder that all machines share.
    """

    data: DataFrame
    types: Mapping[str, str]
    most_rows: int
    head: pd.DataFrame
    shared: str

    def kept(self, data: DataFrame) -> DataFrame:
        """Rows written down in the shared folder: what comes after reads them instead of making them again."""
        path = f"{self.shared}/kept {uuid.uuid4().hex}"
        data.write.parquet(path)
        return data.sparkSession.read.schema(data.schema).parquet(path)

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
        done = self._together(pieces.columns).mapInArrow(
            functools.partial(run_groups, work, pieces.columns), spark_schema(work.after)
        )
        return numbered(replace(self, data=done, types=work.after, head=head), self._next()[0])

    def more_rows(self, work: Work, head: pd.DataFrame) -> ClusterTable:
        """The table after a step that may make several rows of one; those that are new follow at the end."""
        from pyspark.sql import functions as f

        first_id, first_place = self._next()
        schema = spark_schema(work.after).add(NTH, "long", False)
        made = self.kept(self.data.mapInArrow(functools.partial(run_more, work), schema))
        old = made.filter(f.col(ID) != NO_ID).drop(NTH)
        new = replace(self, data=made.filter(f.col(ID) == NO_ID), types=work.after, head=head)
        new = numbered(new, first_id, first_place)
        return replace(new, data=old.union(new.data), most_rows=self.most_rows + new.most_rows)

    def below(self, rows: pd.DataFrame, types: Mapping[str, str], head: pd.DataFrame) -> ClusterTable:
        """The table in these columns, with more rows at the end."""
        from pyspark.sql import functions as f

        first_id, first_place = self._next()
        names, schema = list(self.types), spark_schema(types)
        cells = [
            (f.col(f"c{names.index(name)}") if name in names else f.lit(None)).cast(schema[at].dataType).alias(f"c{at}")
            for at, name in enumerate(types)
        ]
        rows = rows.set_axis(pd.RangeIndex(first_id, first_id + len(rows)))
        places = pd.Series(range(first_place, first_place + len(rows)), index=rows.index)
        done = self.data.select(*cells, ID, PLACE)
        if len(rows):
            found = pa.Table.from_batches(list(batches_of(rows, places, types)))
            done = done.union(self.data.sparkSession.createDataFrame(found))
        return replace(self, data=done, types=types, most_rows=self.most_rows + len(rows), head=head)

    def probe(self) -> pd.DataFrame:
        """The first rows, and one more with a value of every column that has any: what comes out of it has the types
        that come out of the whole table.
        """
        from pyspark.sql import functions as f

        if not len(self.head):
            return self.head
        firsts = [f.first(f"c{at}", ignorenulls=True).alias(f"c{at}") for at in range(len(self.types))]
        last = f.lit(int(self.head.index.max()) + 1).cast("long")
        one: Any = self.data.agg(*firsts).select("*", last.alias(ID), last.alias(PLACE)).toArrow()
        return tidy(pd.concat([self.head, frame_of(one, self.types)[0]]))

    def ordered(self, pieces: Order, head: pd.DataFrame) -> ClusterTable:
        """The same rows in another order; equal ones keep theirs, missing cells come last."""
        from pyspark.sql import functions as f

        keys = [self.key(name) for name in pieces.columns]
        by = [key.desc_nulls_last() if pieces.descending else key.asc_nulls_last() for key in keys]
        done = self.data.orderBy(*by, f.col(PLACE).asc()).withColumn(PLACE, f.monotonically_increasing_id())
        return replace(self, data=done, head=head)

    def keyed(self, kept: pd.DataFrame, new: Mapping[str, str]) -> ClusterTable:
        """The rows whose ids are those of `kept`, with its columns `new` beside them."""
        cells = frame_to_arrow(kept[list(new)], new)
        names = [f"c{len(self.types) + at}" for at in range(len(new))]
        beside = self.data.sparkSession.createDataFrame(cells.rename_columns([*names, "kept"]))
        types = {**self.types, **new}
        done = self.data.join(beside, self.data[ID] == beside["kept"]).select(
            *(f"c{at}" for at in range(len(types))), ID, PLACE
        )
        ids = self.head.index.intersection(kept.index)
        head = self.head.loc[ids].assign(**{name: kept.loc[ids, name] for name in new})
        return replace(self, data=done, types=types, most_rows=len(kept), head=head)

    def counted(self, columns: Sequence[str], train: str | None = None) -> pd.DataFrame:
        """The different rows of some columns, with how often each comes in COUNT, counted on the cluster; with
        `train`, of the rows where that column says train. Raises SettingError where they are too many.
        """
        from pyspark.sql import functions as f

        names, types = list(self.types), {name: self.types[name] for name in columns}
        data = self.data if train is None else self.data.filter(f.col(f"c{names.index(train)}") == "train")
        cells = [f.col(f"c{names.index(name)}").alias(f"c{at}") for at, name in enumerate(columns)]
        groups = data.select(*cells).groupBy(*(f"c{at}" for at in range(len(columns)))).agg(f.count("*").alias(PLACE))
        rows = groups.count() if self.most_rows * (len(columns) + 2) > GATHERED_CELLS else 0
        self._check_size(rows, columns, "different rows")
        found: Any = groups.withColumn(ID, f.lit(0).cast("long")).toArrow()
        frame, times = frame_of(found, types)
        return frame.reset_index(drop=True).assign(**{COUNT: times.to_numpy()})

    def gathered(self, columns: Sequence[str], train: str | None = None, *, copies: bool = False) -> pd.DataFrame:
        """Some columns of all rows in the memory of the driver, in the table's order; with `train`, of the rows where
        that column says train; with `copies`, a column beside them that is equal where rows are. Raises SettingError
        where they are too many.
        """
        from pyspark.sql import functions as f

        names = list(self.types)
        data = self.data.select(
            *(f"c{names.index(name)}" for name in columns), *([self._mark()] if copies else []), ID, PLACE
        )
        types = {name: self.types[name] for name in columns} | ({COPY: "integer"} if copies else {})
        if train is not None:
            data = data.filter(f.col(f"c{names.index(train)}") == "train")
        rows = self.most_rows
        if rows * (len(columns) + 2) > GATHERED_CELLS:
            rows = data.count()
        self._check_size(rows, columns, "rows")
        found: Any = data.toArrow().sort_by(PLACE)
        plain = found.rename_columns([*(f"c{at}" for at in range(len(types))), ID, PLACE])
        return frame_of(plain, types)[0]

    def _check_size(self, rows: int, columns: Sequence[str], what: str) -> None:
        if rows * (len(columns) + 2) > GATHERED_CELLS:
            raise SettingError(
                f"{rows:,} {what} of {len(columns)} columns do not fit into the memory of the driver; at most"
                f" {GATHERED_CELLS // (len(columns) + 2):,} do.",
                ", ".join(columns) or "all rows",
                "Learn from a sample first: run it on one machine with --fitted FITTED.json, then run that on Spark.",
            )

    def _mark(self) -> Column:
        """A number that is equal where rows are equal in all columns (but for a chance of 2 to the power of -64)."""
        from pyspark.sql import functions as f

        gone = f.concat(*(f.col(f"c{at}").isNull().cast("string") for at in range(len(self.types))))
        return f.xxhash64(*(self.key(name) for name in self.types), gone)

    def _next(self) -> tuple[int, int]:
        """The first id and the first place that no row has."""
        from pyspark.sql import functions as f

        found = self.data.agg(f.max(ID), f.max(PLACE)).first()
        last_id, last_place = found
        return (0, 0) if last_id is None else (last_id + 1, last_place + 1)

    def _together(self, columns: Sequence[str]) -> DataFrame:
        parts = max(self.data.sparkSession.sparkContext.defaultParallelism, -(-self.most_rows // PART_ROWS))
        return self.data.repartition(parts, *(self.key(name) for name in columns or self.types))


def numbered(table: ClusterTable, start: int, place: int | None = None) -> ClusterTable:
    """The table in its order, with new ids that count from `start`, and places from `place` (as the ids).

    Every part is written as one file in order, so that a row's number is its number in the file and the rows of all
    parts before.
    """
    from pyspark.sql import functions as f

    ordered = table.data.orderBy(PLACE, *([NTH] if NTH in table.data.columns else []))
    cells = [f"c{at}" for at in range(len(table.types))]
    data = table.kept(ordered.select(*cells, f.spark_partition_id().alias(PART)))
    starts, at = [], start
    for part, rows in sorted(map(tuple, data.groupBy(PART).count().collect())):
        starts.append((part, at))
        at += rows
    begins = data.sparkSession.createDataFrame(starts, f"{PART} int, start long")
    number, shift = f.col("start") + f.col("nth"), 0 if place is None else place - start
    done = (
        data.select(*cells, PART, f.col("_metadata.row_index").alias("nth"))
        .join(f.broadcast(begins), PART)
        .select(*cells, number.cast("long").alias(ID), (number + shift).cast("long").alias(PLACE))
    )
    return replace(table, data=done, most_rows=at - start)
