"""Formulas: what they give, and what they refuse."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.steps import get
from dataops_core.table import tidy

FRAME = tidy(
    pd.DataFrame(
        {
            "price": [2.0, 5.5, None, 0.0],
            "pieces": pd.array([3, 4, 5, None], dtype="Int64"),
            "first name": ["Ann", "Bo", None, "Cy"],
            "last": ["Lee", None, None, " Day "],
            "from": pd.to_datetime(["2024-01-30", "2024-02-28", None, "2023-12-31"]),
            "to": pd.to_datetime(["2024-02-01", "2024-03-01", "2024-01-01", "2024-01-01 12:00"], format="ISO8601"),
            "vip": pd.array([True, False, None, True], dtype="boolean"),
        }
    )
)
NONE = None


def value(formula):
    column = tidy(get("compute_column")(FRAME, into="new", formula=formula))["new"]
    return [None if pd.isna(cell) else cell for cell in column]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("price * pieces", [6.0, 22.0, NONE, NONE]),
        ("pieces / price", [1.5, 4 / 5.5, NONE, NONE]),
        ("1 + 2 * pieces - -1", [8.0, 10.0, 12.0, NONE]),
        ("round(price / 3, 2)", [0.67, 1.83, NONE, 0.0]),
        ("log(price)", [np.log(2), np.log(5.5), NONE, NONE]),
        ("max(price, pieces)", [3.0, 5.5, NONE, NONE]),
        ("remainder(pieces, 2)", [1.0, 0.0, 1.0, NONE]),
        ("coalesce(price, pieces, 7)", [2.0, 5.5, 5.0, 0.0]),
        ("concat(\"first name\", ' ', trim(last))", ["Ann Lee", "Bo ", " ", "Cy Day"]),
        ('upper(left("first name", 2))', ["AN", "BO", NONE, "CY"]),
        ("right(last, 2)", ["ee", NONE, NONE, "y "]),
        ("replace(last, 'e', 'o')", ["Loo", NONE, NONE, " Day "]),
        ("contains(last, 'ee')", [True, NONE, NONE, False]),
        ("if_else(price > 1 and pieces >= 4, 'a lot', 'few')", ["few", "a lot", NONE, "few"]),
        ('if_else(length("first name") = 2, pieces, 0)', [0.0, 4.0, NONE, NONE]),
        ("if_else(sqrt(price) > 2, 1, 0)", [0.0, 1.0, NONE, 0.0]),
        ('days_between("from", "to")', [2.0, 2.0, NONE, 1.5]),
        ('month("from")', [1, 2, NONE, 12]),
        ('weekday("to")', [4, 5, 1, 1]),
        ("vip", [True, False, NONE, True]),
        ("price > 2 or vip = true", [True, True, NONE, True]),
        ("pieces", [3, 4, 5, NONE]),
    ],
)
def test_formulas_by_hand(formula, expected):
    found = value(formula)
    for one, other in zip(found, expected, strict=True):
        assert one == pytest.approx(other) if isinstance(other, float) else one == other, formula


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("", "empty"),
        ("price *", "cannot be read"),
        ("__import__('os').system('true')", "cannot be read|no function"),
        ("lg(price)", "no function"),
        ("log(price, 2)", "takes 1 values"),
        ("prise * 2", 'no column "prise"'),
        ("year(price)", "takes dates"),
        ("if_else(price, 1, 2)", "begins with a condition"),
        ("(" * 200 + "1" + ")" * 200, "Too many|cannot be read"),
    ],
)
def test_what_is_no_formula_says_where(formula, says):
    with pytest.raises(SettingError) as caught:
        value(formula)
    import re

    assert re.search(says, str(caught.value)), str(caught.value)
