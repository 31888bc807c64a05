"""Little's test and the EM estimates behind it, against published figures and another way of computing them."""

import numpy as np
import pytest
from scipy.optimize import minimize

from dataops_core.imputation.mcar import em, little, little_of_scores
from tests.imputation.airquality import NAMES, airquality


def test_little_on_airquality_gives_the_published_figures():
    """R: naniar::mcar_test(airquality) gives 35.1061 with 14 degrees of freedom, p 0.001418, 4 patterns (naniar's own
    tests).
    """
    data = airquality()
    assert data.shape == (153, 6)
    assert np.isnan(data).sum(axis=0).tolist() == [37, 7, 0, 0, 0, 0]
    assert np.nansum(data[:, 0]) == 4887  # the mean of Ozone is 42.13
    told = little(data, NAMES).to_json()
    assert told["statistic"] == pytest.approx(35.1061288689702, abs=1e-3)
    assert (told["df"], told["patterns"]) == (14, 4)
    assert told["p"] == pytest.approx(0.00141778113856683, abs=1e-6)
    assert "not missing completely at random" in told["words"]


def test_em_finds_the_greatest_likelihood():
    """Against a general optimiser of the likelihood of the observed cells."""
    rng = np.random.default_rng(4)
    matrix = rng.normal(size=(60, 2)) @ np.array([[1.0, 0.6], [0.0, 0.8]])
    matrix[:15, 1] = np.nan
    matrix[15:22, 0] = np.nan
    known = ~np.isnan(matrix)

    def minus_likelihood(found):
        mean, root = found[:2], np.array([[np.exp(found[2]), 0.0], [found[3], np.exp(found[4])]])
        cover, total = root @ root.T, 0.0
        for row, there in zip(matrix, known, strict=True):
            part = cover[np.ix_(there, there)]
            apart = row[there] - mean[there]
            total += np.log(np.linalg.det(part)) + apart @ np.linalg.solve(part, apart)
        return total

    best = minimize(minus_likelihood, np.zeros(5), method="BFGS", options={"gtol": 1e-8}).x
    root = np.array([[np.exp(best[2]), 0.0], [best[3], np.exp(best[4])]])
    mean, cover, converged = em(matrix)
    assert converged
    assert mean == pytest.approx(best[:2], abs=1e-5)
    assert cover == pytest.approx(root @ root.T, abs=1e-5)


def test_the_statistic_does_not_depend_on_units():
    data = airquality()
    assert little(data * [1, 1000, 0.001, 1, 1, 1] + 5, NAMES).to_json()["statistic"] == pytest.approx(
        little(data, NAMES).to_json()["statistic"], abs=1e-5
    )


@pytest.mark.slow
def test_under_chance_alone_it_rejects_about_one_time_in_twenty():
    rejected = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        matrix = rng.normal(size=(80, 3))
        matrix[rng.random((80, 3)) < 0.15] = np.nan
        rejected += little(matrix, ["a", "b", "c"]).to_json()["p"] < 0.05
    assert 2 <= rejected <= 22  # 10 expected; 1 in 1,000 beyond


@pytest.mark.parametrize(
    ("matrix", "why"),
    [
        (np.array([[1.0, 2.0], [3.0, 5.0], [4.0, 1.0], [0.0, 0.0], [1.0, 1.0]]), "nothing is missing"),
        (np.array([[1.0], [np.nan], [2.0]]), "two columns of numbers"),
        (np.array([[1.0, 7.0], [2.0, 7.0], [np.nan, 7.0]]), "two columns of numbers"),
        (np.array([[1.0, 2.0], [np.nan, 3.0], [2.0, 1.0]]), "too few rows"),
        (np.zeros((0, 3)), "two columns of numbers"),
    ],
)
def test_says_why_it_cannot_be_done(matrix, why):
    assert why in little(matrix, ["a", "b", "c"][: matrix.shape[1]]).to_json()["why_not"]


def test_columns_that_are_copies_are_said():
    rng = np.random.default_rng(0)
    column = rng.normal(size=50)
    matrix = np.column_stack([column, column * 2, rng.normal(size=50)])
    matrix[:10, 2] = np.nan
    assert "why_not" in little(matrix, ["a", "b", "c"]).to_json()


def test_ranks_hold_the_level_on_long_tails_and_a_weak_effect_is_called_weak():
    alarms = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        matrix = np.exp(1.2 * rng.multivariate_normal(np.zeros(3), 0.5 + 0.5 * np.eye(3), 200))
        matrix[:, 1:][rng.random((200, 2)) < 0.2] = np.nan
        alarms += little_of_scores(matrix, list("abc")).to_json()["p"] < 0.05
    assert alarms <= 5  # of 40; 2 are expected
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(20_000, 2))
    matrix[rng.random(20_000) < 0.3 + 0.04 * (matrix[:, 0] > 0), 1] = np.nan
    told = little(matrix, ["a", "b"]).to_json()
    assert told["p"] < 0.001 and told["effect"] < 0.1 and "hardly matters" in told["words"]
    assert told["effect"] == pytest.approx(np.sqrt((told["statistic"] - told["df"]) / told["rows"]))
