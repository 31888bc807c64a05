"""One cause is one finding, with exactly its rows: faults that other tables than the planted ones brought up."""

from __future__ import annotations

import numpy as np
import pytest

from dataops_core.checks.profile import profile_table

RNG = np.random.default_rng(5)


@pytest.fixture(autouse=True, params=[5, 22])
def _draws(request):
    """Every test has the same draws whatever ran before it, and other ones."""
    global RNG  # noqa: PLW0603  as short to use as a name of the module
    RNG = np.random.default_rng(request.param)


@pytest.fixture
def told(make_table):
    """The findings of a table of columns: {check: [(columns, rows)]}."""

    def profiled(columns, kinds=None):
        found = {}
        for each in profile_table(make_table(columns, kinds or {}))[0]["findings"]:
            found.setdefault(each["check"], []).append((tuple(each["columns"]), list(each["rows"])))
        return found

    return profiled


def test_a_few_negative_points_are_impossible_and_no_outliers(told):
    points = RNG.integers(5, 95, 1000)
    points[[10, 500, 900]] *= -1
    found = told({"points": points})
    assert found["impossible_values"] == [(("points",), [10, 500, 900])]
    assert "outliers" not in found


@pytest.mark.parametrize("name", ["balance", "longitude"])
def test_what_may_be_negative_is_left_alone(told, name):
    numbers = RNG.integers(5, 95, 1000)
    numbers[[10, 500, 900]] *= -1
    assert "impossible_values" not in told({name: numbers})


def test_small_negative_numbers_at_the_end_of_a_tail_are_no_wrong_signs(told):
    degrees = np.round(RNG.normal(14, 6, 3000), 1)
    assert 3 <= (degrees < 0).sum() <= 40
    assert "impossible_values" not in told({"degrees": degrees})


def test_a_sum_whose_part_is_negative_or_missing_by_a_code_is_left_to_that_finding(told):
    one, other = RNG.integers(5, 95, 800), RNG.integers(5, 95, 800)
    total = one + other
    one[[3, 30, 300]] *= -1
    total[[7, 70]] += 50
    found = told({"north": one, "south": other, "both": total})
    assert [rows for _, rows in found["broken_sum"]] == [[7, 70]]
    assert found["impossible_values"] == [(("north",), [3, 30, 300])]


def test_times_of_day_end_after_they_start_but_a_night_is_no_fault(told):
    start = RNG.integers(8 * 60, 18 * 60, 400)
    end = start + RNG.integers(60, 300, 400)
    end[[5, 50]] = start[[5, 50]] - 40
    start[7], end[7] = 22 * 60, 60  # until one o'clock at night
    clock = [[f"{m // 60:02d}:{m % 60:02d}" for m in side] for side in (start, end)]
    found = told({"arrived": clock[0], "left": clock[1]})
    assert found["end_before_start"] == [(("arrived", "left"), [5, 50])]


def test_the_letter_o_is_no_unit_but_a_zero_typed_wrongly(told):
    cells = [str(n) for n in range(100, 300)]
    cells[4], cells[40] = "1O4", "14O"
    found = told({"pieces": cells})
    assert found["numbers_mixed_with_words"] == [(("pieces",), [4, 40])]
    assert "numbers_as_text" not in found


def test_rows_that_are_equal_throughout_are_no_repeated_identifiers(told):
    codes = [f"K{n:04d}" for n in range(500)]
    sizes = list(RNG.integers(0, 9, 500))
    codes[100], sizes[100] = codes[90], sizes[90]
    codes[200], sizes[200] = codes[190], sizes[190] + 1
    found = told({"code": codes, "size": sizes}, {"code": "id"})
    assert found["duplicate_rows"] == [((), [100])]
    assert found["duplicate_ids"] == [(("code",), [200])]


def test_digits_for_letters_and_shortened_words_are_variants(told):
    groups = ["O+", "A+", "B+"] * 200
    groups[0] = groups[3] = "0+"
    days = ["Monday", "Tuesday", "Wednesday", "Thursday"] * 150
    days[0], days[1], days[2] = "Mon", "Tue", "Wed."
    found = told({"group": groups, "day": days})
    assert sorted(found["spelling_variants"]) == [(("day",), [0, 1, 2]), (("group",), [0, 3])]
    assert "rare_categories" not in found


