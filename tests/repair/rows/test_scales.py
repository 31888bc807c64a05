"""Numbers in another unit throughout some rows: repaired where these have something in common, and nothing else fits."""

import numpy as np
import pytest

from dataops_core.repair.notation import formats
from dataops_core.repair.propose import propose
from dataops_core.repair.recipe import accept, steps_of
from dataops_core.repair.rows import scales

ROWS = 600
CLERKS = ("Ames", "Boyd", "Carr", "Dunn", "Epps")


def weights(seed, low=3.2, high=4.6):
    """Weights in grams, by clerks; and the rows of one clerk in one half of the table."""
    rng = np.random.default_rng(seed)
    clerks = rng.choice(CLERKS, ROWS)
    grams = np.round(10 ** rng.uniform(low, high, ROWS))
    return rng, clerks, grams, np.flatnonzero((clerks == "Dunn") & (np.arange(ROWS) < 300))


def found(coded, columns):
    table = coded(columns)
    return [
        (table.columns[each.column].name, each.rows.tolist(), each.new, each.sure)
        for each in scales.find(table, formats.learn_columns(table))
    ]


@pytest.mark.parametrize("power", [1000.0, 100.0, 0.001])
def test_the_rows_of_one_clerk_come_back_into_the_unit_of_the_others(coded, power):
    _, clerks, grams, rows = weights(1)
    cells = grams.copy()
    cells[rows] /= power
    [(name, own, new, sure)] = found(coded, {"clerk": clerks.tolist(), "weight": cells})
    assert (name, own) == ("weight", rows.tolist())
    assert [float(text) for text in new] == grams[rows].tolist()
    assert sure >= 0.9


def test_numbers_written_with_a_comma_keep_it(coded):
    _, clerks, grams, rows = weights(2)
    cells = [
        f"{gram / (1000 if at in set(rows.tolist()) else 1):.3f}".replace(".", ",") for at, gram in enumerate(grams)
    ]
    [(_, own, new, _)] = found(coded, {"clerk": clerks.tolist(), "weight": cells})
    assert own == rows.tolist()
    assert [float(text.replace(",", ".")) for text in new] == grams[rows].tolist()
    assert all("." not in text for text in new)


def test_numbers_that_overlap_are_told_by_their_decimals_in_rows_that_follow_on_each_other(coded):
    rng = np.random.default_rng(11)
    euros = np.round(10 ** rng.uniform(4, 7.5, ROWS), -3)
    cells = euros.copy()
    cells[200:260] /= 1000
    [(_, own, new, sure)] = found(coded, {"revenue": cells})
    assert set(own) <= set(range(200, 260))
    assert len(own) >= 45  # all but those that have as few digits in thousands
    assert [float(text) for text in new] == euros[own].tolist()
    assert sure >= 0.9


def test_whole_numbers_among_others_with_a_decimal_are_in_a_smaller_unit(coded):
    rng = np.random.default_rng(12)
    clerks, high = rng.choice(CLERKS, ROWS), np.round(rng.uniform(5, 90, ROWS), 1)
    rows = np.flatnonzero((clerks == "Dunn") & (np.arange(ROWS) < 300))
    cells = [f"{x * 10:.0f}" if at in set(rows.tolist()) else f"{x:.1f}".replace(".", ",") for at, x in enumerate(high)]
    [(_, own, new, _)] = found(coded, {"clerk": clerks.tolist(), "height_cm": cells})
    assert set(own) <= set(rows.tolist())
    assert len(own) >= 0.9 * len(rows)
    assert new == [f"{x:.1f}".replace(".", ",") for x in high[own]]


def test_hours_in_days_are_hours_and_not_hundredths(coded):
    rng = np.random.default_rng(13)
    clerks, hours = rng.choice(CLERKS, ROWS), rng.integers(30, 500, ROWS).astype(float)
    rows = np.flatnonzero((clerks == "Dunn") & (np.arange(ROWS) < 300))
    cells = hours.copy()
    cells[rows] = np.round(hours[rows] / 24, 2)
    [(_, own, new, _)] = found(coded, {"clerk": clerks.tolist(), "hours": cells})
    assert [float(text) for text in new] == hours[own].tolist()
    assert found(coded, {"clerk": clerks.tolist(), "amount": cells}) == []  # nothing tells the unit


def test_numbers_that_are_written_finer_and_lie_among_the_others_stay(coded):
    rng = np.random.default_rng(14)
    clerks, paid = rng.choice(CLERKS, ROWS), np.round(rng.uniform(2_000, 9_000, ROWS), -1)
    paid[clerks == "Dunn"] += rng.integers(1, 9, (clerks == "Dunn").sum())
    assert found(coded, {"clerk": clerks.tolist(), "salary": paid}) == []


def test_such_numbers_without_anything_in_common_are_left_alone(coded):
    rng, clerks, grams, rows = weights(3)
    cells = grams.copy()
    cells[rng.choice(ROWS, len(rows), replace=False)] /= 1000
    assert found(coded, {"clerk": clerks.tolist(), "weight": cells}) == []


def test_small_numbers_that_are_small_are_left_alone(coded):
    rng, clerks, grams, rows = weights(4)
    cells = grams.copy()
    cells[rows] = rng.uniform(0.9, 1.3, len(rows))  # no power of ten makes them as the others are
    assert found(coded, {"clerk": clerks.tolist(), "weight": cells}) == []
    incomes = np.round(10 ** rng.normal(3.5, 0.8, ROWS), 2)  # a long tail, without a gap
    assert found(coded, {"clerk": clerks.tolist(), "income": incomes}) == []


