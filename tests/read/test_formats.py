"""Packed files, JSON, Excel and Parquet: what they give, and what they say when broken."""

import datetime
import decimal
import gzip
import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dataops_core.errors import FlawError, InputError, SettingError
from dataops_core.read import ReadOptions, Source, read_file
from dataops_core.write import write_file

CELL = '<c r="{ref}" t="{kind}">{value}</c>'


def read(tmp_path: Path, data: bytes, name: str, **options) -> Source:
    path = tmp_path / "object"
    path.write_bytes(data)
    source = read_file(path, tmp_path / "t.parquet", ReadOptions(**options), name=name)
    again = read_file(path, tmp_path / "u.parquet", source.options, name=name)
    assert again.table.content_hash == source.table.content_hash
    assert again.options == source.options
    return source


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def workbook(rows: list[list[object]], name: str = "One") -> bytes:
    lines = []
    for row in rows:
        cells = "".join(
            (
                f'<c t="inlineStr"><is><t xml:space="preserve">{v}</t></is></c>'
                if isinstance(v, str)
                else (
                    f'<c t="b"><v>{int(v)}</v></c>'
                    if isinstance(v, bool)
                    else "<c/>"
                    if v is None
                    else f"<c><v>{v}</v></c>"
                )
            )
            for v in row
        )
        lines.append(f"<row>{cells}</row>")
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    pack = 'xmlns="http://schemas.openxmlformats.org/package/2006/'
    files = {
        "[Content_Types].xml": f'<Types {pack}content-types"/>',
        "_rels/.rels": (
            f'<Relationships {pack}relationships"><Relationship Id="r1" Type="{rel}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook {main} xmlns:r="{rel}"><sheets><sheet name="{name}" sheetId="1" r:id="r1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships {pack}relationships"><Relationship Id="r1" '
            f'Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
        ),
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{''.join(lines)}</sheetData></worksheet>",
    }
    return zipped({key: value.encode() for key, value in files.items()})


