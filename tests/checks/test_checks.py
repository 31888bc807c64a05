import numpy as np
import pandas as pd
import pytest

from dataops_core import checks
from dataops_core.checks.profile import profile_table
from dataops_core.checks.repeats import repeated
from dataops_core.checks.spelling_variants import merges
from dataops_core.checks.table_view import TableView
from dataops_core.checks.variants import slips
from dataops_core.facts import engine, table_facts
from dataops_core.steps import get
from dataops_core.table import tidy, write_table
from tests.planted.plant import CHECKS


def test_a_check_that_raises_is_noted_and_stops_no_other(tmp_path, monkeypatch):
    table = write_table(tmp_path / "t.parquet", [tidy(pd.DataFrame({"a": [1.0, None] * 20, "b": ["x", "y"] * 20}))])
    for name in ("outliers", "duplicate_rows"):
        monkeypatch.setattr(checks.REGISTRY[name], "function", lambda *_: 1 / 0)
    profile, _ = profile_table(table)
    reason = "ZeroDivisionError: division by zero"
    assert profile["failed_checks"] == [
        {"check": "outliers", "columns": ["a"], "reason": reason},
        {"check": "duplicate_rows", "columns": [], "reason": reason},
    ]
    assert "missing_cells" in {finding["check"] for finding in profile["findings"]}


def findings(table, check):
    profile, _ = profile_table(table)
    return [f for f in profile["findings"] if f["check"] == check]


def _bar_codes(count):
    """Numbers of twelve digits with the digit that makes them a multiple of ten, with weights 1 and 3."""
    made = []
    for number in range(400638100000, 400638100000 + 1013 * count, 1013):
        digits = [int(sign) for sign in str(number)]
        made.append(f"{number}{-sum(digits[::2] + [3 * digit for digit in digits[1::2]]) % 10}")
    return made


CASES = {
    "missing_cells": ({"a": [1, None, 3, 4] * 10}, "a", list(range(1, 40, 4))),
    "spaces_around_text": ({"a": ["x", " y", "z  z", "ok"] * 3}, "a", [1, 2, 5, 6, 9, 10]),
    "constant_column": ({"a": [7, 7, 7], "b": [1, 2, 3]}, "a", [0, 1, 2]),
    "impossible_values": ({"age": [30, -5, 240, 41, None, 20, 33]}, "age", [1, 2]),
    "disguised_missing": ({"a": ["x", "unknown", "y", "N.A.", "z"]}, "a", [1, 3]),
    "invalid_emails": (
        {"a": [f"ann{n}@mail.example.org" for n in range(98)] + ["ann@@example.org", "ann at example.org"]},
        "a",
        [98, 99],
    ),
    "wrong_check_digits": ({"a": [*_bar_codes(99), "4006381333932"]}, "a", [99]),
    "numbers_as_text": ({"a": ["€ 1.200", "300", "12 %", "EUR 5"]}, "a", [0, 2, 3]),
    "numbers_mixed_with_words": (
        {"a": ["12", "9.5", "pending", "7", "8", "1", "unknown"] * 5},
        "a",
        [*range(2, 35, 7)],
    ),
    "dates_mixed_with_words": ({"a": ["2024-01-05", "soon", "in May", *["2024-03-01"] * 9]}, "a", [1, 2]),
    "yes_no_variants": ({"a": ["yes", "no", "y", "Yes", "no", "yes", "unknown"]}, "a", [2, 3]),
    "identifiers_in_text": (
        {"a": ["please call 030 1234567 at five", "came on 2024-01-02 as said", "ask jo about the key"]},
        "a",
        [0],
    ),
    "blank_rows": ({"a": [1, None, 3], "b": ["x", None, None]}, "a", [1]),
    "total_rows": ({"a": ["x", "y", "Total", "z"], "n": [1.5, 2, 3.5, 4]}, "a", [2]),
    "dates_as_text": ({"a": ["31/12/2024", "12/03/2024", "24/12/2024", "05/01/2024"]}, "a", [0, 1, 2, 3]),
    "mixed_date_formats": ({"a": ["31/12/2024", "12 Mar 2024", "24/12/2024", "05/01/2024"]}, "a", [1]),
    "direct_identifiers": ({"a": ["jo@example.com", "al@example.org", None]}, "a", [0, 1]),
    "outliers": ({"a": [*range(20), 1000]}, "a", [20]),
    "spelling_variants": ({"a": ["Paris"] * 30 + ["PARIS", "Pariis", "Rome"] + ["London"] * 30}, "a", [31]),
    "codes_as_numbers": ({"a": [*(f"0{n}" for n in range(1000, 1097)), "1003", "1004", "1005"]}, "a", [97, 98, 99]),
    "encoded_characters": ({"a": ["Pratt & Co", "Pratt &amp; Co", "Old%20Town", "x"]}, "a", [1, 2]),
    "several_forms": (
        {"a": [f"({n}) 55" if n % 10 == 0 else f"{n}-55" for n in range(100, 300)]},
        "a",
        [*range(0, 200, 10)],
    ),
    "repeated_headers": ({"a": [*(f"x{n}" for n in range(99)), "a"], "b": ["p", "q", "r"] * 33 + ["b"]}, "b", [99]),
    "several_names": (
        {"a": ["Munich", "Hamburg", "Berlin", "Cologne"] * 30 + ["Muc."], "b": ["m", "h", "b", "c"] * 30 + ["m"]},
        "a",
        [120],
    ),
    "other_scale": (
        {"a": [*(round(20 + n / 7, 2) for n in range(200)), 2511, 3009, 2755, 2603, 4001]},
        "a",
        [*range(200, 205)],
    ),
    "marks_beside_values": (
        {"a": [*["Paris", "London", "Rome"] * 30, "Paris *", "Rome (?)", "[!] London"]},
        "a",
        [90, 91, 92],
    ),
    "wrong_date_parts": (
        {
            "weekday": [("Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Mon")[(n + (n == 9)) % 7] for n in range(60)],
            "day": [str(np.datetime64("2024-01-02") + n) for n in range(60)],
        },
        ("weekday", "day"),
        [9],
    ),
    "finer_numbers": ({"a": [*range(200), 31.27, 44.09, 29.53]}, "a", [200, 201, 202]),
    "case_variants": ({"a": ["Paris"] * 30 + ["PARIS", "Pariis", "Rome"] + ["London"] * 30}, "a", [30]),
}


