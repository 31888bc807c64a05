"""axe finds no violation on Privacy."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.driver import open_page, settle


@pytest.mark.slow
def test_privacy_and_its_tabs(page, server, dataset):
    open_page(page, server, "privacy", dataset)
    expect(page.get_by_text("Columns that name people")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Confirm or dismiss").first.click()
    expect(page.get_by_role("button", name="Save the answer").first).to_be_visible()
    assert violations(page) == [], "settling a column"
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Re-identification risk").click()
    expect(page.get_by_text("Unique rows", exact=True)).to_be_visible()
    assert violations(page) == [], "risk"
    page.get_by_role("tab", name="k-anonymity").click()
    settle(page)
    find = page.get_by_role("button", name="Find what reaches")
    preview = page.get_by_role("button", name="Preview this").first
    expect(find.or_(preview).first).to_be_visible()
    if find.count():
        find.click()
    expect(preview).to_be_visible(timeout=60_000)
    assert violations(page) == [], "proposals"
