import numpy as np
import pandas as pd
import pytest

from dataops_core.errors import SettingError, Skip
from dataops_core.steps import get
from dataops_core.steps.cap_outliers import learn_bounds

cap_outliers = get("cap_outliers")
NUMBERS = np.random.default_rng(7).normal(50, 10, 500)
FRAME = pd.DataFrame({"a": NUMBERS})


def test_iqr_bounds_are_tukeys_fences():
    first, third = np.percentile(NUMBERS, [25, 75])
    bounds = learn_bounds(FRAME, ["a"])["a"]
    assert bounds == {"low": pytest.approx(first - 1.5 * (third - first)), "high": pytest.approx(third + 1.5 * (third - first))}


def test_percentile_bounds_are_numpys():
    low, high = np.percentile(NUMBERS, [5, 90])
    assert learn_bounds(FRAME, ["a"], "percentile", low=5, high=90) == {"a": {"low": low, "high": high}}
    assert cap_outliers(FRAME, columns=["a"], method="percentile", low=5, high=90)["a"].agg(["min", "max"]).tolist() == [low, high]


def test_zscore_bounds_by_hand():
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0]})  # mean 2, standard deviation 1
    assert learn_bounds(frame, ["a"], "zscore", limit=0.5) == {"a": {"low": 1.5, "high": 2.5}}
    assert cap_outliers(frame, columns=["a"], method="zscore", limit=0.5)["a"].tolist() == [1.5, 2.0, 2.5]


def test_whole_numbers_get_bounds_rounded_inward():
    frame = pd.DataFrame({"a": pd.array([-50, 1, 2, 3, 4, 60, None], dtype="Int64")})
    # quartiles of the six: 1.25 and 3.75; fences 1.25 - 3.75 = -2.5 and 3.75 + 3.75 = 7.5
    assert learn_bounds(frame, ["a"]) == {"a": {"low": -2, "high": 7}}
    out = cap_outliers(frame, columns=["a"])["a"]
    assert (out.dtype, out.tolist()) == ("Int64", [-2, 1, 2, 3, 4, 7, pd.NA])
    assert cap_outliers(frame, columns=["a"], what="set missing")["a"].isna().tolist() == [True] + [False] * 4 + [True, True]


def test_infinity_teaches_nothing_but_is_capped():
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0, 5.0, np.inf, -np.inf]})
    # quartiles of 1 to 5: 2 and 4; fences -1 and 7
    assert cap_outliers(frame, columns=["a"])["a"].tolist() == [1.0, 2.0, 3.0, 4.0, 5.0, 7.0, -1.0]


def test_learned_bounds_hold_for_new_rows():
    learned = {"a": {"low": 0.0, "high": 10.0}}
    assert cap_outliers(pd.DataFrame({"a": [-5.0, 99.0]}), columns=["a"], learned=learned)["a"].tolist() == [0.0, 10.0]


def test_column_of_one_value_is_left_and_alone_is_skipped():
    frame = pd.DataFrame({"a": NUMBERS, "b": 1.0})
    assert cap_outliers(frame, columns=["a", "b"])["b"].eq(1.0).all()
    with pytest.raises(Skip, match="differ enough"):
        cap_outliers(frame, columns=["b"])
    with pytest.raises(Skip, match="differ enough"):
        cap_outliers(pd.DataFrame({"a": [0.0] * 9 + [5.0]}), columns=["a"])


def test_percentiles_must_be_in_order():
    with pytest.raises(SettingError, match="is not below"):
        cap_outliers(FRAME, columns=["a"], method="percentile", low=99, high=1)
