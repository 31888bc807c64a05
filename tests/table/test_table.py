import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataops_core.errors import InputError
from dataops_core.table import ContentHash, content_hash, difference, open_table, shown, tidy, write_table
from tests.strategies import examples


def test_a_page_reads_only_its_rows_and_keeps_their_ids(make_table):
    table = make_table({"a": range(25_000)})
    page = table.page(12_345, 200)
    assert page["a"].tolist() == list(range(12_345, 12_545))
    assert page.index.tolist() == page["a"].tolist()
    assert table.page(24_990, 200).shape == (10, 1)


def test_rows_are_found_by_id_after_others_were_dropped(tmp_path):
    frame = tidy(pd.DataFrame({"a": list("abcdef")}, index=[0, 3, 4, 7, 8, 9]))
    table = write_table(tmp_path / "t.parquet", [frame])
    assert table.rows_by_id([7, 3, 99])["a"].to_dict() == {3: "b", 7: "d"}


def test_a_table_opens_again_as_it_was_written(tmp_path):
    frame = tidy(
        pd.DataFrame(
            {
                "n": [1, None],
                "t": ["x", None],
                "b": [True, None],
                "d": pd.to_datetime(["0001-01-01", None], errors="coerce"),
            }
        )
    )
    frame["b"] = pd.array([True, None], dtype="boolean")
    table = write_table(tmp_path / "t.parquet", [frame], {"t": "id"})
    again = open_table(table.path)
    assert again == table
    assert again.kinds["t"] == "id"
    pd.testing.assert_frame_equal(again.frame(), frame, check_names=False)


def test_a_foreign_parquet_file_is_not_taken_for_a_table(tmp_path):
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "x.parquet")
    with pytest.raises(InputError, match="not written by the workbench"):
        open_table(tmp_path / "x.parquet")


def test_a_failed_write_leaves_no_file(tmp_path):
    def broken():
        yield tidy(pd.DataFrame({"a": [1]}))
        raise ZeroDivisionError("in the middle")

    with pytest.raises(ZeroDivisionError, match="in the middle"):
        write_table(tmp_path / "t.parquet", broken())
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=examples(25), deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.text()),
            st.one_of(st.none(), st.floats(allow_nan=False)),
            st.one_of(st.none(), st.integers(-9, 9)),
        )
    ),
    st.integers(1, 5),
)
def test_the_content_hash_does_not_depend_on_batches(rows, size):
    frame = tidy(pd.DataFrame(rows, columns=["t", "f", "i"]).astype({"t": object, "f": "float64", "i": "Int64"}))
    total = ContentHash()
    for start in range(0, max(1, len(frame)), size):
        total.update(frame.iloc[start : start + size])
    assert total.hexdigest() == content_hash(frame)


@pytest.mark.parametrize(
    "other",
    [{"a": ["x", "yz"]}, {"b": ["xy", "z"]}, {"a": ["xy", "z", None]}, {"a": ["xy", None]}, {"a": [1, 2]}],
    ids=["cut elsewhere", "other name", "more rows", "missing", "other type"],
)
def test_the_content_hash_tells_tables_apart(other):
    assert content_hash(pd.DataFrame({"a": ["xy", "z"]})) != content_hash(pd.DataFrame(other))


def test_the_content_hash_takes_minus_zero_for_zero_and_ignores_row_ids():
    one = pd.DataFrame({"a": [0.0, np.nan]})
    assert content_hash(one) == content_hash(pd.DataFrame({"a": [-0.0, None]}, index=[5, 6], dtype="float64"))


def test_difference_counts_rows_cells_and_schema(tmp_path):
    before = tidy(pd.DataFrame({"a": ["x ", "y", "z"], "b": [1, 2, None], "gone": [1, 1, 1]}))
    after = tidy(pd.DataFrame({"c": ["x", "z"], "b": [1, 5], "new": [0, 0]}, index=[0, 2]))
    one, other = write_table(tmp_path / "1.parquet", [before]), write_table(tmp_path / "2.parquet", [after])
    found = difference(one, other, {"a": "c"})
    assert (found.rows_before, found.rows_after, found.rows_dropped, found.rows_added) == (3, 2, 1, 0)
    assert found.cells_changed == {"c": 1, "b": 1}
    assert found.rows_changed == 2
    assert found.cells_emptied == {}
    assert (found.columns_removed, found.columns_added, found.columns_renamed) == (("gone",), ("new",), {"a": "c"})
    assert (found.dropped_rows, found.changed_rows) == ((1,), (0, 2))


def test_a_number_read_from_text_counts_as_changed_only_where_it_reads_differently(make_table):
    found = difference(make_table({"a": ["12", "$3", None]}), make_table({"a": [12.0, 3.0, None]}))
    assert found.cells_changed == {"a": 1}
    assert list(found.columns_retyped) == ["a"]


def test_shown_cells_are_as_people_read_them():
    assert shown(pd.Series([1.0, 0.1, np.inf, None])).tolist() == ["1", "0.1", "inf", None]
    dates = pd.Series(np.array(["2020-01-31", "NaT", "9999-12-31T23:59:58"], dtype="datetime64[us]"))
    assert shown(dates).tolist() == ["2020-01-31", None, "9999-12-31 23:59:58"]


def test_cells_that_become_empty_are_counted(make_table):
    found = difference(make_table({"a": ["1", "x", None, "y"]}), make_table({"a": [1, None, None, 3]}))
    assert (found.cells_changed, found.cells_emptied) == ({"a": 2}, {"a": 1})
