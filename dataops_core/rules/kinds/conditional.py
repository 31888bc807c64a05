"""If one condition is met, so is another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dataops_core.errors import SettingError
from dataops_core.rules.rule import Candidate, Fix, Rule, kind, quarantine_fix, setting, suggests
from dataops_core.rules.view import SuggestView
from dataops_core.steps._conditions import Node, condition_text, parse_condition
from dataops_core.table import Column

FEWEST = 400  # rows of the sample in which the first condition is met
EXPECTED = 60  # exceptions that chance would make there
EXCEPTIONS = 0.002
MOST_VALUES, MOST = 12, 20


@kind
@dataclass(frozen=True, kw_only=True)
class Conditional(Rule):
    """If one condition is met, so is another."""

    name: ClassVar[str] = "conditional"
    title: ClassVar[str] = "If … then …"
    about: ClassVar[str] = "In rows that meet the first condition, the second one holds too."
    when: str = setting("If", "condition", "For example: status = 'closed'")
    then: str = setting("Then", "condition", "For example: closed_on is not missing")

    @property
    def condition(self) -> Node:
        """If the first, then the second."""
        return Node("if", (parse_condition(self.when), parse_condition(self.then)))

    @property
    def given(self) -> Node:
        """It speaks of the rows that meet the first condition."""
        return parse_condition(self.when)

    @property
    def words(self) -> str:
        """As a sentence without its end."""
        return f"If {condition_text(parse_condition(self.when))}, then {condition_text(parse_condition(self.then))}"

    @property
    def key(self) -> str:
        """The kind and what it says: a pair of columns can have several."""
        return f"conditional:{self.words}"

    def problems(self) -> Iterator[str]:
        """Conditions that cannot be read."""
        for text in (self.when, self.then):
            try:
                if parse_condition(text).op in ("unique", "follows"):
                    yield "Unique and follows look at all rows; make a rule of its own of it."
            except SettingError as error:
                yield error.what

    def fix(self, columns: Mapping[str, Column]) -> Fix:
        """Set the rows aside."""
        return quarantine_fix(self, "Set aside the rows that contradict it, or correct them")


@suggests(Conditional)
def suggest(view: SuggestView) -> Iterator[Candidate]:
    """A value of one column that goes with one value of another, or with a gap there, in all rows but a few."""
    columns = [
        column.name
        for column in view.named("text", "boolean", "integer")
        if 2 <= view.distinct(column.name) <= MOST_VALUES and view.tally(column.name)
    ]
    gaps = [
        column.name
        for column in view.named()
        if 0.01 * view.rows < view.rows - view.present(column.name) < 0.99 * view.rows
    ]
    found: list[tuple[float, Candidate]] = []
    for when in columns:
        codes, values = view.codes[when], _values(view, when)
        for code, value in enumerate(values):
            rows = codes == code
            if rows.sum() < min(FEWEST, 0.5 * len(codes)) or rows.sum() < 50:
                continue
            condition = condition_text(Node("=", (Node("column", (when,)), Node("value", (value,)))))
            for then, gain in _consequences(view, when, rows, columns, gaps):
                made = Conditional(when=condition, then=then, severity="warn")
                found.append((gain, Candidate(made, floor=1 - EXCEPTIONS, least_rows=50)))
    for _, candidate in sorted(found, key=lambda pair: -pair[0])[:MOST]:
        yield candidate


def _values(view: SuggestView, name: str) -> list[Any]:
    """The value of each code of the sample, as it stands in a condition."""
    cells = view.sample[name]
    first = {int(code): place for place, code in reversed(list(enumerate(view.codes[name].tolist()))) if code >= 0}
    raw = [cells.iloc[first[code]] for code in sorted(first)]
    kind_of_column = view.table.column(name).type
    return [
        bool(each) if kind_of_column == "boolean" else int(each) if kind_of_column == "integer" else str(each)
        for each in raw
    ]


def _consequences(
    view: SuggestView, when: str, rows: np.ndarray, columns: list[str], gaps: list[str]
) -> Iterator[tuple[str, float]]:
    """What holds in these rows of the sample and not elsewhere, and how many exceptions chance would make."""
    size = int(rows.sum())
    for name in gaps:
        if name == when:
            continue
        missing = view.codes[name] < 0
        inside, overall = float(missing[rows].mean()), float(missing.mean())
        for state, share, usual in (("missing", inside, overall), ("not missing", 1 - inside, 1 - overall)):
            expected = size * (1 - usual)
            if share >= 1 - EXCEPTIONS and expected >= EXPECTED:
                cell = condition_text(Node("column", (name,)))
                yield f"{cell} is {state}", expected
    for name in columns:
        if name == when:
            continue
        codes = view.codes[name]
        here = codes[rows]
        here = here[here >= 0]
        if len(here) < min(FEWEST, 0.5 * len(codes)) or len(here) < 50:
            continue
        counts = np.bincount(here)
        top = int(counts.argmax())
        overall = float((codes == top).sum() / max(1, (codes >= 0).sum()))
        expected = len(here) * (1 - overall)
        decided = _decides(view.codes[when], codes)
        if counts[top] >= (1 - EXCEPTIONS) * len(here) and expected >= EXPECTED and not decided:
            value = _values(view, name)[top]
            yield condition_text(Node("=", (Node("column", (name,)), Node("value", (value,))))), expected


def _decides(given: np.ndarray, told: np.ndarray) -> bool:
    """Whether one column decides the other altogether: a dependency says so already."""
    both = (given >= 0) & (told >= 0)
    if not both.any():
        return False
    pairs, counts = np.unique(given[both] * (int(told.max()) + 1) + told[both], return_counts=True)
    most = np.zeros(int(given.max()) + 1, dtype=np.int64)
    np.maximum.at(most, pairs // (int(told.max()) + 1), counts)
    return bool(most.sum() >= 0.999 * both.sum())
