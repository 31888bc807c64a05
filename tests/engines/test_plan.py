"""Where each step of a recipe runs is known before anything starts."""

import json
from contextlib import suppress
from dataclasses import replace

import pytest

from dataops_core.cli.main import main
from dataops_core.engines import check_plan, columns_learned_from, plan
from dataops_core.engines.plan import pieces_of
from dataops_core.errors import SettingError, Skip
from dataops_core.models import training
from dataops_core.read import read_file
from dataops_core.recipe.call import call
from dataops_core.recipe.recipe import Recipe, RecipeContext, RecipeStep
from dataops_core.recipe.replay import engine_values, take
from dataops_core.steps import REGISTRY, EqualRows, KeyColumns, NewRows, Order, Rows, get
from dataops_core.table import write_table
from tests.recipe.test_script import ALL, LEARNT, SAMPLE


def pieces(op: str, **settings):
    step = get(op)
    return pieces_of(step, step.check(settings))


@pytest.mark.parametrize(
    ("op", "settings", "expected"),
    [
        ("trim_spaces", {"columns": ["a"]}, Rows()),
        ("drop_duplicate_rows", {}, EqualRows((), only_drops=True)),
        ("sort_rows", {"columns": ["a"], "direction": "largest"}, Order(("a",), True)),
        ("sample_rows", {"by": ["a"]}, KeyColumns(("a",))),
        ("group_rows", {"by": ["a"]}, NewRows(("a",))),
        ("split_rows", {"how": "by_column", "column": "a"}, Rows()),
        ("split_rows", {"stratify": ["a"]}, KeyColumns(("a",), copies=True)),
        ("split_rows", {"stratify": ["a"], "groups": ["b"]}, KeyColumns(("a", "b"))),
        ("quarantine_rows", {"conditions": ["age > 3"]}, Rows()),
        ("quarantine_rows", {"conditions": ["age > 3", "unique(id, line)"]}, EqualRows(("id", "line"))),
        ("quarantine_rows", {"conditions": ["follows(town, from zip)"]}, EqualRows(("zip",))),
        ("quarantine_rows", {"conditions": ["unique(id)", "unique(code)"]}, None),
        ("fill_along", {"columns": ["a"], "by": ["b"]}, EqualRows(("b",))),
        ("fill_along", {"columns": ["a"], "by": ["b"], "how": "interpolate"}, None),
        ("fill_along", {"columns": ["a"]}, None),
        ("join_table", {"table": "t", "keys": ["a"]}, Rows()),
        ("join_table", {"table": "t", "keys": ["a"], "how": "full"}, None),
        ("resample_rows", {"target": "a"}, None),
    ],
)
def test_a_step_says_in_which_pieces_it_can_be_done(op, settings, expected):
    assert pieces(op, **settings) == expected


def test_every_step_on_the_whole_table_says_so_or_names_its_pieces():
    whole = {step.name for step in REGISTRY.values() if step.reach == "table" and step.piece_function is None}
    assert whole == {"resample_rows", "fill_several_times"}


def test_all_that_cannot_run_is_named_at_once():
    recipe = Recipe(
        steps=(
            RecipeStep("trim_spaces", {"columns": ["a"]}),
            RecipeStep("resample_rows", {"target": "a"}),
            RecipeStep("fill_along", {"columns": ["a"]}),
            RecipeStep("resample_rows", {"target": "b"}, off=True),
        )
    )
    planned = plan(recipe, "spark")
    assert [each.refused for each in planned] == [False, True, True, False]
    with pytest.raises(SettingError, match="2 of 4 steps cannot run on spark") as raised:
        check_plan(planned, "spark")
    assert raised.value.where == "step 2, resample_rows, step 3, fill_along"


def learned_by(step, rows, given):
    try:
        return call(step, step.learner, rows, given)
    except Skip:
        return None


@pytest.mark.slow
def test_what_is_learned_needs_no_other_columns_than_the_plan_names(tmp_path):
    """Every step that learns, on the table as it then is: from the columns named, the same as from all."""
    whole = read_file(SAMPLE, tmp_path / "source.parquet").table
    start = write_table(tmp_path / "start.parquet", [whole.page(0, 400)], whole.kinds)
    checked = set()
    for number, asked in enumerate([ALL, *map(dict, LEARNT)]):
        table, context = start, RecipeContext()
        for op, settings in asked.items():
            step, entry = get(op), RecipeStep(op, settings)
            if step.needs_table:
                continue
            if step.learner is not None:
                complete = step.check(settings)
                rows = training(table.frame(), context.split)
                columns = columns_learned_from(step, complete, context) or table.names
                given = {**complete, **engine_values(step.learner, 0, context)}
                checked.add(op)
                learned = learned_by(step, rows, given)
                assert learned_by(step, rows[list(columns)], given) == learned, op
                entry = replace(entry, learned=learned and json.loads(json.dumps(learned)))
            with suppress(SettingError):  # a few rows are not enough for every step
                table, _ = take(entry, table, tmp_path / f"{number} {op}.parquet", earlier=context)
                context = context.after(entry)
    learners = {step.name for step in REGISTRY.values() if step.learner is not None}
    assert checked == learners


def test_a_dry_run_lists_where_each_step_would_run_and_reads_nothing(tmp_path, capsys):
    path = tmp_path / "r.json"
    steps = [{"op": "trim_spaces", "with": {"columns": ["a"]}}, {"op": "fill_missing", "with": {"columns": ["n"]}}]
    path.write_text(json.dumps({"steps": steps}))
    command = ["run", str(path), str(tmp_path / "nowhere"), "--on", "spark", "--dry-run"]
    assert main([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["can_run"] is True
    assert [step["where"] for step in told["steps"]] == ["row by row, on the workers"] * 2
    assert told["steps"][1]["learns"] == (
        "learns first, in the memory of the driver, by values that are counted on the cluster, from n of all rows"
    )
    steps.append({"op": "resample_rows", "with": {"target": "a"}})
    path.write_text(json.dumps({"steps": steps}))
    assert main(command) == 2
    said = capsys.readouterr()
    assert "3. [cannot run] Resampled rows" in said.out
    assert "Where: step 3, resample_rows" in said.err


def test_a_master_is_for_spark_alone(tmp_path, capsys):
    path = tmp_path / "r.json"
    path.write_text('{"steps": []}')
    assert main(["run", str(path), str(SAMPLE), "-o", str(tmp_path / "o.csv"), "--master", "spark://a:1"]) == 2
    assert "A master is for Spark." in capsys.readouterr().err
