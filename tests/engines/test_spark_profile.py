"""The profile on Apache Spark: every fact that it gives is the one of memory, and what it does not give is named."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dataops_core.checks.profile import profile_table
from dataops_core.cli.main import main
from dataops_core.read import read_file

SAMPLE = Path(__file__).parent.parent.parent / "sample_data" / "loan_applications.csv"


def on_spark(spark, source: Path, folder: Path, **more) -> dict:
    from dataops_core.engines.spark.profile import profile_on_spark

    folder.mkdir(exist_ok=True)
    return profile_on_spark(spark, source, shared=folder, **more)


def in_memory(source: Path, folder: Path) -> dict:
    read = read_file(source, folder / "memory.parquet")
    return profile_table(read.table, blanked=read.blanked)[0]


def equal(one, other) -> bool:
    """Whether two facts are one: counts and texts exactly, sums of decimals but for the order in which they are added."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(each, other[name]) for name, each in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(equal(*pair) for pair in zip(one, other, strict=True))
    if isinstance(one, float) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other


def same_facts(there: dict, here: dict) -> None:
    left_out = set(there["left_out"]["facts"])
    assert left_out == {"bytes", "meant"}
    assert list(there["facts"]) == list(here["facts"])
    for name, facts in there["facts"].items():
        wanted = {key: value for key, value in here["facts"][name].items() if key not in left_out}
        wrong = {key: (facts.get(key), value) for key, value in wanted.items() if not equal(value, facts.get(key))}
        assert (name, facts.keys() ^ wanted.keys(), wrong) == (name, set(), {})
    assert there["missing_cells"] == here["missing_cells"]
    assert (there["rows"], there["columns"]) == (here["rows"], here["columns"])


def test_every_fact_of_the_sample_is_that_of_memory(spark, tmp_path):
    there, here = on_spark(spark, SAMPLE, tmp_path / "there"), in_memory(SAMPLE, tmp_path)
    same_facts(there, here)
    counted = {each["check"] for each in there["findings"]}
    told = [(f["check"], f["columns"], f["count"], f["message"], f["severity"], f["fix"]) for f in there["findings"]]
    assert told == [
        (f["check"], f["columns"], f["count"], f["message"], f["severity"], f["fix"])
        for f in here["findings"]
        if f["check"] in ("constant_column", "near_constant", "duplicate_rows")
    ]
    assert "duplicate_rows" in counted and there["duplicate_rows"] == here["duplicate_rows"]
    assert "missing_cells" in there["left_out"]["checks"] and not counted & set(there["left_out"]["checks"])


def test_every_fact_of_odd_values_is_that_of_memory(spark, tmp_path):
    """Parquet in two files, which a worker each reads; order is that of the rows over both."""
    rows = 240
    place = np.arange(rows)
    text = ["a", "A", "", " ", "Ünï", "日付", "12", "a-b", "\u00a0", "\t", "\x0b", "𝒳y", "x" * 300, None]
    whole = [0, 1, -1, 2**53 + 1, 2**63 - 1, -(2**63), None]
    decimal = [0.0, -0.0, 1.5, -1.5, 1e16, 0.1, 5e-324, float("inf"), float("-inf"), None]
    moments = ["0001-01-01", "9999-12-31T23:59:59.999999", "1969-12-31T23:59:59.5", "2020-02-29", "NaT"]
    frame = pd.DataFrame(
        {
            "text`": [text[at % len(text)] for at in place],
            "whole": pd.array([whole[at % len(whole)] for at in place], dtype="Int64"),
            "decimal": [decimal[at % len(decimal)] for at in place],
            "moment": np.array([moments[at % len(moments)] for at in place], dtype="datetime64[us]"),
            "yes": pd.array([(True, False, None)[at % 3] for at in place], dtype="boolean"),
            "rising": pd.array([None if at % 7 == 3 else at // 2 for at in place], dtype="Int64"),
            "falling": np.datetime64("2024-01-31", "us") - place.astype("timedelta64[h]"),
            "same": 7.25,
            "nothing": pd.Series([None] * rows, dtype=object),
            "customer_id": pd.array(place * 3 + 1, dtype="Int64"),
            "nearly": [*["yes"] * (rows - 1), "no"],
        }
    )
    source = tmp_path / "in"
    source.mkdir()
    frame.to_parquet(tmp_path / "whole.parquet")
    frame[:100].to_parquet(source / "a.parquet")
    frame[100:].to_parquet(source / "b.parquet")
    there, here = on_spark(spark, source, tmp_path / "there"), in_memory(tmp_path / "whole.parquet", tmp_path)
    same_facts(there, here)
    facts = there["facts"]
    assert [facts[name]["monotonic"] for name in ("rising", "falling", "same")] == ["rising", "falling", None]
    assert facts["customer_id"]["kind"] == "id"
    assert [(f["check"], f["columns"], f["count"], f["rows"]) for f in there["findings"]] == [
        ("constant_column", ["nothing"], rows, []),
        ("constant_column", ["same"], rows, []),
        ("near_constant", ["nearly"], 1, []),
    ]


@pytest.mark.slow
def test_every_fact_of_adult_is_that_of_memory(spark, adult, tmp_path):
    there = on_spark(spark, adult, tmp_path / "there", findings=False)
    same_facts(there, in_memory(adult, tmp_path))
    assert (there["findings"], there["left_out"]["checks"]) == ([], [])


@pytest.mark.parametrize(
    ("options", "what", "where"),
    [
        (("--on", "spark", "--html", "r.html"), "needs the rows in one place", "--html"),
        (("--on", "spark", "--target", "a"), "needs the rows in one place", "--target"),
        (("--master", "local[1]"), "This is for Spark", "--master local[1]"),
        (("--on", "spark", "--master", "nowhere"), "is not a Spark master", "--master"),
    ],
)
def test_options_that_do_not_fit_are_refused_before_anything_starts(
    tmp_path, capsys, monkeypatch, options, what, where
):
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text("a\n1\n")
    assert main(["profile", "t.csv", *options, "--json"]) == 2
    told = json.loads(capsys.readouterr().out)["error"]
    assert what in told["what"] and told["where"] == where and told["fix"]


def test_the_command_says_what_it_counted_and_what_not(tmp_path, capsys, monkeypatch):
    told = {
        "rows": 3,
        "columns": 1,
        "duplicate_rows": 1,
        "missing_cells": 0,
        "facts": {"a": {"type": "integer", "kind": "number", "missing": 0, "distinct": 2, "top": []}},
        "findings": [],
        "failed_checks": [],
        "problems": [{"what": "Odd.", "where": "t.csv", "fix": "Look."}],
        "left_out": {"facts": ["bytes"], "checks": ["outliers"]},
    }
    monkeypatch.setattr("dataops_core.cli.inspect.profile_elsewhere.profile_elsewhere", lambda args: told)
    assert main(["profile", str(tmp_path), "--on", "spark"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("3 rows, 1 columns, 1 duplicate rows, 0 missing cells\n")
    assert "Not counted on Spark: bytes, and which rows findings are about.\n" in out
    assert "Not looked for on Spark (1 checks): outliers.\n" in out and "- Odd. (t.csv) Look.\n" in out
