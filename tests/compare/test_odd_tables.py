"""Pairs, targets, time and drift on odd tables: an answer in plain JSON, whatever the columns hold."""

import json
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataops_core.compare import drift, groups
from dataops_core.facts import against_target, associate, associations, over_time
from dataops_core.table import write_table
from tests.strategies import examples, tidy_frames

CALM = settings(max_examples=examples(15), deadline=None, derandomize=True)


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    folder = tmp_path_factory.mktemp("odd")
    return lambda frame, name="t": write_table(folder / f"{name}.parquet", [frame])


def plain(told) -> bool:
    return json.loads(json.dumps(told, allow_nan=False)) == told


@pytest.mark.slow
@CALM
@given(tidy_frames())
def test_any_two_columns_are_compared(make, frame):
    table = make(frame)
    for x, y in list(permutations(table.names, 2))[:4]:
        told = associate(table, x, y)
        assert plain(told)
        assert told["n"] <= table.rows
        assert all(
            told.get(key) is None or -1 <= told[key] <= 1 for key in ("pearson", "spearman", "cramers_v", "epsilon")
        )
        along = against_target(table, x, y)
        assert plain(along)
        assert sum(group["n"] for group in along["groups"]) + (along["missing"] or {"n": 0})["n"] == table.rows
        if table.column(y).type == "datetime":
            time = over_time(table, x, y)
            assert plain(time)
            assert sum(period["n"] for period in time["periods"]) + time["undated"] == table.rows
    assert all(
        plain(associations(table, measure=measure).to_json())
        for measure in ("pearson", "spearman", "cramers_v", "epsilon", "missing")
    )


@CALM
@given(tidy_frames(), st.data())
def test_any_two_tables_are_compared_and_none_has_drifted_from_itself(make, frame, data):
    table, other = make(frame), make(data.draw(tidy_frames()), "other")
    assert plain(drift(table, other).to_json())
    assert plain(groups(table, table.names[0]).to_json())
    same = drift(table, table).to_json()
    assert plain(same)
    assert {each["verdict"] for each in same["columns"].values()} <= {
        "none",
        "too few rows to tell",
        "cannot be compared",
    }
    assert not same["schema"]["differs"]
