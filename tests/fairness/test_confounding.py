"""Strata: the published picture of Berkeley reverses; hand calculations; proxies that are planted are found."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from dataops_core.errors import SettingError
from dataops_core.fairness import confounding, proxies
from dataops_core.fairness.proxies import _permuted
from tests.fairness.berkeley import applicants


def test_berkeley_reverses(make_table):
    """R's mantelhaen.test(UCBAdmissions): common odds ratio 0.9046968, interval 0.7719074 to 1.0603298."""
    told = confounding(make_table(applicants()), "admitted", "yes", ["sex"], ["department"]).to_json()
    assert told["reference"] == "man"
    women = told["by_group"]["woman"]
    assert (round(women["adjusted"]["odds_ratio"], 7), [round(end, 6) for end in women["adjusted"]["ci"]]) == (
        0.9046968,
        [0.771907, 1.060330],
    )
    assert round(women["crude"]["odds_ratio"], 3) == 1.841  # 1198 * 1278 / (1493 * 557)
    assert women["reverses"] and "Simpson" in women["words"]
    # directly standardised to all 4,526: sum over departments of rate * applicants / 4526
    assert (
        women["standardised"]["group_rate"] > women["standardised"]["reference_rate"]
        and women["standardised"]["covered"] == 1.0
    )
    assert round(women["standardised"]["reference_rate"], 4) == round(
        sum(
            n * good / of
            for n, good, of in (
                (933, 512, 825),
                (585, 353, 560),
                (918, 120, 325),
                (792, 138, 417),
                (584, 53, 191),
                (714, 22, 373),
            )
        )
        / 4526,
        4,
    )
    json.dumps(told, allow_nan=False)


def test_standardised_rates_and_odds_by_hand(make_table):
    rows = [("m", "x", 6, 8), ("f", "x", 1, 2), ("m", "y", 1, 2), ("f", "y", 2, 8)]
    frame = pd.DataFrame(
        [(g, s, "yes" if n < good else "no") for g, s, good, of in rows for n in range(of)], columns=["g", "s", "ok"]
    )
    told = confounding(make_table(frame), "ok", "yes", ["g"], ["s"], reference="m").to_json()["by_group"]["f"]
    # (6*1/10 + 1*6/10) / (2*1/10 + 1*2/10); both strata hold 10 of 20
    assert told["adjusted"]["odds_ratio"] == pytest.approx(3.0)
    assert told["standardised"]["reference_rate"] == pytest.approx((6 / 8 + 1 / 2) / 2) and told["standardised"][
        "group_rate"
    ] == pytest.approx((1 / 2 + 2 / 8) / 2)
    assert not told["reverses"]


@pytest.mark.parametrize(
    "frame",
    [
        {"g": ["a", "a", "b", "b"], "s": ["x", "x", "y", "y"], "ok": ["yes", "no", "yes", "no"]},
        {"g": ["a", "b"] * 4, "s": ["x", "y", "y", "x"] * 2, "ok": ["yes"] * 8},
        {"g": ["a", None], "s": [None, "x"], "ok": ["yes", None]},
    ],
)
def test_what_cannot_be_compared_is_said(make_table, frame):
    told = confounding(make_table(frame), "ok", "yes", ["g"], ["s"]).to_json()
    json.dumps(told, allow_nan=False)
    assert all(
        each["adjusted"]["odds_ratio"] is None and each["adjusted"]["why"] and "cannot" in each["words"]
        for each in told["by_group"].values()
    )


def test_groups_are_no_strata(make_table):
    with pytest.raises(SettingError, match="compared within"):
        confounding(make_table({"g": ["a", "b"], "ok": ["yes", "no"]}), "ok", "yes", ["g"], ["g"]).to_json()


