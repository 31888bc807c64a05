"""What is suggested, and what is not: margins, closed lists, patterns, keys."""

import numpy as np
import pytest

from dataops_core.rules import check_rules, dumps, loads, suggest_rules
from dataops_core.rules.margins import least_share, upper_limit
from dataops_core.rules.patterns import learn_pattern


def said(table, *kinds, **given):
    return [rule.sentence for rule in suggest_rules(table, kinds=kinds, **given)]


def test_a_stay_of_at_least_a_night_ends_after_it_began(make_table):
    rng = np.random.default_rng(5)
    arrival = np.datetime64("2025-01-01", "us") + rng.integers(0, 365, 800) * np.timedelta64(1, "D")
    left = arrival + (1 + rng.poisson(2.5, 800)) * np.timedelta64(1, "D")
    assert said(make_table({"arrival": arrival, "departure": left}), "order") == ["arrival is at most departure."]


def test_an_open_list_is_no_closed_one(make_table):
    values = ["a"] * 500 + ["b"] * 400 + [f"x{n}" for n in range(30)]
    assert said(make_table({"letter": values}), "allowed") == []
    assert said(make_table({"letter": ["a"] * 500 + ["b"] * 400}), "allowed") == ['letter is one of "a", "b".']


def test_a_slip_is_not_in_the_list_and_the_rule_only_warns(make_table):
    rules = suggest_rules(make_table({"town": ["Delft"] * 600 + ["Gouda"] * 400 + ["Deltf"] * 3}), kinds=("allowed",))
    assert [(r.values, r.severity, r.support) for r in rules] == [(("Delft", "Gouda"), "warn", 1003)]
    assert rules[0].confidence == pytest.approx(1000 / 1003) and 0.97 < rules[0].least < 0.99


def test_a_key_that_chance_could_have_made_is_none(make_table):
    rng = np.random.default_rng(0)
    measure = rng.choice(10_000_000, 200, replace=False)
    assert said(make_table({"measure": measure, "x": [1] * 200}), "unique") == []
    assert said(make_table({"measure": rng.permutation(200), "x": [1] * 200}), "unique") == ["Each measure comes once."]


def test_a_key_of_two_columns_is_found_where_chance_would_have_doubled_it(make_table):
    pairs = [(a, b) for a in range(40) for b in range(30)]
    table = make_table({"shop": [a for a, _ in pairs], "day": [b for _, b in pairs], "x": [1, 2, 3] * 400})
    assert said(table, "unique") == ["Each combination of shop and day comes once."]


def test_limits_hold_for_the_tail_that_goes_on():
    """The greatest of n exponential values is about ln n; of 1,000 further draws none goes beyond the limit for 500."""
    rng = np.random.default_rng(1)
    beyond = 0
    for _ in range(200):
        limit = upper_limit(rng.exponential(size=2_000))
        assert limit is not None and limit < 60
        beyond += (rng.exponential(size=(5, 2_000)).max(axis=1) > limit).sum()
    assert beyond <= 10  # of 1,000


def test_a_tail_that_is_too_heavy_gets_no_limit():
    assert upper_limit(np.random.default_rng(0).pareto(0.8, 5_000)) is None


def test_few_values_that_break_a_rule_leave_room_for_chance():
    """Poisson counts: with 50 seen, another draw has more than 100 less than once in a million times."""
    assert least_share(50, 10_000) == pytest.approx(0.99, abs=1e-3)
    assert least_share(0, 10) == 1.0


@pytest.mark.parametrize(
    ("values", "pattern"),
    [
        ([f"NL{n:02d}BANK{n:010d}" for n in range(99)], r"NL[0-9]{2}BANK[0-9]{10}"),
        ([f"{n:03d}.{n:03d}" for n in range(99)], r"[0-9]{3}\.[0-9]{3}"),
        ([f"{n}-{'ab'[n % 2]}" for n in range(99)], "[0-9]+-[a-z]"),
        (
            [f"{n}@example.com" for n in range(99)],
            r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}",
        ),
    ],
)
def test_patterns_are_learned(values, pattern):
    assert learn_pattern(values).pattern == pattern


def test_free_text_has_no_pattern():
    assert learn_pattern([f"the {n} quick brown foxes jump over {n} lazy dogs" for n in range(100)]) is None
    assert learn_pattern(["Anna", "Bram", "Carla"] * 20) is None


def test_freshness_is_suggested_for_dates_that_reach_to_today(make_table):
    days = np.datetime64("2024-01-01") + np.arange(100)
    table = make_table({"day": days.astype("datetime64[us]")})
    assert said(table, "freshness", today="2024-04-12") == ["The latest day is at most 10 days old."]
    assert said(table, "freshness", today="2026-04-12") == []
    assert said(table, "freshness") == []


def test_references_and_distributions_are_suggested_from_other_tables(make_table):
    rng = np.random.default_rng(0)
    customers = make_table({"customer_id": np.arange(1, 51), "name": ["x"] * 50})
    orders = make_table({"customer_id": rng.integers(1, 51, 500), "size": rng.normal(10, 2, 500).round(2)})
    assert said(orders, "reference", tables={"customers": customers}) == [
        "Each customer_id is found in customer_id of customers."
    ]
    found = said(orders, "distribution", reference=make_table({"size": rng.normal(10, 2, 900).round(2)}))
    assert found == ["size is spread as in the reference of 900 rows (index at most 0.25)."]


def test_an_empty_table_and_one_column_suggest_without_failing(make_table):
    assert suggest_rules(make_table({"a": np.array([], dtype="int64"), "b": np.array([], dtype=object)})) == []
    assert suggest_rules(make_table({"a": [None] * 40})) != []


@pytest.mark.parametrize("rows", [1, 40])
def test_odd_tables_suggest_rules_that_they_meet(rows, make_table):
    odd = {
        "a": ["x"] * rows,
        "A": [1.5] * rows,
        "": ["="] * rows,
        'the "a"': [True] * rows,
        "it's; drop": [None] * rows,
        "where": np.arange(rows),
        "inf": [np.inf] * rows,
        "d": np.array(["2024-01-01"] * rows, dtype="datetime64[us]"),
    }
    table = make_table(odd)
    rules = suggest_rules(table, today="2024-01-02")
    assert [
        each.rule.sentence for each in check_rules(table, rules, today="2024-01-02") if each.status != "passed"
    ] == []
    assert loads(dumps(rules)).rules == tuple(rules)
