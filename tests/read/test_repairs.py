"""Every repair of the reading is reported with its lines, and can be switched off."""

import pytest

from dataops_core.errors import InputError, SettingError
from dataops_core.read import REPAIRS
from dataops_core.read.text.raw import raw_records
from dataops_core.read.text.text import read_text_frame

ROWS = [f"{at},name {at},{at}.5" for at in range(10, 22)]


def table(*lines: str, header: str = "key,name,size") -> bytes:
    return "\n".join([header, *lines]).encode()


def read(data: bytes, **options):
    """Names, rows as text, and what was reported with where."""
    _, complete, problems = read_text_frame(data, {"lenient": True, **options})
    rows = list(raw_records(data, options))
    return complete["columns"], rows[1:], [(problem["what"], problem["where"]) for problem in problems]


def without(*names: str) -> list[str]:
    return [name for name in REPAIRS if name not in names]


def test_lines_before_the_table():
    data = b"A title\nSource,us,all of us,1\n\n" + table(*ROWS)
    names, rows, told = read(data)
    assert (names, len(rows)) == (["key", "name", "size"], 12)
    assert told[0] == (
        '3 lines before the table were skipped: "A title" / "Source,us,all of us,1" / "".',
        "lines 1, 2, 3",
    )
    assert read(data, repairs=without("preamble"))[0][0] == "A title"


def test_notes_after_the_table():
    data = table(*ROWS, "", "Note: estimates.", "Source: us, 2024")
    _, rows, told = read(data)
    assert len(rows) == 12
    assert told[0] == (
        '2 lines after the table were left out: "Note: estimates." / "Source: us, 2024".',
        "lines 15, 16",
    )
    assert [row[0] for row in read(data, repairs=without("footnotes"))[1][12:]] == ["Note: estimates.", "Source: us"]


def test_stray_quotes():
    data = table(*ROWS[:3], '13,"so "very, very" good",1.5', *ROWS[4:])
    _, rows, told = read(data)
    assert rows[3] == ["13", 'so "very, very" good', "1.5"]
    assert told[0][1] == "line 5"
    assert "quote" in told[0][0]
    assert read(data, repairs=without("quotes"))[1][3] != rows[3]


@pytest.mark.parametrize("line", ["13 'b' 1.5", "13;b;1.5", "13\tb\t1.5", '"13,b,1.5"'])
def test_lines_with_another_delimiter(line):
    data = table(*ROWS[:3], line, *ROWS[4:])
    _, rows, told = read(data)
    assert rows[3] == ["13", "'b'" if "'" in line else "b", "1.5"]
    assert (told[0][0].split(" line ")[0], told[0][1]) == ("1", "line 5")
    assert len(read(data, repairs=without("delimiters"))[1][3]) == 3
    assert read(data, repairs=without("delimiters"))[1][3][1:] in (["", ""], ["13,b,1.5"], ["b", "1.5"][:0] or ["", ""])


def test_rows_of_another_width():
    data = table(*ROWS[:3], "13,b", "14,c,1.5,more,cells", *ROWS[5:])
    names, rows, told = read(data)
    assert names == ["key", "name", "size", "extra cells"]
    assert rows[3:5] == [["13", "b", ""], ["14", "c", "1.5", "more", "cells"]]
    assert [where for _, where in told[:2]] == ["line 5", "line 6"]
    with pytest.raises(InputError, match="2 rows do not have as many cells") as caught:
        read(data, repairs=without("widths"))
    assert caught.value.where == "lines 5, 6"


def test_a_header_of_two_lines():
    data = table("from,to,cm", *ROWS).replace(b"name ", b"1").replace(b"to,cm", b"unit,cm")
    names, _, told = read(data)
    assert names == ["key / from", "name / unit", "size / cm"]
    assert told[0] == ("The header goes over 2 lines; they were joined to one name for each column.", "line 1")
    assert read(data, repairs=without("header"))[0] == ["key", "name", "size"]
    assert read(data, header_rows=1)[0] == ["key", "name", "size"]
    assert read(table(*ROWS), header_rows=2)[0] == ["key / 10", "name / name 10", "size / 10.5"]
    with pytest.raises(SettingError, match="0 is not a number of header lines"):
        read(data, header_rows=0)


def test_a_delimiter_too_many_in_the_header():
    names, _, told = read(table(*ROWS, header="key,,name,size"))
    assert names == ["key", "name", "size"]
    assert told[0] == ("1 empty name in the header was left out: no row has a cell there.", "line 1, columns 2")


def test_several_tables():
    data = table(*ROWS, "", "town,people", "Bath,100", "Cork,200", "Graz,300")
    names, rows, told = read(data)
    assert (names, len(rows)) == (["key", "name", "size"], 12)
    assert told[0] == (
        "The file holds 2 tables; table 1 was read.",
        "table 1 from line 1 (key, name, size), table 2 from line 15 (town, people)",
    )
    assert read(data, table=2)[1] == [["Bath", "100"], ["Cork", "200"], ["Graz", "300"]]
    assert len(read(data, repairs=without("tables", "footnotes"))[1]) == 16
    with pytest.raises(SettingError, match="0 is not a number of a table"):
        read(data, table=0)


def test_letters_of_another_encoding():
    data = table(*ROWS, header="key,näme,größe") + b"\n9,Gen\xe8ve,1.5"
    _, rows, told = read(data)
    assert rows[-1][1] == "Genève"
    assert told[0] == ("1 line holds letters of cp1252 in a text of UTF-8.", "line 14")
    assert read(data, repairs=without("bytes"))[1][-1][1] == "Gen\ufffdve"


def test_an_unknown_repair_names_the_nearest():
    with pytest.raises(SettingError, match='no repair "quote"') as caught:
        read(table(*ROWS), repairs=["quote"])
    assert "quotes" in caught.value.fix


@pytest.mark.parametrize("delimiter", ["||", " | ", "~|~", ";;", ", "])
def test_delimiters_of_several_signs(delimiter):
    data = "\n".join(row.replace(",", delimiter) for row in ["key,name,size", *ROWS]).encode()
    assert read(data)[1] == [row.split(",") for row in ROWS]
    assert read(data, delimiter=delimiter)[1] == [row.split(",") for row in ROWS]


def test_backslashes_that_protect_delimiters():
    data = table(*(row.replace("name ", "name\\, ") for row in ROWS))
    assert read(data)[1][0] == ["10", "name, 10", "10.5"]
    assert read(data, quote="")[1][0] == ["10", "name\\", " 10", "10.5"]
