import pandas as pd
import pytest

from dataops_core.steps import get
from dataops_core.steps.parse_dates import learn_orders, moment_in

parse_dates = get("parse_dates")


def texts(*cells):
    return pd.DataFrame({"d": list(cells)}, dtype=object)


def days(frame):
    return [None if pd.isna(day) else day.isoformat() for day in frame["d"]]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2020-12-31", "2020-12-31T00:00:00"),
        ("20201231", "2020-12-31T00:00:00"),
        ("2020/1/5", "2020-01-05T00:00:00"),
        ("31/12/2020", "2020-12-31T00:00:00"),
        ("12/31/2020", "2020-12-31T00:00:00"),
        ("31.12.20", "2020-12-31T00:00:00"),
        ("Dec 31, 2020", "2020-12-31T00:00:00"),
        ("31 Dec 2020", "2020-12-31T00:00:00"),
        ("31-Dec-20", "2020-12-31T00:00:00"),
        ("Thu, 31st of December 2020", "2020-12-31T00:00:00"),
        ("2020-12-31T10:30:05.25", "2020-12-31T10:30:05.250000"),
        ("31/12/2020 10:30", "2020-12-31T10:30:00"),
        ("12/31/2020 1:05 PM", "2020-12-31T13:05:00"),
        ("5 May 2020 12:00 am", "2020-05-05T00:00:00"),
        ("2020-12-31 00:30 +02:00", "2020-12-30T22:30:00"),
        ("99/12/31", "1999-12-31T00:00:00"),
        ("0001-01-01", "0001-01-01T00:00:00"),
        ("9999-12-31", "9999-12-31T00:00:00"),
    ],
)
def test_ways_of_writing_a_date(text, moment):
    assert moment_in(text, "day first", auto=True, pivot=69).isoformat() == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2023-02-29",
        "31/31/2020",
        "0000-01-01",
        "31122020",
        "Dec 2020",
        "1/2/3",
        "12/12/2020 13:00 pm",
        "12/12/2020 25:00",
        "0001-01-01 00:00 +02:00",
        "Maybe 5 2020",
        "1" * 200,
    ],
)
def test_what_is_no_date(text):
    assert moment_in(text, "day first", auto=True, pivot=69) is None


def test_days_above_twelve_tell_the_order_of_the_others():
    assert days(parse_dates(texts("13/02/2020", "03/04/2020"), columns=["d"]))[1] == "2020-04-03T00:00:00"
    assert days(parse_dates(texts("02/13/2020", "03/04/2020"), columns=["d"]))[1] == "2020-03-04T00:00:00"


def test_contradictory_column_is_counted_and_the_majority_decides():
    frame = texts("02/13/2020", "02/14/2020", "13/02/2020", "03/04/2020", "x")
    assert learn_orders(frame, ["d"]) == {
        "d": {
            "order": "month first",
            "day_first": 1,
            "month_first": 2,
            "ambiguous": 1,
            "assumed": False,
            "unreadable": 1,
        }
    }
    assert days(parse_dates(frame, columns=["d"])) == [
        "2020-02-13T00:00:00",
        "2020-02-14T00:00:00",
        "2020-02-13T00:00:00",
        "2020-03-04T00:00:00",
        None,
    ]


def test_wholly_ambiguous_column_says_that_day_first_is_assumed():
    frame = texts("03/04/2020", "01/02/2020")
    learned = learn_orders(frame, ["d"])["d"]
    assert (learned["order"], learned["assumed"], learned["ambiguous"]) == ("day first", True, 2)
    assert days(parse_dates(frame, columns=["d"])) == ["2020-04-03T00:00:00", "2020-02-01T00:00:00"]


def test_order_that_was_learned_holds_for_new_rows():
    learned = learn_orders(texts("02/13/2020"), ["d"])
    assert days(parse_dates(texts("03/04/2020"), columns=["d"], learned=learned)) == ["2020-03-04T00:00:00"]


def test_chosen_order_makes_impossible_dates_missing():
    assert days(parse_dates(texts("12/31/2020", "2020-12-31"), columns=["d"], order="day first")) == [
        None,
        "2020-12-31T00:00:00",
    ]
    assert days(parse_dates(texts("20/12/31"), columns=["d"], order="year first")) == ["2020-12-31T00:00:00"]


@pytest.mark.parametrize(("pivot", "years"), [(69, [2068, 1969]), (0, [1968, 1969]), (100, [2068, 2069])])
def test_two_digit_years_follow_the_pivot(pivot, years):
    assert parse_dates(texts("31/12/68", "31/12/69"), columns=["d"], pivot=pivot)["d"].dt.year.tolist() == years
