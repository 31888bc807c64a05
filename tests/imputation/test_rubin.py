"""Rubin's rules against a published worked example, and against computation by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.imputation import pooled, rubin
from dataops_core.steps import get
from dataops_core.table import tidy


def test_the_worked_example_of_sas():
    """SAS/STAT User's Guide, The MIANALYZE Procedure, example "Reading Means and Standard Errors": Oxygen, 5 imputations of 31
    men, complete-data degrees of freedom 30; published: mean 47.180993, variances 0.041478, 0.930853 and 0.980626, DF 26.298.
    The inputs are printed rounded, hence the tolerance.
    """
    means, errors = [47.0120, 47.2407, 47.4995, 47.1485, 47.0042], [0.95984, 0.93540, 1.00766, 0.95439, 0.96528]
    told = rubin(means, [error**2 for error in errors], 30)
    assert told["estimate"] == pytest.approx(47.180993, abs=5e-5)
    assert told["between"] == pytest.approx(0.041478, abs=2e-5)
    assert told["within"] == pytest.approx(0.930853, abs=1e-5)
    assert told["total"] == pytest.approx(0.980626, abs=2e-5)
    assert told["df"] == pytest.approx(26.298, abs=1e-3)


def test_by_hand():
    told = rubin([1.0, 2.0, 3.0], [0.5, 0.5, 0.5])
    assert (told["estimate"], told["within"], told["between"]) == (2.0, 0.5, 1.0)
    assert told["total"] == pytest.approx(0.5 + 4 / 3)
    share = (4 / 3) / (0.5 + 4 / 3)
    assert told["df"] == pytest.approx(2 / share**2)
    ratio = (4 / 3) / 0.5
    assert told["missing_information"] == pytest.approx((ratio + 2 / (told["df"] + 3)) / (ratio + 1))
    factor = (2.0 - told["interval"][0]) / math.sqrt(0.5 + 4 / 3)
    assert 2.776 < factor < 3.182  # t(0.975) with 4 and with 3 degrees of freedom; here there are 3.78


def test_without_spread_between_the_copies_the_complete_result_stands():
    told = rubin([2.0, 2.0], [0.25, 0.25])
    assert (told["total"], told["df"], told["missing_information"], told["increase"]) == (0.25, None, 0.0, 0.0)
    assert told["interval"] == pytest.approx([2.0 - 1.959964 * 0.5, 2.0 + 1.959964 * 0.5], abs=1e-6)


@pytest.mark.parametrize(("estimates", "variances", "message"), [
    ([1.0], [1.0], "cannot be pooled"), ([1.0, 2.0], [1.0], "cannot be pooled"), ([1.0, math.nan], [1.0, 1.0], "no number"), ([1.0, 2.0], [1.0, -1.0], "negative"),
])
def test_refuses_what_cannot_be_pooled(estimates, variances, message):
    with pytest.raises(SettingError, match=message):
        rubin(estimates, variances)


def test_means_and_shares_of_a_table_filled_several_times(make_table):
    rng = np.random.default_rng(2)
    x = rng.normal(size=300)
    y = 3 * x + rng.normal(size=300)
    frame = tidy(pd.DataFrame({"x": x, "y": np.where(x > 0.5, np.nan, y), "who": np.where(rng.random(300) < 0.5, "a", "b")}))
    step = get("fill_several_times")
    filled = make_table(tidy(step(frame, columns=["y"], copies=5)))
    told = pooled(filled, "y")
    assert told["m"] == 5
    low, high = told["all"]["interval"]
    assert low < y.mean() < high, "the true mean is covered, though the high values are missing"
    assert frame["y"].mean() < low, "the mean of the known ones is far off"
    assert 0 < told["all"]["missing_information"] < 1
    assert set(pooled(filled, "y", by="who")["groups"]) == {"a", "b"}
    assert pooled(filled, "who")["all"]["a"]["estimate"] == pytest.approx((frame["who"] == "a").mean())


def test_tables_that_were_not_filled_several_times_are_refused(make_table):
    with pytest.raises(SettingError, match="not filled several times"):
        pooled(make_table({"a": [1, 2]}), "a")
    with pytest.raises(SettingError, match='no column "b"'):
        pooled(make_table({"a": [1, 2]}), "b")
