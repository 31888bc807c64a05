"""axe finds no violation on Bias."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import compare, violations
from tests.browser.driver import open_page


@pytest.mark.slow
def test_bias_and_its_tabs(page, server, dataset):
    open_page(page, server, "bias", dataset)
    for tab, sign in {
        "In the data": "Statistical parity",
        "Reasons": "What tells who a person is",
        "What can be done": "Ways to act",
        "Which measure?": "Not everything at once",
        "Groups": "Compare with a population",
        "In decisions": "Whose decisions",
    }.items():
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_text(sign).first).to_be_visible(timeout=60_000)
        assert violations(page) == [], tab
    compare(page, "Judge the decisions", "Notions of fairness")
