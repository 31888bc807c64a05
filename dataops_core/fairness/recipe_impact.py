"""Through the recipe: what every step did to each group of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.fairness.group_definitions import THIN, UNKNOWN, Groups, groups_of
from dataops_core.recipe.recipe import Recipe, RecipeContext, RecipeStep
from dataops_core.recipe.replay import take
from dataops_core.recipe.walk import Outcome, walk
from dataops_core.stats.proportions import holm, two_shares_p, wilson
from dataops_core.steps._cells import cell_texts
from dataops_core.table import Table

NEW = "new rows of no known group"


def recipe_impact(
    tables: Sequence[tuple[str, Table]],
    sensitive: Sequence[str],
    target: str | None = None,
    favorable: str | None = None,
    *,
    cuts: Mapping[str, Sequence[float]] | None = None,
    thin: int = THIN,
) -> list[dict[str, Any]]:
    """Tell of each step what it did to each group; `tables` are pairs of a name and the table after it, the first one
    as it was read.

    Who belongs to which group is taken from the first table, row by row by the hidden row id, so that it stays known
    when a step renames, merges or drops the sensitive columns; rows that a step adds take it from their own cells. Each
    step has "groups": {name: {"n", "lost", "added", "lost_share", "ci", "rate", "rate_before", "missing",
    "missing_before", "thin"}}: lost are rows that were there before the step, ci the 95 % Wilson interval of their
    share, rate is the share of the good outcome, missing that of empty cells in all other columns. "apart" names groups
    that lost clearly more or less than all others (Holm across the whole recipe). A rate is None with a `why` where the
    target is gone.
    """
    first = tables[0][1]
    start = first.frame()
    found = groups_of(start, [first.column(name).name for name in sensitive], cuts)
    group = pd.Series(found.of(np.arange(len(start))), index=start.index, dtype=object)
    told: list[dict[str, Any]] = []
    looked: list[tuple[dict[str, Any], str]] = []
    before: dict[str, Any] = {}
    for number, (name, table) in enumerate(tables):
        frame = start if number == 0 else table.frame()
        group = _with_new(group, frame, found, cuts)
        now = _state(frame, group.loc[frame.index].to_numpy(), found, target, favorable)
        if number:
            entry: dict[str, Any] = {"step": name, "rows_before": len(before["ids"]), "rows": len(frame)} | _compared(
                before, now, group, thin
            )
            told.append(entry)
            looked += [(entry, each) for each in entry["groups"]]
        else:
            told.append(
                {
                    "step": name,
                    "rows_before": None,
                    "rows": len(frame),
                    "groups": {each: _first(state, thin) for each, state in now["groups"].items()},
                    "apart": [],
                }
                | now["why"]
            )
        before = now
    adjusted = holm([entry["groups"][each].pop("p") for entry, each in looked])
    for (entry, each), p in zip(looked, adjusted, strict=True):
        entry["groups"][each]["p_holm"] = p
        if p is not None and p <= 0.05:
            entry["apart"].append(each)
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
) -> dict[str, Any]:
    """The counts of every group in one table, and which rows there are."""
    others = [name for name in frame.columns if name not in (*found.columns, target)]
    empty = frame[others].isna().sum(axis=1).to_numpy() if others else np.zeros(len(frame))
    why: dict[str, str] = {}
    texts: list[str | None] = [None] * len(frame)
    if target is not None and target not in frame.columns:
        why = {"why": f'the column "{target}" is gone'}
    elif target is not None:
        texts = cell_texts(frame[target], time=True)
    known = np.array([text is not None for text in texts], dtype=bool)
    good = np.array([text == favorable for text in texts], dtype=bool) & known
    if target is not None and not why and favorable is not None and known.any() and not good.any():
        why = {"why": f'no row of "{target}" says "{favorable}" any more'}
        known[:] = False
    told = {}
    for name in [*found.names, *sorted(set(names.tolist()) - set(found.names))]:
        here = names == name
        n, of = int(here.sum()), int((here & known).sum())
        told[name] = {
            "n": n,
            "labelled": of,
            "rate": float((good & here).sum() / of) if of else None,
            "missing": float(empty[here].sum() / (n * len(others))) if n and others else None,
        }
    return {"ids": frame.index, "groups": told, "why": why}


def _first(state: Mapping[str, Any], thin: int) -> dict[str, Any]:
    return {
        "n": state["n"],
        "lost": 0,
        "added": 0,
        "rate": state["rate"],
        "missing": state["missing"],
        "thin": state["n"] < thin,
    }


def _compared(before: Mapping[str, Any], now: Mapping[str, Any], group: pd.Series, thin: int) -> dict[str, Any]:
    lost = group.loc[before["ids"].difference(now["ids"])].value_counts()
    added = group.loc[now["ids"].difference(before["ids"])].value_counts()
    all_lost, all_rows = int(lost.sum()), len(before["ids"])
    told = {}
    for name, state in now["groups"].items():
        old = before["groups"].get(name, {"n": 0, "rate": None, "missing": None})
        gone, n = int(lost.get(name, 0)), old["n"]
        rest_gone, rest = all_lost - gone, all_rows - n
        low, high = wilson(gone, n)
        told[name] = {
            "n": state["n"],
            "lost": gone,
            "added": int(added.get(name, 0)),
            "lost_share": gone / n if n else None,
            "ci": [float(low), float(high)] if n else None,
            "rate": state["rate"],
            "rate_before": old["rate"],
            "missing": state["missing"],
            "missing_before": old["missing"],
            "thin": n < thin,
            "p": (
                two_shares_p(gone, n, rest_gone, rest)
                if all_lost and n >= thin and rest and name not in (UNKNOWN, NEW)
                else None
            ),
        }
    return {"groups": told, "apart": []} | now["why"]
