"""Text tables: what is detected, what is reported, and that nothing is lost."""

import math

import pytest

from dataops_core.errors import FlawError, InputError, SettingError
from dataops_core.read import ReadOptions, read_file
from dataops_core.read.cells import shapes_at_once
from dataops_core.read.text.text import read_text_frame
from dataops_core.table import content_hash


def columns(data: bytes, **options):
    frame, complete, problems = read_text_frame(data, options)
    again, same, _ = read_text_frame(data, complete)
    assert content_hash(again) == content_hash(frame)
    assert same == complete
    return (
        {
            name: [
                None if v is None or v != v else v for v in frame[name].astype(object).where(frame[name].notna(), None)
            ]
            for name in frame.columns
        },
        complete,
        problems,
    )


def test_codes_with_leading_zeros_phone_numbers_and_wide_numbers_stay_text() -> None:
    found, complete, _ = columns(
        b"zip,phone,big,mix\n007,+4915112345678,99999999999999999999,12345678901234567\n123,1,1,1.5\n"
    )
    assert found["zip"] == ["007", "123"]
    assert found["mix"] == ["12345678901234567", "1.5"]
    assert set(complete["types"].values()) == {"text"}


def test_int64_limits_are_integers() -> None:
    found, _complete, _ = columns(b"a\n9223372036854775807\n-9223372036854775808\n")
    assert found["a"] == [2**63 - 1, -(2**63)]


def test_decimal_comma_with_semicolon() -> None:
    found, complete, _ = columns("größe;n\n1,5;1\n-2,25;?\n".encode("cp1252"))
    assert found == {"größe": [1.5, -2.25], "n": [1, None]}
    assert (complete["encoding"], complete["delimiter"], complete["decimal"]) == ("cp1252", ";", ",")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings(encoding: str) -> None:
    found, _, problems = columns("näme,b\nÄ€,1\nx,2\n".encode(encoding))
    assert found == {"näme": ["Ä€", "x"], "b": [1, 2]}
    assert problems == []


def test_broken_bytes_are_replaced_and_their_lines_named() -> None:
    data = b"a,b\n" + "ä,ö\n".encode() * 30 + b"\xff,x\n"
    found, complete, problems = columns(data)
    assert complete["encoding"] == "utf-8"
    assert found["a"][-1] == "\ufffd"
    assert problems[0]["where"] == "line 32"


def test_namibia_is_a_value_and_missing_elsewhere() -> None:
    found, complete, problems = columns(b"land,n\nNA,1\nDE,NA\nFR,3\nIT,4\n")
    assert found == {"land": ["NA", "DE", "FR", "IT"], "n": [1, None, 3, 4]}
    assert complete["kept"] == {"land": ["NA"]}
    assert "two capital letters" in problems[0]["what"]


def test_given_missing_tokens_are_used_exactly() -> None:
    found, _complete, _ = columns(b"a,b\nx,?\nNA,1\n", missing_tokens=["x"])
    assert found == {"a": [None, "NA"], "b": ["?", "1"]}


def test_text_keeps_its_spaces_and_numbers_lose_theirs() -> None:
    found, _, _ = columns(b"t,n\n x ,  5\ny,6 \n NA , \n")
    assert found == {"t": [" x ", "y", None], "n": [5, 6, None]}


def test_iso_moments_before_1677_and_with_offset() -> None:
    found, _, problems = columns(
        b"d,e,f\n0812-01-31,2024-01-01T10:00:00+02:00,2024-02-30\n9999-12-31,2024-01-01,2024-02-28\n"
    )
    assert [str(v)[:10] for v in found["d"]] == ["0812-01-31", "9999-12-31"]
    assert str(found["e"][0]) == "2024-01-01 08:00:00"
    assert [(p["where"], p["count"]) for p in problems] == [
        ('column "e" (1 cell, such as "2024-01-01T10:00:00+02:00")', 1)
    ]
    assert found["f"] == ["2024-02-30", "2024-02-28"]


def test_ragged_rows_are_kept_whole_and_reported() -> None:
    found, _, problems = columns(b"a,b,c\n1,2,3\n4\n5,6,7,8,9\n1,2,3,,\n")
    assert found == {
        "a": [1, 4, 5, 1],
        "b": [2, None, 6, 2],
        "c": [3, None, 7, 3],
        "extra cells": [None, None, "8,9", None],
    }
    assert [(p["count"], p["where"]) for p in problems] == [(1, "line 3"), (1, "line 4")]


