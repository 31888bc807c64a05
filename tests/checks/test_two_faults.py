"""Two faults in one column, or in one row: each cause has its own finding, with exactly its rows."""

import numpy as np
import pytest

from dataops_core.checks.profile import profile_table
from tests.checks.test_mixed_causes import found, rows_of

DAY = np.timedelta64(1, "D")


@pytest.fixture
def rng():
    return np.random.default_rng(8)


def texts(numbers, digits=1):
    return [f"{number:.{digits}f}" for number in numbers]


def put(cells, **at):
    """The cells with others at some rows: put(cells, r7="n/a")."""
    for row, cell in at.items():
        cells[int(row[1:])] = cell
    return cells


def test_a_sensor_that_stands_still_is_found_beside_words_in_its_column(make_table, rng):
    level = texts(rng.normal(5, 1, 400), 3)
    level[100:140] = [level[100]] * 40
    level[7] = level[300] = "sensor off"
    assert rows_of(make_table({"level": level}), "stuck_values") == [list(range(101, 140))]


def test_a_code_that_comes_up_often_is_no_impossible_value_and_no_outlier(make_table, rng):
    ages = rng.integers(18, 90, 2000).astype(float)
    ages[:60], ages[[70, 80, 90]] = 999, (240, -4, -12)
    table = make_table({"age": ages})
    assert rows_of(table, "impossible_values") == [[70, 80, 90]]
    assert rows_of(table, "disguised_missing") == [list(range(60))]
    assert rows_of(table, "outliers") == [[70, 80, 90]]


def test_codes_among_impossible_values_that_come_as_rarely_are_impossible_too(make_table):
    ages = [20 + n % 60 for n in range(300)]
    table = make_table({"age": put(ages, r5=999, r6=999, r7=240, r8=240, r9=-4)})
    assert rows_of(table, "impossible_values") == [[5, 6, 7, 8, 9]]


def test_a_zero_for_not_measured_is_found_beside_slips_of_the_decimal_point(make_table, rng):
    height = np.round(rng.normal(165, 8, 2000), 1)
    height[:20], height[20:25] = 0, 10 * height[20:25]
    table = make_table({"height_cm": height})
    assert rows_of(table, "disguised_missing") == [list(range(20))]
    assert rows_of(table, "outliers") == [list(range(20, 25))]


@pytest.mark.parametrize(("usual", "other"), [((52, 3), "{:.0f} °F"), ((165, 8), "{:.2f} m")], ids=["°F", "m"])
def test_measures_in_another_unit_are_said_once_and_are_no_outliers(make_table, rng, usual, other):
    cells = texts(rng.normal(*usual, 1500))
    for row in (3, 30, 300):
        number = float(cells[row])
        cells[row] = other.format(number * 1.8 + 32 if "F" in other else number / 100)
    cells[900] = f"{10 * usual[0]}.0"
    table = make_table({"oil": cells})
    assert rows_of(table, "mixed_units") == [[3, 30, 300]]
    assert rows_of(table, "outliers") == [[900]]
    assert not rows_of(table, "numbers_mixed_with_words")
    assert all(finding.severity == "note" for finding, _ in found(table, "numbers_as_text"))


def test_a_unit_at_numbers_like_the_others_is_another_form_of_the_same_measure(make_table, rng):
    cells = texts(rng.normal(52, 3, 600))
    for row in (3, 30, 300):
        cells[row] += " kg"
    table = make_table({"weight": cells})
    assert rows_of(table, "mixed_units") == [] and rows_of(table, "numbers_as_text") == [[3, 30, 300]]


def test_a_currency_at_great_amounts_is_no_other_unit(make_table, rng):
    cells = texts(rng.normal(52, 3, 600), 2)
    for row in (3, 30, 300):
        cells[row] = f"EUR 1,20{row % 10}.50"
    table = make_table({"paid": cells})
    assert rows_of(table, "mixed_units") == [] and rows_of(table, "numbers_as_text") == [[3, 30, 300]]


def test_parts_that_are_mostly_nothing_are_added_up_too(make_table, rng):
    fine = np.where(rng.random(4000) < 0.13, np.round(rng.gamma(3, 2, 4000), 2), 0)
    damage = np.where(rng.random(4000) < 0.06, np.round(rng.gamma(2, 9, 4000), 2), 0)
    due = np.round(fine + damage, 2)
    due[[5, 50, 500]] += 3.1
    table = make_table({"fine": fine, "damage": damage, "due": due})
    assert rows_of(table, "broken_sum") == [[5, 50, 500]]


def test_the_greater_of_two_amounts_is_not_their_sum(make_table, rng):
    one = np.where(rng.random(4000) < 0.2, np.round(rng.gamma(3, 2, 4000) + 1, 2), 0)
    other = np.where(rng.random(4000) < 0.2, np.round(rng.gamma(3, 2, 4000) + 1, 2), 0)
    assert rows_of(make_table({"one": one, "other": other, "most": np.maximum(one, other)}), "broken_sum") == []


