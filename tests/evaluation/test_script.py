"""The script of a comparison, run by itself, gives the numbers of the scoreboard."""

import json
import subprocess
import venv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.evaluation import Candidate, compare_recipes, grid_candidates
from dataops_core.evaluation.export.script import scoreboard_script
from dataops_core.read import read_file
from dataops_core.recipe.recipe import Recipe, RecipeStep

PACKAGES = (
    "pandas", "numpy", "numpy.libs", "dateutil", "pytz", "tzdata", "six.py", "sklearn", "scikit_learn.libs", "scipy",
    "scipy.libs", "joblib", "threadpoolctl.py", "imblearn", "narwhals", "cloudpickle", "sklearn_compat",  "scikit_learn-1.9.1.dist-info",
)  # fmt: skip


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """An interpreter that sees pandas and scikit-learn, and nothing of this project's other packages."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False)
    site = next(folder.glob("lib/python*/site-packages"))
    for name in PACKAGES:
        source = Path(pd.__file__).parent.parent / name
        if source.exists():
            (site / name).symlink_to(source)
    return str(folder / "bin" / "python")


@pytest.fixture(scope="module")
def sheet(tmp_path_factory):
    rng = np.random.default_rng(4)
    age, sex = rng.normal(40, 12, 240).round(1), rng.choice(["f", "m"], 240)
    town = rng.choice([f"town {n}" for n in range(9)], 240)
    hired = rng.random(240) < 1 / (1 + np.exp(-(0.1 * (age - 40) + (sex == "m") + (town > "town 5"))))
    frame = pd.DataFrame({"age": age, "sex": sex, "town": town, "hired": np.where(hired, " yes", "no ")})
    frame.loc[rng.random(240) < 0.2, "age"] = np.nan
    path = tmp_path_factory.mktemp("sheet") / "people.csv"
    frame.to_csv(path, index=False)
    return path


def step(op, **settings):
    return RecipeStep(op, settings)


def rerun(python, found, source, path, folder):
    made = folder / "scoreboard.py"
    made.write_text(scoreboard_script(found, source.options.to_json()), encoding="utf-8")
    done = subprocess.run([python, str(made), str(path), "--json"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_every_number_is_that_of_the_scoreboard(python, sheet, tmp_path):
    source = read_file(sheet, tmp_path / "read.parquet")
    base = Recipe(steps=(step("trim_spaces", columns=["hired"]), step("split_rows", test=0.2, stratify=["hired"])))
    grid = {
        "gaps": {
            "left": None,
            "median": {"op": "fill_missing", "with": {"columns": ["age"], "how": "median", "by": ["sex"]}},
            "dropped": {"op": "drop_rows_with_missing", "with": {"columns": ["age"]}},
        },
        "towns": {
            "names": None,
            "target": [
                {"op": "rename_columns", "with": {"names": {"town": "place"}}},
                {"op": "encode_target", "with": {"columns": ["place"], "target": "hired", "favorable": "yes"}},
            ],
            "weights": {"op": "reweigh", "with": {"target": "hired", "by": ["sex"]}},
        },
    }
    found = compare_recipes(
        source.table, grid_candidates(base, grid), "hired", favorable="yes", sensitive=["sex"], repeats=1, folds=3
    )
    again = rerun(python, found, source, sheet, tmp_path)
    assert set(again) == {each.name for each in found.standings} and len(again) == 9
    for each in found.standings:
        assert not each.failed
        assert again[each.name]["folds"] == each.scores
        assert again[each.name]["means"]["roc_auc"]["low"] == each.means["roc_auc"].low
        assert again[each.name]["gaps"]["sex"] == each.gaps["sex"].gap


@pytest.mark.slow
def test_numbers_resampling_and_time(python, sheet, tmp_path):
    source = read_file(sheet, tmp_path / "read.parquet")
    over = Recipe(steps=(step("resample_rows", target="hired", method="over_random"),))
    found = compare_recipes(source.table, [Candidate("over", over)], "hired", repeats=1, folds=3, model="trees")
    again = rerun(python, found, source, sheet, tmp_path)
    assert again["over"]["folds"] == found.standings[1].scores
    drop = Recipe(steps=(step("drop_columns", columns=["sex"]),))
    filled = source.table
    found = compare_recipes(filled, [Candidate("drop", drop)], "age", groups="town", repeats=1, folds=3)
    assert found.problem.task == "number"
    assert rerun(python, found, source, sheet, tmp_path)["drop"]["folds"] == found.standings[1].scores


def test_a_model_of_ones_own_has_no_script(sheet, tmp_path):
    from sklearn.tree import DecisionTreeClassifier

    source = read_file(sheet, tmp_path / "read.parquet")
    drop = Recipe(steps=(step("drop_columns", columns=["sex"]),))
    found = compare_recipes(
        source.table, [Candidate("drop", drop)], "hired", model=DecisionTreeClassifier(), repeats=1, folds=2
    )
    with pytest.raises(SettingError, match="DecisionTreeClassifier"):
        scoreboard_script(found)
