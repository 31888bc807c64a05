"""Learned from synthetic rows, judged on real ones, beside the same learned from real rows."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes, load_iris

from dataops_core.read import read_file
from dataops_core.synthetic import judge
from tests.synthetic.people import people, shuffled

TRAINING, HOLDOUT, FRESH = people(1_500, 1), people(1_500, 2), people(1_500, 3)


@pytest.fixture
def utility(make_table, only):
    only("utility")

    def of(synthetic, target, training=TRAINING, holdout=HOLDOUT, **more):
        return judge(
            make_table(training),
            make_table(synthetic),
            holdout=None if holdout is None else make_table(holdout),
            target=target,
            **more,
        ).to_json()["utility"]

    return of


@pytest.mark.slow
def test_fresh_rows_are_as_useful_as_real_ones_and_shuffled_ones_are_not(utility, only):
    only("utility", seeds=3)
    fresh, loose = utility(FRESH, "job", by=["sex"]), utility(shuffled(TRAINING), "job", by=["sex"])
    assert (
        fresh["task"] == "classes"
        and fresh["measure"] == "auc"
        and fresh["auc"] == pytest.approx(fresh["auc_real"], abs=0.02)
    )
    assert loose["auc"] == pytest.approx(0.5, abs=0.05) and loose["auc_real"] == fresh["auc_real"] > 0.75
    assert (
        fresh["interval"][0] < fresh["auc"] < fresh["interval"][1]
        and len(fresh["models"]["linear"]["real"]["values"]) == 3
    )
    assert {each["group"] for each in fresh["by"]["sex"]} == {"f", "m"} and all(
        each["real"] > 0.7 for each in fresh["by"]["sex"]
    )
    assert fresh["importances"][0]["column"] == "income" and fresh["ranks"] > loose["ranks"] - 0.3


def test_a_number_is_judged_by_r_squared(utility, only):
    only("utility", seeds=2)
    told = utility(FRESH, "income")
    assert (
        told["measure"] == "r2"
        and told["task"] == "number"
        and told["auc"] == pytest.approx(told["auc_real"], abs=0.08)
        and told["auc_real"] > 0.3
    )
    assert utility(shuffled(TRAINING), "income")["auc"] < 0.05


def test_coefficients_that_point_the_other_way_are_counted(utility, only):
    only("utility", seeds=2)

    def tied(seed, sign):
        rng = np.random.default_rng(seed)
        frame = pd.DataFrame(rng.normal(size=(600, 3)), columns=list("abc"))
        return frame.assign(y=np.where(frame["a"] + sign * frame["b"] + rng.normal(0, 0.5, 600) > 0, "yes", "no"))

    assert utility(tied(1, 1), "y", tied(2, 1), tied(3, 1))["signs"] == {"agree": 2, "of": 2}
    told = utility(tied(1, -1), "y", tied(2, 1), tied(3, 1))
    assert told["signs"] == {"agree": 1, "of": 2} and told["auc"] < 0.6 < told["auc_real"]


def test_many_classes_and_sklearns_own_tables(utility, only):
    only("utility", seeds=2)
    iris = load_iris(as_frame=True).frame.sample(frac=1, random_state=0)
    told = utility(iris[:75], "target", iris[:75], iris[75:])
    assert told["task"] == "classes" and min(told["auc"], told["auc_real"]) > 0.95
    diabetes = load_diabetes(as_frame=True).frame.sample(frac=1, random_state=0)
    assert utility(diabetes[:200], "target", diabetes[:200], diabetes[200:])["auc_real"] > 0.2


def test_one_class_only_teaches_nothing(utility, only):
    only("utility", seeds=2)
    told = utility(FRESH.assign(job="a"), "job")
    assert told["auc"] == 0.5 and told["auc_real"] > 0.7


def test_without_a_target_or_with_one_that_is_not_there_it_is_null_with_the_reason(utility):
    told = utility(FRESH, None)
    assert told["why"] == "no target is named" and told["auc"] is None
    assert utility(FRESH.drop(columns="job"), "job")["why"] == 'the synthetic table has no column "job"'
    assert "fewer than 20 rows" in utility(FRESH[:5], "job")["why"]


@pytest.mark.slow
def test_adult_learned_from_real_rows_is_where_it_is_known_to_be(utility, only, adult, tmp_path):
    """Histogram gradient boosting on Adult: AUC .92-.93 (Gorishniy et al. 2021 and many others); shuffled rows teach
    nothing.
    """
    only("utility", seeds=2)
    rows = read_file(adult, tmp_path / "adult.parquet").table.frame().sample(frac=1, random_state=0)
    told = utility(shuffled(rows[:8000]), "income", rows[:8000], rows[8000:16000])
    assert 0.91 <= told["auc_real"] <= 0.93 and told["auc"] < 0.65
