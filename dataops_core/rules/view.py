"""The table as those look at it who suggest rules: facts, some rows, whole columns, and counts by the engine."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from dataops_core.checks.column_view import words_of
from dataops_core.checks.number_forms import CODE_NAMES
from dataops_core.facts import Engine
from dataops_core.table import Column, Table, opened
from dataops_core.table.kinds import ID_NAME

SAMPLE = 20_000
MOST_VALUES = 1_000


class SuggestView:
    """A table that rules are suggested for; nothing is read before it is asked for."""

    def __init__(
        self,
        engine: Engine,
        facts: Mapping[str, Mapping[str, Any]],
        today: str | None = None,
        tables: Mapping[str, Table] = MappingProxyType({}),
        reference: Table | None = None,
    ) -> None:
        self.engine, self.facts, self.today, self.tables, self.reference = engine, facts, today, tables, reference
        self.table = engine.table
        self.rows = self.table.rows
        self._tallies: dict[str, dict[Any, int]] = {}
        self.closed: set[str] = set()  # columns for which a list of values was found

    def named(self, *types: str) -> list[Column]:
        """The columns of these storage types that could be counted and hold something."""
        return [
            column
            for column in self.table.columns
            if (not types or column.type in types)
            and "failed" not in self.facts[column.name]
            and self.present(column.name)
        ]

    def present(self, name: str) -> int:
        """How many cells hold something."""
        return self.rows - int(self.facts[name]["missing"] or 0)

    def distinct(self, name: str) -> int:
        """How many different values a column has."""
        return int(self.facts[name]["distinct"] or 0)

    def is_key(self, name: str) -> bool:
        """Whether a column names rows: each value once, by name or because chance could not have it so."""
        facts, column = self.facts[name], self.table.column(name)
        present = self.present(name)
        if present < 20 or self.distinct(name) != present or facts.get("distinct_error"):
            return False
        if column.kind == "id" or ID_NAME.search(name):
            return column.type in ("text", "integer")
        if column.type == "integer" and facts.get("min") is not None:
            return present**2 / (2.0 * (facts["max"] - facts["min"] + 1)) > 20
        return False

    def is_running(self, name: str) -> bool:
        """Whether a column counts rows or time: its values go on in the next file."""
        return self.is_key(name) or bool(
            self.facts[name].get("monotonic") and self.distinct(name) > 0.5 * self.present(name)
        )

    def is_code(self, name: str) -> bool:
        """Whether whole numbers are names of things, of which the next file may have others: no amounts."""
        column = self.table.column(name)
        named = column.kind == "id" or bool(words_of(name) & CODE_NAMES)
        return named or name in self.closed

    @functools.cached_property
    def sample(self) -> pd.DataFrame:
        """Up to SAMPLE rows, in runs from row groups that are spread evenly over the table."""
        if self.rows <= SAMPLE:
            return self.table.frame()
        with opened(self.table.path) as file:
            groups = sorted({int(at) for at in np.linspace(0, file.num_row_groups - 1, 20)})
        starts = [at * 10_000 for at in groups]
        parts = [self.table.page(start, SAMPLE // len(groups)) for start in starts]
        return pd.concat([part for part in parts if len(part)])

    def numbers(self, name: str) -> np.ndarray:
        """The finite numbers (or moments, in microseconds) of a whole column, missing ones left out."""
        with opened(self.table.path) as file:
            cells = file.read([name]).column(0)
        if pa.types.is_timestamp(cells.type):
            cells = cells.cast(pa.int64())
        values = cells.drop_null().to_numpy().astype(np.float64)
        return np.asarray(values[np.isfinite(values)])

    def tally(self, name: str) -> dict[Any, int]:
        """Rows by value of a column with at most MOST_VALUES values, most frequent first; empty for others."""
        if name not in self._tallies:
            found: dict[Any, int] = {}
            if 0 < self.distinct(name) <= MOST_VALUES:
                cell = self.engine.named(name)
                told = self.engine.con.execute(
                    f"select {cell} as value, count(*) as n from {self.engine.rows} where {cell} is not null"
                    " group by 1 order by 2 desc, 1"
                ).fetchall()
                found = {value: int(n) for value, n in told if value == value}  # noqa: PLR0124 - not a number
            self._tallies[name] = found
        return self._tallies[name]

    @functools.cached_property
    def collision(self) -> dict[str, float]:
        """By column: the chance that two rows hold the same value (in the sample)."""
        made = {}
        for name in self.sample.columns:
            counts = self.sample[name].value_counts().to_numpy(dtype=float)
            total = counts.sum()
            made[str(name)] = float((counts * (counts - 1)).sum() / (total * (total - 1))) if total > 1 else 1.0
        return made

    @functools.cached_property
    def codes(self) -> dict[str, np.ndarray]:
        """The sample as whole numbers by column, equal where cells are; -1 where missing."""
        return {str(name): pd.factorize(self.sample[name])[0] for name in self.sample.columns}
