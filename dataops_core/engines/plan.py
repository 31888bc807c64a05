"""Which part of an engine does each step of a recipe, decided before anything starts."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dataops_core.errors import SettingError
from dataops_core.recipe.narrow import named_columns
from dataops_core.recipe.recipe import Recipe, RecipeContext, RecipeStep
from dataops_core.steps import EqualRows, KeyColumns, MoreRows, NewRows, Order, Pieces, Rows, RowsBelow, Step, get
from dataops_core.steps._counted import takes_counts

Engine = Literal["memory", "batches", "spark"]
ENGINES: tuple[Engine, ...] = ("memory", "batches", "spark")

_WHERE: dict[str, dict[type, str]] = {
    "memory": {},
    "batches": {
        Rows: "row by row, batch after batch",
        EqualRows: "in parts on disk, so that rows that are equal in {columns} lie together",
        NewRows: "in parts on disk, one row for each group of {columns}",
        Order: "sorted on disk by {columns}",
        KeyColumns: "in memory, {columns} alone",
        MoreRows: "on the whole table in memory",
        RowsBelow: "on the whole table in memory",
    },
    "spark": {
        Rows: "row by row, on the workers",
        EqualRows: "on the workers, where rows that are equal in {columns} lie together",
        NewRows: "on the workers, one row for each group of {columns}",
        Order: "sorted on the cluster by {columns}",
        KeyColumns: "in the memory of the driver, {columns} alone",
        MoreRows: "row by row, on the workers; new rows at the end",
        RowsBelow: "on the cluster, the other table at the end",
    },
}
_WHOLE = {"memory": "in memory", "batches": "on the whole table in memory"}
_COUNTS = {
    "memory": "in memory",
    "batches": "in memory, by values that are counted batch by batch",
    "spark": "in the memory of the driver, by values that are counted on the cluster",
}
_LEARNS = {"memory": "in memory", "batches": "in memory", "spark": "in the memory of the driver"}


@dataclass(frozen=True)
class PlannedStep:
    """One step of a recipe: where it runs, what it learns before, or why the engine cannot do it."""

    number: int
    entry: RecipeStep
    pieces: Pieces | None
    where: str
    learns: str = ""
    refused: bool = False

    def to_json(self) -> dict[str, Any]:
        """The planned step as plain JSON values."""
        plain = {"op": self.entry.op, "sentence": self.entry.sentence, "where": self.where, "refused": self.refused}
        return plain | ({"learns": self.learns} if self.learns else {})


def plan(recipe: Recipe, engine: Engine) -> tuple[PlannedStep, ...]:
    """Where each step runs on an engine; raises SettingError for a recipe whose steps or settings are wrong.

    >>> [each.where for each in plan(Recipe(steps=(RecipeStep("sort_rows", {"columns": ["age"]}),)), "spark")]
    ['sorted on the cluster by age']
    """
    found = recipe.problems()
    if found:
        raise found[0]
    planned, context = [], RecipeContext()
    for number, entry in enumerate(recipe.steps, 1):
        planned.append(
            PlannedStep(number, entry, None, "off") if entry.off else _planned(number, entry, engine, context)
        )
        context = context if entry.off else context.after(entry)
    return tuple(planned)


def check_plan(planned: Sequence[PlannedStep], engine: Engine) -> None:
    """Raises one SettingError that lists all steps that the engine cannot do."""
    refused = [each for each in planned if each.refused]
    if refused:
        raise SettingError(
            f"{len(refused)} of {len(planned)} steps cannot run on {engine}: "
            + " ".join(f'"{each.entry.sentence}" {each.where}.' for each in refused),
            ", ".join(f"step {each.number}, {each.entry.op}" for each in refused),
            "Run the recipe on one machine (--on memory), or switch these steps off.",
        )


def pieces_of(step: Step, settings: Mapping[str, Any]) -> Pieces | None:
    """In which pieces a step can be done with these complete settings; None: on the whole table only."""
    return Rows() if step.reach == "row" else step.pieces(settings)


def columns_learned_from(step: Step, settings: Mapping[str, Any], context: RecipeContext) -> tuple[str, ...]:
    """The columns that a step learns from; none: all of them.

    They are those that its settings name (see named_columns), beside the columns of the split and of the weights.
    """
    named = named_columns(step, settings)
    weighs = step.learner is not None and "weighed" in inspect.signature(step.learner).parameters
    beside = [name for name in (context.split, context.weighed if weighs else None) if name]
    return tuple(dict.fromkeys([*named, *beside])) if named is not None else ()


def counts(step: Step, settings: Mapping[str, Any]) -> bool:
    """Whether a step learns from the different values of its columns, which an engine can count where they lie."""
    return takes_counts(step.learner) and bool(settings.get("columns"))


def _planned(number: int, entry: RecipeStep, engine: Engine, context: RecipeContext) -> PlannedStep:
    step = get(entry.op)
    settings = step.check(entry.settings)
    pieces = pieces_of(step, settings)
    learns = ""
    if step.learner is not None and entry.learned is None:
        columns = columns_learned_from(step, settings, context)
        rows = f'rows where "{context.split}" is train' if context.split else "all rows"
        where = _COUNTS[engine] if counts(step, settings) else _LEARNS[engine]
        learns = f"learns first, {where}, from {', '.join(columns) or 'all columns'} of {rows}"
    if engine == "memory":
        return PlannedStep(number, entry, pieces, "in memory", learns)
    if pieces is None and engine == "spark":
        return PlannedStep(number, entry, None, "needs the whole table in one place", learns, refused=True)
    where = _WHERE[engine][type(pieces)] if pieces is not None else _WHOLE[engine]
    return PlannedStep(number, entry, pieces, where.format(columns=_spoken(pieces)), learns)


def _spoken(pieces: Pieces | None) -> str:
    if isinstance(pieces, KeyColumns):
        looked_at = [*pieces.columns, *(["which rows are copies"] if pieces.copies else [])]
        return ", ".join(looked_at) or "the places of the rows"
    columns = pieces.columns if isinstance(pieces, (EqualRows, NewRows, Order)) else ()
    return ", ".join(columns) or "all columns"
