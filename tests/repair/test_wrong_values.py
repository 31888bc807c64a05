"""What the proposed repairs tell a profile: cells that are wrong in the same way, each in one finding."""

import csv
import json

import numpy as np
import pytest

from dataops_core.checks import REGISTRY, Hit
from dataops_core.checks.profile import profile_table
from dataops_core.checks.score import changed, scores
from dataops_core.cli import main
from dataops_core.repair import full_profile as module
from dataops_core.repair.full_profile import full_profile
from dataops_core.repair.proposal import Repair
from dataops_core.repair.propose import Proposals
from dataops_core.repair.wrong_values import way_of, with_wrong_values


def repair(row, old, new, cause="agreement", column="town", sure=0.95):
    return Repair(row, column, old, new, sure, cause, "why")


@pytest.mark.parametrize(
    ("old", "new", "cause", "way"),
    [
        ("UTRECHT", "Utrecht", "agreement", "case"),
        ("Utrehct", "Utrecht", "agreement", "slip"),
        ("Gelsnkirchn", "Gelsenkirchen", "source", "slip"),
        ("Utrt", "Utrecht", "spelling", "name"),
        ("Utrt", "Utrecht", "agreement", "value"),
        ("Ede", "Edo", "agreement", "value"),  # too short for a slip
        ("O'Brien", "OBrien", "spelling", "signs"),
        ("Wagner, Ute", "Wagner Ute", "spelling", "signs"),
        ("Mueller", "Müller", "agreement", "accents"),
        ("Muller", "Müller", "agreement", "accents"),
        ("A4711", "A4712", "agreement", "value"),  # codes have no slips that can be told
        ("12.5", "125", "row", "value"),
        ("Delft", None, "agreement", "value"),
        (None, "Delft", "agreement", "missing"),
        ("5 kg", "5", "unit", "unit"),
    ],
)
def test_a_cell_is_wrong_in_one_way(old, new, cause, way):
    assert way_of(repair(0, old, new, cause)) == way


def found(table, repairs, told=(), **more):
    every, folded = with_wrong_values(told, Proposals(repairs, [], [], **more), table)
    own = [(each.columns, sorted(np.flatnonzero(mask).tolist()), each.message) for each, mask in every]
    return own, [each.check for each in folded]


@pytest.fixture
def towns(make):
    return make({"town": ["Delft"] * 20, "seat": ["Delft"] * 20, "site": ["a", "b"] * 10, "n": [1.5] * 20})


def test_what_is_sure_is_told_once_per_way_and_the_rest_is_not(towns):
    repairs = [repair(1, "DELFT", "Delft"), repair(2, "DELFT", "Delft"), repair(5, "Delftt", "Delft")]
    repairs += [repair(7, "Breda", "Delft", sure=0.89), repair(8, "Breda", "Delft", sure=None)]
    assert [each[:2] for each in found(towns, repairs)[0]] == [(("town",), [1, 2]), (("town",), [5])]


def test_sources_stand_apart_and_are_named(towns):
    repairs = [repair(row, "Breda", "Delft", "source") for row in (0, 1, 2, 3)]
    told, _ = found(towns, repairs, told_by={"town": "site"})
    assert [(rows, message.split(":")[0]) for _, rows, message in told] == [
        ([0, 2], '2 cells of "a" contradict other sources'),
        ([1, 3], '2 cells of "b" contradict other sources'),
    ]


def test_dates_of_two_forms_are_two_groups_and_codes_with_and_without_a_space_one(towns):
    repairs = [repair(0, "3.12.2020", "2020-12-03", "format"), repair(1, "3.12.20", "2020-12-03", "format")]
    repairs += [repair(2, "3011AB", "3011 AB", "format", "seat"), repair(3, "3012-AB", "3012 AB", "format", "seat")]
    assert [rows for _, rows, _ in found(towns, repairs)[0]] == [[0], [1], [2, 3]]


def test_units_stand_apart_by_their_factor_unless_there_are_many(towns):
    repairs = [repair(row, old, "2.0", "scale", "n") for row, old in enumerate(["20", "200", "20"])]
    assert [rows for _, rows, _ in found(towns, repairs)[0]] == [[0, 2], [1]]
    repairs = [repair(row, str(50 + 18 * row), str(10 + 10 * row), "scale", "n") for row in range(6)]  # Fahrenheit
    assert [rows for _, rows, _ in found(towns, repairs)[0]] == [[0, 1, 2, 3, 4, 5]]


def test_columns_exchanged_in_the_same_rows_are_one_finding_without_a_step(towns):
    repairs = [repair(row, "Breda", "Delft", "swapped", name) for row in (3, 4) for name in ("town", "seat")]
    repairs += [repair(9, "Breda", "Delft", "swapped", "seat")]
    assert [each[:2] for each in found(towns, repairs[:4])[0]] == [(("town", "seat"), [3, 4])]
    assert "In 2 rows town and seat" in found(towns, repairs[:4])[0][0][2]
    assert [each[:2] for each in found(towns, repairs)[0]] == [(("town",), [3, 4]), (("seat",), [3, 4, 9])]


def finding(check, rows, columns=("town",), severity=None):
    mask = np.isin(np.arange(20), rows)
    return REGISTRY[check].finding(Hit(mask, "said", columns=columns, severity=severity), columns), mask


