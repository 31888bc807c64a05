"""Rules that were suggested on a clean draw find faults in another one, and exactly their rows."""

import pytest

from dataops_core.rules import check_rules, suggest_rules
from tests.rules.faults import FAULTS, planted

RULES = {}


def verdict(name, make_table, seed=3):
    clean, dirty, rows = planted(name, seed)
    source = FAULTS[name][0]
    if source not in RULES:
        RULES[source] = suggest_rules(make_table(clean))
    return [r for r in check_rules(make_table(dirty), RULES[source]) if r.status == "failed"], rows


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_caught_in_exactly_its_rows(name, make_table):
    failed, rows = verdict(name, make_table)
    exact = [each.rule.sentence for each in failed if each.failing.tolist() == rows.tolist()]
    assert exact, [(each.rule.sentence, each.message) for each in failed]


def test_there_are_twenty_kinds_of_faults():
    assert len(FAULTS) == 20


@pytest.mark.parametrize("name", [name for name in FAULTS if name != "rows_lost"])
def test_each_failing_rule_names_what_would_mend_it(name, make_table):
    failed, _ = verdict(name, make_table)
    assert all(each.fix is not None and each.fix.says for each in failed)
