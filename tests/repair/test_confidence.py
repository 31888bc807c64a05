"""How sure candidates are, from planted errors: by hand, and against how many errors there really seem to be."""

from types import SimpleNamespace

import numpy as np
import pytest

from dataops_core.repair import confidence
from dataops_core.repair.candidates import Candidates, search
from dataops_core.repair.confidence import Kind, Measured
from dataops_core.repair.proposal import Repair
from dataops_core.repair.recipe import accept


def sure(measured, score, cause="agreement", column=0, repeated=False):
    return measured.sure(cause, column, np.array([score]), np.array([repeated])).tolist()[0]


def test_cells_that_were_spoiled_count_against_errors_as_frequent_as_those_seen():
    # 100 planted errors, all brought back, 3 cells spoiled; but only one error was seen for 50 that were planted
    measured = Measured({Kind("agreement", 0, 4, False): [100, 100, 3, 0]}, {0: 0.02})
    assert sure(measured, 0.92) == pytest.approx((2 + 0.5) / (2 + 3 + 1))
    assert sure(Measured({Kind("agreement", 0, 4, False): [100, 100, 3, 0]}, {0: 1.0}), 0.92) == pytest.approx(
        100.5 / 104
    )


def test_too_few_planted_errors_tell_nothing_and_other_causes_do_not_help():
    measured = Measured(
        {Kind("agreement", 0, 4, False): [10, 10, 0, 0], Kind("slip", 0, 4, False): [90, 90, 0, 0]}, {0: 1.0}
    )
    assert np.isnan(sure(measured, 0.92))


def test_cells_in_doubt_are_errors_as_often_as_planted_ones_are_not_clear():
    # 40 of 50 planted errors came back; 25 cells are in doubt, and errors are a third as frequent as planted ones
    counts = {Kind("agreement", 0, 2, False): [50, 40, 0, 25]}
    errors = 50 / 3 - 0.5 * 5  # half a standard deviation of a count of 25 less
    measured = Measured(counts, {0: 0.5}, {(0, False): 1 / 3})
    assert sure(measured, 0.75) == pytest.approx((20 + errors * 0.8 + 0.5) / (25 + 25 + 1))
    assert sure(Measured(counts, {0: 0.5}, {(0, False): 0.0}), 0.75) == pytest.approx(
        20.5 / 51
    )  # no clear error: exceptions
    assert sure(Measured(counts, {0: 0.5}, {(0, False): 9.0}), 0.75) == pytest.approx((20 + 22.5 * 0.8 + 0.5) / 51)


def test_unclear_errors_beside_clear_ones_are_surer_than_exceptions(coded):
    rng = np.random.default_rng(3)
    city = [f"city {n % 60}" for n in range(1200)]
    land = [f"land {n % 60}" for n in range(1200)]
    wrong = list(land)
    for at in rng.choice(1200, 60, replace=False).tolist():
        wrong[at] = land[int(rng.integers(1200))]
    mayor = [f"mayor {n % 60}" for n in range(1200)]
    table = coded({"city": city, "land": wrong, "mayor": mayor})
    measured = confidence.measure(search(table), table)
    assert 0.5 < measured.clear[1, True] < 2  # as many errors as were planted, or nearly: values of other groups
    clean = coded({"city": city, "land": land, "mayor": mayor})
    assert confidence.measure(search(clean), clean).clear == {}


def test_values_that_stand_nowhere_else_are_measured_apart_from_those_that_do():
    # what stands once is a slip each time; what others hold, too, is spoiled every other time
    counts = {Kind("agreement", 0, 4, False): [40, 40, 0, 0], Kind("agreement", 0, 4, True): [20, 20, 20, 0]}
    measured = Measured(counts, {0: 1.0})
    assert sure(measured, 0.92) == pytest.approx(40.5 / 41)
    assert sure(measured, 0.92, repeated=True) == pytest.approx(20.5 / 41)


def test_what_other_cells_hold_is_told_apart(coded):
    column = coded({"a": ["x", "x", "y", None, "z"]}).columns[0]
    assert confidence.repeats(column, np.arange(5)).tolist() == [True, True, False, False, False]


def test_a_column_without_planted_clear_errors_is_taken_to_be_like_the_others(coded):
    table = coded({name: [f"{name}{n % 20}" for n in range(100)] for name in "abc"})
    rows, codes = np.arange(30), np.zeros(30, dtype=np.int32)
    clear = [Candidates(at, "agreement", rows, codes, np.full(30, 0.95)) for at in (0, 1)]
    unclear = Candidates(2, "agreement", rows, codes, np.full(30, 0.6))
    counts = {Kind("agreement", 0, 5, True): [20, 20, 0, 0], Kind("agreement", 1, 5, True): [60, 60, 0, 0]}
    ratios = confidence._clear(SimpleNamespace(found=[*clear, unclear]), table, counts, 1.0)
    assert (ratios[0, True], ratios[1, True]) == (1.5, 0.5)
    assert ratios[2, True] == pytest.approx(1.0)  # the middle of both, on each side of either


def test_wrong_keys_are_counted_on_where_errors_are_frequent(coded, monkeypatch):
    """Customers by number: a wrong number puts a row into the group of another, whose name is then proposed."""
    rng = np.random.default_rng(5)
    number = rng.integers(0, 150, 1500)
    town, name = rng.integers(0, 6, 150)[number], rng.integers(0, 30, 150)[number]
    columns = {
        "customer": [f"C{n:03d}" for n in number],
        "name": [f"name {n}" for n in name],
        "town": [f"town {n}" for n in town],
        "land": [f"land {n}" for n in town],
    }
    for name in ("customer", "name", "town", "land"):
        held = list(columns[name])
        for at in rng.choice(1500, 200, replace=False).tolist():
            columns[name][at] = held[int(rng.integers(1500))]
    table = coded(columns)
    found = search(table)
    deciding = confidence._in_deciding(found, confidence.seen_kinds(found, table), table.rows)
    assert set(deciding) == {0} and deciding[0][1] == ["swap"]
    spoiled = []
    for _ in range(2):
        measured = confidence.measure(found, table)
        spoiled.append(sum(entry[2] for key, entry in measured.counts.items() if key.column == 1))
        monkeypatch.setattr(confidence, "_in_deciding", lambda *_given: {})
    assert spoiled[0] > 2 * spoiled[1]  # names that were right, in rows with a wrong number


def test_the_errors_planted_are_weighed_by_those_seen(coded):
    columns = {
        "city": [f"city {n % 8}" for n in range(400)],
        "land": [f"land {n % 8}" for n in range(400)],
        "code": [f"code {n % 8}" for n in range(400)],
    }
    columns["land"][7] = "nowhere"
    table = coded(columns)
    found = search(table)
    assert [(each.column, each.rows.tolist()) for each in found.found] == [(1, [7])]
    measured = confidence.measure(found, table)
    assert measured.weights[1] == pytest.approx(1 / (0.08 * 400))  # 8 % of the cells are planted for one error seen


def test_what_could_not_be_tested_is_never_accepted():
    repairs = [Repair(at, "a", "x", "y", sure, "slip", "") for at, sure in enumerate([None, 0.95, 0.5])]
    assert [each.row for each in accept(repairs, 0.9)] == [1]
    assert [each.row for each in accept(repairs, 0.0)] == [1, 2]