@pytest.mark.parametrize("check", CASES)
def test_each_check_finds_exactly_the_planted_rows(make_table, check):
    columns, name, rows = CASES[check]
    found = findings(make_table(columns), check)
    names = [name] if isinstance(name, str) else list(name)
    assert [(f["columns"], f["rows"], f["count"]) for f in found] == [(names, rows, len(rows))]


def test_rows_that_stand_on_both_sides_of_a_split_are_those_that_are_not_for_training(make_table):
    table = make_table(
        {
            "id": ["a1", "a2", "a3", "a4", "a5", "a6"],
            "x": [1, 2, 1, 1, 3, 3],
            "y": ["p", "q", "p", None, "r", "r"],
            "part": ["train", "train", "test", "test", "validation", "test"],
        },
        kinds={"id": "id"},
    )
    (found,) = findings(table, "rows_on_both_sides")
    assert found["rows"] == [2] and found["severity"] == "error"
    assert found["message"] == "1 test row stands among the training rows too, but for id."
    assert findings(make_table({"x": [1, 1], "part": ["train", "x"]}), "rows_on_both_sides") == []


def test_duplicate_rows_are_found_in_the_whole_table(make_table):
    found = findings(make_table({"a": [1, 2, 1, 1], "b": ["x", "y", "x", None]}), "duplicate_rows")
    assert [(f["rows"], f["fix"]["op"]) for f in found] == [([2], "drop_duplicate_rows")]


def test_every_check_is_planted_somewhere():
    others = {
        "rows_on_both_sides",
        "broken_formula",
        "unexpected_gaps",
        "contradicting_sources",
        "wrong_values",
    }  # about several columns, a table that is split, or what repairs tell (tests/repair/test_wrong_values.py)
    assert set(checks.REGISTRY) == {*CHECKS, *CASES, *others}


@pytest.mark.parametrize("check", CASES)
def test_each_finding_offers_a_step_that_fits_the_table(make_table, check):
    table = make_table(CASES[check][0])
    for found in findings(table, check):
        if found["fix"]:
            assert get(found["fix"]["op"]).problems(found["fix"]["with"], table.columns) == []


