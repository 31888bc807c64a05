"""The fences of the check for outliers lie at three interquartile ranges, on both sides, and in ratios for
long tails.
"""

import numpy as np
import pytest

from dataops_core.checks.outliers import _behind_gaps, _gap
from dataops_core.checks.profile import profile_table


def found(make_table, values):
    told = profile_table(make_table({"a": values}))[0]["findings"]
    return next((each for each in told if each["check"] == "outliers"), None)


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(("reach", "told"), [(2.9, False), (3.1, True)])
def test_a_value_counts_from_three_interquartile_ranges_on(make_table, side, reach, told):
    usual = [float(value) for value in range(-50, 51)]  # quartiles -25 and 25, and hardly others with one value more
    found_here = found(make_table, [*usual, side * (25.5 + reach * 51)])
    assert (found_here is not None) == told
    if found_here:
        assert (found_here["rows"], found_here["fix"]["with"]["factor"]) == ([101], 3.0)


@pytest.mark.parametrize(("reach", "told"), [(2.9, False), (3.1, True)])
def test_in_a_long_tail_ratios_take_the_place_of_differences(make_table, reach, told):
    usual = np.exp(np.linspace(0, 4, 201))  # quartiles e and e**3: one interquartile range is a factor of e**2
    assert (found(make_table, [*usual, np.exp(3.01 + 2.01 * reach)]) is not None) == told


def tail(*greatest, usual=36):
    """Distances beyond a high quantile: so many of 1, and the greatest."""
    return np.array([1.0] * usual + list(greatest))


@pytest.mark.parametrize(
    ("excess", "few", "fence"),
    [
        # the mean is (36 + 4) / 36 = 1.111; the first of four gaps is wide from ln(4 / 0.0001) * 1.111 / 4 = 2.944 on
        (tail(3.9, 3.9, 3.9, 3.9), 4, None),
        (tail(4.0, 4.0, 4.0, 4.0), 4, 2.5),
        # the last one from 11.774 on
        (tail(1, 1, 1, 12.7), 4, None),
        (tail(1, 1, 1, 12.8), 4, 6.9),
        # the first wide gap is the fence
        (tail(1, 9, 9, 99), 4, 5.0),
        # of ten, the first would be wide from 1.279 on, but no gap under two means is: 2.222
        (tail(*[3.2] * 10, usual=90), 10, None),
        (tail(*[3.3] * 10, usual=90), 10, 2.15),
        # too few to know the tail by
        (tail(99, usual=9), 0, None),
        (tail(99, 99, 99, usual=8), 3, None),
        (tail(99, 99, usual=7), 2, None),
        (tail(99, 99, usual=8), 2, 50.0),
        (np.zeros(40), 4, None),
    ],
)
def test_gaps_by_hand(excess, few, fence):
    assert _gap(excess, few) == (None if fence is None else pytest.approx(fence))


def test_a_gap_is_the_fence_on_either_side_and_in_ratios():
    usual = np.arange(2000.0)
    assert _behind_gaps(np.concatenate([usual, [10_001.0] * 3]), -5.0, 3000.0, False) == (-5.0, 6000.0)
    assert _behind_gaps(np.concatenate([usual, [-10_000.0] * 3]), -5.0, 3000.0, False) == (-5000.0, 3000.0)
    odd = np.concatenate([usual, [10_001.0] * 3, [np.nan, np.inf, -np.inf]])
    assert _behind_gaps(odd, -5.0, 3000.0, False) == (-5.0, 6000.0)
    ratios = np.exp(np.concatenate([np.linspace(0, 2, 2000), [8.0] * 3]))
    least, most = _behind_gaps(ratios, 0.1, 50.0, True)
    assert (least, np.log(most)) == (0.1, pytest.approx(5.0))  # in the middle of 2 and 8
    assert _behind_gaps(np.array([*range(990), *[9e9] * 9]), -5.0, 3000.0, False) == (-5.0, 3000.0)  # too few values
