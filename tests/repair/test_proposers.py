"""The proposers one by one, on tables small enough to follow by hand."""

import numpy as np
import pytest

from dataops_core.repair import agreement, dependencies, slips
from dataops_core.repair.candidates import Candidates, _one_of_linked, search
from dataops_core.repair.dependencies import Dependency, by_chance, strength
from dataops_core.repair.notation import forms

CITY = ["Rome", "Oslo", "Bonn", "Lyon", "Kyiv"]
LAND = ["Italy", "Norway", "Germany", "France", "Ukraine"]


def columns_of(rows=200, **more):
    return {
        "city": [CITY[n % 5] for n in range(rows)],
        "land": [LAND[n % 5] for n in range(rows)],
        "n": list(range(rows)),
        **more,
    }


def found(table):
    """The candidates: column, row, new value."""
    result = search(table)
    made = set()
    for each in result.found:
        column = result.repaired.columns[each.column]
        for row, code in zip(each.rows.tolist(), each.codes.tolist(), strict=True):
            made.add((column.name, row, column.values[code]))
    return made


def test_strength_is_the_share_of_agreeing_pairs_freed_of_chance():
    groups = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2])
    codes = np.array([0, 0, 1, 1, 1, 1, 2, 2, 2])
    # pairs that agree: 2 of 6, 6 of 6, 6 of 6; any two rows: (2 + 12 + 6) / 72
    share = (2 / 6 * 3 + 3 + 3) / 9
    base = (2 * 1 + 4 * 3 + 3 * 2) / 72
    # without those that both hold 1, the most frequent value: 2 of 6, none, 6 of 6; any two rows: 13 of 65
    apart = (2 + 6) / (6 + 6)
    assert strength(groups, codes, 3, by_chance(np.bincount(codes))) == pytest.approx(((apart - 0.2) / 0.8, 9, 3))
    assert (apart - 0.2) / 0.8 < (share - base) / (1 - base)


def test_a_usual_value_that_stands_together_in_many_groups_is_no_dependency(coded):
    rng = np.random.default_rng(3)
    games = np.where(rng.random(900) < 0.6, 0, rng.integers(1, 30, 900))
    runs = np.where(games == 0, 0, rng.integers(0, 9, 900))
    table = coded({"games": games.tolist(), "runs": runs.tolist()})
    assert not [each for each in dependencies.find(table) if each.following == 1]


def test_what_is_measured_decides_only_what_hardly_ever_contradicts_it(coded):
    rng = np.random.default_rng(4)
    lengths = np.round(rng.integers(20, 60, 900) / 7, 3)
    kinds = np.array([f"k{int(length * 7) % 9}" for length in lengths], dtype=object)
    wrong = rng.choice(900, 72, replace=False)
    kinds[wrong] = "k0"
    names = [f"n{length}" for length in lengths]
    table = coded({"length": lengths.tolist(), "name": names, "kind": kinds.tolist()})
    deciding = {each.deciding for each in dependencies.find(table) if each.following == 2}
    assert (1,) in deciding and (0,) not in deciding


def test_independent_columns_have_no_strength_however_many_groups_there_are():
    rng = np.random.default_rng(1)
    groups, codes = rng.integers(0, 400, 1000), rng.integers(0, 5, 1000)
    assert abs(strength(groups, codes, 5, by_chance(np.bincount(codes)))[0]) < 0.08


def test_a_key_and_a_near_key_decide_nothing(coded):
    names = [f"k{n}" for n in range(196)] + ["k0", "k1", "k2", "k3"]
    table = coded(columns_of(200, key=names))
    assert not any(3 in each.deciding for each in dependencies.find(table))


def test_two_columns_decide_where_neither_does_alone(coded):
    rng = np.random.default_rng(2)
    a, b = rng.integers(0, 4, 400), rng.integers(0, 4, 400)
    table = coded(
        {"a": [f"a{x}" for x in a], "b": [f"b{x}" for x in b], "c": [f"c{x}{y}" for x, y in zip(a, b, strict=True)]}
    )
    assert {(each.deciding, each.following) for each in dependencies.find(table)} >= {((0, 1), 2)}


def test_a_cell_that_contradicts_its_group_gets_the_value_of_the_group(coded):
    columns = columns_of()
    columns["land"][7] = "Norway"
    assert ("land", 7, "Germany") in found(coded(columns)) or ("city", 7, "Oslo") in found(coded(columns))


def test_a_missing_cell_gets_what_its_group_agrees_on(coded):
    columns = columns_of()
    columns["land"][7] = None
    assert found(coded(columns)) == {("land", 7, "Germany")}


