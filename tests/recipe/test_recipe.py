import json

import pytest

from dataops_core.errors import SettingError
from dataops_core.recipe.recipe import Recipe, RecipeStep, dump, from_json, load
from dataops_core.recipe.replay import run_recipe

TRIM = RecipeStep("trim_spaces", {"columns": ["a"]})
FILL = RecipeStep("fill_missing", {"columns": ["n"], "how": "median"})


def test_a_recipe_survives_its_file(tmp_path):
    recipe = Recipe(
        "monthly",
        7,
        (TRIM, RecipeStep("drop_columns", {"columns": ["b"]}, off=True, why="asked by law")),
        {"format": "csv"},
    )
    (tmp_path / "r.json").write_text(dump(recipe))
    assert load(tmp_path / "r.json") == recipe


def test_yaml_is_read_too(tmp_path):
    (tmp_path / "r.yaml").write_text("name: x\nsteps:\n  - op: trim_spaces\n    with: {columns: [a]}\n")
    assert load(tmp_path / "r.yaml") == Recipe("x", 0, (TRIM,))


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("{", "broken JSON"),
        ("[1, 2]", "not a recipe"),
        ("steps: 3", "not a recipe"),
        ('{"steps": [3]}', "needs an operation"),
        ('{"steps": [], "stps": 1}', 'no key "stps"'),
        ('{"format": "x/9", "steps": []}', "Unknown recipe format"),
        ('{"steps": [{"op": "a", "wth": {}}]}', 'no key "wth"'),
        ('{"steps": [], "seed": "a"}', "not a seed"),
        ("a: [", "broken YAML"),
    ],
)
def test_a_file_that_is_no_recipe_says_what_is_wrong(tmp_path, text, match):
    path = tmp_path / "r.json"
    path.write_text(text)
    with pytest.raises(SettingError, match=match):
        load(path)


def test_loading_never_validates_but_checking_lists_all_problems_at_once():
    recipe = from_json(
        {
            "steps": [
                {"op": "trim_space", "with": {}},
                {"op": "fill_missing", "with": {"columns": ["n"], "how": "medium"}},
            ]
        }
    )
    with pytest.raises(SettingError, match='no step "trim_space".*"medium" does not fit') as caught:
        recipe.check(["n"])
    assert 'Did you mean "trim_spaces"?' in caught.value.fix
    assert 'Did you mean "median"?' in caught.value.fix


def test_missing_columns_are_found_before_anything_runs_and_renamed_ones_are_known():
    renamed = RecipeStep("rename_columns", {"names": {"a": "b"}})
    recipe = Recipe(steps=(renamed, RecipeStep("trim_spaces", {"columns": ["b", "citty"]})))
    with pytest.raises(SettingError, match='no column "citty"') as caught:
        recipe.check(["a", "city"])
    assert 'Did you mean "city"?' in caught.value.fix


def test_mapping_rewrites_settings_renamings_and_learned_values():
    recipe = Recipe(
        steps=(
            RecipeStep(
                "fill_missing", {"columns": ["n", "m"], "by": ["g"]}, learned={"n": {"fill": 1}, "m": {"fill": 2}}
            ),
            RecipeStep("rename_columns", {"names": {"n": "x"}}),
        )
    )
    mapped = recipe.mapped({"n": "N", "g": "G"})
    assert mapped.steps[0].settings == {"columns": ["N", "m"], "by": ["G"]}
    assert mapped.steps[0].learned == {"N": {"fill": 1}, "m": {"fill": 2}}
    assert mapped.steps[1].settings == {"names": {"N": "x"}}


def test_what_was_learned_on_one_table_is_used_on_another_unless_unfitted(make_table, tmp_path):
    first = run_recipe(Recipe(steps=(FILL,)), make_table({"n": [1.0, 3.0, None]}), tmp_path)
    assert first.table.frame()["n"].tolist() == [1.0, 3.0, 2.0]
    other = make_table({"n": [10.0, 30.0, None]})
    assert run_recipe(first.recipe, other, tmp_path).table.frame()["n"].tolist() == [10.0, 30.0, 2.0]
    assert run_recipe(first.recipe.unfitted(), other, tmp_path).table.frame()["n"].tolist() == [10.0, 30.0, 20.0]


