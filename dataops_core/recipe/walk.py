"""The one way through a recipe: step after step, on a table, a frame, a cluster or the states of a store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from dataops_core.errors import Skip
from dataops_core.recipe.recipe import Recipe, RecipeContext, RecipeStep
from dataops_core.table import Difference

State = TypeVar("State")


@dataclass(frozen=True)
class Outcome:
    """What became of one step: done, skipped, failed or off; with what it changed and learned."""

    op: str
    sentence: str
    status: str
    reason: str = ""
    learned: Mapping[str, Any] | None = None
    difference: Difference | None = None

    def to_json(self) -> dict[str, Any]:
        """The outcome as plain JSON values, without row samples."""
        plain: dict[str, Any] = {"op": self.op, "sentence": self.sentence, "status": self.status}
        if self.reason:
            plain["reason"] = self.reason
        if self.difference:
            d = self.difference
            plain |= {
                "rows_before": d.rows_before,
                "rows_after": d.rows_after,
                "rows_dropped": d.rows_dropped,
                "rows_added": d.rows_added,
                "cells_changed": sum(d.cells_changed.values()),
                "cells_changed_by_column": d.cells_changed,
                "cells_emptied_by_column": d.cells_emptied,
                "columns_added": list(d.columns_added),
                "columns_removed": list(d.columns_removed),
                "columns_renamed": d.columns_renamed,
            }
        return plain


@dataclass(frozen=True)
class Walked(Generic[State]):
    """One step of a way: the step as it was done, the states before and after it, and what became of it."""

    entry: RecipeStep
    before: State
    after: State
    outcome: Outcome


Do = Callable[[int, RecipeStep, State, RecipeContext], tuple[RecipeStep, State, Outcome]]


def walk(
    recipe: Recipe, start: State, do: Do[State], *, on_failure: Literal["stop", "continue"]
) -> Iterator[Walked[State]]:
    """Go through the steps of a recipe from a state on.

    `do` does one step: it is given its place from 0, the step, the state, and what the steps done before have settled;
    it answers the step as it was done, the state after it, and the outcome. Steps that are off are passed by. A step
    that raises Skip, or whose outcome is not "done", leaves the state as it was; after one that failed, the way ends or
    goes on. Errors that `do` raises are raised here.
    """
    here, settled = start, RecipeContext()
    for place, entry in enumerate(recipe.steps):
        if entry.off:
            yield Walked(entry, here, here, Outcome(entry.op, entry.sentence, "off"))
            continue
        try:
            done, after, outcome = do(place, entry, here, settled)
        except Skip as reason:
            done, after, outcome = entry, here, Outcome(entry.op, entry.sentence, "skipped", str(reason))
        if outcome.status == "done":
            settled = settled.after(done)
        else:
            after = here
        yield Walked(done, here, after, outcome)
        here = after
        if outcome.status == "failed" and on_failure == "stop":
            return


def settled_by(steps: Iterable[tuple[RecipeStep, Outcome]]) -> RecipeContext:
    """What the steps that were done have settled."""
    settled = RecipeContext()
    for entry, outcome in steps:
        settled = settled.after(entry) if outcome.status == "done" else settled
    return settled
