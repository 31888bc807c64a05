"""Fresh samples of real rows pass, of whatever size and table; and on Adult the planted leaks show."""

import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer

from dataops_core.read import read_file
from tests.synthetic.people import FRESH, TRAINING, answers, flipped, leaked, leaks, people


@pytest.mark.parametrize("seed", range(4))
def test_a_fresh_sample_passes(verdict, seed):
    fresh, training, holdout = (people(800, 100 + 10 * seed + i) for i in range(3))
    for held in (holdout, None):
        told = verdict(fresh, training, held, seed=seed)
        assert (
            told["verdict"] == ("no leak seen" if held is not None else "not enough to tell") and told["worst"] is None
        )
    fresh, training, holdout = (answers(800, 100 + 10 * seed + i) for i in range(3))
    for held in (holdout, None):
        assert verdict(fresh, training, held, seed=seed)["verdict"] == (
            "no leak seen" if held is not None else "not enough to tell"
        )


@pytest.mark.parametrize("seed", range(3))
def test_a_third_of_a_well_known_table_passes(verdict, seed):
    rows = load_breast_cancer(as_frame=True).frame.sample(frac=1, random_state=seed)
    told = verdict(rows[:189], rows[189:378], rows[378:567])
    assert told["verdict"] == "no leak seen"
    assert verdict(rows[189:378], rows[189:378], rows[378:567])["worst"] == "exact_matches"


@pytest.fixture(scope="module")
def thirds(adult, tmp_path_factory):
    """Training rows, holdout and fresh rows of Adult."""
    path = tmp_path_factory.mktemp("adult") / "adult.parquet"
    rows = read_file(adult, path).table.frame().sample(frac=1, random_state=0)
    return rows[:3000], rows[3000:6000], rows[6000:9000]


@pytest.mark.slow
def test_adult_fresh_rows_pass_and_a_few_planted_ones_show_as_they_are_known_to(verdict, thirds):
    training, holdout, fresh = thirds
    told = verdict(fresh, training, holdout)
    assert (
        told["verdict"] == "no leak seen"
        and told["dcr_share"] == pytest.approx(0.5, abs=0.03)
        and told["p5_ratio"] == pytest.approx(1, abs=0.1)
    )
    told = verdict(leaked(fresh, training, 0.05), training, holdout)
    assert told["mia_tpr_at_1pct"] == pytest.approx(0.057, abs=0.015) and told["exact_matches"] == pytest.approx(
        150, abs=5
    )
    told = verdict(leaked(fresh, training, 0.01), training, holdout)
    assert told["worst"] == "exact_matches" and leaks(told) - {"edited_copies"} == {"exact_matches"}


@pytest.mark.slow
def test_adult_copied_and_flipped_shows_as_it_is_known_to(verdict, thirds):
    training, holdout, _ = thirds
    told = verdict(training, training, holdout)
    assert "combinations" in leaks(told)
    told = verdict(flipped(training, 0.1), training, holdout)
    assert told["dcr_share"] == pytest.approx(0.894, abs=0.02)


def test_a_holdout_of_another_size_is_honest_too(verdict):
    assert verdict(FRESH, holdout=people(300, 77))["verdict"] == "no leak seen"
    assert verdict(FRESH, holdout=people(4_000, 78))["verdict"] == "no leak seen"
    assert verdict(leaked(FRESH, TRAINING, 0.01), holdout=people(300, 77))["worst"] == "exact_matches"


@pytest.mark.slow
def test_many_synthetic_rows_are_no_leak_by_their_number(verdict):
    assert verdict(people(6_000, 31))["verdict"] == "no leak seen"
    assert verdict(pd.concat([people(6_000, 31), TRAINING[:20]]))["worst"] == "exact_matches"