def test_what_a_finding_tells_of_the_same_rows_is_not_told_again(towns):
    repairs = [repair(row, "Breda", "Delft") for row in (1, 2, 3)]
    same = finding("broken_dependency", [1, 2, 3], ("site", "town"))
    assert len(found(towns, repairs, [same])[0]) == 1
    wider = finding("broken_dependency", [1, 2, 3, 4, 5], ("site", "town"))  # of another column, perhaps
    assert len(found(towns, repairs, [wider])[0]) == 2
    forms = finding("spaces_around_text", [1, 2, 3, 4, 5])  # of this very column
    assert len(found(towns, repairs, [forms])[0]) == 1
    elsewhere = finding("spaces_around_text", [1, 2, 3], ("seat",))
    assert len(found(towns, repairs, [elsewhere])[0]) == 2
    assert len(found(towns, repairs, [finding("outliers", [1, 2, 3], severity="note")])[0]) == 2
    assert len(found(towns, repairs, [finding("direct_identifiers", list(range(20)))])[0]) == 2


def test_a_rougher_finding_gives_way_to_groups_that_tell_its_rows_apart(towns):
    repairs = [repair(row, "DELFT", "Delft") for row in (1, 2)] + [repair(row, "Delftt", "Delft") for row in (5, 6)]
    both = finding("several_names", [1, 2, 5, 6])
    told, folded = found(towns, repairs, [both])
    assert ([rows for _, rows, _ in told], folded) == ([[1, 2], [5, 6]], ["several_names"])
    more = finding("several_names", [1, 2, 5, 6, 9, 10])  # it knows more
    told, folded = found(towns, repairs, [more])
    assert ([rows for _, rows, _ in told], folded) == ([[1, 2, 5, 6, 9, 10]], [])
    one = finding("several_names", [1, 2])  # the same as one of the groups: it has a step of its own
    assert found(towns, repairs[:2], [one]) == ([(("town",), [1, 2], "said")], [])


def test_the_step_of_a_finding_repairs_it(make):
    table = make({"town": ["Delftt", "Delft", "Breda", "Breda"]})
    every, _ = with_wrong_values(
        [], Proposals([repair(0, "Delftt", "Delft"), repair(2, "Breda", "Delft")], [], []), table
    )
    assert [each.fix for each, _ in every] == [
        {"op": "replace_values", "with": {"column": "town", "mapping": {"Delftt": "Delft"}}},
        {"op": "set_cells", "with": {"column": "town", "cells": {"3": "Delft"}, "was": {"3": "Breda"}}},
    ]


@pytest.fixture
def parcels():
    """Towns by their postal code: 6 slips, 5 in capitals, 4 towns of another code; 4 sizes without their
    decimal point.
    """
    towns = {"3011": "Rotterdam", "2611": "Delft", "9712": "Groningen", "6511": "Nijmegen"}
    codes = [list(towns)[row % 4] for row in range(400)]
    named = [towns[code] for code in codes]
    for row in range(0, 24, 4):
        named[row] = "Roterdam"
    for row in range(101, 121, 4):
        named[row] = "DELFT"
    for row in range(202, 218, 4):
        named[row] = "Nijmegen"
    sizes = [row % 97 + 10.5 for row in range(400)]
    for row in (30, 50, 70, 90):
        sizes[row] *= 10
    return {"parcel": [f"P{row:04}" for row in range(400)], "code": codes, "town": named, "size": sizes}


def test_a_profile_tells_what_only_other_rows_show(make, parcels, tmp_path, capsys):
    table = make(parcels)
    profile, proposals = full_profile(table)
    rows = {tuple(each["rows"]) for each in profile["findings"]}
    assert {tuple(range(0, 24, 4)), tuple(range(101, 121, 4)), tuple(range(202, 218, 4))} <= rows
    assert proposals is not None
    plain, _ = profile_table(table)
    assert scores(profile) == scores(plain)
    assert changed(plain, profile) == {"better": [], "worse": []}

    file, out = tmp_path / "parcels.csv", tmp_path / "findings.csv"
    with file.open("w", newline="") as target:
        csv.writer(target).writerows([list(parcels), *zip(*parcels.values(), strict=True)])
    main(["profile", str(file), "--json", "--findings", str(out), "--today", "2024-01-01"])
    told = json.loads(capsys.readouterr().out)
    assert len(told["findings"]) == len(profile["findings"])
    with out.open() as source:
        written = {(each["check"], int(each["row"])) for each in csv.DictReader(source)}
    own = [each for each in told["findings"] if each["check"] == "wrong_values"]
    assert own
    assert {("wrong_values", row) for each in own for row in each["rows"]} <= written
    main(["profile", str(file), "--json", "--quick"])
    quick = json.loads(capsys.readouterr().out)
    assert [each["check"] for each in quick["findings"]] == [each["check"] for each in plain["findings"]]


def test_rows_of_a_large_table_are_not_compared(make, parcels, monkeypatch):
    monkeypatch.setattr(module, "MOST_CELLS", 4 * 400 - 1)
    profile, proposals = full_profile(make(parcels))
    assert proposals is None
    assert profile["findings"] == profile_table(make(parcels))[0]["findings"]
