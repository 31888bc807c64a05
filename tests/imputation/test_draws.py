"""Filling several times in the bench: the mean of the draws, CRPS and coverage, by hand and on a table whose truth is
known.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from dataops_core.imputation import bench
from dataops_core.imputation.draws import averaged, copies_of, crps, held, told_of_draws
from dataops_core.steps import get
from dataops_core.table import tidy
from tests.imputation.test_bench import line


def test_crps_by_hand():
    """Draws 1, 2, 4 of a truth of 3: mean distance 4/3; distances of pairs 1, 3, 2, each counted twice: 12 / (2 * 3 *
    2) = 1.
    """
    assert crps(np.array([[1.0], [2.0], [4.0]]), np.array([3.0])) == pytest.approx([4 / 3 - 1])
    assert crps(np.array([[1.0]]), np.array([3.0])) == pytest.approx([2.0]), "of a single guess the absolute error"


def test_crps_of_many_draws_is_the_integral_that_defines_it():
    """CRPS = integral (F(x) - [x >= y])^2; for a standard normal law and y = 0.5."""
    wanted = quad(lambda x: norm.cdf(x) ** 2, -10, 0.5)[0] + quad(lambda x: (norm.cdf(x) - 1) ** 2, 0.5, 10)[0]
    drawn = np.random.default_rng(0).normal(size=(5, 40_000))
    assert crps(drawn, np.full(40_000, 0.5)).mean() == pytest.approx(wanted, abs=0.01)


def test_the_interval_by_hand_and_how_often_it_holds():
    drawn = np.array([[1.0] * 2, [2.0] * 2, [3.0] * 2])  # mean 2, deviation 1, half 4.302653 * sqrt(4 / 3) = 4.968
    assert held(drawn, np.array([6.96, 6.97])).tolist() == [True, False]
    rng = np.random.default_rng(0)
    assert held(rng.normal(size=(5, 20_000)), rng.normal(size=20_000)).mean() == pytest.approx(0.95, abs=0.005)


def test_the_mean_of_numbers_and_the_most_frequent_category():
    copies = [
        pd.DataFrame({"a": [1.0, 1.0], "c": pd.Series(kinds, dtype=object)})
        for kinds in (["x", "y"], ["z", "y"], ["z", "y"])
    ]
    copies[1]["a"], copies[2]["a"] = [2.0, 1.0], [6.0, 1.0]
    out = averaged(copies, ["a", "c"])
    assert out["a"].tolist() == [3.0, 1.0] and out["c"].tolist() == ["z", "y"]


def test_errors_are_those_of_the_mean_and_draws_are_judged_on_hidden_cells_alone():
    frame = tidy(pd.DataFrame({"x": np.arange(40.0), "y": [None if n % 4 == 0 else 2.0 * n for n in range(40)]}))
    truth = frame.assign(y=2.0 * np.arange(40))
    copies = copies_of(get("fill_several_times")(frame, columns=["y"], copies=3), frame.index)
    assert len(copies) == 3 and all(copy.index.equals(frame.index) and "imputation" not in copy for copy in copies)
    told = told_of_draws(truth, copies, ["y"], frame[["y"]].isna().to_numpy())["y"].to_json()
    assert told["cells"] == 10 and told["nrmse"] < 0.05 and 0 <= told["coverage"] <= 1 and told["crps"] < 0.05


@pytest.mark.slow
def test_the_bench_judges_filling_several_times_and_never_recommends_it_for_one_filling(make_table):
    told = bench(
        make_table(line(800, noise=3.0)), methods=["mean", "bayesian_ridge", "several"], target="bought"
    ).to_json()
    several, single = told["methods"]["several"], told["methods"]["bayesian_ridge"]
    assert several["coverage"] == pytest.approx(0.95, abs=0.06) and single["coverage"] is None
    assert several["nrmse"] == pytest.approx(single["nrmse"], rel=0.25), (
        "the mean of five draws has a fifth of the noise of one"
    )
    assert several["wasserstein"] < single["wasserstein"] and several["crps"] < single["crps"], (
        "draws keep the spread, and say how sure they are"
    )
    assert "several" not in told["recommended"] and 0.5 < several["score"] <= 1
    assert any("never recommended" in note for note in told["notes"])
    assert bench(make_table(line(60)), methods=["several"], repeats=1).to_json()["recommended"] == "several"


def test_what_needs_the_order_of_rows_is_said_to_be_left_out(make_table):
    assert any(
        "need the order of the rows" in note for note in bench(make_table(line(60)), repeats=1).to_json()["notes"]
    )
    assert not any(
        "need the order of the rows" in note
        for note in bench(make_table(line(60)), repeats=1, time="x").to_json()["notes"]
    )
