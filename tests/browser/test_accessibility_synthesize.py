"""axe finds no violation on Synthesize."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.driver import button, open_page, settle


@pytest.mark.slow
def test_synthesize_and_its_tabs_with_verdicts(page, server, dataset):
    open_page(page, server, "synthesize", dataset)
    expect(page.get_by_text("All other columns")).to_be_visible(timeout=60_000)
    assert violations(page) == []
    if page.get_by_text("Please decide").count():
        page.get_by_role("button", name="Take all").click()
        expect(page.get_by_text("are decided; change your mind")).to_be_visible()
    for tab, sign in {"Constraints": "Add what must hold", "Engine and rows": "Which rows"}.items():
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_text(sign).first).to_be_visible()
        assert violations(page) == [], tab
    page.get_by_text("Fill a thin group").click()
    expect(page.get_by_text("Rows wished for")).to_be_visible()
    assert violations(page) == []
    page.get_by_text("As the table is").click()
    page.get_by_text("Independent columns").first.click()
    settle(page)
    page.get_by_role("tab", name="Generate").click()
    settle(page)
    button(page, "Generate").click()  # the page opens the verdicts when the synthetic data is made
    for tab, sign in {
        "Private": "The worst signal decides",
        "Alike": "Columns in pairs",
        "Useful": "go by the same columns",
        "What was done": "and how many rows break it",
        "Browse rows": "Rows of people who do not exist",
    }.items():
        part = page.get_by_role("tab", name=tab, exact=True)
        expect(part).to_be_visible(timeout=120_000)
        part.click()
        expect(page.get_by_text(sign).first).to_be_visible(timeout=60_000)
        assert violations(page) == [], tab
    page.get_by_role("tab", name="Export").click()
    settle(page)
    if page.get_by_text("I have read the doubts").count():
        page.get_by_text("I have read the doubts").click()
    expect(page.get_by_text("Read the model card here")).to_be_visible()
    page.get_by_text("Read the model card here").click()
    assert violations(page) == []
