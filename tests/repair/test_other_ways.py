"""What is written in another way than the column: characters, answers, units, decimal points, dates with a time."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.recipe.recipe import Recipe
from dataops_core.recipe.replay import run_recipe
from dataops_core.repair import slips
from dataops_core.repair.encoding import encode
from dataops_core.repair.notation import characters, decimal_points, formats, other_units
from dataops_core.repair.propose import propose
from dataops_core.repair.recipe import accept, steps_of


def one(coded, cells):
    return coded({"a": cells}).columns[0]


def changes(column, found):
    return {column.values[at]: new for each in found for at, new in each.new.items()}


def test_characters_are_brought_back_and_right_ones_stay(coded):
    cyrillic = "Nordh\u0430fen"
    moscow = "\u041c\u043e\u0441\u043a\u0432\u0430"
    column = one(
        coded, ["MÃ¼llerstraÃŸe", cyrillic, "Pa\u200bris", "Zürich", "\u03b1-helix", moscow, "Z\ufffdrich MÃ¼ller"] * 3
    )
    assert changes(column, characters.characters(column)) == {
        "MÃ¼llerstraÃŸe": "Müllerstraße",
        cyrillic: "Nordhafen",
        "Pa\u200bris": "Paris",
    }


def test_a_letter_for_a_digit_is_one_only_among_plain_numbers(coded):
    ages = [str(20 + at % 60) for at in range(200)]
    column = one(coded, [*ages, "4l", "3O", "999l"])
    assert changes(column, characters.digits(column)) == {"4l": "41", "3O": "30"}
    column = coded({"n": [*[f"{at % 90 + 10} beds" for at in range(400)], "4l beds", "3O beds", "1O5 rooms"]}).columns[
        0
    ]
    assert changes(column, characters.digits(column)) == {"4l beds": "41 beds", "3O beds": "30 beds"}
    typos = one(coded, [*ages, "4l", "3O", "4q", "x7", "5n"])
    assert changes(typos, characters.digits(typos)) == {}  # any letter stands for any digit: l need not be 1
    litres = one(coded, [*[f"{at % 9}l" for at in range(40)], *ages])
    assert changes(litres, characters.digits(litres)) == {}


def test_words_for_the_same_answer_become_the_usual_one(coded):
    column = one(coded, ["yes"] * 20 + ["no"] * 30 + ["y", "TRUE", "n", "n/a"])
    assert changes(column, characters.answers(column)) == {"y": "yes", "TRUE": "yes", "n": "no"}


def test_words_that_are_no_answers_stay(coded):
    column = one(coded, ["yes"] * 20 + ["no"] * 30 + ["y", "maybe"])
    assert changes(column, characters.answers(column)) == {}


@pytest.mark.parametrize(
    ("name", "rest", "other", "expected"),
    [
        ("load_kg", np.arange(300, 900, 7), ["0.506 t", "0.673 t", "0.7 t"], ["506", "673", "700"]),
        ("load", np.arange(300, 900, 7), ["0.506 t", "0.673 t", "0.7 t"], ["506", "673", "700"]),  # only kg fits
        ("height", np.arange(150, 195), ["1.71 m", "1.6 m", "1.80 m"], ["171", "160", "180"]),
        ("share", [f"{x / 20:.2f}" for x in range(4, 21)], ["50%", "65%", "100%"], ["0.50", "0.65", "1.00"]),
        ("score", [f"{x}%" for x in range(40, 101)], ["0.89", "0.5", "0.77"], ["89%", "50%", "77%"]),
        (
            "dose",
            [f"{x},{x % 10} mg" for x in range(1, 60)],
            ["0,0234 g", "0,0019 g", "0,0411 g"],
            ["23,4 mg", "1,9 mg", "41,1 mg"],
        ),
        ("temperature", np.arange(-5, 35), ["59 F", "68 °F", "50 F", "41 F", "77°F", "86 °F"], None),
    ],
)
def test_measures_in_another_unit_become_those_of_the_column(coded, name, rest, other, expected):
    table = coded({name: [str(x) for x in rest] + other})
    found = list(other_units.find(table.columns[0]))
    expected = dict(zip(other, expected or ["15", "20", "10", "5", "25", "30"], strict=True))
    assert changes(table.columns[0], found) == expected
    assert all(each.sure > 0.9 for each in found if name != "temperature")


def test_a_bare_number_far_from_all_shares_is_none(coded):
    column = one(coded, [*[f"{x}%" for x in range(40, 101)] * 3, *[f"0.{x}" for x in range(51, 80)], "999"])
    (found,) = other_units.find(column)
    assert {column.values[at] for at in found.new} == {f"0.{x}" for x in range(51, 80)}


def test_a_unit_too_coarse_for_the_column_is_not_sure(coded):
    rest = [f"{x:.1f}" for x in np.arange(140, 190, 0.7)]
    column = one(coded, [*rest, "1.44 m", "1.61 m", "1.57 m"])
    (found,) = other_units.find(column)
    assert found.new[column.values.index("1.44 m")] == "144"
    assert found.sure < 0.3  # the tenth of a centimetre is lost


def test_a_unit_that_several_others_fit_is_not_converted_and_not_cut_off(make):
    rest = [str(x) for x in [*range(1, 200), *range(200, 5200, 25)]]
    table = make({"weight": [*rest, "9000 lb", "9100 lb", "9200 lb"]})  # 4,100 kg, or 4.1 t, or 4,100,000 g
    assert [dict(each.new) for each in other_units.find(encode(table).columns[0])] == [{}]
    assert not [each for each in propose(table).repairs if each.column == "weight"]


def test_a_decimal_point_that_was_left_out_is_put_back(coded):
    rng = np.random.default_rng(1)
    right = [round(float(x), 2) for x in rng.uniform(8, 22, 300)]
    cells = list(right)
    for at in (5, 50, 150):
        cells[at] = float(round(right[at] * 100))
    column = one(coded, cells)
    (found,) = decimal_points.find(column)
    assert changes(column, [found]) == {f"{cells[at]:.0f}": f"{right[at]!r}" for at in (5, 50, 150)}
    assert found.sure > 0.9


def test_in_text_the_point_is_put_back_with_all_decimals(coded):
    rng = np.random.default_rng(2)
    right = [f"{x:.2f}" for x in rng.uniform(8, 22, 300)] + ["12.50", "n/a", "clock reset"]
    cells = list(right)
    cells[300] = "1250"
    assert changes(one(coded, cells), decimal_points.find(one(coded, cells))) == {"1250": "12.50"}


@pytest.mark.parametrize(
    "far",
    [
        [999.0] * 5,  # a code
        [1450.3, 1390.8, 1400.0, 1502.7, 1377.4, 1609.9, 1543.2, 1234.5, 1788.1, 1650.6],  # great numbers as such
        [float(x) for x in range(1000, 1900, 7)],  # a part in another unit
        [14000.0] * 3 + [15000.0] * 3 + [16000.0],  # a few in another unit
    ],
)
def test_numbers_beyond_the_others_for_another_reason_stay(coded, far):
    rng = np.random.default_rng(3)
    column = one(coded, [round(x, 2) for x in rng.uniform(90, 190, 400)] + far)
    assert all(each.sure < 0.9 for each in decimal_points.find(column))


def test_numbers_with_as_many_digits_as_the_others_have_lost_no_point(coded):
    rng = np.random.default_rng(6)
    areas = [float(f"{x:.4g}") for x in np.exp(rng.normal(6.3, 0.5, 500))]  # 654.9, 998.1, 1001, 1878
    assert all(each.sure < 0.9 for each in decimal_points.find(one(coded, areas)))


def test_one_number_beyond_a_wide_column_is_not_enough(coded):
    rng = np.random.default_rng(4)
    column = one(coded, [round(x, 1) for x in rng.uniform(0.5, 109.0, 900)] + [110.0])
    assert all(each.sure < 0.9 for each in decimal_points.find(column))


def test_in_a_wide_column_a_point_that_fits_in_several_places_is_not_put_back(coded):
    rng = np.random.default_rng(9)
    cells = [f"{x:.3f}" for x in np.exp(rng.uniform(np.log(0.01), np.log(400), 600))]
    column = one(coded, [*cells, "3310", "25700", "4120", "9810"])  # 33.1 or 3.31 or 331
    assert changes(column, decimal_points.find(column)) == {}


def test_dates_with_a_time_follow_the_usual_form(coded):
    stamps = pd.date_range("2023-05-01", periods=200, freq="7h30min")
    texts = [f"{stamp:%Y-%m-%d %H:%M:%S}" for stamp in stamps]
    texts[40:44] = [f"{stamp:%d.%m.%Y %H:%M}" for stamp in stamps[40:44]]
    column = one(coded, [*texts, "clock reset"])
    found = list(formats.find(column, formats.learn(column)))
    assert changes(column, found) == {
        f"{stamp:%d.%m.%Y %H:%M}": f"{stamp:%Y-%m-%d %H:%M:%S}" for stamp in stamps[40:44]
    }
    assert all(each.sure > 0.95 for each in found)


def test_several_slips_of_a_word_do_not_hide_each_other(coded):
    wrong = ["vlaid", "vallid", "vaalid", "vald", "vaid", "valdi"]
    column = one(coded, ["valid"] * 2000 + ["suspect"] * 90 + wrong * 4)
    found = {column.values[each.code]: (each.new, each.sure > 0.9) for each in slips.find(column, None)}
    assert found == dict.fromkeys(wrong, ("valid", True))


def test_all_of_them_run_as_one_recipe(make, tmp_path):
    rng = np.random.default_rng(5)
    rows = 240
    weights = rng.integers(300, 900, rows)
    columns = {
        "branch": ["Müllerstraße", "Nordhafen"] * (rows // 2),
        "open": ["yes", "no", "no"] * (rows // 3),
        "load_kg": [str(x) for x in weights],
        "temperature": [round(float(x), 2) for x in rng.uniform(8, 22, rows)],
        "seen": [f"{x:%Y-%m-%d %H:%M:%S}" for x in pd.date_range("2023-05-01", periods=rows, freq="h")],
    }
    dirty = {name: list(cells) for name, cells in columns.items()}
    dirty["branch"][4], dirty["branch"][7] = "MÃ¼llerstraÃŸe", "Nordh\u0430fen"
    dirty["open"][0], dirty["open"][1] = "Y", "false"
    for at in (10, 11, 12):
        dirty["load_kg"][at] = f"{weights[at] / 1000} t"
    for at in (20, 21):
        dirty["temperature"][at] = float(round(columns["temperature"][at] * 100))
    for at in (30, 31, 32):
        dirty["seen"][at] = pd.Timestamp(columns["seen"][at]).strftime("%d.%m.%Y %H:%M")
    table = make(dirty)
    repairs = accept(propose(table).repairs, 0.9)
    assert {each.cause for each in repairs} == {"characters", "synonym", "measure", "point", "format"}
    made = run_recipe(Recipe(steps=tuple(steps_of(repairs, table))), table, tmp_path).table.frame()
    for name, cells in columns.items():
        assert [str(x).removesuffix(".0") for x in made[name]] == [str(x).removesuffix(".0") for x in cells]


def test_the_greatest_numbers_lost_no_point_where_lost_points_would_make_far_greater_ones(coded):
    rng = np.random.default_rng(14)
    ratios = [round(float(x), 7) for x in rng.uniform(0.06, 1.2, 900)]
    assert list(decimal_points.find(one(coded, [*ratios, 3.0]))) == []


def test_a_letter_behind_a_number_is_a_code_where_nothing_names_a_unit(coded):
    numbers = [str(n) for n in range(10, 400)]
    assert list(other_units.find(one(coded, [*numbers, "296G", "295G", "294G", "296M", "295M", "297M"]))) == []


def test_measures_that_lie_among_the_others_as_they_are_are_not_converted(coded):
    rng = np.random.default_rng(15)
    places = [f"{x:.4f}" for x in rng.uniform(-170, 170, 400)]
    strange = [f"{x:.4f} kg" for x in rng.uniform(-160, -60, 6)]
    assert all(not each.new for each in other_units.find(one(coded, [*places, *strange])))


def test_censored_numbers_stay(coded):
    cells = [*(str(n % 5 + 1) for n in range(300)), *["<1"] * 60]
    form = formats.learn(one(coded, [*cells, "do not watch"]))
    assert form is not None
    assert (form.rewrite("<1"), form.strip("<1")) == (None, None)
