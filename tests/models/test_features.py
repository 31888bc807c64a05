"""How a table becomes features: what is taken, what is left out and why, and the matrix that a model sees."""

import numpy as np
import pandas as pd

from dataops_core.models import encoder, estimator, features, one_thread, plain, probabilities, training
from dataops_core.table import Column, tidy

FRAME = tidy(
    pd.DataFrame(
        {
            "key": [1, 2, 3, 4],
            "age": [30, None, 50, 40],
            "city": ["Delft", None, "Gouda", "Delft"],
            "day": pd.to_datetime(["1970-01-02", None, "1970-01-03", "1970-01-04"]),
            "note": ["a", "b", "c", "d"],
            "one": ["x"] * 4,
            "none": [None] * 4,
            "rate": [0.5, np.inf, 0.25, 1.0],
            "split": ["train", "train", "test", None],
        }
    )
)
COLUMNS = [
    Column("key", "integer", "id"),
    Column("age", "integer", "number"),
    Column("city", "text", "category"),
    Column("day", "datetime", "datetime"),
    Column("note", "text", "text"),
    Column("one", "text", "category"),
    Column("none", "text", "category"),
    Column("rate", "decimal", "number"),
    Column("split", "text", "category"),
]


def test_features_and_what_is_left_out():
    chosen = features(COLUMNS, FRAME, leave_out=["split"])
    assert chosen.numbers == ("age", "day", "rate") and chosen.categories == ("city",)
    assert set(chosen.left_out) == {"key", "note", "one", "none", "split"}


def test_the_matrix_has_no_gaps_and_is_computed_by_hand():
    chosen = features(COLUMNS, FRAME, leave_out=["split"])
    cells = plain(FRAME, chosen)
    assert cells["day"].tolist()[::2] == [1.0, 2.0] and np.isnan(cells["rate"][1])
    matrix = encoder(chosen).fit_transform(cells)
    ages = np.array([30.0, 40.0, 50.0, 40.0])  # the gap gets the median
    assert np.allclose(matrix[:, 0], (ages - ages.mean()) / ages.std())
    assert matrix.shape[0] == 4 and np.isfinite(matrix).all()


def test_training_rows_only():
    assert training(FRAME, "split").index.tolist() == [0, 1] and training(FRAME, None) is FRAME


def test_probabilities_are_of_the_class_that_is_asked_for():
    rng = np.random.default_rng(1)
    frame = tidy(pd.DataFrame({"x": rng.normal(size=200)}))
    chosen = features([Column("x", "decimal", "number")], frame)
    label = np.where(frame["x"].to_numpy() > 0, "yes", "no")
    for kind in ("linear", "trees"):
        with one_thread():
            fitted = estimator(chosen, "classes", kind).fit(plain(frame, chosen), label)
        told = probabilities(fitted, plain(frame, chosen), "yes")
        assert told[label == "yes"].mean() > 0.8 > 0.2 > told[label == "no"].mean()


def test_numbers_whose_squares_overflow_are_cut_short():
    frame = tidy(pd.DataFrame({"x": [1e308, -1e308, 1.0, None]}))
    chosen = features([Column("x", "decimal", "number")], frame)
    assert plain(frame, chosen)["x"].tolist()[:3] == [1e100, -1e100, 1.0]
    assert np.isfinite(encoder(chosen).fit_transform(plain(frame, chosen))).all()
