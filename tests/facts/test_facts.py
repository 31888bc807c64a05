import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataops_core.checks.repeats import repeated
from dataops_core.checks.table_view import TableView
from dataops_core.facts import spread, table_facts
from dataops_core.table import tidy
from tests.strategies import examples


@pytest.fixture
def facts_of(make_table):
    """The facts of one column, counted from the table at rest."""
    return lambda values, kind: table_facts(make_table({"x": values}, {"x": kind}))["x"]


def test_facts_of_a_small_column_by_hand(facts_of):
    # 2, 4, 4, 4, 5, 5, 7, 9: mean 5, sum of squared deviations 32, so sd = sqrt(32 / 7)
    facts = facts_of(pd.Series([2, 4, 4, 4, 5, 5, 7, 9, None], dtype="Int64"), "number")
    assert (facts["rows"], facts["missing"], facts["distinct"]) == (9, 1, 5)
    assert facts["mean"] == 5.0
    assert facts["sd"] == pytest.approx(np.sqrt(32 / 7), rel=1e-12)
    assert (facts["min"], facts["max"], facts["zeros"], facts["negatives"]) == (2.0, 9.0, 0, 0)
    assert facts["top"][0] == {"value": "4", "count": 3}
    assert facts["quantiles"]["0.25"] == 4.0  # type 7: position 1.75 lies between 4 and 4
    assert facts["quantiles"]["0.95"] == pytest.approx(8.3)  # 7 + 0.65 * (9 - 7)
    assert sum(facts["histogram"]["counts"]) == 8


# NIST StRD, univariate summary statistics, data set NumAcc3: certified mean 1000000.2, standard deviation 0.1
def test_mean_and_sd_agree_with_the_certified_values_of_numacc3(facts_of):
    values = pd.Series([1000000.2] + [1000000.1, 1000000.3] * 500)
    facts = facts_of(values, "number")
    assert facts["mean"] == pytest.approx(1000000.2, rel=1e-14)
    assert facts["sd"] == pytest.approx(0.1, rel=1e-8)


def test_odd_values_are_counted_and_do_not_spoil_the_rest(facts_of):
    facts = facts_of(pd.Series([1.0, np.inf, -np.inf, 3.0, None]), "number")
    assert (facts["infinite"], facts["mean"], facts["max"]) == (2, 2.0, 3.0)
    assert facts_of(pd.Series([None, None], dtype=object), "text")["distinct"] == 0
    assert facts_of(pd.Series([], dtype="float64"), "number")["rows"] == 0


def test_ties_among_the_most_frequent_values_are_in_order_of_the_value(facts_of):
    facts = facts_of(pd.Series(list("zzyyx")), "category")
    assert [t["value"] for t in facts["top"]] == ["y", "z", "x"]


def test_dates_have_a_span_and_a_histogram(facts_of):
    facts = facts_of(pd.Series(np.array(["2020-01-01", "2020-01-21", "NaT"], dtype="datetime64[us]")), "datetime")
    assert (facts["min"], facts["max"], facts["missing"]) == ("2020-01-01", "2020-01-21", 1)
    assert facts["histogram"]["counts"][0] == 1


@settings(max_examples=examples(15), deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from([0, 1, None])), max_size=30))
def test_duplicate_rows_are_those_that_pandas_finds(tmp_path_factory, rows):
    from dataops_core.table import write_table

    frame = tidy(pd.DataFrame(rows, columns=["x", "y"]).astype({"x": object, "y": "Int64"}))
    table = write_table(tmp_path_factory.mktemp("t") / "t.parquet", [frame])
    places = repeated(TableView(table, table_facts(table)), table.names)
    assert sorted(places.tolist()) == np.flatnonzero(frame.duplicated()).tolist()


def test_before_and_after_are_counted_on_one_scale():
    before = pd.Series([*range(20, 40), -5, 240], dtype="Int64")
    after = before.mask(before.isin([-5, 240]))
    told = spread(before, after)
    assert told["labels"][0].startswith("-5 to 7")
    assert (sum(told["before"]), sum(told["after"])) == (22, 20)
    assert (told["before"][0], told["after"][0], told["before"][-1], told["after"][-1]) == (1, 0, 1, 0)


def test_values_that_were_merged_are_counted_in_both():
    before = pd.Series(["Paris"] * 3 + ["PARIS", "Rome"], dtype=object)
    told = spread(before, before.replace("PARIS", "Paris"))
    assert told == {"binned": False, "labels": ["Paris", "Rome", "PARIS"], "before": [3, 1, 1], "after": [4, 1, 0]}


def test_a_column_that_changes_its_type_has_no_before():
    told = spread(pd.Series(["1", "2"], dtype=object), pd.Series([1.0, 2.0]))
    assert (told["before"], told["labels"]) == (None, ["1", "2"])


def test_odd_columns_can_be_spread():
    huge = pd.Series([-1e308, 1e308, *range(20)], dtype="float64")
    assert sum(spread(huge, huge)["after"]) == 22
    empty = pd.Series([None, None], dtype=object)
    assert spread(empty, empty)["labels"] == []
