"""Columns that hold a part of a date, dates that no calendar has, and identifiers among numbers."""

import numpy as np
import pytest

from dataops_core.checks.profile import profile_table
from tests.checks.test_mixed_causes import rows_of

DAYS = np.datetime64("2023-03-01") + np.arange(400)
ENGLISH = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
GERMAN = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")


def said(table, check):
    return " ".join(each["message"] for each in profile_table(table)[0]["findings"] if each["check"] == check)


def weekdays(names):
    return [names[(int(day.astype(int)) + 3) % 7] for day in DAYS]


@pytest.mark.parametrize("names", [ENGLISH, GERMAN])
@pytest.mark.parametrize("dates", [str, lambda day: ".".join(reversed(str(day).split("-")))])
def test_weekdays_that_are_not_those_of_the_date(make_table, names, dates):
    cells = weekdays(names)
    assert cells[0] == names[2]  # the first of March 2023 was a Wednesday
    cells[3], cells[30], cells[300] = names[0], names[1], names[6]
    right = weekdays(names)
    wrong = [row for row in (3, 30, 300) if cells[row] != right[row]]
    table = make_table({"day": [dates(day) for day in DAYS], "weekday": cells})
    assert rows_of(table, "wrong_date_parts") == [wrong]
    assert "is not the weekday of day" in said(table, "wrong_date_parts")


def test_years_months_and_quarters_as_numbers_and_words(make_table):
    months = DAYS.astype("datetime64[M]").astype(int) % 12 + 1
    years, quarters = DAYS.astype("datetime64[Y]").astype(int) + 1970, (months - 1) // 3 + 1
    names = np.array(
        ["Jan", "Feb", "March", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"], dtype=object
    )
    columns = {"day": DAYS.astype("datetime64[us]"), "month": names[months - 1], "quarter": quarters.copy()}
    columns["quarter"][[5, 50]] = 4
    columns["month"][[7, 70, 170]] = "Dec"
    table = make_table(columns)
    assert sorted(rows_of(table, "wrong_date_parts")) == [[5, 50], [7, 70, 170]]
    few = np.where(np.arange(400) == 9, 1999, years)
    assert rows_of(make_table({"day": columns["day"], "year": few}), "wrong_date_parts") == []  # two years tell nothing


def test_parts_of_something_else_are_let_be(make_table):
    rng = np.random.default_rng(5)
    columns = {"day": DAYS.astype("datetime64[us]"), "booked": rng.choice(ENGLISH, 400).tolist()}
    columns["rooms"] = rng.integers(1, 8, 400)
    columns["weekday"] = weekdays(ENGLISH)
    assert rows_of(make_table(columns), "wrong_date_parts") == []


def test_dates_that_no_calendar_has_are_apart_from_words(make_table):
    cells = [str(day) for day in DAYS]
    cells[4], cells[44], cells[9], cells[99] = "2023-02-30", "2023-13-01", "soon", "19.VII.2023"
    table = make_table({"day": cells})
    assert sorted(rows_of(table, "dates_mixed_with_words")) == [[4, 44], [9, 99]]
    assert "no calendar" in said(table, "dates_mixed_with_words")


def test_bar_codes_among_some_that_a_spreadsheet_cut_have_check_digits(make_table):
    def ean(n):
        digits = f"40063813{n:04}"
        odd = sum(int(each) for each in digits[1::2])
        even = sum(int(each) for each in digits[::2])
        return f"{digits}{-(3 * odd + even) % 10}"

    codes = [ean(7 * n) for n in range(300)]
    wrong = [12, 120, 250]
    for row in wrong:
        codes[row] = codes[row][:-1] + str((int(codes[row][-1]) + 3) % 10)
    assert rows_of(make_table({"ean": [float(code) for code in codes]}), "wrong_check_digits") == [wrong]


def test_what_is_received_comes_before_what_is_published(make_table):
    received = DAYS.astype("datetime64[us]")
    published = received + np.timedelta64(90, "D")
    published[[8, 80]] = received[[8, 80]] - np.timedelta64(9, "D")
    table = make_table({"received": received, "published": published})
    assert rows_of(table, "end_before_start") == [[8, 80]]


def test_a_date_with_day_and_month_exchanged_is_apart_from_a_wrong_weekday(make_table):
    cells, days = weekdays(ENGLISH), [str(day) for day in DAYS]
    turned = [row for row in range(0, 400, 3) if DAYS[row].astype(object).day <= 12 != DAYS[row].astype(object).month][
        :20
    ]
    for row in turned:
        year, month, day = days[row].split("-")
        days[row] = f"{year}-{day}-{month}"
    right = [row for row in turned if days[row] != str(DAYS[row]) and weekdays(ENGLISH)[row] != _weekday(days[row])]
    cells[101], cells[201] = _other(cells[101]), _other(cells[201])
    table = make_table({"day": days, "weekday": cells})
    assert sorted(rows_of(table, "wrong_date_parts")) == sorted([right, [101, 201]])


def _weekday(day):
    return ENGLISH[(int(np.datetime64(day).astype(int)) + 3) % 7]


def _other(name):
    return ENGLISH[(ENGLISH.index(name) + 2) % 7]


def test_numbers_that_a_spreadsheet_cut_and_shorter_ones_are_apart_from_wrong_digits(make_table):
    codes = [f"{7_310_208_000_000 + 10_007 * n:013}" for n in range(300)]
    codes = [
        code[:-1] + str(-(sum(int(d) * (3 if at % 2 else 1) for at, d in enumerate(code[:-1]))) % 10) for code in codes
    ]
    for row in (5, 50):
        codes[row] = codes[row][:-1] + str((int(codes[row][-1]) + 1) % 10)
    for row in (7, 70, 170):
        codes[row] = codes[row][:6] + "0000000"
    codes[9], codes[90] = codes[9][:-1], codes[90][:-1]
    found = rows_of(make_table({"ean": [float(code) for code in codes]}), "wrong_check_digits")
    assert [row for row in (5, 50) if row in found[0]] == [5, 50] and not {9, 90} & set(found[0])
    assert set(found[1]) <= {7, 70, 170} and found[1]
