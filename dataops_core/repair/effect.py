"""What repairs do to a model that learns from the table: its cross-validated score before and after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from dataops_core.errors import SettingError, nearest
from dataops_core.evaluation.two_tables import Side, table_effect
from dataops_core.recipe.recipe import Recipe
from dataops_core.recipe.replay import run_recipe
from dataops_core.repair.propose import propose
from dataops_core.repair.recipe import accept, steps_of
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
    rows = np.flatnonzero(labels.notna().to_numpy())
    kinds = {name: table.column(name).kind for name in names}
    before = write_table(folder / "before.parquet", table.batches(names), kinds)
    taken = accept(propose(before, seed=seed).repairs, sure)
    after = run_recipe(Recipe(steps=tuple(steps_of(taken, before))), before, folder).table
    try:
        found = table_effect(Side(before, rows), Side(after, rows), labels.iloc[rows], table.column(target), seed=seed)
    except SettingError as error:
        raise SettingError(
            f'"{target}" cannot be predicted: {error.what}',
            "--target",
            "Name a column of numbers, or one with a few classes of several rows each.",
        ) from error
    verdict = ("better" if found.mean > 0 else "worse") if found.clear else "no difference"
    return found.to_json() | {"repairs": len(taken), "verdict": verdict}


def words(found: dict[str, Any]) -> str:
    """The effect in one sentence."""
    measure = {"balanced_accuracy": "balanced accuracy", "r2": "R squared"}[found["measure"]]
    gap = found["difference"]
    return (
        f"Predicting {found['target']} ({measure}, {found['rows']:,} rows): {found['before']:.3f} before repair,"
        f" {found['after']:.3f} after; difference {gap['mean']:+.3f} (95 % interval {gap['low']:+.3f} to"
        f" {gap['high']:+.3f}): {found['verdict']}"
    )
