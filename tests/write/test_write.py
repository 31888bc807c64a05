"""The way out: what is written reads as the same content; what would run as a formula is guarded."""

import datetime
import math
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dataops_core.errors import SettingError
from dataops_core.read import ReadOptions, read_file
from dataops_core.table import Table, tidy, write_table
from dataops_core.write import write_file
from dataops_core.write.text import guarded
from tests.strategies import examples

# What CSV and JSON cannot tell apart is left out: text that is a number, a moment, a missing token or empty.
# "#" and "/" are left out because a first cell that begins with them may be a comment.
WORDS = st.text(st.sampled_from("abcxyzÄß€😀 ,;|\t\"'\\\n\r=+0-"), max_size=9).map(lambda text: f"q{text}z")
CELLS = {
    "text": WORDS,
    "integer": st.integers(-(2**63), 2**63 - 1),
    "decimal": st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "datetime": st.datetimes(min_value=datetime.datetime(1, 1, 1)),
}
DTYPES = {"text": object, "integer": "Int64", "decimal": "float64", "boolean": "boolean", "datetime": "datetime64[us]"}


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    kinds = draw(st.lists(st.sampled_from(list(CELLS)), min_size=1, max_size=5))
    rows = draw(st.integers(1, 12))
    made = {}
    for number, kind in enumerate(kinds):
        cells = draw(st.lists(st.none() | CELLS[kind], min_size=rows, max_size=rows))
        cells[0] = cells[0] if cells[0] is not None else draw(CELLS[kind])  # an empty column has no type in CSV
        made[f"name {number}"] = pd.Series(cells, dtype=DTYPES[kind])
    return tidy(pd.DataFrame(made))


def table_of(frame: pd.DataFrame, folder: Path) -> Table:
    return write_table(folder / "table.parquet", [frame])


@pytest.mark.slow
@settings(max_examples=examples(50), deadline=None)
@example(pd.DataFrame({"name 0": ["q;z"]}, dtype=object), ".csv")
@example(pd.DataFrame({"name 0": ["q;z", "r;s", "t;u"]}, dtype=object), ".tsv")
@example(pd.DataFrame({"a b c": ["q r z", "r s t"]}, dtype=object), ".csv")
@given(frames(), st.sampled_from([".csv", ".tsv", ".json", ".jsonl", ".parquet", ".csv.gz"]))
def test_what_is_written_reads_as_the_same_content(frame: pd.DataFrame, suffix: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = table_of(frame, folder)
        write_file(table, folder / f"out{suffix}")
        source = read_file(folder / f"out{suffix}", folder / "again.parquet")
        assert {c.name: c.type for c in source.table.columns} == {c.name: c.type for c in table.columns}
        assert source.table.content_hash == table.content_hash


def test_the_bytes_of_a_csv(tmp_path: Path) -> None:
    frame = tidy(
        pd.DataFrame(
            {
                "t": ["=1+1", None, "a,b"],
                "n": [1.0, 0.1, math.nan],
                "i": pd.array([1, None, 3], dtype="Int64"),
                "b": pd.array([True, None, False], dtype="boolean"),
                "d": pd.Series(["2020-01-31", None, "2020-02-01"], dtype="datetime64[us]"),
                "m": pd.Series(["2020-01-31 10:00", None, "2020-02-01"], dtype="datetime64[us]"),
            }
        )
    )
    table = table_of(frame, tmp_path)
    write_file(table, tmp_path / "out.csv", safe=True)
    assert (
        (tmp_path / "out.csv").read_bytes().decode()
        == 't,n,i,b,d,m\n\'=1+1,1.0,1,True,2020-01-31,2020-01-31 10:00:00\n,0.1,,,,\n"a,b",,3,False,2020-02-01,2020-02-01 00:00:00\n'
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "table.parquet"]


def test_parquet_keeps_kinds_and_shows_no_row_ids(tmp_path: Path) -> None:
    table = write_table(tmp_path / "t.parquet", [tidy(pd.DataFrame({"a": [5, 6]}, index=[3, 9]))], {"a": "category"})
    write_file(table, tmp_path / "out.parquet")
    assert list(pd.read_parquet(tmp_path / "out.parquet").columns) == ["a"]
    for path in ("out.parquet", "t.parquet"):
        source = read_file(tmp_path / path, tmp_path / "again.parquet")
        assert (source.table.content_hash, source.table.kinds) == (table.content_hash, {"a": "category"})
        assert source.table.frame().index.tolist() == [0, 1]


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    table = table_of(tidy(pd.DataFrame({"a": pd.Series([], dtype=object), "b": pd.Series([], dtype=object)})), tmp_path)
    write_file(table, tmp_path / "out.csv")
    source = read_file(tmp_path / "out.csv", tmp_path / "again.parquet", ReadOptions(lenient=True))
    assert (source.table.names, source.table.rows) == (["a", "b"], 0)


@pytest.mark.parametrize(("name", "message"), [("t.xls", "cannot be written as"), ("t.cvs", "cannot be written as")])
def test_unknown_formats_are_refused(tmp_path: Path, name: str, message: str) -> None:
    table = table_of(tidy(pd.DataFrame({"a": [1]})), tmp_path)
    with pytest.raises(SettingError, match=message):
        write_file(table, tmp_path / name)


@pytest.mark.parametrize("start", ["\t", "\r", "\n", "=", "+", "-", "@", " =", "＝"])
def test_every_start_that_a_spreadsheet_runs_is_guarded_in_the_safe_copy(start):
    assert guarded(f"{start}1+1") == f"'{start}1+1"
    assert guarded(f"x{start}1+1") == f"x{start}1+1"
