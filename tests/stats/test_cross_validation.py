"""The corrected interval of cross-validated scores (Nadeau and Bengio 2003), by hand."""

import pytest

from dataops_core.stats.cross_validation import interval

SCORES = [
    0.1,
    0.2,
    0.3,
    0.2,
    0.2,
]  # mean 0.2, variance 0.005; t with four degrees of freedom: 2.776 (95 %), 4.604 (99 %)


@pytest.mark.parametrize(
    ("given", "width"),
    [
        ({"folds": 5}, 0.1317),  # 2.776 * sqrt(0.005 * (1/5 + 1/4))
        ({"folds": 2}, 0.2150),  # 2.776 * sqrt(0.005 * (1/5 + 1))
        ({"folds": 5, "test_share": 0.5}, 0.1643),  # 2.776 * sqrt(0.005 * (1/5 + 1/2))
        ({"folds": 5, "among": 5}, 0.2184),  # 4.604 * sqrt(0.005 * (1/5 + 1/4))
    ],
)
def test_by_hand(given, width):
    found = interval(SCORES, **given)
    assert found == {
        "mean": pytest.approx(0.2),
        "low": pytest.approx(0.2 - width, abs=1e-4),
        "high": pytest.approx(0.2 + width, abs=1e-4),
    }


def test_one_score_has_no_width_and_two_have():
    assert interval([0.7], folds=5) == {"mean": 0.7, "low": 0.7, "high": 0.7}
    found = interval([0.6, 0.8], folds=2)  # 12.706 * sqrt(0.02 * 1.5)
    assert found["high"] - 0.7 == pytest.approx(2.2007, abs=1e-3)
