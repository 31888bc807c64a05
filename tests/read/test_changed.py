"""No value changes in silence: what does not come back the same is reported with column, count and examples."""

import gzip
import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dataops_core.read import ReadOptions, read_file
from tests.hostile.files import workbook
from tests.read.test_formats import workbook as sheet


def told(tmp_path: Path, data: bytes, name: str, **options):
    (tmp_path / name).write_bytes(data)
    source = read_file(tmp_path / name, tmp_path / "t.parquet", ReadOptions(**options))
    again = read_file(tmp_path / name, tmp_path / "u.parquet", source.options)
    assert again.table.content_hash == source.table.content_hash
    frame = source.table.frame()
    cells = {column: [None if pd.isna(value) else value for value in frame[column].tolist()] for column in frame}
    return cells, [(problem.where, problem.count) for problem in source.problems]


def both_readers(data: bytes):
    """The same table for the quick and for the careful reader; a quote inside a cell is what only the careful one
    takes.
    """
    return [("quick.csv", data), ("careful.csv", data.replace(b"end", b'e"nd'))]


@pytest.mark.parametrize("at", [0, 1])
def test_identifiers_that_look_like_numbers_stay_as_they_are(tmp_path, at):
    name, data = both_readers(b"id,phone,x\n1e5,+49,end\n22,+1,a\n3e7,49,b\n")[at]
    cells, problems = told(tmp_path, data, name)
    assert (cells["id"], cells["phone"]) == (["1e5", "22", "3e7"], ["+49", "+1", "49"])
    assert [where for where, _ in problems if "column" in where] == []


@pytest.mark.parametrize("at", [0, 1])
def test_zeros_at_the_end_of_numbers_are_reported(tmp_path, at):
    name, data = both_readers(b"v,w,x\n1.10,1.5,end\n1.9,2.25,a\n2.50,.5,b\n1.10,-0.5,c\n")[at]
    cells, problems = told(tmp_path, data, name)
    assert cells["v"] == [1.1, 1.9, 2.5, 1.1]
    assert ('column "v" (3 cells, such as "1.10", "2.50"), column "w" (1 cell, such as ".5")', 4) in problems


@pytest.mark.parametrize("at", [0, 1])
def test_signs_that_are_read_as_missing_are_reported(tmp_path, at):
    name, data = both_readers(b"a,b,x\nNA,1,end\n-,.,a\nfoo,3,b\nNA,4,c\n")[at]
    cells, problems = told(tmp_path, data, name)
    assert (cells["a"], cells["b"]) == ([None, None, "foo", None], [1, None, 3, 4])
    assert ('column "a" (3 cells, such as "NA", "-"), column "b" (1 cell, such as ".")', 4) in problems


@pytest.mark.parametrize("at", [0, 1])
def test_moments_with_a_zone_are_reported_with_examples(tmp_path, at):
    name, data = both_readers(b"t,x\n2024-01-01T10:00:00+02:00,end\n2024-01-02T10:00:00Z,a\n")[at]
    assert ('column "t" (2 cells, such as "2024-01-01T10:00:00+02:00", "2024-01-02T10:00:00Z")', 2) in told(
        tmp_path, data, name
    )[1]


ZONES = [["2024-01-01T10:00:00+02:00", "a"], ["2024-01-02T10:00:00Z", "b"], ["2024-01-03T23:30:00-05:00", "c"]]


@pytest.mark.parametrize("form", ["xlsx", "json", "jsonl"])
def test_text_with_a_zone_in_sheets_and_json_is_reported_with_examples(tmp_path, form):
    rows = [{"t": moment, "x": letter} for moment, letter in ZONES]
    data = {
        "xlsx": sheet([["t", "x"], *ZONES]),
        "json": json.dumps(rows).encode(),
        "jsonl": "\n".join(map(json.dumps, rows)).encode(),
    }[form]
    cells, problems = told(tmp_path, data, f"t.{form}")
    utc = ["2024-01-01 08:00:00", "2024-01-02 10:00:00", "2024-01-04 04:30:00"]  # by hand
    assert [str(moment) for moment in cells["t"]] == utc
    examples = ", ".join(f'"{moment}"' for moment, _ in ZONES)
    assert problems == [(f'column "t" (3 cells, such as {examples})', 3)]


