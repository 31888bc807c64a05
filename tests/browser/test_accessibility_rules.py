"""axe finds no violation on the page Rules: suggestions, a failing rule, the form, export."""

import pytest
from playwright.sync_api import expect

from dataops_core.rules import Rule
from dataops_core.store import dataset_rules
from tests.browser.axe import violations
from tests.browser.driver import open_page, settle


@pytest.mark.slow
def test_rules_and_its_tabs(page, server, dataset):
    store = server.store()
    try:
        open_page(page, server, "rules", dataset)
        expect(page.get_by_text("No rules yet")).to_be_visible()
        assert violations(page) == []
        page.get_by_role("tab", name="Suggested").click()
        expect(page.get_by_role("button", name="Accept")).to_be_visible(timeout=60_000)
        assert violations(page) == [], "suggestions"
        rules = [{"kind": "range", "column": "age", "min": 0, "max": 60}, {"kind": "not_missing", "column": "city"}]
        dataset_rules.save(store, dataset, [Rule.from_json(each) for each in rules], "tester")
        open_page(page, server, "rules", dataset)
        expect(page.get_by_role("button", name="Set the rows aside")).to_be_visible()
        assert violations(page) == [], "a failing rule"
        page.get_by_role("button", name="Edit", exact=True).click()
        expect(page.get_by_role("button", name="Save changes")).to_be_visible()
        settle(page)
        assert violations(page) == [], "the form"
        page.get_by_role("tab", name="Import and export").click()
        expect(page.get_by_role("button", name="Frictionless")).to_be_visible()
        assert violations(page) == [], "export"
    finally:
        dataset_rules.save(store, dataset, [], "tester")
