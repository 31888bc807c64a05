"""Links, refreshes, restarts and two tabs lose nothing."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.driver import button, choose_step, follow, no_traceback, open_page, settle


def preview(page, words):
    choose_step(page, words)
    settle(page)
    button(page, "Preview").click()
    expect(button(page, "Apply")).to_be_visible()


@pytest.mark.slow
def test_deep_link_as_the_first_request_comes_up_inside_the_frame(fresh, page):
    made = fresh.bring()
    page.goto(f"{fresh.url}/profile?d={made}")
    expect(page.get_by_role("heading", level=1, name="Profile")).to_be_visible()
    expect(page.get_by_text("4,960 × 17").first).to_be_visible()
    expect(page.get_by_role("combobox", name="Project")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/profile\?.*d={made}"))
    assert "page=" not in page.url
    no_traceback(page)


@pytest.mark.slow
def test_the_first_page_answers_under_its_own_name_too(fresh, page):
    made = fresh.bring()
    page.goto(f"{fresh.url}/overview?d={made}")
    expect(page.get_by_text("4,960 × 17").first).to_be_visible()
    expect(page.get_by_text("Page not found")).not_to_be_visible()
    expect(page).to_have_url(re.compile(rf"/\?.*d={made}"))


@pytest.mark.slow
def test_link_to_an_unknown_dataset_says_so_and_shows_the_way_on(fresh, page):
    page.goto(f"{fresh.url}/profile?d=nothing-like-that")
    expect(page.get_by_text("There is no such dataset.").first).to_be_visible()
    expect(page.get_by_role("heading", level=1, name="Profile")).to_be_visible()
    expect(page.get_by_role("link", name="Go to Data")).to_be_visible()
    no_traceback(page)


@pytest.mark.slow
def test_refresh_after_apply_keeps_dataset_and_recipe(server, page):
    made = server.bring()
    open_page(page, server, "clean", made)
    preview(page, "drop duplicate rows")
    button(page, "Apply").click()
    expect(page.locator(".st-key-recipe-step-1")).to_contain_text("60 rows dropped")
    page.reload()
    expect(page.locator(".st-key-recipe-step-1")).to_contain_text("60 rows dropped")
    expect(page).to_have_url(re.compile(f"d={made}"))
    no_traceback(page)


@pytest.mark.slow
def test_back_button_returns_to_the_page_before(server, page):
    made = server.bring()
    open_page(page, server, "profile", made)
    follow(page, page.get_by_role("link", name="Versions"), "Versions")
    expect(page).to_have_url(re.compile(rf"/versions\?.*d={made}"))
    settle(page)
    page.go_back()
    settle(page)
    if "/versions" in page.url:  # its address without ids is at times a stop of its own; the heading changes later
        page.go_back()
    expect(page.get_by_role("heading", level=1, name="Profile")).to_be_visible()
    expect(page.get_by_text("Duplicate rows: 60").first).to_be_visible()


@pytest.mark.slow
def test_slower_one_of_two_tabs_is_told_and_nothing_is_lost_or_doubled(server, new_page):
    made = server.bring()
    one, other = new_page(), new_page()
    for page in (one, other):
        open_page(page, server, "clean", made)
        preview(page, "drop duplicate rows")
    button(one, "Apply").click()
    expect(one.locator(".st-key-recipe-step-1")).to_contain_text("60 rows dropped")
    button(other, "Apply").click()
    expect(other.get_by_text("This dataset was changed in another tab")).to_be_visible()
    expect(other.locator(".st-key-recipe-step-1")).to_contain_text("60 rows dropped")
    no_traceback(other)
    assert [step.op for step in server.dataset(other).recipe.steps] == ["drop_duplicate_rows"]
    settle(other)
    button(other, "Preview").click()
    expect(other.get_by_text("This would change nothing")).to_be_visible()


@pytest.mark.slow
def test_killed_server_has_everything_when_it_starts_again(fresh, page):
    open_page(page, fresh, "clean", fresh.bring())
    preview(page, "drop duplicate rows")
    button(page, "Apply").click()
    expect(page.locator(".st-key-recipe-step-1")).to_contain_text("60 rows dropped")
    address = page.url
    fresh.kill()
    fresh.start()
    page.goto(address)
    expect(page.locator(".st-key-recipe-step-1")).to_contain_text("60 rows dropped")
    follow(page, page.get_by_role("link", name="Profile", exact=True), "Profile")
    expect(page.get_by_text("4,900 × 17").first).to_be_visible()
    no_traceback(page)
