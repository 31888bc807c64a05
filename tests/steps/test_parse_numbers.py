import pandas as pd
import pytest

from dataops_core.steps import get
from dataops_core.steps.parse_numbers import learn_numbers, number_in

parse_numbers = get("parse_numbers")


def texts(*cells):
    return pd.DataFrame({"a": list(cells)}, dtype=object)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("€ 1.234,50", 1234.5),
        ("1.234.567", 1234567),
        ("$12,000.00", 12000.0),
        ("US$ 1,000,000.5", 1000000.5),
        ("12 %", 12),
        ("1 200 kg", 1200),
        ("1\u00a0200\u202f300", 1200300),
        ("1'234.5", 1234.5),
        ("1,23,456.7", 123456.7),
        ("(300)", -300),
        ("(€ 5)", -5),
        ("300-", -300),
        ("\u22125", -5),
        ("€-5", -5),
        ("-€ 5", -5),
        ("1.2e3", 1200.0),
        ("12k", 12000),
        ("1.1k", 1100.0),
        ("0,123", 0.123),
        (".5", 0.5),
        ("5.", 5.0),
        ("EUR 12500", 12500),
        ("7 m²", 7),
    ],
)
def test_cells_that_prove_their_own_sign(text, number):
    read = number_in(text, ".", auto=True, percent="12 % is 12")
    assert (read, type(read)) == (number, type(number))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "n/a",
        "--5",
        "(5",
        "(-5)",
        "2020-12-31",
        "10:30",
        "1/2",
        "12,34.5,6",
        "1 23",
        "5²",
        "5 m",
        "3 bn",
        "12 Main Street",
        "Q1",
        "1e400",
        "1.2.3",
        "x5",
    ],
)
def test_cells_that_cannot_be_read(text):
    assert number_in(text, ".", auto=True, percent="12 % is 12") is None


def test_column_decides_where_a_cell_cannot():
    dutch, english = texts("1.234", "0,5"), texts("1,234", "0.5")
    assert parse_numbers(dutch, columns=["a"])["a"].tolist() == [1234.0, 0.5]
    assert parse_numbers(english, columns=["a"])["a"].tolist() == [1234.0, 0.5]
    assert parse_numbers(texts("1.234", "2.500"), columns=["a"])["a"].tolist() == [1.234, 2.5]
    assert parse_numbers(texts("1,234", "2,500"), columns=["a"])["a"].tolist() == [1234, 2500]


def test_chosen_sign_is_kept_to():
    out = parse_numbers(texts("1,234", "1.5", "1,5"), columns=["a"], decimal="point")["a"]
    assert out.tolist()[:2] == [1234.0, 1.5]
    assert out.isna().tolist() == [False, False, True]


def test_what_is_learned():
    assert learn_numbers(texts("€ 1.234,50", "12 kg", "1,234", "x", None), ["a"]) == {
        "a": {
            "decimal": ",",
            "whole": False,
            "units": ["kg", "€"],
            "point": 0,
            "comma": 1,
            "ambiguous": 1,
            "unreadable": 1,
        }
    }


def test_amounts_written_with_cents_stay_decimal():
    assert parse_numbers(texts("12.00"), columns=["a"])["a"].dtype == "float64"
    assert parse_numbers(texts("12"), columns=["a"])["a"].dtype == "Int64"


def test_percent_as_a_share():
    assert parse_numbers(texts("12 %", "12"), columns=["a"], percent="12 % is 0.12")["a"].tolist() == [0.12, 12.0]


def test_a_few_cells_that_prove_a_sign_are_outweighed_by_thousands_but_not_by_three_decimals():
    many = [f"£{n},{n}00" for n in range(1, 9)] * 2
    assert parse_numbers(texts(*many, "£1.200,00"), columns=["a"])["a"].tolist()[-2:] == [8800.0, 1200.0]
    levels = [f"4,{n}33" for n in range(1, 9)] * 2
    assert parse_numbers(texts(*levels, "48,5"), columns=["a"])["a"].tolist()[-2:] == [4.833, 48.5]
    assert parse_numbers(texts(*levels, "0,833"), columns=["a"])["a"].tolist()[-2:] == [4.833, 0.833]


def test_a_letter_for_a_digit_is_not_read_as_a_unit():
    ages = [str(20 + at % 50) for at in range(60)]
    table = texts(*ages, "4l")
    assert learn_numbers(table, ["a"])["a"]["letters"] == ["l"]
    assert parse_numbers(table, columns=["a"])["a"].tolist()[:60] == [int(age) for age in ages]
    assert pd.isna(parse_numbers(table, columns=["a"])["a"].iloc[60])
    for litres in (
        texts("4l", "7l", "5l", "3l", *ages),
        texts("4 l", "7l", *ages, *ages),
    ):  # many, or a space before one
        assert "letters" not in learn_numbers(litres, ["a"])["a"]
        assert parse_numbers(litres, columns=["a"])["a"].iloc[1] == 7
