"""The step that a finding offers never makes a value up for a person, a date or an identifier, and empties
no refund.
"""

import numpy as np
import pytest

from dataops_core.checks.profile import profile_table
from dataops_core.recipe.recipe import from_json
from dataops_core.recipe.replay import run_recipe

ROWS = 120


@pytest.fixture
def orders(make_table):
    """An order book: a few people's addresses that come again, dates, and a total that is quantity times price."""
    rng = np.random.default_rng(3)
    quantity, price = rng.integers(1, 9, ROWS).astype(float), rng.choice([2.5, 4.0, 7.25, 9.9], ROWS)
    total = quantity * price
    frame = {
        "order no": [f"A-{1000 + i}" for i in range(ROWS)],
        "E-mail": [f"{'abcde'[i % 5]}@example.com" for i in range(ROWS)],
        "Customer name": [
            f"{['Ann', 'Ben', 'Cleo', 'Dora', 'Emil'][i % 5]} {['Ash', 'Birch', 'Cedar'][i % 3]}" for i in range(ROWS)
        ],
        "Ordered": [f"2026-03-{1 + i % 28:02d}" for i in range(ROWS)],
        "City": ["Rome" if i % 3 else "Oslo" for i in range(ROWS)],
        "Quantity": quantity.tolist(),
        "Price": price.tolist(),
        "Total": total.tolist(),
    }
    for name, cells in frame.items():
        for at in range(3, ROWS, 17):
            if name != "order no" and (name != "Price" or at > 100) and name != "Quantity":
                cells[at] = None
    return make_table(frame)


def fixes(table) -> dict[str, dict | None]:
    profile, _ = profile_table(table)
    assert profile["failed_checks"] == []
    return {
        finding["columns"][0]: finding["fix"] for finding in profile["findings"] if finding["check"] == "missing_cells"
    }


def test_nothing_is_made_up_for_people_and_dates(orders):
    found = fixes(orders)
    assert found["E-mail"] is None
    assert found["Customer name"] is None
    assert found["City"] == {"op": "fill_missing", "with": {"columns": ["City"], "how": "most_frequent"}}
    assert "Ordered" not in found or found["Ordered"] is None or found["Ordered"]["op"] == "flag_missing"


def test_dates_are_flagged_and_never_filled(make_table):
    import pandas as pd

    days = pd.Series(pd.date_range("2026-01-01", periods=60).repeat(2)).where(lambda s: s.index % 11 != 3)
    assert fixes(make_table({"day": days, "n": range(120)}))["day"] == {
        "op": "flag_missing",
        "with": {"columns": ["day"]},
    }


def test_a_total_is_computed_where_quantity_and_price_are_there(orders, tmp_path):
    fix = fixes(orders)["Total"]
    assert fix == {"op": "fill_computed", "with": {"column": "Total", "how": "product", "of": ["Quantity", "Price"]}}
    run = run_recipe(from_json({"steps": [fix]}), orders, tmp_path)
    before, after = orders.frame(), run.table.frame()
    gone = before["Total"].isna()
    known = gone & before["Price"].notna()
    assert known.sum() > 0
    assert (after["Total"][known] == before["Quantity"][known] * before["Price"][known]).all()
    assert after["Total"][gone & ~known].isna().all()


CAUSES = ("blank_rows", "missing_cells", "missing_together", "duplicate_rows")


def test_rows_that_hold_nothing_are_dropped_before_anything_is_filled(make_table):
    table = make_table({"city": ["Rome", None, "Oslo", "Rome"] * 20, "n": [1.0, None, 3.0, 4.0] * 20})
    profile, _ = profile_table(table)
    drop = {"op": "drop_rows_with_missing", "with": {"columns": [], "how": "all"}}
    assert [(f["check"], f["fix"]) for f in profile["findings"] if f["check"] in CAUSES] == [("blank_rows", drop)]


@pytest.mark.parametrize(
    ("name", "emptied"), [("Quantity", False), ("Total", False), ("Price", False), ("Score given", True)]
)
def test_minus_one_is_a_refund_where_things_are_bought(make_table, name, emptied):
    rng = np.random.default_rng(1)
    values = [*rng.integers(1, 30, 300).tolist(), *[-1] * 6]
    profile, _ = profile_table(make_table({name: values}))
    found = [finding for finding in profile["findings"] if set(finding["rows"]) >= set(range(300, 306))]
    assert found
    emptying = [finding for finding in found if finding["fix"] and finding["fix"]["op"] == "mark_missing"]
    assert bool(emptying) is emptied
    assert emptied or "refund" in found[0]["message"]
