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
    women, men = ({each["group"]: each for each in sex["groups"]}[name] for name in "fm")
    assert (women["rows_before"], women["rows_after"]) == (60, 40)
    assert (women["rate_before"], women["rate_after"], men["rate_after"]) == (0.5, 0.25, 0.75)
    # Wilson's interval of 30 of 60 and 10 of 40, and Newcombe's of the differences, by hand:
    assert women["rate_ci_before"] == pytest.approx([0.3773502, 0.6226498], abs=1e-6)
    assert women["rate_ci_after"] == pytest.approx([0.1418714, 0.4019396], abs=1e-6)
    assert men["gap_after"] == pytest.approx(0.5)
    assert men["gap_ci_after"] == pytest.approx([0.305, 0.642], abs=1e-3)
    assert sex["reference"] == "f" and women["gap_after"] is None and women["gap_ci_after"] is None
    assert (sex["clear_before"], sex["clear_after"]) == (True, True)
    assert (men["verdict_before"], men["verdict_after"], women["verdict_after"]) == ("clear", "clear", "")
    assert told["distributions"]["sex"] == {
        "binned": False,
        "labels": ["m", "f"],
        "before": [60, 60],
        "after": [60, 40],
        "distance": 0.1,
    }
    assert main(["diff", "shop", "1", "2"]) == 1
    said = capsys.readouterr().out
    assert "Groups of sex, gap 25.0% (clear) to 50.0% (clear)" in said and "f: 60 to 40 rows" in said
    assert "good outcome 50.0% (37.7% to 62.3%) to 25.0% (14.2% to 40.2%)" in said
    assert (
        "gap to f +25.0% (7.7% to 40.3%, clear) to +50.0%" in said and "Distribution of sex: 10.0% of the rows" in said
    )
    assert "Rule failed to passed, rows that fail 3 to 0" in said


def test_a_gap_that_chance_explains_is_not_called_clear(tmp_path, monkeypatch, capsys):
    """Of 40 women 20 have the good outcome, of 40 men 22: a gap of 5 % that many draws without any gap have."""
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    rows = [("f", "yes")] * 20 + [("f", "no")] * 20 + [("m", "yes")] * 22 + [("m", "no")] * 18
    (tmp_path / "one.csv").write_text(text(rows))
    store = Store()
    made = datasets.add(
        store, datasets.default_project(store, store.person), tmp_path / "one.csv", "one.csv", store.person, name="shop"
    )
    roles = {"sensitive": ["sex"], "target": "bought", "favorable": "yes"}
    datasets.set_roles(store, made, datasets.get(store, made).revision, roles, store.person)
    versions.commit(store, made, "one", store.person)
    versions.commit(store, made, "two", store.person)
    assert main(["diff", "shop", "1", "2", "--json"]) == 0
    (sex,) = json.loads(capsys.readouterr().out)["groups"]
    assert sex["gap_before"] == pytest.approx(0.05) and sex["clear_before"] is False
    other = next(each for each in sex["groups"] if each["gap_before"] is not None)
    low, high = other["gap_ci_before"]
    assert low < 0 < high and other["verdict_before"] == "may be chance"


def test_the_report_is_one_file_without_small_groups_and_values(two, tmp_path, capsys):
    assert main(["diff", "shop", "1", "2", "--html", str(tmp_path / "d.html")]) == 1
    text_ = (tmp_path / "d.html").read_text()
    for part in ("Rows and columns", "Distributions", "Rules", "Groups of people", "How to repeat it"):
        assert f">{part}</h2>" in text_
    assert (
        "14.2% to 40.2%" in text_ and "+50.0%" in text_ and "clear" in text_ and "do not say whether a change" in text_
    )
    assert "http" not in text_.replace("http-equiv", "") and "<script" not in text_
    again = (tmp_path / "d.html").read_bytes()
    assert main(["diff", "shop", "1", "2", "--html", str(tmp_path / "d.html")]) == 1
    assert (tmp_path / "d.html").read_bytes() == again
    assert main(["diff", "shop", "1", "2", "--html", str(tmp_path)]) == 2


def test_few_people_are_not_counted_in_the_report(tmp_path, monkeypatch):
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    rows = [("f", "yes")] * 20 + [("f", "no")] * 20 + [("x", "yes")] * 3 + [("m", "no")] * 18
    (tmp_path / "one.csv").write_text(text(rows))
    (tmp_path / "two.csv").write_text(text(rows[:-1]))
    store = Store()
    made = datasets.add(
        store, datasets.default_project(store, store.person), tmp_path / "one.csv", "one.csv", store.person, name="shop"
    )
    roles = {"sensitive": ["sex"], "target": "bought", "favorable": "yes"}
    datasets.set_roles(store, made, datasets.get(store, made).revision, roles, store.person)
    versions.commit(store, made, "one", store.person)
    assert main(["commit", "shop", str(tmp_path / "two.csv"), "-m", "two"]) == 0
    assert main(["diff", "shop", "1", "2", "--html", str(tmp_path / "d.html")]) == 1
    text_ = (tmp_path / "d.html").read_text()
    groups = text_[text_.index("Groups of people</h2>") :]
    assert groups.count(">suppressed<") == 2 * 2 * 2, "x, and the smallest other group, from which it would follow"
    assert "(other values)" in text_ and ">3<" not in text_ and ">40<" in groups


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
