"""Excel files: read again they give the same table; what a sheet cannot hold is said."""

import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.read import read_file
from dataops_core.table import tidy, write_table
from dataops_core.write import excel, write_file

HARD = {
    "text": ["=1+1", "007", "http://example.com", None, " x "],
    "whole": pd.array([1, 2**53, -5, None, 0], dtype="Int64"),
    "part": [0.1, -2.5, None, 1e15, 3.25],
    "truth": [True, False, None, True, True],
    "day": pd.to_datetime(["2024-02-29", None, "1950-01-01", "2262-01-01", "2024-01-01"]),
    "moment": pd.to_datetime(
        ["2024-02-29 10:30:00", None, "2024-01-01 23:59:59", "2024-01-01 00:00:01", "2024-05-05 05:05:05"]
    ),
}


def test_a_table_comes_back_from_excel_with_its_types_and_values(tmp_path):
    table = write_table(tmp_path / "t.parquet", [tidy(pd.DataFrame(HARD))])
    write_file(table, tmp_path / "t.xlsx")
    again = read_file(tmp_path / "t.xlsx", tmp_path / "again.parquet").table
    assert {c.name: c.type for c in again.columns} == {c.name: c.type for c in table.columns}
    assert again.content_hash == table.content_hash


def test_what_excel_would_round_is_written_as_text(tmp_path):
    columns = {"big": [2**53 + 1, 2**60], "old": pd.to_datetime(["1700-05-01", "1899-12-31"])}
    write_file(write_table(tmp_path / "t.parquet", [tidy(pd.DataFrame(columns))]), tmp_path / "t.xlsx")
    frame = read_file(tmp_path / "t.xlsx", tmp_path / "again.parquet").table.frame()
    assert frame["big"].tolist() == [str(2**53 + 1), str(2**60)]
    assert [str(day)[:10] for day in frame["old"]] == ["1700-05-01", "1899-12-31"]


def test_the_same_table_gives_the_same_bytes(tmp_path):
    table = write_table(tmp_path / "t.parquet", [tidy(pd.DataFrame(HARD))])
    for name in ("one.xlsx", "two.xlsx"):
        write_file(table, tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_a_table_that_is_larger_than_a_sheet_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(excel, "MOST_ROWS", 3)
    table = write_table(tmp_path / "t.parquet", [tidy(pd.DataFrame({"a": range(4)}))])
    with pytest.raises(SettingError, match="at most 3 rows"):
        write_file(table, tmp_path / "t.xlsx")
    assert not (tmp_path / "t.xlsx").exists()


def test_a_text_that_is_longer_than_a_cell_is_refused(tmp_path):
    table = write_table(tmp_path / "t.parquet", [tidy(pd.DataFrame({"a": ["x" * 40_000]}))])
    with pytest.raises(SettingError, match="does not fit an Excel cell"):
        write_file(table, tmp_path / "t.xlsx")
