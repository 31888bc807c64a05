"""Other names of the usual values of a column: codes, other languages, abbreviations of one source; and what only looks
like them.
"""

import numpy as np
import pytest

from dataops_core.repair.notation import formats, known_names, other_names
from dataops_core.repair.propose import propose

ROWS = 600


def found(coded, columns):
    """By column, the values and those for which they stand."""
    table = coded(columns)
    made = {}
    for each in other_names.find(table, formats.learn_columns(table)):
        column = table.columns[each.column]
        made.setdefault(column.name, {}).update({column.values[a]: column.values[b] for a, b in each.new.items()})
        assert each.sure >= 0.8
    return made


def put(values, changes):
    for at, value in changes.items():
        values[at] = value
    return values


@pytest.mark.parametrize(
    ("name", "usual", "other"),
    [
        ("country", ["Deutschland", "Österreich", "Frankreich"], {"DE": 0, "Austria": 1, "D": 0, "France": 2}),
        ("country", ["DE", "AT", "GB", "US"], {"Germany": 0, "UK": 2, "A": 1, "USA": 3}),
        ("language", ["eng", "ger", "fre"], {"English": 0, "deu": 1, "fr": 2, "Deutsch": 1}),
        ("town", ["München", "Köln", "Wien", "Praha"], {"Munich": 0, "Cologne": 1, "Vienna": 2, "Prag": 3}),
        ("sex", ["F", "M"], {"female": 0, "male": 1, "weiblich": 0}),
    ],
)
def test_names_in_other_languages_and_codes_become_those_of_the_column(coded, name, usual, other):
    rng = np.random.default_rng(1)
    cells = rng.choice(usual, ROWS).tolist()
    cells = put(cells, {7 * at: text for at, text in enumerate(list(other) * 3, 1)})
    assert found(coded, {name: cells}) == {name: {text: usual[at] for text, at in other.items()}}


def test_two_towns_of_one_name_stay_two(coded):
    rng = np.random.default_rng(2)
    cells = put(rng.choice(["Paris", "Lyon", "Nice"], ROWS).tolist(), dict.fromkeys((3, 70, 180), "Texas City"))
    assert found(coded, {"town": cells}) == {}


def rooms(seed, clerk="MK", other=("Dbl", "Sgl", "Fam."), share=1.0):
    """Rooms as clerks write them; one clerk abbreviates."""
    rng = np.random.default_rng(seed)
    clerks = rng.choice(["AB", "MK", "RS", "TU"], ROWS)
    usual = ["Double", "Single", "Family"]
    at = rng.choice(3, ROWS, p=[0.5, 0.3, 0.2])
    shorten = (clerks == clerk) & (rng.random(ROWS) < share)
    return clerks.tolist(), [other[k] if short else usual[k] for k, short in zip(at, shorten, strict=True)]


def test_abbreviations_of_one_clerk_are_the_names_that_others_write(coded):
    clerks, cells = rooms(3, share=0.8)
    assert found(coded, {"clerk": clerks, "room": cells}) == {
        "room": {"Dbl": "Double", "Sgl": "Single", "Fam.": "Family"}
    }


def test_where_nobody_is_named_nothing_is_known_of_who_abbreviates(coded):
    clerks, cells = rooms(3)
    clerks = [None if text in ("Dbl", "Sgl", "Fam.") else clerk for clerk, text in zip(clerks, cells, strict=True)]
    assert found(coded, {"clerk": clerks, "room": cells}) == {}


def test_abbreviations_in_rows_that_follow_on_each_other(coded):
    _, cells = rooms(4, clerk="none")
    short = {"Double": "Dbl", "Single": "Sgl", "Family": "Fam"}
    cells = [short[text] if 300 <= at < 390 else text for at, text in enumerate(cells)]
    assert found(coded, {"room": cells}) == {"room": {"Dbl": "Double", "Sgl": "Single", "Fam": "Family"}}


def test_a_short_value_that_everybody_writes_is_one_of_its_own(coded):
    rng = np.random.default_rng(5)
    clerks = rng.choice(["AB", "MK", "RS", "TU"], ROWS).tolist()
    cells = rng.choice(["Business", "Economy", "Bus", "Train"], ROWS, p=[0.6, 0.2, 0.1, 0.1]).tolist()
    assert found(coded, {"clerk": clerks, "class": cells}) == {}


