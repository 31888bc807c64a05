"""Intervals against published worked examples; tests that hold their level under no gap."""

import numpy as np
import pytest
from scipy.stats import fisher_exact

from dataops_core.fairness.gaps import gaps, judged
from dataops_core.stats.proportions import (
    holm,
    largest_gap,
    newcombe,
    percentiles,
    resampled_cells,
    two_shares_p,
    wilson,
)


# Newcombe 1998, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17:857-872, table I,
# method 3
@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_published(hits, of, low, high):
    found = wilson(hits, of)
    assert [round(float(end), 4) for end in found] == [low, high]


# Newcombe 1998, Interval estimation for the difference between independent proportions, Statistics in Medicine
# 17:873-890, table II, method 10
@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_newcombe_as_published(one, other, low, high):
    found = newcombe(*one, *other)
    assert [round(float(end), 4) for end in found] == [low, high]


def test_a_share_of_nothing_has_no_interval():
    assert np.isnan(wilson(0, 0)).all() and np.isnan(newcombe(1, 2, 0, 0)).all()


def test_the_test_of_two_shares_is_exact_where_it_is_thin_and_a_score_test_where_it_is_not():
    assert two_shares_p(9, 10, 3, 10) == pytest.approx(fisher_exact([[9, 1], [3, 7]]).pvalue)
    # pooled rate 0.4, standard error sqrt(0.4 * 0.6 * (1/100 + 1/100)) = 0.0692820; 0.1 / 0.0692820 = 1.4434
    assert two_shares_p(45, 100, 35, 100) == pytest.approx(0.1489, abs=1e-4)
    assert two_shares_p(5, 5, 7, 7) == 1.0


def test_holm_by_hand():
    assert holm([0.04, 0.01, None, 0.02]) == [0.04, 0.03, None, 0.04]
    assert holm([None, 0.6, 0.7]) == [None, 1.0, 1.0]


def test_under_no_gap_the_largest_gap_gives_five_per_cent_false_alarms():
    rng = np.random.default_rng(1)
    p = [
        largest_gap(rng.binomial([80, 150, 40], 0.3), [80, 150, 40], shuffles=400, seed=seed)[1] for seed in range(1000)
    ]
    assert 0.035 < np.mean(np.array(p) <= 0.05) < 0.065


def test_a_large_gap_is_found_and_its_size_is_told():
    seen, p = largest_gap([50, 20], [100, 100])
    # no shuffle of 2,000 reaches it: the pair says
    assert (seen, p) == (
        pytest.approx(0.3),
        pytest.approx(two_shares_p(50, 100, 20, 100)),
    )


def test_a_gap_that_every_shuffle_gives_is_none():
    assert largest_gap([1, 0], [3, 3]) == (pytest.approx(1 / 3), 1.0)


def test_percentiles_of_a_largest_gap_would_leave_nought_out():
    """The trap for which there is a permutation test."""
    drawn = resampled_cells(np.array([[15, 15]] * 10), seed=3)
    shares = drawn[:, :, 0] / drawn.sum(axis=2)
    low, _ = percentiles(shares.max(axis=1) - shares.min(axis=1))
    assert low > 0.1
    assert largest_gap([15] * 10, [30] * 10)[1] == 1.0


def test_many_undefined_replicates_make_no_interval():
    assert percentiles(np.array([np.nan] * 6 + [0.5] * 94)) is None
    assert percentiles(np.array([np.nan] * 5 + [0.5] * 95)) == (0.5, 0.5)


def test_a_gap_that_no_shuffle_reaches_is_no_more_likely_than_the_interval_of_its_pair_says():
    """Women 1,729 and men 3,835 of Adult's judged rows: the floor of 2,000 shuffles times 28 comparisons made it chance
    (p 0.014 x 4).
    """
    seen, p = largest_gap([130, 930], [1729, 3835])
    assert seen == pytest.approx(0.167, abs=0.001) and p < 1e-20
    assert largest_gap([12, 30, 30], [100, 100, 100], shuffles=50)[1] == pytest.approx(
        3 * two_shares_p(12, 100, 30, 100)
    )


def test_a_verdict_never_contradicts_its_interval():
    rates = {f"m{number}": {"a": (50 + number, 100), "b": (50, 100), "c": (200, 400)} for number in range(30)}
    found = [each.to_json() for each in judged(gaps(rates, "c")).gaps]
    for each in found:
        holds = each["ci"][0] <= 0 <= each["ci"][1]
        assert each["verdict"] == (
            "may be chance" if holds else "clear" if each["clear"] else "clear by itself, not among all gaps"
        )
    assert {each["verdict"] for each in found} == {"may be chance", "clear by itself, not among all gaps", "clear"}


def test_wilson_at_its_ends():
    assert [float(end) for end in wilson(20, 20)] == [pytest.approx(0.8389, abs=1e-4), 1.0]
    assert float(wilson(0, 5)[0]) == 0.0
    # one of one: 1 / (1 + 1.96 ** 2)
    assert [float(end) for end in wilson(1, 1)] == [pytest.approx(0.2065, abs=1e-4), 1.0]


def test_two_shares_change_from_fisher_to_the_score_test_at_ten_expected():
    # pooled rate 0.5, ten expected; standard error sqrt(0.25 * (1/20 + 1/20)) = 0.158114; 0.4 / 0.158114 = 2.5298
    assert two_shares_p(14, 20, 6, 20) == pytest.approx(0.01141, abs=1e-5)
    assert two_shares_p(20, 20, 16, 20) == pytest.approx(fisher_exact([[20, 0], [16, 4]]).pvalue)
    assert two_shares_p(0, 20, 4, 20) == pytest.approx(fisher_exact([[0, 20], [4, 16]]).pvalue)


def test_a_gap_that_no_shuffle_reaches_is_at_most_one_in_so_many():
    seen, p = largest_gap([9, 5, 5, 5, 5, 1], [10] * 6, shuffles=100)
    assert (seen, p) == (pytest.approx(0.8), pytest.approx(1 / 101))  # the bound of 15 pairs is 0.016


def test_percentiles_are_the_middle_part():
    values = np.linspace(0, 1, 1001)
    assert percentiles(values) == pytest.approx((0.025, 0.975))
    assert percentiles(values, 0.5) == pytest.approx((0.25, 0.75))


def test_resampled_cells_keep_shape_and_total():
    assert resampled_cells(np.zeros((2, 3)), 5).shape == (5, 2, 3)
    drawn = resampled_cells(np.array([[3, 0], [5, 2]]), 7, seed=4)
    assert drawn.shape == (7, 2, 2) and (drawn.sum(axis=(1, 2)) == 10).all() and not drawn[:, 0, 1].any()
    assert (drawn == resampled_cells(np.array([[3, 0], [5, 2]]), 7, seed=4)).all()
