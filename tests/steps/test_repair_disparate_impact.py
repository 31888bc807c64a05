"""Disparate impact repair by hand, as Feldman et al. describe it; learned once, reused on new rows."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

from dataops_core.errors import SettingError, Skip
from dataops_core.steps import get
from dataops_core.steps.repair_disparate_impact import learn_quantiles
from dataops_core.table import tidy

repair = get("repair_disparate_impact")
FRAME = tidy(
    pd.DataFrame({"sex": ["f"] * 3 + ["m"] * 3, "pay": [1.0, 2.0, 3.0, 3.0, 4.0, 5.0], "n": [1, 2, 3, 3, 4, None]})
)


def test_full_and_half_repair_by_hand():
    # at each quantile the median of the two groups: 1 and 3 -> 2, 2 and 4 -> 3, 3 and 5 -> 4
    assert repair(FRAME, columns=["pay"], by=["sex"])["pay"].tolist() == pytest.approx([2, 3, 4, 2, 3, 4])
    assert repair(FRAME, columns=["pay"], by=["sex"], level=0.5)["pay"].tolist() == pytest.approx(
        [1.5, 2.5, 3.5, 2.5, 3.5, 4.5]
    )
    assert repair(FRAME, columns=["pay"], by=["sex"], level=0)["pay"].tolist() == FRAME["pay"].tolist()


def test_three_groups_go_to_the_median_distribution():
    """Feldman et al. 2015: the median, not the mean, of the groups' quantile functions."""
    frame = tidy(pd.DataFrame({"g": list("aaabbbccc"), "x": [1.0, 2, 3, 11, 12, 13, 101, 102, 103]}))
    assert repair(frame, columns=["x"], by=["g"])["x"].tolist() == pytest.approx([11, 12, 13] * 3)


def test_the_groups_cannot_be_told_apart_afterwards_and_keep_their_order():
    rng = np.random.default_rng(0)
    frame = tidy(
        pd.DataFrame(
            {"g": ["a"] * 500 + ["b"] * 400, "x": np.concatenate([rng.normal(0, 1, 500), rng.exponential(3, 400)])}
        )
    )
    out = repair(frame, columns=["x"], by=["g"])["x"]
    assert ks_2samp(frame["x"][:500], frame["x"][500:]).statistic > 0.4
    assert ks_2samp(out[:500], out[500:]).statistic < 0.02
    assert (np.argsort(out[:500].to_numpy()) == np.argsort(frame["x"][:500].to_numpy())).all()


def test_equal_numbers_go_to_the_middle_and_missing_ones_stay():
    frame = tidy(pd.DataFrame({"g": ["a"] * 4 + ["b"] * 3, "x": [5.0, 5.0, 5.0, None, 0.0, 10.0, 20.0]}))
    out = repair(frame, columns=["x"], by=["g"])["x"]
    assert out[:3].tolist() == pytest.approx([7.5] * 3) and np.isnan(out[3])
    assert out[4:].tolist() == pytest.approx([2.5, 7.5, 12.5])


def test_new_rows_and_new_groups():
    learned = learn_quantiles(FRAME, ["pay"], ["sex"])
    new = tidy(pd.DataFrame({"sex": ["f", "m", "x", None], "pay": [0.0, 9.0, 7.0, 8.0]}))
    assert repair(new, columns=["pay"], by=["sex"], learned=learned)["pay"].tolist() == pytest.approx(
        [2.0, 4.0, 7.0, 8.0]
    )
    assert "x (1)" in repair.on_new_rows(new, learned, ["pay"], ["sex"]) and "missing (1)" in repair.on_new_rows(
        new, learned, ["pay"], ["sex"]
    )
    other = new.rename(columns={"sex": "gender", "pay": "income"})
    assert repair(other, columns=["income"], by=["gender"], learned=learned)["income"].tolist() == pytest.approx(
        [2.0, 4.0, 7.0, 8.0]
    )
    assert repair.on_new_rows(FRAME, learned, ["pay"], ["sex"]) == ""


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"by": ["pay"]}, "make the groups"), ({"by": []}, "No column"), ({"cuts": {"sex": "3"}}, "holds no numbers")],
)
def test_what_cannot_be_is_said(settings, said):
    with pytest.raises(SettingError, match=said):
        repair(FRAME, **{"columns": ["pay"], "by": ["sex"]} | settings)


def test_nothing_to_repair_is_skipped():
    with pytest.raises(Skip, match="nothing to repair"):
        repair(FRAME.iloc[:0], columns=["pay"], by=["sex"])