@pytest.fixture
def stays(rng):
    start = np.datetime64("2021-01-01") + np.arange(600) * DAY
    return {
        "booked": start,
        "arrival": start + rng.integers(30, 60, 600) * DAY,
    }


def test_a_guest_arrives_before_the_departure_though_a_train_departs_first(make_table, rng, stays):
    departure = stays["arrival"] + rng.integers(1, 9, 600) * DAY
    departure[[4, 40]] = stays["arrival"][[4, 40]] - 5 * DAY
    departure[400] = stays["booked"][400] - 5 * DAY
    table = make_table(
        {name: days.astype("datetime64[us]") for name, days in {**stays, "departure": departure}.items()}
    )
    (finding, rows), *others = found(table, "end_before_start")
    assert (finding.columns, rows, others) == (("arrival", "departure"), [4, 40, 400], [])  # and booked is not named


def test_a_year_that_cannot_be_is_not_said_again_as_a_wrong_order(make_table, rng, stays):
    departure = stays["arrival"] + rng.integers(1, 9, 600) * DAY
    departure[4] = stays["arrival"][4] - 5 * DAY
    stays["arrival"][77] = np.datetime64("2204-03-01")
    table = make_table(
        {name: days.astype("datetime64[us]") for name, days in {**stays, "departure": departure}.items()}
    )
    assert rows_of(table, "end_before_start") == [[4]] and rows_of(table, "absurd_dates") == [[77]]


def test_how_a_value_is_written_breaks_no_dependency(make_table):
    towns = ["Barmbek", "Eilbek", "Harburg", "Jenfeld"]
    code = [f"Z{n % 20}" for n in range(800)]
    town = put([towns[n % 4] for n in range(800)], r8="BARMBEK", r13=" Eilbek", r18="Harbrug", r400="Jenfeld")
    table = make_table({"code": code, "town": town})
    assert rows_of(table, "broken_dependency") == [[400]]
    assert rows_of(table, "case_variants") == [[8]] and rows_of(table, "several_names") == [[18]]


def books(rng):
    """Loans of 100 books, and of two that share the title of another book and are of another genre."""
    book = np.sort(rng.integers(0, 100, 6000))
    book[-8:] = [100] * 4 + [101] * 4
    title = np.where(book >= 100, book - 99, book)
    genre = np.where(book >= 100, (book - 98) % 5, book % 5)
    return book, title, genre


def test_two_books_of_one_title_break_no_dependency_and_a_slip_in_one_does(make_table, rng):
    book, title, genre = books(rng)
    words = np.array(["fiction", "travel", "science", "cookery", "history"], dtype=object)
    named = {"isbn": [f"I{n:04}" for n in book], "title": [f"Title {n}" for n in title]}
    assert rows_of(make_table({**named, "genre": words[genre]}), "broken_dependency") == []
    genre[[50, 500, 5000]] = (genre[[50, 500, 5000]] + 1) % 5
    (finding, rows), *others = found(make_table({**named, "genre": words[genre]}), "broken_dependency")
    assert (finding.columns, rows, others) == (("isbn", "genre"), [50, 500, 5000], [])


def pupils(rng):
    return {
        "pupil": [f"P{n:04}" for n in rng.permutation(900)],
        "district": [("Westend", "Lindenthal", "Altstadt")[n % 3] for n in range(900)],
        "maths": rng.integers(0, 100, 900),
        "science": rng.integers(0, 100, 900),
        "english": rng.integers(0, 100, 900),
        "height": np.round(rng.normal(150, 9, 900), 1),
    }


def test_a_record_entered_again_with_a_slip_in_a_category_is_nearly_equal(make_table, rng):
    table = pupils(rng)
    for name in ("maths", "science", "english", "height"):
        table[name][500] = table[name][490]
    table["district"][490], table["district"][500] = "Westend", "Wsetend"
    assert rows_of(make_table(table), "near_duplicate_records") == [[500]]


def test_rows_that_differ_in_a_usual_category_are_two_records(make_table, rng):
    table = pupils(rng)
    for name in ("maths", "science", "english", "height"):
        table[name][500] = table[name][490]
    table["district"] = [("Eastend", "Westend")[n % 2] for n in range(900)]
    table["district"][490], table["district"][500] = "Westend", "Eastend"
    assert rows_of(make_table(table), "near_duplicate_records") == []


def test_values_that_come_in_runs_by_nature_are_not_stuck(make_table, rng):
    assert rows_of(make_table({"level": np.repeat(np.round(rng.normal(5, 1, 400), 3), 10)}), "stuck_values") == []


def test_slips_in_spelling_do_not_hide_a_broken_dependency(make_table):
    materials = {"bronze": "metal", "silver": "metal", "oak": "wood", "porcelain": "ceramics"}
    material = [list(materials)[n % 4] for n in range(1200)]
    group = [materials[name] for name in material]
    for row in range(0, 1200, 40):
        group[row] = f" {group[row]}"
    table = make_table({"material": material, "class": put(group, r5="metla", r7="ceramcis", r9="wood", r10="metal")})
    (finding, rows), *others = found(table, "broken_dependency")
    assert (finding.columns, rows, others) == (("material", "class"), [9, 10], [])


