"""Files made to do harm, or broken in ways that were met: each generator returns a file's name and its bytes.

They are small, quickly made, and hold nothing of anybody's. Sources: what was found by attacking the program; zip and
gzip bombs; [ECMA-376] for sheets; the Parquet format's encodings.
"""

import gzip
import io
import json
import struct
import zipfile
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq

SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACK = 'xmlns="http://schemas.openxmlformats.org/package/2006/'
MAKERS: dict[str, Callable[[], tuple[str, bytes]]] = {}


def hostile(make: Callable[[], tuple[str, bytes]]) -> Callable[[], tuple[str, bytes]]:
    """Add a generator to the list."""
    MAKERS[make.__name__] = make
    return make


def zipped(files: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in files.items():
            archive.writestr(
                zipfile.ZipInfo(name), data, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            )
    return out.getvalue()


def workbook(rows: str, strings: str = "") -> bytes:
    """A workbook whose one sheet has these rows, as XML; `strings` are the shared texts."""
    return zipped(
        {
            "[Content_Types].xml": f'<Types {PACK}content-types"/>',
            "_rels/.rels": (
                f'<Relationships {PACK}relationships"><Relationship Id="r1" Type="{REL}/officeDocument"'
                ' Target="xl/workbook.xml"/></Relationships>'
            ),
            "xl/workbook.xml": (
                f'<workbook {MAIN} xmlns:r="{REL}"><sheets><sheet name="One" sheetId="1"'
                ' r:id="r1"/></sheets></workbook>'
            ),
            "xl/_rels/workbook.xml.rels": (
                f'<Relationships {PACK}relationships"><Relationship Id="r1" Type="{REL}/worksheet"'
                f' Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{REL}/sharedStrings"'
                ' Target="sharedStrings.xml"/></Relationships>'
            ),
            "xl/worksheets/sheet1.xml": SHEET.format(rows),
            **({"xl/sharedStrings.xml": f"<sst {MAIN}>{strings}</sst>"} if strings else {}),
        }
    )


def parquet(columns: dict, **options) -> bytes:
    out = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), out, **options)
    return out.getvalue().to_pybytes()


@hostile
def cell_in_the_last_corner() -> tuple[str, bytes]:
    return "corner.xlsx", workbook(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    )


@hostile
def cell_far_down() -> tuple[str, bytes]:
    return "far.xlsx", workbook(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="Z1048576"><v>2</v></c></row>'
    )


@hostile
def cell_beyond_any_sheet() -> tuple[str, bytes]:
    return "beyond.xlsx", workbook(
        '<row r="1"><c r="A1"><v>1</v></c></row><row><c r="ZZZZZZ4294967295"><v>2</v></c></row>'
    )


@hostile
def cells_without_places() -> tuple[str, bytes]:
    return "places.xlsx", workbook(
        "<row>" + "<c><v>1</v></c>" * 16_000 + "</row>" + "<row><c><v>1</v></c></row>" * 900_000
    )


@hostile
def shared_text_named_often() -> tuple[str, bytes]:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 9001))
    return "shared.xlsx", workbook(rows, "<si><t>" + "x" * 1_000_000 + "</t></si>")


@hostile
def sheet_that_unpacks_to_much() -> tuple[str, bytes]:
    return "spaces.xlsx", workbook(" " * 80_000_000)


@hostile
def sheet_with_nested_entities() -> tuple[str, bytes]:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    files = workbook("")
    with zipfile.ZipFile(io.BytesIO(files)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = f"<!DOCTYPE x [{entities}]>" + SHEET.format(
        '<row><c t="inlineStr"><is><t>&e9;</t></is></c></row>'
    )
    return "laughs.xlsx", zipped(parts)


@hostile
def open_document_with_repeats() -> tuple[str, bytes]:
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/>'
    return "repeats.ods", zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": (
                '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
            ),
            "content.xml": (
                f'<office:document-content {names}><office:body><office:spreadsheet><table:table table:name="One">'
                "<table:table-row"
                f' table:number-rows-repeated="1048576">{cell}</table:table-row></table:table></office:spreadsheet>'
                "</office:body></office:document-content>"
            ),
        }
    )


@hostile
def sparse_json() -> tuple[str, bytes]:
    return "sparse.json", json.dumps([{f"k{n}": n} for n in range(9000)]).encode()


@hostile
def sparse_json_columns() -> tuple[str, bytes]:
    return "columns.json", json.dumps({f"k{n}": {str(n): 1} for n in range(9000)}).encode()


@hostile
def short_json_columns() -> tuple[str, bytes]:
    return "short.json", json.dumps({"a": [1] * 30_000, **{f"k{n}": [1] for n in range(9000)}}).encode()