def test_a_quote_that_is_never_closed_swallows_nothing() -> None:
    rows = b"".join(b"%d,x%d\n" % (n, n) for n in range(200))
    found, _, problems = columns(b'a,b\n7,"open\n' + rows)
    assert found["a"][:2] == [7, 0]
    assert found["b"][0] == '"open'
    assert len(found["a"]) == 201
    assert problems[0]["where"] == "line 2"


def test_an_open_quote_that_another_one_closes_swallows_nothing() -> None:
    found, _, problems = columns(b'a,b,c\n1,"x,p\n2,y"\n3,z,r\n')
    assert found["a"] == [1, 2, 3]
    assert found["b"] == ['"x', 'y"', "z"]
    assert problems[0]["where"] == "line 2"


def test_quoted_line_breaks_and_line_numbers_after_them() -> None:
    found, _, problems = columns(b'a,b\n1,"x\ny"\n2\n')
    assert found == {"a": [1, 2], "b": ["x\ny", None]}
    assert problems[0]["where"] == "line 4"


def test_backslash_quotes_and_no_quotes() -> None:
    found, _complete, _ = columns(b'a,b\n1,"say \\"hi\\", ok C:\\dir"\n2,y\n')
    assert found["b"] == ['say "hi", ok C:\\dir', "y"]
    assert columns(b'a,b\n1,"x\n', quote="")[0]["b"] == ['"x']


def test_headerless_data_and_preamble() -> None:
    found, complete, _ = columns(b"39, Private,77516\n50, Self,83311\n38, Private,1\n")
    assert (complete["header_row"], list(found)) == (-1, ["column 1", "column 2", "column 3"])
    assert len(found["column 1"]) == 3
    found, complete, problems = columns(b"# made by hand\nReport\n\na,b,c\n1,2,3\n4,5,6\n")
    assert (complete["header_row"], found["a"]) == (3, [1, 4])
    assert problems[0]["count"] == 3


def test_years_as_header_and_row_names() -> None:
    assert columns(b"land,2019,2020\nDE,1,2\nFR,3,4\n")[0]["2020"] == [2, 4]
    assert columns(b"x,y\nr1,1,2\nr2,3,4\n", lenient=True)[0] == {"column 1": ["r1", "r2"], "x": [1, 3], "y": [2, 4]}


def test_names_are_made_different_and_reported() -> None:
    found, _, problems = columns(b" a ,a,,__row_id__\n1,2,3,x\n", lenient=True)
    assert list(found) == ["a", "a (2)", "column 3", "row_id"]
    assert problems[0]["count"] == 4


@pytest.mark.parametrize(
    ("data", "what", "where"),
    [
        (b"age,x,age \n1,2,3\n", 'Two columns are called "age".', "line 1, columns 1, 3"),
        (b"a,,c\n1,2,3\n", "Column 2 has no name.", "line 1, column 2"),
        (b"x,y\nr1,1,2\nr2,3,4\n", "Column 1 has no name.", "line 1, column 1"),
        (b"a,b\n\n", "The file has a header but no rows.", "line 1"),
        (b"a,a,\n1,2,3\n", 'Two columns are called "a". Column 3 has no name.', "line 1, columns 1, 2, 3"),
        (b"a,b,\n" + b"1,2,\n" * 2000 + b"1,2,3\n", "Column 3 has no name.", "line 1, column 3"),
    ],
    ids=["doubles", "nameless", "row names", "no rows", "all at once", "far down"],
)
def test_flaws_are_refused_unless_asked(data: bytes, what: str, where: str) -> None:
    with pytest.raises(FlawError, match=r"column|Column|rows") as caught:
        read_text_frame(data)
    assert (caught.value.what, caught.value.where) == (what, where)
    assert "--lenient" in caught.value.fix
    _, complete, problems = columns(data, lenient=True)
    assert complete["lenient"] is True
    assert problems


def test_lenient_is_kept_only_where_it_was_needed() -> None:
    assert "lenient" not in columns(b"a,b\n1,2\n", lenient=True)[1]
    found, complete, _ = columns(b"a,b,\n1,2,\n3,4,\n")  # delimiters at the line ends make no column that holds data
    assert (found["column 3"], "lenient" in complete) == ([None, None], False)


