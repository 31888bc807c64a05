"""The figures of privacy by hand, on tables small enough for it."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.record import as_json
from dataops_core.synthetic.evaluate.distance import nearest, points
from dataops_core.synthetic.evaluate.membership import closer_to_training, tpr_at
from dataops_core.synthetic.evaluate.record_matches import exact, identifiers, near, singletons, tolerances
from dataops_core.synthetic.evaluate.significance import before, excess, paired, poisson, proportions, shuffled_share


def test_the_distance_of_mixed_rows_by_hand():
    """Range of x: 1 % to 99 % of (0, 10, 10, 0) is 10; y is one of three columns, z missing on one side counts 1, on
    both 0.
    """
    one = pd.DataFrame({"x": [0.0, 10.0], "y": ["a", "b"], "z": [np.nan, 1.0]})
    other = pd.DataFrame({"x": [10.0, 0.0], "y": ["a", "c"], "z": [np.nan, np.nan]})
    a, b = points([one, other], ["x", "z"], ["y"], 2)
    found = nearest(a, b)
    # first row: to (10, a, -): 1/3; to (0, c, -): 1/3. Second row: to (10, a, -): (0 + 1 + 1) / 3; to (0, c, -): (1 + 1
    # + 1) / 3
    assert (
        found.distance == pytest.approx([1 / 3, 2 / 3])
        and found.place.tolist() == [0, 0]
        and found.second == pytest.approx([1 / 3, 1])
    )
    assert found.back == pytest.approx([1 / 3, 1 / 3]) and found.back_place.tolist() == [0, 0]


def test_no_row_is_its_own_neighbour_and_blocks_do_not_matter(monkeypatch):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=60), "y": rng.choice(list("ab"), 60)})
    (a,) = points([frame], ["x"], ["y"], 1)
    whole = nearest(a, a, same=True)
    table = np.abs(a.numbers[0][:, None] - a.numbers[0]).clip(max=1) + (a.codes[0][:, None] != a.codes[0])
    np.fill_diagonal(table, np.inf)
    assert whole.distance == pytest.approx(table.min(axis=1) / 2) and whole.second == pytest.approx(
        np.sort(table, axis=1)[:, 1] / 2
    )
    monkeypatch.setattr("dataops_core.synthetic.evaluate.distance.BLOCK", 130)
    again = nearest(a, a, same=True)
    assert again.distance.tolist() == whole.distance.tolist() and again.back.tolist() == whole.back.tolist()


def test_the_share_closer_to_training_by_hand():
    """Synthetic 0, 5, 10, 4; training 0 and 10; holdout 5 and 2: closer to training are 0 and 10, to the holdout 5 and
    4: one half. With the holdout at 5 and 0, the first is a tie: (0.5 + 0 + 1 + 0) / 4.
    """
    made, training = pd.DataFrame({"x": [0.0, 5, 10, 4]}), pd.DataFrame({"x": [0.0, 10]})
    for holdout, share in (([5.0, 2.0], 0.5), ([5.0, 0.0], 0.375)):
        s, a, b = points([made, training, pd.DataFrame({"x": holdout})], ["x"], [], 3)
        told = as_json(closer_to_training(nearest(s, a), nearest(s, b), (2, 2), np.random.default_rng(0)))
        assert told["all"]["value"] == share and told["all"]["p"] > 0.2


def test_a_share_that_hangs_on_one_real_row_is_no_proof():
    """All synthetic rows lie near one and the same training row: shuffled labels carry as much half of the time."""
    weights = np.zeros(200)
    weights[3] = 1.0
    share, p, interval = shuffled_share(weights, np.arange(200) < 100, np.random.default_rng(0))
    assert share == 1.0 and p == pytest.approx(0.5, abs=0.05) and interval == (0.0, 1.0)
    weights = np.where(np.arange(200) < 100, 0.01, 0.0)
    assert shuffled_share(weights, np.arange(200) < 100, np.random.default_rng(0))[1] < 1e-6


def test_true_positives_at_a_false_positive_rate_by_hand():
    """Two of four strangers... at 50 % false alarms both strangers at 2 and nearer are taken; three of four members lie
    before.
    """
    members, strangers = np.array([0.0, 1.0, 1.5, 9.0]), np.array([1.7, 2.0, 8.0, 9.5])
    assert tpr_at(members, strangers, 0.5) == pytest.approx(0.75) and tpr_at(members, strangers, 0.01) == pytest.approx(
        0.75
    )
    assert tpr_at(np.zeros(50), np.zeros(50), 0.01) == pytest.approx(0.01)  # ties are drawn by lot: no telling
    assert tpr_at(strangers, members, 0.01) == pytest.approx(0.0)


def test_the_tests_of_chance_by_hand():
    assert paired(10, 0) == pytest.approx(2**-10) and paired(0, 0) == 1.0 and paired(1, 1) == pytest.approx(0.75)
    assert paired(2, 0, 3.0) == pytest.approx(9 / 16)
    # at least 4 of 5 with a chance of 1/4
    assert excess(4, 0, 0, 2.0) == pytest.approx(4.0**-4) and excess(4, 1, 0, 2.0) == pytest.approx(16 / 1024)
    # who meets four holdout rows where real rows meet none crowds
    assert excess(4, 4, 0, 2.0) == paired(4, 4) == pytest.approx(163 / 256)
    assert proportions(3, 3, 0, 3) == pytest.approx(1 / 20)  # Fisher: one of C(6, 3) orders
    assert poisson(1, 0.5) == pytest.approx(1 - np.exp(-0.5))
    # both members stand before both strangers in one of six orders
    assert before(2, 1, 2, 2)[0] == pytest.approx(1 / 6)


def frame(*rows):
    return pd.DataFrame(list(rows), columns=["n", "c"])


def test_exact_copies_by_hand():
    real, made, held = (
        frame((1.0, "a"), (2.0, "b"), (np.nan, None)),
        frame((1.0, "a"), (1.0, "a"), (2.0, "c"), (np.nan, None)),
        frame((2.0, "c"), (5.0, "a")),
    )
    told = exact(real, made, held, ["n", "c"]).to_json()
    # one match in a holdout of two rows, where three were learned from
    assert told["value"] == 3 and told["distinct"] == 2 and told["expected"] == 1.5


def test_the_last_digits_by_hand():
    """Whole numbers from 0 to 99 may differ by one, fractions by a thousandth of their range; few values not at all."""
    real = pd.DataFrame({"whole": np.arange(100.0), "fine": np.arange(100.0) / 7, "few": np.arange(100.0) % 3})
    reach = tolerances(real, ["whole", "fine", "few"])
    assert reach["whole"] == 1.0 and reach["fine"] == pytest.approx(0.98 * 99 / 7 / 1000) and reach["few"] == 0.0
    made = real.assign(whole=real["whole"] + 1, fine=real["fine"] + 0.01)
    assert near(real, made, None, ["whole", "fine", "few"], []).to_json()["value"] == 100
    assert near(real, real.assign(few=real["few"] + 1), None, ["whole", "fine", "few"], []).to_json()["value"] == 0
    assert near(real, real, None, ["whole", "fine", "few"], []).to_json()["value"] == 0  # these are exact copies


def test_singletons_by_hand():
    real = pd.DataFrame({"c": ["x", "x", "a", "b", "d", "e"]})
    told = singletons(
        real,
        pd.DataFrame({"c": ["a", "b", "x", "q", "x", "x"]}),
        pd.DataFrame({"c": ["a", "x", "x", "x", "x", "x"]}),
        ["c"],
    ).to_json()
    assert told["value"] == 2 and told["of"] == 4 and told["expected"] == 1.0


def test_identifiers_by_hand():
    real, made = pd.DataFrame({"t": ["anna k.", "bert", "carl", None]}), pd.DataFrame({"t": ["bert", "bert", "dora"]})
    told = identifiers(real, made, pd.DataFrame({"t": ["dora", "emil"]}), ["t"]).to_json()
    assert told["value"] == 1 and told["expected"] == 1.0 and told["columns"][0]["of"] == 2
