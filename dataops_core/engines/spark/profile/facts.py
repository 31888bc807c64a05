"""The facts of a table on a cluster: the same expressions as in memory, on values that the workers counted.

Every value is counted, however many there are: where memory estimates (beyond two million rows), this is exact. What
depends on a file (bytes before compression) is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dataops_core.engines.spark.profile.counting import ColumnCounts, LookedInto, monotonic
from dataops_core.engines.spark.shuffle import unpacked
from dataops_core.facts import column_facts
from dataops_core.facts.engine import LOOKED_AT, LOOKED_IN, database, sql
from dataops_core.table import ARROW, Column
from dataops_core.table.kinds import guess_kind
from dataops_core.table.table import ROW_GROUP

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NOT_THERE = ("bytes", "meant")  # facts of memory that a cluster does not give
MOST_HELD = 50_000_000  # rows of which the driver may hold a column of numbers, for its quantiles
MOST_HERE = 20_000_000  # different values of a column that the driver looks through; more stay on the cluster


class CountedFacts:
    """What answers questions about counted values at the driver, as facts.Engine does for a table."""

    small = False
    dialect: Literal["duckdb", "spark"] = "duckdb"

    def __init__(self, found: Mapping[str, ColumnCounts], rows: int, folder: Path) -> None:
        """`folder` is one of this machine, or (where Spark asks) one that all machines see."""
        self.found = found
        self.rows = rows
        self.folder = folder
        self.seen: dict[str, Any] = {}
        self.con = database(str(folder))
        self.holds_values = rows <= MOST_HELD

    @property
    def table_rows(self) -> int:
        """How many rows the table has."""
        return self.rows

    def take(self, column: Column) -> Literal["counted", "raw"]:
        """Make `cells(value, n)` of what was counted of a column."""
        files = []
        here = [pa.table({"value": pa.array([], ARROW[column.type]), "n": pa.array([], pa.int64())})]
        for each in self.found[column.name].counts:
            if isinstance(each.rows, str):
                files.append(each.rows)
            else:
                here.append(unpacked(each.rows))
        path = self.folder / "few.parquet"
        pq.write_table(pa.concat_tables(here), path)
        self.show("cells", [*files, str(path)])
        return "counted"

    def missing(self, column: Column) -> int:
        """How many cells of a column are missing."""
        self.take(column)
        return int(self.rows_of("select sum(n) as n from cells where value is null")[0]["n"] or 0)

    def look_at_some(self, column: Column) -> None:
        """Make `cells` of the very rows that memory looks at."""
        some = pa.concat_tables([unpacked(each) for each in self.found[column.name].texts])
        path = self.folder / "some.parquet"
        pq.write_table(some.append_column("n", pa.array(np.ones(some.num_rows, dtype=np.int64))), path)
        self.show("cells", [str(path)])

    def step_out(self) -> None:
        """Make `steps(step, n, at)` of the moments that were taken."""
        self.name("steps", sql("steps", "datetime", self.dialect))

    def bound(self, low: float, high: float) -> None:
        """Set the ends between which a histogram is drawn."""
        self.name("bounds", f"select cast({low!r} as double) as low, cast({high!r} as double) as high")

    def finite(self) -> np.ndarray:
        """The finite values of a column of numbers, each as often as it comes; float64."""
        found = self.con.execute("select value::double as value, n from cells where value is not null").fetchnumpy()
        values: np.ndarray = np.repeat(np.asarray(found["value"]), np.asarray(found["n"]))
        return values[np.isfinite(values)]

    def ask(self, expression: str, kind: str) -> list[dict[str, Any]]:
        """The rows that a facts expression gives on what was taken."""
        return self.rows_of(sql(expression, kind, self.dialect))

    def beside(self, column: Column) -> dict[str, Any]:
        """Whether the values of a column never fall or never rise from row to row."""
        return {"monotonic": monotonic(self.found[column.name].runs)}

    def mean_length(self) -> float:
        """The mean length of the different texts of the column that was taken."""
        asked = "select avg(length(value)) as mean from cells where value is not null"
        return float(self.rows_of(asked)[0]["mean"] or 0.0)

    def show(self, name: str, files: list[str]) -> None:
        """Give Parquet files a name."""
        listed = ", ".join("'" + path.replace("'", "''") + "'" for path in files)
        self.name(name, f"select * from read_parquet([{listed}])")  # noqa: S608 - our own files

    def name(self, name: str, query: str) -> None:
        """Give a query a name."""
        self.con.execute(f"create or replace temp view {name} as {query}")

    def rows_of(self, query: str) -> list[dict[str, Any]]:
        """The rows that a query gives."""
        told = self.con.execute(query)
        names = [entry[0] for entry in told.description or []]
        return [dict(zip(names, row, strict=True)) for row in told.fetchall()]


class ClusterFacts(CountedFacts):
    """The same by the SQL of Spark, for columns with more different values than one machine should look through."""

    dialect = "spark"

    def __init__(self, found: Mapping[str, ColumnCounts], rows: int, folder: Path, spark: SparkSession) -> None:
        super().__init__(found, rows, folder)
        self.spark = spark
        self.holds_values = False

    def show(self, name: str, files: list[str]) -> None:
        """Give Parquet files a name."""
        self.spark.read.parquet(*files).createOrReplaceTempView(name)

    def name(self, name: str, query: str) -> None:
        """Give a query a name."""
        self.spark.sql(query).createOrReplaceTempView(name)

    def rows_of(self, query: str) -> list[dict[str, Any]]:
        """The rows that a query gives."""
        return [row.asDict() for row in self.spark.sql(query).collect()]


def cluster_facts(engine: CountedFacts, name: str, kind: str) -> dict[str, Any]:
    """The facts of one column of this type, without those in NOT_THERE; its kind is guessed as in memory."""
    column = Column(name, kind, "")
    facts = column_facts(engine, column)
    if facts["distinct"] is not None:
        length = 0.0
        if kind == "text":
            engine.take(column)
            length = engine.mean_length()
        facts["kind"] = guess_kind(name, kind, engine.table_rows, facts["distinct"], length)
    return facts


def looked_into(rows: int) -> LookedInto:
    """The very rows that memory looks at for classes of characters, spread evenly over the table.

    >>> looked_into(25_000)
    LookedInto(groups=(0, 1, 2), most=6666, group_rows=10000)
    """
    groups = sorted({int(at) for at in np.linspace(0, max(0, -(-rows // ROW_GROUP) - 1), LOOKED_IN)})
    return LookedInto(tuple(groups), LOOKED_AT // len(groups), ROW_GROUP)
