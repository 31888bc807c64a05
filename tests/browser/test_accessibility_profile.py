"""axe finds no violation on Profile."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.driver import open_page


@pytest.mark.slow
def test_profile_and_its_tabs_and_the_rows_of_a_finding(page, server, dataset):
    open_page(page, server, "profile", dataset)
    for tab, sign in {
        "Scores": "Overall quality",
        "Columns": "Open the rows behind a number",
        "Relationships": "Strongest:",
        "Variants": "Merge all",
        "Rows": "The row number counts",
        "Reports": "Full statistical report",
        "Findings": "Fix all that lose nothing",
    }.items():
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_text(sign).locator("visible=true").first).to_be_visible()
        assert violations(page) == [], tab
    page.get_by_role("button", name="Note: ").first.click()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    page.get_by_role("checkbox", name="Select: ").and_(page.locator(":enabled")).first.check()
    expect(page.get_by_role("button", name="Fix selected (1)")).to_be_enabled()
    assert violations(page) == []
