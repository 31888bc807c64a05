"""The fences of the check for outliers lie at three interquartile ranges, on both sides, and in ratios for
long tails.
"""

import numpy as np
import pytest

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
