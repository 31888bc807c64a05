"""Learning from counted rows gives what learning from all rows gives, in whatever order they come."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.engines import bounded
from dataops_core.errors import SettingError, Skip
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.recipe.replay import counted_rows, learn, learn_counted
from dataops_core.steps import REGISTRY, get
from dataops_core.steps._counted import COUNT, takes_counts

ROWS = 400


def table_of(make_table):
    random = np.random.default_rng(5)
    some = random.integers(0, 12, ROWS)
    return make_table(
        {
            "times": [None if n == 3 else f"t{n % 5}" for n in some],
            "whole": pd.array([None if n == 4 else int(n) * (2**53 + 1) for n in some], dtype="Int64"),
            "decimal": [None if n == 5 else float("inf") if n == 6 else n * 0.1 - 0.3 for n in some],
            "when": [None if n == 7 else pd.Timestamp(2024, 1, 1 + int(n)) for n in some],
            "yes": pd.array([None if n == 8 else bool(n % 2) for n in some], dtype="boolean"),
            "nothing": pd.Series([None] * ROWS, dtype=object),
        }
    )


CASES = [
    ("fill_missing", {"columns": ["whole", "decimal", "when"], "how": "median"}),
    ("fill_missing", {"columns": ["whole", "decimal", "when"], "how": "median", "by": ["times", "whole"]}),
    ("fill_missing", {"columns": ["whole", "decimal", "when"], "how": "mean", "by": ["yes"]}),
    ("fill_missing", {"columns": ["times", "whole", "decimal", "when", "yes"], "how": "most_frequent"}),
    ("encode_frequency", {"columns": ["times", "when", "yes", "nothing"]}),
    ("encode_one_hot", {"columns": ["times", "whole"], "levels": 3}),
    ("encode_ordinal", {"columns": ["times"]}),
    ("suppress_rare", {"columns": ["times", "yes"], "fewer_than": 100}),
]


@pytest.mark.parametrize(("op", "settings"), CASES)
def test_what_is_learned_from_counted_rows_is_what_is_learned_from_all(make_table, op, settings):
    step, table = get(op), table_of(make_table)
    complete = step.check(settings)
    wanted = learn(step, complete, table)

    def shuffled(columns):
        return counted_rows(table, columns).sample(frac=1, random_state=1)

    named = [*settings["columns"], *settings.get("by", [])]
    assert learn_counted(step, complete, named, {}, shuffled) == wanted
    assert learn(step, complete, table, bounded=bounded()) == wanted


def test_the_cases_are_all_steps_that_learn_from_counts():
    assert {step.name for step in REGISTRY.values() if takes_counts(step.learner)} == {op for op, _ in CASES}


@pytest.mark.parametrize(("few", "counted"), [(10_000, True), (5, False)])
def test_rows_are_counted_batch_by_batch_unless_they_are_too_many(make_table, monkeypatch, few, counted):
    table = table_of(make_table)
    batches = [table.frame(["times", "yes"]).iloc[at : at + 30] for at in range(0, ROWS, 30)]
    monkeypatch.setattr(type(table), "batches", lambda self, columns: iter(batches))
    monkeypatch.setattr("dataops_core.recipe.replay.FEW_COUNTED", few)
    found = counted_rows(table, ["times", "yes"])
    plain = table.frame(["times", "yes"]).value_counts(dropna=False, sort=False)
    if counted:
        assert sorted(found[COUNT]) == sorted(plain) and found[COUNT].sum() == ROWS
    else:
        assert (len(found), list(found)) == (ROWS, ["times", "yes"])


@pytest.mark.parametrize(
    ("op", "settings", "error"),
    [
        ("encode_frequency", {"columns": ["nothing"]}, Skip),
        ("fill_missing", {"columns": ["nothing"], "how": "most_frequent"}, Skip),
        ("fill_missing", {"columns": ["nothing"], "how": "median"}, SettingError),
    ],
)
def test_what_cannot_be_learned_is_told_in_the_same_words(make_table, op, settings, error):
    step, table = get(op), table_of(make_table)
    complete = step.check(settings)
    with pytest.raises(error) as plain:
        learn(step, complete, table)
    with pytest.raises(error, match=str(plain.value).split("(")[0].strip()):
        learn(step, complete, table, bounded=bounded())


def test_a_sum_of_counted_decimals_is_rounded_once():
    step = get("fill_missing")
    many = pd.DataFrame({"n": [0.1] * 10 + [1e16, -1e16, None]})
    few = pd.DataFrame({"n": [None, -1e16, 0.1, 1e16]})
    wanted = step.learner(many, ["n"], "mean")
    assert step.learner(few, ["n"], "mean", times=np.array([1, 1, 10, 1])) == wanted
    assert wanted["n"]["fill"] == 1.0 / 12


def test_the_command_plans_it(tmp_path):
    from dataops_core.engines import plan

    recipe = Recipe(steps=(RecipeStep("fill_missing", {"columns": ["n"]}),))
    assert "counted on the cluster" in plan(recipe, "spark")[0].learns
    assert "batch by batch" in plan(recipe, "batches")[0].learns
