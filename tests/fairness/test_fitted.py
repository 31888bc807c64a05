"""Fitted ways to decide: Fairlearn's own chances, the lab's own decisions, and JSON there and back."""

import json

import numpy as np
import pytest
from fairlearn.postprocessing import ThresholdOptimizer
from fairlearn.reductions import DemographicParity, ExponentiatedGradient
from sklearn.dummy import DummyClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from dataops_core.errors import SettingError
from dataops_core.fairness import compare_mitigations, decide, fit, refits
from dataops_core.fairness.compare_mitigations import prepared
from dataops_core.fairness.mitigations import decider, drawn, fitted, out_of_fold
from dataops_core.models import estimator, one_thread, plain
from tests.fairness.test_lab import biased


@pytest.fixture(autouse=True)
def _never_learned_again(monkeypatch):
    """Nothing is asserted here of who gains or pays, which is all that learning again is for."""
    monkeypatch.setattr(refits, "REFITS", 0)
    monkeypatch.setattr(refits, "SLOW_REFITS", 0)


@pytest.fixture
def setup(make_table):
    return prepared(
        make_table(biased()), "ok", "yes", ["sex"], "demographic_parity", "linear", None, None, (), 20_000, 1
    )[0]


def test_thresholds_have_fairlearns_chances(setup):
    """Fairlearn's own optimizer on scikit-learn's out-of-fold scores, its rule asked of the model that ships."""
    train, judge = setup.train, setup.judge
    baseline = fitted(setup, setup.frame.iloc[train], setup.good[train])
    rows, groups = plain(setup.frame, setup.chosen), setup.groups.astype(str)
    strata = 2 * (groups[train] == "m") + setup.good[train]
    folds = list(StratifiedKFold(5, shuffle=True, random_state=setup.seed).split(strata, strata))
    scores = cross_val_predict(
        estimator(setup.chosen, "classes", "linear", setup.seed),
        rows.iloc[train],
        setup.good[train],
        cv=folds,
        method="predict_proba",
    )
    model = DummyClassifier().fit(scores, setup.good[train])
    model.predict_proba = np.asarray  # it answers with the scores that it is given
    for constraint in ("demographic_parity", "equalized_odds"):
        object.__setattr__(setup, "constraint", constraint)
        peer = ThresholdOptimizer(estimator=model, constraints=constraint, predict_method="predict_proba", prefit=True)
        peer.fit(scores, setup.good[train].astype(int), sensitive_features=groups[train])
        theirs = peer._pmf_predict(baseline.predict_proba(rows.iloc[judge]), sensitive_features=groups[judge])[:, 1]
        ours = decider("thresholds", setup, baseline).chances(rows.iloc[judge], setup.groups[judge])
        assert ours == pytest.approx(theirs, abs=1e-12)


@pytest.mark.slow
def test_exponentiated_gradient_has_fairlearns_chances(setup):
    whole = estimator(setup.chosen, "classes", "linear", 1)
    rows = plain(setup.frame, setup.chosen)
    peer = ExponentiatedGradient(whole["model"], DemographicParity(), max_iter=30)
    peer.fit(
        whole["encoder"].fit_transform(rows.iloc[setup.some]),
        setup.good[setup.some].astype(int),
        sensitive_features=setup.groups[setup.some].astype(str),
    )
    theirs = peer._pmf_predict(whole["encoder"].transform(rows.iloc[setup.judge]))[:, 1]
    ours = decider("exponentiated_gradient", setup, None).chances(rows.iloc[setup.judge], setup.groups[setup.judge])
    assert ours == pytest.approx(theirs, abs=1e-9)
    assert 0 < ((ours > 0) & (ours < 1)).mean() < 1  # some are drawn by lot


def test_drawn_by_lot_the_same_every_time_and_certain_ones_never():
    chances = np.array([0.0, 1.0, 0.3] * 4000)
    out = drawn(chances, 5)
    assert (out == drawn(chances, 5)).all() and not out[0::3].any() and out[1::3].all()
    assert out[2::3].mean() == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize("method", ["baseline", "exponentiated_gradient", "grid_search", "thresholds"])
def test_what_ships_decides_as_the_lab_did(make_table, method):
    table = make_table(biased())
    model = json.loads(json.dumps(fit(table, "ok", "yes", ["sex"], method, seed=1), allow_nan=False))
    judge = prepared(table, "ok", "yes", ["sex"], "demographic_parity", "linear", None, None, (), 20_000, 1)[0].judge
    frame = table.frame().iloc[judge]
    made = decide(model, frame)
    judged = compare_mitigations(table, "ok", "yes", ["sex"], seed=1, methods=[method]).to_json()["methods"][method][
        "groups"
    ]
    for name, each in judged.items():
        assert made[(frame["sex"] == name).to_numpy()].mean() == pytest.approx(each["selection_rate"]["value"])
    assert model["features"]["numbers"] == ["skill", "tells"]


def test_unseen_and_missing_groups_are_decided_as_without_rules(make_table):
    table = make_table(biased())
    rules, plainly = (fit(table, "ok", "yes", ["sex"], method) for method in ("thresholds", "baseline"))
    new = table.frame().head(200).assign(sex=["x", None] * 100)
    assert decide(rules, new).tolist() == decide(plainly, new).tolist()
    assert decide(plainly, new.drop(columns="sex")).tolist() == decide(plainly, new).tolist()
    with pytest.raises(SettingError, match='no column "sex"'):
        decide(rules, new.drop(columns="sex"))
    with pytest.raises(SettingError, match="not a fitted model"):
        fit(table, "ok", "yes", ["sex"], "reweigh")


def test_thresholds_are_set_on_scores_of_rows_that_the_model_did_not_learn_from(make_table):
    """Boosted trees know the rows they learned from even where outcomes are noise: scores out of fold do
    not (AUC 0.5).
    """
    frame = biased(600).assign(ok=np.random.default_rng(3).choice(["yes", "no"], 600))
    setup = prepared(make_table(frame), "ok", "yes", ["sex"], "demographic_parity", "trees", None, None, (), 20_000, 1)[
        0
    ]
    with one_thread():
        learned, apart = fitted(setup, setup.frame.iloc[setup.train], setup.good[setup.train]), out_of_fold(setup)
        seen = learned.predict_proba(plain(setup.frame.iloc[setup.train], setup.chosen))[:, 1]
    good = setup.good[setup.train]
    assert roc_auc_score(good, seen) > 0.9 and roc_auc_score(good, apart) == pytest.approx(0.5, abs=0.08)
