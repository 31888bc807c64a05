"""The fast way through text tables gives what the plain reader gives, bit by bit, and is taken where it can be."""

import contextlib
import gzip
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataops_core.errors import DataOpsError
from dataops_core.read import ReadOptions, file, read_file, text_blocks
from dataops_core.read.fast_text import read_plain_text

INTEGERS = st.integers(-999, 99_999).map(str)
DECIMALS = st.sampled_from(["1.5", "-0.25", "1.", ".5", "100.02", "1.234", "-0.0", "0.1234567890123456", "-0.12345678901234567", "1e5", "1.5E-07", "12345678901234567.5"])
COMMAS = st.sampled_from(["1,5", "-0,25", "1,234", "12,345", "0,5", "1234,5", "1.234,5", "3"])
LONG = st.sampled_from(["12345678901234567", "9223372036854775807", "9223372036854775808", "999999999999999", "1000000000000000", "4503599627370497", "-9223372036854775808", "0.12345678901234567890123", "1" * 400, "0." + "0" * 330 + "1"])
ODD = st.sampled_from(["007", "+4930123456", "+5", "-", ".", "--", "inf", "-Infinity", "nan", "1e400", "1e-400", "1_000", "0x1F", "1d5", "00.5", "-01", " 5", "5 ", "\u00a05", "\u20035", "1.2.3", "1-2", "٣", "5\x0b", "\x1c7"])
DATES = st.dates().map(str)
MOMENTS = st.sampled_from(["2024-01-31", "2024-02-30", "2024-01-31T10:20", "2024-01-31 10:20:30", "2024-01-31 10:20:30.5", "2024-01-31T24:00", "0000-01-01", "0001-01-01", "2024-01-31T10:20:30Z", "2024-01-31T10:20:30+02:00", "2024-01-31T10:20:30+0200 ", "2024-01-31 10-20", "9999-12-31T23:59:59.123456", "2024-01-31T1020"])
WORDS = st.sampled_from(["Rome", "naïve", " x ", "日本", "NA", "DE", "FR", "IT", "ES", "x\u2028y", "True", "o'clock", "#1", "//", "\ufeffx", "é\u0085"])
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

    head = draw(st.sampled_from([[f"c{n}" for n in range(width)], ["name", " size", "id", "x"][:width], ["a", "a", "", "b"][:width]]))
    body = [delimiter.join(map(written, row)) for row in [head, *zip(*columns, strict=True)]]
    if draw(st.integers(0, 9)) == 0:
        body.append(body[0])
    return end.join(body) + draw(st.sampled_from([end, end, "", end + end]))


GIVEN = st.fixed_dictionaries({}, optional={
    "decimal": st.sampled_from([".", ","]),
    "missing_tokens": st.sampled_from([(), ("?",), ("", "NA", " x "), ("5", "DE")]),
    "types": st.dictionaries(st.sampled_from(["c0", "c1"]), st.sampled_from(["text", "integer", "decimal", "boolean", "datetime"])),
    "kept": st.sampled_from([{"c0": ("NA",)}, {"c1": ("",)}]),
    "header_row": st.sampled_from([0, -1, 1]),
    "lenient": st.just(True),
})


def outcome(path, out, options):
    """Everything that is answered on a file, or what is refused."""
    try:
        source = read_file(path, out, options)
    except DataOpsError as error:
        return type(error), str(error)
    return source.table.content_hash, source.table.columns, source.options, source.problems


def both(path: Path, options: ReadOptions | None = None, block: int = 4_000_000):
    """The outcomes of the fast way and of the plain reader, and whether the fast way was taken."""
    taken = []

    def watched(*args):
        found = read_plain_text(*args)
        taken.append(found is not None)
        return found

    with patch.object(text_blocks, "BLOCK", block), patch.object(file, "read_plain_text", watched):
        fast = outcome(path, path.with_name("fast.parquet"), options)
    with patch.object(file, "read_plain_text", lambda *_: None):
        plain = outcome(path, path.with_name("plain.parquet"), options)
    return fast, plain, taken == [True]


SHARE: list[bool] = []


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(tables(), GIVEN | st.just({}), st.sampled_from([64, 300, 4_000_000]))
def check_equality(folder, text, options, block):
    path = folder / "t.csv"
    path.write_bytes(text.encode())
    fast, plain, taken = both(path, ReadOptions(**options), block)
    assert fast == plain
    SHARE.append(taken or fast[0] is not None and isinstance(fast[0], type))
    if not isinstance(plain[0], type):
        again, same, _ = both(path, plain[2], block)
        assert again == same
        assert again[0] == plain[0]


def test_any_table_is_read_as_by_the_plain_reader_and_most_by_the_fast_way(tmp_path):
    SHARE.clear()
    check_equality(tmp_path)
    assert sum(SHARE) > 0.7 * len(SHARE)
