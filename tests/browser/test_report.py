"""The report as a file in a browser: no violation, nothing beside the screen, every picture and link in its place."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from dataops_core.checks import Context
from dataops_core.checks.profile import profile_table
from dataops_core.read import read_file
from dataops_core.report import html_report
from tests.browser.driver import SAMPLE


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    table = read_file(SAMPLE, folder / "t.parquet").table
    profile, _ = profile_table(table, context=Context(target="approved", today="2026-01-31"))
    path = folder / "report.html"
    path.write_text(html_report(profile, title=SAMPLE.name, table=table), encoding="utf-8")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_has_no_violation_and_fits_the_screen(new_page, report, width, scheme):
    page = new_page(width=width, scheme=scheme)
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(report.as_uri())
    assert [
        (each["id"], node["html"][:160]) for each in Axe().run(page).response["violations"] for node in each["nodes"]
    ] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert asked == [report.as_uri()] and said == []
    assert page.evaluate("[...document.querySelectorAll('svg')].every(e => e.getBoundingClientRect().height > 20)")


@pytest.mark.slow
def test_the_skip_link_is_reached_first_and_leads_to_the_report(page, report):
    page.goto(report.as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
