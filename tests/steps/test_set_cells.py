"""set_cells: every type of column, and only the cells that still hold what they held."""

import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.steps import get
from dataops_core.table import tidy

set_cells = get("set_cells")


@pytest.mark.parametrize(
    ("values", "was", "new", "expected"),
    [
        (["a", "b"], "b", "c", "c"),
        ([1, 2], "2", "30", 30),
        ([1.5, 2.0], "2", "0.25", 0.25),
        ([True, False], "False", "True", True),
        (pd.to_datetime(["2024-01-01", "2024-01-02"]), "2024-01-02", "2024-02-29", pd.Timestamp("2024-02-29")),
    ],
)
def test_a_cell_of_any_type_is_set_where_it_holds_what_it_held(values, was, new, expected):
    frame = tidy(pd.DataFrame({"a": values}))
    done = set_cells(frame, column="a", cells={"2": new}, was={"2": was})["a"]
    assert done[1] == expected
    assert done.dtype == frame["a"].dtype
    kept = set_cells(frame, column="a", cells={"2": new}, was={"2": "something else"})["a"]
    assert kept.tolist() == frame["a"].tolist()


def test_rows_go_by_their_number_in_the_file_not_by_their_place():
    frame = tidy(pd.DataFrame({"a": ["x", "y", "z"]})).iloc[[2, 0]]
    assert set_cells(frame, column="a", cells={"3": "last", "2": "gone"})["a"].tolist() == ["last", "x"]


def test_an_empty_value_empties_the_cell_and_a_missing_one_can_be_filled():
    frame = tidy(pd.DataFrame({"a": [1, None]}))
    done = set_cells(frame, column="a", cells={"1": "", "2": "7"}, was={"2": ""})["a"]
    assert pd.isna(done[0])
    assert done[1] == 7


@pytest.mark.parametrize("cells", [{"0": "x"}, {"-1": "x"}, {"one": "x"}, {"1": "many"}])
def test_what_is_no_row_or_does_not_fit_is_refused(cells):
    with pytest.raises(SettingError):
        set_cells(tidy(pd.DataFrame({"a": [1, 2]})), column="a", cells=cells)