def test_outcomes_count_rows_and_cells_and_an_off_step_does_nothing(make_table, tmp_path):
    steps = (TRIM, RecipeStep("drop_duplicate_rows", {}), RecipeStep("drop_columns", {"columns": ["a"]}, off=True))
    run = run_recipe(Recipe(steps=steps), make_table({"a": [" x", "x", "y"]}), tmp_path)
    told = [o.to_json() for o in run.outcomes]
    assert [t["status"] for t in told] == ["done", "done", "off"]
    assert (told[0]["cells_changed"], told[1]["rows_dropped"], run.table.rows) == (1, 1, 2)
    json.dumps(told)


def test_a_step_that_skips_is_recorded_and_no_failure(make_table, tmp_path):
    run = run_recipe(Recipe(steps=(FILL,)), make_table({"n": [float("nan")] * 2}), tmp_path)
    assert [o.status for o in run.outcomes] == ["skipped"]
    assert run.failed is None


def test_a_failing_step_stops_the_run_and_says_why(make_table, tmp_path):
    steps = (RecipeStep("parse_numbers", {"columns": ["n"]}), TRIM)
    run = run_recipe(Recipe(steps=steps), make_table({"n": [True, False], "a": ["x", "y"]}), tmp_path)
    assert [o.status for o in run.outcomes] == ["failed"]
    assert "holds boolean, not text" in run.failed.reason


@pytest.mark.parametrize(("op", "cells"), [("parse_numbers", ["1,5", "2"]), ("parse_dates", ["1/2/2020", "3.4.2021"])])
def test_a_column_that_is_parsed_twice_stays_as_it_is(make_table, tmp_path, op, cells):
    steps = tuple(RecipeStep(op, {"columns": ["a"]}) for _ in range(2))
    run = run_recipe(Recipe(steps=steps), make_table({"a": cells, "b": ["x", "y"]}), tmp_path)
    assert [outcome.status for outcome in run.outcomes] == ["done", "done"]
    assert run.outcomes[1].difference.cells_changed == {}
    assert run.table.column("a").type in ("decimal", "datetime")


def test_kinds_follow_a_renamed_column(make_table, tmp_path):
    table = make_table({"code": ["a", "b"]}, {"code": "id"})
    run = run_recipe(Recipe(steps=(RecipeStep("rename_columns", {"names": {"code": "key"}}),)), table, tmp_path)
    assert run.table.kinds == {"key": "id"}


def test_a_large_table_by_batches_gives_the_same_content_as_in_memory(make_table, tmp_path, monkeypatch):
    table = make_table({"a": [" x", "y ", None] * 40_000, "n": [1.5, None, 3.0] * 40_000})
    steps = (TRIM, FILL, RecipeStep("filter_rows", {"column": "n", "keep_if": "at least", "value": "2"}))
    whole = run_recipe(Recipe(steps=steps), table, tmp_path)
    monkeypatch.setattr("dataops_core.recipe.replay.LARGE", 1000)
    batched = run_recipe(Recipe(steps=steps), table, tmp_path)
    assert batched.table.content_hash == whole.table.content_hash


def test_a_learner_that_breaks_is_a_failed_step_and_no_traceback(make_table, tmp_path, monkeypatch):
    monkeypatch.setattr(FILL.step, "learner", lambda df, **_settings: 1 / 0)
    run = run_recipe(Recipe(steps=(FILL,)), make_table({"n": [1.0, None]}), tmp_path)
    assert [o.status for o in run.outcomes] == ["failed"]
    assert "cannot be done on this table: division by zero" in run.failed.reason


def test_too_little_memory_is_not_blamed_on_the_step(make_table, tmp_path, monkeypatch):
    def full(df, **_settings):
        raise MemoryError("full")

    monkeypatch.setattr(FILL.step, "function", full)
    with pytest.raises(MemoryError, match="full"):
        run_recipe(Recipe(steps=(FILL,)), make_table({"n": [1.0, None]}), tmp_path)


def test_a_step_that_skips_leaves_no_file(make_table, tmp_path):
    table, folder = make_table({"n": [float("nan")] * 2}), tmp_path / "work"
    folder.mkdir()
    assert run_recipe(Recipe(steps=(FILL,)), table, folder).table is table
    assert list(folder.iterdir()) == []
