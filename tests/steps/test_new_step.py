"""A step is one file: a brand-new one, dropped into a folder, is found, checked, told and run."""

import importlib.util
import sys

import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.steps import REGISTRY, get
from dataops_core.table import Column

SOURCE = '''
from typing import Annotated

import pandas as pd

from dataops_core.steps.step import Columns, Label, Span, step


@step("Add to numbers", group="Numbers", says="Added {amount} to {columns}")
def add_to_numbers(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("number"), Label("Columns", "Which columns")],
    amount: Annotated[int, Span(0, 10), Label("Amount", "How much")] = 1,
) -> pd.DataFrame:
    """Add a whole number to every cell."""
    out = df.copy(deep=False)
    for name in columns:
        out[name] = df[name] + amount
    return out
'''


@pytest.fixture
def added(tmp_path, monkeypatch):
    file = tmp_path / "add_to_numbers.py"
    file.write_text(SOURCE, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("add_to_numbers", file)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "add_to_numbers", module)
    spec.loader.exec_module(module)
    yield get("add_to_numbers")
    del REGISTRY["add_to_numbers"]


def test_new_file_is_registered_with_its_form(added):
    assert (added.title, added.group, added.summary) == (
        "Add to numbers",
        "Numbers",
        "Add a whole number to every cell.",
    )
    assert [(s.name, s.label, s.shape, s.required) for s in added.settings] == [
        ("columns", "Columns", "columns", True),
        ("amount", "Amount", "whole", False),
    ]
    assert added.source.strip().startswith('@step("Add to numbers"')


def test_new_file_is_validated_and_run(added):
    columns = [Column("a", "integer", "number"), Column("t", "text", "text")]
    chosen = added.check({"columns": ["a"], "amount": 2}, columns)
    assert added(pd.DataFrame({"a": [1, 5]}, dtype="Int64"), **chosen)["a"].tolist() == [3, 7]
    assert added.sentence(chosen) == "Added 2 to a"
    with pytest.raises(SettingError, match="between 0 and 10"):
        added.check({"columns": ["a"], "amount": 11}, columns)
    with pytest.raises(SettingError, match='Column "t" holds text, not number'):
        added.check({"columns": ["t"]}, columns)
    with pytest.raises(SettingError, match='Did you mean "amount"'):
        added.check({"columns": ["a"], "amont": 2}, columns)
