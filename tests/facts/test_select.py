import numpy as np
import pandas as pd
import pytest

from dataops_core.facts import Engine, Where, facet, rows_where, rows_with, sorted_rows


@pytest.fixture
def engine(make_table):
    table = make_table(
        {
            "c": ["a", "b", "a", None, "O'Hara"],
            "n": [1.0, 2.5, np.inf, None, -3.0],
            "i": [1, 2, 3, 4, None],
            "d": np.array(["2024-01-01", "2024-06-01", "NaT", "2024-01-01", "2025-01-01"], dtype="datetime64[us]"),
            'q"x': ["x", "y", "x", "y", "x"],
        }
    )
    with Engine(table) as made:
        yield made


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        (Where("c", "is", ("a",)), [0, 2]),
        (Where("c", "is", ("a", None)), [0, 2, 3]),
        (Where("c", "is", ("O'Hara",)), [4]),
        (Where("n", "missing"), [3]),
        (Where("n", "is", ("inf",)), [2]),
        (Where("n", "between", (-3, 2)), [0, 4]),
        (Where("i", "present"), [0, 1, 2, 3]),
        (Where("d", "is", ("2024-01-01",)), [0, 3]),
        (Where("d", "between", ("2024-05-01", "2025-12-31")), [1, 4]),
        (Where(None, "holds", ("HARA",)), [4]),
        (Where("i", "is", ("abc",)), []),
        (Where("d", "is", ("soon", "2025-01-01")), [4]),
        (Where('q"x', "is", ("y",)), [1, 3]),
        (Where("c", "holds", ("a'; drop",)), []),
    ],
)
def test_rows_that_meet_a_condition(engine, where, rows):
    assert rows_where(engine, [where]) == (len(rows), rows)


def test_all_conditions_must_be_met_and_the_first_rows_are_given(engine):
    assert rows_where(engine, [Where("c", "is", ("a",)), Where("n", "is", ("1",))]) == (1, [0])
    assert rows_where(engine, [], most=2) == (5, [0, 1])


def test_a_facet_counts_under_the_other_conditions_only(engine):
    told = facet(engine, "c", [Where("c", "is", ("b",)), Where('q"x', "is", ("x",))])
    assert told == [{"value": "a", "count": 2}, {"value": "O'Hara", "count": 1}]
    assert facet(engine, "c")[0] == {"value": "a", "count": 2}


def test_rows_are_sorted_with_missing_cells_last_and_ties_in_the_order_of_the_table(engine):
    assert sorted_rows(engine, [], "c") == (5, [4, 0, 2, 1, 3])
    assert sorted_rows(engine, [], "c", descending=True) == (5, [1, 0, 2, 4, 3])
    assert sorted_rows(engine, [], "n", start=1, most=2) == (5, [0, 1])
    assert sorted_rows(engine, [], 'q"x', descending=True) == (5, [1, 3, 0, 2, 4])
    assert sorted_rows(engine, [Where("c", "is", ("a",))], "n", descending=True) == (2, [2, 0])
    assert sorted_rows(engine, []) == (5, [0, 1, 2, 3, 4])


def test_rows_come_in_the_order_of_their_ids(engine):
    made = rows_with(engine, [3, 0, 4], engine.table.names)
    pd.testing.assert_frame_equal(made, engine.table.frame().loc[[3, 0, 4]])
    assert len(rows_with(engine, [], engine.table.names)) == 0
