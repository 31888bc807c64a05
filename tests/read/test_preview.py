"""The beginning of a file as it would be read."""

import pytest

from dataops_core.errors import InputError
from dataops_core.read import ReadOptions
from dataops_core.read.preview import COLUMNS, HEAD, ROWS, WHOLE, first_cells, preview


def test_small_file_is_read_as_a_whole(tmp_path):
    (tmp_path / "t.csv").write_text("a;b\n1;x\n2,5;y\n", encoding="utf-8")
    made = preview(tmp_path / "t.csv", ReadOptions(), "t.csv")
    assert made.whole and made.types == {"a": "decimal", "b": "text"} and made.options.delimiter == ";"
    assert made.rows["a"].tolist() == [1.0, 2.5]
    other = preview(tmp_path / "t.csv", ReadOptions(delimiter="\t", types={"a;b": "text"}), "t.csv")
    assert list(other.rows) == ["a;b"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_of_a_large_file_whole_lines_at_the_beginning_are_read(tmp_path, encoding):
    text = "name,number\n" + "".join(f"é{at},{at}\n" for at in range(30_000))
    (tmp_path / "t.csv").write_bytes(text.encode(encoding))
    made = preview(tmp_path / "t.csv", ReadOptions(encoding=encoding), "t.csv")
    assert not made.whole and len(made.rows) == ROWS and made.rows["name"].tolist()[:2] == ["é0", "é1"]
    assert made.types == {"name": "text", "number": "integer"} and not any("cells" in p.what for p in made.problems)
    assert len(text.encode(encoding)) > 2 * HEAD


def test_other_formats_are_read_as_a_whole_or_not_at_all(tmp_path):
    (tmp_path / "t.json").write_text('[{"a": 1}, {"a": 2}]', encoding="utf-8")
    assert preview(tmp_path / "t.json", ReadOptions(), "t.json").rows["a"].tolist() == [1, 2]
    (tmp_path / "t.json").write_text("[" + ",".join(['{"a": "some text"}'] * (WHOLE // 15)) + "]", encoding="utf-8")
    with pytest.raises(InputError, match="too large for a preview"):
        preview(tmp_path / "t.json", ReadOptions(), "t.json")


def workbook(path, sheets):
    import pandas as pd

    with pd.ExcelWriter(path) as book:
        for name, rows in sheets.items():
            pd.DataFrame(rows).to_excel(book, sheet_name=name, header=False, index=False)
    return path


def test_a_sheet_is_shown_as_it_stands_with_its_numbers_and_letters(tmp_path):
    path = workbook(
        tmp_path / "t.xlsx", {"Empty": [], "Orders": [["Orders 2026"], [], ["Item", "Price"], ["tea", 3.0]]}
    )
    shown = first_cells(path, "t.xlsx")
    assert shown.names == ("Empty", "Orders") and shown.name == "Orders"
    assert shown.cells.loc[3].to_dict() == {"A": "Item", "B": "Price"} and shown.cells.loc[4, "B"] == "3"
    assert first_cells(path, "t.xlsx", "Empty").cells.empty


def test_of_a_wide_and_long_sheet_a_part_is_shown(tmp_path):
    path = workbook(tmp_path / "t.xlsx", {"S": [[row * 100 + at for at in range(90)] for row in range(90)]})
    assert first_cells(path, "t.xlsx").cells.shape == (ROWS, COLUMNS)
