"""Forms of cells: read and written by hand, learned from columns, and never rewritten where nobody knows."""

import math

import numpy as np
import pytest

from dataops_core.repair.notation import format_texts, format_times, formats, forms
from dataops_core.repair.propose import propose


def days(number=120):
    return [(2020 + n % 3, 1 + n % 12, 1 + (n * 7) % 28) for n in range(number)]


def rewritten(column):
    """Old and new texts, and how sure."""
    made = {}
    found = formats.learn(column)
    for each in formats.find(column, found) if found else ():
        made |= {column.values[at]: (new, each.sure) for at, new in each.new.items()}
    return made


COLUMNS = {
    "iso dates": (
        [f"{y}-{m:02}-{d:02}" for y, m, d in days()],
        {
            "25/12/2020": "2020-12-25",
            "Mar 5, 2021": "2021-03-05",
            "5 March 2021": "2021-03-05",
            "20200229": "2020-02-29",
        },
    ),
    "american dates": (
        [f"{m}/{d}/{y}" for y, m, d in days()],
        {"2021-03-05": "3/5/2021", "04/05/2021": "4/5/2021", "4/5/21": "4/5/2021", "1/2/2021 00:00:00": "1/2/2021"},
    ),
    "times": (
        [f"{1 + n % 12}:{(n * 7) % 60:02} {'ap'[n % 2]}.m." for n in range(120)],
        {
            "7:10am": "7:10 a.m.",
            "07:11 PM": "7:11 p.m.",
            "19:12": "7:12 p.m.",
            "Dec 2 2011 7:13am": "7:13 a.m.",
            "12/02/2011 7:14 p.m.": "7:14 p.m.",
            "7:15a (Estimated)": "7:15 a.m.",
        },
    ),
    "24 hours": ([f"{n % 24:02}:{(n * 7) % 60:02}" for n in range(120)], {"7:15 pm": "19:15", "7:15": "07:15"}),
    "durations": (
        [f"{80 + n} min" for n in range(60)],
        {
            "1 hr 38 min": "98 min",
            "2h": "120 min",
            "104": "104 min",
            "1 hour 1 minute": "61 min",
            "99 minutes": "99 min",
        },
    ),
    "months": (
        [f"20{12 + n // 12}-{1 + n % 12:02}" for n in range(100)],
        {"Dec-15": "2015-12", "March 2016": "2016-03", "7/2017": "2017-07"},
    ),
    "names in capitals": (
        [f"{last}, {first}" for last in ("Smith", "O'Connor", "Kent") for first in ("Ann", "Bob", "Cy", "Eve")],
        {"Ann SMITH": "Smith, Ann", "EVE O'CONNOR": "O'Connor, Eve"},
    ),
    "hours": (
        [f"1 hr {1 + n % 59} min" for n in range(100)],
        {"98 min": "1 hr 38 min", "60 min": "1 hr"},
    ),
    "pages": (
        [f"{100 + 13 * n}-{108 + 13 * n}" for n in range(60)],
        {"12--19": "12-19", "pp. 12-17": "12-17", "112-9": "112-119", "12-Jun": "6-12", "Jun-95": "6-95", "7–9": "7-9"},
    ),
    "amounts": (
        [f"{n * 977:,}.50" for n in range(1, 60)],
        {"$1,200.00": "1,200.00", "1200.00": "1,200.00", "5 321.75": "5,321.75", "1.234,56": "1,234.56"},
    ),
    "leading zeros": ([f"{n * 731:05}" for n in range(1, 80)], {"731": "00731", "2134": "02134"}),
    "names": (
        [f"{last}, {first}" for last in ("Smith", "Jones", "van Dyk") for first in ("Ann", "Bob", "Cy B.", "Eve")],
        {
            "Ann Smith": "Smith, Ann",
            "Cy B. Jones": "Jones, Cy B.",
            "Eve van Dyk": "van Dyk, Eve",
            "Jones Bob": "Jones, Bob",
        },
    ),
    "phones": (
        [f"{200 + n}-555-{1000 + 7 * n}" for n in range(60)],
        {"(201) 555-1234": "201-555-1234", "2025551235": "202-555-1235", "203.555.1236": "203-555-1236"},
    ),
    "in brackets": ([str(1960 + n) for n in range(60)] * 2, {"(1990)": "1990", "(1991)": "1991", "(1999)": "1999"}),
    "with a word": (
        [f"{n / 10}" for n in range(31, 99)],
        {"7.3/10": "7.3", "7.5/10": "7.5", "8.8/10": "8.8", "Vol. 3.1": "3.1", "Vol. 3.2": "3.2", "Vol. 3.3": "3.3"},
    ),
    "thousands": ([f"{n * 370:,}" for n in range(1, 90)], {"1234": "1,234", "5678": "5,678"}),
    "codes": (
        [f"AB-{n}" for n in range(60)],
        {"AB 17": "AB-17", "ab-218": "AB-218", "AB19": "AB-19"},
    ),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_cells_in_another_form_are_rewritten_and_the_others_left(coded, name):
    main, others = COLUMNS[name]
    repeated = main * (1 + 100 // len(main))
    found = rewritten(coded({"a": [*repeated, *others]}).columns[0])
    assert {old: new for old, (new, _) in found.items()} == others


@pytest.mark.parametrize(
    "cells",
    [
        ["2020-01-05"] * 50 + ["05/01/2020"] * 50,  # two forms side by side
        [f"{m}/{d}/2020" for m in range(1, 13) for d in range(1, 13)] + ["2020-13-01", "soon"],
        [f"{n} kg" for n in range(1, 50)] + ["12 lb", "30 %"],
        [f"{n}.5" for n in range(10, 99)] + ["125", "99"],  # nothing says where the point was
        [f"{n}-{m}" for n in range(10, 99, 9) for m in range(1, 9)] + ["1-23"],
        ["Boston, MA", "Albany, NY", "Austin, TX"] * 30 + ["Salem OR"],
        ["New York", "Los Angeles", "San Jose"] * 30 + ["Washington, DC"],
        [f"7:{n:02} p.m." for n in range(60)] + ["7:15"],  # morning or evening
        [f"{m:02}/{d:02}/2020" for m in range(1, 13) for d in range(1, 25)] + ["03.04.20", "x"],
        [str(n) for n in range(100, 190)] + ["007"],
    ],
)
def test_what_nobody_can_know_is_left_alone(coded, cells):
    found = rewritten(coded({"a": cells}).columns[0])
    assert {old for old, (_, sure) in found.items() if not math.isnan(sure)} == set()


def test_a_form_beside_the_main_one_is_shown_as_not_tested(make):
    cells = [f"{y}-{m:02}-{d:02}" for y, m, d in days(200)] + [f"{d}.{m}.{y}" for y, m, d in days(90) if d > 12]
    found = propose(make({"a": cells, "n": list(range(len(cells)))})).repairs
    assert {(each.cause, each.sure is None) for each in found} <= {("format", True), ("format", False)}


def test_how_sure_a_form_is_counts_what_comes_back(coded):
    """Short years lose the century where the years of the column span both; then nothing is proposed."""
    one = [f"{1 + n % 12}/{1 + n % 28}/{1990 + n % 9}" for n in range(120)]
    both = [f"{1 + n % 12}/{1 + n % 28}/{1901 + n}" for n in range(119)]
    assert rewritten(coded({"a": [*one, "3/4/95"]}).columns[0])["3/4/95"][0] == "3/4/1995"
    assert "3/4/05" not in rewritten(coded({"a": [*both, "3/4/05"]}).columns[0])


@pytest.mark.parametrize(
    ("read", "write", "text"),
    [
        (format_times.read_day, format_times.write_day, "Sept 5, 2020"),
        (format_times.read_day, format_times.write_day, "05-Mar-98"),
        (format_times.read_time, format_times.write_time, "12:05 AM"),
        (format_times.read_duration, format_times.write_duration, "2 hours, 1 minute"),
        (format_texts.read_range, format_texts.write_range, "S112-S119"),
        (format_texts.read_amount, format_texts.write_amount, "(1200.5)"),
        (format_texts.read_name, format_texts.write_name, "Ludwig van Beethoven"),
    ],
)
def test_what_is_read_is_written_in_its_own_form_or_not_at_all(read, write, text):
    readings = read(text)
    assert readings
    assert {write(value, form) for value, form in readings} <= {text, None}


def test_repairs_of_form_come_before_what_groups_agree_on(make):
    rng = np.random.default_rng(1)
    flights = [f"AA-{n}" for n in range(40)] * 6
    when = {flight: f"{1 + int(rng.integers(12))}:{int(rng.integers(60)):02} a.m." for flight in flights}
    cells = [when[flight] for flight in flights]
    cells[3], cells[77] = cells[3].replace(" a.m.", "am"), "5/2/2020 " + cells[77]
    table = make({"flight": flights, "departs": cells, "n": list(range(240))})
    found = {(each.row, each.new, each.cause) for each in propose(table).repairs}
    assert found == {(3, when[flights[3]], "format"), (77, when[flights[77]], "format")}


def test_a_unit_beside_some_numbers_takes_no_digit_and_no_sign_from_others(coded):
    rng = np.random.default_rng(12)
    right = [f"{x:.3f}" for x in rng.uniform(0.1, 9.9, 300)]
    cells = [f"{text} mg/L" if at % 20 == 0 else text for at, text in enumerate(right)]
    column = coded({"a": cells}).columns[0]
    for each in formats.find(column, formats.learn(column)):
        for at, new in each.new.items():
            assert float(new) == float(column.values[at].removesuffix(" mg/L"))
    column = coded({"a": [*right, "007.5", "007.6", "007.7"]}).columns[0]
    assert not [text for each in formats.find(column, formats.learn(column)) for text in each.new.values()]
    codes = coded({"a": [str(x) for x in rng.integers(10_000, 99_999, 200)] + ["-1"] * 10 + ["n/k"]}).columns[0]
    found = formats.learn(codes)
    assert found is None or not [each for each in formats.find(codes, found) if "1" in each.new.values()]


def test_what_a_number_tells_is_no_unit_of_it(coded):
    towns = ("1012 JS", "3011 AD", "5611 EM", "9711 LM", "3511 AB", "8011 CS")
    assert list(forms.amounts(coded({"code": [*towns] * 40}).columns[0])) == []
    [unit] = forms.amounts(
        coded({"size": [f"{n} {unit}" for n in (12, 16, 24) for unit in ("oz", "oz.") * 20]}).columns[0]
    )
    assert set(unit.new.values()) == {"12", "16", "24"}


def test_letters_of_a_time_are_not_taken_off(coded):
    cells = [f"{9 + at % 12:02}:{at % 60:02}" for at in range(200)] + ["12:00 am", "11:00 pm", "11:30 pm", "x"]
    column = coded({"a": cells}).columns[0]
    new = {
        column.values[at]: text for each in formats.find(column, formats.learn(column)) for at, text in each.new.items()
    }
    assert new == {"12:00 am": "00:00", "11:00 pm": "23:00", "11:30 pm": "23:30"}


def test_letters_of_a_time_beside_a_date_are_not_taken_off(coded):
    cells = [f"2023-05-{1 + at % 28:02} {9 + at % 12:02}:{at % 60:02}" for at in range(200)]
    column = coded({"a": [*cells, "2023-05-02 12:00 pm", "2023-05-03 11:00 pm", "2023-05-04 10:30 pm"]}).columns[0]
    assert not [text for each in formats.find(column, formats.learn(column)) for text in each.new.values()]


def test_an_amount_with_thousands_loses_its_money_sign_and_not_its_value(coded):
    rng = np.random.default_rng(13)
    prices = [str(x) for x in rng.integers(90_000, 900_000, 200)]
    column = coded({"a": [*prices, "£229,000", "£318,500", "£410,250", "on request"]}).columns[0]
    new = {
        column.values[at]: text for each in formats.find(column, formats.learn(column)) for at, text in each.new.items()
    }
    assert new == {"£229,000": "229000", "£318,500": "318500", "£410,250": "410250"}


def new_values(coded, cells):
    """What becomes of the values of a column in another form, and how sure that is."""
    column = coded({"a": cells}).columns[0]
    found = formats.learn(column)
    return {
        column.values[at]: (text, each.sure)
        for each in (formats.find(column, found) if found else ())
        for at, text in each.new.items()
    }


def test_a_word_more_in_some_addresses_is_part_of_them(coded):
    cells = [
        f"{100 + at} {['Oak', 'Mill', 'Lake'][at % 3]} {['Street', 'Road', 'Avenue'][at % 7 % 3]}" for at in range(300)
    ]
    parks = [f"{400 + at} {['Oak', 'Hill'][at % 2]} Park Drive" for at in range(40)]
    assert new_values(coded, cells + parks) == {}


def test_a_date_among_numbers_is_no_number_with_something_behind(coded):
    cells = [str(18 + at % 13) for at in range(300)]
    assert "17/01/2023" not in new_values(coded, cells + ["17/01/2023"] * 9 + ["21/01/2023"] * 5)
    points = new_values(coded, cells + [f"{18 + at % 5}/30" for at in range(9)])
    assert points["19/30"][0] == "19"


def test_days_that_could_be_no_other_in_their_years_prove_the_order_of_those_that_could(coded):
    rng = np.random.default_rng(14)
    days = np.datetime64("2023-05-01") + rng.integers(0, 500, 600)
    cells = [str(day) for day in days]
    for at in range(0, 600, 12):
        year, month, day = cells[at].split("-")
        cells[at] = f"{day}.{month}.{year[2:]}"
    new = new_values(coded, cells)
    assert len(new) >= len({cell for cell in cells if "." in cell}) - 1
    assert min(sure for _, sure in new.values()) >= 0.95
    right = {cell: str(day) for cell, day in zip(cells, days, strict=True)}
    assert all(text == right[cell] for cell, (text, _) in new.items())


def test_a_few_days_that_come_again_and_again_are_enough(coded):
    cells = [["31.12.2022", "31.12.2023", "30.06.2023", "30.06.2024"][at % 4] for at in range(400)]
    assert new_values(coded, [*cells, *["31.12.22"] * 30])["31.12.22"] == ("31.12.2022", 0.9)


def test_numbers_without_their_letters_are_sure_where_others_hold_the_same_and_hardly_by_chance(coded):
    rng = np.random.default_rng(15)
    known = rng.integers(9_000_000, 9_999_999, 60)
    cells = [f"IMO {number}" for number in known for _ in range(10)]
    assert new_values(coded, [*cells, str(known[0]), str(known[9])])[str(known[0])] == (f"IMO {known[0]}", 0.99)
    weeks = [f"KW {1 + at % 52}" for at in range(600)]
    assert np.isnan(new_values(coded, [*weeks, "17", "21", "30"])["17"][1])  # any number up to 52 is one of them


def test_what_stands_behind_one_number_alone_may_belong_to_it(coded):
    cells = [str(18 + at % 13) for at in range(300)]
    assert new_values(coded, cells + ["17 (ca)"] * 9) == {}
    assert set(new_values(coded, cells + ["17 (ca)"] * 9 + ["19 (ca)"])) == {"17 (ca)", "19 (ca)"}
