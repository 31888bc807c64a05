"""Which steps touched a column, told by hand for a small recipe."""

import json
import re

import pytest

from dataops_core.cli.main import main
from dataops_core.export.lineage_graph import history_graph

STEPS = [
    {"op": "trim_spaces", "with": {"columns": ["city", "name"]}},
    {"op": "fill_missing", "with": {"columns": ["income"], "how": "median", "by": ["city"]}},
    {"op": "rename_columns", "with": {"names": {"income": "pay"}}},
    {"op": "copy_column", "with": {"column": "pay", "into": "pay_band"}},
    {"op": "drop_columns", "with": {"columns": ["name"]}},
    {"op": "drop_duplicate_rows", "with": {}},
    {"op": "trim_spaces", "with": {"columns": ["city"]}, "off": True},
]


@pytest.fixture
def told(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("name,city,income\nann, Rome,10\nbob,Rome,\ncy ,Paris,30\ndi,Paris,30\n")
    (tmp_path / "r.json").write_text(json.dumps({"steps": STEPS}))
    assert main(["commit", "people", "t.csv", "--recipe", "r.json", "-m", "m"]) == 0
    capsys.readouterr()

    def call(*more: str) -> dict:
        assert main(["lineage", "people", "1", "--json", *more]) == 0
        return json.loads(capsys.readouterr().out)

    return call


def steps(column: dict) -> list[tuple]:
    return [(each["step"], each["did"], each["cells"], tuple(each["using"])) for each in column["steps"]]


def test_each_column_has_the_steps_that_touched_it_and_no_other(told):
    found = told()
    columns = {each["column"]: each for each in found["columns"]}
    assert list(columns) == ["city", "pay", "pay_band", "name"]
    assert steps(columns["city"]) == [(1, "changed", 1, ())]
    assert steps(columns["pay"]) == [(2, "changed", 1, ("city",)), (3, "renamed", 0, ())]
    assert columns["pay"]["sources"] == ["income", "city"]  # the median was that of its city
    assert steps(columns["pay_band"])[-1] == (4, "made", 0, ("pay",))
    assert [each[0] for each in steps(columns["pay_band"])] == [2, 3, 4]
    assert columns["pay_band"]["sources"] == ["income", "city"]
    assert steps(columns["name"]) == [(1, "changed", 1, ()), (5, "removed", 0, ())]
    assert [columns[name]["kept"] for name in columns] == [True, True, True, False]
    assert [(each["step"], each["dropped"], each["added"]) for each in found["rows"]] == [(6, 2, 0)]


def test_one_column_is_asked_for_by_name(told, capsys):
    assert [each["column"] for each in told("--column", "pay")["columns"]] == ["pay"]
    assert main(["lineage", "people", "1", "--column", "name"]) == 0
    assert "name (removed): from name\n  step 1: " in capsys.readouterr().out
    assert main(["lineage", "people", "1", "--column", "citty"]) == 2
    assert "city" in capsys.readouterr().err


def drawn(graph: str) -> tuple[list[str], set[tuple[str, str]]]:
    """The labels of a graph's boxes, and its arrows by labels."""
    boxes = {
        name: re.sub(r"\\(.)", r"\1", label.replace("\\n", " "))
        for name, label in re.findall(r'^  (n\d+) \[label="((?:[^"\\]|\\.)*)"', graph, re.MULTILINE)
    }
    arrows = re.findall(r"^  (n\d+) -> (n\d+);", graph, re.MULTILINE)
    assert len(graph.splitlines()) == 2 + len(boxes) + len(arrows)
    return list(boxes.values()), {(boxes[one], boxes[other]) for one, other in arrows}


def test_the_graph_of_a_column_goes_from_its_sources_through_its_steps(told, capsys):
    assert main(["lineage", "people", "1", "--column", "pay", "--dot"]) == 0
    boxes, arrows = drawn(capsys.readouterr().out)
    fill, rename, drop = (next(box for box in boxes if box.startswith(f"{n}. ")) for n in (2, 3, 6))
    assert "changed, 1 cell)" in fill and "2 rows dropped" in drop
    assert arrows == {("income", fill), ("city", fill), (fill, rename), (rename, drop), (drop, "pay")}


def test_versions_that_begin_alike_share_their_steps(told, tmp_path, capsys):
    more = [*STEPS[:3], {"op": "drop_columns", "with": {"columns": ["city"]}}]
    (tmp_path / "r.json").write_text(json.dumps({"steps": more}))
    assert main(["commit", "people", "t.csv", "--recipe", "r.json", "-m", 'with "quotes" and \\']) == 0
    capsys.readouterr()
    assert main(["lineage", "people", "--dot"]) == 0
    boxes, arrows = drawn(capsys.readouterr().out)
    assert boxes.count("t.csv") == 1 and 'Version 2: with "quotes" and \\' in boxes
    assert len(boxes) == 1 + 6 + 1 + 1 + 1  # file; steps of one; its version; the other's own step, and version
    into = {other: sorted(one for one, last in arrows if last == other) for _, other in arrows}
    assert all(len(before) == 1 for before in into.values())


def test_a_graph_of_nothing_is_a_graph():
    assert drawn(history_graph([])) == ([], set())
