"""The facts of a table on a cluster: the same expressions as in memory, in the SQL of Spark, one column at a time.

Every value is counted, however many there are: where memory estimates (beyond two million rows), this is exact. What
depends on a file (bytes before compression) is not known here.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from dataops_core.engines.spark.runs import RUNS, WHOLE_RUNS, Run, monotonic, runs_of
from dataops_core.engines.spark.sql_table import PLACE, SqlTable
from dataops_core.facts import column_facts
from dataops_core.facts.engine import LOOKED_AT, LOOKED_IN, sql
from dataops_core.table import Column
from dataops_core.table.kinds import guess_kind
from dataops_core.table.table import ROW_GROUP

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

NOT_THERE = ("bytes", "meant")  # facts of memory that a cluster does not give


class SparkFacts:
    """What counts the columns of a table on a cluster, as facts.Engine does here."""

    small = False
    holds_values = False

    def __init__(self, table: SqlTable) -> None:
        """The table must be one that can be read again and again: files, or rows that were written down."""
        self.table = table
        self.seen: dict[str, Any] = {}
        self.spark = table.data.sparkSession
        self._counted: DataFrame | None = None

    @property
    def table_rows(self) -> int:
        """How many rows the table has."""
        return self.table.rows

    def take(self, column: Column) -> Literal["counted", "raw"]:
        """Make `source(value)` and `cells(value, n)` from a column."""
        self.let_go()
        self._values(column).createOrReplaceTempView("source")
        self._counted = self.spark.sql(sql("counted", column.type, "spark")).persist()
        self._counted.createOrReplaceTempView("cells")
        return "counted"

    def let_go(self) -> None:
        """Forget the counts of the column that was taken."""
        if self._counted is not None:
            self._counted.unpersist()
            self._counted = None

    def missing(self, column: Column) -> int:
        """How many cells of a column are missing."""
        return self._values(column).filter("value is null").count()

    def look_at_some(self, column: Column) -> None:
        """Make `cells` from the very rows that memory looks at: runs of rows, spread evenly over the table."""
        from pyspark.sql import functions as f

        groups = sorted({int(at) for at in np.linspace(0, -(-self.table_rows // ROW_GROUP) - 1, LOOKED_IN)})
        most = LOOKED_AT // len(groups)
        row = f.col(PLACE)
        some = self.table.data.filter((row % ROW_GROUP < most) & (row / ROW_GROUP).cast("long").isin(groups))
        some.select(self._cell(column), f.lit(1).cast("long").alias("n")).createOrReplaceTempView("cells")

    def step_out(self) -> None:
        """Make `steps(step, n, at)` from the moments that were taken."""
        self.spark.sql(sql("steps", "datetime", "spark")).createOrReplaceTempView("steps")

    def bound(self, low: float, high: float) -> None:
        """Set the ends between which a histogram is drawn."""
        self.spark.createDataFrame([(float(low), float(high))], "low double, high double").createOrReplaceTempView(
            "bounds"
        )

    def finite(self) -> np.ndarray:
        """Not to be asked for: the values of a column stay on the cluster."""
        raise NotImplementedError

    def ask(self, expression: str, kind: str) -> list[dict[str, Any]]:
        """The rows that a facts expression gives on what was taken."""
        return [row.asDict() for row in self.spark.sql(sql(expression, kind, "spark")).collect()]

    def beside(self, column: Column) -> dict[str, Any]:
        """Whether the values of a column never fall or never rise from row to row."""
        if column.type in ("text", "boolean"):
            return {"monotonic": None}
        at = list(self.table.types).index(column.name)
        work = functools.partial(runs_of, f"c{at}", column.type)
        schema = RUNS if column.type == "decimal" else WHOLE_RUNS
        found = self.table.data.select(f"c{at}", PLACE).mapInArrow(work, schema).drop("column").collect()
        return {"monotonic": monotonic([Run(*row) for row in found])}

    def mean_length(self) -> float:
        """The mean length of the different texts of the column that was taken."""
        found = self.spark.sql("select avg(length(value)) from cells where value is not null").first()
        return float(found[0] or 0.0)

    def duplicates(self) -> int:
        """How many rows repeat an earlier row in every column; rows that hold nothing are left out."""
        from pyspark.sql import functions as f

        names = [f"c{at}" for at in range(len(self.table.types))]
        keys = [self.table.key(name).alias(f"c{at}") for at, name in enumerate(self.table.types)]
        groups = self.table.data.select(*keys).dropna("all").groupBy(*names).count()
        return int(groups.agg(f.sum(f.col("count") - 1)).first()[0] or 0)

    def _values(self, column: Column) -> DataFrame:
        return self.table.data.select(self._cell(column))

    def _cell(self, column: Column) -> Any:
        from pyspark.sql import functions as f

        return f.col(f"c{list(self.table.types).index(column.name)}").alias("value")


def cluster_facts(table: SqlTable, name: str, engine: SparkFacts) -> dict[str, Any]:
    """The facts of one column, without those in NOT_THERE; its kind is guessed as in memory."""
    column = Column(name, table.types[name], "")
    facts = column_facts(engine, column)
    if facts["distinct"] is not None:
        length = 0.0
        if column.type == "text":
            engine.take(column)
            length = engine.mean_length()
        facts["kind"] = guess_kind(name, column.type, engine.table_rows, facts["distinct"], length)
    engine.let_go()
    return facts