def test_ties_are_left_alone(coded):
    columns = {"k": [f"k{n // 2}" for n in range(100)], "v": [f"v{n // 2}" for n in range(100)]}
    columns["v"][10] = "v99"
    assert found(coded(columns)) == set()


def test_a_rule_of_its_own_is_no_error(coded):
    code = [f"m{n % 8}" for n in range(400)]
    state = ["AL" if n < 376 else "AK" for n in range(400)]
    average = [f"{s} {c}" for s, c in zip(state, code, strict=True)]
    assert found(coded({"code": code, "state": state, "average": average})) == set()


def test_a_rare_category_is_no_error_though_its_group_agrees_on_another(coded):
    relation = ["wife", "child", "other", "cousin"] * 100
    status = ["civil marriage", "single", "divorced", "widowed"] * 100
    for row in range(0, 48, 8):
        status[row] = "army marriage"
    assert found(coded({"relation": relation, "status": status})) == set()


def test_a_row_that_contradicts_its_group_everywhere_is_in_the_wrong_group(coded):
    names = ["Star", "Moon", "Sun", "Sky", "Sea"]
    columns = {
        "name": [names[n % 5] for n in range(100)],
        "city": [CITY[n % 5] for n in range(100)],
        "land": [LAND[n % 5] for n in range(100)],
        "owner": [f"owner {n % 5}" for n in range(100)],
    }
    for name, value in (("city", "Perth"), ("land", "Australia"), ("owner", "owner 9")):  # another Star
        columns[name][5] = value
    assert found(coded(columns)) == set()


def test_a_sign_that_stands_for_many_letters_is_learned_and_resolved(coded):
    rng = np.random.default_rng(3)
    columns = columns_of(400, kind=["acute care" if n % 3 else "long term care" for n in range(400)])
    truth = {name: list(cells) for name, cells in columns.items()}
    for name in ("city", "land"):
        for row in rng.choice(400, 20, replace=False).tolist():
            text = columns[name][row]
            at = int(rng.integers(len(text)))
            columns[name][row] = text[:at] + "x" + text[at + 1 :]
    columns["kind"][11] = "axute cxre"
    result = search(coded(columns))
    assert result.sign == "x"
    for name in ("city", "land", "kind"):
        column = result.repaired.columns[result.repaired.place(name)]
        assert [column.values[code] for code in column.codes] == truth[name]


def test_a_letter_wrong_in_a_rare_value_is_a_slip_but_not_among_codes(coded):
    table = coded({"a": ["Amsterdam"] * 50 + ["Amsterdm"], "b": ["AB12"] * 50 + ["AB13"]})
    assert [(each.new, each.code) for each in slips.find(table.columns[0], None)] == [("Amsterdam", 1)]
    assert list(slips.find(table.columns[1], None)) == []


def test_where_frequent_values_are_a_letter_apart_a_rare_one_is_no_slip(coded):
    column = coded({"a": ["Marta"] * 40 + ["Marte"] * 40 + ["Martal"]}).columns[0]
    assert [each for each in slips.find(column, None) if each.sure >= 0.5] == []
    column = coded({"a": ["Marta"] * 40 + ["Julia"] * 40 + ["Martas"]}).columns[0]
    assert [each.new for each in slips.find(column, None) if each.sure >= 0.5] == ["Marta"]


def test_units_written_in_several_ways_leave_the_number(coded):
    column = coded({"a": ["12.0 oz"] * 40 + ["12 oz."] * 20 + ["16.0 ounce"] * 20 + ["24 OZ can"]}).columns[0]
    rewriting = next(forms.amounts(column))
    assert {column.values[at]: new for at, new in rewriting.new.items()} == {
        "12.0 oz": "12",
        "12 oz.": "12",
        "16.0 ounce": "16",
        "24 OZ can": "24",
    }


def test_one_unit_everywhere_is_no_error(coded):
    assert list(forms.amounts(coded({"a": [f"{n} patients" for n in range(90)]}).columns[0])) == []


@pytest.mark.parametrize(("scale", "expected"), [(1, True), (100, False)])
def test_a_per_cent_sign_is_stripped_only_where_it_contradicts_the_range(coded, scale, expected):
    plain = [f"{0.04 + n / 1000:.3f}" for n in range(80)]
    signed = [f"{(0.04 + n / 1000) * scale:.3f}%" for n in range(0, 80, 8)]
    assert bool(list(forms.amounts(coded({"a": plain + signed}).columns[0]))) is expected


