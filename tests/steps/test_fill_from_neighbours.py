"""Filling from similar rows: scikit-learn's KNNImputer on numbers, one honest distance on mixed tables."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import KNNImputer
from sklearn.preprocessing import StandardScaler

from dataops_core.errors import Skip
from dataops_core.steps import get
from dataops_core.steps.fill_from_neighbours import DONORS, learn_neighbours
from dataops_core.table import tidy

fill_from_neighbours = get("fill_from_neighbours")
NAMES = list("abcd")


def holes(rows=250, seed=0):
    rng = np.random.default_rng(seed)
    full = rng.normal(size=(rows, 4)) @ rng.normal(size=(4, 4)) * [1, 10, 3, 5]
    return np.where(rng.random(full.shape) < 0.25, np.nan, full)


@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("neighbours", [1, 5, 40])
def test_equals_scikit_learn_on_numbers(weights, neighbours):
    data = holes()
    frame, new = pd.DataFrame(data, columns=NAMES), holes(30, seed=9)
    peer = KNNImputer(n_neighbors=neighbours, weights=weights).fit(data)
    raw = fill_from_neighbours(frame, columns=NAMES, neighbours=neighbours, weights=weights, scale="none")
    assert raw.to_numpy() == pytest.approx(peer.transform(data), abs=1e-9)
    scaler = StandardScaler().fit(data)
    peer = KNNImputer(n_neighbors=neighbours, weights=weights).fit(scaler.transform(data))
    learned = json.loads(json.dumps(learn_neighbours(frame, NAMES, [], neighbours, weights)))
    filled = fill_from_neighbours(
        pd.DataFrame(new, columns=NAMES), columns=NAMES, neighbours=neighbours, weights=weights, learned=learned
    )
    assert filled.to_numpy() == pytest.approx(scaler.inverse_transform(peer.transform(scaler.transform(new))), abs=1e-9)


def test_y_is_3x_and_the_error_is_a_tenth_of_the_means():
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 10, 1000)
    y = 3 * x + rng.normal(0, 0.1, 1000)
    gone = rng.random(1000) < 0.3
    frame = pd.DataFrame({"x": x, "y": np.where(gone, np.nan, y)})
    filled = fill_from_neighbours(frame, columns=["y"])["y"].to_numpy()
    error, plain = np.sqrt(np.mean((filled - y)[gone] ** 2)), np.sqrt(np.mean((np.nanmean(frame["y"]) - y)[gone] ** 2))
    assert plain / error > 10


def test_distance_of_mixed_rows_by_hand():
    """Standard deviations of a: 1 (of 0, 2, 0, 2); another city is as far as one standard deviation."""
    frame = tidy(
        pd.DataFrame(
            {"a": [0.0, 2.0, 0.0, 2.0, 0.0], "city": ["x", "x", "y", "y", "x"], "b": ["1st", "2nd", "3rd", "4th", None]}
        )
    )
    near = fill_from_neighbours(frame, columns=["b"], using=["a", "city"], neighbours=1)
    assert near["b"].tolist()[-1] == "1st"  # the same a, the same city: distance 0
    frame.loc[0, "b"] = None
    near = fill_from_neighbours(frame, columns=["b"], using=["a", "city"], neighbours=1)
    assert near["b"].tolist()[-1] == "3rd"  # another city (1) is nearer than an a that is two deviations off (2)


def test_categories_by_majority_whole_numbers_rounded_dates_and_booleans_kept():
    frame = tidy(
        pd.DataFrame(
            {
                "x": [0, 0, 0, 9, 9, 9, 0, 9],
                "word": ["a", "a", "b", "c", "c", "c", None, None],
                "n": pd.array([1, 2, 2, 8, 8, 9, None, None], dtype="Int64"),
                "yes": pd.array([True, True, False, False, False, False, None, None], dtype="boolean"),
                "day": pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-02", *["2024-03-01"] * 3, None, None]),
            }
        )
    )
    out = tidy(fill_from_neighbours(frame, columns=["word", "n", "yes", "day"], using=["x"], neighbours=3))
    assert out["word"].tolist()[-2:] == ["a", "c"]
    assert out["n"].tolist()[-2:] == [2, 8]  # 5/3 and 25/3
    assert out["yes"].tolist()[-2:] == [True, False]
    assert [str(day)[:10] for day in out["day"].tolist()[-2:]] == ["2024-01-02", "2024-03-01"]
    assert out.dtypes.astype(str).tolist() == frame.dtypes.astype(str).tolist()


def test_donors_are_capped_by_a_seeded_sample():
    frame = pd.DataFrame({"a": np.arange(DONORS + 500, dtype="float64"), "b": 1.0})
    learned = learn_neighbours(frame, ["b"], ["a"], seed=1)
    assert len(learned["donors"]["a"]) == DONORS
    assert learned == learn_neighbours(frame, ["b"], ["a"], seed=1)
    assert learned != learn_neighbours(frame, ["b"], ["a"], seed=2)


def test_who_knows_nothing_in_common_gets_the_mean_or_the_most_frequent_value():
    frame = tidy(pd.DataFrame({"a": [1.0, 3.0, None], "b": ["x", "x", None], "c": [1.0, 2.0, None]}))
    out = fill_from_neighbours(frame, columns=["a", "b"], using=["c"])
    assert (out["a"].iloc[2], out["b"].iloc[2]) == (2.0, "x")


def test_a_column_without_values_is_left_and_only_such_columns_are_skipped():
    frame = pd.DataFrame({"a": [1.0, np.nan], "b": [np.nan, np.nan]})
    assert fill_from_neighbours(frame, columns=["a", "b"])["b"].isna().all()
    with pytest.raises(Skip, match="no value at all"):
        fill_from_neighbours(frame, columns=["b"])
