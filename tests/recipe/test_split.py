"""After a split, what steps learn comes from the training rows alone: in the engine, in the store, in the script."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dataops_core.recipe.recipe import Recipe, RecipeContext, RecipeStep
from dataops_core.recipe.replay import learn, run_recipe
from dataops_core.recipe.script import script
from dataops_core.steps import REGISTRY
from dataops_core.table import Table, tidy, write_table

SPLIT = RecipeStep("split_rows", {"test": 0.3, "validation": 0.1})
FILL = RecipeStep("fill_missing", {"columns": ["pay"], "how": "mean"})


def frame(change: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    made = tidy(
        pd.DataFrame({"name": [f"p{n}" for n in range(200)], "pay": rng.normal(size=200), "sex": list("fm") * 100})
    )
    made.loc[::7, "pay"] = np.nan
    return made


def table(made: pd.DataFrame, folder: Path) -> Table:
    return write_table(folder / f"t{len(list(folder.iterdir()))}.parquet", [made])


def changed(made: pd.DataFrame, split: pd.Series) -> pd.DataFrame:
    """The same training rows; everything but the name changed in all others, which decides nothing of the split."""
    other = made.copy()
    rows = (split != "train").to_numpy()
    other.loc[rows, "pay"] = 1e6 + np.arange(rows.sum())
    if "text" in other:
        other.loc[rows, "text"] = "31.12.2024"
    return other


def test_changing_test_rows_changes_nothing_learned(tmp_path):
    split = RecipeStep("split_rows", {"test": 0.3, "together": False})
    made = frame()
    first = run_recipe(Recipe(steps=(split, FILL)), table(made, tmp_path), tmp_path)
    other = run_recipe(
        Recipe(steps=(split, FILL)), table(changed(made, first.table.frame()["split"]), tmp_path), tmp_path
    )
    learned = first.recipe.steps[1].learned
    assert learned == other.recipe.steps[1].learned and learned is not None
    train = made[(first.table.frame()["split"] == "train").to_numpy()]
    assert learned["pay"]["fill"] == pytest.approx(train["pay"].mean(), rel=1e-12)


SPECIAL = {  # what a step needs that most do not
    "add_noise": {"low": 0.0, "high": 1.0},
    "pivot_rows": {"by": ["name"], "names": "sex", "values": "pay"},
    "pseudonymize": {"kind": "name"},
    "reduce_text": {"column": "words"},
    "select_features": {"how": "variance"},
    "shift_dates": {"columns": ["day"], "person": "name"},
}


@pytest.mark.parametrize("op", sorted(name for name, step in REGISTRY.items() if step.learner and name == step.name))
def test_no_step_learns_from_rows_that_are_not_for_training(op, tmp_path):
    made = frame().assign(split=np.where(np.arange(200) % 3 == 0, "test", "train"), text=[f"{n}.5" for n in range(200)])
    made["words"] = [f"red {'car' if n % 2 else 'bike'}" for n in range(200)]
    made["day"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(200), unit="D")
    other = changed(made, made["split"])
    step = REGISTRY[op]
    given = {
        "columns": ["pay"],
        "column": "sex",
        "mapping": {"f": "female"},
        "target": "sex",
        "kind": "number",
        "by": ["sex"] if op != "reweigh" else ["pay"],
    }
    texts = {s.name: ["text"] for s in step.settings if s.shape == "columns" and s.columns.families == ("text",)}
    asked = {s.name: (given | texts)[s.name] for s in step.settings if s.required and s.name in given}
    settings = step.check(asked | SPECIAL.get(op, {}))
    if op == "drop_columns_with_missing":
        settings["share"] = 5.0
    one = learn(step, settings, table(tidy(made), tmp_path), earlier=RecipeContext("split"))
    assert one is not None and one == learn(
        step, settings, table(tidy(other), tmp_path), earlier=RecipeContext("split")
    )


def test_the_split_column_may_be_renamed_but_not_be_gone(tmp_path):
    named = RecipeStep("rename_columns", {"names": {"split": "part"}})
    run = run_recipe(Recipe(steps=(SPLIT, named, FILL)), table(frame(), tmp_path), tmp_path)
    plain = run_recipe(Recipe(steps=(SPLIT, FILL)), table(frame(), tmp_path), tmp_path)
    assert run.recipe.steps[2].learned == plain.recipe.steps[1].learned
    dropped = RecipeStep("drop_columns", {"columns": ["split"]})
    gone = run_recipe(Recipe(steps=(SPLIT, dropped, FILL)), table(frame(), tmp_path), tmp_path)
    assert gone.failed is not None and "is gone" in gone.failed.reason
    assert run_recipe(Recipe(steps=(SPLIT, FILL, dropped)), table(frame(), tmp_path), tmp_path).failed is None


def test_a_split_without_training_rows_is_refused(tmp_path):
    emptied = RecipeStep("replace_values", {"column": "split", "mapping": {"train": "learn"}})
    run = run_recipe(Recipe(steps=(SPLIT, emptied, FILL)), table(frame(), tmp_path), tmp_path)
    assert run.failed is not None and "nothing to learn from" in run.failed.reason


def test_the_script_learns_from_training_rows_too(tmp_path):
    made = frame()
    made.to_csv(tmp_path / "in.csv", index=False)
    run = run_recipe(Recipe(steps=(SPLIT, FILL)), table(made, tmp_path), tmp_path)
    (tmp_path / "clean.py").write_text(script(Recipe(steps=(SPLIT, FILL))), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "clean.py", "in.csv", "out.csv"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == run.table.content_hash


def test_a_later_step_may_name_a_column_that_an_earlier_one_makes():
    made = {
        "split_rows": ({}, "split"),
        "add_weights": ({"target": "sex"}, "weight"),
        "flag_missing": ({"columns": ["pay"]}, "pay is missing"),
        "fill_several_times": ({"columns": ["pay"]}, "imputation"),
        "treat_outliers": ({"columns": ["pay"], "what": "mark"}, "outlier"),
        "resample_rows": ({"target": "sex"}, "resampled"),
        "treat_unusual_rows": ({"columns": ["pay"], "into": "odd"}, "odd"),
    }
    for op, (settings, name) in made.items():
        recipe = Recipe(steps=(RecipeStep(op, settings), RecipeStep("drop_columns", {"columns": [name]})))
        assert recipe.missing_columns(["pay", "sex"]) == [], op
    unmade = Recipe(
        steps=(RecipeStep("treat_outliers", {"columns": ["pay"]}), RecipeStep("drop_columns", {"columns": ["outlier"]}))
    )
    assert len(unmade.missing_columns(["pay"])) == 1


def test_a_second_split_and_weights_before_resampling_are_refused(tmp_path):
    again = RecipeStep("split_rows", {"into": "part"})
    run = run_recipe(Recipe(steps=(SPLIT, again)), table(frame(), tmp_path), tmp_path)
    assert run.failed is not None and "split already" in run.failed.reason
    weights, resample = (
        RecipeStep("add_weights", {"target": "sex"}),
        RecipeStep("resample_rows", {"target": "sex", "by": []}),
    )
    renamed = RecipeStep("rename_columns", {"names": {"weight": "w"}})
    run = run_recipe(Recipe(steps=(weights, renamed, resample)), table(frame(), tmp_path), tmp_path)
    assert run.failed is not None and '"w" makes up for small classes already' in run.failed.reason
    uneven = table(frame().iloc[:150].assign(sex=["f"] * 100 + ["m"] * 50), tmp_path)
    run = run_recipe(Recipe(steps=(resample, weights)), uneven, tmp_path)
    assert run.failed is None and run.table.frame().groupby("sex")["weight"].sum().tolist() == [100.0, 100.0]


def test_a_gap_in_a_test_row_changes_no_draw_of_another_row(tmp_path):
    several = RecipeStep("fill_several_times", {"columns": ["pay"], "copies": 2})
    run = run_recipe(
        Recipe(steps=(RecipeStep("split_rows", {"together": False}), several)), table(frame(), tmp_path), tmp_path
    )
    made = frame()
    judge = np.flatnonzero((run.table.frame()["split"][:200] == "test").to_numpy() & made["pay"].notna().to_numpy())[0]
    made.loc[judge, "pay"] = np.nan
    other = run_recipe(
        Recipe(steps=(RecipeStep("split_rows", {"together": False}), several)), table(made, tmp_path), tmp_path
    )
    one, two = (each.table.frame().drop([judge, 200 + judge])["pay"] for each in (run, other))
    assert one.equals(two)
