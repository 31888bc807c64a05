"""Removing correlation: equal to Fairlearn's CorrelationRemover, and kind to gaps and to what is new."""

import numpy as np
import pandas as pd
import pytest
from fairlearn.preprocessing import CorrelationRemover

from dataops_core.errors import SettingError, Skip
from dataops_core.steps import get
from dataops_core.steps.remove_correlation import learn_lines
from dataops_core.table import tidy

remove = get("remove_correlation")


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    g, age = rng.choice(["a", "b", "c"], 200), rng.normal(40, 10, 200)
    return tidy(
        pd.DataFrame(
            {
                "g": g,
                "age": age,
                "x": rng.normal(size=200) + 2 * (g == "b") + 0.1 * age,
                "y": rng.normal(size=200) - (g == "c"),
            }
        )
    )


@pytest.mark.parametrize("alpha", [1.0, 0.4])
def test_fairlearn_says_the_same(frame, alpha):
    numbers = pd.get_dummies(frame, columns=["g"], dtype=float)
    ids = ["age", "g_a", "g_b", "g_c"]
    theirs = CorrelationRemover(sensitive_feature_ids=ids, alpha=alpha).fit_transform(numbers)
    ours = remove(frame, columns=["x", "y"], by=["g", "age"], alpha=alpha)
    assert ours[["x", "y"]].to_numpy() == pytest.approx(theirs, abs=1e-9)


def test_no_correlation_is_left_and_the_mean_stays(frame):
    out = remove(frame, columns=["x"], by=["g", "age"])
    assert np.corrcoef(out["x"], frame["age"])[0, 1] == pytest.approx(0, abs=1e-9)
    assert out["x"].groupby(frame["g"]).mean().std() < frame["x"].groupby(frame["g"]).mean().std() / 5
    assert out["x"].mean() == pytest.approx(frame["x"].mean())


def test_gaps_and_new_categories():
    known = tidy(pd.DataFrame({"g": ["f", "f", "m", "m"], "x": [1.0, 3.0, 5.0, 7.0]}))
    learned = learn_lines(known, ["x"], ["g"])
    assert learned == {"levels": [["f", "m"]], "means": [0.5], "weights": [[pytest.approx(4.0)]]}
    new = tidy(pd.DataFrame({"g": ["f", "x", None, "m"], "x": [1.0, 2.0, 3.0, None]}))
    out = remove(new, columns=["x"], by=["g"], learned=learned)["x"]
    assert out[:3].tolist() == pytest.approx([3.0, 2.0, 3.0]) and np.isnan(out[3])
    other = new.rename(columns={"g": "group", "x": "number"})
    assert remove(other, columns=["number"], by=["group"], learned=learned)["number"][:3].tolist() == pytest.approx(
        [3.0, 2.0, 3.0]
    )
    assert "g missing (1); g x (1)" in remove.on_new_rows(new, learned, ["x"], ["g"])
    assert remove.on_new_rows(known, learned, ["x"], ["g"]) == ""


def test_a_missing_sensitive_number_counts_as_the_mean():
    frame = tidy(pd.DataFrame({"s": [0.0, 2.0, None], "x": [1.0, 5.0, 7.0]}))
    learned = learn_lines(frame, ["x"], ["s"])
    assert learned["means"] == [1.0] and learned["weights"] == [[pytest.approx(2.0)]]
    assert remove(frame, columns=["x"], by=["s"], learned=learned)["x"].tolist() == pytest.approx([3.0, 3.0, 7.0])


@pytest.mark.parametrize(("settings", "said"), [({"by": ["x"]}, "freed of it"), ({"by": []}, "No column")])
def test_what_cannot_be_is_said(frame, settings, said):
    with pytest.raises(SettingError, match=said):
        remove(frame, **{"columns": ["x"], "by": ["g"]} | settings)


def test_nothing_to_take_out_is_skipped(frame):
    with pytest.raises(Skip, match="nothing to take out"):
        remove(frame.iloc[:0], columns=["x"], by=["g"])
