"""The way of a table through steps: what runs on the same rows runs together, and what a step needs is made ready."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from dataops_core.engines.spark.frames import RowStep, Run, Stays
from dataops_core.engines.spark.table import COPY, ClusterTable
from dataops_core.models import training
from dataops_core.steps import EqualRows, KeyColumns, MoreRows, NewRows, Order, Pieces, Rows
from dataops_core.table import type_of


@dataclass
class Walk:
    """The table so far, its first rows after all steps so far, and the steps that wait to run on the same rows."""

    table: ClusterTable
    waiting: list[RowStep | Stays] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.head = self.table.head

    @property
    def types(self) -> dict[str, str]:
        """The storage types of the columns after all steps so far."""
        return {str(name): type_of(self.head[name]) for name in self.head.columns}

    def take(self, pieces: Pieces, run: Run, columns: Sequence[str] | None = None) -> None:
        """The next step, first on the first rows here, to know what comes out of it, then on all of them there;
        `columns`: what a step that runs row by row looks at and changes, None: whole rows.
        """
        if isinstance(pieces, Rows):
            self.head = run(self.head)
            self.waiting.append(RowStep(run, self.types, tuple(columns) if columns else None))
        elif isinstance(pieces, EqualRows):
            self._on_equal_rows(pieces, run)
        elif isinstance(pieces, NewRows):
            table = self.held()
            self.head = run(self.head)
            self.table = table.new_rows(pieces, RowStep(run, self.types), self.head)
        elif isinstance(pieces, Order):
            parts = self.table.parts  # of whole rows
            bounds = self.narrow(pieces.columns, sample=parts).bounds(pieces, parts)
            table = self.flushed()
            self.head = run(self.head)
            self.table = table.ordered(pieces, bounds, self.head)
        elif isinstance(pieces, KeyColumns):
            self._by_key_columns(pieces, run)
        else:
            table = self.held()
            tried = table.probe()
            out = run(tried)
            self.head = out.iloc[: len(self.head)]  # without those of the row that was made up for the trial
            if isinstance(pieces, MoreRows):
                self.table = table.more_rows(RowStep(run, self.types), self.head)
            else:
                self.table = table.below(out.iloc[len(tried) :], self.types, self.head)

    def rows_to_learn_from(self, columns: Sequence[str], split: str | None) -> pd.DataFrame:
        """Some columns (none: all) of the rows for training, in the memory of the driver."""
        columns = columns or tuple(self.types)
        rows: pd.DataFrame = self.to_learn_from(columns, split).gathered(columns, split)
        return training(self.head if split and rows.empty else rows, split)  # no row for training: it says so

    def counted_rows(self, columns: Sequence[str], split: str | None = None) -> pd.DataFrame:
        """The different rows for training in some columns, with how often each comes in COUNT."""
        rows = self.to_learn_from(columns, split).counted(columns, split)
        if split and rows.empty:
            self.rows_to_learn_from([split], split)  # it says so
        return rows

    def to_learn_from(self, columns: Sequence[str], split: str | None) -> ClusterTable:
        """The table of some columns and the one that says which rows are for training."""
        return self.narrow(list(dict.fromkeys([*columns, *([split] if split else [])])))

    def narrow(self, columns: Sequence[str], *, sample: int | None = None) -> ClusterTable:
        """The table of some columns alone, after all steps so far; no others are read for it, and no steps run but
        those on which these columns depend; `sample`: on some of the
        rows alone, enough to say where so many parts begin.
        """
        if not self._is_narrow():
            self.held()
        needed, steps = list(columns), list[RowStep | Stays]()
        for step in reversed(self.waiting):
            looked_at = () if isinstance(step, Stays) else step.columns or ()
            if isinstance(step, Stays) or set(looked_at) & set(needed):
                steps.insert(0, step)
                needed += [name for name in looked_at if name not in needed]
        table, types = self.table.only(needed), {name: self.types[name] for name in needed}
        table = (table.sampled(sample) if sample else table).rows(steps, types, self.head[needed])
        return table if needed == list(columns) else table.only(columns)

    def flushed(self) -> ClusterTable:
        """The table with no step waiting."""
        self.table = self.table.rows(self.waiting, self.types, self.head)
        self.waiting = []
        return self.table

    def held(self) -> ClusterTable:
        """The same, written down in the shared folder, for it is needed more than once."""
        table = self.flushed()
        if table.made is not None:
            self.table = table.kept()
        return self.table

    def _is_narrow(self) -> bool:
        return self.table.made is None and all(isinstance(step, Stays) or step.columns for step in self.waiting)

    def _on_equal_rows(self, pieces: EqualRows, run: Run) -> None:
        """Run a step on rows that lie together; of one that only drops rows by some columns, no others move."""
        if pieces.only_drops and pieces.columns and self.table.dense and self._is_narrow():
            stays = self.narrow(pieces.columns).staying(pieces.columns, run)
            self.head = run(self.head)
            self.waiting.append(stays)
        else:
            table = self.flushed()
            self.head = run(self.head)
            self.table = table.equal_rows(pieces, RowStep(run, self.types), self.head)

    def _by_key_columns(self, pieces: KeyColumns, run: Run) -> None:
        """Run a step here on the columns that it looks at, and join what it says to the rows there."""
        run(self.head.iloc[:0])  # what is wrong with the names of all columns
        table = self.held()
        looked_at = table if pieces.copies else table.only(pieces.columns)
        kept = run(looked_at.gathered(pieces.columns, copies=pieces.copies))
        new = {str(name): type_of(kept[name]) for name in kept.columns if name not in (*table.types, COPY)}
        self.table = table.keyed(kept, new)
        self.head = self.table.head
