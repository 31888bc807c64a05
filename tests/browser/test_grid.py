"""The grid: sorted and filtered on all rows; a click on a cell opens its row, and changes it by a step."""

import pytest
from playwright.sync_api import expect

from tests.browser.driver import button, no_traceback, open_page, settle


def first_cell(page):
    """Click the first cell of data in the first grid: right of the row numbers, below the header."""
    grid, box = page.get_by_test_id("stDataFrame").first, None
    while box is None or box != grid.bounding_box():  # the columns above it are drawn after the rows, and move it
        settle(page)
        box = grid.bounding_box()
        page.wait_for_timeout(500)
    page.mouse.click(box["x"] + 110, box["y"] + 52)
    settle(page)


@pytest.mark.slow
def test_a_cell_is_changed_with_a_reason_and_undone(server, page, tmp_path):
    file = tmp_path / "cities.csv"
    file.write_text("city,n\n" + "".join(f"{name},{n}\n" for n, name in enumerate(["Delft", "Amsterdm", "Breda"] * 5)))
    made = server.bring(file)
    open_page(page, server, "clean", made)
    page.get_by_role("button", name="Sort and filter").click()
    page.get_by_role("combobox", name="Sort by").click()
    page.get_by_role("option", name="city").click()
    page.keyboard.press("Escape")
    first_cell(page)
    expect(page.get_by_text("city, row 2")).to_be_visible()
    page.get_by_role("textbox", name="New value").fill("Amsterdam")
    page.get_by_role("textbox", name="Reason").fill("the map")
    page.keyboard.press("Tab")
    settle(page)
    button(page, "Preview the change").click()
    expect(page.get_by_text('Sets city in row 2 to "Amsterdam"').first).to_be_visible()
    assert server.dataset(page).recipe.steps == ()
    settle(page)
    button(page, "Apply").click()
    expect(page.locator(".st-key-recipe-step-1")).to_contain_text("1 cell changed")
    (step,) = server.dataset(page).recipe.steps
    assert (step.settings["cells"], step.settings["was"], step.why) == (
        {"2": "Amsterdam"},
        {"2": "Amsterdm"},
        "the map",
    )
    settle(page)
    button(page, "Undo").click()
    expect(page.locator(".st-key-recipe-step-1")).to_have_count(0)
    no_traceback(page)


@pytest.mark.slow
def test_rows_are_filtered_on_the_whole_table(server, page, tmp_path):
    file = tmp_path / "many.csv"
    file.write_text("name,n\n" + "".join(f"{'rare' if n == 777 else 'usual'},{n}\n" for n in range(900)))
    open_page(page, server, "data", server.bring(file))
    page.get_by_placeholder("Filter rows").fill("rare")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Rows 1 to 1 of 1. 899 of 900 rows do not meet the filter.")).to_be_visible()
    no_traceback(page)
