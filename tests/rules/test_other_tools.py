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
from dataops_core.rules import RuleSet, check_rules, formats, suggest_rules
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
