"""Running steps on tables: the one engine behind the app, the command line and the tests."""

from __future__ import annotations

import functools
import inspect
import itertools
import json
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from dataops_core.errors import DataOpsError, SettingError, Skip
from dataops_core.models import training
from dataops_core.progress import Progress, no_progress
from dataops_core.recipe.call import call
from dataops_core.recipe.condensed import condensed
from dataops_core.recipe.narrow import Pieced, row_pieces
from dataops_core.recipe.recipe import Recipe, RecipeContext, RecipeStep
from dataops_core.recipe.walk import Outcome, settled_by, walk
from dataops_core.steps import EqualRows, Order, Step, get
from dataops_core.steps._counted import COUNT, takes_counts
from dataops_core.steps._counted import learn_counted as learn_by_counts
from dataops_core.table import (
    Difference,
    Table,
    difference,
    dropped,
    moved,
    release_memory,
    tidy,
    types_of,
    write_table,
)

FEW_COUNTED = 10_000  # different rows that are counted whatever share they are of all
LARGE = 2_000_000  # cells; beyond it a step of reach "row" runs batch by batch


Tables = Callable[[str, str], Table | None]  # by name and content hash ("" where none is settled yet)


def no_tables(_name: str, _content: str) -> Table | None:
    """No other table is at hand."""
    return None


def other_table(entry: RecipeStep, tables: Tables) -> tuple[RecipeStep, Table | None]:
    """The second table of a step that works with one, and the step with the content hash of that table settled.

    Raises SettingError where it is not at hand, or is not what it was when the hash was settled.
    """
    if entry.step is None or not entry.step.needs_table or not isinstance(entry.settings.get("table"), str):
        return entry, None
    name, content = entry.settings["table"], str(entry.settings.get("content") or "")
    found = tables(name, content)
    if found is None:
        raise SettingError(
            f'The table "{name}" is not here{f" (content hash {content[:12]}…)" if content else ""}.',
            entry.op,
            f'Give it: --with {name}=FILE on the command line; in the app, the content hash of a version: "content".',
        )
    if content and found.content_hash != content:
        raise SettingError(
            f'The table "{name}" has changed: its content hash is {found.content_hash[:12]}…, and the recipe was made'
            f" with {content[:12]}….",
            entry.op,
            'Give the table of then, or empty "content" in the recipe to take the new one.',
        )
    return replace(entry, settings={**entry.settings, "content": found.content_hash}), found


@dataclass(frozen=True)
class Bounded:
    """How an engine with bounded memory does what would else hold the whole table.

    `pieced` gives a step's result in pieces (step, settings, all that the function is given, table, a folder for what
    lies between, progress); None where it needs the whole table. `columns` says which columns a step looks at when it
    learns; none: all. `keep` says whether the table that a recipe begins with is still needed after its first step.
    """

    pieced: Callable[[Step, Mapping[str, Any], Mapping[str, Any], Table, Path, Progress], Pieced | None]
    columns: Callable[[Step, Mapping[str, Any], RecipeContext], Sequence[str]]
    keep: bool = True


def learn_counted(
    step: Step,
    settings: Mapping[str, Any],
    columns: Sequence[str],
    given: Mapping[str, Any],
    counted: Callable[[Sequence[str]], pd.DataFrame],
) -> dict[str, Any]:
    """What a step learns whose learner takes counted rows (see steps/_counted), column by column; `columns` are all
    that it learns from, `given` is what the engine gives its learner.
    """
    learner = step.learner
    assert learner is not None

    def learn_one(rows: pd.DataFrame, **asked: Any) -> dict[str, Any]:
        return dict(call(step, learner, rows, asked))

    return json.loads(json.dumps(learn_by_counts(learn_one, {**settings, **given}, columns, counted), allow_nan=False))


def learn(
    step: Step,
    settings: Mapping[str, Any],
    table: Table,
    seed: int = 0,
    earlier: RecipeContext = RecipeContext(),  # noqa: B008 - a frozen value
    bounded: Bounded | None = None,
) -> dict[str, Any] | None:
    """What the step learns, as plain JSON values; None for a step that learns nothing.

    Where an earlier step made a split, it learns from the training rows alone, else from all rows.
    """
    if step.learner is None:
        return None
    if bounded is not None and takes_counts(step.learner) and settings["columns"] and earlier.split is None:
        statistic = step.learned_statistic(settings)
        columns, given = bounded.columns(step, settings, earlier), engine_values(step.learner, seed, earlier)
        return learn_counted(
            step, settings, columns, given, functools.partial(counted_rows, table, statistic=statistic)
        )
    rows = training(_looked_at(step, settings, table, earlier, bounded), split_column(step, table.names, earlier.split))
    learned = call(step, step.learner, rows, {**settings, **engine_values(step.learner, seed, earlier)})
    return json.loads(json.dumps(learned, allow_nan=False))


