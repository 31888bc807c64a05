"""filter_rows, drop_duplicate_rows and drop_rows_with_missing."""

import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.steps import get

filter_rows, drop_duplicate_rows, drop_rows_with_missing = map(
    get, ("filter_rows", "drop_duplicate_rows", "drop_rows_with_missing")
)
FRAME = pd.DataFrame(
    {
        "n": pd.array([1, 2, 3, None], dtype="Int64"),
        "t": pd.Series(["Ab", "ab", None, "c"], dtype=object),
        "d": pd.Series(["2024-12-31T00:00", "2024-12-31T23:00", "2025-01-01", None]).astype("datetime64[us]"),
        "b": pd.array([True, False, None, True], dtype="boolean"),
    }
).set_axis([10, 11, 12, 13])


@pytest.mark.parametrize(
    ("settings", "rows"),
    [
        ({"column": "n", "keep_if": "is", "value": "2.0"}, [11]),
        ({"column": "n", "keep_if": "is not", "value": 2}, [10, 12]),
        ({"column": "n", "keep_if": "is not", "value": 2, "missing": "keep"}, [10, 12, 13]),
        ({"column": "n", "keep_if": "less than", "value": 2}, [10]),
        ({"column": "n", "keep_if": "at most", "value": 2}, [10, 11]),
        ({"column": "n", "keep_if": "more than", "value": 1.5}, [11, 12]),
        ({"column": "n", "keep_if": "at least", "value": 3}, [12]),
        ({"column": "n", "keep_if": "between", "value": 2, "upper": 3}, [11, 12]),
        ({"column": "n", "keep_if": "is one of", "values": ["1", "3"]}, [10, 12]),
        ({"column": "n", "keep_if": "is none of", "values": ["1", "3"]}, [11]),
        ({"column": "n", "keep_if": "is missing"}, [13]),
        ({"column": "n", "keep_if": "is present"}, [10, 11, 12]),
        ({"column": "t", "keep_if": "is", "value": "ab"}, [11]),
        ({"column": "t", "keep_if": "is", "value": "ab", "case": "ignore"}, [10, 11]),
        ({"column": "t", "keep_if": "contains", "value": "b"}, [10, 11]),
        ({"column": "t", "keep_if": "does not contain", "value": "b"}, [13]),
        ({"column": "t", "keep_if": "is none of", "values": ["c"]}, [10, 11]),
        ({"column": "t", "keep_if": "is not", "value": "c"}, [10, 11]),
        ({"column": "d", "keep_if": "is", "value": "2024-12-31"}, [10, 11]),
        ({"column": "d", "keep_if": "at most", "value": "2024-12-31"}, [10, 11]),
        ({"column": "d", "keep_if": "more than", "value": "2024-12-31"}, [12]),
        ({"column": "d", "keep_if": "more than", "value": "2024-12-31T10:00"}, [11, 12]),
        ({"column": "d", "keep_if": "between", "value": "2024-12-30", "upper": "2024-12-31"}, [10, 11]),
        ({"column": "b", "keep_if": "is", "value": "yes"}, [10, 13]),
        ({"column": "b", "keep_if": "is not", "value": "yes"}, [11]),
    ],
)
def test_rows_that_stay(settings, rows):
    assert filter_rows(FRAME, **settings).index.tolist() == rows


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"column": "n", "keep_if": "is"}, "needs a value"),
        ({"column": "n", "keep_if": "between", "value": 1}, "needs a value"),
        ({"column": "n", "keep_if": "is one of"}, "needs a value"),
        ({"column": "n", "keep_if": "is", "value": "x"}, '"x" is not what column "n" holds.*Give a number'),
        ({"column": "n", "keep_if": "contains", "value": "1"}, "holds no text"),
        ({"column": "t", "keep_if": "less than", "value": "b"}, "has no order"),
        ({"column": "b", "keep_if": "at most", "value": "yes"}, "have no order"),
        ({"column": "d", "keep_if": "is", "value": "31/12/2024"}, "Give a date such as"),
    ],
)
def test_conditions_that_make_no_sense(settings, message):
    with pytest.raises(SettingError, match=message):
        filter_rows(FRAME, **settings)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"keep_if": "between", "value": 18, "upper": 65}, "Kept rows where age between 18 and 65 (missing: drop)"),
        ({"keep_if": "is missing", "value": 18}, "Kept rows where age is missing"),
        ({"keep_if": "is one of", "values": ["a", "b"]}, "Kept rows where age is one of a, b (missing: drop)"),
    ],
)
def test_sentence_names_only_what_applies(settings, sentence):
    assert filter_rows.sentence({"column": "age", **settings}) == sentence


def test_duplicates():
    frame = pd.DataFrame({"a": [1, 1, 2, 1], "b": [None, None, "x", "y"]}, index=[5, 6, 7, 8])
    assert drop_duplicate_rows(frame).index.tolist() == [5, 7, 8]
    assert drop_duplicate_rows(frame, keep="last").index.tolist() == [6, 7, 8]
    assert drop_duplicate_rows(frame, keep="none").index.tolist() == [7, 8]
    assert drop_duplicate_rows(frame, columns=["a"]).index.tolist() == [5, 7]


def test_rows_with_missing():
    assert drop_rows_with_missing(FRAME).index.tolist() == [10, 11]
    assert drop_rows_with_missing(FRAME, columns=["n", "d"], how="all").index.tolist() == [10, 11, 12]
    assert drop_rows_with_missing(FRAME, columns=["t"]).index.tolist() == [10, 11, 13]
