"""The fixes of several findings compose to one recipe that runs."""

import random
from pathlib import Path

import pytest

from dataops_core.checks import REGISTRY
from dataops_core.read import read_file
from dataops_core.recipe.fixes import steps_of_fixes
from dataops_core.recipe.recipe import Recipe
from dataops_core.recipe.replay import run_recipe
from dataops_core.repair import accept, propose, steps_of
from dataops_core.repair.full_profile import full_profile

SAMPLES = Path(__file__).parents[2] / "sample_data"
SHARED = Path(__file__).parents[3] / "shared" / "data"
FILES = ("loan_applications.csv", "shop_orders.xlsx")
MORE = [f"{name}_{state}.csv" for name in ("hospital", "beers") for state in ("dirty", "clean")]


def merge(column, mapping):
    return {"fix": {"op": "merge_values", "with": {"column": column, "mapping": mapping}}}


def test_values_are_merged_before_their_spaces_go_and_columns_go_last():
    findings = [
        {"fix": {"op": "drop_columns", "with": {"columns": ["b"]}}},
        {"fix": {"op": "trim_spaces", "with": {"columns": ["a"]}}},
        {"fix": None},
        merge("a", {" X ": "x"}),
    ]
    assert [step.op for step in steps_of_fixes(findings)] == ["merge_values", "trim_spaces", "drop_columns"]


def test_a_column_is_parsed_once_and_in_the_first_findings_way():
    parse = [
        {"fix": {"op": "parse_dates", "with": {"columns": c, "order": o}}} for c, o in ((["a"], 1), (["a", "b"], 2))
    ]
    assert [step.settings for step in steps_of_fixes(parse)] == [
        {"columns": ["a"], "order": 1},
        {"columns": ["b"], "order": 2},
    ]


def test_steps_of_one_kind_with_the_same_settings_are_one_step():
    findings = [merge("a", {"X": "x"}), merge("a", {"X": "x"}), merge("b", {"Y": "y"})]
    assert [step.settings["column"] for step in steps_of_fixes(findings)] == ["a", "b"]


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_every_set_of_fixes_runs_as_one_recipe(name, tmp_path):
    table = read_file(SAMPLES / name, tmp_path / "read").table
    profile, _ = full_profile(table)
    fixable = [finding for finding in profile["findings"] if finding["fix"]]
    assert len(fixable) >= 5
    draw = random.Random(0)
    harmless = [finding for finding in fixable if REGISTRY[finding["check"]].harmless]
    for some in [fixable, harmless, *(draw.sample(fixable, len(fixable) // 2) for _ in range(3))]:
        steps = steps_of_fixes(some)
        outcomes = run_recipe(Recipe(steps=tuple(steps)), table, tmp_path).outcomes
        assert [each.reason for each in outcomes if each.status == "failed"] == []
        assert len(steps) <= len(some)


@pytest.mark.slow
@pytest.mark.parametrize("name", MORE)
def test_every_set_of_fixes_of_benchmark_tables_runs_with_the_repairs_that_are_sure(name, tmp_path):
    if not (SHARED / name).exists():
        pytest.skip("the benchmark tables are not here")
    table = read_file(SHARED / name, tmp_path / "read").table
    fixable = [finding for finding in full_profile(table)[0]["findings"] if finding["fix"]]
    taken = accept(propose(table).repairs, 0.9)
    draw = random.Random(0)
    repairs = steps_of(draw.sample(taken, len(taken) // 2), table)
    fixes = steps_of_fixes(draw.sample(fixable, len(fixable) // 2))
    outcomes = run_recipe(Recipe(steps=(*repairs, *fixes)), table, tmp_path).outcomes
    assert [(each.op, each.reason) for each in outcomes if each.status == "failed"] == []
