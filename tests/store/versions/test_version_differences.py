"""What differs between two versions besides cells: rules and groups of people, counted by hand."""

import json

import pytest

from dataops_core.cli.main import main
from dataops_core.rules import Rule
from dataops_core.store import dataset_rules, datasets, versions
from dataops_core.store.results.version_differences import group_differences, rule_differences
from dataops_core.store.store import Store

# of 60 women 30 have the good outcome, of 60 men 45; in the second file the women who have it are gone
FIRST = [("f", "yes")] * 30 + [("f", "no")] * 30 + [("m", "yes")] * 45 + [("m", "no")] * 15
SECOND = [each for each in FIRST if each != ("f", "yes")] + [("f", "yes")] * 10
RANGE = Rule.from_json({"kind": "range", "column": "age", "min": 0, "max": 120})


def text(rows, odd=()):
    lines = [f"{n},{sex},{bought},{500 if n in odd else 20 + n % 50}\n" for n, (sex, bought) in enumerate(rows)]
    return "id,sex,bought,age\n" + "".join(lines)


@pytest.fixture
def two(tmp_path, monkeypatch):
    """A version with three rows that fail its rule, and one without them, and with fewer women who bought."""
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.csv").write_text(text(FIRST, odd=(1, 2, 70)))
    (tmp_path / "two.csv").write_text(text(SECOND))
    store = Store()
    project = datasets.default_project(store, store.person)
    made = datasets.add(store, project, tmp_path / "one.csv", "one.csv", store.person, name="shop")
    roles = {"sensitive": ["sex"], "target": "bought", "favorable": "yes"}
    datasets.set_roles(store, made, datasets.get(store, made).revision, roles, store.person)
    dataset_rules.add(store, made, [RANGE], store.person)
    versions.commit(store, made, "as it came", store.person, reason="not mended yet")
    assert main(["commit", "shop", "two.csv", "-m", "fewer women"]) == 0
    return store, made


def test_groups_and_rules_are_told_beside_rows_and_cells(two, capsys):
    capsys.readouterr()
    assert main(["diff", "shop", "1", "2", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["rules"] == [
        {
            "says": told["rules"][0]["says"],
            "before": "failed",
            "after": "passed",
            "failing_before": 3,
            "failing_after": 0,
        }
    ]
    (sex,) = told["groups"]
    assert sex["column"] == "sex"
    assert (sex["gap_before"], sex["gap_after"]) == (pytest.approx(0.75 - 0.5), pytest.approx(0.75 - 0.25))
    assert {each["group"]: each for each in sex["groups"]} == {
        "f": {"group": "f", "rows_before": 60, "rows_after": 40, "rate_before": 0.5, "rate_after": 0.25},
        "m": {"group": "m", "rows_before": 60, "rows_after": 60, "rate_before": 0.75, "rate_after": 0.75},
    }
    assert main(["diff", "shop", "1", "2"]) == 1
    said = capsys.readouterr().out
    assert "Groups of sex, gap 25.0% to 50.0%" in said and "f: 60 to 40 rows, good outcome 50.0% to 25.0%" in said
    assert "Rule failed to passed, rows that fail 3 to 0" in said


def test_a_version_and_itself_differ_in_nothing(two, capsys):
    capsys.readouterr()
    assert main(["diff", "shop", "2", "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rules"] == [] and told["groups"][0]["gap_before"] == told["groups"][0]["gap_after"]


def test_a_rule_that_came_or_went_is_told(two):
    store, made = two
    one = versions.get(store, made, 1).manifest
    without = {key: value for key, value in one.items() if key != "rules"}
    (went,), (came,) = rule_differences(one, without), rule_differences(without, one)
    assert (went.before, went.after, came.before, came.after) == ("failed", "", "", "failed")
    assert rule_differences(one, one) == [] and came.failing_after == 3


def test_without_roles_there_are_no_groups_and_they_are_counted_once(two):
    store, made = two
    pair = [versions.get(store, made, number) for number in (1, 2)]
    assert versions.compare_groups(store, *pair, run=False) is None
    first = versions.compare_groups(store, *pair)
    assert first and versions.compare_groups(store, *pair, run=False) == first
    assert group_differences(store, pair[0].state, pair[1].state, {}) == []
