"""Faults that stand in the rows of one clerk, one file or one period: codes, names, units and formulas."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.checks.profile import profile_table
from tests.checks.test_mixed_causes import found, rows_of


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def above_notes(table, *checks):
    return [f["check"] for f in profile_table(table)[0]["findings"] if f["severity"] != "note" and f["check"] in checks]


def test_lost_zeros_and_decimal_codes_are_two_findings_that_offer_the_code(make_table):
    codes = [f"{n * 37 % 99999:05d}" for n in range(1, 400)]
    lost = [row for row, code in enumerate(codes) if code[0] == "0" and code[1] != "0"][:20]
    decimal = [row for row in range(100, 130) if row not in lost]
    cells = [str(int(c)) if n in lost else f"{int(c)}.0" if n in decimal else c for n, c in enumerate(codes)]
    first, second = found(make_table({"plant": cells}), "codes_as_numbers")
    assert (first[1], second[1]) == (lost, decimal)
    assert first[0].fix["with"]["mapping"][cells[lost[0]]] == codes[lost[0]]
    assert second[0].fix["with"]["mapping"][cells[100]] == codes[100]
    assert rows_of(make_table({"plant": cells}), "unusual_pattern") == []


def test_numbers_of_any_length_have_lost_no_zeros(make_table, rng):
    amounts = [str(n) for n in rng.integers(1, 99999, 300)] + ["x"]
    assert rows_of(make_table({"room": amounts}), "codes_as_numbers") == []
    assert rows_of(make_table({"room": ["012", "7", "85", "1234"] * 80}), "codes_as_numbers") == []


def test_encoded_signs_are_found_but_not_in_addresses_of_the_web(make_table):
    names = [f"Firm {n}" for n in range(100)] + ["Pratt &amp; Co", "Sony%20WH-10", "M\\u00fcller", "100%25 off", "R&D;"]
    (finding, rows) = found(make_table({"firm": names}), "encoded_characters")[0]
    assert rows == [100, 101, 102]
    assert finding.fix["with"]["mapping"]["Pratt &amp; Co"] == "Pratt & Co"
    assert finding.fix["with"]["mapping"]["M\\u00fcller"] == "Müller"
    pages = [f"https://shop.example.org/find%20it?page={n}" for n in range(100)]
    assert rows_of(make_table({"page": pages}), "encoded_characters") == []


def test_a_second_form_of_a_code_is_a_finding_and_no_slip(make_table):
    cells = [f"{205 + n % 9}-{300 + n:03d}-{1000 + n}" for n in range(500)]
    for row in range(40, 60):
        cells[row] = f"({cells[row][:3]}) {cells[row][4:]}"
    cells[7] = "205-30-1007"
    table = make_table({"phone": cells})
    assert rows_of(table, "several_forms") == [list(range(40, 60))]
    assert rows_of(table, "unusual_pattern") == [[7]]
    ships = [f"IMO {9100000 + 17 * n}" if n % 9 else str(9100000 + 17 * n) for n in range(300)]
    assert rows_of(make_table({"ship": ships}), "several_forms") == [list(range(0, 300, 9))]


@pytest.mark.parametrize(
    "cells",
    [
        [f"{n} {'Oak Street' if n % 7 else 'Medical Center Drive'}" for n in range(300)],
        [f">{n % 90 + 10}" if n % 8 == 0 else f"<={n % 90 + 10}" for n in range(300)],
    ],
    ids=["streets", "more and less"],
)
def test_what_differs_in_meaning_is_no_second_form(make_table, cells):
    assert rows_of(make_table({"a": cells}), "several_forms") == []


def test_header_rows_are_said_once(make_table):
    days = [f"2024-{1 + n % 12:02d}-{1 + n % 28:02d}" for n in range(300)]
    frame = pd.DataFrame({"day": days, "code": [f"A-{1000 + n}" for n in range(300)]})
    for row in (100, 200):
        frame.loc[row] = list(frame.columns)
    table = make_table(frame)
    assert rows_of(table, "repeated_headers") == [[100, 200]]
    for check in ("dates_mixed_with_words", "unusual_pattern", "duplicate_rows"):
        assert rows_of(table, check) == [], check
    assert rows_of(make_table(frame.assign(x=1.5)), "repeated_headers") == []


STATIONS = ["Aleja Nord", "Marktplatz", "Hafen Ost", "Bergweg", "Am Damm"]


def stations():
    """A table of 800 rows: the code of a station, and its name."""
    return pd.DataFrame({"code": [f"S{n % 5}" for n in range(800)], "name": [STATIONS[n % 5] for n in range(800)]})


def test_other_names_and_slips_are_told_by_the_code_each_as_one_finding(make_table):
    frame = stations()
    frame.loc[range(0, 60, 5), "name"] = "Al. Nord"
    frame.loc[range(61, 80, 5), "name"] = "MARKTPLATZ"
    frame.loc[[102, 207], "name"] = ["Hafn Ost", "Hafen Osst"]
    frame.loc[400, "name"] = "Bergweg"  # a station that has another code
    table = make_table(frame)
    names, capitals, slips = found(table, "several_names")
    assert names[1] == [*range(0, 60, 5)] and capitals[1] == [*range(61, 80, 5)] and slips[1] == [102, 207]
    assert names[0].fix["with"]["mapping"] == {"Al. Nord": "Aleja Nord"}
    assert capitals[0].fix["with"]["mapping"] == {"MARKTPLATZ": "Marktplatz"}
    assert "case alone" in capitals[0].message
    assert rows_of(table, "spelling_variants") == rows_of(table, "case_variants") == []
    assert rows_of(table, "broken_dependency") == [[400]]
    shown = {finding["check"] for finding in profile_table(table)[0]["findings"]}
    assert "several_names" in shown and not {"spelling_variants", "case_variants"} & shown


def test_variants_that_no_other_column_tells_keep_their_own_findings(make_table):
    names = [*STATIONS * 100, "MARKTPLATZ", "Hafn Ost"]
    table = make_table({"name": names})
    assert rows_of(table, "case_variants") == [[500]] and rows_of(table, "spelling_variants") == [[501]]
    assert rows_of(table, "several_names") == []


def test_two_things_of_one_group_are_no_names_of_each_other(make_table):
    towns = [f"T{n % 20:02d}" for n in range(1200)]
    clinics = [f"Clinic of {STATIONS[n % 20 % 5]} {'abcdefghij'[n % 20 // 2]}" for n in range(1200)]
    for row in range(0, 1200, 80):  # the second one in the first town
        clinics[row] = "Eye Hospital"
    assert rows_of(make_table({"town": towns, "clinic": clinics}), "several_names") == []


def test_a_column_of_many_things_in_each_group_has_no_other_names(make_table):
    towns = [f"T{n % 20:02d}" for n in range(1200)]
    clinics = [f"Practice {n % 37}" if n % 11 == 0 else f"{STATIONS[n % 5]} {'abcd'[n % 20 // 5]}" for n in range(1200)]
    for row in range(40, 240, 40):
        clinics[row] = f"{STATIONS[0]} a West"
    assert rows_of(make_table({"town": towns, "clinic": clinics}), "several_names") == []
    plain = [
        text if "Practice" not in text else f"{STATIONS[n % 5]} {'abcd'[n % 20 // 5]}" for n, text in enumerate(clinics)
    ]
    assert rows_of(make_table({"town": towns, "clinic": plain}), "several_names") == [list(range(40, 240, 40))]


def test_codes_that_one_state_writes_with_its_own_letter_are_no_slips(make_table):
    state = ["al" if n % 40 else "ak" for n in range(1200)]
    measure = [f"m{n // 3 % 12}" for n in range(1200)]
    average = [f"{one}_{other}-mean" for one, other in zip(state, measure, strict=True)]
    assert rows_of(make_table({"state": state, "measure": measure, "average": average}), "several_names") == []


def test_a_name_of_one_clerk_counts_though_it_is_spelled_quite_otherwise(make_table):
    frame = stations()
    frame["clerk"] = [f"clerk {n // 5 % 4}" for n in range(800)]
    rows = frame.index[(frame["clerk"] == "clerk 2") & (frame["code"] == "S3")][:20]
    frame.loc[rows, "name"] = "Zum Tal"
    assert rows_of(make_table(frame), "several_names") == [sorted(rows)]
    other = frame.assign(owner=np.where(frame["name"] == "Zum Tal", "K", "L"))  # then it is a thing of its own
    assert rows_of(make_table(other), "several_names") == []


def test_a_wrong_cell_is_said_of_the_column_that_nothing_else_agrees_with(make_table):
    n = np.arange(1000)
    frame = pd.DataFrame(
        {"id": n % 100, "street": n % 100 + 500, "phone": n % 100 + 900, "state": n % 100 // 10, "zip": n % 100 // 2}
    )
    frame = frame.map(lambda number: f"K{number}")
    frame.loc[[10, 333], "state"] = ["K7", "K2"]
    frame.loc[[20, 444], "zip"] = ["K3", "K4"]
    told = found(make_table(frame), "broken_dependency")
    assert {finding.columns[1]: rows for finding, rows in told} == {"state": [10, 333], "zip": [20, 444]}
    assert len(told) == 2


def test_cents_of_one_channel_in_one_time_are_found_whole(make_table, rng):
    price = np.round(rng.lognormal(4.8, 0.3, 2000), 2)
    channel = rng.choice(["HRS", "Direct", "Phone"], 2000)
    day = pd.date_range("2024-01-01", periods=2000, freq="4h")
    wrong = np.flatnonzero((channel == "HRS") & (np.arange(2000) >= 1400) & (np.arange(2000) < 1700))
    price[wrong] = np.rint(100 * price[wrong])
    told = found(make_table({"price": price, "channel": channel, "day": day}), "other_scale")
    assert [(finding.columns, rows) for finding, rows in told] == [(("price",), wrong.tolist())]
    assert "100 times too great" in told[0][0].message and 'channel is "HRS"' in told[0][0].message


def test_marks_in_hundredths_are_found_with_the_low_ones_that_might_be_in_thirtieths(make_table, rng):
    mark = np.clip(np.rint(rng.normal(24, 3, 2000)), 12, 30)
    course, year = rng.choice(["Physics", "Latin", "Law", "Art"], 2000), rng.choice(["2022", "2023"], 2000)
    wrong = np.flatnonzero((course == "Physics") & (year == "2023"))
    mark[wrong[:4]] = 11
    mark[wrong] = np.rint(mark[wrong] * 10 / 3)
    assert rows_of(make_table({"mark": mark, "course": course, "year": year}), "other_scale") == [wrong.tolist()]


def test_kilograms_of_one_shop_are_found_among_grams_of_all_sizes(make_table, rng):
    weight = np.rint(np.exp(rng.uniform(np.log(50), np.log(20_000), 120)))
    product, shop = np.tile(np.arange(120), 10), np.repeat(np.arange(10), 120)
    cells = weight[product].astype(float)
    cells[shop == 4] /= 1000
    frame = {"product": [f"P{n}" for n in product], "shop": [f"shop {n}" for n in shop], "weight": cells}
    assert rows_of(make_table(frame), "other_scale") == [np.flatnonzero(shop == 4).tolist()]


def test_other_decimals_tell_of_thousands_in_a_whole_group(make_table, rng):
    pay = np.rint(rng.normal(32_000, 5_000, 1000)).astype(float)
    team = rng.choice(["Legal", "Roads", "Parks", "Care"], 1000)
    pay[team == "Legal"] = np.round(pay[team == "Legal"] / 1000, 2)
    told = rows_of(make_table({"pay": pay, "team": team}), "other_scale")
    assert told == [np.flatnonzero(team == "Legal").tolist()]


@pytest.mark.parametrize("kind", ["kinds of things", "long tail", "code for missing", "identifier"])
def test_great_numbers_are_no_other_unit_by_nature(make_table, rng, kind):
    number = np.rint(rng.normal(500, 60, 2000))
    group = np.where(rng.random(2000) < 0.1, "machine", "part")
    if kind == "kinds of things":
        number = np.where(group == "machine", 100 * number, number)
    elif kind == "long tail":
        number = np.round(rng.pareto(1.2, 2000) * 100 + 10, 2)
    elif kind == "code for missing":
        number[:40] = 99999
    name = "brewery_id" if kind == "identifier" else "x"
    if kind == "identifier":
        number[:30] = np.round(number[:30] / 100, 2)
        assert rows_of(make_table({"x": number, "kind": group}), "other_scale") == [list(range(30))]
    assert rows_of(make_table({name: number, "kind": group}), "other_scale") == []


def stays(rng, rows=1200):
    """Arrivals, departures and the nights between."""
    arrival = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, rows), unit="D")
    nights = rng.integers(1, 9, rows)
    return pd.DataFrame(
        {"arrival": arrival, "departure": arrival + pd.to_timedelta(nights, unit="D"), "nights": nights}
    )


def test_days_and_months_in_each_others_place_are_told_by_the_nights(make_table, rng):
    frame = stays(rng)
    days = frame["arrival"].dt.day
    rows = frame.index[(days <= 12) & (days != frame["arrival"].dt.month)][:25]
    frame.loc[rows, "arrival"] = [pd.Timestamp(day.year, day.day, day.month) for day in frame.loc[rows, "arrival"]]
    exchanged = [n for n in (900, 901, 902) if n not in rows]
    frame.loc[exchanged, ["arrival", "departure"]] = frame.loc[exchanged, ["departure", "arrival"]].to_numpy()
    frame.loc[1100, "nights"] += 3
    table = make_table(frame)
    told = [(finding.columns, rows) for finding, rows in found(table, "broken_formula")]
    assert told == [(("arrival",), rows.tolist()), (("nights", "arrival", "departure"), [1100])]
    assert rows_of(table, "end_before_start") == [exchanged]


def test_hours_in_days_and_miles_among_kilometers_are_told_by_formulas(make_table, rng):
    start = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 8000, 1500), unit="h")
    hours, speed = rng.integers(20, 400, 1500).astype(float), rng.normal(25, 3, 1500)
    distance = np.rint(hours * speed)
    frame = pd.DataFrame({"start": start, "end": start + pd.to_timedelta(hours, unit="h"), "hours": hours})
    frame["distance"], frame["speed"] = distance, np.round(distance / hours, 1)
    frame.loc[100:139, "hours"] = np.round(frame.loc[100:139, "hours"] / 24, 2)
    frame.loc[700:779, "distance"] = np.rint(frame.loc[700:779, "distance"] / 1.609344)
    frame.loc[[5, 6], "speed"] += 4
    told = {rows[0]: (finding.columns, len(rows)) for finding, rows in found(make_table(frame), "broken_formula")}
    assert told[100] == (("hours",), 40)
    assert told[700] == (("speed", "distance"), 80)
    assert told[5] == (("speed", "distance", "hours"), 2)


def test_a_mark_that_is_no_mean_of_two_is_broken_but_not_where_one_is_missing(make_table, rng):
    first, second = rng.integers(10, 31, (2, 900)).astype(float)
    mark = np.floor((first + second) / 2 + 0.5)
    mark[[3, 77]] += 5
    first[200:215] = 999
    assert rows_of(make_table({"first": first, "second": second, "mark": mark}), "broken_formula") == [[3, 77]]
    loose = {"first": first, "second": second, "mark": rng.integers(10, 31, 900)}
    assert rows_of(make_table(loose), "broken_formula") == []


def test_two_readings_in_each_others_place_are_a_finding_beside_the_broken_sum(make_table, rng):
    old, used = rng.integers(1000, 9000, (2, 600))
    frame = pd.DataFrame({"old": old, "used": used, "new": old + used})
    frame.loc[[8, 90, 400, 401], ["old", "new"]] = frame.loc[[8, 90, 400, 401], ["new", "old"]].to_numpy()
    frame.loc[[20, 30], "used"] += 7
    told = {finding.columns: rows for finding, rows in found(make_table(frame), "broken_sum")}
    assert told == {("old", "new"): [8, 90, 400, 401], ("old", "used", "new"): [20, 30]}


def test_what_one_kind_fills_and_another_leaves_empty_is_a_rule(make_table, rng):
    kind = rng.choice(["bought", "given"], 1000)
    price = np.where(kind == "bought", np.round(rng.lognormal(5, 1, 1000), 2), np.nan)
    odd = np.flatnonzero(kind == "given")[:6]
    price[odd] = 12.5
    late = np.flatnonzero(kind == "bought")[:4]
    price[late] = np.nan
    told = found(make_table({"kind": kind, "price": price}), "unexpected_gaps")
    assert [(finding.columns, rows) for finding, rows in told] == [(("kind", "price"), sorted([*odd, *late]))]
    often = price.copy()
    often[np.flatnonzero(kind == "bought")[::12]] = np.nan  # no slips any more
    assert rows_of(make_table({"kind": kind, "price": often}), "unexpected_gaps") == []
    any_ = np.where(rng.random(1000) < 0.4, np.nan, price)
    assert rows_of(make_table({"kind": kind, "price": any_}), "unexpected_gaps") == []


def test_numbers_of_journals_and_ships_are_checked_and_letters_in_them_are_wrong_digits(make_table):
    def issn(n):
        digits = f"{n:07d}"
        rest = -sum(int(d) * w for d, w in zip(digits, range(8, 1, -1), strict=True)) % 11
        return f"{digits[:4]}-{digits[4:]}{'X' if rest == 10 else rest}"

    journals = [issn(2041000 + 37 * n) for n in range(300)]
    journals[5], journals[9] = journals[5].replace("-", "9-")[1:], journals[9].replace("0", "O", 1)
    table = make_table({"journal": journals})
    assert rows_of(table, "wrong_check_digits") == [[5, 9]] and rows_of(table, "unusual_pattern") == []
    ships = [
        f"{n}{sum(int(d) * w for d, w in zip(str(n), range(7, 1, -1), strict=True)) % 10}"
        for n in range(912300, 912600)
    ]
    ships[50] = f"{ships[50][:6]}{(int(ships[50][6]) + 1) % 10}"
    assert rows_of(make_table({"ship": [f"IMO {ship}" for ship in ships]}), "wrong_check_digits") == [[50]]


def test_days_of_no_calendar_are_said_with_those_in_the_future(make_table):
    days = [f"{1 + n % 28:02d}/{1 + n % 12:02d}/202{n % 4}" for n in range(400)]
    days[10], days[11], days[12], days[13] = "30/02/2023", "14/13/2022", "11/09/2096", "soon"
    table = make_table({"day": days})
    assert rows_of(table, "future_dates", today="2026-01-01") == [[10, 11, 12]]
    assert rows_of(table, "dates_mixed_with_words", today="2026-01-01") == [[13]]
    days[12] = "11/09/2021"
    assert rows_of(make_table({"day": days}), "dates_mixed_with_words", today="2026-01-01") == [[10, 11], [13]]


def test_dates_that_lead_up_to_ours_without_a_gap_are_history(make_table):
    days = pd.date_range("1896-03-01", "2020-01-01", periods=1500).normalize()
    assert above_notes(make_table({"acquired": days}), "absurd_dates") == []
    lone = pd.Series(pd.date_range("1950-01-01", "2020-01-01", periods=1500).normalize())
    lone[[3, 4]] = [pd.Timestamp("1820-01-01"), pd.Timestamp("1899-12-01")]
    assert rows_of(make_table({"acquired": lone}), "absurd_dates") == [[3, 4]]


def test_a_code_for_missing_is_found_beside_numbers_with_a_digit_too_many(make_table, rng):
    share = rng.integers(80, 101, 3000)
    share[:20] = 10 * share[:20]
    share[100:130] = 999
    assert rows_of(make_table({"share": share}), "disguised_missing") == [list(range(100, 130))]


def test_a_unit_in_most_cells_is_a_note_and_no2_is_a_measure(make_table, rng):
    cells = [f"{n % 60 + 40}%" if n % 10 else str(n % 60 + 40) for n in range(600)]
    (finding, _) = found(make_table({"score": cells}), "numbers_as_text")[0]
    assert finding.severity == "note"
    gas = [f"{value:.1f}" for value in rng.normal(30, 8, 600)]
    gas[100] = "brak"
    assert rows_of(make_table({"no2_ugm3": gas}), "disguised_missing") == [[100]]
    held = profile_table(make_table({"no2_ugm3": gas, "order_no": [f"{n:05d}" for n in range(600)]}))[0]["facts"]
    assert held["no2_ugm3"]["meant"]["type"] == "number" != held["order_no"]["meant"]["type"]


def test_sources_that_often_contradict_most_others_are_named_each_with_its_rows(make_table, rng):
    product, shop = np.repeat(np.arange(150), 8), np.tile(np.arange(8), 150)
    weight = rng.integers(100, 5000, 150)[product]
    first = np.flatnonzero((shop == 2) & (product % 5 < 2))
    copied = np.flatnonzero((shop == 6) & (product % 5 == 0))
    weight[first] += 7
    weight[copied] = weight[first[product[first] % 5 == 0]]
    one = np.flatnonzero(shop == 4)[:3]
    weight[one] += 11  # a few slips name no source
    code = np.where(shop == 3, product + 5000, product)  # another numbering throughout
    frame = {"product": [f"P{n}" for n in product], "shop": [f"shop {n}" for n in shop], "weight": weight, "code": code}
    told = {finding.message.split('"')[1]: rows for finding, rows in found(make_table(frame), "contradicting_sources")}
    assert told == {"shop 2": first.tolist(), "shop 6": copied.tolist()}


def test_the_next_station_of_a_sorted_file_is_no_change_of_meaning(make_table, rng):
    level = np.concatenate([rng.normal(mean, 2, 300) for mean in (90, 30, 32, 29, 31)]).round(1)
    station = np.repeat(["Nord", "Ost", "Damm", "Hafen", "Weg"], 300)
    assert above_notes(make_table({"level": level}), "drift_in_file") == ["drift_in_file"]
    table = make_table({"station": station, "level": level})
    assert above_notes(table, "drift_in_file") == [] and rows_of(table, "drift_in_file") == []
    mixed = make_table({"station": rng.permutation(station), "level": level})
    assert above_notes(mixed, "drift_in_file") == ["drift_in_file"]


def test_tax_numbers_of_several_countries_are_checked_by_the_rule_of_each(make_table):
    """Belgium: the last two digits are 97 less the remainder of the others by 97; Denmark: weights 2, 7, 6, 5, 4, 3, 2
    and 1, a multiple of eleven.
    """
    belgian = [f"BE{number:08}{97 - number % 97:02}" for number in range(4_030_192, 4_030_232)]
    weights = (2, 7, 6, 5, 4, 3, 2, 1)
    danish = [
        f"DK{number}"
        for number in range(13_585_600, 13_585_900)
        if sum(int(digit) * weight for digit, weight in zip(str(number), weights, strict=True)) % 11 == 0
    ]
    numbers = [*belgian, *danish]
    wrong = numbers[7][:-1] + str((int(numbers[7][-1]) + 1) % 10)
    written = [number if row % 5 else f"{number[:6]}.{number[6:9]} {number[9:]}" for row, number in enumerate(numbers)]
    written[7] = wrong
    assert rows_of(make_table({"vat": written}), "wrong_check_digits") == [[7]]


@pytest.mark.parametrize(
    ("values", "zeros", "found"),
    [
        ([22 + 7 * (n % 45) for n in range(400)], 6, True),  # centimeters: none between 0 and 22
        ([22 + 7 * (n % 45) for n in range(400)], 4, False),  # too few to tell
        ([22 + 7 * (n % 45) for n in range(400)], 20, False),  # no accident: a fee that some need not pay
        ([3 + 7 * (n % 45) for n in range(400)], 6, False),  # 0 is as near as the next number
        ([1 + n % 9 for n in range(400)], 6, False),  # counted things
        ([round(14.8 + 3.7 * (n % 7), 1) for n in range(400)], 6, True),  # hours per week
        ([14 + 3 * (n % 4) for n in range(400)], 6, False),  # categories
    ],
)
def test_a_zero_stands_for_nothing_where_a_gap_parts_it_from_all_others(make_table, values, zeros, found):
    table = make_table({"x": [*values[: 400 - zeros], *[0] * zeros]})
    assert rows_of(table, "disguised_missing") == ([list(range(400 - zeros, 400))] if found else [])


def test_zero_is_no_number_of_a_licence_and_may_be_that_of_a_brewery(make_table):
    licences = list(range(1_230_000, 1_230_300))
    table = make_table({"x": [*licences, *[0] * 6]}, kinds={"x": "id"})
    assert rows_of(table, "disguised_missing") == [list(range(300, 306))]
    table = make_table({"x": [*[1 + n // 3 for n in range(300)], *[0] * 6]}, kinds={"x": "id"})
    assert rows_of(table, "disguised_missing") == []


def test_a_default_date_among_others_is_told_by_its_heap(make_table):
    days = [f"{1961 + n % 60}-0{1 + n % 9}-1{n % 10}" for n in range(600)]
    table = make_table({"x": pd.to_datetime([*days, *["1970-01-01"] * 24])})
    assert rows_of(table, "disguised_missing") == [list(range(600, 624))]
    table = make_table({"x": pd.to_datetime([*days, *["1970-01-01"] * 9])})  # ten lie within a year of it
    assert rows_of(table, "disguised_missing") == []


def test_none_may_be_an_answer_where_it_is_frequent(make_table):
    often = ["None" if n % 4 == 0 else f"rule {n % 7}" for n in range(200)]
    ((told, _),) = found(make_table({"broken": often}), "disguised_missing")
    assert (told.severity, told.count) == ("note", 50)
    often[1] = often[2] = "see n/a"
    often[3] = often[5] = "unknown"
    assert rows_of(make_table({"broken": often}), "disguised_missing") == [[3, 5]]
    seldom = ["None" if n in (8, 9) else f"rule {n % 7}" for n in range(200)]
    assert [told.severity for told, _ in found(make_table({"broken": seldom}), "disguised_missing")] == ["warning"]


def test_no_per_cent_is_a_share_and_no_code(make_table):
    shares = [f"{40 + n % 60}%" for n in range(300)]
    shares[5:11] = ["0%"] * 6
    assert rows_of(make_table({"score": shares}), "disguised_missing") == []
    shares[5:11] = ["999%"] * 6
    assert rows_of(make_table({"score": shares}), "disguised_missing") == [list(range(5, 11))]
