import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.recipe.replay import run_recipe
from dataops_core.steps.merge_values import merge_values

MERGE = RecipeStep("merge_values", {"column": "city", "mapping": {"Amsterdm": "Amsterdam"}})


def test_on_its_own_file_no_value_is_new(make_table, tmp_path):
    done = run_recipe(Recipe("r", 0, (MERGE,)), make_table({"city": ["Amsterdm", "Delft", None]}), tmp_path)
    assert done.outcomes[0].reason == ""
    assert done.table.frame()["city"].tolist() == ["Amsterdam", "Delft", None]


def test_values_that_were_never_seen_are_named_at_replay_and_left_as_they_are(make_table, tmp_path):
    fitted = run_recipe(Recipe("r", 0, (MERGE,)), make_table({"city": ["Amsterdm", "Delft"]}), tmp_path).recipe
    done = run_recipe(fitted, make_table({"city": ["Amsterdm", "Amstedam", "Delft", "Amstedam"]}), tmp_path)
    assert done.outcomes[0].reason == '1 values were never seen before and were left as they are: "Amstedam" (2).'
    assert done.table.frame()["city"].tolist() == ["Amsterdam", "Amstedam", "Delft", "Amstedam"]


def test_an_empty_target_is_refused():
    with pytest.raises(SettingError, match="empty"):
        merge_values(pd.DataFrame({"a": ["x"]}, dtype=object), column="a", mapping={"x": ""})