def test_two_values_in_one_cell_are_split_where_the_other_is_missing(coded):
    columns = {
        "city": [*CITY * 10, "San Jose CA", "Reno, NV", "Provo UT"],
        "state": [*["CA", "NV", "UT"] * 17, None, None],
    }
    columns["state"] = [*["CA", "NV", "UT", "CA", "NV"] * 10, None, None, None]
    split = next(forms.splits(coded(columns)))
    assert (split.rows.tolist(), split.left, split.right) == (
        [50, 51, 52],
        ["San Jose", "Reno", "Provo"],
        ["CA", "NV", "UT"],
    )


def test_spellings_follow_the_usual_one_and_even_ones_stay(coded):
    column = coded({"a": ["Rome"] * 30 + ["ROME", " Rome"] + ["yes"] * 5 + ["Yes"] * 5 + ["Bonn "]}).columns[0]
    told = [(each.why, {column.values[at]: new for at, new in each.new.items()}) for each in forms.spellings(column)]
    assert told == [
        ("only case or spaces differ from a value that occurs far more often", {"ROME": "Rome", " Rome": "Rome"}),
        ("spaces at the start or the end", {"Bonn ": "Bonn"}),
    ]


def test_votes_of_two_columns_count_more_than_of_one(coded):
    columns = columns_of(60, code=[f"c{n % 5}" for n in range(60)])
    columns["land"][8] = "Perth"
    table = coded(columns)
    made = agreement.ballots(table, dependencies.find(table))
    own = [each for each in made if each.dependency.following == 1]
    doubts = agreement.trust(made, table.rows)
    counts = [column.counts for column in table.columns]
    one = agreement.votes(table, 1, own[:1], doubts, counts)
    both = agreement.votes(table, 1, own, doubts, counts)
    assert len(own) >= 2
    assert both.score[both.rows == 8] > one.score[one.rows == 8]


def test_the_word_of_one_other_row_is_not_enough_against_a_value_as_frequent(coded):
    owner = [f"owner {n // 4}" for n in range(240)]
    street = [f"street {n // 4}" for n in range(240)]
    phone = [f"555-{n // 4:04}" for n in range(240)]
    owner[236:], street[236:], phone[236:] = ["x", "x", "y", "y"], ["a", "b", "c", None], ["1", "1", "2", "2"]
    assert not {each for each in found(coded({"owner": owner, "street": street, "phone": phone})) if each[1] >= 236}


def test_of_linked_candidates_of_a_row_the_surer_one_is_taken():
    def candidate(column, rows, score, cause="agreement"):
        return Candidates(column, cause, np.array(rows), np.zeros(len(rows), np.int32), np.array(score))

    known = [Dependency((0,), 1, 0.95, 100, 10)]
    some = [candidate(0, [3, 4], [0.98, 0.91]), candidate(1, [3, 4, 5], [0.95, 0.97, 0.92]), candidate(2, [3], [0.9])]
    kept = _one_of_linked(some, known, 10)
    assert [each.rows.tolist() for each in kept] == [[3], [4, 5], [3]]
    slip = _one_of_linked([candidate(0, [3], [0.98]), candidate(1, [3], [0.95], "slip")], known, 10)
    assert [each.rows.tolist() for each in slip] == [[3], [3]]  # a slip is one whatever the rest of the row holds


def test_where_the_cell_that_decides_is_wrong_what_follows_from_it_stays(coded):
    rng = np.random.default_rng(5)
    zone = [f"zone {n % 6}" for n in range(600)]
    sensor = [f"sensor {n % 6}" for n in range(600)]
    hall = [f"hall {n % 6}" for n in range(600)]
    for at in rng.choice(600, 20, replace=False).tolist():
        zone[at] = f"zone {(at + 1 + int(rng.integers(5))) % 6}"
    table = coded({"zone": zone, "sensor": sensor, "hall": hall})
    assert {each[0] for each in found(table)} == {"zone"}


@pytest.mark.parametrize(
    "cells",
    [
        [f"{n % 4}.{['NL', 'SP', 'SW'][n % 7 % 3]}" for n in range(300)],  # places, by number and country
        [f"{n % 2 + 1}. {('Industrial', 'Information')[n % 2]}" for n in range(300)],
        [f"{n % 90 + 10}{['', '', '', 'A', 'B', 'C'][n % 6]}" for n in range(300)],  # courses
        [f"{n % 90 + 10} {['kg', 'lb'][n % 3 == 0]}" for n in range(300)],
    ],
)
def test_what_is_part_of_a_code_or_another_unit_is_not_cut_off(coded, cells):
    assert list(forms.amounts(coded({"a": cells}).columns[0])) == []
