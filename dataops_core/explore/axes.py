"""A column as an axis of a chart: its bins, or its most frequent values with all the others together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dataops_core.facts import Engine
from dataops_core.facts.bins import whole_edges
from dataops_core.table import Column

OTHERS = "(others)"
MISSING = "(missing)"
UNITS = (("day", 86_400), ("week", 604_800), ("month", 2_629_800), ("quarter", 7_889_400), ("year", 31_557_600))
STEPS = 200  # on an axis of time


@dataclass(frozen=True)
class Axis:
    """A column as the engine calls it; `values` are those that are told apart, as text."""

    engine: Engine
    name: str
    type: str
    sort: str
    column: str
    values: tuple[str, ...] = ()

    @property
    def present(self) -> str:
        """The condition that a row has a value: missing categories are a value of their own."""
        finite = f" and not isnan({self.column}) and not isinf({self.column})" if self.type == "decimal" else ""
        return "true" if self.sort == "c" else f"({self.column} is not null{finite})"

    @property
    def number(self) -> str:
        """The value as a number; dates in seconds."""
        return f"epoch({self.column})" if self.type == "datetime" else f"{self.column}::double"

    @property
    def text(self) -> str:
        """The value as text."""
        return f"coalesce({self.column}::varchar, '{MISSING}')"

    @property
    def label(self) -> str:
        """The value as text where it is told apart, else the name of all the others."""
        kept = ", ".join("'" + value.replace("'", "''") + "'" for value in self.values)
        return f"(case when {self.text} in ({kept}) then {self.text} else '{OTHERS}' end)" if kept else "null"

    @property
    def whole(self) -> bool:
        """Whether its values are whole numbers."""
        return self.type == "integer"

    def top(self, most: int) -> Axis:
        """The same with its most frequent values, and "others" where there are more."""
        told = self.engine.con.execute(
            f"select {self.text} as v, count(*) as n from {self.engine.rows} group by 1 order by n desc, v"
            f" limit {most + 1}"
        ).fetchall()
        values = tuple(row[0] for row in told[:most])
        return replace(self, values=(*values, OTHERS) if len(told) > most else values)

    def edges(self, most: int) -> list[float]:
        """The edges of up to `most` bins from the least to the greatest value."""
        low, high = self.engine.con.execute(
            f"select min({self.number}), max({self.number}) from {self.engine.rows} where {self.present}"
        ).fetchall()[0]
        if low is None:
            return [0.0, 1.0]
        if self.whole:
            return whole_edges(int(low), int(high), most)
        if low == high:
            return [low - 0.5, high + 0.5]
        return [float(each) for each in np.linspace(low, high, most + 1)]

    def bin(self, edges: Sequence[float]) -> str:
        """The place of the bin that a value lies in, from 0."""
        width = edges[1] - edges[0]
        return f"least({len(edges) - 2}, greatest(0, floor(({self.number} - {edges[0]!r}) / {width!r})))::int"

    def shown(self, numbers: Iterable[float]) -> list[Any]:
        """Numbers as a chart has them: dates as ISO 8601 text."""
        if self.type != "datetime":
            return [float(each) for each in numbers]
        start = dt.datetime(1970, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
        return [(start + dt.timedelta(seconds=float(each))).isoformat(timespec="seconds") for each in numbers]

    def unit(self) -> str:
        """The shortest unit of time that makes at most STEPS steps from first to last."""
        low, high = self.edges(1)[0], self.edges(1)[-1]
        return next((unit for unit, seconds in UNITS if (high - low) / seconds <= STEPS), "year")


def axis_of(engine: Engine, column: Column, sort: str, most: int | None = None) -> Axis:
    """A column as an axis; with `most`, so many values are told apart."""
    axis = Axis(engine, column.name, column.type, sort, engine.named(column.name))
    return axis.top(most) if most else axis
