import numpy as np
import pandas as pd
import pytest

from dataops_core.errors import SettingError, Skip
from dataops_core.recipe.recipe import from_json
from dataops_core.recipe.replay import run_recipe
from dataops_core.steps import get
from dataops_core.steps.treat_outliers import learn_bounds
from dataops_core.table import tidy, write_table

treat_outliers = get("treat_outliers")
NUMBERS = np.random.default_rng(7).normal(50, 10, 500)
FRAME = pd.DataFrame({"a": NUMBERS})


def test_iqr_bounds_are_tukeys_fences():
    first, third = np.percentile(NUMBERS, [25, 75])
    bounds = learn_bounds(FRAME, ["a"])["a"]
    assert bounds == {
        "low": pytest.approx(first - 1.5 * (third - first)),
        "high": pytest.approx(third + 1.5 * (third - first)),
    }


def test_percentile_bounds_are_numpys():
    low, high = np.percentile(NUMBERS, [5, 90])
    assert learn_bounds(FRAME, ["a"], "percentile", low=5, high=90) == {"a": {"low": low, "high": high}}
    assert treat_outliers(FRAME, columns=["a"], method="percentile", low=5, high=90)["a"].agg(
        ["min", "max"]
    ).tolist() == [low, high]


def test_zscore_bounds_by_hand():
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0]})  # mean 2, standard deviation 1
    assert learn_bounds(frame, ["a"], "zscore", limit=0.5) == {"a": {"low": 1.5, "high": 2.5}}
    assert treat_outliers(frame, columns=["a"], method="zscore", limit=0.5)["a"].tolist() == [1.5, 2.0, 2.5]


def test_whole_numbers_get_bounds_rounded_inward():
    frame = pd.DataFrame({"a": pd.array([-50, 1, 2, 3, 4, 60, None], dtype="Int64")})
    # quartiles of the six: 1.25 and 3.75; fences 1.25 - 3.75 = -2.5 and 3.75 + 3.75 = 7.5
    assert learn_bounds(frame, ["a"]) == {"a": {"low": -2, "high": 7}}
    out = treat_outliers(frame, columns=["a"])["a"]
    assert (out.dtype, out.tolist()) == ("Int64", [-2, 1, 2, 3, 4, 7, pd.NA])
    assert treat_outliers(frame, columns=["a"], what="set missing")["a"].isna().tolist() == [True] + [False] * 4 + [
        True,
        True,
    ]


def test_infinity_teaches_nothing_but_is_capped():
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0, 5.0, np.inf, -np.inf]})
    # quartiles of 1 to 5: 2 and 4; fences -1 and 7
    assert treat_outliers(frame, columns=["a"])["a"].tolist() == [1.0, 2.0, 3.0, 4.0, 5.0, 7.0, -1.0]


def test_learned_bounds_hold_for_new_rows():
    learned = {"a": {"low": 0.0, "high": 10.0}}
    assert treat_outliers(pd.DataFrame({"a": [-5.0, 99.0]}), columns=["a"], learned=learned)["a"].tolist() == [
        0.0,
        10.0,
    ]


def test_column_of_one_value_is_left_and_alone_is_skipped():
    frame = pd.DataFrame({"a": NUMBERS, "b": 1.0})
    assert treat_outliers(frame, columns=["a", "b"])["b"].eq(1.0).all()
    with pytest.raises(Skip, match="differ enough"):
        treat_outliers(frame, columns=["b"])
    with pytest.raises(Skip, match="differ enough"):
        treat_outliers(pd.DataFrame({"a": [0.0] * 9 + [5.0]}), columns=["a"])


def test_percentiles_must_be_in_order():
    with pytest.raises(SettingError, match="is not below"):
        treat_outliers(FRAME, columns=["a"], method="percentile", low=99, high=1)


# The example of Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993), on which z-scores fail; modified
# z-scores 1.574 … 25.856, 26.306
PULLS = [2.1, 2.6, 2.4, 2.5, 2.3, 2.1, 2.3, 2.6, 8.2, 8.3]


