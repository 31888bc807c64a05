"""Predictive mean matching: donors by hand, values that were seen, exact to the last digit, and a warning where donors
are few.
"""

import numpy as np
import pandas as pd
import pytest

from dataops_core.cli.main import main
from dataops_core.imputation import chains
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.recipe.replay import run_recipe
from dataops_core.steps import get
from dataops_core.steps._donors import as_seen, matched, places_of, pooled_donors
from dataops_core.table import tidy

several = get("fill_several_times")


def test_donors_by_hand():
    """Predictions 0 10 20 ... 90; asked 34: the nearest five are 30, 40, 20, 50, 10, each for a fifth of the chance."""
    at = np.arange(0.0, 100, 10)
    assert places_of(np.full(5, 34.0), at, np.array([0.1, 0.3, 0.5, 0.7, 0.99])).tolist() == [3, 4, 2, 5, 1]
    assert places_of(np.array([-50.0, 500.0]), at, np.array([0.0, 0.99])).tolist() == [
        0,
        5,
    ], "beyond the ends the last five"
    assert set(places_of(np.zeros(50), at[:3], np.linspace(0, 0.99, 50)).tolist()) == {
        0,
        1,
        2,
    }, "fewer than five: all of them"
    donors = pooled_donors(np.array([2.0, 1.0]), np.array([20.0, 10.0]))
    assert donors == {"at": [1.0, 2.0], "values": [10.0, 20.0]} and matched(
        np.array([0.9]), donors, np.array([0.0])
    ).tolist() == [10.0]
    assert as_seen(np.array([0.9, 1.4, 1.6, 9.0]), [1.0, 2.0]).tolist() == [1.0, 1.0, 2.0, 2.0] and as_seen(
        np.array([5.0]), [1.0]
    ).tolist() == [1.0]


def skewed(rows=300, seed=0, slope=0.0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=rows)
    y = np.round(np.exp(x + rng.normal(size=rows)), 3)
    gone = rng.random(rows) < 1 / (1 + np.exp(0.8 - slope * (x + 1)))
    return tidy(
        pd.DataFrame(
            {
                "x": x,
                "y": np.where(gone, np.nan, y),
                "day": (
                    pd.Timestamp("2024-01-01")
                    + pd.to_timedelta(np.where(rng.random(rows) < 0.2, np.nan, rng.integers(0, 400, rows)), "D")
                ),
                "n": pd.array(
                    [
                        None if lost else int(value)
                        for value, lost in zip(rng.integers(0, 9, rows), rng.random(rows) < 0.2, strict=True)
                    ],
                    dtype="Int64",
                ),
                "kind": pd.Series(np.where(x > 0, "up", "down"), dtype=object).mask(rng.random(rows) < 0.2),
            }
        )
    )


@pytest.mark.parametrize("logarithm", [[], ["y"]])
def test_every_number_that_is_filled_was_seen(logarithm):
    frame = skewed()
    out = tidy(several(frame, columns=["y", "day", "n", "kind"], copies=3, draw="matching", logarithm=logarithm))
    assert not out.isna().any().any()
    for name in ("y", "day", "n"):
        assert set(out[name].tolist()) <= set(frame[name].dropna().tolist()), name
    gone = np.tile(frame["y"].isna().to_numpy(), 3)
    assert out["y"][gone].nunique() > 30, "and they are not all one"


def test_matched_values_follow_the_prediction_and_differ_between_copies():
    rng = np.random.default_rng(1)
    x = rng.normal(size=600)
    y = 2 * x + rng.normal(0, 0.5, 600)
    frame = tidy(pd.DataFrame({"x": x, "y": np.where(rng.random(600) < 0.3, np.nan, y)}))
    out = several(frame, columns=["y"], copies=2, draw="matching")
    gone = frame["y"].isna().to_numpy()
    first, second = (part["y"].to_numpy()[gone] for _, part in out.groupby("imputation"))
    assert (first - 2 * x[gone]).std() == pytest.approx(0.5, abs=0.1) and (first != second).mean() > 0.5
    assert np.corrcoef(first - y[gone], second - y[gone])[0, 1] < 0.75


def test_a_recipe_with_matching_is_replayed_alike(make_table, tmp_path):
    recipe = Recipe("r", 0, (RecipeStep("fill_several_times", {"columns": ["y"], "draw": "matching", "copies": 2}),))
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    runs = [run_recipe(recipe, make_table(skewed()), folder) for folder in folders]
    assert runs[0].failed is None and runs[0].table.content_hash == runs[1].table.content_hash


def test_few_and_repeated_donors_are_warned_of(make_table):
    told = chains(make_table(skewed(400)), ["y"], draw="matching", chains=3, iterations=20).to_json()
    assert told["warnings"] == [] and told["columns"]["y"]["donors"]["edge"] < 0.08
    told = chains(make_table(skewed(400, slope=3.0)), ["y"], draw="matching", chains=3, iterations=20).to_json()
    assert (
        told["columns"]["y"]["donors"]["edge"] > 0.2
        and "at the edge of the known rows" in told["warnings"][0]
        and "one row fills" in told["warnings"][0]
    )
    few = chains(make_table(skewed(45)), ["y"], draw="matching", chains=3, iterations=20).to_json()
    assert "rows to take values from" in few["warnings"][0]
    assert (
        chains(make_table(skewed(100)), ["y"], chains=3, iterations=20).to_json()["columns"]["y"]["donors"] is None
    ), "who draws from the model needs no donors"


def test_the_command_warns_too(tmp_path, capsys):
    skewed(400, slope=3.0)[["x", "y"]].to_csv(tmp_path / "t.csv", index=False)
    assert (
        main(["impute-chains", str(tmp_path / "t.csv"), "--draw", "matching", "--chains", "3", "--iterations", "20"])
        == 1
    )
    assert "at the edge of the known rows" in capsys.readouterr().out
