"""Rules suggested on one draw hold on others from the same source: fewer than one in a hundred fails."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.rules import check_rules, suggest_rules
from tests.rules.draws import SOURCES

DRAWS = 3


@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES)
def test_rules_hold_on_second_draws(source, make_table, record_property):
    checked, broken = 0, []
    for seed in range(2):
        first = make_table(SOURCES[source](seed))
        rules = suggest_rules(first)
        assert len(rules) > 20
        assert [r.rule.sentence for r in check_rules(first, rules) if r.status != "passed"] == []
        for other in range(10, 10 + DRAWS):
            results = check_rules(make_table(SOURCES[source](seed * 100 + other)), rules)
            checked += len(results)
            broken += [r.rule.sentence for r in results if r.status == "failed"]
    record_property("checked", checked)
    assert len(broken) <= 0.01 * checked, broken


def test_rules_hold_on_the_other_half_of_a_real_table(adult, make_table):
    frame = pd.read_csv(adult, skipinitialspace=True, na_values="?")
    half = np.random.default_rng(0).random(len(frame)) < 0.5
    rules = suggest_rules(make_table(frame[half].reset_index(drop=True)))
    results = check_rules(make_table(frame[~half].reset_index(drop=True)), rules)
    broken = [r.rule.sentence for r in results if r.status == "failed"]
    assert len(rules) > 30 and len(broken) <= 0.01 * len(rules), broken
