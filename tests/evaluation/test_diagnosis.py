"""Leaks, slices and learning curves on tables whose truth is known."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.evaluation import Candidate, compare_recipes
from dataops_core.evaluation.choices import LEAVE, chosen_grid, suggest_choices
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.table import tidy, write_table


def compared(frame, tmp_path, target="y", steps=None, **how):
    table = write_table(tmp_path / "table.parquet", [tidy(frame)], how.pop("kinds", None))
    steps = steps or [RecipeStep("drop_columns", {"columns": ["noise"]})]
    return compare_recipes(table, [Candidate("one", Recipe(steps=tuple(steps)))], target, repeats=1, **how)


def honest(rows=400, seed=0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"x": rng.normal(size=rows), "noise": rng.normal(size=rows)})
    frame["town"] = rng.choice(["a", "b", "c"], rows)
    frame["y"] = np.where(frame["x"] + rng.normal(size=rows) > 0, "yes", "no")
    return frame


def test_an_honest_table_has_no_leaks(tmp_path):
    assert compared(honest(), tmp_path).leaks == ()


def test_columns_that_know_the_target_are_named(tmp_path):
    frame = honest()
    frame["paid"] = np.where(frame["y"] == "yes", 100.0, 0.0) + np.random.default_rng(1).normal(size=400)
    frame["reason"] = np.where(frame["y"] == "yes", "approved", "turned down")
    leaks = compared(frame, tmp_path).leaks
    assert [(each.kind, each.columns) for each in leaks] == [
        ("knows the target", ("paid",)),
        ("knows the target", ("reason",)),
    ]


def test_a_number_that_knows_a_number(tmp_path):
    frame = honest()
    frame["z"] = np.random.default_rng(1).lognormal(size=400)
    frame["tax"] = frame["z"] ** 1.1
    leaks = compared(frame, tmp_path, target="z").leaks
    assert [each.columns for each in leaks] == [("tax",)]


def test_sorted_and_repeated_rows_and_ids_by_outcome(tmp_path):
    frame = honest().sort_values("y", ignore_index=True)
    frame["customer_id"] = np.arange(400)
    kinds = {each.kind for each in compared(frame, tmp_path, kinds={"customer_id": "id"}).leaks}
    assert kinds == {"the order of rows tells the target", "an identifier tells the target"}
    doubled = pd.concat([honest(200), honest(200)], ignore_index=True)
    (leak,) = compared(doubled, tmp_path).leaks
    assert leak.kind == "rows repeat" and leak.says.startswith(("7", "8"))  # four fifths of the copies


def test_dates_that_lie_after_the_moment_of_judging(tmp_path):
    frame = honest()
    frame["asked"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(400), unit="D")
    frame["closed"] = frame["asked"] + pd.Timedelta(days=30)
    leaks = compared(frame, tmp_path, time="asked").leaks
    assert [(each.kind, each.columns) for each in leaks] == [("a date from the future", ("closed",))]


def test_a_step_that_learns_before_the_split(tmp_path):
    steps = [RecipeStep("scale_numbers", {"columns": ["x"]}), RecipeStep("split_rows", {"test": 0.2})]
    (leak,) = compared(honest(), tmp_path, steps=steps).leaks
    assert leak.kind == "learned before the split" and "Scaled x" in leak.says


def test_slices_say_who_gains(tmp_path):
    from dataops_core.evaluation.diagnosis.slices import slices
    from dataops_core.evaluation.folds import plan_folds
    from dataops_core.evaluation.problem import Problem
    from dataops_core.table import Column

    rng = np.random.default_rng(0)
    frame = tidy(
        pd.DataFrame({"town": ["a"] * 300 + ["b"] * 300, "x": rng.normal(size=600), "y": rng.choice(["n", "y"], 600)})
    )
    truth = (frame["y"] == "y").to_numpy(dtype="int64")
    columns = [Column("town", "text", "category"), Column("x", "decimal", "number"), Column("y", "text", "category")]
    problem = Problem(
        frame, "y", "classes", truth, ("n", "y"), None, {}, (), plan_folds(600, truth, repeats=1), frame.iloc[:0], 600
    )
    before = truth.copy()
    before[:120] = 1 - before[:120]  # doing nothing errs in 120 rows of town a
    own = truth.copy()
    own[300:360] = 1 - own[300:360]  # the recipe in 60 rows of town b
    found = slices(problem, columns, np.arange(600), own, before)
    towns = {each.value: each for each in found if each.column == "town"}
    assert towns["a"].change == 0.4 and towns["a"].before == 0.6 and towns["a"].after == 1.0
    assert towns["b"].change == -0.2 and towns["b"].p < 1e-6


@pytest.mark.slow
def test_the_learning_curve_says_whether_more_rows_help(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({f"x{n}": rng.normal(size=400) for n in range(100)})
    frame["y"] = frame.sum(axis=1) + 2 * rng.normal(size=400)
    steps = [RecipeStep("drop_columns", {"columns": ["x0"]})]
    hungry = compared(frame, tmp_path, steps=steps, curve_of_best=True).learning
    assert hungry.rows == (64, 128, 192, 256, 320) and "More rows would probably help" in hungry.says
    frame = pd.DataFrame({"x": rng.normal(size=1000), "noise": rng.normal(size=1000)})
    frame["y"] = frame["x"] + rng.normal(size=1000)
    assert "would hardly help" in compared(frame, tmp_path, curve_of_best=True).learning.says


def test_choices_fit_the_table():
    frame = honest()
    frame.loc[:20, "x"] = np.nan
    frame["sex"] = np.random.default_rng(0).choice(["f", "m"], 400)
    table = tidy(frame)
    from dataops_core.recipe.frames import columns_after

    columns = columns_after([], [], table)
    grid = suggest_choices(table, columns, "y", favorable="yes", sensitive=["sex"])
    assert list(grid) == ["Missing values", "Outliers", "Skewed numbers", "Categories", "Classes", "Groups of people"]
    assert all(next(iter(options)) == LEAVE for options in grid.values())
    assert "Missing values" not in suggest_choices(table.dropna(), columns, "y")
    assert chosen_grid(grid, {"Outliers": ["Cap"], "Classes": []}) == {"Outliers": {"Cap": grid["Outliers"]["Cap"]}}
