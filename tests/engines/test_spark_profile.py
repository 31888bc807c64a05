"""The profile on Apache Spark: every fact that it gives is the one of memory, and what it does not give is named."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dataops_core.checks.profile import profile_table
from dataops_core.cli.main import main
from dataops_core.read import read_file
from tests.engines.same_facts import same_facts

SAMPLE = Path(__file__).parent.parent.parent / "sample_data" / "loan_applications.csv"


def on_spark(spark, source: Path, folder: Path, **more) -> dict:
    from dataops_core.engines.spark.profile.profile import profile_on_spark

    folder.mkdir(exist_ok=True)
    return profile_on_spark(spark, source, shared=folder, **more)


def in_memory(source: Path, folder: Path) -> dict:
    read = read_file(source, folder / "memory.parquet")
    return profile_table(read.table, blanked=read.blanked)[0]


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


@pytest.mark.parametrize("most_here", [20_000_000, 0])
def test_every_fact_of_odd_values_is_that_of_memory(spark, tmp_path, monkeypatch, most_here):
    """Parquet in two files, which a worker each reads; order is that of the rows over both. What is asked of counted
    values is asked at the driver, or (of more than so many) by the SQL of Spark.
    """
    monkeypatch.setattr("dataops_core.engines.spark.profile.profile.MOST_HERE", most_here)
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


def test_rows_that_repeat_are_counted_over_files_and_those_of_nothing_left_out(spark, tmp_path):
    frame = pd.DataFrame({"a": [0.0, -0.0, None, None, 1.0, None], "b": ["x", "x", None, None, "x", "y"]})
    source = tmp_path / "in"
    source.mkdir()
    for at in range(3):
        frame[at:].to_parquet(source / f"{at}.parquet")
    told = on_spark(spark, source, tmp_path / "there", findings=False)
    whole = pd.concat([frame[at:] for at in range(3)]).dropna(how="all")
    assert (told["rows"], told["duplicate_rows"]) == (15, int(whole.duplicated().sum()))


def test_a_table_without_rows_has_a_profile(spark, tmp_path):
    nothing = pa.table({"a": pa.array([], pa.string()), "b": pa.array([], pa.int64())})
    pq.write_table(nothing, tmp_path / "t.parquet")
    told = on_spark(spark, tmp_path / "t.parquet", tmp_path / "there")
    assert (told["rows"], told["columns"], told["duplicate_rows"], told["failed_checks"]) == (0, 2, 0, [])


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