def counted_rows(table: Table, columns: Sequence[str], statistic: str | None = None) -> pd.DataFrame:
    """The different rows of some columns, with how often each comes in COUNT, counted batch by batch; where they are
    too many for that to save anything, rows that have the same statistic (see condensed), or all rows of these
    columns, without COUNT.
    """
    found: pd.DataFrame | None = None
    seen = 0
    for batch in table.batches(columns):
        some = _counts(batch.assign(**{COUNT: 1}), columns)
        found, seen = some if found is None else _counts(pd.concat([found, some]), columns), seen + len(batch)
        if len(found) > max(FEW_COUNTED, seen // 4):
            few = condensed(table, columns[0], statistic) if len(columns) == 1 else None
            return table.frame(columns) if few is None else few
    return found if found is not None else table.frame(columns)


def _counts(rows: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    counted = rows.groupby(list(columns), dropna=False, sort=False, observed=True)[COUNT].sum().reset_index()
    return tidy(counted.astype({name: rows[name].dtype for name in columns}))  # a column of nothing keeps its type


def split_column(step: Step, names: Collection[str], split: str | None) -> str | None:
    """The column that says which rows may be learned from; raises SettingError where it is gone."""
    if split is not None and split not in names:
        raise SettingError(
            f'The column "{split}" is gone, so nobody knows which rows may be learned from.',
            step.name,
            "Drop it after this step, not before.",
        )
    return split


def run_step(
    step: Step,
    settings: Mapping[str, Any],
    table: Table,
    out: Path,
    *,
    learned: Mapping[str, Any] | None = None,
    seed: int = 0,
    earlier: RecipeContext = RecipeContext(),  # noqa: B008 - a frozen value
    other: Table | None = None,
    progress: Progress = no_progress,
    bounded: Bounded | None = None,
) -> Table:
    """Run one checked step on a table and write the result to `out`.

    Raises Skip where the step says that the table is not for it, and DataOpsError where it cannot be done.
    """
    if step.learner is not None and learned is None:
        raise SettingError(f'"{step.name}" has not learned anything yet.', step.name, "Call learn() first.")
    given = (
        dict(settings) | engine_values(step.function, seed, earlier) | ({"learned": learned} if step.learner else {})
    )
    if other is not None:
        given["other"] = other.frame()
    if "split" in given:
        split_column(step, table.names, earlier.split)
    found = bounded.pieced(step, settings, given, table, out.parent, progress) if bounded else None
    if found is None and _by_batch(step, table):
        found = row_pieces(step, given, table, settings, progress)
    found = found or Pieced(iter([_whole(step, given, table)]))
    first = next(found.pieces)
    types = types_of(first)
    kinds = (_kinds(step, {}, other, types) if other else {}) | _kinds(step, settings, table, types)
    made = write_table(out, itertools.chain([first], found.pieces), kinds, found.hashes)
    release_memory()
    return made


def _looked_at(
    step: Step, settings: Mapping[str, Any], table: Table, earlier: RecipeContext, bounded: Bounded | None
) -> pd.DataFrame:
    """The columns that a step looks at when it learns, in memory."""
    return table.frame((bounded.columns(step, settings, earlier) if bounded else ()) or None)


def _by_batch(step: Step, table: Table) -> bool:
    return step.reach == "row" and table.cells > LARGE


def _whole(step: Step, given: Mapping[str, Any], table: Table) -> pd.DataFrame:
    return tidy(call(step, step.function, table.frame(), given))


def _kinds(step: Step, settings: Mapping[str, Any], before: Table, types: Mapping[str, str]) -> dict[str, str]:
    names = step.new_names(settings)
    kinds = {}
    for column in before.columns:
        name = names.get(column.name, column.name)
        if types.get(name) == column.type:
            kinds[name] = column.kind
    return kinds | {name: kind for name, kind in step.new_kinds(settings).items() if name in types}


def engine_values(function: Callable[..., Any], seed: int, earlier: RecipeContext) -> dict[str, Any]:
    """What the engine gives a function that asks for it by name."""
    asked = inspect.signature(function).parameters
    return {
        name: value
        for name, value in (("seed", seed), ("split", earlier.split), ("weighed", earlier.weighed))
        if name in asked
    }


def take(
    entry: RecipeStep,
    table: Table,
    out: Path,
    *,
    seed: int = 0,
    earlier: RecipeContext = RecipeContext(),  # noqa: B008 - frozen
    other: Table | None = None,
    progress: Progress = no_progress,
    bounded: Bounded | None = None,
) -> tuple[Table, Outcome]:
    """Run one recipe step: check it, learn if it has not yet, run, compare. Skip is an outcome, an error is raised.

    `earlier` is what the steps before have settled, `other` the second table (see other_table).
    """
    step = get(entry.op)
    settings = step.check(entry.settings, table.columns)
    try:
        learned = entry.learned if entry.learned is not None else learn(step, settings, table, seed, earlier, bounded)
        after = run_step(
            step,
            settings,
            table,
            out,
            learned=learned,
            seed=seed,
            earlier=earlier,
            other=other,
            progress=progress,
            bounded=bounded,
        )
    except Skip as reason:
        return table, Outcome(entry.op, entry.sentence, "skipped", str(reason))
    changed = _changed(step, settings, table, after)
    noticed = (
        call(
            step,
            step.on_new_rows,
            _looked_at(step, settings, table, earlier, bounded),
            {**settings, "learned": learned},
        )
        if step.on_new_rows and entry.learned is not None
        else ""
    )
    if step.report_function and other is not None:
        noticed = call(step, step.report_function, table.frame(), {**settings, "other": other.frame()})
    if step.remark_function:
        noticed = noticed or step.remark_function(**settings, learned=learned)
    return after, Outcome(entry.op, entry.sentence, "done", noticed, learned, changed)


def _changed(step: Step, settings: Mapping[str, Any], before: Table, after: Table) -> Difference:
    pieces = step.pieces(settings) if step.reach == "table" else None
    if isinstance(pieces, Order):
        return moved(before, after)
    if isinstance(pieces, EqualRows) and pieces.only_drops:
        return dropped(before, after)
    return difference(before, after, step.new_names(settings))


@dataclass(frozen=True)
class Run:
    """A replayed recipe: the final table, the recipe with all that it learned, and each step's outcome."""

    table: Table
    recipe: Recipe
    outcomes: tuple[Outcome, ...]

    @property
    def failed(self) -> Outcome | None:
        """The step that could not be done, if any; later ones did not run."""
        return next((outcome for outcome in self.outcomes if outcome.status == "failed"), None)

    @property
    def earlier(self) -> RecipeContext:
        """What the steps that were done have settled."""
        return settled_by(zip(self.recipe.steps, self.outcomes, strict=False))


def run_recipe(
    recipe: Recipe,
    table: Table,
    folder: Path,
    *,
    tables: Tables = no_tables,
    progress: Progress = no_progress,
    bounded: Bounded | None = None,
) -> Run:
    """Replay a recipe on a table, writing what lies between into `folder`; stops at the first step that fails.

    Steps that carry learned values reuse them; the others learn from this table. `tables` has the other tables that
    steps work with, `bounded` how an engine goes about tables that memory does not hold.
    """
    recipe.check(table.names)
    outcomes: list[Outcome] = []
    fitted: list[RecipeStep] = []

    def do(place: int, entry: RecipeStep, here: Table, earlier: RecipeContext) -> tuple[RecipeStep, Table, Outcome]:
        said = entry.sentence
        progress(place / len(recipe.steps), said)

        def within(share: float, what: str) -> None:
            progress((place + share) / len(recipe.steps), f"{said}: {what}")

        try:
            entry, other = other_table(entry, tables)
            out = folder / f"{uuid.uuid4().hex}.parquet"
            after, outcome = take(
                entry, here, out, seed=recipe.seed, earlier=earlier, other=other, progress=within, bounded=bounded
            )
        except DataOpsError as error:
            return entry, here, Outcome(entry.op, entry.sentence, "failed", str(error))
        return entry, after, outcome

    current = table
    for each in walk(recipe, table, do, on_failure="stop"):
        outcomes.append(each.outcome)
        if each.outcome.status != "failed":
            done = each.outcome.status == "done"
            fitted.append(replace(each.entry, learned=each.outcome.learned) if done else each.entry)
        if each.after is not each.before and (each.before is not table or (bounded and not bounded.keep)):
            each.before.path.unlink()
        current = each.after
    return Run(current, replace(recipe, steps=tuple(fitted)), tuple(outcomes))
