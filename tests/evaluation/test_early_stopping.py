"""Hopeless recipes are not tried in all folds, good ones always are; what it costs is said first, and on stderr."""

import json

import numpy as np
import pandas as pd
import pytest

from dataops_core.cli.main import main
from dataops_core.evaluation import Candidate, compare_recipes
from dataops_core.evaluation.advice import Judge
from dataops_core.evaluation.export.script import scoreboard_script
from dataops_core.evaluation.kept_folds import InMemory
from dataops_core.recipe.recipe import Recipe, RecipeStep


def candidate(name, op, **settings):
    return Candidate(name, Recipe(steps=(RecipeStep(op, settings),)))


def outcome(rows, seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"x": rng.normal(size=rows), "noise": rng.normal(size=rows), "other": rng.normal(size=rows)})
    frame["y"] = np.where(frame["x"] + 0.7 * rng.normal(size=rows) > 0, "yes", "no")
    return frame


FEW_MISLEAD = 1  # the seed
SOME = [
    candidate("spoiled", "drop_columns", columns=["x"]),
    candidate("without noise", "drop_columns", columns=["noise"]),
    candidate("without other", "drop_columns", columns=["other"]),
]


@pytest.mark.slow
def test_a_hopeless_recipe_is_stopped_and_said_to_be_and_a_good_one_never_is(make_table):
    for seed in range(6):
        found = compare_recipes(make_table(outcome(400, seed)), SOME, "y", seed=seed)
        spoiled, *good = found.standings[1:]
        assert spoiled.stopped.startswith("Stopped after 5 folds: clearly worse than ")
        assert len(spoiled.scores["roc_auc"]) == 5 and spoiled.differences["roc_auc"].verdict == "worse"
        assert "1 recipe was stopped early." in found.notes and '"spoiled"' in found.advice.verdict
        for each in good:
            assert not each.stopped and len(each.scores["roc_auc"]) == 10
    assert "'spoiled': (5," in scoreboard_script(found)  # which makes as many folds of it


def test_with_all_folds_nothing_is_stopped(make_table):
    found = compare_recipes(make_table(outcome(240, 0)), SOME, "y", folds=4, repeats=2, stop_early=False)
    assert {len(each.scores["roc_auc"]) for each in found.standings} == {8}


def test_what_is_fairer_is_not_stopped_though_it_scores_worse(make_table):
    rng = np.random.default_rng(0)
    sex, skill = rng.choice(["f", "m"], 500), rng.normal(size=500)
    hired = np.where(skill + 1.5 * (sex == "m") + 0.3 * rng.normal(size=500) > 0.7, "yes", "no")
    table = make_table(pd.DataFrame({"sex": sex, "skill": skill, "hired": hired}))
    blind = [candidate("blind", "drop_columns", columns=["sex"])]
    found = compare_recipes(table, blind, "hired", favorable="yes", sensitive=["sex"])
    assert found.standings[1].differences["roc_auc"].verdict == "worse" and not found.standings[1].stopped
    assert compare_recipes(table, blind, "hired", favorable="yes").standings[1].stopped


@pytest.mark.slow
def test_some_of_the_rows_would_have_stopped_the_best_recipe(make_table):
    """Sixty towns, each with an effect of its own: with an eighth of the rows to learn from, a column for each town is
    clearly worse than leaving them out; with all rows it is the best. So recipes are raced by folds, never by rows.
    """
    rng = np.random.default_rng(FEW_MISLEAD)
    rows, effect = 2400, rng.normal(0, 0.6, 60)
    town = rng.integers(0, 60, rows)
    x = rng.normal(size=rows)
    y = np.where(rng.random(rows) < 1 / (1 + np.exp(-(x + effect[town]))), "yes", "no")
    table = make_table(pd.DataFrame({"x": x, "town": [f"t{n}" for n in town], "y": y}), {"town": "category"})
    some = [
        candidate("no towns", "drop_columns", columns=["town"]),
        candidate("all towns", "encode_one_hot", columns=["town"], levels=200),
    ]
    few = compare_recipes(table, some, "y", sample=rows // 8, repeats=1, seed=FEW_MISLEAD)
    judge = Judge(few.problem.plan, few.measure, few.problem.unit)
    mine = few.standings[2]
    assert judge.against(mine.scores, judge.best(few.standings).scores, among=2) == "worse"
    found = compare_recipes(table, some, "y", seed=FEW_MISLEAD)
    assert not found.standings[2].stopped and judge.best(found.standings).name == "all towns"


def test_the_cost_is_told_before_the_first_fold_and_counts_what_is_kept(make_table):
    table, kept, told = make_table(outcome(240, 0)), InMemory(), []

    def before(cost):
        told.append((cost, len(kept.values)))

    compare_recipes(table, SOME[:2], "y", folds=4, repeats=1, kept=kept, before=before)
    compare_recipes(table, SOME, "y", folds=4, repeats=1, kept=kept, before=before)
    (first, then), (second, now) = told
    assert (first.recipes, first.folds, first.fits, first.finished, then) == (3, 4, 12, 0, 0)
    assert (second.recipes, second.folds, second.fits, second.finished, now) == (4, 4, 4, 12, 12)
    assert first.seconds > 2 and "12 fits, a few seconds" in first.sentence
    assert "4 fits (12 more are kept from before)" in second.sentence


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_the_command_says_it_on_stderr(tmp_path, capsys, form):
    outcome(240, 0).to_csv(tmp_path / "t.csv", index=False)
    recipe = tmp_path / "spoiled.json"
    recipe.write_text(json.dumps(SOME[0].recipe.to_json()))
    assert main(["compare", str(tmp_path / "t.csv"), str(recipe), "--target", "y", "--folds", "4", *form]) == 0
    out, err = capsys.readouterr()
    assert err.startswith("2 recipes (doing nothing is one) in 8 folds: 16 fits, a few seconds. What is clearly worse")
    if form:
        cost = json.loads(out)["cost"]
        assert (cost["recipes"], cost["folds"], cost["fits"], cost["finished"]) == (2, 8, 16, 0)
    else:
        assert "Stopped after 4 folds" in out and "fits" not in out
