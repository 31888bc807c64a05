"""A column is spread as in a reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dataops_core.compare.measure import CHANCE, psi
from dataops_core.facts import Engine
from dataops_core.rules.rule import Candidate, Fix, Measured, Rule, kind, setting, suggests
from dataops_core.rules.sql import Compiler, Sql, as_number, as_text, quoted
from dataops_core.rules.view import SuggestView
from dataops_core.table import Column

BINS, MOST_VALUES, FEWEST = 10, 40, 200
OTHER = "all other values"


@kind
@dataclass(frozen=True, kw_only=True)
class Distribution(Rule):
    """A column is spread as in a reference."""

    name: ClassVar[str] = "distribution"
    title: ClassVar[str] = "Distribution"
    about: ClassVar[str] = "The values of a column are spread as in a reference, by the population stability index."
    column: str = setting("Column", "column")
    reference: Mapping[str, Any] = setting("Reference", "plain", "Counts by value, or by bin with its upper edges")
    limit: float = setting("Largest index", "number", "Up to 0.1 is no change, from 0.25 on a large one", default=0.25)

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    @property
    def words(self) -> str:
        """As a sentence without its end."""
        rows = sum(self.reference["counts"])
        return f"{self.column} is spread as in the reference of {rows:,} rows (index at most {self.limit:g})"

    def problems(self) -> Iterator[str]:
        """A reference without counts."""
        counts, labels = self.reference.get("counts"), self.reference.get("values", self.reference.get("edges"))
        if not isinstance(counts, list) or not isinstance(labels, list) or not all(isinstance(n, int) for n in counts):
            yield "A reference needs counts, and values or edges."
        elif len(counts) != len(labels) + 1:
            yield "A reference needs one count more than it has values or edges."

    def fix(self, columns: Mapping[str, Column]) -> Fix:
        """No row is to blame; the page Compare shows where they differ."""
        return Fix("Compare the two tables: no single row is to blame", page="compare")

    def measure(self, engine: Engine, today: str | None) -> Measured:
        """The population stability index against the reference, and whether chance could make it."""
        from scipy.stats import chi2

        compiler = Compiler({column.name: column.type for column in engine.table.columns}, engine.named)
        counts = counted(engine, compiler.column(self.column), self.reference)
        ones, others = np.array(self.reference["counts"]), counts
        there = (ones + others) > 0
        ones, others = ones[there], others[there]
        if others.sum() < 30:
            return Measured(None, "There are too few rows to tell.")
        value = psi(ones, others)
        noise = (1 / ones.sum() + 1 / others.sum()) * float(chi2.isf(CHANCE, max(1, len(ones) - 1)))
        told = f"The population stability index is {value:.3f}; chance alone makes up to {noise:.3f}."
        return Measured(bool(value <= self.limit or value <= noise), told)


def counted(engine: Engine, cells: Sql, reference: Mapping[str, Any]) -> np.ndarray:
    """How many rows lie in each bin or hold each value of a reference; all others last."""
    if "edges" in reference:
        number = f"epoch_us({cells.text})::double" if cells.kind == "date" else as_number(cells)
        edges = ", ".join(f"{float(edge)!r}::double" for edge in reference["edges"])
        asked = f"list_sum(list_transform([{edges}], lambda edge: (v > edge)::int))" if edges else "0"
        size = len(reference["edges"]) + 1
        source = f"(select {number} as v from {engine.rows})"
        told = engine.con.execute(f"select {asked}, count(*) from {source} where isfinite(v) group by 1").fetchall()
    else:
        places = " ".join(f"when {quoted(str(value))} then {at}" for at, value in enumerate(reference["values"]))
        size = len(reference["values"]) + 1
        place = f"case v {places} else {size - 1} end" if places else "0"
        source = f"(select {as_text(cells)} as v from {engine.rows})"
        told = engine.con.execute(f"select {place}, count(*) from {source} where v is not null group by 1").fetchall()
    counts = np.zeros(size, dtype=np.int64)
    for at, n in told:
        counts[int(at)] += int(n)
    return counts


@suggests(Distribution)
def suggest(view: SuggestView) -> Iterator[Candidate]:
    """The columns that the reference table has too, as they are spread there."""
    if view.reference is None:
        return
    theirs = {column.name: column for column in view.reference.columns}
    with Engine(view.reference) as engine:
        compiler = Compiler({name: column.type for name, column in theirs.items()}, engine.named)
        for column in view.named():
            other = theirs.get(column.name)
            if (
                other is None
                or other.type != column.type
                or column.kind in ("id", "text")
                or view.is_running(column.name)
            ):
                continue
            cells = compiler.column(column.name)
            reference: dict[str, Any]
            if column.type in ("integer", "decimal", "datetime") and view.distinct(column.name) > MOST_VALUES:
                reference = {"edges": _edges(engine, cells)}
            else:
                told = engine.con.execute(
                    f"select {as_text(cells)} as v, count(*) as n from {engine.rows} where v is not null group by 1"
                    f" order by n desc, v limit {MOST_VALUES}"
                ).fetchall()
                reference = {"values": [str(value) for value, _ in told]}
            reference["counts"] = counted(engine, cells, reference).tolist()
            if sum(reference["counts"]) >= FEWEST:
                yield Candidate(Distribution(column=column.name, reference=reference, severity="warn"))


def _edges(engine: Engine, cells: Sql) -> list[float]:
    """The deciles of a column."""
    number = f"epoch_us({cells.text})::double" if cells.kind == "date" else f"({cells.text})::double"
    at = ", ".join(str(place / BINS) for place in range(1, BINS))
    asked = f"select quantile_disc(v, [{at}]) from (select {number} as v from {engine.rows}) where isfinite(v)"
    row: Any = engine.con.execute(asked).fetchone()
    return sorted({float(edge) for edge in row[0] or ()})
