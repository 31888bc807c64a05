"""The engine that counts: DuckDB over the table's Parquet file, one column at a time, memory bounded."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol, Self

import duckdb
import numpy as np
import pyarrow as pa

from dataops_core.facts.order import order, size
from dataops_core.facts.prepared import Prepared
from dataops_core.scratch import owned_prefix
from dataops_core.table import ROW_ID, Column, Table, opened

_SQL = Path(__file__).parent / "sql"
THREADS = (
    1  # of two, each waits for the other: a million rows took a fourth more CPU time, more memory, and no less time
)
MEMORY = "400MB"
EXACT_ROWS = 2_000_000  # up to here every value is counted; beyond, only where HyperLogLog sees at most EXACT_VALUES
EXACT_VALUES = 1_000_000
LOOKED_AT = 20_000  # texts looked into for classes of characters
SMALL = 200_000  # cells; of so many, a copy in memory takes no more than some megabytes
LOOKED_IN = 10  # row groups that they come from
# Standard error of DuckDB's HyperLogLog: 1.04 / sqrt(1024 registers), Flajolet et al. 2007. Measured with DuckDB 2.0 on
# columns of
# 1,000 to 1,000,000 values (numbers and text, 40 to 400 columns each): 0.023 to 0.035, bias below 0.012.
HLL_ERROR = 0.0325


@functools.cache
def sql(expression: str, kind: str, dialect: Literal["duckdb", "spark"] = "duckdb") -> str:
    """The compiled text of a facts expression for a storage type."""
    return (_SQL / dialect / f"{expression}_{kind}.sql").read_text("utf-8")


class FactsEngine(Protocol):
    """What counts the columns of a table, one after the other (see the methods of Engine)."""

    small: bool
    holds_values: bool  # whether `finite` may be asked for the values of a whole column
    seen: dict[str, Any]

    @property
    def table_rows(self) -> int:
        """How many rows the table has."""

    def take(self, column: Column) -> Literal["counted", "raw"]:
        """Make `source(value)` and `cells(value, n)` from a column."""

    def missing(self, column: Column) -> int:
        """How many cells of a column are missing."""

    def look_at_some(self, column: Column) -> None:
        """Make `cells` from about LOOKED_AT rows only."""

    def step_out(self) -> None:
        """Make `steps(step, n, at)` from the moments that were taken."""

    def bound(self, low: float, high: float) -> None:
        """Set the ends between which a histogram is drawn."""

    def finite(self) -> np.ndarray:
        """The finite values of a column of numbers, each as often as it comes; float64."""

    def ask(self, expression: str, kind: str) -> list[dict[str, Any]]:
        """The rows that a facts expression gives on what was taken."""

    def beside(self, column: Column) -> dict[str, Any]:
        """Facts that depend on the order of the rows or on the file: `bytes` and `monotonic`, where they are known."""


def database(folder: str) -> duckdb.DuckDBPyConnection:
    """A database in memory; what does not fit goes into that folder."""
    return duckdb.connect(
        config={
            "threads": THREADS,
            "memory_limit": MEMORY,
            "temp_directory": folder,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )


@functools.cache
def _shared() -> duckdb.DuckDBPyConnection:
    """The database that small tables share, for to start one takes 30 ms of CPU time, longer than to count many a
    small table. DuckDB makes the folder when it needs it; what a killed process left is swept away by its name.
    """
    return database(str(Path(tempfile.gettempdir()) / f"{owned_prefix()}facts"))


def _connection_to_shared() -> duckdb.DuckDBPyConnection:
    """A connection whose tables nobody else sees, and which go with it."""
    try:
        made = _shared().cursor()
        made.execute("select 1")
    except duckdb.Error:  # after an error of its own, a database answers nobody any more
        _shared.cache_clear()
        made = _shared().cursor()
    return made


class Engine:
    """A connection to one table; leaves nothing behind."""

    holds_values = True

    def __init__(self, table: Table, narrow: Iterable[Table] = ()) -> None:
        """`narrow` are copies of a wide table with some of its columns each (see table.narrow), where its columns are
        taken from, one by one; a question about several columns needs an engine without them.
        """
        self.table = table
        self.seen: dict[str, Any] = {}
        self.parts: dict[str, Table] = {}  # by column: the table to take it from
        self._places: dict[str, tuple[str, str]] = {}  # by column: what stands after FROM, and its name there
        self.small = table.cells <= SMALL and table.rows <= EXACT_ROWS
        self._folder = None if self.small else tempfile.TemporaryDirectory(prefix="dataops-facts-")
        self.con = _connection_to_shared() if self._folder is None else database(self._folder.name)
        if not self.small:
            self.con.execute("set parquet_metadata_cache = true")
        for at, part in enumerate(dict.fromkeys(narrow) or [table]):
            self.parts |= dict.fromkeys(part.names, part)
            path = str(part.path).replace("'", "''")
            self._from = f"read_parquet('{path}')"
            if self.small:  # opening the file for each question costs more than the answers
                self.con.execute(f"create temp table whole{at} as select * from {self._from}")
                self._from = f"whole{at}"
            names = self.con.execute(f"select * from {self._from} limit 0").description or []
            # by place: the engine's names ignore case, ours do not
            self._places |= {
                name: (self._from, told[0]) for name, told in zip([*part.names, ROW_ID], names, strict=True)
            }
        if self.small:
            self.con.execute("pragma disable_optimizer")  # which takes longer than all the rest
        self._prepared = Prepared(self.con) if self.small else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.con.close()
        if self._folder:
            self._folder.cleanup()

    @property
    def table_rows(self) -> int:
        """How many rows the table has."""
        return self.table.rows

    @property
    def rows(self) -> str:
        """The table as it stands after FROM."""
        return self._from

    def named(self, name: str) -> str:
        """A column of the table as the engine calls it, in quotes."""
        return '"' + self._places[name][1].replace('"', '""') + '"'

    def take(self, column: Column) -> Literal["counted", "raw"]:
        """Make `source(value)` and `cells(value, n)` from a column; "raw" where its values are too many to count one by
        one.
        """
        self._source = f"(select {self.named(column.name)} as value from {self._places[column.name][0]})"
        self._kind = column.type
        if self._prepared:
            self._prepared.fill(column.type, sql("counted", column.type).replace('"source"', self._source))
            return "counted"
        self.let_go()  # or two columns' counts would be held at once
        self.con.execute(f"create or replace temp view source as from {self._source}")
        if self.table.rows > EXACT_ROWS:
            self.seen = self.ask("estimated", column.type)[0]
            if self.seen["distinct"] > EXACT_VALUES:
                self.con.execute("create or replace temp view cells as select value, 1::bigint as n from source")
                return "raw"
        self.con.execute(f"create or replace temp table counted as {sql('counted', column.type)}")
        self.con.execute("create or replace temp view cells as select * from counted")
        return "counted"

    def let_go(self) -> None:
        """Forget the counts of the column that was taken."""
        self.con.execute("drop view if exists cells")
        self.con.execute("drop table if exists counted")
        self.con.execute("drop table if exists steps")

    def missing(self, column: Column) -> int:
        """How many cells of a column are missing."""
        asked = f"select count(*) - count({self.named(column.name)}) from {self._places[column.name][0]}"
        return int((self.con.execute(asked).fetchone() or (0,))[0])

    def take_pair(self, x: tuple[Column, str], y: tuple[Column, str], complete: bool = True) -> None:
        """Make `pair(x, y)` from two columns, each with what it is taken as; `complete`: only rows that have both."""
        self.con.execute(
            f"create or replace temp table pair as select x, y from (select {self._taken(*x)} as x, {self._taken(*y)}"
            f" as y from {self._from})" + (" where x is not null and y is not null" if complete else "")
        )

    def bin_pair(self, side: int, bins: int) -> None:
        """Put the numbers of one side of `pair(x, y)` into bins; what they were is kept as `binned(x, y, value)`."""
        if side:
            self.con.execute("create or replace temp table pair as select y as x, x as y from pair")
        self.con.execute(f"create or replace temp table binned as {sql(f'binned{bins}', 'pair')}")
        self.con.execute(
            f"create or replace temp table pair as select {'y as x, x as y' if side else 'x, y'} from binned"
        )

    def cut_pair(self, period: str) -> None:
        """Cut the moments x of `pair(x, y)` to their day, week, month, quarter or year; rows without one
        are left out.
        """
        self.con.execute(f"create or replace temp table pair as {sql(f'by_{period}', 'pair')}")

    def hold(self, columns: Sequence[tuple[Column, str]], ranks: bool = False) -> None:
        """Keep columns, each with what it is taken as, for `take_held`; with average ranks of numbers where no cell is
        missing.
        """
        taken = [f"{self._taken(*each)} as c{at}" for at, each in enumerate(columns)]
        self.con.execute(f"create or replace temp table held as select {', '.join(taken) or '1'} from {self._from}")
        self._ranked: set[int] = set()
        if ranks and columns:
            counts = self.con.execute(
                f"select {', '.join(f'count(*) - count(c{at})' for at in range(len(columns)))} from held"
            ).fetchone()
            self._ranked = {at for at, gone in enumerate(counts or ()) if not gone}
            told = [
                f"rank() over (order by c{at}) + (count(*) over (partition by c{at}) - 1) / 2.0::double as r{at}"
                for at in self._ranked
            ]
            self.con.execute(f"create or replace temp table held as select {', '.join(['*', *told])} from held")

    def take_held(self, x: int, y: int, *, complete: bool = True, ranks: bool = False) -> bool:
        """Make `pair(x, y)` of two columns by their places in `hold`; whether they are ranks now, if these
        were wanted.
        """
        sign = "r" if ranks and {x, y} <= self._ranked else "c"
        self.con.execute(
            f"create or replace temp view pair as select {sign}{x} as x, {sign}{y} as y from held"
            + (f" where c{x} is not null and c{y} is not null" if complete else "")
        )
        return sign == "r"

    def _taken(self, column: Column, role: str) -> str:
        """A column as number, category, date, or (missing) as something that is there or not."""
        name = self.named(column.name)
        if role == "missing":
            there = f"isfinite({name})" if column.type == "decimal" else f"{name} is not null"
            return f"case when {there} then 1 end"
        if role == "number":
            return {
                "integer": f"{name}::double",
                "decimal": f"case when isfinite({name}) then {name} end",
                "datetime": f"epoch_us({name})::double",
            }[column.type]
        return name if role == "date" else f"{name}::varchar"

    def look_at_some(self, column: Column) -> None:
        """Make `cells` from about LOOKED_AT rows only: runs of rows from row groups spread evenly over the table."""
        with opened(self.table.path) as file:
            groups = sorted({int(at) for at in np.linspace(0, file.num_row_groups - 1, LOOKED_IN)})
            some = [
                file.read_row_group(number, columns=[column.name]).slice(0, LOOKED_AT // len(groups))
                for number in groups
            ]
        self.con.register("looked_at", pa.concat_tables(some).rename_columns(["value"]))
        if self._prepared:
            self._prepared.fill(column.type, "select value, 1 from looked_at")
            return
        # not "some": DuckDB reserves it
        self.con.execute("create or replace temp view cells as select value, 1::bigint as n from looked_at")

    def step_out(self) -> None:
        """Make `steps(step, n, at)` from the moments that were taken: how far from one to the next, and how often."""
        if self._prepared:
            self._prepared.step_out(sql("steps", "datetime"))
            return
        self.con.execute(f"create or replace temp table steps as {sql('steps', 'datetime')}")

    def bound(self, low: float, high: float) -> None:
        """Set the ends between which a histogram is drawn."""
        if self._prepared:
            self._prepared.bound(low, high)
            return
        self.con.execute(
            f"create or replace temp view bounds as select {low!r}::double as low, {high!r}::double as high"
        )

    def finite(self) -> np.ndarray:
        """The finite values of a column of numbers, each as often as it comes; float64."""
        if self._prepared:
            held = self._prepared.ask(
                "held", self._kind, 'select value::double as value, n from "cells" where value is not null'
            )
            found: Any = np.repeat([row["value"] for row in held], [row["n"] for row in held])
        else:
            found = self.con.execute(
                f"select value::double as value from {self._source} where value is not null"
            ).fetchnumpy()["value"]
        values: np.ndarray = np.asarray(found)
        ends = np.isfinite(values)
        return values if ends.all() else values[ends]  # millions are copied only where some are not kept

    def beside(self, column: Column) -> dict[str, Any]:
        """The bytes of a column before compression, and whether its values never fall or never rise."""
        part = self.parts[column.name]
        return {"bytes": size(part, column.name), "monotonic": order(part, column)}

    def ask(self, expression: str, kind: str) -> list[dict[str, Any]]:
        """The rows that a facts expression gives on what was taken."""
        if self._prepared and kind != "pair":
            return self._prepared.ask(expression, kind, sql(expression, kind))
        told = self.con.execute(sql(expression, kind))
        names = [entry[0] for entry in told.description or []]
        return [dict(zip(names, row, strict=True)) for row in told.fetchall()]
