"""What a signal of privacy is: how it is counted, what it is called, what it means, and how it is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from dataops_core.registry import LAST, insert
from dataops_core.synthetic.evaluate.align_columns import Aligned
from dataops_core.synthetic.evaluate.signals import Signal

FEW = 100  # rows below which nothing can be told from chance
NO_HOLDOUT = "every real row may have been learned from; a holdout that nobody learned from would tell"
NO_COLUMN = "no column can be compared"
Made = TypeVar("Made")


@dataclass(frozen=True)
class Sides:
    """The rows that are compared: all of them, and one of each person; in an order drawn by the seed."""

    found: Aligned  # copies are counted in all rows
    alone: Aligned  # what is weighed against chance row by row is weighed by one row of each person
    target: str | None
    seed: int
    _known: dict[Any, Any] = field(default_factory=dict)

    def once(self, compute: Callable[[Sides], Made]) -> Made:
        """What several measures take, computed once."""
        if compute not in self._known:
            self._known[compute] = compute(self)
        return self._known[compute]

    @property
    def numbers(self) -> list[str]:
        """The columns of amounts and dates."""
        return self.found.named("number", "date")

    @property
    def categories(self) -> list[str]:
        """The columns of categories."""
        return self.found.named("category")

    @property
    def verbatim(self) -> list[str]:
        """The columns of identifiers and free text."""
        return self.found.named("id", "text")


@dataclass(frozen=True, kw_only=True)
class PrivacyMeasure:
    """A signal. `says` is its sentence: {value} as it is, {share} in percent, {number} as people read it, {expected}
    in percent, {usual} what fresh rows would show, {of}, {column}.
    """

    key: str
    title: str
    term: str  # in statistics
    means: str  # why it matters
    says: str
    of: Callable[[Sides], Signal]
    share: bool = False  # its value is a share
    order: int = LAST

    def words(self, told: Signal) -> str:
        """The signal in words."""
        if told.value is None:
            return f"Not measured: {told.why}."
        expected = told.expected
        usual = "" if expected is None else f"; a fresh sample of real rows would show about {_number(expected)}"
        return self.says.format(
            value=told.value,
            share=_share(told.value),
            number=_number(told.value),
            expected=_share(expected),
            usual=usual,
            of=told.of or 0,
            column=told.column,
        )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _share(value: float | None) -> str:
    return "none" if value is None else f"{value:.1%}"


MEASURES: dict[str, PrivacyMeasure] = {}


def offer(*measures: PrivacyMeasure) -> None:
    """Make measures known."""
    for each in measures:
        insert(MEASURES, each)
