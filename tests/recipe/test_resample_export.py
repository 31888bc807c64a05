"""Resample, export, open again: the counts are those of the recipe, test rows are untouched, two runs give one hash."""

import json

import pandas as pd

from dataops_core.cli.main import main
from dataops_core.read import read_file
from dataops_core.recipe.recipe import Recipe, RecipeStep, dump
from dataops_core.recipe.replay import run_recipe
from dataops_core.resampling import imbalance
from dataops_core.table import content_hash, tidy, write_table

STEPS = (
    RecipeStep("split_rows", {"test": 0.25, "validation": 0.1, "stratify": ["ill"]}),
    RecipeStep("fill_missing", {"columns": ["pay"]}),
    RecipeStep("resample_rows", {"target": "ill", "method": "smote"}),
    RecipeStep("add_weights", {"target": "ill", "by": ["sex"]}),
)


def people(rows: int = 300) -> pd.DataFrame:
    return tidy(
        pd.DataFrame(
            {
                "who": [f"w{n}" for n in range(rows)],
                "age": [20 + n * 7 % 45 for n in range(rows)],
                "pay": [None if n % 9 == 0 else 1000.5 + n * 13 % 700 for n in range(rows)],
                "sex": list("fm") * (rows // 2),
                "ill": ["yes" if n % 8 == 3 else "no" for n in range(rows)],
            }
        )
    )


def test_counts_and_test_rows_survive_the_export(tmp_path, capsys):
    people().to_csv(tmp_path / "in.csv", index=False)
    (tmp_path / "recipe.json").write_text(dump(Recipe("r", 7, STEPS)), encoding="utf-8")
    hashes = []
    for number in (1, 2):
        out = tmp_path / f"out{number}.csv"
        assert main(["run", str(tmp_path / "recipe.json"), str(tmp_path / "in.csv"), "-o", str(out), "--json"]) == 0
        hashes.append(json.loads(capsys.readouterr().out)["content_hash"])
    assert hashes[0] == hashes[1]
    run = run_recipe(Recipe("r", 7, STEPS), write_table(tmp_path / "t.parquet", [people()]), tmp_path)
    assert run.table.content_hash == hashes[0]
    told = imbalance(run.table, "ill", split="split").to_json()
    again = read_file(tmp_path / "out1.csv", tmp_path / "again.parquet").table.frame()
    assert again["ill"].value_counts().to_dict() == {each["value"]: each["count"] for each in told["classes"]}
    train = again[again["split"] == "train"]
    assert train["ill"].value_counts().nunique() == 1 and (again["resampled"] == "synthetic").sum() == len(again) - 300
    before = run_recipe(
        Recipe("r", 7, STEPS[:2]), write_table(tmp_path / "t2.parquet", [people()]), tmp_path
    ).table.frame()
    kept = before[before["split"] != "train"]
    after = run.table.frame().loc[kept.index].drop(columns=["resampled", "weight"])
    assert content_hash(after) == content_hash(kept), "rows that judge were touched"


def test_a_fitted_recipe_fills_new_rows_with_what_was_learned(tmp_path):
    run = run_recipe(Recipe("r", 7, STEPS[:2]), write_table(tmp_path / "t.parquet", [people()]), tmp_path)
    middle = people()[(run.table.frame()["split"] == "train").to_numpy()]["pay"].median()
    fresh = tidy(
        pd.DataFrame({"who": ["a", "b"], "age": [1, 1], "pay": [None, 5.0], "sex": ["f", "f"], "ill": ["no", "no"]})
    )
    again = run_recipe(run.recipe, write_table(tmp_path / "n.parquet", [fresh]), tmp_path).table.frame()
    assert again["pay"].tolist() == [middle, 5.0]
