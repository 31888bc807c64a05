"""From the first screen to an export file with the harmless findings fixed, in few clicks."""

import zipfile

import pytest
from playwright.sync_api import expect

from dataops_core.export.verify import verify_bundle
from tests.browser.driver import ROOT, button, follow, no_traceback, settle

SHEET = ROOT / "sample_data" / "shop_orders.xlsx"


class Clicks:
    """Clicks as a person does, and counts them; waiting is free."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def __call__(self, target):
        expect(target).to_be_enabled()
        target.click()
        self.count += 1
        settle(self.page)

    def follow(self, link, title):
        follow(self.page, link, title)
        self.count += 1


def fix_and_export(page, click, folder):
    """Make the fixes that lose nothing, save a version, export it; returns the export file."""
    click(button(page, "Preview"))
    click(button(page, "Apply"))
    click.follow(page.get_by_role("link", name="Not saved"), "Versions")
    reason, save = page.get_by_role("textbox", name="Why these people stay in it"), button(page, "Save")
    expect(save).to_be_enabled()  # once it is known whether somebody is named
    if reason.count():
        reason.fill("The people of the sample are made up")
        reason.press("Tab")
        settle(page)
    click(button(page, "Save"))
    click(button(page, "Export"))
    with page.expect_download() as download:
        click(button(page, "Download version 1"))
    path = folder / "export.zip"
    download.value.save_as(path)
    no_traceback(page)
    return path


def test_the_sample_is_fixed_and_exported_in_ten_clicks(fresh, page, tmp_path):
    click = Clicks(page)
    page.goto(fresh.url)
    settle(page)
    click(button(page, "Open the sample"))
    path = fix_and_export(page, click, tmp_path)
    assert verify_bundle(path).ok
    assert [step.op for step in fresh.dataset(page).recipe.steps] == ["merge_values", "trim_spaces", "mark_missing"]
    assert click.count <= 10


@pytest.mark.slow
def test_an_office_sheet_is_fixed_and_exported_in_fourteen_clicks(new_page, server, tmp_path):
    page = new_page(width=1280, height=900)
    click = Clicks(page)
    page.goto(f"{server.url}/?p={server.empty_project()}")
    settle(page)
    page.locator("input[type=file]").set_input_files(SHEET)
    click.count += 2  # the button, and the file in the dialog of the system
    settle(page)
    path = fix_and_export(page, click, tmp_path)
    assert verify_bundle(path).ok
    assert click.count <= 14
    with zipfile.ZipFile(path) as inside:
        assert any(name.startswith("raw/") for name in inside.namelist())
