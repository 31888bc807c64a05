"""Reweighing: the weights of the paper, hand calculations on real data, and what is new, missing or impossible."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.errors import SettingError, Skip
from dataops_core.steps import get
from dataops_core.steps.reweigh import learn_balance
from dataops_core.table import tidy
from tests.conftest import REAL

reweigh = get("reweigh")
PAPER = tidy(pd.DataFrame({"s": ["1"] * 5 + ["0"] * 5, "y": ["1", "1", "1", "1", "0", "0", "0", "1", "0", "1"]}))


def weighted_gap(frame, by, good):
    rates = (
        frame.assign(good=good)
        .groupby(by)
        .apply(lambda part: np.average(part["good"], weights=part["weight"]), include_groups=False)
    )
    return rates.max() - rates.min()


def test_weights_of_kamiran_and_calders():
    """Kamiran & Calders 2012, Knowledge and Information Systems 33:1, table 2: a gap of 40 % is gone under
    the weights.
    """
    out = reweigh(PAPER, target="y", by=["s"])
    assert out["weight"].round(2).tolist() == [0.75] * 4 + [2.0, 0.67, 0.67, 1.5, 0.67, 1.5]
    good = PAPER["y"] == "1"
    assert weighted_gap(out.assign(weight=1.0), "s", good) == pytest.approx(0.4)
    assert weighted_gap(out, "s", good) == pytest.approx(0, abs=1e-12)
    assert out["weight"].mean() == pytest.approx(1.0)
    assert reweigh(PAPER, target="y", by=["s"], favorable="1")["weight"].tolist() == out["weight"].tolist()


def test_german_credit_by_age_over_25():
    """The privileged group of AIF360's tutorial, on all 1,000 rows: over 25, 590 good and 220 bad; 25 or less, 110 good
    and 80 bad.
    """
    path = REAL / "german_credit.csv"
    if not path.exists():
        pytest.skip("german_credit.csv is not present beside the checkout")
    frame = tidy(pd.read_csv(path))
    out = reweigh(frame, target="credit_risk", by=["age"], favorable="1", cuts={"age": "25"})
    old, good = frame["age"] > 25, frame["credit_risk"] == 1
    hand = {
        (True, True): 810 * 700 / (1000 * 590),
        (True, False): 810 * 300 / (1000 * 220),
        (False, True): 190 * 700 / (1000 * 110),
        (False, False): 190 * 300 / (1000 * 80),
    }
    assert out["weight"].tolist() == [pytest.approx(hand[key]) for key in zip(old, good, strict=True)]
    # 0.149448
    assert weighted_gap(out.assign(weight=1.0, old=old), "old", good) == pytest.approx(590 / 810 - 110 / 190)
    assert weighted_gap(out.assign(old=old), "old", good) == pytest.approx(0, abs=1e-12)


def test_an_amount_goes_into_four_ranges_that_are_learned():
    frame = tidy(pd.DataFrame({"age": range(40), "ok": ["yes", "no"] * 20}))
    learned = learn_balance(frame, "ok", ["age"])
    assert learned["cuts"] == [[9.0, 19.0, 29.0]] and len(learned["weights"]) == 8
    new = tidy(pd.DataFrame({"age": [-5, 100], "ok": ["yes", "no"]}))
    assert reweigh(new, target="ok", by=["age"], learned=learned)["weight"].tolist() == [1.0, 1.0]


def test_what_was_never_seen_weighs_one_and_is_said():
    learned = learn_balance(PAPER, "y", ["s"], "1")
    new = tidy(pd.DataFrame({"s": ["1", "2", None], "y": ["1", "0", None]}))
    assert reweigh(new, target="y", by=["s"], favorable="1", learned=learned)["weight"].tolist() == [0.75, 1.0, 1.0]
    said = reweigh.on_new_rows(new, learned, "y", ["s"], "1")
    assert "not 1, 2 (1)" in said and "missing, missing (1)" in said
    assert reweigh.on_new_rows(PAPER, learned, "y", ["s"], "1") == ""


def test_three_outcomes_by_themselves_or_the_good_one_against_the_rest():
    frame = tidy(
        pd.DataFrame({"g": ["a"] * 6 + ["b"] * 6, "y": ["x", "x", "x", "y", "y", "z", "x", "y", "y", "z", "z", "z"]})
    )
    each, one = (reweigh(frame, target="y", by=["g"], favorable=good)["weight"] for good in (None, "x"))
    assert each[3] == pytest.approx(6 * 4 / (12 * 2)) and each[5] == pytest.approx(6 * 4 / (12 * 1))
    assert one[3] == one[5] == pytest.approx(6 * 8 / (12 * 3))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"into": "s"}, 'a column "s" already'),
        ({"by": ["y"]}, "target and group"),
        ({"favorable": "2"}, 'no value "2"'),
        ({"by": []}, "No column"),
        ({"cuts": {"s": "1"}}, "holds no numbers"),
        ({"cuts": {"x": "1"}}, "none of the columns"),
        ({"cuts": {"s": "old"}}, "not a list of numbers"),
    ],
)
def test_what_cannot_be_is_said(settings, said):
    with pytest.raises(SettingError, match=said):
        reweigh(PAPER, **{"target": "y", "by": ["s"]} | settings)


def test_an_empty_target_is_skipped():
    with pytest.raises(Skip, match="nothing to weigh by"):
        reweigh(PAPER.assign(y=None), target="y", by=["s"])


def test_what_was_learned_holds_for_columns_with_other_names():
    frame = tidy(pd.DataFrame({"age": range(40), "ok": ["yes"] * 30 + ["no"] * 10}))
    learned = learn_balance(frame, "ok", ["age"])
    renamed = frame.rename(columns={"age": "years", "ok": "fine"})
    assert (
        reweigh(renamed, target="fine", by=["years"], learned=learned)["weight"].tolist()
        == reweigh(frame, target="ok", by=["age"])["weight"].tolist()
    )
