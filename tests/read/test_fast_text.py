"""The fast way through text tables gives what the plain reader gives, bit by bit, and is taken where it can be."""

import contextlib
import gzip
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataops_core.errors import DataOpsError
from dataops_core.read import ReadOptions, file, read_file
from dataops_core.read.text import fast_text, text_blocks
from dataops_core.read.text.fast_text import read_plain_text

DECIMAL = [
    "1.5",
    "-0.25",
    "1.",
    ".5",
    "100.02",
    "1.234",
    "-0.0",
    "0.1234567890123456",
    "-0.12345678901234567",
    "1e5",
    "1.5E-07",
    "-1.0234567890123456e-05",
    "0.000012345678901234567",
    "1.00000000000000000000",
    "123456.7890123456789",
    "0.000000000000000000000000000000000000000000001e5",
    "12345678901234567.5",
]
COMMA = ["1,5", "-0,25", "1,234", "12,345", "0,5", "1234,5", "1.234,5", "3"]
WIDE = [
    "12345678901234567",
    "9223372036854775807",
    "9223372036854775808",
    "999999999999999",
    "1000000000000000",
    "4503599627370497",
    "-9223372036854775808",
    "0.12345678901234567890123",
    "1" * 400,
    "0." + "0" * 330 + "1",
]
STRANGE = [
    "007",
    "+4930123456",
    "+5",
    "-",
    ".",
    "--",
    "inf",
    "-Infinity",
    "nan",
    "1e400",
    "1e-400",
    "1_000",
    "0x1F",
    "1d5",
    "00.5",
    "-01",
    " 5",
    "5 ",
    "\u00a05",
    "\u20035",
    "1.2.3",
    "1-2",
    "٣",
    "5\x0b",
    "\x1c7",
    "0",
    "-0",
    "00",
    "-00",
    "0,5",
    "1e5",
    "5-",
    "--5",
]
MOMENT = [
    "2024-01-31",
    "2024-02-30",
    "2024-01-31T10:20",
    "2024-01-31 10:20:30",
    "2024-01-31 10:20:30.5",
    "2024-01-31T24:00",
    "0000-01-01",
    "0001-01-01",
    "2024-01-31T10:20:30Z",
    "2024-01-31T10:20:30+02:00",
    "2024-01-31T10:20:30+0200 ",
    "2024-01-31 10-20",
    "9999-12-31T23:59:59.123456",
    "2024-01-31T1020",
    "2024-13-01",
    "2024-1-01",
    "2024-01-31T10",
]
INTEGERS, DATES = st.integers(-999, 99_999).map(str), st.dates().map(str)
DECIMALS, COMMAS, LONG, ODD, MOMENTS = map(st.sampled_from, (DECIMAL, COMMA, WIDE, STRANGE, MOMENT))
WORDS = st.sampled_from(
    [
        "Rome",
        "naïve",
        " x ",
        "日本",
        "NA",
        "DE",
        "FR",
        "IT",
        "ES",
        "x\u2028y",
        "True",
        "o'clock",
        "#1",
        "//",
        "\ufeffx",
        "é\u0085",
    ]
)
TRUTH = st.sampled_from(["true", "FALSE", "True", " false"])
MISSING = st.sampled_from(["", "?", "NA", "N/A", "null", " ", " NA ", "\u00a0?", "-"])
ANY = st.one_of(INTEGERS, DECIMALS, COMMAS, LONG, ODD, DATES, MOMENTS, WORDS, TRUTH, MISSING)
QUOTED = st.sampled_from(['say "hi"', "a,b", "c;d", '"', '""', 'x",'])


@st.composite
def tables(draw):
    """The text of a table, mostly of columns of one sort with a few strange cells."""
    width, rows = draw(st.integers(1, 4)), draw(st.integers(1, 30))
    delimiter, end = draw(st.sampled_from([",", ";", "\t", "|"])), draw(st.sampled_from(["\n", "\n", "\r\n"]))
    columns = []
    for _ in range(width):
        main = draw(st.sampled_from([INTEGERS, DECIMALS, COMMAS, LONG, DATES, MOMENTS, WORDS, TRUTH, ODD, QUOTED]))
        other = draw(st.sampled_from([main, MISSING, MISSING, ANY, QUOTED]))
        rarely = draw(st.integers(0, 4))
        columns.append([draw(other if draw(st.integers(0, 9)) < rarely else main) for _ in range(rows)])
    always = draw(st.booleans())

    def written(cell):
        if always or any(sign in cell for sign in (delimiter, '"')):
            return '"' + cell.replace('"', '""') + '"'
        return cell

    head = draw(
        st.sampled_from(
            [[f"c{n}" for n in range(width)], ["name", " size", "id", "x"][:width], ["a", "a", "", "b"][:width]]
        )
    )
    body = [delimiter.join(map(written, row)) for row in [head, *zip(*columns, strict=True)]]
    if draw(st.integers(0, 9)) == 0:
        body.append(body[0])
    return end.join(body) + draw(st.sampled_from([end, end, "", end + end]))


