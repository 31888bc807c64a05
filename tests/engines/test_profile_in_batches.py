"""A profile that never holds a column: the facts of memory, rows that repeat, and what is left out by name."""

import json

import pandas as pd
import pytest

from dataops_core.checks.profile import profile_table
from dataops_core.cli.main import main
from dataops_core.engines import batches
from dataops_core.engines.profile_in_batches import profile_in_batches, repeated_rows
from dataops_core.facts import table_facts
from dataops_core.table import Table


@pytest.fixture
def doubled(make_table, monkeypatch) -> Table:
    """30,000 rows of which 10,003 repeat an earlier one, 0.0 beside -0.0 and gaps among them."""
    monkeypatch.setattr(batches, "PART_ROWS", 2_000)
    rows = [*range(19_997), *range(10_000), 3, 3, 3]
    return make_table(
        {
            "n": [float("nan") if n % 10 == 0 else (-0.0 if at > 19_997 else 0.0) for at, n in enumerate(rows)],
            "t": [None if n == 7 else f"t{n}" for n in rows],
            "same": ["x"] * len(rows),
        }
    )


def test_rows_that_repeat_are_counted_wherever_they_lie(doubled, tmp_path):
    assert repeated_rows(doubled, tmp_path) == int(doubled.frame().duplicated().sum()) == 10_003


def test_rows_whose_marks_agree_by_chance_are_compared_cell_by_cell(make_table, tmp_path, monkeypatch):
    monkeypatch.setattr(pd.util, "hash_pandas_object", lambda frame, index: pd.Series(7, index=frame.index))
    assert repeated_rows(make_table({"a": [1, 2, 2, 3]}), tmp_path) == 1


def test_the_profile_is_that_of_memory_as_far_as_it_goes(doubled):
    told, whole = profile_in_batches(doubled), profile_table(doubled)[0]
    assert told["facts"] == table_facts(doubled)
    assert told["duplicate_rows"] == whole["duplicate_rows"] == 10_003
    assert (told["rows"], told["missing_cells"]) == (whole["rows"], whole["missing_cells"])
    assert [each["check"] for each in told["findings"]] == ["duplicate_rows", "constant_column"]
    assert told["left_out"]["facts"] == ["meant"] and "duplicate_rows" not in told["left_out"]["checks"]


def test_the_command_says_what_was_not_counted_and_refuses_what_needs_rows(tmp_path, capsys):
    (tmp_path / "t.csv").write_text("a,b\n1,x\n2,y\n1,x\n")
    assert main(["profile", str(tmp_path / "t.csv"), "--on", "batches", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["duplicate_rows"] == 1
    assert main(["profile", str(tmp_path / "t.csv"), "--on", "batches"]) == 1
    assert "Not counted on batches: meant, and which rows findings are about.\n" in capsys.readouterr().out
    assert main(["profile", str(tmp_path / "t.csv"), "--on", "batches", "--repairs"]) == 2
    assert "a profile on batches counts only" in capsys.readouterr().err
