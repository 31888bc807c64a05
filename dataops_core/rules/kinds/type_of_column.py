"""Every cell can be read as what the column holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from dataops_core.rules.rule import Candidate, Fix, Rule, kind, setting, suggests
from dataops_core.rules.view import SuggestView
from dataops_core.steps._condition_rows import moment_of, number_of
from dataops_core.steps._conditions import TYPES, Node
from dataops_core.table import Column

MEANT = {"integer": "whole number", "decimal": "number", "datetime": "date", "boolean": "boolean"}
STEPS = {"whole number": "parse_numbers", "number": "parse_numbers", "date": "parse_dates", "boolean": "set_kind"}


@kind
@dataclass(frozen=True, kw_only=True)
class Type(Rule):
    """Every cell can be read as what the column holds."""

    name: ClassVar[str] = "type"
    title: ClassVar[str] = "Type"
    about: ClassVar[str] = "Every cell can be read as a number, a whole number, a date or a boolean."
    column: str = setting("Column", "column")
    type: str = setting("Holds", f"choice:{'|'.join(TYPES)}")

    @property
    def condition(self) -> Node:
        """The cell is of the type."""
        return Node("is a", (Node("column", (self.column,)), self.type))

    @property
    def words(self) -> str:
        """As a sentence without its end."""
        return f"{self.column} holds {'yes or no' if self.type == 'boolean' else self.type + 's'} only"

    def fix(self, columns: Mapping[str, Column]) -> Fix:
        """Parse the column again; cells that cannot be read become missing."""
        op = STEPS[self.type]
        if columns[self.column].type != "text":
            return super().fix(columns)
        settings = {"columns": [self.column]} | ({"kind": "boolean"} if op == "set_kind" else {})
        return Fix(f"Read {self.column} as {self.type}s; cells that cannot be read become missing", op, settings)


@suggests(Type)
def suggest(view: SuggestView) -> Iterator[Candidate]:
    """The storage type of a column, and numbers and dates that are written as text."""
    for column in view.named():
        if view.present(column.name) < 20:
            continue
        if column.type in MEANT:
            yield Candidate(Type(column=column.name, type=MEANT[column.type]))
        elif not view.is_code(column.name) and (found := _meant(view, column.name)) is not None:
            yield Candidate(Type(column=column.name, type=found), floor=0.9)


def _meant(view: SuggestView, name: str) -> str | None:
    """What nearly all texts of a column can be read as; codes with leading zeros are no numbers."""
    texts = [str(text) for text in view.sample[name].dropna().drop_duplicates()[:400]]
    if not texts or any(re.match(r"\s*0[0-9]", text) for text in texts):
        return None
    numbers = [number_of(text) for text in texts]
    known = [each for each in numbers if each == each]  # noqa: PLR0124 - not a number
    if len(known) >= 0.9 * len(texts):
        return "whole number" if all(each == int(each) for each in known if abs(each) < 1e15) else "number"
    dates = sum(str(moment_of(text)) != "NaT" for text in texts)
    return "date" if dates >= 0.9 * len(texts) else None
