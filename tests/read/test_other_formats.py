"""Feather, ORC, Stata, SPSS, SAS, SQLite and DuckDB: what they give, and what they say when broken."""

import datetime
import io
import sqlite3

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.orc
import pyreadstat
import pytest

from dataops_core.errors import InputError, SettingError
from dataops_core.read import ReadOptions, read_file
from dataops_core.recipe.recipe import Recipe
from dataops_core.recipe.script import script

DAY = datetime.datetime(2024, 2, 29)
ROWS = [["a", 1, 1.5, True, DAY], [None, None, None, None, None], ["007", 2**53 + 1, -0.25, False, DAY]]
NAMES = ["text", "whole", "part", "truth", "day"]
TYPES = {"text": "text", "whole": "integer", "part": "decimal", "truth": "boolean", "day": "datetime"}


def arrow_table():
    kinds = [pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.timestamp("us")]
    columns = [pa.array(column, kind) for column, kind in zip(zip(*ROWS, strict=True), kinds, strict=True)]
    return pa.table(columns, names=NAMES)


def feather():
    out = io.BytesIO()
    pyarrow.feather.write_feather(arrow_table(), out)
    return out.getvalue()


def stream():
    out = io.BytesIO()
    with pa.ipc.new_stream(out, arrow_table().schema) as writer:
        writer.write_table(arrow_table())
    return out.getvalue()


def orc():
    out = io.BytesIO()
    pyarrow.orc.write_table(arrow_table(), out)
    return out.getvalue()


def database(folder):
    path = folder / "made.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE things (text VARCHAR, whole BIGINT, part DOUBLE, truth BOOLEAN, day TIMESTAMP)"
        )
        connection.executemany("INSERT INTO things VALUES (?, ?, ?, ?, ?)", ROWS)
        connection.execute('CREATE TABLE "odd "" name" AS SELECT 7 AS n')
    return path.read_bytes()


def read(folder, data, name, **options):
    path = folder / "object"
    path.write_bytes(data)
    source = read_file(path, folder / "t.parquet", ReadOptions(**options), name=name)
    again = read_file(path, folder / "u.parquet", source.options, name=name)
    assert again.table.content_hash == source.table.content_hash
    assert again.options == source.options
    return source


def cells(source):
    frame = source.table.frame().astype(object)
    return [[None if pd.isna(cell) else cell for cell in row] for row in frame.values.tolist()]


@pytest.mark.parametrize(
    ("make", "name"),
    [(feather, "t.feather"), (stream, "t.arrow"), (feather, "object"), (orc, "t.orc"), (orc, "object")],
)
def test_columns_keep_their_types_and_values(tmp_path, make, name):
    source = read(tmp_path, make(), name)
    assert {column.name: column.type for column in source.table.columns} == TYPES
    assert cells(source) == ROWS
    assert source.problems == ()


def test_a_duckdb_file_gives_its_largest_table_and_any_other_one(tmp_path):
    data = database(tmp_path)
    source = read(tmp_path, data, "object")
    assert {column.name: column.type for column in source.table.columns} == TYPES
    assert cells(source) == ROWS
    assert source.options.sheet == "things"
    assert source.problems[0].what == 'The table "things" was read; there are others: odd " name (1 rows).'
    assert cells(read(tmp_path, data, "object", sheet='odd " name')) == [[7]]
    with pytest.raises(SettingError, match='no table "thing"'):
        read(tmp_path, data, "object", sheet="thing")


def test_a_duckdb_file_reaches_no_other_file(tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    path = tmp_path / "made.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"CREATE VIEW spy AS SELECT * FROM read_csv('{secret}')")
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path, path.read_bytes(), "t.duckdb")


def test_a_sqlite_file_is_read_as_its_cells_are(tmp_path):
    path = tmp_path / "made.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE orders (code TEXT, n INTEGER, price REAL, day TEXT, any)")
        rows = [("007", 1, 1.5, "2024-02-29", "x"), (None, None, None, None, 5), ("a", 2**60, 2.0, "2024-03-01", None)]
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?)", rows)
        connection.execute("CREATE VIEW few AS SELECT n FROM orders WHERE n = 1")
    connection.close()
    source = read(tmp_path, path.read_bytes(), "object")
    assert cells(source) == [
        ["007", 1, 1.5, datetime.datetime(2024, 2, 29), "x"],
        [None, None, None, None, "5"],
        ["a", 2**60, 2.0, datetime.datetime(2024, 3, 1), None],
    ]
    assert cells(read(tmp_path, path.read_bytes(), "object", sheet="few")) == [[1]]


FRAME = pd.DataFrame({"sex": [1.0, 2.0, 9.0], "age": [31.0, 45.5, None], "name": ["Ann", "Ben", ""]})
LABELS = {"sex": {1: "female", 2: "male"}}


def written(folder, write, **more):
    path = folder / "made"
    write(FRAME, str(path), **more)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("write", "name", "labels"),
    [
        (pyreadstat.write_dta, "t.dta", True),
        (pyreadstat.write_sav, "t.sav", True),
        (pyreadstat.write_sav, "object", True),
        (pyreadstat.write_por, "t.por", False),
        (pyreadstat.write_xport, "t.xpt", False),
    ],
)
def test_files_of_statistics_programs_give_labels_for_codes(tmp_path, write, name, labels):
    more = {"variable_value_labels": LABELS} if labels else {}
    source = read(tmp_path, written(tmp_path, write, **more), name)
    frame = source.table.frame()
    frame.columns = [column.lower() for column in frame.columns]
    assert frame["sex"].tolist() == (["female", "male", "9"] if labels else [1, 2, 9])
    assert frame["age"].tolist()[:2] == [31.0, 45.5]
    assert pd.isna(frame["age"][2])
    assert frame["name"].tolist()[:2] == ["Ann", "Ben"]
    assert any("labels" in problem.what for problem in source.problems) is labels


def test_codes_that_spss_declares_missing_are_missing(tmp_path):
    data = written(tmp_path, pyreadstat.write_sav, missing_ranges={"sex": [9]})
    assert pd.isna(read(tmp_path, data, "t.sav").table.frame()["sex"][2])


@pytest.mark.parametrize(
    "name", ["t.feather", "t.orc", "t.dta", "t.sav", "t.por", "t.sas7bdat", "t.xpt", "t.db", "t.duckdb"]
)
@pytest.mark.parametrize("data", [b"", b"nothing of the sort", bytes(range(256)) * 20])
def test_what_is_no_such_file_says_so(tmp_path, name, data):
    with pytest.raises(InputError) as caught:
        read(tmp_path, data, name)
    assert caught.value.fix


@pytest.mark.parametrize("make", [feather, orc])
def test_damaged_files_are_refused_or_read(tmp_path, make):
    data = make()
    for at in range(0, len(data), 37):
        broken = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
        try:
            read(tmp_path, broken, "t.feather" if make is feather else "t.orc")
        except InputError as error:
            assert error.fix


@pytest.mark.parametrize("form", ["feather", "orc", "stata", "sqlite", "duckdb"])
def test_a_script_reads_the_format_too(form):
    text = script(Recipe(read={"format": form}))
    compile(text, "clean.py", "exec")
    assert f"read_{form if form != 'stata' else 'statistics'}_frame" in text
