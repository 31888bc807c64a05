"""Filling by prediction: equal to scikit-learn on numbers, within bounds on everything, learned from training rows
alone.
"""

import json
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer
from threadpoolctl import threadpool_limits

from dataops_core.errors import SettingError, Skip
from dataops_core.steps import get
from dataops_core.steps._trees import CATEGORY, LEAVES, NUMBER, ask_trees, fit_trees
from dataops_core.steps.fill_iterative import learn_chain
from dataops_core.table import tidy

fill_iterative = get("fill_iterative")
NAMES = list("abcdef")


def holes(seed=0, rows=300):
    rng = np.random.default_rng(seed)
    full = rng.normal(size=(rows, 6)) @ rng.normal(size=(6, 6)) * [1, 10, 100, 1, 1, 5] + [0, 5, 1000, 0, 1, 0]
    return np.where((rng.random(full.shape) < 0.2) & (np.arange(6) < 5), np.nan, full)


def mixed(rows=400, seed=1):
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 3, rows)
    frame = tidy(
        pd.DataFrame(
            {
                "kind": np.array(["red", "green", "blue"])[kind],
                "size": kind * 10 + rng.integers(0, 3, rows),
                "big": kind == 2,
                "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(kind * 30 + rng.integers(0, 3, rows), unit="D"),
                "noise": rng.normal(size=rows),
            }
        )
    )
    for name in frame.columns:
        frame[name] = frame[name].mask(rng.random(rows) < 0.15)
    return tidy(frame)


@pytest.mark.parametrize("rounds", [1, 10])
def test_equals_scikit_learn_on_numbers(rounds):
    data = holes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = IterativeImputer(max_iter=rounds).fit(data)
    frame = pd.DataFrame(data, columns=NAMES)
    assert fill_iterative(frame, columns=NAMES, rounds=rounds).to_numpy() == pytest.approx(
        peer.transform(data), abs=1e-9
    )
    new = holes(seed=7, rows=40)
    new[:5, 5] = np.nan  # a column that had no gap in training
    learned = json.loads(json.dumps(learn_chain(frame, NAMES, rounds=rounds)))
    filled = fill_iterative(pd.DataFrame(new, columns=NAMES), columns=NAMES, rounds=rounds, learned=learned)
    assert filled.to_numpy() == pytest.approx(peer.transform(new), abs=1e-9)


@pytest.mark.parametrize("model", ["bayesian_ridge", "trees"])
def test_y_is_3x_and_the_error_is_a_tenth_of_the_means(model):
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 10, 1000)
    y = 3 * x + rng.normal(0, 0.1, 1000)
    gone = rng.random(1000) < 0.3
    frame = pd.DataFrame({"x": x, "y": np.where(gone, np.nan, y)})
    filled = fill_iterative(frame, columns=["y"], model=model)["y"].to_numpy()
    error, plain = np.sqrt(np.mean((filled - y)[gone] ** 2)), np.sqrt(np.mean((np.nanmean(frame["y"]) - y)[gone] ** 2))
    assert plain / error > (50 if model == "bayesian_ridge" else 10)


@pytest.mark.parametrize("model", ["bayesian_ridge", "trees"])
def test_mixed_tables_keep_types_ranges_and_values(model):
    frame = mixed()
    out = tidy(fill_iterative(frame, columns=list(frame.columns), model=model))
    assert out.dtypes.astype(str).tolist() == frame.dtypes.astype(str).tolist()
    assert not out.isna().any().any()
    for name in ("size", "day", "noise"):
        assert frame[name].min() <= out[name].min() and out[name].max() <= frame[name].max()
    assert set(out["kind"]) == {"red", "green", "blue"}
    assert (out["day"].dt.normalize() == out["day"]).all(), "days got a time of day"
    gone = frame["kind"].isna() & frame["size"].notna()
    truth = frame["size"][gone].astype(int) // 10
    assert (out["kind"][gone].map({"red": 0, "green": 1, "blue": 2}) == truth).mean() > 0.95
    sure = frame["big"].isna() & frame["kind"].notna()
    assert (out["big"][sure] == (frame["kind"][sure] == "blue")).mean() > 0.95


def test_the_target_is_not_used_when_it_is_left_out():
    frame = mixed()
    using = [name for name in frame.columns if name != "size"]
    out = fill_iterative(frame, columns=["noise"], using=using)
    other = frame.assign(size=frame["size"].sample(frac=1, random_state=0).to_numpy())
    assert fill_iterative(other, columns=["noise"], using=using)["noise"].tolist() == out["noise"].tolist()


