"""What is said of bias in sentences: nothing of gaps that chance may have made, and ranges in whatever order they are
given.
"""

import numpy as np
import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.fairness import bias, groups


def people(rows: int = 300, names: int = 10) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "group": [f"g{n % names}" for n in range(rows)],
            "age": [20 + n % 50 for n in range(rows)],
            "x": rng.normal(size=rows),
            "ok": np.where(rng.random(rows) < 0.4, "yes", "no"),
            "said": np.where(rng.random(rows) < 0.4, "yes", "no"),
        }
    )


def test_the_four_fifths_are_not_spoken_of_where_no_gap_is_clear(make_table):
    told = bias(make_table(people()), ["group"], target="ok", favorable="yes", prediction="said").to_json()
    assert not any(each["clear"] for each in told["largest"])
    assert told["model"]["fairness"]["selection_rate"]["ratio"] < 0.8
    assert not any("four fifths" in words for words in told["words"])


def test_one_group_has_nothing_to_be_compared_with(make_table):
    told = bias(make_table(people(names=1)), ["group"], target="ok", favorable="yes", prediction="said").to_json()
    assert "There is only one group, so there is nothing to compare." in told["words"]


def test_ranges_may_be_given_in_any_order_but_end_at_numbers(make_table):
    table = make_table(people())
    one, other = (
        groups(table, ["age"], target="ok", favorable="yes", cuts={"age": ends}).to_json()["groups"]
        for ends in ([25.0, 60.0], [60.0, 25.0])
    )
    assert one == other and [each["n"] for each in one.values()] == [36, 210, 54]
    with pytest.raises(SettingError, match="does not end at a number"):
        groups(table, ["age"], cuts={"age": [float("nan")]}).to_json()