def test_modified_z_scores_are_the_published_ones():
    bounds = learn_bounds(pd.DataFrame({"a": PULLS}), ["a"], "mad")["a"]
    assert bounds == {
        "low": pytest.approx(2.45 - 3.5 * 0.15 / 0.6745),
        "high": pytest.approx(2.45 + 3.5 * 0.15 / 0.6745),
    }
    for value, score in (
        (2.1, -1.573833),
        (8.2, 25.855833),
        (8.3, 26.3055),
    ):  # a cutoff on either side of the published score
        for cutoff, far in ((abs(score) - 0.001, True), (abs(score) + 0.001, False)):
            marked = treat_outliers(
                pd.DataFrame({"a": PULLS}), columns=["a"], method="mad", cutoff=cutoff, what="mark"
            )["outlier"]
            assert marked[PULLS.index(value)] == far
    out = treat_outliers(pd.DataFrame({"a": PULLS}), columns=["a"], method="mad", what="mark")
    assert out["outlier"].tolist() == [False] * 8 + [True] * 2
    assert out["a"].tolist() == PULLS


def test_two_great_outliers_hide_from_the_mean_but_not_from_the_median():
    frame = pd.DataFrame({"a": PULLS})  # mean 3.54, standard deviation 2.49: 8.3 is 1.9 away
    assert len(treat_outliers(frame, columns=["a"], method="zscore", what="drop")) == 10
    assert len(treat_outliers(frame, columns=["a"], method="mad", what="drop")) == 8


def test_groups_are_judged_by_themselves_and_small_ones_by_all():
    frame = tidy(
        pd.DataFrame(
            {
                "a": [*range(150, 160), 185, *range(178, 190), 155, 300],
                "g": ["f"] * 11 + ["m"] * 13 + ["x"],
            }
        )
    )
    marked = treat_outliers(frame, columns=["a"], by=["g"], what="mark")["outlier"]
    # f: 150 to 159 and 185, quartiles 152.5 and 157.5, fences 145 and 165; m: 178 to 189 and 155, fences 172 and 195 at
    # the nearest
    assert frame["a"][marked].tolist() == [185, 155, 300]
    assert not treat_outliers(frame, columns=["a"], what="mark")["outlier"].iloc[:24].any()
    capped = treat_outliers(frame, columns=["a"], by=["g"])["a"]
    assert capped.dtype == "Int64" and capped.iloc[10] == 165


def test_learned_bounds_of_groups_hold_for_new_rows_and_new_groups():
    learned = {"a": {"low": 0.0, "high": 10.0, "groups": [[["f"], {"low": None, "high": 5.0}]]}}
    new = pd.DataFrame({"a": [-5.0, 99.0, 7.0, 99.0], "g": ["f", "f", "m", None]})
    assert treat_outliers(new, columns=["a"], by=["g"], learned=learned)["a"].tolist() == [-5.0, 5.0, 7.0, 10.0]


def test_marking_takes_no_other_column():
    with pytest.raises(SettingError, match='a column "a" already'):
        treat_outliers(FRAME, columns=["a"], what="mark", into="a")


def test_a_recipe_with_the_old_name_replays_as_before(tmp_path):
    frame = tidy(pd.DataFrame({"a": [1, 2, 3, 4, 100]}))
    table = write_table(tmp_path / "t.parquet", [frame])
    old = from_json(
        {
            "steps": [
                {
                    "op": "cap_outliers",
                    "with": {"columns": ["a"], "method": "iqr", "what": "clip"},
                    "learned": {"a": {"low": -1, "high": 7}},
                }
            ]
        }
    )
    run = run_recipe(old, table, tmp_path)
    assert run.table.frame()["a"].tolist() == [1, 2, 3, 4, 7]
    assert run.recipe.steps[0].op == "cap_outliers" and run.outcomes[0].sentence.startswith("Treated outliers in a")


def test_a_column_that_is_mostly_one_value_is_judged_by_the_others():
    """Q1 and Q3 of 10, 20, …, 90 and 1000 are 32.5 and 77.5: fences at -35 and 145; zeros stay inside."""
    frame = pd.DataFrame({"gain": pd.array([0] * 90 + [*range(10, 100, 10), 1000], dtype="Int64")})
    assert learn_bounds(frame, ["gain"])["gain"] == {"low": -35, "high": 145}
    assert treat_outliers(frame, columns=["gain"], what="drop")["gain"].max() == 90
    with pytest.raises(Skip, match="differ enough"):
        learn_bounds(frame.head(97), ["gain"])  # seven values beside the zeros