@hostile
def deep_json() -> tuple[str, bytes]:
    return "deep.json", b"[" * 1_000_000


@hostile
def deep_json_cell() -> tuple[str, bytes]:
    return "cell.json", b'[{"a": ' + b"[" * 900 + b"]" * 900 + b"}]"


@hostile
def json_with_a_very_long_integer() -> tuple[str, bytes]:
    return "digits.json", b'[{"a": ' + b"9" * 5000 + b'}, {"a": 1}]'


@hostile
def json_with_lone_surrogates() -> tuple[str, bytes]:
    return "surrogates.json", b'[{"a\\ud800": "x\\udfff", "b": "\\ud83d"}]'


@hostile
def csv_with_a_very_long_integer() -> tuple[str, bytes]:
    return "digits.csv", b"a,b\n" + b"9" * 5000 + b",1\n2,-" + b"1" * 4400 + b"\n3,1e" + b"9" * 4400 + b"\n"


@hostile
def far_dates() -> tuple[str, bytes]:
    return (
        "dates.csv",
        b"a,b\n0001-01-01,9999-12-31T23:59:59-14:00\n9999-12-31,0001-01-01T00:00:00+14:00\n0000-01-01,10000-01-01\n",
    )


@hostile
def quote_that_never_ends() -> tuple[str, bytes]:
    return "quote.csv", b'a,b\n"' + (b"never closed and so on " * 4 + b"\n") * 1_040_000


@hostile
def one_line_of_commas() -> tuple[str, bytes]:
    return "commas.csv", b"," * 20_000_000


@hostile
def one_line_of_text() -> tuple[str, bytes]:
    return "line.csv", b"a,b\n" + b"x" * 60_000_000 + b",1\n"


@hostile
def gzip_of_zeros() -> tuple[str, bytes]:
    return "zeros.csv.gz", gzip.compress(bytes(150_000_000), 9, mtime=0)


@hostile
def zip_of_high_ratio() -> tuple[str, bytes]:
    return "ratio.zip", zipped({"t.csv": b"a,b\n" + b"1,2\n" * 30_000_000})


@hostile
def zip_that_lies_about_its_size() -> tuple[str, bytes]:
    data = bytearray(zipped({"t.csv": b"a,b\n" + b"1,2\n" * 20_000_000}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 12)
    return "lies.zip", bytes(data)


@hostile
def zip_cut_off() -> tuple[str, bytes]:
    return "cut.zip", zipped({"t.csv": b"a,b\n" + b"1,2\n" * 1000})[:-30]


@hostile
def parquet_of_one_long_text() -> tuple[str, bytes]:
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 5000, pa.int32()), pa.array(["x" * 1_000_000]))
    return "text.parquet", parquet({"a": text}, store_schema=False, compression="zstd")


@hostile
def parquet_of_equal_numbers() -> tuple[str, bytes]:
    whole = pa.chunked_array([pa.array([1] * 10_000_000, pa.int64())] * 12)
    return "equal.parquet", parquet({f"c{n}": whole for n in range(5)}, row_group_size=10_000_000, compression="zstd")


@hostile
def parquet_of_prefixes() -> tuple[str, bytes]:
    text = pa.array(["x" * 400_000 + str(n) for n in range(1500)], pa.large_string())
    return "prefixes.parquet", parquet(
        {"a": text}, use_dictionary=False, column_encoding={"a": "DELTA_BYTE_ARRAY"}, compression="none"
    )


@hostile
def parquet_of_nested_lists() -> tuple[str, bytes]:
    inner = pa.array([[None] * 2_000_000], pa.list_(pa.int64()))
    return "nested.parquet", parquet({"a": pa.chunked_array([inner] * 40)}, compression="zstd")


@hostile
def parquet_of_other_levels() -> tuple[str, bytes]:
    """The schema says that no cell is missing, the statistics of the column count levels for missing ones."""
    data = parquet({"a": [1, None, 3]})
    optional, required = b"\x25\x02", b"\x25\x00"  # the field "repetition" in Thrift's compact protocol
    return "levels.parquet", data[:-8].replace(optional, required, 1) + data[-8:]


@hostile
def parquet_cut_off() -> tuple[str, bytes]:
    data = parquet({"a": list(range(1000))})
    return "cut.parquet", data[:400] + data[-200:]


@hostile
def five_thousand_columns() -> tuple[str, bytes]:
    head = ",".join(f"column_{n}" for n in range(5000))
    return (
        "wide.csv",
        "\n".join([head, *(",".join(str((n * row) % 97) for n in range(5000)) for row in range(1, 21))]).encode(),
    )
