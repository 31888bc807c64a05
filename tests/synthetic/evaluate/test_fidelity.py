"""Fidelity between a floor and a ceiling, its measures by hand, and what a page draws."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.synthetic import judge
from dataops_core.synthetic.evaluate.discriminator import auc
from dataops_core.synthetic.evaluate.fidelity import column_distance, knit, pattern_gap
from tests.synthetic.people import flipped, people, shuffled

TRAINING, HOLDOUT, FRESH = people(1_500, 1), people(1_500, 2), people(1_500, 3)


@pytest.fixture
def fidelity(make_table, only):
    only("fidelity")

    def of(synthetic, training=TRAINING, holdout=HOLDOUT, **more):
        return judge(
            make_table(training),
            make_table(synthetic),
            holdout=None if holdout is None else make_table(holdout),
            **more,
        ).to_json()["fidelity"]

    return of


@pytest.mark.parametrize("held", [HOLDOUT, pytest.param(None, marks=pytest.mark.slow)], ids=["holdout", "no holdout"])
def test_a_shuffle_lies_at_the_floor_and_fresh_rows_at_the_ceiling(fidelity, held):
    low, high = fidelity(shuffled(TRAINING, 7), holdout=held), fidelity(FRESH, holdout=held)
    assert low["between"] == pytest.approx(0, abs=0.05 if held is not None else 0.1) and high[
        "between"
    ] == pytest.approx(1, abs=0.1)
    assert low["parts"]["columns"]["score"] > 0.95  # every column for itself is right: that alone would be no verdict
    assert low["auc"] > 0.65 and high["auc"] == pytest.approx(0.5, abs=0.05)
    assert 0 <= low["floor"] < low["ceiling"] <= 1 and low["rows"] == (1_500 if held is not None else 750)


def test_a_copy_gains_nothing_by_being_one(fidelity):
    told = fidelity(TRAINING)
    assert told["score"] == pytest.approx(told["ceiling"], abs=0.02)


@pytest.mark.slow
def test_the_more_is_flipped_the_lower_it_lies(fidelity):
    scores = [fidelity(flipped(TRAINING, share))["between"] for share in (0.0, 0.2, 0.5, 1.0)]
    assert scores == sorted(scores, reverse=True) and scores[0] - scores[-1] > 0.8


def test_the_column_that_is_wrong_is_named(fidelity):
    told = fidelity(FRESH.assign(kids=7))
    assert (
        told["columns"][0]["column"] == "kids"
        and told["columns"][0]["score"] == 0.0
        and told["columns"][0]["ceiling"] > 0.9
    )
    assert (
        told["given_away"][0]["column"] == "kids" and told["given_away"][0]["importance"] > 0.3 and told["auc"] == 1.0
    )


def test_the_pair_that_lost_its_tie_is_named_with_both_figures(fidelity, few_trees):
    told = fidelity(FRESH.assign(job=shuffled(FRESH)["job"]))
    tied = next(each for each in told["pairs"] if each["columns"] == ["income", "job"])
    assert tied["score"] < 0.3 and tied["ceiling"] > 0.7 and tied["real"] > 0.3 and tied["synthetic"] < 0.1
    assert tied["weight"] == max(each["weight"] for each in told["pairs"]) and told["pairs_of"] == 21
    known = next(each for each in told["pairs"] if each["columns"] == ["age", "income"])
    assert known["measure"] == "correlation" and known["real"] == pytest.approx(
        HOLDOUT["age"].corr(HOLDOUT["income"], method="spearman")
    )


def test_columns_that_do_not_go_together_leave_no_room_between_floor_and_ceiling(fidelity):
    loose = [pd.DataFrame(np.random.default_rng(seed).normal(size=(600, 3)), columns=list("abc")) for seed in (1, 2, 3)]
    told = fidelity(loose[0], loose[1], loose[2])
    assert told["between"] is None and "hardly go together" in told["why"]


def test_distances_of_columns_by_hand():
    """KS of {1, 2, 3, 4} and {3, 4, 5, 6}: at 2 one half against nothing. TV of (1/2, 1/4, 1/4 missing) and (1/4, 3/4):
    1/2.
    """
    assert column_distance(pd.Series([1.0, 2, 3, 4]), pd.Series([3.0, 4, 5, 6]), "number") == 0.5
    assert column_distance(pd.Series([1.0, 2, 3, 4]), pd.Series([1.0, 2, None, None]), "number") == 0.5
    assert column_distance(pd.Series(["a", "a", "b", None]), pd.Series(["a", "b", "b", "b"]), "category") == 0.5
    assert column_distance(pd.Series([None, None]), pd.Series(["x", "y"]), "category") == 1.0
    days = pd.Series(pd.to_datetime(["2020-01-01", "2020-01-02"]))
    assert column_distance(days, days + pd.Timedelta(days=5), "date") == 1.0


def test_ties_of_two_columns_by_hand():
    """Beyond their margins: (1/4, -1/4; -1/4, 1/4) and half of that: 1 - (4 x 1/8) / (4 x 1/4 + 4 x 1/8) = 2/3."""
    tied, half = np.array([[0.5, 0.0], [0.0, 0.5]]), np.array([[0.375, 0.125], [0.125, 0.375]])
    assert knit(tied, half) == pytest.approx(2 / 3) and knit(tied, tied[::-1]) == 0.0 and knit(half, half) == 1.0


def test_the_auc_agrees_with_scikit_learn():
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(0)
    truth, score = rng.integers(0, 2, 300), rng.integers(0, 9, 300) / 9
    assert auc(score, truth) == pytest.approx(roc_auc_score(truth, score))


def test_what_is_missing_together(fidelity, few_trees):
    """Real: a and b are missing together in half of the rows; synthetic: each in half of the rows, but
    never together.
    """
    real = pd.DataFrame({"a": [1.0, None] * 2, "b": [1.0, None] * 2})
    assert pattern_gap(real, pd.DataFrame({"a": [1.0, None] * 2, "b": [None, 1.0] * 2})) == 0.5
    rng = np.random.default_rng(0)

    def gone(frame, together):
        some, other = rng.random(len(frame)) < 0.3, rng.random(len(frame)) < 0.3
        return frame.assign(age=frame["age"].where(~some), income=frame["income"].where(~(some if together else other)))

    told = fidelity(gone(FRESH, together=False), gone(TRAINING, together=True), gone(HOLDOUT, together=True))
    assert told["missing_pattern_gap"] == pytest.approx(0.21, abs=0.03) and told["missing_pattern_ceiling"] < 0.04
    assert next(each for each in told["columns"] if each["column"] == "age")["missing"] == pytest.approx(
        [0.3, 0.3], abs=0.05
    )


def test_what_is_drawn_has_common_edges_and_shares(fidelity, few_trees):
    told = fidelity(FRESH.assign(city=[*["nowhere"] * 300, *FRESH["city"][300:]], income=FRESH["income"] * 1000))[
        "draw"
    ]
    age = told["age"]
    assert (
        len(age["edges"]) == 21
        and all(len(age[side]) == 20 for side in ("real", "synthetic", "holdout"))
        and sum(age["real"]) > 0.98
    )
    assert (
        told["income"]["outside"] > 0.9
        and told["since"]["as"] == "date"
        and told["since"]["edges"][0].startswith("2020-01-0")
    )
    city = told["city"]
    assert city["values"][:2] == ["c0", "c1"] or set(city["values"][:2]) <= {"c0", "c1", "c2"}
    assert (
        city["values"][-1] == "all others"
        and sum(city["synthetic"]) == pytest.approx(1)
        and city["synthetic"][-1] > 0.2
    )
    assert fidelity(FRESH, holdout=None)["draw"]["age"]["holdout"] is None


@pytest.mark.slow
def test_the_same_seed_gives_the_same_verdict_and_another_one_nearly(make_table, only, few_trees):
    only("fidelity", "utility", "privacy", seeds=2)
    tables = [make_table(frame[:500]) for frame in (TRAINING, FRESH, HOLDOUT)]
    told = [judge(tables[0], tables[1], holdout=tables[2], target="job", seed=seed).to_json() for seed in (0, 0, 1)]
    assert told[0] == told[1] and told[0] != told[2]
    assert told[0]["fidelity"]["score"] == pytest.approx(told[2]["fidelity"]["score"], abs=0.05)


@pytest.mark.slow
def test_adult_a_shuffle_does_not_look_good_and_fresh_rows_do(fidelity, adult, tmp_path):
    """The usual quality score of SDMetrics gives shuffled Adult .881, more than a Gaussian copula's .815."""
    from dataops_core.read import read_file

    rows = read_file(adult, tmp_path / "adult.parquet").table.frame().sample(frac=1, random_state=0)
    parts = rows[:3000], rows[3000:6000]
    low, high = fidelity(shuffled(parts[0], 3), *parts), fidelity(rows[6000:9000], *parts)
    assert (
        low["score"] < 0.35
        and abs(low["between"]) < 0.05
        and high["score"] > 0.85
        and high["between"] == pytest.approx(1, abs=0.05)
    )
