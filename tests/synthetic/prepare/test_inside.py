"""Personal data that stands inside cells, is of several sorts in one column, or is little: found, emptied or asked
about.
"""

import numpy as np
import pandas as pd
import pytest

from dataops_core.privacy.identifiers.person_names import is_full_name
from dataops_core.synthetic import Settings, synthesize
from dataops_core.synthetic.plan.plan import plan
from dataops_core.synthetic.prepare.embedded_identifiers import inside, like_names, long_numbers

ROWS = 240


def mixed(values, seed=0):
    return np.random.default_rng(seed).choice(values, ROWS)


@pytest.fixture
def asked(make_table):
    return lambda **columns: {
        each["column"]: each for each in plan(make_table(columns | {"x": np.arange(ROWS) % 7}))["columns"]
    }


def test_each_sort_of_identifier_is_emptied_and_not_the_first_alone(make_table, tmp_path):
    cells = mixed(
        [
            "anna.b@corp.example",
            "+49 171 5551244",
            "visit",
            "none",
            "ring John Smith +1 212 555 0187",
            "ssn 078-05-1120",
        ]
    )
    synthetic, told, _ = synthesize(
        make_table({"contact": cells, "x": np.arange(ROWS) % 7}),
        tmp_path / "t.parquet",
        Settings(engine="trees"),
        judged=False,
    )
    held = synthetic.frame().to_csv()
    assert not any(real in held for real in ("anna.b", "5551244", "0187", "078-05", "Smith"))
    treated = next(each for each in told["treatment"] if each["column"] == "contact")
    assert treated["as"] == "make" and treated["maker"] == "words"  # most cells hold some


def test_few_among_others_are_emptied_and_asked_about(asked):
    told = asked(
        note=[*(["open"] * 200), *(["write jo@corp.example please"] * 40)],
        doctor=mixed(["John Smith", "Maria Garcia", "Dr. Anna Miller", "Miller, John"]),
        handled=mixed(["open", "closed", "open", "John Smith", "Maria Garcia"]),
        crew=mixed(["Иванов Пётр", "Павлова Ольга", "Osric Yarrowick"]),
    )
    assert (told["note"]["as"], told["note"]["found"], told["note"]["ask"]) == ("learn", ["e-mail addresses", 40], True)
    assert (told["doctor"]["as"], told["doctor"]["maker"]) == ("make", "name")
    assert (
        told["handled"]["as"] == "learn"
        and told["handled"]["found"][0] == "names of persons"
        and told["handled"]["ask"]
    )
    assert told["crew"]["as"] == "learn" and told["crew"]["ask"] and "like names" in told["crew"]["why"]


def test_towns_and_other_words_are_left_in_peace(asked):
    told = asked(
        town=mixed(["Santa Ana", "San Jose", "New York", "Lyon", "Bonn", "Rome", "Los Angeles"]),
        size=mixed(["Very large", "Small"]),
        when=mixed(["2024-01-31", "2024-02-01"]),
        code=mixed(["00-12-34", "AB 12 34"]),
    )
    assert [name for name, each in told.items() if each["ask"] or each["found"]] == []


def test_long_numbers_of_one_length_are_asked_about(asked):
    phones = np.random.default_rng(1).choice([4_915_100_000_000 + 7_919 * n for n in range(40)], ROWS)
    told = asked(
        hh=phones, ph=phones.astype(float) / 1000 // 1 + 2e9, amount=np.random.default_rng(2).integers(1, 10**7, ROWS)
    )
    assert (told["hh"]["as"], told["hh"]["ask"]) == ("make", True) and (told["ph"]["as"], told["ph"]["ask"]) == (
        "leave out",
        True,
    )
    assert told["amount"]["as"] == "learn" and not told["amount"]["ask"]
    assert not long_numbers(pd.Series([1e9, 2.5e6, 3.0])) and not long_numbers(pd.Series([None, None], dtype="float64"))


def test_what_is_a_name_by_hand():
    assert all(map(is_full_name, ("John Smith", "Garcia, Maria", "Dr. Anna Miller"))) and not any(
        map(is_full_name, ("john smith", "New York", "John", "Very Good Indeed"))
    )
    what, mask = inside(
        pd.Series(["a", None, "me@x.example", "pay DE89370400440532013000 now", "DE00370400440532013000"])
    )
    assert what in ("e-mail addresses", "bank account numbers (IBAN)") and mask.tolist() == [
        False,
        False,
        True,
        True,
        False,
    ]
    assert inside(pd.Series([None, None], dtype=object))[0] == "" and not like_names(pd.Series(["Bonn", "Lyon"]))
