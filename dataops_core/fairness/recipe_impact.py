"""Through the recipe: what every step did to each group of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.fairness.group_definitions import THIN, UNKNOWN, Groups, groups_of
from dataops_core.recipe.recipe import Recipe, RecipeContext, RecipeStep
from dataops_core.recipe.replay import take
from dataops_core.recipe.walk import Outcome, walk
from dataops_core.record import Record, absent
from dataops_core.stats.proportions import holm, two_shares_p, wilson
from dataops_core.steps._cells import cell_texts
from dataops_core.table import Table

NEW = "new rows of no known group"
ONLY_AFTER_A_STEP = ("lost_share", "ci", "rate_before", "missing_before", "p_holm")


@dataclass(frozen=True, kw_only=True)
class GroupImpact(Record):
    """What a step did to a group."""

    n: int  # rows after the step
    lost: int  # rows that were there before the step
    added: int
    lost_share: float | None = None  # of the rows before; this and what compares with before stands at steps alone
    ci: tuple[float, float] | None = None  # the 95 % Wilson interval of the share
    rate: float | None  # share of the good outcome
    rate_before: float | None = None
    missing: float | None  # share of empty cells in all other columns
    missing_before: float | None = None
    thin: bool  # few rows before the step
    p_holm: float | None = None  # that it lost as many as all others, by Holm across the recipe


@dataclass(frozen=True, kw_only=True)
class StepImpact(Record):
    """What a step did to each group; of the table as it was read, how each group is."""

    step: str  # in plain words
    rows_before: int | None  # null for the table as it was read
    rows: int
    groups: dict[str, GroupImpact]
    apart: list[str]  # groups that lost clearly more or less than all others
    why: str | None = absent()  # why no rate can be told

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        out = super().to_json()
        if self.rows_before is None:
            for group in out["groups"].values():
                for name in ONLY_AFTER_A_STEP:
                    del group[name]
        return out


@dataclass(frozen=True)
class GroupState:
    """The counts of a group in one table."""

    n: int = 0
    rate: float | None = None
    missing: float | None = None


@dataclass(frozen=True)
class TableState:
    """The counts of every group in one table, which rows there are, and why no rate can be told."""

    ids: pd.Index
    groups: dict[str, GroupState]
    why: str | None


def recipe_impact(
    tables: Sequence[tuple[str, Table]],
    sensitive: Sequence[str],
    target: str | None = None,
    favorable: str | None = None,
    *,
    cuts: Mapping[str, Sequence[float]] | None = None,
    thin: int = THIN,
) -> list[StepImpact]:
    """Tell of each step what it did to each group; `tables` are pairs of a name and the table after it, the first one
    as it was read.

    Who belongs to which group is taken from the first table, row by row by the hidden row id, so that it stays known
    when a step renames, merges or drops the sensitive columns; rows that a step adds take it from their own cells. A
    rate is None with a `why` where the target is gone.
    """
    first = tables[0][1]
    start = first.frame()
    found = groups_of(start, [first.column(name).name for name in sensitive], cuts)
    group = pd.Series(found.of(np.arange(len(start))), index=start.index, dtype=object)
    told: list[StepImpact] = []
    looked: list[tuple[int, str, float | None]] = []
    before: TableState | None = None
    for number, (name, table) in enumerate(tables):
        frame = start if number == 0 else table.frame()
        group = _with_new(group, frame, found, cuts)
        now = _state(frame, group.loc[frame.index].to_numpy(), found, target, favorable)
        if before is None:
            rows_before, impacts = None, {each: _first(state, thin) for each, state in now.groups.items()}
        else:
            rows_before, judged = len(before.ids), _compared(before, now, group, thin)
            impacts = {each: impact for each, (impact, _) in judged.items()}
            looked += [(number, each, p) for each, (_, p) in judged.items()]
        told.append(
            StepImpact(step=name, rows_before=rows_before, rows=len(frame), groups=impacts, apart=[], why=now.why)
        )
        before = now
    for (number, each, _), p in zip(looked, holm([p for _, _, p in looked]), strict=True):
        groups = told[number].groups
        groups[each] = replace(groups[each], p_holm=p)
        if p is not None and p <= 0.05:
            told[number].apart.append(each)
    return told


def states(recipe: Recipe, table: Table, folder: Path) -> list[tuple[str, Table]]:
    """The table as it was read and after each active step of a recipe, as `recipe_impact` takes them; raises the error
    of a step that fails.
    """
    recipe.check(table.names)

    def do(place: int, entry: RecipeStep, here: Table, earlier: RecipeContext) -> tuple[RecipeStep, Table, Outcome]:
        return entry, *take(entry, here, folder / f"after-{place}.parquet", seed=recipe.seed, earlier=earlier)

    steps = walk(recipe, table, do, on_failure="stop")
    after = [(each.outcome.sentence, each.after) for each in steps if not each.entry.off]
    return [("As it was read", table), *after]


def _with_new(
    group: pd.Series, frame: pd.DataFrame, found: Groups, cuts: Mapping[str, Sequence[float]] | None
) -> pd.Series:
    """The groups of all rows that were ever there, those of new ones by their own cells."""
    new = frame.index.difference(group.index)
    if not len(new):
        return group
    names = np.full(len(new), NEW, dtype=object)
    if set(found.columns) <= set(frame.columns):
        rows = frame.loc[new]
        ends = {
            name: found.cuts[name]
            for name in found.columns
            if name in found.cuts and pd.api.types.is_numeric_dtype(rows[name])
        }
        names = groups_of(rows, found.columns, {**(cuts or {}), **ends}).of(np.arange(len(rows)))
    return pd.concat([group, pd.Series(names, index=new, dtype=object)])


def _state(
    frame: pd.DataFrame, names: np.ndarray, found: Groups, target: str | None, favorable: str | None
) -> TableState:
    """The counts of every group in one table, and which rows there are."""
    others = [name for name in frame.columns if name not in (*found.columns, target)]
    empty = frame[others].isna().sum(axis=1).to_numpy() if others else np.zeros(len(frame))
    why = None
    texts: list[str | None] = [None] * len(frame)
    if target is not None and target not in frame.columns:
        why = f'the column "{target}" is gone'
    elif target is not None:
        texts = cell_texts(frame[target], time=True)
    known = np.array([text is not None for text in texts], dtype=bool)
    good = np.array([text == favorable for text in texts], dtype=bool) & known
    if target is not None and not why and favorable is not None and known.any() and not good.any():
        why = f'no row of "{target}" says "{favorable}" any more'
        known[:] = False
    told = {}
    for name in [*found.names, *sorted(set(names.tolist()) - set(found.names))]:
        here = names == name
        n, of = int(here.sum()), int((here & known).sum())
        told[name] = GroupState(
            n,
            float((good & here).sum() / of) if of else None,
            float(empty[here].sum() / (n * len(others))) if n and others else None,
        )
    return TableState(frame.index, told, why)


def _first(state: GroupState, thin: int) -> GroupImpact:
    return GroupImpact(n=state.n, lost=0, added=0, rate=state.rate, missing=state.missing, thin=state.n < thin)


def _compared(
    before: TableState, now: TableState, group: pd.Series, thin: int
) -> dict[str, tuple[GroupImpact, float | None]]:
    """What became of each group, with the p-value of a loss like that of all others."""
    lost = group.loc[before.ids.difference(now.ids)].value_counts()
    added = group.loc[now.ids.difference(before.ids)].value_counts()
    all_lost, all_rows = int(lost.sum()), len(before.ids)
    told = {}
    for name, state in now.groups.items():
        old = before.groups.get(name, GroupState())
        gone, n = int(lost.get(name, 0)), old.n
        rest_gone, rest = all_lost - gone, all_rows - n
        low, high = wilson(gone, n)
        known = all_lost and n >= thin and rest and name not in (UNKNOWN, NEW)
        impact = GroupImpact(
            n=state.n,
            lost=gone,
            added=int(added.get(name, 0)),
            lost_share=gone / n if n else None,
            ci=(float(low), float(high)) if n else None,
            rate=state.rate,
            rate_before=old.rate,
            missing=state.missing,
            missing_before=old.missing,
            thin=n < thin,
        )
        told[name] = impact, two_shares_p(gone, n, rest_gone, rest) if known else None
    return told
