"""drop_columns and rename_columns."""

import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.steps import get

FRAME = pd.DataFrame({"a": [1], "b": [2], "self": [3]})
drop_columns, rename_columns = get("drop_columns"), get("rename_columns")


def test_drop_keeps_the_order_of_the_others():
    assert drop_columns(FRAME, columns=["b"]).columns.tolist() == ["a", "self"]


def test_drop_refuses_to_leave_nothing():
    with pytest.raises(SettingError, match="No column would be left"):
        drop_columns(FRAME, columns=["a", "b", "self"])


def test_rename_can_swap_and_leaves_content():
    out = rename_columns(FRAME, names={"a": "self", "self": "a"})
    assert out.columns.tolist() == ["self", "b", "a"]
    assert out["self"].tolist() == [1]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({}, "No new name"),
        ({"a": "b"}, 'Two columns would be called "b"'),
        ({"a": "x", "b": "x"}, 'Two columns would be called "x"'),
        ({"a": " "}, 'The new name of "a" is blank'),
        ({"selv": "x"}, 'There is no column "selv".*Did you mean "self"'),
        ({"a": "__row_id__"}, "reserved"),
    ],
)
def test_rename_refuses(names, message):
    with pytest.raises(SettingError, match=message):
        rename_columns(FRAME, names=names)