def test_gzip_and_zip_with_one_file(tmp_path: Path) -> None:
    plain = read(tmp_path, b"a,b\n1,x\n", "t.csv")
    for data, name in [(gzip.compress(b"a,b\n1,x\n"), "t.csv.gz"), (zipped({"d/t.csv": b"a,b\n1,x\n"}), "t.zip")]:
        assert read(tmp_path, data, name).table.content_hash == plain.table.content_hash


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (gzip.compress(b"a,b\n" * 9000, mtime=0)[:-20], "t.csv.gz", "cut off"),
        (zipped({"a.csv": b"1", "b.csv": b"2"}), "t.zip", "2 files: a.csv, b.csv"),
        (b"PK\x03\x04 nonsense", "t.zip", "damaged"),
        (b"no zip at all", "t.zip", "damaged"),
        (b"no workbook", "t.xlsx", "not an Excel file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "t.xls", "not an Excel file"),
        (b'[{"a": 1},\n{"a": }]', "t.json", "JSON is broken"),
        (b'{"a": 1}\n{"a": \n', "t.jsonl", "1 lines hold no JSON record"),
        (b"[1, 2]", "t.json", "no table"),
        (b"PAR1 broken PAR1", "t.parquet", "Parquet"),
    ],
    ids=[
        "gzip cut off",
        "two files",
        "zip damaged",
        "no zip",
        "no xlsx",
        "no xls",
        "json",
        "jsonl",
        "no table",
        "parquet",
    ],
)
def test_broken_files_say_what_is_wrong(tmp_path: Path, data: bytes, name: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read(tmp_path, data, name)
    assert name in caught.value.where
    assert caught.value.fix


def test_a_small_file_that_unpacks_to_a_very_large_one_is_refused(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(300_000_000), 9, mtime=0)
    with pytest.raises(InputError, match="unpacks to 76 MB or more") as caught:
        read(tmp_path, bomb, "bomb.csv.gz")
    assert "bomb.csv.gz" in caught.value.where
    assert caught.value.fix


def test_an_encrypted_zip_says_so(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.csv": b"1"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(InputError, match="encrypted"):
        read(tmp_path, bytes(data), "t.zip")


def test_json_records_keep_types_nested_cells_and_repeated_keys(tmp_path: Path) -> None:
    source = read(
        tmp_path,
        b'[{"a": 1, "b": "007", "c": {"x": [1]}, "d": 1.5, "e": 1, "e": 2}, {"a": null, "d": 2}]',
        "t.json",
        lenient=True,
    )
    frame = source.table.frame()
    assert {c.name: c.type for c in source.table.columns} == {
        "a": "integer",
        "b": "text",
        "c.x": "text",
        "d": "decimal",
        "e": "integer",
        "e (2)": "integer",
    }
    assert frame["c.x"].tolist() == ["[1]", None]
    assert [p.count for p in source.problems] == [1, 1, 1]


ORDERS = b"""{"count": 2, "data": {"orders": [
  {"id": 1, "customer": {"name": "Ann", "at": {"city": "Rome"}}, "items": [{"sku": "a", "n": 2}, {"sku": "b"}]},
  {"id": 2, "customer": {"name": "Ben"}, "items": []}
]}}"""


def test_records_inside_a_document_are_found_and_objects_in_them_become_columns(tmp_path: Path) -> None:
    source = read(tmp_path, ORDERS, "t.json")
    frame = source.table.frame()
    assert frame["customer.name"].tolist() == ["Ann", "Ben"]
    assert frame["customer.at.city"].tolist() == ["Rome", None]
    assert frame["items"].tolist() == ['[{"sku": "a", "n": 2}, {"sku": "b"}]', "[]"]
    assert 'The records were found under the key "data.orders". Beside them stand: count.' in [
        problem.what for problem in source.problems
    ]


def test_arrays_in_records_make_rows_where_asked(tmp_path: Path) -> None:
    source = read(tmp_path, ORDERS, "t.json", explode="items")
    frame = source.table.frame()
    assert frame["id"].tolist() == [1, 1, 2]
    assert frame["items.sku"].tolist() == ["a", "b", None]
    assert source.options.explode == "items"
    with pytest.raises(SettingError, match="No cell of"):
        read(tmp_path, ORDERS, "t.json", explode="id")


def test_a_dotted_name_that_is_there_already_is_not_overwritten(tmp_path: Path) -> None:
    frame = read(tmp_path, b'[{"a.b": 1, "a": {"b": 2}}, {"a": {"b": 3}, "a.b": 4}]', "t.json").table.frame()
    assert frame["a.b"].tolist() == [1, 4]
    assert frame["a"].tolist() == ['{"b": 2}', '{"b": 3}']


def test_json_columns_and_wide_integers(tmp_path: Path) -> None:
    source = read(tmp_path, b'{"a": [1, 99999999999999999999], "b": [true, null]}', "t.json")
    assert source.table.frame()["a"].tolist() == ["1", "99999999999999999999"]
    assert source.table.column("b").type == "boolean"


def test_excel_numbers_titles_and_sheets(tmp_path: Path) -> None:
    data = workbook([["Report", None, None], ["id", "name", "ok"], [1, "x", True], [2.5, "007", False], [3, "?", None]])
    source = read(tmp_path, data, "t.xlsx")
    frame = source.table.frame()
    assert frame["id"].tolist() == [1.0, 2.5, 3.0]
    assert frame["name"].tolist() == ["x", "007", None]
    assert frame["ok"].tolist()[:2] == [True, False]
    assert source.assumed()["header_row"] == 1
    with pytest.raises(SettingError, match='no sheet "Onne"'):
        read(tmp_path, data, "t.xlsx", sheet="Onne")


def test_parquet_types_are_converted_and_reported(tmp_path: Path) -> None:
    utc = datetime.timezone(datetime.timedelta(hours=2))
    table = pa.table(
        {
            "list": [[1], None],
            "cat": pa.array(["x", None]).dictionary_encode(),
            "dec": [decimal.Decimal("1.10"), None],
            "big": pa.array([2**64 - 1, None], pa.uint64()),
            "small": pa.array([1, None], pa.uint64()),
            "zone": [datetime.datetime(2024, 1, 1, 12, tzinfo=utc), None],
            "time": [datetime.time(1, 2), None],
            "ok": [True, None],
            "day": [datetime.date(812, 1, 1), None],
        }
    )
    out = io.BytesIO()
    pq.write_table(table, out)
    source = read(tmp_path, out.getvalue(), "t.parquet")
    first = source.table.frame().iloc[0].to_dict()
    assert (first["list"], first["cat"], first["dec"], first["big"], first["small"]) == (
        "[1]",
        "x",
        1.1,
        str(2**64 - 1),
        1,
    )
    assert (str(first["zone"]), first["time"], first["ok"]) == ("2024-01-01 10:00:00", "01:02:00", True)
    assert str(first["day"])[:10] == "0812-01-01"
    assert source.table.frame().iloc[1].isna().all()
    assert source.problems[-1].count >= 6 or source.problems[0].count >= 6


def parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "what"),
    [
        (b'[{"a": 1, "a": 2}]', "t.json", 'Two columns are called "a".'),
        (b'{"a": []}', "t.json", "The file has a header but no rows."),
        (workbook([["a", "a"], [1, 2]]), "t.xlsx", 'Two columns are called "a".'),
        (workbook([["a", "b"]]), "t.xlsx", "The file has a header but no rows."),
        (parquet(pa.table([[1], [2]], names=["a", ""])), "t.parquet", "Column 2 has no name."),
        (parquet(pa.table({"a": pa.array([], pa.int64())})), "t.parquet", "The file has a header but no rows."),
    ],
    ids=["json keys", "json no rows", "excel doubles", "excel no rows", "parquet nameless", "parquet no rows"],
)
def test_flaws_of_other_formats_are_refused_unless_asked(tmp_path: Path, data: bytes, name: str, what: str) -> None:
    with pytest.raises(FlawError, match=r"column|Column|rows") as caught:
        read(tmp_path, data, name)
    assert caught.value.what == what
    assert caught.value.where.startswith(name)
    assert read(tmp_path, data, name, lenient=True).options.lenient is True


