"""Faults that hide one another, and what looks like a fault by nature: small tables for one cause each."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.checks import Context
from dataops_core.checks.profile import profile_table
from dataops_core.checks.variants import yes_no_merges


def found(table, check, **context):
    kept = []
    profile_table(
        table, context=Context(**context), keep=lambda finding, rows: kept.append((finding, sorted(rows.tolist())))
    )
    return [(finding, rows) for finding, rows in kept if finding.check == check]


def rows_of(table, check, **context):
    return [rows for _, rows in found(table, check, **context)]


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def test_one_way_of_writing_is_a_note_and_a_currency_in_some_cells_is_the_finding(make_table):
    amounts = [f"{n % 37 + 1},{n % 2}5" for n in range(300)]
    (finding, rows) = found(make_table({"paid": amounts}), "numbers_as_text")[0]
    assert (finding.severity, len(rows)) == ("note", 300)
    marked = [f"{text} €" if n in (7, 90, 200) else text for n, text in enumerate(amounts)]
    (finding, rows) = found(make_table({"paid": marked}), "numbers_as_text")[0]
    assert (finding.severity, rows) == ("warning", [7, 90, 200])


def test_another_decimal_sign_is_said_once(make_table):
    table = make_table({"level": ["10,5" if n in (3, 50) else f"{n % 83}.25" for n in range(200)]})
    assert rows_of(table, "out_of_locale") == [[3, 50]] and rows_of(table, "numbers_as_text") == []


def test_what_follows_a_number_is_no_unit_where_it_differs_from_cell_to_cell(make_table, rng):
    marks = [f"{n % 700 + 200}.{n % 80 + 10} {''.join(rng.choice(list('ABCDEFGH'), 3))}" for n in range(600)]
    marks[40], marks[410] = "ABC 512.20", "51220 ABC"
    table = make_table({"shelf": marks})
    assert rows_of(table, "unusual_pattern") == [[40, 410]] and rows_of(table, "numbers_as_text") == []


def test_signs_are_answers_among_words_only():
    assert yes_no_merges({"Yes": 90, "No": 60, "1": 4, "x": 2, "wahr": 1}) == {"1": "Yes", "wahr": "Yes", "x": "Yes"}
    assert yes_no_merges({"1": 90, "0": 60, "Yes": 2}) == {}


def test_spelling_is_not_judged_by_invisible_signs_nor_by_the_order_in_lists(make_table):
    notes = ["slept well; no pain", "no pain; slept well", "Gar\x07den", "Garden"] * 10
    assert rows_of(make_table({"note": notes}), "spelling_variants") == []
    people = [
        f"{first} {last}" for first in ("Ana", "Änne", "Anne", "Jon", "Jan") for last in ("Peña", "Pena", "Berg")
    ] * 4
    assert rows_of(make_table({"customer_name": people}), "spelling_variants") == []


def test_an_absurd_year_is_not_said_again_as_a_date_to_come(make_table):
    days = [f"2020-{n % 12 + 1:02}-{n % 28 + 1:02}" for n in range(200)]
    days[5], days[6] = "2977-01-01", "2031-01-01"
    table = make_table({"seen": np.array(days, dtype="datetime64[us]")})
    assert rows_of(table, "absurd_dates") == [[5]]
    assert rows_of(table, "future_dates", today="2026-01-01") == [[6]]


def test_a_day_of_nothing_but_nines_stands_for_none(make_table):
    days = [f"{n % 28 + 1:02}/{n % 12 + 1:02}/2021" for n in range(200)]
    days[8], days[9], days[10] = "99/99/9999", "00.00.0000", "09/09/1999"
    table = make_table({"back": days})
    assert rows_of(table, "disguised_missing") == [[8, 9]] and rows_of(table, "dates_mixed_with_words") == []


def test_a_gap_parts_slips_from_the_tail_of_their_column(make_table, rng):
    pay = np.round(np.exp(rng.normal(4.5, 0.9, 2000)), 2)
    pay[[100, 900, 1500]] = [9000, 9500, 12000]  # within three interquartile ranges on the log scale
    assert rows_of(make_table({"pay": pay}), "outliers") == [[100, 900, 1500]]
    assert rows_of(make_table({"pay": np.delete(pay, [100, 900, 1500])}), "outliers") == []
    wage = np.round(rng.gamma(6, 500, 2000) + 2000, 2)
    wage[[20, 30]] = [500_000, 400_000]
    assert rows_of(make_table({"wage": wage}), "outliers") == [[20, 30]]


def test_values_rounded_by_some_are_the_multiples_of_their_step(make_table, rng):
    weight = np.round(rng.normal(70, 12, 3000), 1)
    some = rng.choice(3000, 1000, replace=False)
    weight[some] = np.round(weight[some] / 5) * 5
    expected = np.flatnonzero(np.isclose(weight % 5, 0)).tolist()
    assert rows_of(make_table({"weight": weight}), "rounding_heaping") == [expected]


def test_a_coarse_sensor_that_stands_still_is_found_and_rounding_is_no_standstill(make_table, rng):
    volts = np.round(rng.normal(230, 1.5, 3000), 1)
    volts[1001:1060] = volts[1000]
    assert rows_of(make_table({"volts": volts}), "stuck_values") == [list(range(1001, 1060))]
    slow = np.round(np.cumsum(rng.normal(0, 4, 3000)) + 600)
    hand = np.arange(3000) % 90 < 30
    slow[hand] = np.round(slow[hand] / 50) * 50
    assert rows_of(make_table({"slow": slow}), "stuck_values") == []


def test_another_unit_is_seen_behind_the_swing_of_days_and_seasons(make_table, rng):
    at = np.arange(4000)
    celsius = 5 * np.sin(at / 15) + at / 500 + rng.normal(0, 1, 4000)
    mixed = np.round(np.where(at >= 3200, celsius * 1.8 + 32, celsius), 1)
    assert rows_of(make_table({"outside": mixed}), "drift_in_file") == [list(range(3200, 4000))]
    assert rows_of(make_table({"outside": np.round(celsius, 1)}), "drift_in_file") == []


def test_gaps_of_their_own_do_not_hide_that_columns_are_missing_together(make_table, rng):
    columns = {name: np.round(rng.normal(10, 2, 2000), 3) for name in ("heat", "flow", "gas")}
    columns["all"] = np.arange(2000) * 1.5
    for values in list(columns.values())[:3]:
        values[rng.choice(2000, 30, replace=False)] = np.nan
        values[700:800] = np.nan
    together = np.flatnonzero(np.all([np.isnan(values) for values in list(columns.values())[:3]], axis=0)).tolist()
    assert rows_of(make_table(columns), "missing_together") == [together]
    apart = {name: np.where(rng.random(2000) < 0.06, np.nan, 1.5 * np.arange(2000)) for name in ("heat", "flow")}
    assert rows_of(make_table(apart), "missing_together") == []


def test_totals_of_sums_that_were_changed_are_told_by_their_empty_cells(make_table):
    frame = pd.DataFrame(
        {"bill": [f"B{n:03}" for n in range(60)], "shop": ["a", "b", "c"] * 20, "day": [1, 2] * 30, "net": range(60)},
    ).astype({"day": "Int64", "net": "Int64"})
    frame.loc[29, ["bill", "shop", "day", "net"]] = ["Total 2024", None, None, 1234]
    frame.loc[59, ["bill", "shop", "day", "net"]] = ["Grand total", None, None, 4567]
    assert rows_of(make_table(dict(frame)), "total_rows") == [[29, 59]]
    frame.loc[59, ["bill", "shop", "day"]] = ["Totally new", "a", 1]
    frame.loc[29, ["bill", "shop", "day"]] = ["Total 2024", "a", 1]
    assert rows_of(make_table(dict(frame)), "total_rows") == []


def test_few_pairs_leave_open_how_often_an_order_is_broken(make_table, rng):
    start = rng.integers(0, 9000, 300)
    end = start + rng.integers(10, 2000, 300)
    swapped = [3, 40, 90, 150, 200, 210, 250, 260, 270, 280, 290]
    start[swapped], end[swapped] = end[swapped], start[swapped]
    days = {
        name: (np.datetime64("1995-01-01") + value).astype("datetime64[us]")
        for name, value in (("eins", start), ("zwei", end))
    }
    assert rows_of(make_table(days), "end_before_start") == [swapped]


def test_namesakes_and_two_teams_of_one_head_break_no_dependency(make_table, rng):
    head = np.repeat([f"H{n}" for n in range(20)], 40)
    team = np.array([f"team {int(h[1:])}" for h in head], dtype=object)
    team[:6] = "team 7"  # the head H0 has two teams
    table = make_table({"head": head, "team": team, "x": rng.normal(size=800)})
    assert rows_of(table, "broken_dependency") == []
    team[[100, 500]] = ["team 1", "team 2"]
    assert rows_of(make_table({"head": head, "team": team, "x": rng.normal(size=800)}), "broken_dependency") == [
        [100, 500]
    ]
    names = np.repeat([f"{a} {b}" for a in ("Ann", "Bo", "Cy", "Di", "Ed") for b in ("Ek", "Fox", "Gil", "Hay")], 40)
    born = np.repeat(np.arange(1950, 1970), 40)
    born[[5, 405]] = [1999, 1998]
    assert rows_of(make_table({"customer_name": names, "born": born}), "broken_dependency") == []


def test_a_number_that_some_groups_never_change_is_found_though_it_is_stored_as_text(make_table, rng):
    head = np.repeat([f"H{n:02}" for n in range(24)], 50)
    points = [f"{value:.1f}".replace(".", ",") for value in rng.normal(80, 8, 1200)]
    points[100:150] = ["80,0"] * 50
    assert rows_of(make_table({"head": head, "points": points}), "constant_per_group") == [list(range(100, 150))]


def test_a_list_of_prices_and_the_number_of_a_category_are_no_constants(make_table):
    """Where every group has one value, nothing tells an average that was filled in from a price or a code."""
    product = [f"p{n % 6}" for n in range(1200)]
    price = [[90.5, 71.3, 60.2, 75.7, 81.8, 66.6][n % 6] for n in range(1200)]
    table = make_table({"product": product, "price": price, "rank": [n % 6 + 1 for n in range(1200)]})
    assert rows_of(table, "constant_per_group") == []


def test_a_town_with_one_postal_code_is_no_constant(make_table, rng):
    code = rng.integers(0, 40, 1500)
    town = np.where(code < 3, 0, np.where(code == 3, 1, code // 3 + 1))
    table = make_table({"town": [f"town {t}" for t in town], "code": [f"{10000 + 7 * c}" for c in code]})
    assert rows_of(table, "constant_per_group") == []


def test_records_entered_again_with_a_shortened_name_and_one_other_cell(make_table, rng):
    first = ["Alex", "Sara", "Jill", "Omar", "Nora", "Timo", "Ruth", "Igor"]
    last = ["Pugh", "Young", "Forbes", "Lambert", "Wagner", "Hurst", "Garrison", "Sosa", "Perez", "Drake"]
    frame = pd.DataFrame(
        {
            "no": [f"A{n:04}" for n in range(900)],
            "person": [f"{rng.choice(last)}, {rng.choice(first)}" for _ in range(900)],
            "born": [
                f"{rng.integers(1930, 2010)}-{rng.integers(1, 13):02}-{rng.integers(1, 29):02}" for _ in range(900)
            ],
            "ward": rng.choice(list("ABCDEFGH"), 900),
            "weight": np.round(rng.normal(70, 12, 900), 1),
            "height": np.round(rng.normal(170, 12, 900), 1),
            "charge": np.round(rng.gamma(2, 900, 900) + 200, 2),
            "leave": [27.0] * 900,
        }
    )
    again = frame.loc[[10, 20, 30, 40]].copy()
    again["no"] = ["A0990", "A0991", "A0992", "A0993"]
    again["person"] = [name[:-2] + "." if n == 0 else name.replace(",", "x,") for n, name in enumerate(again["person"])]
    again.loc[10, "person"] = (
        frame.loc[10, "person"].split(",")[0] + ", " + frame.loc[10, "person"].split(", ")[1][0] + "."
    )
    again.loc[20, "charge"] += 5
    again.loc[30, "leave"] = None
    table = make_table(dict(pd.concat([frame, again], ignore_index=True)), kinds={"no": "id"})
    assert rows_of(table, "near_duplicate_records") == [[900, 901, 902, 903]]
    assert rows_of(make_table(dict(frame), kinds={"no": "id"}), "near_duplicate_records") == []


def test_an_end_that_is_still_to_come_is_not_missed(make_table, rng):
    start = np.datetime64("2020-01-01") + rng.integers(0, 900, 400)
    end = (start + rng.integers(1, 90, 400)).astype("datetime64[us]")
    end[::5] = np.datetime64("NaT")
    size = np.where(np.arange(400) % 5 == 1, np.nan, rng.normal(size=400))
    table = make_table({"hired": start.astype("datetime64[us]"), "left": end, "size": size})
    assert {f.columns[0]: f.severity for f, _ in found(table, "missing_cells")} == {"left": "note", "size": "warning"}
