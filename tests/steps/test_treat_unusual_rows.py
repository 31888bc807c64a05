"""Rows that are unusual as a whole: planted ones are found, the peer agrees, and what was learned is the same every
time.
"""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor

from dataops_core.errors import SettingError, Skip
from dataops_core.steps import get
from dataops_core.steps.treat_unusual_rows import learn_unusual
from dataops_core.table import tidy

treat_unusual_rows = get("treat_unusual_rows")
METHODS = pytest.mark.parametrize("method", ["isolation_forest", "lof"])


def body(rows=1000):
    """Heights and weights that go together, and three rows at the end in which they do not, each number inside the
    others' range.
    """
    rng = np.random.default_rng(4)
    height = rng.normal(172, 9, rows)
    weight = 70 + 1.6 * (height - 172) + rng.normal(0, 4, rows)
    planted = pd.DataFrame({"height": [150.0, 195.0, 152.0], "weight": [110.0, 42.0, 100.0]})
    frame = tidy(pd.concat([pd.DataFrame({"height": height, "weight": weight}), planted], ignore_index=True))
    for name in frame if rows >= 1000 else ():
        assert (
            frame[name].iloc[:rows].min() < planted[name].min() and planted[name].max() < frame[name].iloc[:rows].max()
        )
    return frame


@METHODS
def test_planted_rows_are_found(method):
    out = treat_unusual_rows(body(), columns=["height", "weight"], method=method, share=2.0, score_into="score")
    assert out["unusual"].tail(3).all()
    assert out["unusual"].sum() == 21  # two percent of 1003, rounded up
    kept = treat_unusual_rows(body(), columns=["height", "weight"], method=method, share=2.0, what="drop")
    assert kept.index.tolist() == out.index[~out["unusual"]].tolist()


@pytest.mark.parametrize(
    ("method", "peer"),
    [
        ("isolation_forest", IsolationForest(random_state=0)),
        ("lof", LocalOutlierFactor(novelty=True)),
    ],
    ids=["isolation_forest", "lof"],
)
def test_scores_are_scikit_learns(method, peer):
    frame = body(900)
    cells = frame.to_numpy()
    cells = (cells - cells.mean(axis=0)) / cells.std(axis=0)
    ours = treat_unusual_rows(frame, columns=["height", "weight"], method=method, score_into="score")["score"]
    assert np.allclose(ours, -peer.fit(cells).score_samples(cells), atol=1e-7)


@METHODS
def test_what_is_learned_is_the_same_every_time_small_and_used_again(method):
    frame = body(3000)
    learned = learn_unusual(frame, ["height", "weight"], method)
    assert learn_unusual(frame, ["height", "weight"], method) == learned
    assert learn_unusual(frame, ["height", "weight"], method, seed=1) != learned
    assert len(learned["model"]) < 600_000
    new = pd.DataFrame({"height": [172.0, 150.0, None, np.inf], "weight": [70.0, 118.0, 70.0, 70.0]})
    assert treat_unusual_rows(new, columns=["height", "weight"], method=method, learned=learned)[
        "unusual"
    ].tolist() == [False, True, False, False]


def test_a_thin_place_among_neighbours_stands_out_to_the_local_outlier_factor():
    out = treat_unusual_rows(body(), columns=["height", "weight"], method="lof", score_into="score")
    assert set(out["score"].nlargest(3).index) == {1000, 1001, 1002}


def test_dates_gaps_and_constants_are_taken():
    frame = body(60)
    frame["day"] = pd.Series(pd.date_range("2020-01-01", periods=63).astype("datetime64[us]"))
    frame["one"], frame["none"] = 1.0, np.nan
    frame.loc[3, "height"] = np.nan
    out = treat_unusual_rows(frame, columns=list(frame.columns))
    assert 0 < out["unusual"].sum() < 5


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"into": "height"}, 'column "height" already'),
        ({"into": ""}, "no name"),
        ({"score_into": "unusual"}, "already"),
        ({"score_into": "weight"}, "already"),
    ],
)
def test_new_columns_have_names_of_their_own(settings, said):
    with pytest.raises(SettingError, match=said):
        treat_unusual_rows(body(20), columns=["height"], **settings)


def test_too_little_to_tell_is_skipped():
    with pytest.raises(Skip, match="7 rows are too few"):
        treat_unusual_rows(body(4), columns=["height"])
    with pytest.raises(Skip, match="differ"):
        treat_unusual_rows(body(20).assign(height=1.0), columns=["height"])
