"""Requests for rows: groups as they are counted by hand, shared out equally or filled."""

import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.synthetic.plan.conditions import balanced, filled, groups
from dataops_core.synthetic.plan.plan import halves
from dataops_core.table import write_table


@pytest.fixture
def table(tmp_path):
    """40 rows: 24 men, 12 women, 4 without sex; the job "judge" comes once, and ages are whole numbers."""
    frame = pd.DataFrame(
        {
            "sex": ["m"] * 24 + ["f"] * 12 + [None] * 4,
            "job": ["cook", "clerk"] * 19 + ["cook", "judge"],
            "age": pd.array([30, 40] * 20, dtype="Int64"),
            "since": pd.to_datetime(["2024-01-01", "2025-01-01"] * 20).astype("datetime64[us]"),
        }
    )
    return write_table(
        tmp_path / "t.parquet", [frame], {"sex": "category", "job": "category", "age": "number", "since": "datetime"}
    )


def test_groups_are_counted_without_missing_cells_largest_first(table):
    assert groups(table, ["sex"]) == [
        {"values": {"sex": "m"}, "rows": 24, "learned": True},
        {"values": {"sex": "f"}, "rows": 12, "learned": True},
    ]
    assert [(each["values"], each["rows"]) for each in groups(table, ["sex", "age"])] == [
        ({"sex": "m", "age": 30}, 12),
        ({"sex": "m", "age": 40}, 12),
        ({"sex": "f", "age": 30}, 6),
        ({"sex": "f", "age": 40}, 6),
    ]
    assert groups(table, ["since"])[0]["values"] == {"since": "2024-01-01T00:00:00"}


def test_a_value_is_learned_where_enough_of_the_rows_that_are_learned_from_have_it(table):
    mine = table.frame().iloc[halves(table, table.frame(), 3)[0]]
    women = int((mine["sex"] == "f").sum())
    assert [each["learned"] for each in groups(table, ["sex"], seed=3, rare=women)] == [True, True]
    assert [each["learned"] for each in groups(table, ["sex"], seed=3, rare=women + 1)] == [True, False]
    assert {each["values"]["job"]: each["learned"] for each in groups(table, ["job"], rare=2)} == {
        "cook": True,
        "clerk": True,
        "judge": False,
    }


def test_rows_are_shared_out_among_the_groups_that_are_learned(table):
    asked = balanced(groups(table, ["job"], rare=2), 101)
    assert [each["rows"] for each in asked] == [51, 50] and {each["values"]["job"] for each in asked} == {
        "cook",
        "clerk",
    }


def test_a_thin_group_gets_what_it_lacks(table):
    assert filled(groups(table, ["sex"]), {"sex": "f"}, 24) == [{"values": {"sex": "f"}, "rows": 12}]


def test_what_nobody_can_ask_for_is_told(table, tmp_path):
    known = groups(table, ["sex"])
    with pytest.raises(SettingError, match=r"12 rows have sex = f already"):
        filled(known, {"sex": "f"}, 12)
    with pytest.raises(SettingError, match="Too few rows have sex = x"):
        filled(known, {"sex": "x"}, 50)
    with pytest.raises(SettingError, match="1 rows are too few for 2 groups"):
        balanced(known, 1)
    with pytest.raises(SettingError, match="large enough to be learned"):
        balanced(groups(table, ["sex"], rare=30), 100)
    many = write_table(
        tmp_path / "many.parquet", [pd.DataFrame({"n": pd.array(range(300), dtype="Int64")})], {"n": "number"}
    )
    with pytest.raises(SettingError, match="300 groups are too many"):
        groups(many, ["n"])
