"""The way of a table through steps: what runs on the same rows runs together, and what a step needs is made ready."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from dataops_core.engines.spark.frames import Guard, Run, Work
from dataops_core.engines.spark.table import COPY, ClusterTable
from dataops_core.models import training
from dataops_core.steps import EqualRows, KeyColumns, MoreRows, NewRows, Order, Pieces, Rows
from dataops_core.table import type_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass
class Walk:
    """The table so far, its first rows after all steps so far, and the steps that wait to run on the same rows."""

    table: ClusterTable
    shared: Path
    guard: Guard = nullcontext
    waiting: list[Run] = field(default_factory=list)
    kept: DataFrame | None = None

    def __post_init__(self) -> None:
        self.head = self.table.head

    @property
    def types(self) -> dict[str, str]:
        """The storage types of the columns after all steps so far."""
        return {str(name): type_of(self.head[name]) for name in self.head.columns}

    def take(self, pieces: Pieces, run: Run) -> None:
        """The next step, first on the first rows here, to know what comes out of it, then on all of them there."""
        if isinstance(pieces, Rows):
            self.head = run(self.head)
            self.waiting.append(run)
        elif isinstance(pieces, EqualRows):
            table = self.flushed()
            self.head = run(self.head)
            self.table = table.equal_rows(pieces, self._work([run]), self.head)
        elif isinstance(pieces, NewRows):
            table = self.held()
            self.head = run(self.head)
            self.table = table.new_rows(pieces, self._work([run]), self.head)
        elif isinstance(pieces, Order):
            table = self.flushed()
            self.head = run(self.head)
            self.table = table.ordered(pieces, self.head)
        elif isinstance(pieces, KeyColumns):
            self._by_key_columns(pieces, run)
        else:
            table = self.held()
            tried = table.probe()
            out = run(tried)
            self.head = out.iloc[: len(self.head)]  # without those of the row that was made up for the trial
            if isinstance(pieces, MoreRows):
                self.table = table.more_rows(self._work([run]), self.head)
            else:
                self.table = table.below(out.iloc[len(tried) :], self.types, self.head)

    def rows_to_learn_from(self, columns: Sequence[str], split: str | None) -> pd.DataFrame:
        """Some columns (none: all) of the rows for training, in the memory of the driver."""
        rows: pd.DataFrame = self.held().gathered(columns or tuple(self.types), split)
        return training(self.head if split and rows.empty else rows, split)  # no row for training: it says so

    def counted_rows(self, columns: Sequence[str], split: str | None = None) -> pd.DataFrame:
        """The different rows for training in some columns, with how often each comes in COUNT."""
        rows = self.held().counted(columns, split)
        if split and rows.empty:
            self.rows_to_learn_from([split], split)  # it says so
        return rows

    def flushed(self) -> ClusterTable:
        """The table with no step waiting."""
        if self.waiting:
            self.table = self.table.rows(self._work(self.waiting), self.head)
            self.waiting = []
        return self.table

    def held(self) -> ClusterTable:
        """The same, written down in the shared folder, for it is needed more than once."""
        table = self.flushed()
        if table.data is not self.kept:
            self.kept = table.kept(table.data)
            self.table = replace(table, data=self.kept)
        return self.table

    def _work(self, steps: Sequence[Run]) -> Work:
        return Work(tuple(steps), self.table.types, self.types, self.guard)

    def _by_key_columns(self, pieces: KeyColumns, run: Run) -> None:
        """Run a step here on the columns that it looks at, and join what it says to the rows there."""
        run(self.head.iloc[:0])  # what is wrong with the names of all columns
        table = self.held()
        kept = run(table.gathered(pieces.columns, copies=pieces.copies))
        new = {str(name): type_of(kept[name]) for name in kept.columns if name not in (*table.types, COPY)}
        self.table = table.keyed(kept, new)
        self.head = self.table.head
