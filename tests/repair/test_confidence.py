"""How sure candidates are, from planted errors: by hand, and against how many errors there really seem to be."""

import numpy as np
import pytest

from dataops_core.repair import confidence
from dataops_core.repair.candidates import search
from dataops_core.repair.confidence import Measured
from dataops_core.repair.proposal import Repair
from dataops_core.repair.recipe import accept


def sure(measured, score, cause="agreement", column=0):
    return measured.sure(cause, column, np.array([score])).tolist()[0]


def test_cells_that_were_spoiled_count_against_errors_as_frequent_as_those_seen():
    # 100 planted errors, all brought back, 3 cells spoiled; but only one error was seen for 50 that were planted
    measured = Measured({("agreement", 0, 4): [100, 100, 3]}, {0: 0.02})
    assert sure(measured, 0.92) == pytest.approx((2 + 0.5) / (2 + 3 + 1))
    assert sure(Measured({("agreement", 0, 4): [100, 100, 3]}, {0: 1.0}), 0.92) == pytest.approx(100.5 / 104)


def test_too_few_planted_errors_tell_nothing_and_other_causes_do_not_help():
    measured = Measured({("agreement", 0, 4): [10, 10, 0], ("slip", 0, 4): [90, 90, 0]}, {0: 1.0})
    assert np.isnan(sure(measured, 0.92))


def test_the_errors_planted_are_weighed_by_those_seen(coded):
    columns = {
        "city": [f"city {n % 8}" for n in range(400)],
        "land": [f"land {n % 8}" for n in range(400)],
        "code": [f"code {n % 8}" for n in range(400)],
    }
    columns["land"][7] = "nowhere"
    table = coded(columns)
    found = search(table)
    assert [(each.column, each.rows.tolist()) for each in found.found] == [(1, [7])]
    measured = confidence.measure(found, table)
    assert measured.weights[1] == pytest.approx(1 / (0.08 * 400))  # 8 % of the cells are planted for one error seen


def test_what_could_not_be_tested_is_never_accepted():
    repairs = [Repair(at, "a", "x", "y", sure, "slip", "") for at, sure in enumerate([None, 0.95, 0.5])]
    assert [each.row for each in accept(repairs, 0.9)] == [1]
    assert [each.row for each in accept(repairs, 0.0)] == [1, 2]
