import pytest

from dataops_core.checks import REGISTRY
from dataops_core.checks.profile import profile_table
from dataops_core.checks.score import BY_ROWS, DIMENSIONS, FORMULAS, OUTSIDE, changed, scores, total


def test_every_check_counts_for_one_side_or_says_that_it_does_not():
    counted = [check for _, checks in DIMENSIONS.values() for check in checks]
    assert sorted([*counted, *OUTSIDE, *BY_ROWS]) == sorted(REGISTRY)
    assert set(FORMULAS) == set(DIMENSIONS)


def test_sides_by_hand(make_table):
    # 40 rows of 2 columns: 4 cells missing, 2 ages that cannot be, 1 spelling
    table = make_table({"age": [30, 40] * 17 + [-5, 240] + [None] * 4, "city": ["Paris"] * 39 + ["PARIS"]})
    told = {score.name: score for score in scores(profile_table(table)[0])}
    assert told["completeness"].value == pytest.approx(1 - 4 / 80)
    assert told["validity"].value == pytest.approx(1 - 2 / 76)
    assert told["consistency"].value == pytest.approx(1 - 1 / 76)
    assert told["timeliness"].value is None


def test_the_total_is_the_weighted_mean_of_the_sides_that_have_a_figure(make_table):
    some = scores(profile_table(make_table({"a": [1, None, 3, 4] * 5}))[0])
    assert total(
        some, {"completeness": 1.0, "uniqueness": 0, "validity": 0, "consistency": 0, "accuracy": 0}
    ) == pytest.approx(0.75)
    assert total(some, dict.fromkeys(DIMENSIONS, 0.0)) is None


def test_what_got_worse_is_told_too(make_table):
    before, _ = profile_table(make_table({"city": ["Paris"] * 39 + ["PARIS"], "b": [1.5, 2.5] * 20}))
    after, _ = profile_table(make_table({"city": ["Paris"] * 40, "b": [None] * 10 + [1.5, 2.5] * 15}))
    told = changed(before, after)
    assert [
        (each["check"], each["before"], each["after"]) for each in told["better"] if each["check"] == "case_variants"
    ] == [("case_variants", 1, 0)]
    assert ("missing_cells", 0, 10) in [(each["check"], each["before"], each["after"]) for each in told["worse"]]
