"""The full report: of all rows or a sample that is said, sent nowhere, and with the columns that the
package can take.
"""

import re
import socket
import sys

import numpy as np
import pandas as pd
import pytest

from dataops_core.errors import InputError
from dataops_core.report import full_report


@pytest.fixture
def no_network(monkeypatch):
    """Every try to reach another machine is written down and fails."""
    tried = []

    def refuse(*args, **_):
        tried.append(args)
        raise OSError("There is no network here.")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.delenv("YDATA_PROFILING_NO_ANALYTICS", raising=False)
    return tried


def test_a_full_report_reaches_nobody_and_takes_every_kind_of_column(make_table, tmp_path, no_network):
    table = make_table(
        {
            "<script>alert(1)</script>": ['"><img src=x onerror=alert(2)>', "b"] * 20,
            "number": [1, None] * 20,
            "decimal": [float("inf"), 1.5] * 20,
            "flag": pd.array([True, None] * 20, dtype="boolean"),
            "when": pd.to_datetime(["2025-01-01", "2026-01-01"] * 20),
            "empty": [None] * 40,
            "one": ["x"] * 40,
            "": ["'", "&amp;"] * 20,
            "id": range(40),
        }
    )
    said = []
    told = full_report(
        table, tmp_path / "r.html", title="<b>people</b>", progress=lambda share, note: said.append((share, note))
    )
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert no_network == []
    assert told == {
        "rows": 40,
        "of": 40,
        "sampled": False,
        "seed": None,
        "minimal": False,
        "columns": 9,
        "left_out": [],
        "package": told["package"],
    }
    assert re.fullmatch(r"fg-data-profiling [\d.]+", told["package"])
    assert "alert(1)" in page and "<script>alert" not in page and "<img src=x" not in page and "<b>people" not in page
    assert not re.findall(r"<(?:script|img|link|iframe)[^>]*(?:src|href)=[\"']?https?:", page)
    assert "default-src 'none'" in page[:1000]
    shares = [share for share, _ in said]
    assert (
        shares == sorted(shares)
        and (shares[0], shares[-1]) == (0.0, 1.0)
        and ("Column number" in [note for _, note in said])
    )


def test_a_sample_is_drawn_by_the_seed_and_said(make_table, tmp_path):
    table = make_table({"a": np.arange(25_000), "b": ["x", "y"] * 12_500})
    told = full_report(table, tmp_path / "r.html", rows=50, minimal=True, seed=3, title="many")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert (told["rows"], told["of"], told["sampled"], told["seed"]) == (50, 25_000, True, 3)
    assert "many (a sample of 50 of 25,000 rows)" in page
    assert "A sample of 50 of 25,000 rows, drawn with the seed 3." in page


def test_a_column_that_breaks_it_is_left_out_and_the_reason_said(make_table, tmp_path, monkeypatch):
    from data_profiling.model.pandas import summary_pandas

    real = summary_pandas.pandas_describe_1d

    def breaking(config, series, summarizer, typeset):
        if series.name == "bad":
            raise ZeroDivisionError("no way")
        return real(config, series, summarizer, typeset)

    monkeypatch.setattr(summary_pandas, "pandas_describe_1d", breaking)
    old = np.array(["1500-01-01", "2020-01-01"] * 10, dtype="datetime64[us]")
    table = make_table({"good": [1, 2] * 10, "bad": [3, 4] * 10, "old": pd.Series(old)})
    told = full_report(table, tmp_path / "r.html", minimal=True)
    assert [(each["column"], each["why"].split(":")[0]) for each in told["left_out"]] == [
        ("old", "OutOfBoundsDatetime"),
        ("bad", "ZeroDivisionError"),
    ]
    assert told["columns"] == 1
    assert "Left out: old (" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_a_table_without_rows_has_no_full_report(make_table, tmp_path):
    with pytest.raises(InputError, match="nothing to report on"):
        full_report(make_table({"a": pd.Series([], dtype="Int64")}), tmp_path / "r.html")
    with pytest.raises(InputError, match="sample of 0 rows is none"):
        full_report(make_table({"a": [1, 2]}), tmp_path / "r.html", rows=0)


def test_importing_the_reports_does_not_load_the_package():
    import subprocess

    code = "import sys, dataops_core.report; print('data_profiling' in sys.modules, 'matplotlib' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "False False\n"
    )
