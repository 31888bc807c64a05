"""Measures of decisions: hand calculations, Fairlearn as the peer, and the traps that were measured."""

import json

import numpy as np
import pytest
from fairlearn import metrics as peer

from dataops_core.errors import SettingError
from dataops_core.fairness import model_measures
from dataops_core.fairness.decisions import brought, learned
from dataops_core.fairness.gaps import Gap, Gaps, LargestGap, gaps, judged
from dataops_core.fairness.group_definitions import outcome_of


def people(rows=600, groups=("a", "b", "c"), seed=0):
    rng = np.random.default_rng(seed)
    g = rng.choice(list(groups), rows)
    truth = rng.random(rows) < np.where(g == "a", 0.6, 0.4)
    chances = np.clip(0.25 + 0.5 * truth + rng.normal(0, 0.25, rows), 0, 1)
    return truth, chances >= 0.5, g, chances


def test_rates_by_hand():
    #       tp tp fn fp tn | tp fn fp tn tn
    truth = [1, 1, 1, 0, 0, 1, 1, 0, 0, 0]
    made = [1, 1, 0, 1, 0, 1, 0, 1, 0, 0]
    told = model_measures(
        truth, made, ["a"] * 5 + ["b"] * 5, chances=[0.9, 0.8, 0.4, 0.6, 0.1, 0.7, 0.3, 0.6, 0.2, 0.2]
    ).to_json()
    a = {
        key: told["groups"]["a"][key]["value"]
        for key in ("selection_rate", "tpr", "fpr", "fnr", "precision", "accuracy")
    }
    assert a == pytest.approx(
        {"selection_rate": 0.6, "tpr": 2 / 3, "fpr": 0.5, "fnr": 1 / 3, "precision": 2 / 3, "accuracy": 0.6}
    )
    assert told["fairness"]["demographic_parity"]["difference"] == pytest.approx(0.2)
    assert told["fairness"]["equalised_odds"]["difference"] == pytest.approx(1 / 6)  # tpr 2/3 - 1/2, fpr 1/2 - 1/3
    assert told["fairness"]["equalised_odds"]["ratio"] == pytest.approx(2 / 3)
    assert told["groups"]["a"]["calibration"]["gap"] == pytest.approx(0.56 - 0.6)
    assert all(each["tpr"]["thin"] for each in told["groups"].values())


def test_fairlearn_says_the_same():
    truth, made, g, _ = people()
    told = model_measures(truth, made, g).to_json()["fairness"]
    given = {"y_true": truth, "y_pred": made, "sensitive_features": g}
    assert told["demographic_parity"]["difference"] == pytest.approx(peer.demographic_parity_difference(**given))
    assert told["demographic_parity"]["ratio"] == pytest.approx(peer.demographic_parity_ratio(**given))
    assert told["equalised_odds"]["difference"] == pytest.approx(peer.equalized_odds_difference(**given))
    assert told["equalised_odds"]["ratio"] == pytest.approx(peer.equalized_odds_ratio(**given))
    assert told["equal_opportunity"]["difference"] == pytest.approx(peer.equal_opportunity_difference(**given))
    frame = peer.MetricFrame(metrics={"fpr": peer.false_positive_rate, "fnr": peer.false_negative_rate}, **given)
    assert told["fpr"]["difference"] == pytest.approx(frame.difference()["fpr"]) and told["fnr"][
        "ratio"
    ] == pytest.approx(frame.ratio()["fnr"])


def test_control_features_as_fairlearn_has_them():
    truth, made, g, _ = people(seed=1)
    level = np.random.default_rng(2).choice(["north", "south"], len(g))
    told = model_measures(truth, made, g, control=level).to_json()["controlled"]
    frame = peer.MetricFrame(
        metrics=peer.selection_rate, y_true=truth, y_pred=made, sensitive_features=g, control_features=level
    )
    for name in ("north", "south"):
        assert told[name]["fairness"]["selection_rate"]["difference"] == pytest.approx(frame.difference()[name])
        assert told[name]["groups"]["a"]["selection_rate"]["value"] == pytest.approx(frame.by_group[name, "a"])


