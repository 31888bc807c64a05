"""What protects a verdict on privacy from taking a table that crowds about common rows for one that copies."""

import math

import numpy as np
import pytest
from scipy.stats import binom, norm
from scipy.stats import poisson as poisson_law

from dataops_core.synthetic.evaluate.significance import (
    DOUBTFUL,
    LEAK,
    before,
    beyond,
    excess,
    paired,
    poisson,
    proportions,
    shuffled_share,
)


def test_rows_that_meet_more_of_either_side_are_judged_by_the_sides_alone():
    # 20 holdout rows are met where real rows meet 4 in twice as many pairs, so 2: the table crowds, and 24 are no excess
    assert excess(24, 20, 4, 2.0) == paired(24, 20) > DOUBTFUL
    assert beyond(24, 20, 4, 2.0) == 1.0


def test_rows_that_meet_no_more_than_real_rows_do_are_judged_by_all_that_is_known():
    assert excess(24, 2, 4, 2.0) < paired(24, 2) < LEAK
    assert beyond(24, 2, 4, 2.0) < LEAK


def test_twofold_crowding_that_could_be_unseen_makes_a_leak_doubtful_at_most():
    # by all that is known chance gives 9 once in 2,500 tables; of a table that crowds twofold once in 260
    assert paired(9, 3, 1 / 3) < LEAK < excess(9, 1, 2, 2.0) == 2 * LEAK < DOUBTFUL


def test_pairs_by_hand():
    assert paired(0, 0) == paired(0, 5) == 1.0
    assert paired(3, 1, 2.0) == pytest.approx(48 / 81)  # 4 * (2/3)**3 * (1/3) + (2/3)**4
    assert paired(2, 0, 3.0) == pytest.approx((3 / 4) ** 2)


def test_excess_with_other_numbers_of_training_and_holdout_rows():
    # two training rows for a holdout row, real rows looked at in twice as many pairs: 1 / (1/2 + 2) = 0.4, so 2/7
    assert excess(3, 0, 1, 2.0, 2.0) == pytest.approx(176 / 2401)  # less than by the sides alone: (2/3)**3
    assert excess(3, 0, 0, 0.0, 2.0) == pytest.approx((2 / 3) ** 3)  # no pairs of real rows were looked for
    # of a table that crowds twofold, 2 / (2/2 + 2) = 2/3, so 2/5: 9 of 12 are no leak beyond doubt
    assert binom.sf(8, 12, 2 / 5) > LEAK
    assert excess(9, 1, 2, 2.0, 2.0) == max(binom.sf(8, 12, 2 / 7), 2 * LEAK)
    assert binom.sf(19, 22, 2 / 5) < LEAK
    assert excess(20, 1, 1, 2.0, 2.0) == pytest.approx(binom.sf(19, 22, 2 / 7))
    # 3 holdout rows met where real rows meet 1 in 4 * 2 times as many pairs: it crowds, and the sides alone count
    assert excess(6, 3, 1, 4.0, 2.0) == paired(6, 3, 2.0)


def test_names_beyond_a_poisson_law_by_hand():
    assert beyond(5, 1, 2, 2.0, 2.0) == pytest.approx(poisson_law.sf(4, 4 / 2.5))
    assert beyond(5, 1, 2, 0.0) == 1.0
    assert poisson(0, 3.0) == 1.0
    assert poisson(2, 1.0) == pytest.approx(1 - 2 / math.e)


def test_shares_by_hand():
    assert proportions(3, 4, 1, 4) == pytest.approx(17 / 70)
    assert proportions(2, 4, 3, 6) == pytest.approx(31 / 42)  # (C(4,2)C(6,3) + C(4,3)C(6,2) + C(6,1)) / C(10,5)
    assert proportions(0, 0, 1, 5) == proportions(1, 5, 0, 0) == 1.0


def test_places_in_a_row_by_hand():
    # five of each: that three members stand before the first stranger is 5/10 * 4/9 * 3/8; four or more 1 in 42
    p, usual = before(3, 1, 5, 5)
    assert (p, usual) == (pytest.approx(1 / 12), (0.0, 3.0))
    assert before(2.2, 1, 5, 5)[0] == p


def test_shuffled_labels():
    rng = np.random.default_rng(0)
    assert shuffled_share(np.zeros(4), np.array([True] * 4), rng) == (0.0, 1.0, (0.0, 1.0))
    assert shuffled_share(np.ones(1), np.array([True]), rng) == (1.0, 1.0, (0.0, 1.0))
    share, p, usual = shuffled_share(np.array([1.0, 0.0]), np.array([True, False]), rng)
    assert (share, usual) == (1.0, (0.0, 1.0)) and 0.45 < p < 0.55
    weights, label = np.zeros(200), np.zeros(200, dtype=bool)
    weights[:20], label[10:30] = 1.0, True
    share, p, usual = shuffled_share(weights, label, rng)  # ten of twenty, where two are usual
    # the variance of the share: 20 * 180 / (200 * 199) * 18 = 1.628
    assert share == 10.0 and p == pytest.approx(norm.sf(8 / math.sqrt(1.6281407)), rel=1e-5)
    assert usual[0] == 0.0 and 4.0 <= usual[1] <= 5.0
    weights[:20], label[:] = 1.0, False
    label[:20] = True
    assert shuffled_share(weights, label, rng)[1] == 1e-12
