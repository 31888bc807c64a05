"""Rubin's rules against a published worked example, and against computation by hand."""

import json
import math

import numpy as np
import pandas as pd
import pytest
import scipy.stats
import statsmodels.formula.api

from dataops_core.cli.main import main
from dataops_core.errors import SettingError
from dataops_core.imputation import pooled, regression, rubin
from dataops_core.steps import get
from dataops_core.table import tidy


def test_the_worked_example_of_sas():
    """SAS/STAT User's Guide, The MIANALYZE Procedure, example "Reading Means and Standard Errors": Oxygen, 5
    imputations of 31 men, complete-data degrees of freedom 30; published: mean 47.180993, variances 0.041478, 0.930853
    and 0.980626, DF 26.298. The inputs are printed rounded, hence the tolerance.
    """
    means, errors = [47.0120, 47.2407, 47.4995, 47.1485, 47.0042], [0.95984, 0.93540, 1.00766, 0.95439, 0.96528]
    told = rubin(means, [error**2 for error in errors], 30).to_json()
    assert told["estimate"] == pytest.approx(47.180993, abs=5e-5)
    assert told["between"] == pytest.approx(0.041478, abs=2e-5)
    assert told["within"] == pytest.approx(0.930853, abs=1e-5)
    assert told["total"] == pytest.approx(0.980626, abs=2e-5)
    assert told["df"] == pytest.approx(26.298, abs=1e-3)


def test_by_hand():
    told = rubin([1.0, 2.0, 3.0], [0.5, 0.5, 0.5]).to_json()
    assert (told["estimate"], told["within"], told["between"]) == (2.0, 0.5, 1.0)
    assert told["total"] == pytest.approx(0.5 + 4 / 3)
    share = (4 / 3) / (0.5 + 4 / 3)
    assert told["df"] == pytest.approx(2 / share**2)
    ratio = (4 / 3) / 0.5
    assert told["missing_information"] == pytest.approx((ratio + 2 / (told["df"] + 3)) / (ratio + 1))
    factor = (2.0 - told["interval"][0]) / math.sqrt(0.5 + 4 / 3)
    assert 2.776 < factor < 3.182  # t(0.975) with 4 and with 3 degrees of freedom; here there are 3.78


def test_without_spread_between_the_copies_the_complete_result_stands():
    told = rubin([2.0, 2.0], [0.25, 0.25]).to_json()
    assert (told["total"], told["df"], told["missing_information"], told["increase"]) == (0.25, None, 0.0, 0.0)
    assert told["interval"] == pytest.approx([2.0 - 1.959964 * 0.5, 2.0 + 1.959964 * 0.5], abs=1e-6)


@pytest.mark.parametrize(
    ("estimates", "variances", "message"),
    [
        ([1.0], [1.0], "cannot be pooled"),
        ([1.0, 2.0], [1.0], "cannot be pooled"),
        ([1.0, math.nan], [1.0, 1.0], "not a number"),
        ([1.0, 2.0], [1.0, -1.0], "negative"),
    ],
)
def test_refuses_what_cannot_be_pooled(estimates, variances, message):
    with pytest.raises(SettingError, match=message):
        rubin(estimates, variances).to_json()


def test_means_and_shares_of_a_table_filled_several_times(make_table):
    rng = np.random.default_rng(2)
    x = rng.normal(size=300)
    y = 3 * x + rng.normal(size=300)
    frame = tidy(
        pd.DataFrame({"x": x, "y": np.where(x > 0.5, np.nan, y), "who": np.where(rng.random(300) < 0.5, "a", "b")})
    )
    step = get("fill_several_times")
    filled = make_table(tidy(step(frame, columns=["y"], copies=5)))
    told = pooled(filled, "y").to_json()
    assert told["m"] == 5
    low, high = told["all"]["interval"]
    assert low < y.mean() < high, "the true mean is covered, though the high values are missing"
    assert frame["y"].mean() < low, "the mean of the known ones is far off"
    assert 0 < told["all"]["missing_information"] < 1
    assert set(pooled(filled, "y", by="who").to_json()["groups"]) == {"a", "b"}
    assert pooled(filled, "who").to_json()["all"]["a"]["estimate"] == pytest.approx((frame["who"] == "a").mean())


def test_tables_that_were_not_filled_several_times_are_refused(make_table):
    with pytest.raises(SettingError, match="not filled several times"):
        pooled(make_table({"a": [1, 2]}), "a").to_json()
    with pytest.raises(SettingError, match='no column "b"'):
        pooled(make_table({"a": [1, 2]}), "b").to_json()


def long_tailed(rows=300):
    rng = np.random.default_rng(4)
    x = rng.normal(size=rows)
    y = np.exp(1 + 0.7 * x + 0.7 * rng.normal(size=rows))
    return tidy(
        pd.DataFrame(
            {
                "x": x,
                "y": np.where(rng.random(rows) < 0.4, np.nan, y),
                "z": np.where(rng.random(rows) < 0.3, np.nan, x + rng.normal(size=rows)),
            }
        )
    )