def test_what_a_group_has_of_its_own_is_no_abbreviation(coded):
    rng = np.random.default_rng(6)
    analyte = rng.choice(["sodium", "iron", "urea", "lipase"], ROWS, p=[0.1, 0.3, 0.3, 0.3])
    unit = {"sodium": "ug/L", "iron": "U/L", "urea": "U/L", "lipase": "U/L"}
    assert found(coded, {"analyte": analyte.tolist(), "unit": [unit[each] for each in analyte]}) == {}


def test_signs_that_tell_values_apart_keep_them_apart(coded):
    rng = np.random.default_rng(7)
    cells = rng.choice(["AB+", "AB-", "A+", "0+"], ROWS, p=[0.5, 0.05, 0.25, 0.2]).tolist()
    assert found(coded, {"blood": cells}) == {}
    cells = put(rng.choice(["SAS", "GmbH", "SARL"], ROWS).tolist(), {4: "S.A.S.", 90: "G.m.b.H.", 91: "Gmbh"})
    assert found(coded, {"form": cells}) == {"form": {"S.A.S.": "SAS", "G.m.b.H.": "GmbH", "Gmbh": "GmbH"}}


def test_parts_of_a_work_are_not_the_work(coded):
    rng = np.random.default_rng(8)
    cells = put(
        rng.choice(["Le Pont", "La Route", "La Mare"], ROWS).tolist(), dict.fromkeys(range(0, 90, 9), "Le Pont II")
    )
    assert found(coded, {"title": cells}) == {}


def test_a_name_that_begins_another_one_is_not_it(coded):
    rng = np.random.default_rng(10)
    cells = rng.choice(["Becker Sanitär", "Beck Sanitär", "Huber Verlag"], ROWS, p=[0.6, 0.1, 0.3]).tolist()
    assert found(coded, {"customer": cells}) == {}
    assert found(coded, {"customer": put(cells, {60: "Hub. Verl."})})["customer"] == {"Hub. Verl.": "Huber Verlag"}


def test_such_repairs_are_proposed_with_what_they_are_based_on(make):
    clerks, cells = rooms(9)
    repairs = [each for each in propose(make({"clerk": clerks, "room": cells})).repairs if each.column == "room"]
    assert len(repairs) == sum(text in ("Dbl", "Sgl", "Fam.") for text in cells)
    assert {each.cause for each in repairs} == {"spelling"}
    assert all('"clerk"' in each.why or "writing" in each.why for each in repairs)


def test_names_of_the_same_country_are_known_and_words_are_not():
    names = known_names.countries()
    assert known_names.named_by(names, "Allemagne") == known_names.named_by(names, "DEU") == {"DEU"}
    assert known_names.named_by(names, "Baker Street") == frozenset()


def test_one_value_that_says_more_and_codes_are_no_other_names(coded):
    rng = np.random.default_rng(8)
    maker = rng.choice(["Ames", "Boyd", "Carr", "Dunn"], 800)
    drive = rng.choice(["4-Wheel Drive", "Front-Wheel Drive"], 800)
    drive = np.where((maker == "Dunn") & (drive == "4-Wheel Drive"), "Part-time 4-Wheel Drive", drive)
    assert found(coded, {"maker": maker.tolist(), "drive": drive.tolist()}) == {}
    gear = rng.choice(["A", "M", "CVT"], 800)
    gear = np.where((maker == "Dunn") & (gear == "A"), "AM", gear)
    assert found(coded, {"maker": maker.tolist(), "gear": gear.tolist()}) == {}


def test_what_is_measured_is_no_clerk(coded):
    clerks, cells = rooms(9)
    rng = np.random.default_rng(19)
    wind = [10 * sorted(set(clerks)).index(clerk) + int(rng.integers(0, 9)) for clerk in clerks]
    assert found(coded, {"clerk": clerks, "room": cells}) != {}
    assert found(coded, {"wind": wind, "room": cells}) == {}


def test_what_a_group_decides_is_no_abbreviation_of_it(coded):
    rng = np.random.default_rng(10)
    at = rng.integers(0, 12, ROWS)
    species = [f"species {n}" for n in at]
    author = [("Linnaeus", "Linn. fil.", "Lamarck", "Miller")[n % 4] for n in at]
    assert found(coded, {"species": species, "author": author}) == {}
