"""axe finds no violation on Impute and Resample."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import compare, violations
from tests.browser.driver import open_page


@pytest.mark.slow
def test_impute_and_its_tabs_with_a_bench(page, server, dataset):
    open_page(page, server, "impute", dataset)
    expect(page.get_by_text("Are the numbers missing completely at random?")).to_be_visible(timeout=60_000)
    assert violations(page) == []
    for tab, sign in {
        "Multiple imputation": "Multiple imputation",
        "Choose a method": "Nearest neighbours (KNN)",
    }.items():
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_text(sign).first).to_be_visible()
        assert violations(page) == [], tab
    compare(page)


@pytest.mark.slow
def test_resample_and_its_tabs_with_a_bench(page, server, dataset):
    open_page(page, server, "resample", dataset)
    for tab, sign in {
        "Outliers": "What to do is yours to say",
        "Balance": "The classes are about as large",
        "Compare methods": "Judged by",
    }.items():
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_text(sign).first).to_be_visible(timeout=60_000)
        assert violations(page) == [], tab
    compare(page)
