"""axe finds no violation on any page, in light and dark, wide and narrow, beyond faults of Streamlit's own: data,
versions and the guide; the other pages in the files beside this one.
"""

import pytest
from playwright.sync_api import expect

from dataops_core.store import datasets
from tests.browser.axe import violations
from tests.browser.driver import open_page, settle


@pytest.mark.slow
def test_first_page_without_data(page, empty_project):
    page.goto(empty_project)
    expect(page.get_by_role("heading", name="Try the sample")).to_be_visible()
    assert violations(page) == []


@pytest.mark.slow
def test_data_and_its_tabs(page, server, dataset):
    open_page(page, server, "data", dataset)
    for tab in ("Rows", "How it was read", "Column roles"):
        page.get_by_role("tab", name=tab).click()
        assert violations(page) == [], tab


@pytest.mark.slow
def test_overview_with_a_square_a_menu_and_a_preview_open(page, server, dataset):
    open_page(page, server, "overview", dataset)
    expect(page.get_by_role("heading", name="What to do next")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Rows: Warning: Duplicate").or_(
        page.get_by_role("button", name="rows: Warning: Duplicate")
    ).first.click()
    expect(page.get_by_role("button", name="Fix: drop duplicate rows")).to_be_visible()
    assert violations(page) == [], "a square"
    page.get_by_role("button", name="Rename or delete").click()
    expect(page.get_by_text("It cannot be undone")).to_be_visible()
    assert violations(page) == [], "a menu"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Fix: drop duplicate rows").click()
    expect(page.get_by_role("button", name="Apply")).to_be_visible()
    assert violations(page) == [], "a preview"
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_role("button", name="Apply")).to_have_count(0)


@pytest.mark.slow
def test_explore_with_a_chart_and_the_rows_behind_it(page, server, dataset):
    open_page(page, server, "explore", dataset)
    expect(page.get_by_text("Missing cells of all columns")).to_be_visible()
    assert violations(page) == []
    settle(page)
    page.get_by_role("combobox", name="Columns").click()
    page.keyboard.type("age")
    expect(page.get_by_role("option", name="age", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Histogram of age")).to_be_visible()
    assert violations(page) == [], "a chart"


@pytest.mark.slow
def test_compare(page, server, dataset):
    open_page(page, server, "compare", dataset)
    expect(page.get_by_text("Which preparation is right for this data?")).to_be_visible()
    assert violations(page) == []
    page.get_by_text("With another table or version").click()
    expect(page.get_by_text("Columns that drifted")).to_be_visible()
    assert violations(page) == []
    page.get_by_text("Groups of this table").click()
    expect(page.get_by_text("of this group against all the others")).to_be_visible()
    assert violations(page) == []


@pytest.mark.slow
def test_guide(page, server):
    open_page(page, server, "guide")
    assert violations(page) == []
    page.get_by_role("tab", name="Steps").click()
    page.get_by_text("Drop duplicate rows:").click()
    expect(page.get_by_text("def drop_duplicate_rows")).to_be_visible()
    assert violations(page) == [], "a step"


@pytest.mark.slow
def test_versions_and_its_tabs(page, server, dataset):
    open_page(page, server, "versions", dataset)
    tabs = {"Versions": "", "Compare two": "", "Lineage": "", "New data": "Deliveries", "Release": "Sign-off"}
    for tab, inner in (*tabs.items(), ("Audit", "Verify an export file")):
        page.get_by_role("tab", name=tab, exact=True).click()
        if inner:
            settle(page)
            assert violations(page) == [], tab
            page.get_by_role("tab", name=inner, exact=True).click()
        if inner == "Verify an export file":
            expect(page.get_by_text("Rebuilds every file of an export")).to_be_visible()
        assert violations(page) == [], tab


@pytest.fixture
def empty_project(server):
    """The address of a project without data."""
    store = server.store()
    known = {each["name"]: each["id"] for each in datasets.projects(store)}
    return f"{server.url}/?p={known.get('Empty') or datasets.make_project(store, 'Empty', 'tester')}"
