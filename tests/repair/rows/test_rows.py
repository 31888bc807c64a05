"""Numbers and dates that contradict others in their row: found where one cell explains it, and left alone otherwise."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.repair.notation import formats
from dataops_core.repair.propose import propose
from dataops_core.repair.recipe import accept
from dataops_core.repair.rows import arithmetic, date_order, years


def invoices(rows=300, seed=1):
    rng = np.random.default_rng(seed)
    quantity, price = rng.integers(2, 40, rows), np.round(rng.uniform(3, 90, rows), 2)
    net = np.round(quantity * price, 2)
    tax = np.round(net * 0.19, 2)
    return {"quantity": quantity, "price": price, "net": net, "tax": tax, "gross": np.round(net + tax, 2)}


def contradictions(module, table):
    """Column, row and new value."""
    learned = formats.learn_columns(table)
    found = {
        arithmetic: lambda: arithmetic.find(table, learned),
        date_order: lambda: date_order.find(table, date_order.days_of(table, learned)),
        years: lambda: years.find(date_order.days_of(table, learned), [column.name for column in table.columns]),
    }[module]()
    return {
        (table.columns[each.column].name, row, new)
        for each in found
        for row, new in zip(each.rows, each.new, strict=True)
    }


def test_relations_are_found_and_chance_is_not(coded):
    rng = np.random.default_rng(2)
    table = coded(
        {**invoices(), "a": rng.integers(0, 4, 300), "b": rng.integers(0, 4, 300), "c": rng.integers(0, 9, 300)}
    )
    numbers = arithmetic.numbers_of(table, {})
    names = [column.name for column in table.columns]
    said = {each.words(names) for each in arithmetic.relations(numbers)}
    assert {"quantity x price = net", "0.19 x net = tax", "net + tax = gross", "1.19 x net = gross"} <= said
    assert not any(name in text.split() for text in said for name in "abc")


def test_long_sums_and_per_cents_are_relations(coded):
    rng = np.random.default_rng(3)
    parts = {f"p{n}": np.round(rng.uniform(1, 9, 100), 1) for n in range(5)}
    rate = rng.choice([5.0, 7.0, 19.0], 100)
    base = np.round(rng.uniform(10, 900, 100), 2)
    columns = {**parts, "total": np.round(sum(parts.values()), 1), "base": base, "rate": rate}
    table = coded({**columns, "tax": np.round(base * rate / 100, 2)})
    names = [column.name for column in table.columns]
    said = {each.words(names) for each in arithmetic.relations(arithmetic.numbers_of(table, {}))}
    assert said >= {"p0 + p1 + p2 + p3 + p4 = total", "rate % of base = tax"}


@pytest.mark.parametrize(
    ("column", "wrong"),
    [
        ("quantity", lambda x: x * 10),
        ("price", lambda x: x / 100),
        ("net", lambda x: x + 123.45),
        ("tax", lambda x: x * 10),
        ("gross", lambda x: None),
    ],
)
def test_a_number_that_alone_explains_its_row_is_corrected(coded, column, wrong):
    columns = {name: [float(x) for x in cells] for name, cells in invoices().items()}
    right = columns[column][17]
    columns[column][17] = wrong(right)
    found = contradictions(arithmetic, coded(columns))
    assert found == {(column, 17, f"{right!r}".removesuffix(".0"))}


def fares(rows=400, seed=5):
    """Costs of which most are nothing: toll, parking, washing, and their sum."""
    rng = np.random.default_rng(seed)
    parts = {
        name: np.round(rng.uniform(1, 30, rows) * (rng.random(rows) < share), 2)
        for name, share in [("toll", 0.4), ("parking", 0.3), ("wash", 0.15)]
    }
    return {
        **{name: cells.tolist() for name, cells in parts.items()},
        "costs": np.round(sum(parts.values()), 2).tolist(),
    }


def test_a_sum_whose_parts_are_mostly_nothing_is_a_relation_and_the_smaller_sum_is_not(coded):
    table = coded(fares())
    names = [column.name for column in table.columns]
    said = [each.words(names) for each in arithmetic.relations(arithmetic.numbers_of(table, {}))]
    assert said == ["toll + parking + wash = costs"]


def test_a_missing_sum_is_filled(coded):
    columns = fares()
    at = next(row for row in range(400) if columns["wash"][row] and columns["toll"][row])
    right, columns["costs"][at] = columns["costs"][at], None
    assert contradictions(arithmetic, coded(columns)) == {("costs", at, f"{right!r}".removesuffix(".0"))}


def test_a_last_digit_that_rounding_explains_is_left_alone(coded):
    columns = {name: [float(x) for x in cells] for name, cells in invoices().items()}
    columns["net"][30] = round(columns["net"][30] + 0.01, 2)
    columns["gross"][60] = round(columns["gross"][60] - 0.01, 2)
    assert contradictions(arithmetic, coded(columns)) == set()


def test_a_discounted_product_and_a_mean_are_relations(coded):
    rng = np.random.default_rng(10)
    price, number = np.round(rng.uniform(4, 90, 400), 2), rng.integers(1, 9, 400)
    discount = rng.choice([0, 0, 0, 0, 5, 10, 15], 400)
    first, second = np.round(rng.uniform(2, 30, 400), 1), np.round(rng.uniform(2, 30, 400), 1)
    columns = {
        "price": price.tolist(),
        "number": number.tolist(),
        "discount": discount.tolist(),
        "total": np.round(price * number * (100 - discount) / 100, 2).tolist(),
        "first": first.tolist(),
        "second": second.tolist(),
        "mean": np.round((first + second) / 2, 2).tolist(),
    }
    table = coded(columns)
    names = [column.name for column in table.columns]
    said = {each.words(names) for each in arithmetic.relations(arithmetic.numbers_of(table, {}))}
    assert said == {"price x number x (1 - discount %) = total", "(first + second) / 2 = mean"}
    right, columns["total"][7] = columns["total"][7], columns["total"][7] * 10
    assert contradictions(arithmetic, coded(columns)) == {("total", 7, f"{right!r}".removesuffix(".0"))}


def test_a_per_cent_that_changes_less_than_the_rounding_is_no_relation(coded):
    rng = np.random.default_rng(6)
    fine = np.round(np.where(np.arange(300) < 280, rng.uniform(0.1, 0.4, 300), rng.uniform(5, 9, 300)), 2)
    columns = {"renewals": rng.integers(0, 3, 300).astype(float), "fine": fine, "due": fine}
    assert contradictions(arithmetic, coded({name: list(cells) for name, cells in columns.items()})) == set()


def test_a_part_that_the_rounded_result_does_not_tell_is_left_alone(coded):
    rng = np.random.default_rng(7)
    width, number = np.round(rng.uniform(1, 9, 300), 2), rng.integers(2, 6, 300).astype(float)
    columns = {"width": width.tolist(), "number": number.tolist(), "area": np.round(width * number).tolist()}
    columns["width"][11] = None  # any of dozens of widths gives this area
    assert contradictions(arithmetic, coded(columns)) == set()
    columns["area"][12] = None
    assert contradictions(arithmetic, coded(columns)) == {("area", 12, f"{width[12] * number[12]:.0f}")}


def test_where_several_cells_could_explain_a_row_none_is_proposed(coded):
    columns = {name: [float(x) for x in invoices()[name]] for name in ("net", "tax")}
    columns["gross"] = [round(a + b, 2) for a, b in zip(*columns.values(), strict=True)]
    columns["tax"] = [round(x + n % 7, 2) for n, x in enumerate(columns["tax"])]  # not a multiple
    columns["gross"] = [round(a + b, 2) for a, b in zip(columns["net"], columns["tax"], strict=True)]
    columns["gross"][5] += 777.77
    assert contradictions(arithmetic, coded(columns)) == set()
    columns["gross"][5] = round((columns["gross"][5] - 777.77) * 10, 2)  # a decimal point explains it
    assert {each[:2] for each in contradictions(arithmetic, coded(columns))} == {("gross", 5)}


def test_amounts_written_as_text_are_corrected_in_their_form(coded):
    columns = {name: list(cells) for name, cells in invoices().items()}
    text = [f"${x * 100:,.2f}" for x in columns["net"]]
    right, text[9] = text[9], "$7.00"
    table = coded({**columns, "cents": text})
    assert contradictions(arithmetic, table) == {("cents", 9, right)}


def orders_table(rows=300):
    rng = np.random.default_rng(4)
    start = pd.Timestamp("2023-02-01") + pd.to_timedelta(np.sort(rng.integers(0, 500, rows)), unit="D")
    return list(start), list(start + pd.to_timedelta(rng.integers(1, 12, rows), unit="D"))


@pytest.mark.parametrize("at", [0, 1])
def test_a_date_out_of_order_is_corrected_where_the_other_stands_among_its_neighbors(coded, at):
    dates = orders_table()
    right = dates[at][150]
    dates[at][150] = right + pd.DateOffset(years=1 if at == 0 else -1)
    found = contradictions(date_order, coded({"ordered": dates[0], "sent": dates[1]}))
    assert found == {(("ordered", "sent")[at], 150, right.date().isoformat())}


def test_dates_as_text_are_corrected_in_their_form(coded):
    ordered, sent = ([f"{d.day}.{d.month}.{d.year}" for d in dates] for dates in orders_table())
    right = sent[40]
    sent[40] = right.replace(".2023", ".2022").replace(".2024", ".2023")
    assert contradictions(date_order, coded({"ordered": ordered, "sent": sent})) == {("sent", 40, right)}


def test_dates_without_neighbors_that_tell_are_left_alone(coded):
    rng = np.random.default_rng(5)
    ordered, sent = orders_table()
    order = rng.permutation(300)
    ordered, sent = [ordered[at] for at in order], [sent[at] for at in order]
    middle = next(at for at, day in enumerate(ordered) if "2023-08" in str(day))
    sent[middle] -= pd.DateOffset(months=3)
    assert contradictions(date_order, coded({"ordered": ordered, "sent": sent})) == set()


def test_dates_in_no_order_have_none(coded):
    rng = np.random.default_rng(6)
    days = [list(pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, 200), unit="D")) for _ in range(2)]
    assert contradictions(date_order, coded({"a": days[0], "b": days[1]})) == set()


def test_they_are_repairs_that_are_sure(make):
    columns = {name: list(cells) for name, cells in invoices().items()}
    right = columns["net"][30]
    columns["net"][30] = round(right * 10, 2)
    found = accept(propose(make(columns)).repairs, 0.9)
    assert [(each.row, each.column, float(each.new), each.cause) for each in found] == [(30, "net", right, "row")]


def test_a_year_far_from_all_others_is_corrected_where_one_slip_explains_it(coded):
    rng = np.random.default_rng(8)
    days = list(pd.Timestamp("2024-01-05") + pd.to_timedelta(rng.integers(0, 300, 300), unit="D"))
    right = [days[at].date().isoformat() for at in (20, 90)]
    texts = [day.date().isoformat() for day in days]
    texts[20], texts[90] = "1024" + right[0][4:], "0224" + right[1][4:]
    texts[150] = "1871" + texts[150][4:]  # no slip of 2024
    assert contradictions(years, coded({"day": texts})) == {("day", 20, right[0]), ("day", 90, right[1])}


def test_a_year_is_told_by_the_other_date_of_the_row(coded):
    rng = np.random.default_rng(9)
    start = pd.Timestamp("2020-02-01") + pd.to_timedelta(rng.integers(0, 1500, 300), unit="D")
    end = start + pd.to_timedelta(rng.integers(1, 12, 300), unit="D")
    arrival, departure = ([day.date().isoformat() for day in days] for days in (start, end))
    right, arrival[70] = arrival[70], "2204" + arrival[70][4:]  # one slip makes it 2004 or 2024, or 2214
    assert contradictions(years, coded({"arrival": arrival, "departure": departure})) == {("arrival", 70, right)}


def test_dates_of_many_centuries_have_no_wrong_year(coded):
    texts = [f"{1200 + 3 * at}-05-{1 + at % 28:02}" for at in range(250)]
    assert contradictions(years, coded({"day": texts})) == set()


def test_one_date_in_several_rows_far_from_all_others_is_no_slip_in_the_year(coded):
    rng = np.random.default_rng(31)
    days = [str(np.datetime64("2015-01-01") + int(n)) for n in rng.integers(0, 3000, 300)]
    for row in (20, 90, 150):
        days[row] = "1900-01-01"
    assert contradictions(years, coded({"day": days})) == set()
