"""From the first screen to accepted repairs in six clicks."""

import pytest
from playwright.sync_api import expect

from tests.browser.driver import button, follow, settle


@pytest.mark.slow
def test_repairs_that_are_95_per_cent_sure_in_six_clicks(server, page):
    page.goto(f"{server.url}/?p={server.empty_project()}")
    button(page, "Open the sample").click()
    expect(page.get_by_text("4,960 × 17").first).to_be_visible()
    follow(page, page.get_by_role("link", name="Clean"), "Clean")
    page.get_by_text("Suggested repairs").click()
    slider = page.get_by_role("slider")
    expect(slider).to_be_visible()
    slider.focus()  # the keys move it
    for value in range(91, 96):
        page.keyboard.press("ArrowRight")
        expect(slider).to_have_value(str(value))
        settle(page)
    preview = page.get_by_role("button", name="Preview").filter(has_text="repairs")
    expect(preview).to_be_enabled()
    settle(page)
    preview.click()
    expect(button(page, "Apply")).to_be_visible()
    settle(page)
    button(page, "Apply").click()
    expect(button(page, "Apply")).to_have_count(0)
    settle(page)
    recipe = server.dataset(page).recipe
    assert recipe.steps
    assert {step.op for step in recipe.steps} <= {"replace_values", "set_cells", "make_rows_agree"}
    assert all("95 % sure" in step.why for step in recipe.steps)
