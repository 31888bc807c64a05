"""Few cells stand for a whole column: the very median and mean that pandas frames give in memory."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.recipe import condensed as module
from dataops_core.recipe import replay
from dataops_core.recipe.condensed import condensed, middle_ranks, ranks
from dataops_core.steps._counted import COUNT
from dataops_core.steps.fill_missing import learn_fill
from dataops_core.table import Table

rng = np.random.default_rng(5)
LARGEST = np.finfo(float).max
COLUMNS = {
    "normal": rng.normal(50, 20, 20_001),
    "even number": rng.normal(0, 1e-3, 20_000),
    "with gaps and infinite": np.where(
        rng.random(9_000) < 0.3, np.nan, rng.choice([np.inf, -np.inf, 1.5, -7.25], 9_000)
    ),
    "next to each other": np.array([1.0, np.nextafter(1.0, 2.0), 5.0, -3.0]),
    "signs of zero": np.array([-0.0, 0.0, -5e-324, 5e-324]),
    "far apart": rng.normal(0, 1, 5_001) * 10.0 ** rng.integers(-300, 200, 5_001),
    "one bin short": np.array([1.0, 1.0, 2.0**500, 2.0**500]),
    "whole": rng.integers(-(2**62), 2**62, 10_001),
    "extremes": np.array([-(2**63) + 1, 2**63 - 1, 2**63 - 2, 7]),
    "dates": rng.integers(-(10**15), 10**15, 8_000).astype("datetime64[us]"),
    "nothing": np.array([np.nan, np.nan]),
    "one": np.array([3.5]),
}


@pytest.mark.parametrize("how", ["median", "mean"])
@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("held", [5, 1_000_000])
def test_what_is_learned_is_that_of_all_cells(make_table, monkeypatch, name, how, held):
    monkeypatch.setattr(module, "HELD", held)
    table: Table = make_table(pd.DataFrame({name: COLUMNS[name]}))
    rows = condensed(table, name, how)
    assert rows is not None
    assert len(rows) <= 5_000
    times = rows.pop(COUNT).to_numpy(dtype="int64")
    whole = table.frame()
    if whole[name].isna().all():
        assert rows[name].isna().all() or not times.sum()
        return
    assert learn_fill(rows, [name], how, times=times) == learn_fill(whole, [name], how)


def test_a_sum_beyond_all_numbers_is_left_to_memory(make_table, monkeypatch):
    table = make_table({"a": [LARGEST, LARGEST, -LARGEST, 1.0]})
    monkeypatch.setattr(module, "FEW", 0)
    assert condensed(table, "a", "mean") is None
    assert condensed(table, "a", "median")["a"].tolist() == [1.0, LARGEST]


def test_the_middle_is_found_where_it_lies_between_two_beginnings(monkeypatch):
    monkeypatch.setattr(module, "HELD", 1)
    values = ranks(np.array([-4.0, -4.0, 1e300, 1e300, 1e301, -5.0]))
    parts = [values[:2], values[2:]]
    found = middle_ranks(
        lambda bits, prefix: module.digit_counts(parts, bits, prefix),
        lambda bits, prefix: module.joined(*(module.beginning([part], bits, prefix) for part in parts)),
    )
    assert found == sorted(values.tolist())[2:4]


def test_what_many_different_values_teach_is_asked_of_condensed_rows(make_table, monkeypatch):
    monkeypatch.setattr(replay, "FEW_COUNTED", 10)
    table = make_table({"a": [float(n * 7919 % 1000) for n in range(1000)]})
    assert len(replay.counted_rows(table, ["a"], "median")) == 2
    assert len(replay.counted_rows(table, ["a"])) == 1000
