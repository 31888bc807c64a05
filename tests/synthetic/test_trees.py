"""Chained trees: connections that are neither rising nor falling come back, amounts keep their shape, and no training
row is remembered.
"""

import pickle

import numpy as np
import pandas as pd
import pytest

from dataops_core.synthetic import Settings, synthesize
from dataops_core.synthetic.engines._trees import Link, _ranked, fit
from dataops_core.table import write_table
from tests.synthetic.people import people


def encoded(rows=2000, seed=0):
    """Whether a and b differ (or not) is y; z lies at -3 or 3 as y says; k is 0 for most rows."""
    rng = np.random.default_rng(seed)
    a, b = rng.choice(["p", "q"], rows), rng.choice(["p", "q", "r"], rows)
    y = np.where((a == b) ^ (rng.random(rows) < 0.02), "same", "other")
    z = rng.normal(size=rows) + np.where(y == "same", 3.0, -3.0)
    return pd.DataFrame(
        {
            "z": z,
            "a": a,
            "b": b,
            "y": y,
            "k": np.where(rng.random(rows) < 0.9, 0.0, rng.exponential(1000, rows)),
            "one": "x",
        }
    )


def learned(frame, numbers=("z", "k"), constraints=()):
    return fit("trees", frame, list(numbers), list(constraints), seed=1, epochs=1, progress=lambda *_: None)


def test_what_hangs_together_in_no_straight_line_comes_back():
    real, made = encoded(), learned(encoded()).sample(4000, 3)
    assert ((made["a"] == made["b"]) == (made["y"] == "same")).mean() > 0.9
    assert ((made["z"] > 0) == (made["y"] == "same")).mean() > 0.95
    assert list(made.columns) == list(real.columns) and set(made["one"]) == {"x"}
    for name in ("a", "b", "y"):
        assert np.abs(made[name].value_counts(normalize=True) - real[name].value_counts(normalize=True)).max() < 0.04
    assert (made["k"] == 0).mean() == pytest.approx((real["k"] == 0).mean(), abs=0.02) and made[
        "k"
    ].mean() == pytest.approx(real["k"].mean(), rel=0.15)
    assert made["z"].std() == pytest.approx(real["z"].std(), rel=0.05)


def test_the_same_seed_gives_the_same_rows_and_the_model_keeps_none():
    frame = encoded()
    one, other = learned(frame), learned(frame)
    pd.testing.assert_frame_equal(one.sample(300, 5), other.sample(300, 5))
    assert not one.sample(300, 5).equals(one.sample(300, 6))
    held = pickle.dumps(one)
    # a table's extremes are clipped before
    assert {value for value in frame["z"] if np.float64(value).tobytes() in held} <= {
        frame["z"].min(),
        frame["z"].max(),
    }
    for link in one.links:  # within a group of alike rows, values lie in their own order
        assert all(
            (np.diff(link.values[start:end]) >= 0).all()
            for start, end in zip(link.first[:-1], link.first[1:], strict=True)
        )


def test_groups_are_large_and_noise_is_not_split_upon():
    """Nothing hangs together: no split pays, so that each column is drawn from all its values; 4 x sqrt(2,500) = 200
    rows at least where one does.
    """
    rng = np.random.default_rng(2)
    noise = [rng.normal(size=2500) for _ in range(6)]
    assert Link(noise[:5], ["continuous"] * 5, noise[5], "continuous", 0).tree.get_n_leaves() == 1
    cells = np.sin(6 * noise[0]) + 0.1 * noise[1]
    tree = Link(noise[:1], ["continuous"], cells, "continuous", 0)
    assert tree.tree.get_n_leaves() > 5 and np.diff(tree.first)[np.diff(tree.first) > 0].min() >= 200


def test_categories_are_placed_by_what_they_go_with():
    """By hand: means 5, 1, 3 of three categories give the places 2, 0, 1."""
    column, amount = np.array([0, 0, 1, 1, 2, 2]), np.array([4.0, 6, 0, 2, 3, 3])
    assert _ranked(column, amount, "continuous").tolist() == [2, 0, 1]
    places = _ranked(
        np.repeat([0, 1, 2, 3], 10), np.array([0] * 10 + [1] * 10 + [0] * 9 + [1] + [1] * 9 + [0]), "categorical"
    ).tolist()
    assert sorted((places[0], places[2])) in ([0, 1], [2, 3])


@pytest.mark.slow
def test_a_twin_is_alike_and_gives_nobody_away(tmp_path, only):
    only("fidelity", "utility", "privacy", seeds=2)
    table = write_table(tmp_path / "real.parquet", [people(1500, 8)])
    wish = [{"values": {"sex": "f", "job": "a"}, "rows": 100}]
    synthetic, told, _ = synthesize(table, tmp_path / "t.parquet", Settings(engine="trees", target="job"))
    judge = told["judge"]
    assert judge["privacy"]["verdict"] == "no leak seen" and told["engine"]["licence"] == "ours"
    assert judge["fidelity"]["between"] > 0.6 and judge["utility"]["auc"] > judge["utility"]["auc_real"] - 0.06
    some, asked, _ = synthesize(table, tmp_path / "s.parquet", Settings(engine="trees", where=wish), judged=False)
    assert asked["conditions"][0]["made"] == 100 and set(some.frame()["job"]) == {"a"}
