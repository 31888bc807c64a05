"""Two numbers or dates of a row in each other's column: exchanged where that explains them, and nothing else does."""

import numpy as np
import pytest

from dataops_core.repair.notation import formats
from dataops_core.repair.propose import propose
from dataops_core.repair.rows import exchanged

ROWS = 400
WRONG = (7, 90, 200, 333)


def pairs(seed, wrong=WRONG):
    rng = np.random.default_rng(seed)
    first = rng.integers(1_000, 9_000, ROWS)
    second = first + rng.integers(5, 400, ROWS)
    for at in wrong:
        first[at], second[at] = second[at], first[at]
    return first, second


def found(coded, columns):
    table = coded(columns)
    return [
        (table.columns[each.one].name, table.columns[each.other].name, set(each.rows.tolist()), each.sure)
        for each in exchanged.find(table, formats.learn_columns(table))
    ]


def test_readings_in_the_wrong_order_are_exchanged(coded):
    first, second = pairs(1)
    [(one, other, rows, sure)] = found(coded, {"old": first, "new": second})
    assert (one, other, rows) == ("old", "new", set(WRONG))
    assert sure >= 0.9


def test_other_faults_in_such_rows_make_it_less_sure_or_say_nothing(coded):
    first, second = pairs(2)
    sure = found(coded, {"old": first, "new": second})[0][3]
    for at in (20, 21, 22, 23):
        second[at] = second[at] // 10
    [(_, _, rows, less)] = found(coded, {"old": first, "new": second})
    assert rows == set(WRONG)
    assert less < sure
    rng = np.random.default_rng(3)  # ages and incomes are in order as well, and have nothing to do with each other
    age, income = rng.integers(18, 90, ROWS), rng.integers(200, 9_000, ROWS)
    income[5], income[6], income[7] = 17, 15, 16
    assert found(coded, {"age": age, "income": income}) == []


def test_ends_that_are_wrong_in_some_other_way_are_not_exchanged(coded):
    rng = np.random.default_rng(5)
    first = rng.integers(1_000, 9_000, ROWS)
    second = first + rng.integers(5, 400, ROWS)
    for at in range(0, 12 * 30, 30):
        second[at] = first[at] - rng.integers(5, 60)  # as far apart as some rows are, but no row is far apart
    assert found(coded, {"old": first, "new": second}) == []


def test_a_wrong_end_beside_a_start_that_stands_among_its_neighbors_is_not_exchanged(coded):
    rng = np.random.default_rng(6)
    start = np.datetime64("2023-01-05") + np.sort(rng.integers(0, 500, ROWS))
    end = start + rng.choice([14, 30], ROWS)
    for at in WRONG:
        end[at] = start[at] - (end[at] - start[at])
    assert found(coded, {"invoiced": [str(day) for day in start], "due": [str(day) for day in end]}) == []
    end = np.datetime64("2023-02-05") + np.sort(rng.integers(0, 500, ROWS))  # and so beside an end that does
    start = end - rng.choice([14, 30], ROWS)
    for at in WRONG:
        start[at] = end[at] + (end[at] - start[at])
    assert found(coded, {"invoiced": [str(day) for day in start], "due": [str(day) for day in end]}) == []
    order = rng.permutation(ROWS)  # in no order, both are as probable
    cells = {"invoiced": [str(day) for day in start[order]], "due": [str(day) for day in end[order]]}
    assert {row for _, _, rows, _ in found(coded, cells) for row in rows} <= {
        at for at in range(ROWS) if order[at] in WRONG
    }


def test_where_all_are_some_days_apart_others_are_not_exchanged(coded):
    rng = np.random.default_rng(7)
    start = np.datetime64("2023-01-05") + rng.integers(0, 500, ROWS)
    end = start + rng.choice([14, 30], ROWS)
    for at in WRONG:
        end[at] = start[at] - 21
    assert found(coded, {"invoiced": [str(day) for day in start], "due": [str(day) for day in end]}) == []


