"""Drafts of forms: kept for each dataset and subject, changed in part, and no part of the audit log or of any finding."""

from dataops_core.store import audit, drafts, opinions


def test_a_draft_is_changed_in_part_and_none_forgets(store):
    assert drafts.get(store, "d", "twin") == {}
    drafts.change(store, "d", "twin", {"seed": 3, "columns": {"a": {"as": "learn"}}}, "ann")
    drafts.change(store, "d", "twin", {"seed": None, "rows": 10}, "bob")
    assert drafts.get(store, "d", "twin") == {"columns": {"a": {"as": "learn"}}, "rows": 10}
    assert drafts.get(store, "other", "twin") == drafts.get(store, "d", "form") == {}


def test_a_draft_is_neither_logged_nor_an_opinion(store):
    drafts.change(store, "d", "twin", {"seed": 3}, "ann")
    with store.reading() as connection:
        assert audit.entries(connection, "d") == []
    assert opinions.ignored(store, "d") == {}
