"""Which steps touched a column, told by hand for a small recipe."""

import json

import pytest

from dataops_core.cli.main import main

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