def test_a_table_without_rows_that_the_workbench_wrote_is_fine(tmp_path: Path) -> None:
    source = read(tmp_path, b"a,b\n", "t.csv", lenient=True)
    write_file(source.table, tmp_path / "out.parquet")
    again = read(tmp_path, (tmp_path / "out.parquet").read_bytes(), "out.parquet")
    assert (again.table.rows, again.options.lenient) == (0, None)


def test_json_numbers_with_too_many_digits_are_reported(tmp_path: Path) -> None:
    source = read(tmp_path, b'[{"a": 0.1234567890123456789}, {"a": 1.5}]', "t.json")
    assert [(p.where, p.count) for p in source.problems] == [("0.1234567890123456789", 1)]


def test_parquet_with_two_columns_of_one_name_is_refused_or_mended(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    from dataops_core.errors import FlawError

    path = tmp_path / "dup.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array([1, 2]), pa.array(["a", "b"])], names=["x", "x"]), path)
    with pytest.raises(FlawError, match='called "x"'):
        read_file(path, tmp_path / "o.parquet")
    source = read_file(path, tmp_path / "o.parquet", ReadOptions(lenient=True))
    assert source.table.names == ["x", "x (2)"]


def test_a_parquet_of_ours_that_was_altered_is_refused_unless_asked(tmp_path, make_table):
    table = make_table({"n": range(2000), "t": [f"town {i % 7}" for i in range(2000)]})
    write_file(table, tmp_path / "t.parquet")
    intact = (tmp_path / "t.parquet").read_bytes()
    assert read_file(tmp_path / "t.parquet", tmp_path / "read.parquet").problems == ()
    silent = 0
    for step in range(40):
        data = bytearray(intact)
        data[4 + step * (len(data) - 2600) // 40] ^= 1 << step % 8
        (tmp_path / "x.parquet").write_bytes(data)
        try:
            silent += (
                read_file(tmp_path / "x.parquet", tmp_path / "read.parquet").table.content_hash != table.content_hash
            )
        except InputError:  # FlawError where the cells can still be read
            continue
    assert silent == 0


def test_an_altered_parquet_of_ours_can_be_read_as_it_is(tmp_path, make_table):
    table = make_table({"n": range(20)})
    write_file(table, tmp_path / "t.parquet")
    with pq.ParquetFile(tmp_path / "t.parquet") as file:
        about, rows = file.metadata.metadata, file.read()
    changed = rows.set_column(0, "n", [list(range(1, 21))]).replace_schema_metadata(about)
    pq.write_table(changed, tmp_path / "t.parquet")
    with pytest.raises(FlawError, match="altered or damaged"):
        read_file(tmp_path / "t.parquet", tmp_path / "read.parquet")
    source = read_file(tmp_path / "t.parquet", tmp_path / "read.parquet", ReadOptions(lenient=True))
    assert [problem.what[:24] for problem in source.problems] == ["The file was altered or "]