def test_a_code_for_missing_breaks_no_sum_and_no_order(make_table, rng):
    net = np.round(rng.gamma(6, 40, 500), 2)
    gross = np.round(net + 0.19 * net, 2)
    table = {"net": net, "vat": np.round(gross - net, 2), "gross": gross}
    gross[[3, 33, 333]] = -999
    gross[[4, 44]] += 7
    assert rows_of(make_table(table), "broken_sum") == [[4, 44]]
    assert rows_of(make_table(table), "end_before_start") == []


def test_a_fee_of_one_price_is_part_of_a_sum(make_table, rng):
    toll = np.where(rng.random(3000) < 0.3, np.round(rng.gamma(2, 6, 3000), 2), 0)
    wash = np.where(rng.random(3000) < 0.2, 12.5, 0)
    costs = toll + wash
    costs[[4, 44]] += 7
    assert rows_of(make_table({"toll": toll, "wash": wash, "costs": costs}), "broken_sum") == [[4, 44]]


def test_a_few_cells_of_another_country_do_not_turn_thousands_into_decimals(make_table):
    insured = [f"£{1000 + 37 * n % 8000:,}" for n in range(400)]
    table = make_table({"insured": put(insured, r5="£1.200,00", r6="£2.750,50")})
    assert rows_of(table, "out_of_locale") == [[5, 6]] and rows_of(table, "outliers") == []


def test_three_decimals_stay_decimals_beside_a_slip_of_the_point(make_table, rng):
    level = texts(rng.normal(4.8, 0.2, 400), 3)
    table = make_table({"level": put(level, r5="481.2", r6="492.2", r7="ice")})
    assert rows_of(table, "outliers") == [[5, 6]] and rows_of(table, "out_of_locale") == []


def test_a_sum_of_two_is_not_said_where_a_third_part_makes_it_whole(make_table, rng):
    toll, parking = (np.where(rng.random(3000) < 0.4, np.round(rng.gamma(2, 6, 3000) + 1, 2), 0) for _ in range(2))
    wash = np.where(rng.random(3000) < 0.08, 12.5, 0)
    costs = np.round(toll + parking + wash, 2)
    assert rows_of(make_table({"toll": toll, "parking": parking, "wash": wash, "costs": costs}), "broken_sum") == []


def test_a_total_that_leaves_a_part_out_is_apart_from_one_that_is_wrong_otherwise(make_table, rng):
    fare, hotel, meals = (np.round(rng.uniform(20, 400, 400), 2) for _ in range(3))
    total = np.round(fare + hotel + meals, 2)
    total[[5, 50, 150]] = np.round(fare + hotel, 2)[[5, 50, 150]]
    total[[7, 70]] += 18
    table = make_table({"fare": fare, "hotel": hotel, "meals": meals, "total": total})
    assert sorted(rows_of(table, "broken_sum")) == [[5, 50, 150], [7, 70]]


def test_of_two_rows_with_one_identifier_the_one_out_of_order_is_wrong(make_table):
    ids = [f"RK-{n:05}" for n in range(400)]
    ids[40], ids[340] = ids[200], ids[9]
    assert rows_of(make_table({"claim": ids, "n": range(400)}), "duplicate_ids") == [[40, 340]]
    mixed = [ids[(7 * n) % 400] for n in range(400)]
    again = [n for n in range(400) if mixed[n] in mixed[:n]]
    assert rows_of(make_table({"claim": mixed, "n": range(400)}), "duplicate_ids") == [again]


def test_codes_with_an_address_before_them_are_another_form(make_table, rng):
    codes = [f"10.{1000 + n % 7}/j.{n}.{int(rng.integers(1, 10 ** int(rng.integers(1, 6))))}" for n in range(400)]
    urls, words = [4, 40, 140, 340], [9, 90, 190]
    for row in urls:
        codes[row] = f"https://doi.org/{codes[row]}"
    for row in words:
        codes[row] = f"doi: {codes[row]}"
    assert sorted(rows_of(make_table({"doi": codes}), "several_forms")) == [urls, words]
    streets = [f"{n % 90 + 1} High Street" for n in range(300)] + [f"Flat {n}, 7 High Street" for n in range(9)]
    assert rows_of(make_table({"address": streets}), "several_forms") == []


def test_infinite_parts_add_up_to_nothing_and_break_nothing(make_table, rng):
    start, length = np.round(rng.uniform(20, 400, 400), 2), np.round(rng.uniform(20, 400, 400), 2)
    end = start + length
    end[[3, 30]], length[[3, 40]] = (-np.inf, np.inf), np.inf
    told = profile_table(make_table({"start": start, "length": length, "end": end}))[0]
    assert told["failed_checks"] == []
