"""What is exported, loaded by the real tools: the same verdict, rule by rule, on clean and on spoiled data.

The tools clash with what the workbench pins, so they live in environments of their own (requirements-rules.txt):
DATAOPS_VALIDATORS names the Python that has pandera, Great Expectations and Frictionless, DATAOPS_DATACONTRACT the
command of the Data Contract CLI. Without them these tests are skipped.
"""

import functools
import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from dataops_core.read import read_file
from dataops_core.rules import Rule, RuleSet, check_rules, formats, suggest_rules
from dataops_core.write import write_file
from tests.conftest import REAL
from tests.rules.draws import orders, patients

PYTHON = os.environ.get("DATAOPS_VALIDATORS")
STATES = ("clean", "spoiled", "mistyped")
CONTRACT = os.environ.get("DATAOPS_DATACONTRACT") or shutil.which("datacontract")
SAMPLE = Path(__file__).parents[2] / "sample_data" / "loan_applications.csv"
ADULT = REAL / "adult.csv"
needs_python = pytest.mark.skipif(
    not PYTHON, reason="DATAOPS_VALIDATORS names no Python with pandera, GX, Frictionless"
)
needs_contract = pytest.mark.skipif(not CONTRACT, reason="DATAOPS_DATACONTRACT names no Data Contract CLI")