GIVEN = st.fixed_dictionaries(
    {},
    optional={
        "decimal": st.sampled_from([".", ","]),
        "missing_tokens": st.sampled_from([(), ("?",), ("", "NA", " x "), ("5", "DE")]),
        "types": st.dictionaries(
            st.sampled_from(["c0", "c1"]), st.sampled_from(["text", "integer", "decimal", "boolean", "datetime"])
        ),
        "kept": st.sampled_from([{"c0": ("NA",)}, {"c1": ("",)}]),
        "header_row": st.sampled_from([0, -1, 1]),
        "lenient": st.just(True),
    },
)


def outcome(path, out, options):
    """Everything that is answered on a file, or what is refused."""
    try:
        source = read_file(path, out, options)
    except DataOpsError as error:
        return type(error), str(error)
    return source.table.content_hash, source.table.columns, source.options, source.problems


def both(path: Path, options: ReadOptions | None = None, block: int = 4_000_000, sample: int = 2000):
    """The outcomes of the fast way and of the plain reader, and whether the fast way was taken."""
    taken = []

    def watched(*args):
        found = read_plain_text(*args)
        taken.append(found is not None)
        return found

    with (
        patch.object(text_blocks, "BLOCK", block),
        patch.object(fast_text, "SAMPLE_ROWS", sample),
        patch.object(file, "read_plain_text", watched),
    ):
        fast = outcome(path, path.with_name("fast.parquet"), options)
    with patch.object(file, "read_plain_text", lambda *_: None):
        plain = outcome(path, path.with_name("plain.parquet"), options)
    return fast, plain, taken == [True]


SHARE: list[bool] = []


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    tables(),
    GIVEN | st.just({}),
    st.sampled_from([64, 300, 4_000_000]),
    st.sampled_from([1, 3, 2000]),
    st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "cp1252"]),
)
def check_equality(folder, text, options, block, sample, encoding):
    path = folder / "t.csv"
    path.write_bytes(text.encode(encoding, "replace"))
    fast, plain, taken = both(path, ReadOptions(**options), block, sample)
    assert fast == plain
    if not isinstance(plain[0], type):
        SHARE.append(taken)
        again, same, _ = both(path, plain[2], block)
        assert again == same
        assert again[0] == plain[0]


@pytest.mark.slow
def test_any_table_is_read_as_by_the_plain_reader_and_most_by_the_fast_way(tmp_path):
    SHARE.clear()
    check_equality(tmp_path)
    assert sum(SHARE) > 0.7 * len(SHARE)


def check(tmp_path, data: bytes, fast_way: bool | None = True, name: str = "t.csv", **options):
    """Read both ways with small and large blocks; the outcome."""
    path = tmp_path / name
    path.write_bytes(data)
    for block, sample in ((64, 1), (1000, 2000), (4_000_000, 5)):
        fast, plain, taken = both(path, ReadOptions(**options), block, sample)
        assert fast == plain
        assert fast_way is None or taken == fast_way
    return fast