def test_a_rate_of_nobody_is_none_where_fairlearn_says_0():
    truth, made, g = [0, 0, 0, 1, 1, 0], [1, 0, 0, 1, 0, 1], ["a", "a", "a", "b", "b", "b"]
    assert (
        peer.MetricFrame(metrics=peer.true_positive_rate, y_true=truth, y_pred=made, sensitive_features=g).by_group["a"]
        == 0
    )
    told = model_measures(truth, made, g).to_json()
    assert told["groups"]["a"]["tpr"]["value"] is None and "deserves" in told["groups"]["a"]["tpr"]["why"]
    assert told["fairness"]["equalised_odds"]["difference"] is None and told["fairness"]["equal_opportunity"][
        "undefined"
    ] == ["a"]
    assert told["fairness"]["demographic_parity"]["difference"] == pytest.approx(1 / 3)
    nobody = model_measures([1, 0, 1, 0], [0, 0, 0, 0], ["a", "a", "b", "b"]).to_json()
    assert (
        nobody["fairness"]["demographic_parity"]["ratio"] is None
        and nobody["groups"]["a"]["precision"]["value"] is None
    )
    json.dumps([told, nobody], allow_nan=False)


def test_missing_groups_are_unknown_and_nobody_is_an_error():
    told = model_measures([1, 0, 1], [1, 0, 0], ["a", None, float("nan")], control=[None, "x", "x"]).to_json()
    assert list(told["groups"]) == ["a", "unknown"] and told["groups"]["unknown"]["n"] == 2 and told["reference"] == "a"
    with pytest.raises(SettingError, match="no decision"):
        model_measures([], [], []).to_json()
    with pytest.raises(SettingError, match='no group "x"'):
        model_measures([1], [1], ["a"], reference="x").to_json()


@pytest.mark.slow
def test_bootstrap_from_cells_is_fairlearns_within_simulation_error():
    """MetricFrame resamples rows; the cells of the confusion table are all that its measures need of them (speed:
    benchmarks/bias.py).
    """
    truth, made, g, _ = people(rows=400, seed=3)
    told = model_measures(truth, made, g, replicates=4000).to_json()
    names = {
        "selection_rate": peer.selection_rate,
        "tpr": peer.true_positive_rate,
        "fpr": peer.false_positive_rate,
        "fnr": peer.false_negative_rate,
    }
    frame = peer.MetricFrame(
        metrics=names,
        y_true=truth,
        y_pred=made,
        sensitive_features=g,
        n_boot=150,
        ci_quantiles=[0.025, 0.975],
        random_state=0,
    )
    low, high = frame.by_group_ci
    for name in names:
        for group in ("a", "b", "c"):
            assert told["groups"][group][name]["boot"] == pytest.approx([low[name][group], high[name][group]], abs=0.05)


@pytest.mark.slow
def test_ten_groups_of_thirty_without_a_gap_do_not_cry_wolf():
    rng, cries = np.random.default_rng(4), 0
    for seed in range(100):
        made, truth = rng.random((10, 30)) < 0.4, rng.random((10, 30)) < 0.5
        counts = {
            "selection_rate": (made, made | True),
            "tpr": (made & truth, truth),
            "fpr": (made & ~truth, ~truth),
            "accuracy": (made == truth, made | True),
        }
        rates = {
            name: {f"g{n}": (int(hits[n].sum()), int(of[n].sum())) for n in range(10)}
            for name, (hits, of) in counts.items()
        }
        found = judged(gaps(rates, "g0", seed=seed, thin=5))
        cries += any(each.clear for each in [*found.gaps, *found.largest])
    assert cries <= 10  # 5 % of 100 are 5; more than 10 have a chance of 1 in 87 at exactly 5 %


