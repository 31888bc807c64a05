"""Texts have a number of characters between two limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from dataops_core.rules.kinds.pattern import FEWEST
from dataops_core.rules.margins import upper_limit
from dataops_core.rules.patterns import learn_pattern
from dataops_core.rules.rule import Candidate, Fix, Rule, kind, quarantine_fix, setting, suggests
from dataops_core.rules.view import SuggestView
from dataops_core.steps._conditions import Node
from dataops_core.table import Column


@kind
@dataclass(frozen=True, kw_only=True)
class Length(Rule):
    """Texts have a number of characters between two limits."""

    name: ClassVar[str] = "length"
    title: ClassVar[str] = "Length"
    about: ClassVar[str] = "The number of characters of every text lies between the limits, which belong to it."
    column: str = setting("Column", "column")
    min: int | None = setting("At least", "whole", "Characters", default=None)
    max: int | None = setting("At most", "whole", "Characters", default=None)

    @property
    def condition(self) -> Node:
        """The length is within the limits."""
        size = Node("length", (Node("column", (self.column,)),))
        low, high = Node(">=", (size, Node("value", (self.min,)))), Node("<=", (size, Node("value", (self.max,))))
        return high if self.min is None else low if self.max is None else Node("and", (low, high))

    @property
    def words(self) -> str:
        """As a sentence without its end."""
        if self.min is None:
            return f"{self.column} has at most {self.max:,} characters"
        if self.max is None:
            return f"{self.column} has at least {self.min:,} characters"
        if self.min == self.max:
            return f"{self.column} has exactly {self.min:,} characters"
        return f"{self.column} has {self.min:,} to {self.max:,} characters"

    def problems(self) -> Iterator[str]:
        """Limits that are not there, or contradict each other."""
        if self.min is None and self.max is None:
            yield "A length needs a limit."
        if self.min is not None and self.max is not None and self.min > self.max:
            yield "The lower limit is above the upper one."

    def fix(self, columns: Mapping[str, Column]) -> Fix:
        """Set the rows aside."""
        return quarantine_fix(self, f"Set aside the rows whose {self.column} is too short or too long")


@suggests(Length)
def suggest(view: SuggestView) -> Iterator[Candidate]:
    """Limits of free text; codes and closed lists need none."""
    for column in view.named("text"):
        facts = view.facts[column.name]
        if view.present(column.name) < 4 * FEWEST or view.distinct(column.name) < 100:
            continue
        texts = [str(text) for text in view.sample[column.name].dropna()]
        if learn_pattern(list(dict.fromkeys(texts))[:5_000]) is not None:
            continue
        sizes = np.array([len(text) for text in texts], dtype=float)
        high = upper_limit(sizes)
        if high is not None:
            most = max(int(np.ceil(high)), int(facts.get("longest") or 0))
            yield Candidate(Length(column=column.name, min=1, max=int(np.ceil(1.2 * most + 1)), severity="warn"))
