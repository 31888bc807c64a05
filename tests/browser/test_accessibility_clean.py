"""axe finds no violation on Clean."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.driver import button, choose_step, metric, open_page, settle


@pytest.mark.slow
def test_clean_with_a_form(page, server, dataset):
    open_page(page, server, "clean", dataset)
    choose_step(page, "fill missing")
    expect(button(page, "Preview")).to_be_visible()
    page.get_by_text("How it works, and when not to use it").click()
    expect(page.get_by_text("def fill_missing")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="The code of all steps").click()
    expect(page.get_by_text("A plain pandas script")).to_be_visible()
    settle(page)
    assert violations(page) == [], "the code of all steps"


@pytest.mark.slow
@pytest.mark.parametrize(("words", "figure"), [("duplicate", "Rows dropped"), ("change case", "Cells changed")])
def test_clean_with_a_preview(page, server, dataset, words, figure):
    open_page(page, server, "clean", dataset)
    choose_step(page, words)
    if figure == "Cells changed":
        page.get_by_role("combobox", name="Columns").click()
        page.keyboard.type("city")
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
    button(page, "Preview").click()
    expect(metric(page, figure)).to_be_visible()
    assert violations(page) == []
