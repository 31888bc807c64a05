"""What the comparison of recipes says of recipes that differ by noise alone, and of one that destroys what matters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from dataops_core.evaluation import Candidate, Comparison, compare_recipes
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.table import tidy, write_table

Line = tuple[str, float, str, float]
ROWS = 300
NOISE = 0.7  # of the outcome, where the standard deviation of what it follows is 1


def compared(seed: int, folder: Path, dropped: dict[str, str]) -> Comparison:
    """Recipes that each drop one column, of a table whose `x` decides the outcome and whose other columns are noise; in
    five folds, twice over, as comparisons are by default.
    """
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({name: rng.normal(size=ROWS) for name in ("x", "noise", "other")})
    frame["y"] = np.where(frame["x"] + NOISE * rng.normal(size=ROWS) > 0, "yes", "no")
    table = write_table(folder / f"recipes {len(list(folder.iterdir()))}.parquet", [tidy(frame)])
    steps = {name: RecipeStep("drop_columns", {"columns": [column]}) for name, column in dropped.items()}
    some = [Candidate(name, Recipe(steps=(step,))) for name, step in steps.items()]
    return compare_recipes(table, some, "y", seed=seed, stop_early=False)


def recipe_alarms(times: int, folder: Path) -> Iterator[Line]:
    """Two recipes that differ by noise alone are not told apart; one without the strong feature is found every time."""
    count, clear, found = 100 * times, 0, 0
    for seed in range(count):
        noise = compared(seed, folder, {"one": "noise", "other": "other"})
        verdicts = {
            each.differences[noise.measure.key].verdict for each in noise.standings if each.name != "Do nothing"
        }
        clear += verdicts != {"no clear difference"}
        spoiled = compared(seed, folder, {"spoiled": "x"})
        found += spoiled.standings[1].differences[spoiled.measure.key].verdict == "worse"
    yield f"recipes that differ by noise alone: no clear difference, in {count} tables", 1 - clear / count, ">=", 0.95
    yield f"a recipe without the strong feature: found to be worse, in {count} tables", found / count, ">=", 1.0