@pytest.mark.parametrize("given_types", [False, True])
@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("plain", ["1", "1.5", "1,5", "2024-01-31", "2024-01-31 10:20"])
def test_one_strange_cell_below_a_plain_one_is_taken_as_by_the_plain_reader(tmp_path, plain, decimal, given_types):
    strange = [*DECIMAL, *COMMA, *WIDE, *STRANGE, *MOMENT, "", "?", " NA", "true", "x"]
    names = [f"c{number}" for number in range(len(strange))]
    text = "\n".join(map(";".join, (names, [plain] * len(names), strange, [plain] * len(names))))
    (tmp_path / "t.csv").write_bytes(text.encode())
    kind = "datetime" if "-" in plain else "integer" if plain == "1" else "decimal"
    options = ReadOptions(delimiter=";", decimal=decimal, types=dict.fromkeys(names, kind) if given_types else None)
    fast, whole, taken = both(tmp_path / "t.csv", options, sample=1)
    assert fast == whole
    assert taken


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\r\n1,x\r\n2,y\r\n\r\n",
        b'a,b\n"1","x ""y"" z"\n"2",",,"\n',
        "\ufeffa,b\n1,ä\n".encode(),
        b"a\n1\n\n2\n",
        b"a\tb\n1\t2",
        b"# title\n\na,b\n1,2\n3,4\n",
        b"n,when\n1,2024-01-01T10:00:00Z\n2,2024-01-01T10:00:00+02:00\n",
        b"a,b\n1,2\na,b\n3,4\n",
        "größe;b\nä;1,5\né;€\n".encode("cp1252"),
        b"a,b\n\x81\xe4,1\nx,2\n",
    ],
    ids=["crlf", "quotes", "mark", "one column", "no end", "title", "zones", "header again", "cp1252", "latin-1"],
)
def test_plain_files_go_the_fast_way(tmp_path, data):
    check(tmp_path, data)


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\n1,2\n3\n",
        b"a,b\n1,2,3\n4,5\n",
        b'a,b\n"1\n2",3\n',
        b'a,b\nx"y,1\n',
        b"a,b\r1,2\r3,4\r",
        b"a,b\n1,\0\n",
        b"a,b\n\n1,2\n",
        "a,b\n1,2\n".encode("utf-16"),
        b"a b c\n1 x 2\n3 y 4\n",
        b'a,b\n"1"x,2\n',
    ],
    ids=[
        "short",
        "long",
        "line end in quotes",
        "quote inside",
        "cr",
        "nul",
        "blank",
        "utf-16",
        "spaces",
        "after quote",
    ],
)
def test_other_files_are_left_to_the_plain_reader(tmp_path, data):
    check(tmp_path, data, fast_way=False)


@pytest.mark.slow
def test_a_code_page_that_shows_late_and_what_is_asked_in_it(tmp_path):
    data = "größe;b\n".encode("cp1252") + b"".join(f"{n};ä\n".encode("cp1252") for n in range(200))
    check(tmp_path, data, types={"größe": "text"})
    check(tmp_path, data, encoding="cp1252")
    check(tmp_path, data, encoding="ascii", fast_way=False)
    check(tmp_path, "a,a\nö,1\n".encode("cp1252"), fast_way=None)
    check(tmp_path, b"a,b\n" + (b"x," + b"y" * 300 + b"\n") * 4000 + "ö,1\n".encode("cp1252"))


@pytest.mark.slow
def test_a_type_that_only_late_cells_show_is_found(tmp_path):
    lines = [f"{n},{n}.5,2024-01-{n % 28 + 1:02},{n}" for n in range(3000)]
    found = check(tmp_path, "\n".join(["a,b,c,d", *lines, "x,1e400,2024-02-30,0.5", ""]).encode())
    assert set(found[2].types.values()) == {"text", "decimal"}


def test_lines_and_counts_of_misfits_are_those_of_the_plain_reader(tmp_path):
    lines = ["x,0.1234567890123456789" if n % 7 == 0 else f"{n},1.5" for n in range(400)]
    found = check(tmp_path, "\n".join(["a,b", *lines]).encode(), types={"a": "integer", "b": "decimal"})
    assert [problem.count for problem in found[3]] == [58, 58]
    assert 'line 2 "x", line 9 "x"' in found[3][1].what


def test_na_after_numbers_is_judged_as_by_the_plain_reader(tmp_path):
    codes = [f"{a}{b}" for a in "ABCDEFGH" for b in "ABCDEFGH"]
    check(
        tmp_path, "\n".join(["a,b", "1,1", "2,NA", *(f"{code},5" for code in [*codes, "NA"])]).encode(), fast_way=None
    )
    check(tmp_path, "\n".join(["a,b", *(f"{code},5" for code in [*codes, "NA"])]).encode())


def test_numbers_that_mean_missing_are_missing(tmp_path):
    found = check(
        tmp_path, b"a,b\n-999,2020-01-01\n5,1900-01-01\n7,2020-01-02\n", missing_tokens=("-999", "1900-01-01")
    )
    assert found[2].types == {"a": "integer", "b": "datetime"}


def test_a_packed_file_goes_the_fast_way_and_a_large_one_is_never_held_whole(tmp_path, monkeypatch):
    text = "a,b\n" + "".join(f"{n},word {n}\n" for n in range(300_000))
    check(tmp_path, gzip.compress(text[:10_000].rsplit("\n", 1)[0].encode()), name="t.csv.gz")
    (tmp_path / "big.csv").write_text(text)
    monkeypatch.setattr(Path, "read_bytes", None)
    told = []
    source = read_file(tmp_path / "big.csv", tmp_path / "o.parquet", progress=lambda share, _what: told.append(share))
    assert source.table.rows == 300_000
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)


def test_a_refused_file_leaves_nothing_behind(tmp_path):
    (tmp_path / "t.csv").write_text("a,a\n" + "1,2\n" * 10)
    with contextlib.suppress(DataOpsError):
        read_file(tmp_path / "t.csv", tmp_path / "o.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]