@pytest.mark.parametrize("model", ["bayesian_ridge", "trees"])
def test_a_row_is_filled_alike_whatever_stands_beside_it(model):
    frame = mixed()
    names = list(frame.columns)
    learned = learn_chain(frame.iloc[:200], names, model)
    whole = fill_iterative(frame, columns=names, model=model, learned=learned)
    alone = pd.concat(
        [fill_iterative(frame.iloc[[row]], columns=names, model=model, learned=learned) for row in range(200, 260)]
    )
    pd.testing.assert_frame_equal(alone, whole.iloc[200:260], check_exact=True)


@pytest.mark.parametrize("classes", [0, 2, 3])
def test_packed_trees_answer_as_scikit_learns_do(classes):
    rng = np.random.default_rng(3)
    group, x = rng.integers(0, 6, 500).astype("float64"), rng.normal(size=500)
    group[:40], x[30:80] = np.nan, np.nan
    target = np.nan_to_num(x) + np.nan_to_num(group) % 3
    target = target if not classes else np.digitize(target, np.quantile(target, np.linspace(0, 1, classes + 1)[1:-1]))
    kind, settings = (HistGradientBoostingClassifier, CATEGORY) if classes else (HistGradientBoostingRegressor, NUMBER)
    matrix = np.column_stack([group, x])
    with threadpool_limits(1):  # on a busy machine its threads wait for each other
        peer = kind(
            **settings, max_leaf_nodes=LEAVES, early_stopping=False, categorical_features=[True, False], random_state=0
        ).fit(matrix, target)
    packed = json.loads(json.dumps(fit_trees({"x": x, "group": group}, {"group": 7}, target, classes, 0)))
    raw = ask_trees(packed, {"x": x, "group": group}, {"group": 7}).squeeze()
    with threadpool_limits(1):
        told = peer.decision_function(matrix) if classes else peer.predict(matrix)
    assert raw == pytest.approx(told, abs=1e-5)
    # a category that was not in training goes where a missing one goes
    unseen = np.column_stack([[6.0, np.nan], [0.1, np.nan]])
    assert np.isfinite(ask_trees(packed, {"x": unseen[:, 1], "group": unseen[:, 0]}, {"group": 7})).all()


def test_two_runs_learn_the_same():
    frame = mixed()
    for model in ("bayesian_ridge", "trees"):
        assert json.dumps(learn_chain(frame, list(frame.columns), model, seed=3)) == json.dumps(
            learn_chain(frame, list(frame.columns), model, seed=3)
        )


def test_what_is_learned_is_small_and_holds_no_pickle():
    learned = json.dumps(learn_chain(mixed(2000), list(mixed().columns), "trees"))
    assert len(learned) < 500_000
    assert "pickle" not in learned


def test_three_hundred_columns_are_predicted_from_those_that_go_with_them_most():
    rng = np.random.default_rng(0)
    full = rng.normal(size=(120, 300))
    full[:, 7] = full[:, 211] * 2
    data = full.copy()
    data[:12, 7] = np.nan
    learned = learn_chain(pd.DataFrame(data, columns=[f"c{n}" for n in range(300)]), ["c7"], rounds=2)
    assert len(learned["rounds"][0][0]["numbers"]) == 60
    assert learned["rounds"][0][0]["numbers"]["c211"] == pytest.approx([2], abs=0.01)


def test_nothing_known_is_skipped_and_other_kinds_are_refused():
    with pytest.raises(Skip, match="no value at all"):
        fill_iterative(pd.DataFrame({"a": [None, None], "b": [1.0, 2.0]}).astype({"a": "float64"}), columns=["a"])
    learned = learn_chain(pd.DataFrame({"a": [1.0, 2.0, np.nan], "b": [1.0, 2.0, 3.0]}), ["a"])
    with pytest.raises(SettingError, match='"b" holds text now'):
        fill_iterative(pd.DataFrame({"a": [np.nan], "b": ["x"]}), columns=["a"], learned=learned)
    with pytest.raises(SettingError, match='no column "b"'):
        fill_iterative(pd.DataFrame({"a": [np.nan]}), columns=["a"], learned=learned)


def test_infinite_numbers_do_not_count_and_stay():
    frame = pd.DataFrame({"a": [1.0, 2.0, np.inf, np.nan, 5.0], "b": [1.0, 2.0, 3.0, 4.0, 5.0]})
    out = fill_iterative(frame, columns=["a"])["a"]
    assert out[2] == np.inf
    assert out[3] == pytest.approx(4.0, abs=1e-3)
