import pandas as pd
import pytest

from dataops_core.errors import SettingError, Skip
from dataops_core.steps import get
from dataops_core.steps.fill_missing import learn_fill

fill_missing = get("fill_missing")


def whole(*cells):
    return pd.DataFrame({"a": pd.array(list(cells), dtype="Int64")})


def test_each_group_gets_its_own_value_and_others_the_overall_one():
    frame = pd.DataFrame(
        {
            "sex": pd.Series(["f", "f", "f", "m", "m", "x", None, None], dtype=object),
            "pay": [1.0, 3.0, None, 10.0, None, None, None, 100.0],
        }
    )
    learned = learn_fill(frame, ["pay"], "mean", None, ["sex"])
    assert learned == {"pay": {"fill": 28.5, "groups": [[["f"], 2.0], [["m"], 10.0]]}}
    filled = fill_missing(frame, columns=["pay"], how="mean", by=["sex"], learned=learned)["pay"]
    assert filled.tolist() == [1.0, 3.0, 2.0, 10.0, 10.0, 28.5, 28.5, 100.0]


def test_groups_of_two_columns_with_numbers_and_dates():
    frame = pd.DataFrame(
        {
            "g": pd.array([1, 1, 2], dtype="Int64"),
            "d": pd.Series(["2024-01-01"] * 3).astype("datetime64[us]"),
            "a": pd.array([5, None, 9], dtype="Int64"),
        }
    )
    learned = learn_fill(frame, ["a"], "median", None, ["g", "d"])
    assert learned["a"]["groups"] == [[["1", "2024-01-01"], 5], [["2", "2024-01-01"], 9]]
    assert fill_missing(frame, columns=["a"], by=["g", "d"])["a"].tolist() == [5, 5, 9]


@pytest.mark.parametrize(
    ("cells", "how", "fill"),
    [
        ((1, 2, None), "median", 2),
        ((2, 3, None), "median", 2),
        ((3, 4, None), "mean", 4),
        ((1, 1, 2, None), "mean", 1),
        ((2**63 - 1, 2**63 - 1, None), "mean", 2**63 - 1),
        ((2**53 + 1, None), "median", 2**53 + 1),
        ((5, 5, 1, 1, 9, None), "most_frequent", 1),
    ],
)
def test_whole_numbers_stay_whole_and_halves_go_to_the_even_one(cells, how, fill):
    out = fill_missing(whole(*cells), columns=["a"], how=how)["a"]
    assert (out.dtype, out.iloc[-1]) == ("Int64", fill)


def test_infinite_numbers_do_not_count():
    frame = pd.DataFrame({"a": [float("inf"), 1.0, 2.0, None]})
    assert fill_missing(frame, columns=["a"], how="mean")["a"].iloc[3] == 1.5


def test_sums_beyond_the_greatest_decimal_are_survived():
    frame = pd.DataFrame({"a": [1.5e308, 1.5e308, None]})
    assert fill_missing(frame, columns=["a"], how="mean")["a"].iloc[2] == 1.5e308
    assert fill_missing(frame, columns=["a"], how="median")["a"].iloc[2] == 1.5e308


def test_dates_have_a_median():
    frame = pd.DataFrame({"a": pd.Series(["0001-01-01", "0001-01-03", None]).astype("datetime64[us]")})
    assert learn_fill(frame, ["a"], "median")["a"]["fill"] == "0001-01-02T00:00:00.000000"
    assert str(fill_missing(frame, columns=["a"])["a"].iloc[2]) == "0001-01-02 00:00:00"


@pytest.mark.parametrize(
    ("column", "value", "fill"),
    [
        (pd.Series(["x", None], dtype=object), 0, "0"),
        (pd.Series([1.0, None]), "2.5", 2.5),
        (pd.Series(pd.array([1, None], dtype="Int64")), "7.0", 7),
        (pd.Series(pd.array([True, None], dtype="boolean")), "no", False),
        (pd.Series(["2024-01-01", None]).astype("datetime64[us]"), "1999-12-31", pd.Timestamp(1999, 12, 31)),
    ],
)
def test_constant_takes_the_type_of_the_column(column, value, fill):
    out = fill_missing(column.to_frame("a"), columns=["a"], how="constant", value=value)["a"]
    assert (out.dtype, out.iloc[1]) == (column.dtype, fill)


def test_learned_value_is_used_again_on_new_rows():
    learned = learn_fill(whole(1, 2, 3), ["a"], "median")
    assert fill_missing(whole(None, 100), columns=["a"], learned=learned)["a"].tolist() == [2, 100]


def test_column_without_values_is_left_and_only_such_columns_are_skipped():
    frame = pd.DataFrame({"a": [1.0, None], "b": pd.Series([None, None], dtype="float64")})
    out = fill_missing(frame, columns=["a", "b"])
    assert out["a"].tolist() == [1.0, 1.0]
    assert out["b"].isna().all()
    with pytest.raises(Skip, match="no value at all"):
        fill_missing(frame, columns=["b"])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"how": "mean"}, "holds text, which has no mean"),
        ({"how": "constant"}, "no value to fill with"),
    ],
)
def test_refuses_for_text(settings, message):
    with pytest.raises(SettingError, match=message):
        fill_missing(pd.DataFrame({"a": ["x", None]}, dtype=object), columns=["a"], **settings)


def test_constant_that_does_not_fit_is_refused():
    with pytest.raises(SettingError, match=r'"1\.5" does not fit column "a".*whole number'):
        fill_missing(whole(1, None), columns=["a"], how="constant", value=1.5)


def test_sentence():
    told = fill_missing.sentence({"columns": ["a"], "how": "most_frequent", "value": 3, "by": ["sex"]})
    assert told == "Filled missing values in a with the most frequent, per group of sex"
    assert (
        fill_missing.sentence({"columns": ["a"], "how": "constant", "value": 0})
        == "Filled missing values in a with the constant 0"
    )
