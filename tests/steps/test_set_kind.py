import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.steps import get
from dataops_core.steps.set_kind import learn_kind

set_kind = get("set_kind")


def texts(*cells):
    return pd.DataFrame({"a": list(cells)}, dtype=object)


def test_whole_numbers_stay_exact_beyond_what_a_decimal_can_hold():
    out = set_kind(texts("9007199254740993", " -1 "), columns=["a"], kind="number")
    assert out["a"].dtype == "Int64"
    assert out["a"].tolist() == [9007199254740993, -1]


def test_one_fraction_makes_the_column_decimal():
    out = set_kind(texts("1", "2.5", "x"), columns=["a"], kind="number")["a"]
    assert out.dtype == "float64"
    assert out.tolist()[:2] == [1.0, 2.5]
    assert out.isna().tolist() == [False, False, True]


def test_unreadable_cells_are_counted():
    assert learn_kind(texts("1", "x", "1e999", None), ["a"], "number") == {"a": {"whole": True, "unreadable": 2}}


def test_fraction_on_new_rows_of_a_whole_column_becomes_missing():
    out = set_kind(texts("1.5", "2"), columns=["a"], kind="number", learned={"a": {"whole": True}})["a"]
    assert (out.dtype, out.isna().tolist(), out[1]) == ("Int64", [True, False], 2)


def test_leading_zeros_survive_as_id_and_whole_decimals_lose_their_point():
    assert set_kind(texts("0012"), columns=["a"], kind="id")["a"].tolist() == ["0012"]
    numbers = pd.DataFrame({"a": [12.0, float("nan"), 1.25]})
    assert set_kind(numbers, columns=["a"], kind="id")["a"].tolist() == ["12", None, "1.25"]


def test_yes_and_no_from_text_and_numbers():
    out = set_kind(texts("Yes", "n", "1", "FALSE", "maybe"), columns=["a"], kind="boolean")["a"]
    assert out.tolist() == [True, False, True, False, pd.NA]
    numbers = pd.DataFrame({"a": pd.array([1, 0, 2], dtype="Int64")})
    assert set_kind(numbers, columns=["a"], kind="boolean")["a"].tolist() == [True, False, pd.NA]


def test_dates_keep_their_time_of_day_in_text_if_any_has_one():
    days = pd.DataFrame({"a": pd.Series(["2024-12-31", "0001-01-01"]).astype("datetime64[us]")})
    assert set_kind(days, columns=["a"], kind="text")["a"].tolist() == ["2024-12-31", "0001-01-01"]
    times = pd.DataFrame({"a": pd.Series(["2024-12-31T00:00", "2024-12-31T10:30"]).astype("datetime64[us]")})
    assert set_kind(times, columns=["a"], kind="text")["a"].tolist() == ["2024-12-31T00:00:00", "2024-12-31T10:30:00"]


def test_dates_from_iso_text_only():
    out = set_kind(texts("2024-02-29", "2023-02-29", "31/12/2024"), columns=["a"], kind="datetime")["a"]
    assert (out.dtype, out[0], out.isna().tolist()) == (
        "datetime64[us]",
        pd.Timestamp(2024, 2, 29),
        [False, True, True],
    )


def test_dates_are_no_numbers():
    days = pd.DataFrame({"a": pd.Series(["2024-12-31"]).astype("datetime64[us]")})
    with pytest.raises(SettingError, match="holds dates, not numbers"):
        set_kind(days, columns=["a"], kind="number")
    with pytest.raises(SettingError, match="holds no text"):
        set_kind(pd.DataFrame({"a": [1.0]}), columns=["a"], kind="datetime")
