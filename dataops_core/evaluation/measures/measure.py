"""What a measure is: its function, what it is called, which way is better, and which difference matters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from dataops_core.registry import LAST, insert

Task = Literal["classes", "number"]
Verdict = Literal["better", "worse", "no clear difference"]


@dataclass(frozen=True)
class Measure:
    """A measure of a task: its title, whether more is better, the least difference that matters, and what it says."""

    key: str
    title: str
    task: Task
    higher_is_better: bool
    least: float
    says: str
    # classes: of chances (rows, classes), decided and true codes (rows,), and the code of the rare class;
    # number: of predicted and true values (rows,)
    of: Callable[..., float]
    question: str = ""  # that it answers beside others of its kind where a class is rare; none: it misleads there
    order: int = LAST

    def verdict(self, mean: float, low: float, high: float, unit: float = 1.0) -> Verdict:
        """Whether a difference is better, worse, or not clear: its interval leaves nought out, and it is large enough
        to matter. `unit` is what one stands for where the measure has the target's unit.
        """
        if low <= 0 <= high or abs(mean) < self.least * unit:
            return "no clear difference"
        return "better" if (mean > 0) == self.higher_is_better else "worse"

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, without the key."""
        return {name: getattr(self, name) for name in ("title", "higher_is_better", "least", "says")}


CLASSES: dict[str, Measure] = {}
NUMBERS: dict[str, Measure] = {}


def offer(measure: Measure) -> None:
    """Make a measure known."""
    insert(CLASSES if measure.task == "classes" else NUMBERS, measure)
