"""Drafts of forms: kept for each dataset and subject, changed in part, and no part of the audit log or of
any finding.
"""

import pytest

from dataops_core.store import datasets
from dataops_core.store.choices import finding_overrides, form_state
from dataops_core.store.trail import audit


@pytest.fixture
def two(store, tmp_path):
    """Two datasets of one project."""
    (tmp_path / "t.csv").write_text("a\n1\n2\n")
    return [
        datasets.add(store, datasets.default_project(store, "ann"), tmp_path / "t.csv", "t.csv", "ann")
        for _ in range(2)
    ]


def test_a_draft_is_changed_in_part_and_none_forgets(store, two):
    assert form_state.get(store, two[0], "synthesize") == {}
    form_state.change(store, two[0], "synthesize", {"seed": 3, "columns": {"a": {"as": "learn"}}}, "ann")
    form_state.change(store, two[0], "synthesize", {"seed": None, "rows": 10}, "bob")
    assert form_state.get(store, two[0], "synthesize") == {"columns": {"a": {"as": "learn"}}, "rows": 10}
    assert form_state.get(store, two[1], "synthesize") == form_state.get(store, two[0], "form") == {}


def test_a_draft_is_neither_logged_nor_an_opinion(store, two):
    with store.reading() as connection:
        before = audit.entries(connection, two[0])
    form_state.change(store, two[0], "synthesize", {"seed": 3}, "ann")
    with store.reading() as connection:
        assert audit.entries(connection, two[0]) == before
    assert finding_overrides.ignored(store, two[0]) == {}
