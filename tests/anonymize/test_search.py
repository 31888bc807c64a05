"""The search of generalizations: what it finds is k-anonymous, and nothing weaker is."""

import itertools

import numpy as np
import pandas as pd
import pytest

from dataops_core.anonymize import propose_anonymization
from dataops_core.anonymize.levels import levels_of
from dataops_core.anonymize.propose import applied
from dataops_core.anonymize.search import Lattice
from dataops_core.errors import SettingError
from dataops_core.privacy import k_anonymity, l_diversity
from dataops_core.privacy.risk import group_codes


def people(rows=400, seed=1):
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "age": draw.integers(18, 90, rows),
            "zip": [f"{number:05d}" for number in draw.integers(10_000, 10_400, rows)],
            "sex": draw.choice(["female", "male"], rows),
            "illness": draw.choice(["flu", "asthma", "none"], rows),
        }
    )


def lattice_of(frame, k, **more):
    made = [levels_of(frame[name], name, k) for name in ("age", "zip", "sex")]
    return Lattice([rows for rows, _ in made], [levels for _, levels in made], k, **more)


@pytest.mark.parametrize("allowed", [0, 20])
def test_the_search_finds_exactly_the_minimal_nodes(make_table, allowed):
    lattice = lattice_of(make_table(people()).frame(), 5)
    nodes = list(itertools.product(*(range(len(each)) for each in lattice.levels)))
    good = {node for node in nodes if lattice.evaluate(node)[0] <= allowed}

    def below(node):
        return [(*node[:at], level - 1, *node[at + 1 :]) for at, level in enumerate(node) if level]

    lattice.looked_at.clear()
    assert set(lattice.minimal(allowed)) == {node for node in good if not good & set(below(node))}
    assert 0 < len(lattice.looked_at) < len(nodes) / 2, "tags spare nothing"


@pytest.mark.parametrize("sensitive", [None, "illness"])
def test_rows_that_are_suppressed_only_become_fewer_upwards(make_table, sensitive):
    frame = make_table(people()).frame()
    more = {"sensitive": group_codes(frame, [sensitive]), "least": 3} if sensitive else {}
    lattice = lattice_of(frame, 5, **more)
    for node in itertools.product(*(range(len(each)) for each in lattice.levels)):
        for at, level in enumerate(node):
            if level < lattice.top[at]:
                higher = (*node[:at], level + 1, *node[at + 1 :])
                assert lattice.evaluate(higher)[0] <= lattice.evaluate(node)[0]


def test_a_greedy_node_cannot_be_set_lower_either(make_table, monkeypatch):
    lattice = lattice_of(make_table(people()).frame(), 5)
    exact = min(lattice.evaluate(node)[1] for node in lattice.minimal(10))
    monkeypatch.setattr("dataops_core.anonymize.search.LARGEST", 1)
    (node,) = lattice.minimal(10)
    found = lattice.found(node)
    assert found.suppressed <= 10
    assert all(rows > 10 for rows in found.below if rows is not None)
    assert found.loss <= exact + 0.1


def test_what_is_proposed_reaches_k_and_costs_what_is_said(make_table, tmp_path):
    table = make_table(people())
    told = propose_anonymization(table, ["age", "zip", "sex"], 5)
    assert told.before.k == 1
    for proposal in told.proposals:
        after, _ = applied(table, proposal.steps, tmp_path)
        left = [name for name in ("age", "zip", "sex") if name in after.names]
        assert k_anonymity(after.frame(), left) >= 5
        assert after.rows == table.rows - proposal.rows_dropped
        assert all(rows > told.rows_allowed for rows in proposal.below.values())
    assert told.proposals[0].information_lost == min(each.information_lost for each in told.proposals)


def test_l_holds_afterwards(make_table, tmp_path):
    table = make_table(people())
    told = propose_anonymization(table, ["age", "sex"], 4, sensitive="illness", least=3)
    after, _ = applied(table, told.proposals[0].steps, tmp_path)
    left = [name for name in ("age", "sex") if name in after.names]
    assert l_diversity(after.frame(), left, "illness") >= 3


def test_linking_by_quasi_identifiers_finds_nobody(make_table, tmp_path):
    """The attack: somebody who knows a person's age, postal code and sex exactly looks for the one row it can be."""
    frame = people()
    table = make_table(frame.assign(ident=range(len(frame))))
    told = propose_anonymization(table, ["age", "zip", "sex"], 5)
    after, _ = applied(table, told.proposals[0].steps, tmp_path)
    released = after.frame()
    left = [name for name in ("age", "zip", "sex") if name in after.names]
    classes = released.groupby(left, dropna=False)["ident"].agg(list) if left else pd.Series([list(released["ident"])])
    candidates = {ident: len(some) for some in classes for ident in some}
    assert min(candidates.values()) >= 5
    raw = frame.groupby(["age", "zip", "sex"]).size()
    assert (raw == 1).sum() > 300, "in the raw table, most are found"


def test_a_table_that_is_anonymous_stays_as_it_is(make_table):
    table = make_table({"sex": ["f"] * 5 + ["m"] * 5, "town": ["a"] * 10})
    (proposal,) = propose_anonymization(table, ["sex", "town"], 5).proposals
    assert (proposal.rows_dropped, proposal.information_lost, proposal.precision) == (0, 0.0, 1.0)
    assert set(proposal.columns.values()) == {"as it is"}


def test_loss_by_hand(make_table):
    """Ages 20, 22, 60 and 61 in bands of 5: both bands span 2 and 1 of 41 years, so (2+2+1+1)/41/4 is lost."""
    table = make_table({"age": [20, 22, 60, 61] * 30})
    rows, levels = levels_of(table.frame()["age"], "age", 2)
    level = next(each for each in levels if each.words == "bands of 5")
    assert level.loss[rows].mean() == pytest.approx((2 + 2 + 1 + 1) / 41 / 4)


@pytest.mark.parametrize(
    ("quasi", "k", "more", "what"),
    [
        ([], 5, {}, "No quasi-identifiers"),
        (["age"], 1, {}, "k = 1 does not fit"),
        (["age"], 401, {}, "k = 401 does not fit"),
        (["nobody"], 5, {}, 'no column "nobody"'),
        (["age"], 5, {"least": 2}, "needs a sensitive column"),
        (["age"], 5, {"sensitive": "illness", "least": 4}, "No generalization reaches"),
        (["age"], 5, {"suppressed": 1.0}, "share of rows"),
    ],
)
def test_bad_wishes_are_refused(make_table, quasi, k, more, what):
    with pytest.raises(SettingError, match=what):
        propose_anonymization(make_table(people()), quasi, k, **more)