def test_where_several_powers_fit_nobody_knows(coded):
    _, clerks, grams, rows = weights(5, low=1.0, high=6.0)
    cells = grams.copy()
    cells[rows] = np.round(10 ** np.random.default_rng(6).uniform(-2.2, -1.0, len(rows)), 4)
    assert found(coded, {"clerk": clerks.tolist(), "weight": cells}) == []


def test_numbers_that_would_lack_the_last_digits_are_left_alone(coded):
    rng, clerks, grams, rows = weights(8, low=2.0, high=2.9)
    cells = grams.copy()
    cells[rows] = rng.integers(1, 9, len(rows))  # such as numbers of breweries: 3 is not 300
    assert found(coded, {"clerk": clerks.tolist(), "brewery": cells.astype(int)}) == []


def test_only_these_cells_are_set(make):
    _, clerks, grams, rows = weights(7)
    cells = grams.copy()
    cells[rows] /= 1000
    table = make({"clerk": clerks.tolist(), "weight": cells.tolist(), "n": list(range(ROWS))})
    repairs = [each for each in propose(table).repairs if each.column == "weight"]
    assert [each.row for each in repairs] == rows.tolist()
    assert {each.cause for each in repairs} == {"scale"}
    steps = steps_of(accept(repairs, 0.9), table, "why")
    assert "replace_values" not in {step.op for step in steps}


def test_the_least_numbers_of_a_column_with_so_many_digits_are_in_no_other_unit(coded):
    rng = np.random.default_rng(21)
    sort = rng.choice(["benign", "malignant"], ROWS)
    depth = np.where(sort == "benign", 10 ** rng.uniform(-2, -0.2, ROWS), 10 ** rng.uniform(-0.8, 0.2, ROWS))
    cells = [float(f"{x:.4g}") for x in depth]  # 0.08867 and 0.8867: smaller ones have more decimals
    assert found(coded, {"sort": sort.tolist(), "depth": cells}) == []


def test_great_numbers_that_have_fewer_decimals_everywhere_are_in_no_other_unit(coded):
    rng = np.random.default_rng(22)
    sex = rng.choice(["male", "female"], ROWS, p=[0.75, 0.25])
    cells = [float(f"{x:.3g}") for x in 10 ** rng.normal(0.4, 0.5, ROWS)]
    assert found(coded, {"sex": sex.tolist(), "concentration": cells}) == []


def test_computed_numbers_and_a_state_of_its_own_are_in_no_other_unit(coded):
    rng = np.random.default_rng(23)
    state = np.repeat([f"s{n}" for n in range(40)], 15)
    share = np.repeat(10 ** rng.uniform(-0.6, 1.0, 40), 15) * rng.uniform(0.95, 1.05, ROWS)
    share[300:315] = 25.0 * rng.uniform(0.95, 1.05, 15)
    cells = [float(f"{x:.7g}") for x in share]
    assert found(coded, {"state": state.tolist(), "share": cells}) == []


def test_one_number_and_numbers_that_no_other_row_has_are_values_of_their_own(coded):
    rng = np.random.default_rng(24)
    children = rng.choice(["yes", "no"], ROWS, p=[0.7, 0.3])
    years = rng.choice([1.5, 4.0, 7.0, 10.0, 15.0], ROWS)
    years[np.flatnonzero(children == "no")[:40]] = 0.125
    assert found(coded, {"children": children.tolist(), "years": years}) == []
    some = np.flatnonzero(children == "no")[:60]
    years[some] = rng.choice([0.125, 0.417, 0.75], len(some))
    assert found(coded, {"children": children.tolist(), "years": years}) == []


def test_numbers_that_were_never_converted_are_not_read_in_the_unit_of_a_name(coded):
    rng = np.random.default_rng(25)
    short = rng.choice(["0", "1"], ROWS, p=[0.2, 0.8])
    miles = rng.integers(2, 30, ROWS).astype(float)
    rows = np.flatnonzero(short == "0")
    miles[rows] += rng.choice([0.2, 0.5, 0.4], len(rows))
    assert found(coded, {"short": short.tolist(), "Miles": miles}) == []


def test_what_is_measured_is_nothing_that_rows_have_in_common(coded):
    rng = np.random.default_rng(26)
    feet = np.round(rng.uniform(0, 5, 40), 4)
    at = rng.integers(0, 40, ROWS)
    cells = np.round(10 ** rng.uniform(2, 3, ROWS))
    cells[at == 3] /= 1000
    cells[at == 3] = np.round(cells[at == 3], 3)
    assert (at == 3).sum() >= 8
    assert found(coded, {"distance": feet[at].tolist(), "cost": cells}) == []
    assert found(coded, {"clerk": [f"c{each}" for each in at], "cost": cells}) != []


def test_a_power_that_takes_numbers_farther_from_the_others_brings_nothing():
    few = np.quantile(np.random.default_rng(27).normal(1.42, 0.6, 400), np.linspace(0.01, 0.99, 99))
    among = (-0.96, 1.09, 1.96)  # log 10: the numbers are about twice as large, times 0.1 they were a fifth
    assert ((few - 1 >= among[0]) & (few - 1 <= among[2])).mean() >= scales.ONE_POWER
    assert ((few >= among[0]) & (few <= among[2])).mean() < scales.ONE_POWER
    assert scales._brings(few, among, (-1, -2, -3)) is None
    assert scales._brings(few + 0.5, among, (-1, -2, -3)) == -1