def test_german_thousands_are_not_made_a_thousand_times_smaller(tmp_path):
    cells, problems = told(tmp_path, b"ort;menge\nA;1.234\nB;12.500\nC;100.000\n", "t.csv")
    assert cells["menge"] == ["1.234", "12.500", "100.000"]
    assert problems == [('column "menge"', 1)]
    assert told(tmp_path, b"ort;menge\nA;1.234\n", "t.csv", decimal=".")[0]["menge"] == [1.234]


def test_a_point_that_another_column_proves_is_a_point(tmp_path):
    assert told(tmp_path, b"a;b\n1.5;1.234\n2.25;3.125\n", "t.csv")[0] == {"a": [1.5, 2.25], "b": [1.234, 3.125]}


def test_json_cells_that_change_are_reported(tmp_path):
    cells, problems = told(
        tmp_path,
        b'[{"t": "2024-01-01T10:00:00+02:00", "n": NaN, "a": "NA", "c": ""}, {"t": "2024-01-02T10:00:00", "n": 1, "a":'
        b' "x", "c": "q"}]',
        "t.json",
    )
    assert (cells["n"], cells["a"], cells["c"]) == ([None, 1], [None, "x"], [None, "q"])
    assert problems == [
        (
            (
                'column "n" (1 cell, such as "NaN"), column "a" (1 cell, such as "NA"), column "c" (1 cell, such as'
                ' "(empty text)")'
            ),
            3,
        ),
        ('column "t" (1 cell, such as "2024-01-01T10:00:00+02:00")', 1),
    ]


def test_a_json_number_beyond_all_decimals_stays_the_text_that_it_is(tmp_path):
    assert told(tmp_path, b'[{"a": 1e400}, {"a": 2.5}]', "t.json")[0]["a"] == ["1e400", "2.5"]


def test_half_characters_in_json_are_replaced_and_reported(tmp_path):
    cells, problems = told(tmp_path, b'[{"k\\ud800": "x\\udfff", "b": "\\ud83d\\ude00"}]', "t.json")
    assert cells == {"k\ufffd": ["x\ufffd"], "b": ["\U0001f600"]}
    assert problems == [('"k\\ud800"', 1), ('column "k\ufffd" (1 cell, such as "x\\udfff")', 1)]


def test_errors_of_a_spreadsheet_are_reported(tmp_path):
    rows = (
        '<row><c t="inlineStr"><is><t>a</t></is></c></row><row><c'
        ' t="e"><v>#DIV/0!</v></c></row><row><c><v>2</v></c></row>'
    )
    cells, problems = told(tmp_path, workbook(rows), "t.xlsx")
    assert (cells, problems) == ({"a": [None, 2]}, [('column "a" (1 cell, such as "#DIV/0!")', 1)])


def test_a_sheet_with_years_as_names_keeps_its_header_as_the_same_csv_does(tmp_path):
    rows = "".join(
        "<row>"
        + "".join(
            f'<c t="inlineStr"><is><t>{v}</t></is></c>' if isinstance(v, str) else f"<c><v>{v}</v></c>" for v in row
        )
        + "</row>"
        for row in [["land", 2019, 2020, 2021], ["DE", 1, 2, 3], ["FR", 4, 5, 6]]
    )
    sheet = told(tmp_path, workbook(rows), "t.xlsx")
    assert list(sheet[0]) == ["land", "2019", "2020", "2021"]
    assert sheet == told(tmp_path, b"land,2019,2020,2021\nDE,1,2,3\nFR,4,5,6\n", "t.csv")


def test_the_last_day_of_the_year_9999_in_old_parquet_does_not_wrap(tmp_path):
    moments = pa.array([253_402_214_400_000_000, 0], pa.timestamp("us"))
    pq.write_table(pa.table({"d": moments}), tmp_path / "t.parquet", use_deprecated_int96_timestamps=True)
    cells, _ = told(tmp_path, (tmp_path / "t.parquet").read_bytes(), "t.parquet")
    assert [str(cell)[:10] for cell in cells["d"]] == ["9999-12-31", "1970-01-01"]


def test_packed_text_is_told_of_as_unpacked_text_is(tmp_path):
    data = b"a,b\nNA,1.10\nx,2\n"
    assert told(tmp_path, gzip.compress(data), "t.csv.gz") == told(tmp_path, data, "t.csv")
