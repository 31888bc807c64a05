"""Sheets as offices keep them: titles, blank rows, totals, notes, merged cells, hidden rows, several tables."""

import datetime
import io

import pytest
import xlsxwriter

from dataops_core.checks.profile import profile_table
from dataops_core.errors import SettingError
from dataops_core.read import ReadOptions, read_file
from sample_data import make_shop_orders as shop

HEADER = ["item", "day", "number", "price"]


def lines(count, first=0):
    return [
        [f"item {n % 5}", datetime.date(2025, 1, 1 + n % 28), n + 1, (n + 1) * 2.5] for n in range(first, first + count)
    ]


def sheet(cells, *, merged=(), hidden=()):
    """The bytes of a workbook with one sheet; `cells` is a list of rows, None and "" are left out."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet("One")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for at, row in enumerate(cells):
        for column, cell in enumerate(row):
            if isinstance(cell, datetime.date):
                page.write_datetime(at, column, datetime.datetime.combine(cell, datetime.time()), day)
            elif cell not in (None, ""):
                page.write(at, column, cell)
    for area in merged:
        top, left, bottom, right = area
        page.merge_range(top, left, bottom, right, cells[top][left])
    for row in hidden:
        page.set_row(row, None, None, {"hidden": True})
    book.close()
    return out.getvalue()


def read(tmp_path, data, **options):
    path = tmp_path / "object"
    path.write_bytes(data)
    source = read_file(path, tmp_path / "t.parquet", ReadOptions(**options), name="t.xlsx")
    again = read_file(path, tmp_path / "u.parquet", source.options, name="t.xlsx")
    assert again.table.content_hash == source.table.content_hash
    assert again.options == source.options
    return source


def values(source):
    return [
        [cell.date() if hasattr(cell, "date") else cell for cell in row] for row in source.table.frame().values.tolist()
    ]


def said(source):
    return [(problem.what, problem.where) for problem in source.problems]


def test_blank_rows_between_are_left_out_and_the_report_names_them(tmp_path):
    cells = [HEADER, *lines(6), [], [], *lines(5, 6)]
    source = read(tmp_path, sheet(cells))
    assert values(source) == lines(11)
    assert said(source) == [("2 blank rows between the rows of the table were left out.", "rows 8, 9")]


def test_blank_rows_are_kept_where_that_repair_is_off(tmp_path):
    source = read(tmp_path, sheet([HEADER, *lines(6), [], *lines(5, 6)]), repairs=("totals",))
    assert source.table.rows == 12
    assert source.table.frame()["number"].isna().sum() == 1


def test_totals_and_notes_are_left_out_with_their_text(tmp_path):
    total = ["Total", None, 21, 52.5]
    source = read(tmp_path, sheet([HEADER, *lines(6), total, [], ["Prices without tax."]]))
    assert values(source) == lines(6)
    assert said(source) == [
        ('1 row of totals was left out: "Total 21 52.5".', "row 8"),
        ('1 row of notes below the table was left out: "Prices without tax.".', "row 10"),
    ]


def test_a_total_below_a_blank_row_is_left_out(tmp_path):
    source = read(tmp_path, sheet([HEADER, *lines(6), [], ["Total", None, 21, 52.5]]))
    assert values(source) == lines(6)


def test_subtotals_are_found_by_the_sum_of_the_rows_since_the_last_one(tmp_path):
    cells = [HEADER, *lines(3), ["Subtotal", None, 6, 15.0], *lines(3, 3), ["Subtotal", None, 15, 37.5]]
    assert values(read(tmp_path, sheet(cells))) == lines(6)


def test_a_row_called_total_that_adds_nothing_up_stays(tmp_path):
    cells = [HEADER, *lines(6), ["Total Gym", datetime.date(2025, 2, 3), 7, 99.0]]
    assert read(tmp_path, sheet(cells)).table.rows == 7


def test_totals_stay_where_that_repair_is_off(tmp_path):
    cells = [HEADER, *lines(6), ["Total", None, 21, 52.5]]
    assert read(tmp_path, sheet(cells), repairs=("blank rows",)).table.rows == 7


def test_title_and_print_line_above_the_table_are_skipped(tmp_path):
    cells = [["Orders 2025"], ["Printed 2025-02-01", None, None, "Page 1"], [], HEADER, *lines(6)]
    source = read(tmp_path, sheet(cells))
    assert values(source) == lines(6)
    assert source.options.header_row == 3
    assert said(source) == [
        ('2 rows before the table were skipped: "Orders 2025" / "Printed 2025-02-01 Page 1".', "rows 1, 2")
    ]


def test_a_blank_row_below_the_header_does_not_part_it_from_its_table(tmp_path):
    source = read(tmp_path, sheet([["Orders"], [], HEADER, [], *lines(6)]))
    assert (source.table.names, source.table.rows) == (HEADER, 6)


def test_tables_side_by_side_are_told_apart_and_each_can_be_chosen(tmp_path):
    other = [["code", "meaning"], ["a", "open"], ["b", "closed"]]
    cells = [[*left, None, *(other[at] if at < len(other) else [])] for at, left in enumerate([HEADER, *lines(8)])]
    source = read(tmp_path, sheet(cells))
    assert values(source) == lines(8)
    assert "The sheet holds 2 tables; the one at A1:D9 was read. The others are at F1:G3." in dict(said(source))
    second = read(tmp_path, sheet(cells), table=2)
    assert values(second) == other[1:]
    with pytest.raises(SettingError, match="no table 3"):
        read(tmp_path, sheet(cells), table=3)


def test_tables_one_above_the_other_are_told_apart(tmp_path):
    cells = [HEADER, *lines(8), [], ["Staff"], ["name", "city"], ["Ann", "Rome"], ["Bob", "Oslo"]]
    assert values(read(tmp_path, sheet(cells))) == lines(8)
    assert values(read(tmp_path, sheet(cells), table=2)) == [["Ann", "Rome"], ["Bob", "Oslo"]]


def test_a_table_that_starts_in_the_middle_of_the_sheet_has_no_blank_columns(tmp_path):
    cells = [[], [], [None, None, *HEADER], *[[None, None, *row] for row in lines(4)]]
    source = read(tmp_path, sheet(cells))
    assert (source.table.names, values(source)) == (HEADER, lines(4))


def test_a_blank_column_inside_a_table_does_not_part_it(tmp_path):
    cells = [[*row[:2], None, *row[2:]] for row in [HEADER, *lines(5)]]
    source = read(tmp_path, sheet(cells))
    assert (source.table.names, values(source)) == (HEADER, lines(5))


def test_merged_cells_are_repeated_and_can_be_left_alone(tmp_path):
    cells = [HEADER, *lines(6)]
    for at in (2, 3):
        cells[at][0] = None
    data = sheet(cells, merged=[(1, 0, 3, 0)])
    source = read(tmp_path, data)
    assert source.table.frame()["item"].tolist() == ["item 0"] * 3 + ["item 3", "item 4", "item 0"]
    assert said(source) == [("1 cell is merged over several rows; its value was repeated in each row.", "A2:A4")]
    assert read(tmp_path, data, repairs=()).table.frame()["item"].isna().sum() == 2


def test_hidden_rows_are_read_and_named(tmp_path):
    source = read(tmp_path, sheet([HEADER, *lines(6)], hidden=[2, 5]))
    assert values(source) == lines(6)
    assert said(source) == [("2 rows are hidden in the sheet and were read like the others.", "rows 3, 6")]


def test_cells_that_do_not_fit_are_named_by_their_row_on_the_sheet(tmp_path):
    cells = [["Title"], [], HEADER, *lines(3), [], *lines(3, 3)]
    cells[8][2] = "many"
    source = read(tmp_path, sheet(cells), types={"number": "integer"})
    assert any('row 9 "many"' in what for what, _ in said(source))


@pytest.fixture(scope="module")
def orders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("orders")
    shop.make(folder / "shop_orders.xlsx")
    source = read_file(folder / "shop_orders.xlsx", folder / "t.parquet")
    return source, profile_table(source.table)[0]


def test_the_sample_sheet_is_the_file_that_its_generator_writes(tmp_path):
    shop.make(tmp_path / "shop_orders.xlsx")
    made = (tmp_path / "shop_orders.xlsx").read_bytes()
    assert made == shop.FILE.read_bytes()


def test_the_office_sheet_has_no_blank_and_no_total_row(orders):
    source, _ = orders
    frame = source.table.frame()
    assert frame["Order no"].tolist() == [order["Order no"] for order in shop.orders()]
    assert source.table.names == shop.HEADER


def test_the_office_sheet_has_the_right_types(orders):
    _, profile = orders
    types = {name: facts["meant"]["type"] for name, facts in profile["facts"].items()}
    assert types | {"Remarks": "", "Product": ""} == {
        "Order no": "id",
        "Customer": "text",
        "Order date": "date",
        "Delivered": "date",
        "Product": "",
        "Quantity": "number",
        "Unit price": "number",
        "Amount": "number",
        "Paid": "boolean",
        "Remarks": "",
    }
    facts = profile["facts"]["Amount"]["meant"]["facts"]
    assert facts["mean"] == pytest.approx(sum(order["Amount"] for order in shop.orders()) / shop.ROWS)


def test_the_findings_of_the_office_sheet_are_those_that_matter(orders):
    _, profile = orders
    found = [(f["check"], f["columns"], f["rows"]) for f in profile["findings"] if f["severity"] != "note"]
    assert len(found) <= 8
    texts = list(shop.TEXT_DAYS)
    paid = [at for at, order in enumerate(shop.orders()) if order["Paid"] not in ("yes", "no")]
    for expected in [
        ("end_before_start", ["Order date", "Delivered"], list(shop.LATE)),
        ("mixed_date_formats", ["Order date"], texts),
        ("mixed_date_formats", ["Delivered"], texts),
        ("numbers_as_text", ["Amount"], list(shop.EURO)),
        ("yes_no_variants", ["Paid"], paid),
        ("direct_identifiers", ["Customer"], list(range(shop.ROWS))),
        ("identifiers_in_text", ["Remarks"], [4, 51]),
        ("identifiers_in_text", ["Remarks"], [77]),
    ]:
        assert expected in found