@pytest.mark.parametrize("columns", [("a", "b"), ("b", "a")])
def test_a_day_and_a_month_that_explain_it_as_well_leave_it_open(coded, columns):
    rng = np.random.default_rng(4)
    start = np.datetime64("2023-01-05") + rng.integers(0, 500, ROWS)
    end = start + rng.integers(1, 12, ROWS)
    cells = {columns[0]: [str(day) for day in start], columns[1]: [str(day) for day in end]}
    turned = []
    for at in range(ROWS):
        year, month, day = str(end[at]).split("-")
        if len(turned) < 6 and int(day) <= 12 and day != month and f"{year}-{day}-{month}" < str(start[at]):
            cells[columns[1]][at] = f"{year}-{day}-{month}"
            turned.append(at)
    for at in WRONG:
        cells[columns[0]][at], cells[columns[1]][at] = str(end[at]), str(start[at])
    for _, _, rows, _ in found(coded, cells):
        assert not rows & set(turned)


def test_exchanged_dates_are_written_in_the_form_of_each_column(make):
    rng = np.random.default_rng(5)
    start = np.sort(np.datetime64("2023-01-05") + rng.integers(0, 500, ROWS))
    end = start + rng.integers(4, 12, ROWS)
    for at in WRONG:
        start[at], end[at] = end[at], start[at]
    german = [".".join(reversed(str(day).split("-"))) for day in end]
    table = make({"from": start.astype("datetime64[us]"), "to": [*german[:-1], "unknown date"], "n": list(range(ROWS))})
    assert [column.type for column in table.columns] == ["datetime", "text", "integer"]
    new = {(each.row, each.column): each.new for each in propose(table).repairs if each.cause == "swapped"}
    for at in set(WRONG) & {row for row, _ in new}:
        assert new[at, "from"] == str(end[at])
        assert new[at, "to"] == ".".join(reversed(str(start[at]).split("-")))
    assert new


def test_cells_that_are_nearly_equal_are_not_exchanged(coded):
    first, second = pairs(11, wrong=())
    for at in WRONG:
        second[at] = first[at] - 1
    assert found(coded, {"old": first, "new": second}) == []


def test_a_row_that_goes_the_other_way_in_three_columns_is_not_exchanged(coded):
    rng = np.random.default_rng(12)
    city = rng.integers(12, 30, ROWS)
    both, road = city + rng.integers(1, 5, ROWS), city + rng.integers(6, 12, ROWS)
    for at in WRONG:  # electric cars need less in town
        city[at], both[at], road[at] = 60 + at, 57 + at, 52 + at
    assert found(coded, {"city": city, "both": both, "road": road}) == []


def test_what_a_country_has_the_other_way_round_is_not_exchanged(coded):
    rng = np.random.default_rng(14)
    land = np.array(["Italy", "France", "Spain", "South Africa"])[rng.choice(4, ROWS, p=[0.4, 0.4, 0.185, 0.015])]
    south = land == "South Africa"
    assert south.sum() >= 4
    east = np.where(south, 20, rng.normal(8, 8, ROWS)) + rng.normal(0, 0.1, ROWS)
    north = np.where(south, -20, east + 40) + rng.normal(0, 2, ROWS)
    columns = {"east": east.round(3), "north": north.round(3)}
    assert found(coded, columns) != []
    assert found(coded, {"land": land.tolist(), **columns}) == []


def test_dates_are_surely_exchanged_only_where_their_neighbors_tell(coded):
    rng = np.random.default_rng(15)
    start = np.datetime64("2023-01-05") + rng.integers(0, 500, ROWS)
    end = start + rng.integers(1, 25, ROWS)

    def sure(order):
        from_, to = start[order], end[order]
        for at in WRONG:
            from_[at], to[at] = to[at], from_[at]
        return [each[3] for each in found(coded, {"from": [*map(str, from_)], "to": [*map(str, to)]})]

    assert sure(np.arange(ROWS)) == []
    assert min(sure(np.argsort(start))) >= 0.9
