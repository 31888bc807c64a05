"""make_rows_agree: groups take their settled value, what was settled replays, and what is not settled stays."""

import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.steps.step import get
from dataops_core.table import tidy

step = get("make_rows_agree")


def shops():
    return tidy(
        pd.DataFrame(
            {
                "zip": ["26"] * 6 + ["10"] * 4 + ["99"] * 2 + [None],
                "shop": [1] * 13,
                "city": ["Delft"] * 4 + ["Deflt", None] + ["Bonn", "Bonn", "Rome", "Rome"] + ["Oslo", "Olso", "Oslo"],
                "open": [True] * 5 + [False] + [False] * 7,
                "since": [pd.Timestamp("2020-02-29")] * 5 + [pd.NaT] + [pd.Timestamp("2021-01-01")] * 7,
                "size": [3.5] * 5 + [4.5] + [1.0] * 7,
            }
        )
    )


def test_settled_groups_agree_and_ties_small_groups_and_gaps_stay():
    df = shops()
    done = step(df, columns=["city"], by=["zip"])["city"].tolist()
    assert done == ["Delft"] * 6 + df["city"].tolist()[6:]


def test_cells_of_every_type_take_the_settled_value():
    done = step(shops(), columns=["open", "since", "size"], by=["zip", "shop"], share=80.0)
    assert (done["open"][5], done["since"][5], done["size"][5]) == (True, pd.Timestamp("2020-02-29"), 3.5)
    assert done.dtypes.tolist() == shops().dtypes.tolist()


def test_missing_cells_can_be_kept():
    assert step(shops(), columns=["city"], by=["zip"], missing="keep")["city"].tolist()[4:6] == ["Delft", None]


@pytest.mark.parametrize(("share", "rows", "expected"), [(90.0, 3, "Deflt"), (80.0, 5, "Deflt"), (80.0, 4, "Delft")])
def test_a_group_is_settled_by_its_share_and_its_rows(share, rows, expected):
    assert step(shops(), columns=["city"], by=["zip"], share=share, rows=rows)["city"][4] == expected


def test_what_was_settled_replays_on_another_file_and_unknown_groups_are_counted():
    learned = step.learner(shops(), ["city"], ["zip"])
    assert learned == {"settled": {"city": {'["26"]': "Delft"}}}
    later = tidy(pd.DataFrame({"zip": ["26", "26", "31"], "city": ["Dleft", "Dleft", "Bonn"]}))
    assert step(later, columns=["city"], by=["zip"], learned=learned)["city"].tolist() == ["Delft", "Delft", "Bonn"]
    assert step.on_new_rows(later, learned, columns=["city"], by=["zip"]).startswith("1 rows of 1 groups")
    assert step.on_new_rows(later[:2], learned, columns=["city"], by=["zip"]) == ""


def test_a_column_cannot_decide_about_itself():
    with pytest.raises(SettingError, match="about itself"):
        step(shops(), columns=["city"], by=["city"])
