import numpy as np
import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.steps import get

mark_missing = get("mark_missing")


def test_text_is_compared_without_spaces_and_case():
    frame = pd.DataFrame({"a": ["?", " N/A ", "n/a", "na?"]}, dtype=object)
    assert mark_missing(frame, tokens=["?", "n/a"])["a"].tolist() == [None, None, None, "na?"]
    assert mark_missing(frame, tokens=["n/a"], case="match")["a"].tolist() == ["?", " N/A ", None, "na?"]


def test_number_sign_finds_whole_and_decimal_numbers_only_in_chosen_columns():
    frame = pd.DataFrame({"a": pd.array([-999, 1], dtype="Int64"), "b": [-999.0, 2.0], "c": [-999.0, 3.0]})
    out = mark_missing(frame, tokens=["-999"], columns=["a", "b"])
    assert out["a"].tolist() == [pd.NA, 1]
    assert out["a"].dtype == "Int64"
    assert out["b"].isna().tolist() == [True, False]
    assert out["c"].tolist() == [-999.0, 3.0]


def test_neighbour_of_a_huge_whole_number_is_left():
    frame = pd.DataFrame({"a": pd.array([2**53, 2**53 + 1], dtype="Int64")})
    assert mark_missing(frame, tokens=[str(2**53 + 1)])["a"].tolist() == [2**53, pd.NA]


def test_infinity_can_be_marked():
    out = mark_missing(pd.DataFrame({"a": [np.inf, -np.inf, 1.0]}), tokens=["inf"])["a"]
    assert out.isna().tolist() == [True, False, False]


def test_day_means_the_whole_day_and_a_moment_itself():
    frame = pd.DataFrame(
        {"a": pd.Series(["1900-01-01T00:00", "1900-01-01T08:00", "1900-01-02"]).astype("datetime64[us]")}
    )
    assert mark_missing(frame, tokens=["1900-01-01"])["a"].isna().tolist() == [True, True, False]
    assert mark_missing(frame, tokens=["1900-01-01T08:00"])["a"].isna().tolist() == [False, True, False]


def test_no_sign_is_refused():
    with pytest.raises(SettingError, match="No sign for missing"):
        mark_missing(pd.DataFrame({"a": [1]}), tokens=[])
