"""What repairs do to a model that learns from the table: its cross-validated score before and after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from dataops_core.errors import SettingError, nearest
from dataops_core.models.cross_validation import FEW_CLASSES, FOLDS, MEASURES, fold_scores, some_rows, task_of
from dataops_core.recipe.recipe import Recipe
from dataops_core.recipe.replay import run_recipe
from dataops_core.repair.propose import propose
from dataops_core.repair.recipe import accept, steps_of
from dataops_core.stats.cross_validation import interval
from dataops_core.table import Table, write_table


def effect(table: Table, target: str, sure: float, folder: Path, seed: int = 0) -> dict[str, Any]:
    """The score of the linear baseline model before and after the repairs that are at least that sure, in the same
    folds, with the 95 % interval of the difference.

    The repairs are found without looking at the target, whose cells stay as they are. Balanced accuracy for classes,
    R squared for numbers. Raises SettingError where no model can be judged on the target.
    """
    if target not in table.names:
        raise SettingError(f'There is no column "{target}".', "--target", nearest(target, table.names))
    names = [name for name in table.names if name != target]
    if not names:
        raise SettingError("There is no other column to learn from.", "--target", "Name another column.")
    labels = table.frame([target])[target]
    task = task_of(labels)
    if task is None:
        raise SettingError(
            f'"{target}" cannot be predicted: it has one value, or too many classes or too few rows of one.',
            "--target",
            f"Name a column of numbers, or one with 2 to {FEW_CLASSES} classes of {FOLDS} rows or more.",
        )
    kinds = {name: table.column(name).kind for name in names}
    before = write_table(folder / "before.parquet", table.batches(names), kinds)
    taken = accept(propose(before, seed=seed).repairs, sure)
    run = run_recipe(Recipe(steps=tuple(steps_of(taken, before))), before, folder)
    rows = some_rows(np.flatnonzero(labels.notna().to_numpy()), seed)
    answers = labels.iloc[rows].reset_index(drop=True)
    scores = [fold_scores(each, rows, answers, task, seed) for each in (before, run.table)]
    found = interval([after - first for first, after in zip(*scores, strict=True)], FOLDS)
    clear = found["low"] > 0 or found["high"] < 0
    return {
        "target": target,
        "measure": MEASURES[task],
        "rows": len(rows),
        "repairs": len(taken),
        "before": round(float(np.mean(scores[0])), 4),
        "after": round(float(np.mean(scores[1])), 4),
        "difference": {name: round(number, 4) for name, number in found.items()},
        "verdict": ("better" if found["mean"] > 0 else "worse") if clear else "no difference",
    }


def words(found: dict[str, Any]) -> str:
    """The effect in one sentence."""
    measure = {"balanced_accuracy": "balanced accuracy", "r2": "R squared"}[found["measure"]]
    gap = found["difference"]
    return (
        f"Predicting {found['target']} ({measure}, {found['rows']:,} rows): {found['before']:.3f} before repair,"
        f" {found['after']:.3f} after; difference {gap['mean']:+.3f} (95 % interval {gap['low']:+.3f} to"
        f" {gap['high']:+.3f}): {found['verdict']}"
    )
