"""Other people's files: other types, letters, columns and sizes, and tables that have next to nothing."""

import json

import numpy as np
import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.synthetic import judge
from dataops_core.synthetic.evaluate.align_columns import align
from tests.synthetic.people import people

REAL, MADE, HELD = (
    people(300, 1).assign(flag=np.arange(300) % 3 == 0),
    people(300, 2).assign(flag=np.arange(300) % 3 == 1),
    people(300, 3).assign(flag=False),
)
WIDE = [
    pd.DataFrame(np.random.default_rng(seed).normal(size=(100, 110)), columns=[f"x{i}" for i in range(110)])
    for seed in (1, 2, 3)
]


def test_cells_are_read_as_the_real_ones_are(make_table):
    real = make_table(
        {
            "n": [1.5, 2, 3],
            "k": [1, 2, 3],
            "yes": [True, False, True],
            "c": ["Self Emp", "b", "b"],
            "d": pd.to_datetime(["2020-01-31"] * 3),
            "m": ["7", "A", "A"],
        }
    )
    other = make_table(
        {
            "m": ["7.0", " a", "nan"],
            "d": ["31.01.2020", "01.02.2020", "never"],
            "c": ["self  emp ", "B", "?"],
            "yes": [1, 0, 1],
            "k": ["1.0", "x", "1,234"],
            "N ": ["1,5", "2", None],
        },
        {"d": "text"},
    )
    found = align(real, other)
    made = found.synthetic
    assert made["n"].tolist()[:2] == [1.5, 2.0] and made["k"].tolist()[::2] == [1.0, 1234.0] and np.isnan(made["k"][1])
    assert (
        made["yes"].tolist() == ["true", "false", "true"]
        and made["c"].tolist() == ["self emp", "b", None]
        and made["m"].tolist() == ["7", "a", None]
    )
    assert made["d"].tolist() == [pd.Timestamp("2020-01-31"), pd.Timestamp("2020-02-01"), pd.NaT]
    said = " ".join(found.problems)
    assert (
        '1 cell of "k" in the synthetic table could not be read as a number and counts' in said
        and '1 cell of "d"' in said
    )
    assert 'Column "N " of the synthetic table is taken for "n".' in said and "another order" in said


def test_columns_that_are_missing_or_added_are_said(make_table):
    told = judge(make_table(REAL), make_table(MADE.drop(columns="age").assign(extra=1))).to_json()
    assert any('lacks the column "age"' in line for line in told["problems"]) and any(
        'has the column "extra"' in line for line in told["problems"]
    )
    assert "age" not in told["columns"]


def test_no_common_column_or_an_unknown_name_or_no_real_row_is_bad_input(make_table):
    with pytest.raises(SettingError, match="no column in common"):
        judge(make_table(REAL), make_table({"z": [1, 2]})).to_json()
    with pytest.raises(SettingError, match='no column "agee"'):
        judge(make_table(REAL), make_table(MADE), target="agee").to_json()
    with pytest.raises(SettingError, match="The holdout has no rows"):
        judge(make_table(REAL), make_table(MADE), holdout=make_table(HELD[:0])).to_json()


def test_how_columns_are_treated(make_table):
    n = 60
    real = {
        "customer_id": range(1000, 1000 + n),
        "row": [3 * i for i in range(n)],
        "mail": [f"p{i * 7919 % 997}@example.org" for i in range(n)],
        "note": [f"free words about {i} and {i * i}" for i in range(n)],
        "zip": [f"z{i % 25}" for i in range(n)],
        "empty": [None] * n,
        "x": np.random.default_rng(0).normal(size=n),
        "k": [7] * n,
    }
    told = judge(make_table(real), make_table(real)).to_json()["columns"]
    assert {name: each["as"] for name, each in told.items()} == {
        "customer_id": "id",
        "row": "id",
        "mail": "id",
        "note": "text",
        "zip": "category",
        "empty": "empty",
        "x": "number",
        "k": "number",
    }
    assert told["mail"]["why"] == "it names persons"


ODD = {
    "no rows": (REAL, MADE[:0], HELD),
    "one row": (REAL, MADE[:1], HELD),
    "two rows": (REAL, MADE[:2], HELD),
    "one number": (REAL[["age"]], MADE[["age"]], HELD[["age"]]),
    "one category": (REAL[["sex"]], MADE[["sex"]], HELD[["sex"]]),
    "dates": (REAL[["since"]], MADE[["since"]], HELD[["since"]]),
    "nothing there": (REAL.assign(e=None), MADE.assign(e=None), HELD.assign(e=None)),
    "something where nothing was": (REAL.assign(e=None), MADE.assign(e="x"), HELD.assign(e=None)),
    "nothing where something was": (REAL, MADE.assign(age=np.nan, city=None), HELD),
    "constants": (REAL.assign(k=1), MADE.assign(k=1), HELD.assign(k=1)),
    "categories only": (REAL[["sex", "job"]], MADE[["sex", "job"]], HELD[["sex", "job"]]),
    "numbers only": (REAL[["age", "income"]], MADE[["age", "income"]], HELD[["age", "income"]]),
    "small holdout": (REAL, MADE, HELD[:50]),
    "holdout of one": (REAL, MADE, HELD[:1]),
    "three real rows": (REAL[:3], MADE, HELD[:3]),
    "one real row": (REAL[:1], MADE, None),
    "endless numbers": (REAL, MADE.assign(income=np.inf), HELD),
    "great numbers": (REAL.assign(g=1e300 * REAL["age"]), MADE.assign(g=1e300), HELD.assign(g=-1e300)),
    "unicode": (REAL.assign(city="北京"), MADE.assign(city="Łódź\u200b"), HELD.assign(city="北京")),
    "wide": WIDE,
    "ids only": (pd.DataFrame({"id": range(50)}), pd.DataFrame({"id": range(50)}), None),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_tables_get_a_verdict_or_a_reason(make_table, only, few_trees, name):
    only("fidelity", "utility", "privacy", seeds=2)
    real, made, held = ODD[name]
    for holdout in [held] if name == "wide" else {id(held): held, 0: None}.values():
        told = judge(
            make_table(real),
            make_table(made),
            holdout=None if holdout is None else make_table(holdout),
            target="flag" if "flag" in real else None,
            by=["sex"] if "sex" in real else [],
        ).to_json()
        json.dumps(told, allow_nan=False)
        assert told["privacy"]["verdict"] in ("no leak seen", "not enough to tell", "doubtful") and told["words"]
        for each in told["privacy"]["signals"].values():
            assert (each["value"] is None) <= bool(each["why"])
        if min(len(real), len(made)) < 100:
            assert told["privacy"]["verdict"] == "doubtful"
        assert told["utility"]["auc"] is not None or told["utility"]["why"]