def test_a_planted_proxy_comes_first_and_noise_last(make_table):
    rng = np.random.default_rng(0)
    sex = rng.choice(["f", "m"], 900)
    table = make_table(
        {
            "sex": sex,
            "title": np.where(rng.random(900) < 0.95, np.where(sex == "f", "Ms", "Mr"), "Dr"),
            "height": rng.normal(np.where(sex == "f", 165, 178), 7),
            "noise": rng.normal(size=900),
            "colour": rng.choice(["red", "blue"], 900),
            "ok": rng.choice(["yes", "no"], 900),
        },
        {"title": "category", "colour": "category"},
    )
    told = proxies(table, ["sex"], target="ok").to_json()
    assert [each["column"] for each in told["columns"]][:2] == ["title", "height"] and "ok" not in [
        each["column"] for each in told["columns"]
    ]
    by = {each["column"]: each for each in told["columns"]}
    assert (
        by["title"]["auc"] > 0.95 and by["title"]["verdict"] == "strong proxy" and 0.9 < by["title"]["association"] <= 1
    )
    assert by["height"]["auc"] == pytest.approx(0.905, abs=0.04)  # Phi(13 / (7 sqrt 2)) = 0.905
    assert by["height"]["association"] == pytest.approx(0.68, abs=0.04)  # (13/2) / sqrt(49 + 42.25)
    assert by["title"]["interval"][0] < by["title"]["auc"] and by["title"]["p_holm"] < 1e-6
    assert abs(by["noise"]["auc"] - 0.5) < 0.06 and by["colour"]["verdict"] == "tells little"
    assert told["together"]["auc"] > 0.97 and told["guessing"]["balanced_accuracy"] == 0.5
    json.dumps(told, allow_nan=False)


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        (["a"] * 60, "Fewer than two"),
        ([None] * 60, "Fewer than two"),
        ([f"g{n % 25}" for n in range(500)], "25 groups"),
    ],
)
def test_what_nobody_can_tell_apart(make_table, groups, said):
    with pytest.raises(SettingError, match=said):
        proxies(make_table({"g": pd.Series(groups, dtype=object), "x": range(len(groups))}), ["g"]).to_json()


@pytest.mark.slow
def test_noise_is_no_proxy_on_a_small_table_more_than_once_in_twenty_times(make_table):
    """Ten columns of noise, 40 rows: at least one "told something" in 88 of 100 tables by bare AUC cut-offs."""
    alarms = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        noise = {f"x{at}": rng.normal(size=40) for at in range(5)} | {
            f"c{at}": rng.choice(list("pqr"), 40) for at in range(5)
        }
        told = proxies(make_table(pd.DataFrame(noise | {"g": rng.choice(["f", "m"], 40)})), ["g"], seed=seed).to_json()
        alarms += any(
            each["verdict"] in ("strong proxy", "tells something") for each in [*told["columns"], told["together"]]
        )
    assert alarms <= 3  # of 20; a binomial of 5 % exceeds it twice in a hundred times


def test_the_permutation_of_groups_is_that_of_shuffles():
    rng = np.random.default_rng(2)
    codes = rng.integers(0, 3, 60)
    chances = rng.random((60, 3)) + 0.15 * np.eye(3)[codes]

    def auc(of):
        return np.mean([(chances[of == at, at][:, None] > chances[of != at, at]).mean() for at in range(3)])

    known = np.mean([roc_auc_score(codes == at, chances[:, at]) for at in range(3)])
    assert auc(codes) == pytest.approx(known)
    shuffled = np.mean([auc(rng.permutation(codes)) >= auc(codes) for _ in range(300)])
    assert _permuted(chances, codes, [(np.arange(60), np.arange(60))], range(3)) == pytest.approx(
        2 * shuffled, abs=0.04
    )


def test_berkeley_has_no_common_odds_ratio_and_the_gap_within_has_an_interval(make_table):
    """R's DescTools::BreslowDayTest(UCBAdmissions): X-squared 18.83, df 5, p 0.002."""
    women = confounding(make_table(applicants()), "admitted", "yes", ["sex"], ["department"]).to_json()["by_group"][
        "woman"
    ]
    assert (
        women["adjusted"]["breslow_day"]["p"] == pytest.approx(0.002, abs=0.0005)
        and women["adjusted"]["breslow_day"]["df"] == 5
    )
    assert "do not share one odds ratio" in women["words"]
    low, high = women["standardised"]["gap_ci"]
    assert low < women["standardised"]["gap"] < high


def test_the_interval_of_a_standardised_gap_by_hand(make_table):
    # one stratum: rates 60/100 and 40/100; smoothed 61/102 and 41/102, each with variance 0.2404 / 100
    frame = pd.DataFrame(
        {"g": ["a"] * 100 + ["b"] * 100, "s": "x", "y": ["yes"] * 60 + ["no"] * 40 + ["yes"] * 40 + ["no"] * 60}
    )
    told = confounding(make_table(frame, {"s": "category"}), "y", "yes", ["g"], ["s"], reference="a").to_json()[
        "by_group"
    ]["b"]["standardised"]
    width = 1.959964 * np.sqrt(2 * (61 / 102) * (41 / 102) / 100)
    assert told["gap_ci"] == pytest.approx([-0.2 - width, -0.2 + width])
    assert told["e_value"] == pytest.approx(1.5 + np.sqrt(1.5 * 0.5))
