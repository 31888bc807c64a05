"""Values in the column of another: texts and numbers that changed places, and texts beside an empty column."""

import numpy as np
import pytest

from dataops_core.repair.candidates import search
from dataops_core.repair.propose import propose
from dataops_core.repair.recipe import accept, steps_of
from dataops_core.repair.rows import swapped_columns


@pytest.fixture
def places():
    """Cities, their lands and positions of 600 rows: as they are, by name."""
    rng = np.random.default_rng(7)
    at = rng.integers(0, 30, 600)
    return {
        "city": [f"City {n}" for n in at],
        "land": [f"Land {n % 6}" for n in at],
        "latitude": [round(47.0 + n / 30 + float(rng.normal(0, 0.01)), 4) for n in at],
        "longitude": [round(9.0 + n / 20 + float(rng.normal(0, 0.01)), 4) for n in at],
        "answer": ["yes" if n % 3 else "no" for n in at],
        "other": ["no" if n % 4 else "yes" for n in at],
    }


def swap(columns, one, other, rows):
    for row in rows:
        columns[one][row], columns[other][row] = columns[other][row], columns[one][row]


def found(table):
    return [(each.one, each.other, each.rows.tolist(), each.moved, each.sure) for each in swapped_columns.find(table)]


def test_nothing_stands_in_the_column_of_another(coded, places):
    assert found(coded(places)) == []


def test_texts_and_numbers_that_changed_places(coded, places):
    right = {name: list(values) for name, values in places.items()}
    swap(places, "city", "land", [3, 77, 410])
    swap(places, "latitude", "longitude", [5, 410, 599])
    table = coded(places)
    (texts, numbers) = found(table)
    assert texts[:4] == (0, 1, [3, 77, 410], False) and numbers[:4] == (2, 3, [5, 410, 599], False)
    assert min(texts[4], numbers[4]) > 0.97
    repaired = search(table).repaired
    for row in (3, 77, 5, 599):
        for column in repaired.columns[:4]:
            held = column.values[column.codes[row]]
            assert held == str(right[column.name][row]) or float(held) == right[column.name][row]


def test_only_the_cells_themselves_are_set_and_no_value_is_replaced(make, places):
    """Next month a land among the cities stands in another row."""
    swap(places, "city", "land", [3, 77, 410])
    table = make(places)
    steps = steps_of(accept(propose(table).repairs, 0.9), table)
    assert {step.op for step in steps} == {"set_cells"}
    assert [set(step.settings["cells"]) for step in steps] == [{"4", "78", "411"}] * 2


def test_a_text_beside_its_own_empty_column_is_moved(coded, places):
    for row in (8, 90, 333, 512):
        places["city"][row], places["land"][row] = places["land"][row], None
    ((one, other, rows, moved, sure),) = found(coded(places))
    assert (one, other, rows, moved) == (0, 1, [8, 90, 333, 512], True) and sure > 0.9


def test_numbers_are_at_home_in_many_columns(coded, places):
    places["city"][:5], places["land"][:5] = ["17"] * 5, [None] * 5
    places["land"][5:65] = ["17"] * 60
    assert found(coded(places)) == []


def test_columns_that_hold_the_same_kind_of_thing_borrow_nothing(coded):
    """Days as planned and as they were: some plans are missing, and what was not late is what was planned."""
    plan = [f"May {n % 3}" for n in range(600)]
    real = [f"June {n % 9}" for n in range(600)]
    for row in range(0, 600, 13):
        real[row] = plan[row]
    for row in range(0, 60, 13):
        plan[row] = None
    assert found(coded({"plan": plan, "real": real})) == []
    for row in range(65, 600, 13):
        real[row] = f"June {row % 9}"  # now only those beside a missing plan hold one
    assert [each[2] for each in found(coded({"plan": plan, "real": real}))] == [[0, 13, 26, 39, 52]]


def test_cells_that_would_meet_by_chance_are_not_sure(coded, places):
    rng = np.random.default_rng(8)
    for row in rng.choice(600, 60, replace=False).tolist():  # lands among the cities, and lands missing, apart
        places["city"][row] = f"Land {row % 6}"
    for row in rng.choice(600, 200, replace=False).tolist():
        places["land"][row] = None
    assert found(coded(places)) == []


def test_long_tails_and_one_row_that_is_rare_in_both_columns_are_not_exchanged(coded):
    rng = np.random.default_rng(8)
    first = 10 ** rng.normal(3, 0.6, 600)
    table = coded({"people_1996": first.round(), "people_2001": (first * rng.uniform(0.9, 1.1, 600)).round()})
    assert found(table) == []
    low, high = rng.normal(10, 1, 600).round(2), rng.normal(50, 2, 600).round(2)
    low[7], high[7] = 50.5, 10.5
    assert found(coded({"low": low, "high": high})) == []
    low[9], high[9] = 49.5, 9.5
    assert [each[:3] for each in found(coded({"low": low, "high": high}))] == [(0, 1, [7, 9])]


def test_numbers_whose_spread_no_number_holds_are_passed_over(coded):
    assert found(coded({"a": [1e308] * 60 + [-1e308] * 60, "b": [float(n) for n in range(120)]})) == []
