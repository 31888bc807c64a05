"""A recipe on frames in memory: fitted on some rows and applied to others, as cross-validation asks for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dataops_core.errors import SettingError, Skip
from dataops_core.models import training
from dataops_core.recipe.call import call
from dataops_core.recipe.recipe import Recipe, RecipeContext, RecipeStep
from dataops_core.recipe.replay import Tables, engine_values, no_tables, other_table, split_column
from dataops_core.recipe.walk import Outcome, settled_by, walk
from dataops_core.steps import Step, get
from dataops_core.table import Column, guess_kind, tidy, type_of


@dataclass(frozen=True)
class FittedStep:
    """One step with its complete settings, what it learned, and what the engine gives it; `skipped` says why it does
    nothing.
    """

    step: Step
    settings: Mapping[str, Any]
    skipped: str = ""


@dataclass(frozen=True)
class FittedRecipe:
    """A recipe that has learned from some rows; `context` has the columns of the split and of the weights."""

    steps: tuple[FittedStep, ...]
    context: RecipeContext
    added: tuple[str, ...]  # columns by which steps mark rows that they added

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, from which `from_json` makes it again; raises SettingError where a step works with a
        second table.
        """
        for each in self.steps:
            if "other" in each.settings:
                raise SettingError(
                    f'"{each.step.title}" works with a second table, which does not travel along.',
                    each.step.name,
                    "Join first, save a version, and go on from that.",
                )
        steps = [{"op": each.step.name, "with": dict(each.settings), "skipped": each.skipped} for each in self.steps]
        return {
            "steps": steps,
            "split": self.context.split,
            "weights": list(self.context.weights),
            "added": list(self.added),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> FittedRecipe:
        """The fitted recipe that `to_json` made into JSON."""
        steps = tuple(FittedStep(get(each["op"]), each["with"], each["skipped"]) for each in value["steps"])
        return cls(steps, RecipeContext(value["split"], tuple(value["weights"])), tuple(value["added"]))

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame after all steps, with every row that came in and no other, in the same order.

        Rows that a step would drop keep what they held before it (missing in columns that it makes): a model must
        answer for them too. Steps that add rows are for learning only and are left out.
        """
        rows = frame.index
        for each in self.steps:
            if each.skipped or each.step.adds_rows:
                continue
            try:
                after = tidy(call(each.step, each.step.function, frame, each.settings))
            except Skip:
                continue
            frame = _with_all_rows(frame, after)
        return frame.loc[rows]


def fit_frame(recipe: Recipe, frame: pd.DataFrame, tables: Tables = no_tables) -> tuple[FittedRecipe, pd.DataFrame]:
    """Let each active step learn from the frame and change it, whatever the steps learned before; the recipe that is
    fitted, and the frame after it.

    Raises the error of a step that cannot be done; one that skips is left out when the recipe is applied.
    """
    fitted, added = [], []

    def do(
        _place: int, entry: RecipeStep, frame: pd.DataFrame, context: RecipeContext
    ) -> tuple[RecipeStep, pd.DataFrame, Outcome]:
        entry, other = other_table(entry, tables)
        step = get(entry.op)
        settings = step.check(entry.settings)
        try:
            given = settings | _learned(step, settings, frame, recipe.seed, context)
            given |= engine_values(step.function, recipe.seed, context)
            if other is not None:
                given["other"] = other.frame()
            if "split" in given:
                split_column(step, frame.columns, context.split)
            frame = tidy(call(step, step.function, frame, given))
        except Skip as reason:
            fitted.append(FittedStep(step, settings, str(reason) or "It has nothing to do."))
            raise
        fitted.append(FittedStep(step, given))
        added.extend(step.new_columns(settings) if step.adds_rows and not step.needs_table else [])
        return entry, frame, Outcome(entry.op, entry.sentence, "done")

    done = list(walk(recipe, frame, do, on_failure="stop"))
    context = settled_by((each.entry, each.outcome) for each in done)
    return FittedRecipe(tuple(fitted), context, tuple(added)), done[-1].after if done else frame


def columns_after(before: Sequence[Column], steps: Sequence[RecipeStep], after: pd.DataFrame) -> list[Column]:
    """The columns of a frame after some steps: the kind stays where the type does; new ones get a guessed kind."""
    known = {column.name: (column.type, column.kind) for column in before}
    for entry in steps:
        if entry.step is None:
            continue
        names = entry.step.new_names(entry.settings)
        known = {names.get(name, name): about for name, about in known.items()}
        for name, kind in entry.step.new_kinds(entry.settings).items():
            known[name] = (type_of(after[name]) if name in after.columns else "", kind)
    made = []
    for name in after.columns:
        storage = type_of(after[name])
        if name in known and known[name][0] == storage:
            kind = known[name][1]
        else:
            cells = after[name].dropna()
            length = float(cells.str.len().mean()) if storage == "text" and len(cells) else 0.0
            kind = guess_kind(name, storage, len(after), int(cells.nunique()), length)
        made.append(Column(name, storage, kind))
    return made


def settles(entry: RecipeStep) -> bool:
    """Whether a step may be done once, on all rows, before any of them is held back to judge: it learns nothing and
    adds no row, and what a cell becomes does not depend on other rows.
    """
    step = entry.step
    if step is None or step.adds_rows or step.needs_table:
        return False
    return step.split_column is not None or (step.learner is None and (step.reach == "row" or step.drops_rows))


def _learned(
    step: Step, settings: Mapping[str, Any], frame: pd.DataFrame, seed: int, context: RecipeContext
) -> dict[str, Any]:
    if step.learner is None:
        return {}
    rows = training(frame, split_column(step, frame.columns, context.split))
    learned = call(step, step.learner, rows, {**settings, **engine_values(step.learner, seed, context)})
    return {"learned": json.loads(json.dumps(learned, allow_nan=False))}


def _with_all_rows(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    gone = before.index.difference(after.index)
    after = after.loc[after.index.intersection(before.index)]
    if not len(gone):
        return after
    if not after.index.is_unique:
        raise SettingError("A step gave one row several times.", "recipe", "Use it for learning only.")
    kept = before.loc[gone].reindex(columns=after.columns)
    kept = kept.astype({name: kind for name, kind in after.dtypes.items() if kept[name].dtype != kind})
    return tidy(pd.concat([after, kept])).loc[before.index]