def test_a_code_of_a_place_written_otherwise_is_no_foreign_code(told):
    codes = [f"{n}" for n in RNG.integers(10000, 99999, 600)]
    codes[5], codes[6], codes[7] = "5066", "D-50667", "SW1A 1AA"
    found = told({"plz": codes})
    assert found["unusual_pattern"] == [(("plz",), [5, 6])]
    assert found["out_of_locale"] == [(("plz",), [7])]


def test_a_sign_of_money_with_a_decimal_comma_is_one_finding(told):
    prices = [f"{n / 100:.2f}" for n in RNG.integers(100, 2000, 400)]
    for row in (8, 80, 180):
        prices[row] = f"€ {prices[row].replace('.', ',')}"
    found = told({"price": prices})
    assert found["numbers_as_text"] == [(("price",), [8, 80, 180])]
    assert "out_of_locale" not in found


def test_a_change_in_the_file_names_the_rows_from_there_on(told):
    level = np.where(np.arange(1000) < 200, 3.0, 3000.0) * RNG.normal(1, 0.05, 1000)
    found = told({"level": np.round(level, 3)})
    assert len(found["drift_in_file"]) == 1
    assert found["drift_in_file"][0][1][0] == 200


def test_a_unit_on_another_level_is_another_unit_and_a_sign_of_the_same_one_is_not(told):
    kilos = np.round(RNG.lognormal(1, 0.5, 1000), 2)
    pounds = [f"{kilo * 2.2:.1f} lb" if n % 40 == 0 else f"{kilo}" for n, kilo in enumerate(kilos)]
    same = [f"{kilo} kg" if n % 40 == 0 else f"{kilo}" for n, kilo in enumerate(kilos)]
    rows = list(range(0, 1000, 40))
    assert told({"a": pounds})["mixed_units"] == [(("a",), rows)]
    found = told({"a": same})
    assert found["numbers_as_text"] == [(("a",), rows)]
    assert "mixed_units" not in found


def test_a_number_of_nines_that_comes_again_and_again_stands_for_none(told):
    amounts = np.round(RNG.gamma(4, 60, 1000), 2)
    amounts[[4, 44, 444]] = 9999.99
    assert told({"amount": amounts})["disguised_missing"] == [(("amount",), [4, 44, 444])]


def test_a_weak_word_for_yes_is_one_only_where_few_cells_hold_it(told):
    answers = ["yes", "no"] * 100
    answers[0], answers[2] = "ok", "Y"
    assert told({"approved": answers})["yes_no_variants"] == [(("approved",), [0, 2])]
    assert "yes_no_variants" not in told({"approved": ["ok", "no"] * 100})


def test_a_code_of_three_letters_and_a_hyphen_is_no_negative_amount(make_table):
    table = make_table({"device": ["ECO-4711", "ECO-5120", "ECO-6002"] * 50})
    assert profile_table(table)[0]["facts"]["device"]["meant"]["type"] == "category"


def test_the_first_column_of_codes_names_the_rows_even_if_some_come_again(told):
    codes = [f"PL{n:06d}" for n in range(200, 700)]
    codes[100] = codes[90]
    sizes = list(RNG.integers(0, 9, 500))
    kinds = {"listing": "text"}
    assert told({"listing": codes, "size": sizes}, kinds)["duplicate_ids"] == [(("listing",), [100])]
    assert "duplicate_ids" not in told({"size": sizes, "listing": codes}, kinds)


def test_a_few_numbers_typed_twice_stand_out_of_a_short_range_and_no_yes_with_a_stop_does(told):
    rooms = [*RNG.integers(1, 7, 500), 33, 44]
    assert told({"rooms": rooms})["outliers"] == [(("rooms",), [500, 501])]
    answers = ["yes", "no"] * 100
    answers[1], answers[3] = "no.", "N"
    found = told({"furnished": answers})
    assert found["yes_no_variants"] == [(("furnished",), [1, 3])]


def test_a_unit_of_two_words_is_one_as_well(told):
    metres = RNG.integers(40, 120, 400)
    cells = [f"{n * 11} sq ft" if at % 50 == 0 else f"{n}" for at, n in enumerate(metres)]
    found = told({"floor": cells})
    assert found["mixed_units"] == [(("floor",), list(range(0, 400, 50)))]
    assert "numbers_mixed_with_words" not in found