def spoil(frame: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """Faults of many kinds in every column, in rows that lie apart."""
    rng, dirty = np.random.default_rng(seed), frame.astype(object).where(frame.notna(), None)
    for name in frame.columns:
        rows = rng.choice(len(frame) - 1, 4, replace=False)
        number = pd.api.types.is_numeric_dtype(frame[name]) and not pd.api.types.is_bool_dtype(frame[name])
        column = dirty.columns.get_loc(name)
        dirty.iloc[rows[0], column] = None
        dirty.iloc[rows[1], column] = -987654321 if number else "no such value 12"
        dirty.iloc[rows[2], column] = dirty.iloc[rows[2] + 1, column]
        if number:
            dirty.iloc[rows[3], column] = 987654321987
        elif frame[name].dtype == object:
            dirty.iloc[rows[3], column] = f" {dirty.iloc[rows[3], column]} "
    return dirty


def mistype(frame: pd.DataFrame) -> pd.DataFrame:
    """A word in every column of numbers and dates, each in another row: all of the column is read as text then."""
    dirty = frame.astype(object).where(frame.notna(), None)
    for at, name in enumerate(frame.columns):
        if frame[name].dtype != object:
            dirty.iloc[10 + 7 * at, at] = "abc12"
    return dirty


SOURCES = {
    "adult": lambda: pd.read_csv(ADULT, skipinitialspace=True, na_values="?"),
    "sample": lambda: pd.read_csv(SAMPLE),
    "orders": lambda: orders(1),
    "patients": lambda: patients(1),
}


@functools.cache
def prepared(name, folder):
    """Rules, the types of columns, and by state (clean, spoiled): the file and our verdicts."""
    if name == "adult" and not ADULT.exists():
        pytest.skip("adult.csv is not present beside the checkout")
    frame = SOURCES[name]()
    frame.to_csv(folder / f"{name}.csv", index=False)
    table = read_file(folder / f"{name}.csv", folder / f"{name}.parquet").table
    found = RuleSet(tuple(suggest_rules(table)), name, {column.name: column.type for column in table.columns})
    states = {}
    for state, data in (
        ("clean", table.frame()),
        ("spoiled", spoil(table.frame())),
        ("mistyped", mistype(table.frame())),
    ):
        csv = folder / f"{name}-{state}.csv"
        data.to_csv(csv, index=False)
        ours = read_file(csv, folder / f"{name}-{state}.parquet").table
        csv = folder / f"{name}-{state}-written.csv"
        write_file(ours, csv)
        states[state] = csv, {each.rule.key: each for each in check_rules(ours, found.rules)}
    return found, states


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tools")


def asked(tool, found, csv, folder):
    """What another tool says, and the rules that were left out for it."""
    made = formats.export_rules(found, tool)
    path = folder / f"exported.{'py' if tool == 'pandera' else 'json'}"
    path.write_text(made.text, encoding="utf-8")
    script = Path(__file__).with_name("validator.py")
    command = [PYTHON, str(script), tool, path.name, csv.name, json.dumps(found.columns)]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr[-3000:]
    return json.loads(told.stdout.splitlines()[-1]), {rule.key for rule, _ in made.left_out}


def report(capsys, tool, name, state, agreed, failed, left):
    with capsys.disabled():
        print(
            f"\n{tool}, {name}, {state}: {agreed} verdicts agree, {failed} of them fail, {left} rules left out", end=""
        )


@needs_python
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("tool", ["pandera", "great-expectations"])
def test_a_tool_that_checks_rules_one_by_one_agrees(tool, name, state, folder, capsys):
    found, states = prepared(name, folder)
    csv, ours = states[state]
    told, left = asked(tool, found, csv, folder)
    assert set(told) == set(ours) - left and len(told) > 15
    if tool == "great-expectations" and state == "mistyped":  # it cannot compare numbers in a column with a word
        told = {key: passed for key, passed in told.items() if ours[key].rule.name not in ("range", "order", "allowed")}
    wrong = {key: (ours[key].status, each) for key, each in told.items() if (ours[key].status == "passed") != each}
    assert wrong == {}
    failed = sum(not passed for passed in told.values())
    assert (failed > 2) == (state != "clean")
    report(capsys, tool, name, state, len(told), failed, len(left))


CONSTRAINTS = {
    "type": ("type-error",),
    "not_missing": ("required",),
    "unique": ("unique", "unique-error", "primary-key"),
    "range": ("minimum", "maximum"),
    "allowed": ("enum",),
    "pattern": ("pattern",),
    "length": ("minLength", "maxLength"),
}


@needs_python
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", SOURCES)
def test_frictionless_agrees_row_by_row(name, state, folder, capsys):
    found, states = prepared(name, folder)
    csv, ours = states[state]
    told, left = asked("frictionless", found, csv, folder)
    checked = {key: each for key, each in ours.items() if key not in left}
    assert len(checked) > 15
    wrong = {}
    for key, each in checked.items():
        kinds = CONSTRAINTS[each.rule.name]
        rows = sorted({row for kind in kinds for row in told.get(f"{each.rule.columns[0]}|{kind}", [])})
        mine = each.failing.tolist()
        second = each.rule.name == "unique" and rows and set(rows) <= set(mine)  # it names the second of two equal ones
        if rows != mine and not second:
            wrong[key] = (mine[:5], rows[:5])
    assert wrong == {}
    failed = sum(each.status == "failed" for each in checked.values())
    report(capsys, "frictionless", name, state, len(checked), failed, len(left))


@needs_contract
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", SOURCES)
def test_the_data_contract_cli_agrees(name, state, folder, capsys):
    found, states = prepared(name, folder)
    csv, ours = states[state]
    made = formats.export_rules(found, "odcs")
    contract = yaml.safe_load(made.text)
    contract["servers"] = [{"server": "here", "type": "local", "path": csv.name, "format": "csv", "delimiter": ","}]
    (folder / "contract.yaml").write_text(yaml.safe_dump(contract), encoding="utf-8")
    command = [CONTRACT, "test", "contract.yaml", "--output", "told.json", "--output-format", "json"]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    checks = json.loads((folder / "told.json").read_text())["checks"]
    (folder / "told.json").unlink()
    by_sentence = {each["name"]: each["result"] for each in checks}
    left = {rule.key for rule, _ in made.left_out}
    wrong = {
        key: (each.status, by_sentence.get(each.rule.sentence))
        for key, each in ours.items()
        if key not in left and (each.status == "passed") != (by_sentence.get(each.rule.sentence) == "passed")
    }
    assert wrong == {}, told.stdout[-2000:]
    failed = sum(each.status == "failed" for key, each in ours.items() if key not in left)
    report(capsys, "odcs", name, state, len(ours) - len(left), failed, len(left))


RELATED = (  # rules that look at another table, at today, or at how all values are spread
    {"kind": "reference", "key_columns": ["customer_id"], "table": "customers", "table_columns": ["id"]},
    {"kind": "reference", "key_columns": ["zip", "town"], "table": "places", "table_columns": ["zip", "town"]},
    {"kind": "freshness", "column": "ordered_on", "days": 100_000},
    {"kind": "freshness", "column": "shipped_on", "days": 1},
)


@pytest.fixture(scope="module")
def related(tmp_path_factory):
    """Orders with their customers and places, rules on how they hang together, and our verdicts by state."""
    folder = tmp_path_factory.mktemp("related")
    frame = orders(1).assign(customer_id=np.arange(2000) % 300 + 1)
    pd.DataFrame({"id": range(1, 301), "name": "x"}).to_csv(folder / "other_customers.csv", index=False)
    frame[["zip", "town"]].drop_duplicates().to_csv(folder / "other_places.csv", index=False)
    others = {
        name: read_file(folder / f"other_{name}.csv", folder / f"{name}.parquet").table
        for name in ("customers", "places")
    }
    frame.to_csv(folder / "orders.csv", index=False)
    orders(2).assign(customer_id=1 + np.arange(2000) % 300).to_csv(folder / "before.csv", index=False)
    table = read_file(folder / "orders.csv", folder / "orders.parquet").table
    before = read_file(folder / "before.csv", folder / "before.parquet").table
    spread = suggest_rules(table, kinds=["distribution"], reference=before)
    rules = (*(Rule.from_json(each) for each in RELATED), *spread)
    found = RuleSet(rules, "orders", {column.name: column.type for column in table.columns})
    spoiled = frame.assign(
        customer_id=frame["customer_id"].where(frame.index != 5, 999),
        town=frame["town"].where(frame.index % 500 != 3, "Nowhere"),
        status="open",
        rating=frame["rating"].where(frame.index % 3 != 0, 1),
        price=frame["price"] * 2,
        ordered_on=frame["ordered_on"] + pd.Timedelta(days=200),
    )
    states = {}
    for state, data in (("clean", frame), ("spoiled", spoiled)):
        csv = folder / f"{state}.csv"
        data.to_csv(csv, index=False)
        ours = read_file(csv, folder / f"{state}.parquet").table
        results = check_rules(ours, found.rules, tables=others, today="2026-06-01")
        states[state] = csv, {each.rule.key: each for each in results}
    return folder, found, states


@pytest.mark.parametrize("state", ["clean", "spoiled"])
def test_rules_on_other_tables_and_on_spread_are_what_we_think(state, related):
    """The truth that the tools are held against: made by hand."""
    _, found, states = related
    failed = {key for key, each in states[state][1].items() if each.status == "failed"}
    wrong = {"reference:customer_id", "reference:zip:town"} | {
        f"distribution:{name}" for name in ("town", "status", "rating", "price", "ordered_on")
    }
    assert len(found.rules) > 12 and failed - {"distribution:town"} == {"freshness:shipped_on"} | (
        wrong - {"distribution:town"} if state == "spoiled" else set()
    )


@needs_python
@pytest.mark.parametrize("state", ["clean", "spoiled"])
def test_pandera_agrees_on_other_tables_today_and_spread(state, related, capsys):
    folder, found, states = related
    csv, ours = states[state]
    told, left = asked("pandera", found, csv, folder)
    assert left == set() and told == {key: each.status == "passed" for key, each in ours.items()}
    report(capsys, "pandera, related", "orders", state, len(told), sum(not each for each in told.values()), 0)


@needs_python
@pytest.mark.parametrize("state", ["clean", "spoiled"])
def test_frictionless_agrees_on_keys_of_other_tables(state, related, capsys):
    folder, found, states = related
    csv, ours = states[state]
    told, left = asked("frictionless", found, csv, folder)
    assert {key for key in ours if key not in left} == {"reference:customer_id", "reference:zip:town"}
    rows = sorted(set(told.get("|foreign-key", [])))
    mine = sorted({row for key in ours if key not in left for row in ours[key].failing.tolist()})
    assert rows == mine and bool(mine) == (state == "spoiled")
    report(capsys, "frictionless, related", "orders", state, 2, 2 * bool(mine), len(left))


@needs_contract
@pytest.mark.parametrize("state", ["clean", "spoiled"])
def test_the_data_contract_cli_agrees_on_other_tables_today_and_spread(state, related, capsys):
    folder, found, states = related
    csv, ours = states[state]
    made = formats.export_rules(found, "odcs")
    assert made.left_out == ()
    for name in ("orders", "customers", "places"):
        shutil.copy(csv if name == "orders" else folder / f"other_{name}.csv", folder / f"model_{name}.csv")
    contract = yaml.safe_load(made.text)
    server = {"server": "here", "type": "local", "path": "model_{model}.csv", "format": "csv", "delimiter": ","}
    contract["servers"] = [server]
    (folder / "contract.yaml").write_text(yaml.safe_dump(contract), encoding="utf-8")
    command = [CONTRACT, "test", "contract.yaml", "--output", "told.json", "--output-format", "json"]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    checks = {each["name"]: each["result"] for each in json.loads((folder / "told.json").read_text())["checks"]}
    wrong = {
        key: (each.status, checks.get(each.rule.sentence))
        for key, each in ours.items()
        if checks.get(each.rule.sentence) != {"passed": "passed"}.get(each.status, "failed")
        and not (
            each.rule.severity == "warn" and each.status == "failed" and checks.get(each.rule.sentence) == "warning"
        )
    }
    assert wrong == {}, told.stdout[-3000:]
    report(capsys, "odcs, related", "orders", state, len(ours), sum(e.status == "failed" for e in ours.values()), 0)
