"""Who gains or pays counts the chance in the rows that were learned from: by hand, without any effect, and with one."""

import numpy as np
import pytest
from scipy.stats import norm, t

from benchmarks.claims_tables import favored, noise, unrelated
from dataops_core.fairness import compare_mitigations
from dataops_core.fairness.mitigation_results import Change
from dataops_core.fairness.refits import REFITS, p_of_both


def changed(value, p):
    return Change(value=value, ci=None, p=p, clear=False)


def spread(many, deviation):
    """So many changes with that standard deviation."""
    values = np.linspace(-1, 1, many)
    return 0.1 + values / values.std(ddof=1) * deviation


def test_the_p_value_of_both_chances_by_hand():
    """A change of 0.1; a standard error of 0.03 by the judged rows, of 0.04 by the learned: 0.05 together, so two of
    them.
    """
    change = changed(0.1, float(2 * norm.sf(0.1 / 0.03)))
    freedom = 0.0025**2 / (0.0016**2 / (REFITS - 1))  # Satterthwaite 1946: 46.4
    assert p_of_both(change, spread(REFITS, 0.04)) == pytest.approx(2 * t.sf(2, freedom))
    assert p_of_both(change, spread(10, 0.04)) == pytest.approx(2 * t.sf(2, 9)), (
        "few refits: no more degrees of freedom than these have"
    )
    assert p_of_both(change, spread(4, 0.04)) is None
    assert p_of_both(changed(0.0, 1.0), spread(REFITS, 0.04)) == 1.0
    assert p_of_both(changed(0.1, None), spread(REFITS, 0.04)) is None


@pytest.mark.parametrize("seed", [4, 18, 20, 24])
def test_a_change_that_other_training_rows_would_not_bring_makes_nobody_gain_or_pay(make_table, seed):
    """Noise in which the spread of five refits, by chance too small, once let over-sampling make somebody
    gain or pay.
    """
    table = make_table(noise(800, seed).assign(ok=np.random.default_rng(seed).choice(["yes", "no"], 800)))
    told = compare_mitigations(table, "ok", "yes", ["group"], methods=["over_sampling"], seed=seed).to_json()[
        "methods"
    ]["over_sampling"]
    assert told["pays"] == [] and told["gains"] == []


@pytest.mark.parametrize("seed", [0, 1])
def test_a_group_that_loses_fifteen_points_is_said_to_pay(make_table, seed):
    told = compare_mitigations(
        make_table(favored(2000, seed)), "ok", "yes", ["group"], methods=["over_sampling"], seed=seed
    ).to_json()["methods"]["over_sampling"]
    assert "a" in {each["group"] for each in told["pays"]}
    assert all(each["p_holm"] <= 0.05 for each in told["pays"])


def test_slow_ways_learn_again_before_they_make_somebody_pay(make_table):
    told = compare_mitigations(
        make_table(unrelated(400, 2, True, 3)), "ok", "yes", ["group"], methods=["grid_search"], seed=3
    ).to_json()["methods"]["grid_search"]
    assert told["pays"] == [] and told["gains"] == []
