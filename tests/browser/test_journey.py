"""The whole journey: from the sample to a bundle that anybody can rebuild, in light and in dark."""

import json
import re
import tomllib
import zipfile
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from dataops_core import cli
from dataops_core.export.verify import verify_bundle
from tests.browser.driver import ROOT, button, follow, metric, no_traceback, settle, tab_to


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_journey_from_the_sample_to_a_bundle_that_rebuilds(server, new_page, scheme, tmp_path, capsys):
    page = new_page(scheme=scheme)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.goto(f"{server.url}/?p={server.empty_project()}")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", background(scheme))
    button(page, "Open the sample").click()
    expect(page.get_by_text("4,960 × 17").first).to_be_visible()

    follow(page, page.get_by_role("link", name=re.compile("^1[89] findings")), "Profile")
    page.get_by_role("button", name="Warning: Duplicate rows in whole rows").click()
    button(page, "Fix: drop duplicate rows").click()
    expect(metric(page, "Rows dropped")).to_have_text("60")
    expect(metric(page, "Rows")).to_contain_text("4,900")
    assert server.dataset(page).recipe.steps == ()
    button(page, "Apply").click()
    expect(page.get_by_text("4,900 × 17").first).to_be_visible()

    settle(page)
    follow(page, page.get_by_role("link", name="1 step"), "Clean")
    first = page.locator(".st-key-recipe-step-1")
    expect(first).to_contain_text("Dropped rows that are equal in all columns")
    expect(first).to_contain_text("60 rows dropped")
    expect(button(page, "Apply")).to_have_count(0)
    by_keyboard(page)
    expect(page.locator(".st-key-recipe-step-2")).to_contain_text("250 cells changed")

    button(page, "Save a version").click()
    page.get_by_label("What is this version?").fill("duplicates dropped, spaces trimmed")
    page.keyboard.press("Tab")
    page.get_by_role("textbox", name="Why these people stay in it").fill("The people of the sample are made up")
    page.keyboard.press("Tab")
    button(page, "Save").click()
    expect(page.get_by_text("Version 1: duplicates dropped, spaces trimmed")).to_be_visible()
    button(page, "Export").click()
    with page.expect_download() as download:
        button(page, "Download version 1").click()
    bundle = tmp_path / "bundle.zip"
    download.value.save_as(bundle)
    no_traceback(page)

    assert verify_bundle(bundle).ok
    assert (
        replayed(bundle, tmp_path, capsys)
        == json.loads(zipfile.ZipFile(bundle).read("manifest.json"))["version"]["data"]["content_hash"]
    )
    assert {urlsplit(url).hostname for url in asked if not url.startswith(("data:", "blob:"))} == {"127.0.0.1"}


def background(scheme):
    """The background that the theme's file says, as the browser writes it."""
    colour = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"][scheme]["backgroundColor"]
    return "rgb({}, {}, {})".format(*bytes.fromhex(colour[1:]))


def by_keyboard(page):
    """Trim the spaces of the column city without the mouse."""
    settle(page)
    tab_to(page, page.get_by_role("combobox", name="What do you want to do?"))
    page.keyboard.type("trim")
    expect(page.get_by_role("option", name="Text: Trim spaces")).to_be_visible()
    page.keyboard.press("Enter")
    columns = page.get_by_role("combobox", name=re.compile(r"Columns$"))
    expect(columns).to_be_visible()
    settle(page)
    tab_to(page, columns)
    page.keyboard.type("city")
    expect(page.get_by_role("option", name="city", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    settle(page)
    tab_to(page, button(page, "Preview"))
    page.keyboard.press("Enter")
    expect(metric(page, "Cells changed")).to_have_text("250")
    settle(page)
    tab_to(page, button(page, "Apply"))
    page.keyboard.press("Enter")


def replayed(bundle, folder, capsys):
    """The content hash of the bundle's raw file, repaired on the command line by the bundle's recipe."""
    with zipfile.ZipFile(bundle) as inside:
        inside.extractall(folder / "bundle")
    raw = next((folder / "bundle" / "raw").iterdir())
    capsys.readouterr()
    assert (
        cli.main(["run", str(folder / "bundle" / "recipe.json"), str(raw), "-o", str(folder / "out.parquet"), "--json"])
        == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == 4900
    return told["content_hash"]
