"""A column is computed from others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from dataops_core.errors import SettingError
from dataops_core.rules.rule import Candidate, Fix, Rule, kind, quarantine_fix, setting, shown_value, suggests
from dataops_core.rules.view import SuggestView
from dataops_core.steps._conditions import Node, condition_text, parse_condition, quoted
from dataops_core.table import Column, write_table

FORMULAS = {
    "product": "{0} * {1}",
    "sum": "{0} + {1}",
    "added share": "{0} * (1 + {1})",
    "added per cent": "{0} * (1 + {1} / 100)",
    "per cent": "{0} * {1} / 100",
    "discount": "{0} * (1 - {1})",
    "discount per cent": "{0} * (1 - {1} / 100)",
}
SLIPS, LOOKED_AT = 0.03, 5_000


@kind
@dataclass(frozen=True, kw_only=True)
class Arithmetic(Rule):
    """A column is computed from others."""

    name: ClassVar[str] = "arithmetic"
    title: ClassVar[str] = "Calculation"
    about: ClassVar[str] = "A column is what a formula of others gives: net + tax, quantity * price."
    column: str = setting("Column", "column")
    formula: str = setting("Formula", "text", "For example: net + tax, or quantity * price")
    tolerance: float = setting("May differ by", "number", "How far rounding may take it off", default=0.005)

    @property
    def condition(self) -> Node:
        """The formula gives the column."""
        made = parse_condition(f"{quoted(self.column)} = {self.formula}").parts[1]
        off = Node("abs", (Node("-", (made, Node("column", (self.column,)))),))
        return Node("<=", (off, Node("value", (self.tolerance,))))

    @property
    def words(self) -> str:
        """As a sentence without its end."""
        made = parse_condition(f"{quoted(self.column)} = {self.formula}").parts[1]
        return f"{self.column} = {condition_text(made)}, to within {shown_value(self.tolerance)}"

    def problems(self) -> Iterator[str]:
        """A formula that is none."""
        if not isinstance(self.tolerance, (int, float)) or self.tolerance < 0:
            yield "The tolerance must be a number from 0."
        try:
            if parse_condition(f"{quoted(self.column)} = {self.formula}").op != "=":
                yield "The formula compares something; give what the column is equal to."
        except SettingError as error:
            yield f"The formula cannot be read. {error.what}"

    def fix(self, columns: Mapping[str, Column]) -> Fix:
        """Set the rows aside; the repairs know which cell of a row is wrong."""
        return quarantine_fix(self, f"Set aside the rows in which {self.column} is computed wrongly, or correct them")


@suggests(Arithmetic)
def suggest(view: SuggestView) -> Iterator[Candidate]:
    """Sums, products, rates and multiples that hold in nearly all rows, as the repairs find them."""
    from dataops_core.repair.encoding import encode
    from dataops_core.repair.rows.arithmetic import numbers_of, relations

    names = [c.name for c in view.named("integer", "decimal") if c.kind != "id"][:20]
    if len(names) < 2 or view.rows < 50:
        return
    with TemporaryDirectory(prefix="dataops-rules-") as folder:
        table = encode(write_table(Path(folder) / "some.parquet", [view.sample[names].iloc[:LOOKED_AT]]))
    numbers = numbers_of(table, {})
    told: set[frozenset[int]] = set()
    found = sorted(relations(numbers), key=lambda each: (each.operation != "sum", len(each.parts)))
    for each in found:
        if frozenset(each.columns) in told:  # a + b = c says c - b = a too
            continue
        told.add(frozenset(each.columns))
        parts = [quoted(names[numbers[part].place]) for part in each.parts]
        if each.operation == "multiple":
            formula = f"{each.factor!r} * {parts[0]}"
        elif each.operation == "powers":
            pairs = zip(parts, each.exponents, strict=True)
            formula = repr(each.factor) + "".join(f" {'*' if e > 0 else '/'} {part}" * abs(e) for part, e in pairs)
        elif each.operation == "sum":
            formula = " + ".join(parts)
        else:
            formula = FORMULAS[each.operation].format(*parts)
        result = numbers[each.result]
        off = float(f"{0.51 * result.unit:.3g}")
        yield Candidate(
            Arithmetic(column=names[result.place], formula=formula, tolerance=off), floor=1 - SLIPS, least_rows=50
        )
