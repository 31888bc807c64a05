"""Columns that are a constant times powers of others: found, and wrong cells explained by them."""

import numpy as np
import pytest

from dataops_core.repair.rows import arithmetic


def contradictions(table):
    return {
        (table.columns[each.column].name, row, new)
        for each in arithmetic.find(table, {})
        for row, new in zip(each.rows, each.new, strict=True)
    }


def rules(table):
    numbers = arithmetic.numbers_of(table, {})
    return [each.words([table.columns[n.place].name for n in numbers]) for each in arithmetic.relations(numbers)]


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def test_liters_follow_from_three_sides_and_a_wrong_one_is_told_from_a_wrong_side(coded, rng):
    sides = {name: rng.integers(5, 60, 400) for name in ("length", "width", "height")}
    liters = np.round(sides["length"] * sides["width"] * sides["height"] / 1000, 3)
    right = liters[5]
    liters[5] *= 10
    table = coded(sides | {"liters": liters})
    assert rules(table) == ["0.001 x length x width x height = liters"]
    assert contradictions(table) == {("liters", 5, f"{right:g}")}
    liters[5] = right
    was = int(sides["width"][9])
    sides["width"][9] = was + 100  # one digit too many: longer than any other side, and no other cell explains it
    assert contradictions(coded(sides | {"liters": liters})) <= {("width", 9, str(was))}


def test_a_body_mass_index_follows_from_weight_and_the_square_of_height(coded, rng):
    height = rng.integers(150, 200, 300)
    weight = np.round(rng.uniform(45, 120, 300), 1)
    index = np.round(10_000 * weight / height**2, 1)
    right = index[3]
    index[3] = round(right / 10, 2)
    table = coded({"height": height, "weight": weight, "bmi": index})
    assert rules(table) == ["10000 x weight / height^2 = bmi"]
    assert ("bmi", 3, f"{right:g}") in contradictions(table)


def test_a_price_by_the_kilogram_is_a_quotient(coded, rng):
    grams, price = rng.integers(100, 3000, 300), np.round(rng.uniform(1, 40, 300), 2)
    table = coded({"grams": grams, "price": price, "per_kg": np.round(1000 * price / grams, 2)})
    assert rules(table) == ["1000 x price / grams = per_kg"]


def test_numbers_that_have_nothing_to_do_with_each_other_follow_from_nothing(coded, rng):
    table = coded({name: np.round(rng.lognormal(3, 0.4, 400), 1) for name in "abcdefgh"})
    assert rules(table) == []


def test_plain_products_and_multiples_are_told_once(coded, rng):
    number, price = rng.integers(2, 40, 300), np.round(rng.uniform(1, 40, 300), 2)
    amount = np.round(number * price, 2)
    assert rules(coded({"number": number, "price": price, "amount": amount})) == ["number x price = amount"]
    told = rules(coded({"number": number, "price": price, "amount": amount, "cents": np.round(100 * amount)}))
    assert "number x price = amount" in told
    assert [rule for rule in told if "amount" in rule and "cents" in rule and len(rule.split(" ")) > 5] == []