def test_a_column_that_draws_do_not_fit_is_warned_of(make_table):
    step = get("fill_several_times")
    table = make_table(tidy(step(long_tailed(), columns=["y", "z"])).reset_index(drop=True))
    assert (
        "skewed about a straight line" in pooled(table, "y").to_json()["warning"]
        and "Draw as logarithms" in pooled(table, "y").to_json()["warning"]
    )
    assert pooled(table, "z").to_json()["warning"] == ""


def test_draws_as_logarithms_stay_above_nought_and_plain_ones_may_leave_the_range():
    frame, step = long_tailed(), get("fill_several_times")
    known = frame["y"].dropna()
    assert step(frame, columns=["y"], logarithm=["y"])["y"].min() > 0
    assert step(frame, columns=["y"])["y"].min() < known.min()
    counts = frame.assign(y=pd.array([None if pd.isna(v) else round(v) for v in frame["y"]], dtype="Int64"))
    assert step(counts, columns=["y"])["y"].min() == 0  # whole numbers of which none is negative: counts
    with pytest.raises(SettingError, match="no logarithm"):
        step(frame, columns=["z"], logarithm=["z"])


def test_a_pooled_regression_is_that_of_statsmodels_on_each_copy(make_table):
    table = make_table(tidy(get("fill_several_times")(long_tailed(), columns=["y", "z"])).reset_index(drop=True))
    fits = [statsmodels.formula.api.ols("z ~ x + y", part).fit() for _, part in table.frame().groupby("imputation")]
    told = regression(table, "z", ["x", "y"]).to_json()["coefficients"]
    for name, ours in (("Intercept", told["(intercept)"]), ("x", told["x"]), ("y", told["y"])):
        peer = rubin(
            [fit.params[name] for fit in fits], [fit.bse[name] ** 2 for fit in fits], fits[0].df_resid
        ).to_json()
        assert ours["interval"] == pytest.approx(peer["interval"], rel=1e-6)
    with pytest.raises(SettingError, match="not filled several times"):
        regression(make_table({"x": [1.0, 2.0], "y": [1.0, 2.0]}), "y", ["x"]).to_json()


def test_the_command_pools_a_regression_as_statsmodels_and_rubins_rules_by_hand(tmp_path, capsys):
    filled = tidy(get("fill_several_times")(long_tailed(), columns=["y", "z"], copies=4)).reset_index(drop=True)
    filled.to_csv(tmp_path / "filled.csv", index=False)
    assert main(["pooled", str(tmp_path / "filled.csv"), "--target", "z", "--predictors", "x,y", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["m"], told["n"], told["predictors"]) == (4, 300, ["x", "y"]) and "skewed" in told["warning"]
    fits = [statsmodels.formula.api.ols("z ~ x + y", part).fit() for _, part in filled.groupby("imputation")]
    for name, ours in (("Intercept", "(intercept)"), ("x", "x"), ("y", "y")):
        estimates, within = np.array([fit.params[name] for fit in fits]), np.mean([fit.bse[name] ** 2 for fit in fits])
        between = ((estimates - estimates.mean()) ** 2).sum() / 3
        total = within + 1.25 * between
        lost = 1.25 * between / total
        old, seen = 3 / lost**2, (297 + 1) / (297 + 3) * 297 * (1 - lost)  # Rubin 1987; Barnard and Rubin 1999
        freedom = 1 / (1 / old + 1 / seen)
        half = scipy.stats.t.ppf(0.975, freedom) * np.sqrt(total)
        assert told["coefficients"][ours]["estimate"] == pytest.approx(estimates.mean())
        assert told["coefficients"][ours]["df"] == pytest.approx(freedom)
        assert told["coefficients"][ours]["interval"] == pytest.approx(
            [estimates.mean() - half, estimates.mean() + half]
        )


def test_the_command_pools_means_and_says_what_it_lacks(tmp_path, capsys):
    filled = tidy(get("fill_several_times")(long_tailed(), columns=["y", "z"], copies=2)).reset_index(drop=True)
    filled.assign(who=["a", "b"] * 300).to_csv(tmp_path / "filled.csv", index=False)
    assert main(["pooled", str(tmp_path / "filled.csv"), "--column", "z", "--by", "who"]) == 0
    assert "z, pooled over 2 copies" in capsys.readouterr().out
    assert main(["pooled", str(tmp_path / "filled.csv"), "--target", "z", "--predictors", "x"]) == 0
    assert "(intercept)" in capsys.readouterr().out
    for wrong in (
        [],
        ["--target", "z"],
        ["--predictors", "x"],
        ["--column", "z", "--target", "y", "--predictors", "x"],
        ["--target", "z", "--predictors", "z"],
    ):
        assert main(["pooled", str(tmp_path / "filled.csv"), *wrong]) == 2
        assert "What:" in capsys.readouterr().err