def test_a_clean_table_gives_no_finding_above_a_note(make_table):
    rng = np.random.default_rng(1)
    table = make_table(
        {
            "id": [f"K{i:04d}" for i in range(200)],
            "city": rng.choice(["Paris", "Rome", "London"], 200),
            "age": rng.integers(18, 80, 200),
            "day": pd.date_range("2024-01-01", periods=200),
            "score": rng.normal(50, 10, 200).round(1),
        }
    )
    assert [f for f in profile_table(table)[0]["findings"] if f["severity"] != "note"] == []


def test_minus_999_is_found_among_positive_numbers_but_not_among_negative_ones(make_table):
    debt = [*range(0, 50_000, 500), -999, -999]
    assert findings(make_table({"a": debt}), "disguised_missing")[0]["rows"] == [100, 101]
    assert findings(make_table({"a": [*range(-5_000, 5_000, 100), -999, -999]}), "disguised_missing") == []


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("kitten", "kiten", True),
        ("amsterdam", "amsterdma", True),
        ("paris", "parid", True),
        ("paris", "london", False),
        ("scip 1", "scip 2", False),
        ("abcd", "badc", False),
        ("portland", "cortland", False),
        ("iran", "iraq", False),
    ],
)
def test_a_slip_is_an_insertion_deletion_substitution_or_swap(one, other, apart):
    assert (slips({one: 500, other: 2}) == {other: one}) is apart


def test_signs_that_make_a_difference_are_no_variants():
    assert merges({"<=50K": 90, ">50K": 30}) == {}
    assert merges({"C": 90, "C++": 3}) == {}


def test_adult_has_the_missing_cells_and_duplicates_that_its_readme_names(adult, tmp_path):
    from dataops_core.read import read_file

    source = read_file(adult, tmp_path / "a.parquet")
    profile, _ = profile_table(source.table)
    missing = {name: f["missing"] for name, f in profile["facts"].items() if f["missing"]}
    assert missing == {"workclass": 1836, "occupation": 1843, "native_country": 583}
    assert (profile["rows"], profile["missing_cells"], profile["duplicate_rows"]) == (32561, 4262, 24)


def test_codes_and_first_letters_are_no_slips_of_the_pen():
    assert (
        merges({"al_hf-1": 200, "ak_hf-1": 5, "Portland": 90, "Cortland": 1, "12 patients": 40, "1 patients": 1}) == {}
    )


def test_identifiers_in_digits_are_no_numbers_kept_as_text(make_table):
    table = make_table(
        {
            "zip": ["01067", "123x5", "10115"],
            "PhoneNumber": ["2053258100", "20532581x", "2563861556"],
            "provider_number": ["a1", "2", "3"],
        }
    )
    assert findings(table, "numbers_as_text") == []


# a column that could not be counted, and one whose values were estimated too low
@pytest.mark.parametrize("told", [0, 2])
def test_rows_that_differ_are_no_duplicates_however_wrong_the_count_of_values_is(make_table, told):
    table = make_table({"a": ["x"] * 5 + ["y"] * 2, "b": ["p", "q", "r", "s", "t", "p", "u"]})
    facts = table_facts(table)
    facts["b"]["distinct"] = told
    assert repeated(TableView(table, facts), ["a", "b"]).tolist() == []


@pytest.mark.parametrize("doubled", [[], [100, 2900]])
def test_identifiers_are_judged_exactly_where_their_number_is_an_estimate(make_table, monkeypatch, doubled):
    monkeypatch.setattr(engine, "EXACT_ROWS", 1000)
    monkeypatch.setattr(engine, "EXACT_VALUES", 100)
    codes = [f"K{n:05d}" for n in range(3000)]
    for row in doubled:
        codes[row] = codes[row - 7]
    table = make_table({"code_id": codes, "n": [n % 5 for n in range(3000)]}, {"code_id": "id"})
    assert table_facts(table)["code_id"]["distinct_error"]
    found = {f["check"]: f["rows"] for f in profile_table(table)[0]["findings"]}
    assert found.get("duplicate_ids", []) == doubled
    assert ("row_identifier" in found) == (not doubled)


def test_a_row_that_is_called_total_and_adds_nothing_up_is_no_total(make_table):
    table = make_table({"a": ["x", "y", "Total Gym", "z"], "n": [1.5, 2, 99.0, 4]})
    assert findings(table, "total_rows") == []