def test_type_override_counts_every_cell_that_does_not_fit() -> None:
    found, _, problems = columns(b"a,b\n1,x\nabc,y\n99999999999999999999,z\n", types={"a": "integer"})
    assert found["a"] == [1, None, None]
    assert problems[0]["count"] == 2
    assert 'line 3 "abc"' in problems[0]["what"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (bytes(range(256)) * 50, "binary"),
        (b",".join(b"c%d" % n for n in range(100_000)) + b"\n", "100,000 columns"),
    ],
    ids=["empty", "blank", "binary", "wide"],
)
def test_what_is_no_table_says_so(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_text_frame(data)


def test_wrong_options_name_the_nearest() -> None:
    with pytest.raises(SettingError, match='Did you mean "age"'):
        read_text_frame(b"age,b\n1,2\n", {"types": {"agee": "text"}})
    with pytest.raises(SettingError, match="no encoding"):
        read_text_frame(b"age,b\n1,2\n", {"encoding": "utf-9"})


def test_header_only_one_column_and_blank_lines() -> None:
    frame, _, problems = read_text_frame(b"a,b\n", {"lenient": True})
    assert (frame.shape, problems[0]["count"]) == ((0, 2), 1)
    assert columns(b"name\nx, y\n\nz\n\n\n")[0] == {"name": ["x, y", None, "z"]}
    assert columns(b"a,b\r\n1,2\r\n\r\n3,4\r\n")[2][0]["where"] == "line 3"
    assert columns(b"a,b\r1,2\r3,4\r")[0] == {"a": [1, 3], "b": [2, 4]}


def test_numbers_without_end_only_among_numbers() -> None:
    assert columns(b"a,b\n1,inf\n-inf,x\n")[0] == {"a": [1.0, -math.inf], "b": ["inf", "x"]}
    assert columns(b"a\n1e999\n2\n")[0]["a"] == ["1e999", "2"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", ":", " "])
def test_delimiters(delimiter: str) -> None:
    rows = [["name", "n", "m"], ["ab", "1", "2"], ["cd", "3", "4"]]
    found, complete, _ = columns("\n".join(delimiter.join(row) for row in rows).encode())
    assert (complete["delimiter"], found["m"]) == (delimiter, [2, 4])


def test_batches_meet_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dataops_core.read.text.records.CHUNK_CELLS", 1)
    rows = (
        b"".join(b'%d,"a\nb",%d\n' % (n, n) for n in range(350))
        + b'1,"x,2\n'
        + b"".join(b"5,6,7\n" for _ in range(300))
    )
    found, _, problems = columns(b"a,b,c\n" + rows)
    assert (len(found["a"]), found["a"][349], found["a"][-1]) == (651, 349, 5)
    assert found["b"][350] == '"x'
    assert problems[0]["where"] == "line 702"


def test_other_columns_than_expected_are_reported() -> None:
    _, complete, _ = read_text_frame(b"a,b\n1,2\n")
    frame, _, problems = read_text_frame(b"a,c\n1,x\n", complete)
    assert (frame["c"].tolist(), problems[0]["count"]) == (["x"], 2)


@pytest.mark.parametrize(
    ("cells", "values", "decimal"),
    [
        (["1,234", "56", "-7,890"], ["1,234", "56", "-7,890"], "."),
        (["1,234", "1,5"], [1.234, 1.5], ","),
        (["1,234", "0,123"], [1.234, 0.123], ","),
        (["1,234", "1234,567"], [1.234, 1234.567], ","),
        (["1,234", "1.234,5"], ["1,234", "1.234,5"], ","),
        (["1.234", "2"], ["1.234", "2"], "."),
        (["1.234", "12.500", "100.000"], ["1.234", "12.500", "100.000"], "."),
        (["1.234", "2.5"], [1.234, 2.5], "."),
        (["1,234,567", "1,234"], ["1,234,567", "1,234"], "."),
    ],
    ids=[
        "doubtful",
        "other digits",
        "zero",
        "long group",
        "both signs",
        "doubtful points",
        "German thousands",
        "points",
        "thousands",
    ],
)
def test_a_comma_is_the_decimal_sign_only_beyond_doubt(cells: list[str], values: list[object], decimal: str) -> None:
    found, complete, problems = columns("\n".join(["n;t", *(f"{cell};x" for cell in cells)]).encode())
    assert (found["n"], complete["decimal"]) == (values, decimal)
    assert [p["where"] for p in problems] == (
        ['column "n"']
        if decimal == "." and values in (["1,234", "56", "-7,890"], ["1.234", "2"], ["1.234", "12.500", "100.000"])
        else []
    )


def test_what_the_file_shows_decides_on_doubtful_columns() -> None:
    found, _, problems = columns(b"a;b;c\n1,5;1,234;1.234\n")
    assert (found, problems) == ({"a": [1.5], "b": [1.234], "c": ["1.234"]}, [])
    assert columns(b"a;b\n1.234,5;1,234\n")[0]["b"] == [1.234]
    assert columns(b"a;b\n1,234.5;1,234\n")[0]["b"] == ["1,234"]
    found, _, problems = columns(b"n;t\n1,234;x\n", decimal=",")
    assert (found["n"], problems) == ([1.234], [])
    assert columns(b'n,m\n"1,234",1.234\n')[0] == {"n": ["1,234"], "m": [1.234]}


def test_many_cells_at_once_are_judged_like_one_by_one() -> None:
    many = [f"{n},{n + 100}" for n in range(1, 400)]
    assert (shapes_at_once(many), shapes_at_once([*many, "1,5"])) == ({"comma?", "integer"}, {"comma", "integer"})
    assert shapes_at_once(["1.234", "-7.000"]) == {"dot?", "integer"}


def test_digits_that_a_decimal_cannot_hold_are_reported() -> None:
    found, _, problems = columns(b"a,b\n0.1234567890123456789,0.12345678901234567\n1.5,2.50000000000000000000000\n")
    assert found["b"] == [0.12345678901234567, 2.5]
    assert [(p["where"], p["count"]) for p in problems] == [
        ('line 2, column "a"', 1),
        ('column "b" (1 cell, such as "2.50000000000000000000000")', 1),
    ]


def test_nul_signs_are_kept_and_reported() -> None:
    found, _, problems = columns(b"a,b\n" + b"x,y\n" * 50 + b"p\0q\0,z\n")
    assert found["a"][-1] == "p\0q\0"
    assert [(p["where"], p["count"]) for p in problems] == [("line 52", 2)]


def test_a_header_said_again_is_reported_and_kept() -> None:
    found, _, problems = columns(b"a,b\n1,2\na,b\n3,4\na,b\n")
    assert found["a"] == ["1", "a", "3", "a"]
    assert [(p["where"], p["count"]) for p in problems] == [("lines 3, 5", 2)]
    assert "repeat the header" in problems[0]["what"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"header_row": -2}, "-2 is not a number of a header line"),
        ({"header_row": "1"}, "'1' is not a number"),
        ({"delimiter": "\n"}, "is not a delimiter"),
        ({"delimiter": ";;;;;;"}, "';;;;;;' is not a delimiter"),
        ({"delimiter": ""}, "not a delimiter"),
        ({"quote": "\n"}, "is not a quote"),
        ({"quote": "abc"}, "'abc' is not a quote"),
        ({"quote": ",", "delimiter": ","}, "not a quote"),
        ({"decimal": "x"}, "'x' is not a decimal sign"),
    ],
)
def test_settings_that_no_table_can_have_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(SettingError, match=message) as caught:
        read_text_frame(b"a,b\n1,2\n", options)
    assert caught.value.fix.startswith(("Give", "Count"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_file_that_is_not_what_its_reader_says_is_refused_with_another_way(tmp_path, encoding):
    file = tmp_path / "towns.csv"
    file.write_text("town,n\nBern,1\n", encoding="utf-8")
    with pytest.raises(InputError, match=f"does not begin with the mark of {encoding}") as refused:
        read_file(file, tmp_path / "out.parquet", ReadOptions(encoding=encoding))
    assert "utf-8" in refused.value.fix
    file.write_text("town,n\nBern,1\n", encoding=f"{encoding}-le")
    assert read_file(file, tmp_path / "out.parquet", ReadOptions(encoding=f"{encoding}-le")).table.rows == 1
