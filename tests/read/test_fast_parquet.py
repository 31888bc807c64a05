"""Parquet read batch by batch gives what the frame of the whole file gives, for every type of column."""

import datetime
import decimal
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dataops_core.errors import DataOpsError
from dataops_core.read import ReadOptions, file, read_file
from dataops_core.read.arrow import fast_parquet

UTC = datetime.UTC
COLUMNS = {
    "int8": pa.array([1, None, -3], pa.int8()),
    "uint32": pa.array([1, None, 2**32 - 1], pa.uint32()),
    "uint64": pa.array([1, None, 3], pa.uint64()),
    "uint64 beyond": pa.array([1, 2, 2**64 - 1], pa.uint64()),
    "int64": pa.array([2**63 - 1, None, -(2**63)]),
    "float": pa.array([1.5, None, float("nan")], pa.float32()),
    "double": pa.array([-0.0, float("inf"), float("nan")]),
    "bool": pa.array([True, None, False]),
    "text": pa.array(["ä", None, ""]),
    "large text": pa.array(["x", None, " NA "], pa.large_string()),
    "null": pa.nulls(3),
    "codes": pa.array(["a", "b", None]).dictionary_encode(),
    "days": pa.array([datetime.date(812, 1, 1), None, datetime.date(2024, 1, 1)]),
    "seconds": pa.array([0, None, 1], pa.timestamp("s")),
    "nano": pa.array([1_000, None, 2_000], pa.timestamp("ns")),
    "finer nano": pa.array([1_001, None, 2_000], pa.timestamp("ns")),
    "zone": pa.array([0, None, 1], pa.timestamp("us", "Europe/Bern")),
    "time": pa.array([datetime.time(1, 2), None, None]),
    "money": pa.array([decimal.Decimal("1.10"), None, decimal.Decimal(0)]),
    "wide money": pa.array([decimal.Decimal("1.10"), None, None], pa.decimal128(30, 2)),
    "list": pa.array([[1], None, []]),
    "record": pa.array([{"a": 1}, None, {"a": None}]),
    "bytes": pa.array([b"\xff", None, b"a"]),
}
SIMPLE = [
    name
    for name in COLUMNS
    if name not in ("uint64 beyond", "finer nano", "time", "wide money", "list", "record", "bytes")
]


def outcome(path, out, options):
    try:
        source = read_file(path, out, options)
    except DataOpsError as error:
        return type(error), str(error)
    return source.table.content_hash, source.table.columns, source.options, source.problems


def both(path, options=None):
    fast = outcome(path, path.with_name("fast.parquet"), options)
    with patch.object(file, "read_plain_parquet", lambda *_: None):
        return fast, outcome(path, path.with_name("whole.parquet"), options)


@pytest.mark.parametrize("cells", [1, 2_000_000])
@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_of_any_type_is_read_as_by_the_frame(tmp_path, monkeypatch, name, cells):
    monkeypatch.setattr(fast_parquet, "CELLS", cells)
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({name: COLUMNS[name], "n": [1, 2, 3]}), path)
    fast, whole = both(path)
    assert fast == whole
    assert fast[0]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"types": {"int8": "text"}},
        {"types": {"int8": "integer"}},
        {"types": {"gone": "text"}},
        {"missing_tokens": ("ä",)},
        {"lenient": True},
    ],
    ids=str,
)
@pytest.mark.parametrize("names", [None, [" a", "a", ""], ["x", "", "z"]])
def test_options_and_names_are_taken_as_by_the_frame(tmp_path, options, names):
    table = pa.table({name: COLUMNS[name] for name in ("int8", "text", "double")})
    pq.write_table(table.rename_columns(names) if names else table, tmp_path / "t.parquet")
    fast, whole = both(tmp_path / "t.parquet", ReadOptions(**options))
    assert fast == whole


def test_simple_columns_are_never_held_as_one_frame(tmp_path, monkeypatch):
    pq.write_table(pa.table({name: COLUMNS[name] for name in SIMPLE}), tmp_path / "t.parquet")
    monkeypatch.setattr(file, "read_frame", None)
    assert read_file(tmp_path / "t.parquet", tmp_path / "o.parquet").table.rows == 3


def test_a_table_of_ours_keeps_its_kinds_and_hash(tmp_path):
    (tmp_path / "t.csv").write_text("id,city\n" + "".join(f"{n},Bern\n" for n in range(25_000)))
    first = read_file(tmp_path / "t.csv", tmp_path / "one.parquet").table
    again = read_file(tmp_path / "one.parquet", tmp_path / "two.parquet").table
    assert (again.content_hash, again.columns) == (first.content_hash, first.columns)
    with pq.ParquetFile(again.path) as written:
        assert [written.metadata.row_group(at).num_rows for at in range(3)] == [10_000, 10_000, 5_000]


@pytest.mark.parametrize("place", [0, 249_999])
def test_text_that_is_not_utf8_is_refused_wherever_it_stands(tmp_path, place):
    cells = [b"good"] * 250_000
    cells[place] = b"b\xffd"
    text = pa.Array.from_buffers(pa.string(), len(cells), pa.array(cells, pa.binary()).buffers())
    pq.write_table(pa.table({"a": text, "n": range(len(cells))}), tmp_path / "t.parquet")
    with pytest.raises(DataOpsError, match="Invalid UTF8 sequence"):
        read_file(tmp_path / "t.parquet", tmp_path / "out.parquet")
