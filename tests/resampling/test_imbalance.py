"""Counts of classes: by hand, by group, by part, and the same as a resampled table has."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.recipe.replay import run_recipe
from dataops_core.resampling import imbalance
from dataops_core.table import tidy, write_table

FRAME = tidy(
    pd.DataFrame(
        {
            "ill": ["no"] * 6 + ["yes"] * 2 + [None],
            "sex": ["f", "f", "f", "m", "m", None, "f", "f", "m"],
            "old": [True] * 4 + [False] * 5,
            "split": ["train"] * 5 + ["test"] * 4,
        }
    )
)


def test_counts_by_hand(tmp_path):
    told = imbalance(write_table(tmp_path / "t.parquet", [FRAME]), "ill", ["sex", "old"], "split").to_json()
    assert told["classes"] == [{"value": "no", "count": 6, "share": 0.75}, {"value": "yes", "count": 2, "share": 0.25}]
    assert (told["rows"], told["missing"], told["ratio"]) == (9, 1, 3.0)
    by = {(each["column"], each["group"]): each["counts"] for each in told["groups"]}
    assert (
        by["sex", "f"] == {"no": 3, "yes": 2}
        and by["sex", "m"] == {"no": 2, "yes": 0}
        and by["sex", "missing"] == {"no": 1, "yes": 0}
    )
    assert by["sex, old", "f, true"] == {"no": 3, "yes": 0}
    parts = {each["part"]: each for each in told["parts"]}
    assert parts["train"]["classes"] == [
        {"value": "no", "count": 5, "share": 1.0},
        {"value": "yes", "count": 0, "share": 0.0},
    ]
    assert parts["test"]["missing"] == 1 and parts["validation"]["rows"] == 0 and parts["validation"]["ratio"] is None
    assert told["words"].startswith('"yes" is the rarest class of ill: 2 rows (25.0%), against 6 of "no".')
    assert "does not occur at all: m; missing" in told["words"]


@pytest.mark.parametrize("method", ["over_random", "under_random", "smote", "smote_enn", "tomek"])
def test_counts_of_a_resampled_table_are_what_was_shown(tmp_path, method):
    rng = np.random.default_rng(1)
    frame = tidy(pd.DataFrame({"x": rng.normal(size=200), "z": rng.normal(size=200), "y": ["a"] * 30 + ["b"] * 170}))
    table = write_table(tmp_path / "t.parquet", [frame])
    recipe = Recipe("r", 3, (RecipeStep("resample_rows", {"target": "y", "method": method}),))
    runs = [run_recipe(recipe, table, tmp_path).table for _ in range(2)]
    assert runs[0].content_hash == runs[1].content_hash
    shown = {each["value"]: each["count"] for each in imbalance(runs[0], "y").to_json()["classes"]}
    assert shown == runs[0].frame()["y"].value_counts().to_dict()
    if method in ("over_random", "smote"):
        assert shown == {"a": 170, "b": 170}


def test_odd_targets_are_said(tmp_path):
    for cells, said in (
        ([1.5 * at for at in range(40)], "an amount"),
        ([None] * 3, "holds nothing"),
        ([f"c{at}" for at in range(10_000)], "10,000 different"),
    ):
        with pytest.raises(SettingError, match=said):
            imbalance(write_table(tmp_path / "t.parquet", [tidy(pd.DataFrame({"y": cells}))]), "y").to_json()
    one = imbalance(write_table(tmp_path / "t.parquet", [tidy(pd.DataFrame({"y": ["a"]}))]), "y").to_json()
    assert one["ratio"] == 1.0 and "one class only" in one["words"]