def test_a_single_gap_is_clear_only_where_the_largest_of_its_measure_is():
    told = judged(
        Gaps(
            [
                Gap(of="g", measure=m, group="x", reference="y", p=0.001, value=0.2, ci=(0.1, 0.3), thin=False)
                for m in ("a", "b")
            ],
            [LargestGap(of="g", measure=m, groups=2, p=p) for m, p in (("a", 0.2), ("b", 0.01))],
        )
    )
    assert [(each.clear, each.p_holm) for each in told.gaps] == [(False, 0.002), (True, 0.002)]
    assert [each.clear for each in told.largest] == [False, True]
    assert [each.verdict for each in told.gaps] == ["clear by itself, not among all gaps", "clear"]


def test_a_true_gap_is_clear_and_thin_groups_are_not_judged():
    told = judged(gaps({"rate": {"a": (300, 500), "b": (200, 500), "c": (3, 4), "d": (0, 0)}}, "a"))
    b, c, d = told.gaps
    assert b.clear and b.value == pytest.approx(-0.2) and b.ci[1] < 0
    assert c.thin and c.p is None and not c.clear and c.value == pytest.approx(0.15)
    assert d.value is None and "not defined" in d.why
    assert told.largest[0].clear and told.largest[0].groups == 2


def table_of(make_table, rows=400, **more):
    rng = np.random.default_rng(5)
    sex, x = rng.choice(["f", "m"], rows), rng.normal(size=rows)
    ok = np.where(x + rng.normal(0, 0.5, rows) + (sex == "m") > 0.5, "yes", "no")
    return make_table({"sex": sex, "x": x, "z": rng.normal(size=rows), "ok": ok} | more)


@pytest.mark.parametrize("kind", ["linear", "trees"])
def test_the_sensitive_columns_never_enter_the_features(make_table, kind):
    table = table_of(make_table)
    frame = table.frame()
    found = learned(table, frame, "ok", outcome_of(frame, "ok", "yes"), ["sex"], kind=kind)
    assert found.how.features == ["x", "z"] and set(found.how.left_out_features) == {"sex", "ok"}
    turned = frame.assign(sex=frame["sex"].to_numpy()[::-1])
    again = learned(table, turned, "ok", outcome_of(frame, "ok", "yes"), ["sex"], kind=kind)
    assert (again.chances == found.chances).all()


def test_a_split_is_learned_from_on_one_side_and_judged_on_the_other(make_table):
    table = table_of(make_table, split=["train"] * 250 + ["validation"] * 50 + ["test"] * 100)
    frame = table.frame()
    found = learned(table, frame, "ok", outcome_of(frame, "ok", "yes"), ["sex"], split="split")
    assert (
        found.rows.tolist() == list(range(300, 400))
        and found.how.learned_from == 250
        and "split" not in found.how.features
    )


def test_a_column_of_decisions_or_of_probabilities(make_table):
    table = table_of(
        make_table, rows=4, said=["yes", "no", None, "yes"], chance=[0.5, 0.4, None, 1.0], odd=[2.0, 3.0, 4.0, 5.0]
    )
    frame = table.frame()
    assert brought(frame, "said", "yes", ["no", "yes"]).chosen.tolist() == [True, False, True]
    found = brought(frame, "chance", "yes", ["no", "yes"])
    assert (found.rows.tolist(), found.chosen.tolist(), found.how.left_out) == ([0, 1, 3], [True, False, True], 1)
    with pytest.raises(SettingError, match="no decisions"):
        brought(frame, "odd", "yes", ["no", "yes"])


@pytest.mark.parametrize(
    ("ok", "said"), [(["yes"] * 5, "nobody has the other"), (["yes"] * 4 + ["no"], "Only one row")]
)
def test_nothing_to_learn_is_said(make_table, ok, said):
    table = make_table({"sex": list("fmfmf"), "x": [1, 2, 3, 4, 5], "ok": ok}, {"x": "number"})
    frame = table.frame()
    with pytest.raises(SettingError, match=said):
        learned(table, frame, "ok", outcome_of(frame, "ok", "yes"), ["sex"])
