"""A bad file is refused with what is wrong and how to mend it, and the app goes on."""

import pytest
from playwright.sync_api import expect

from dataops_core.store import datasets
from tests.browser.driver import no_traceback, open_page, settle


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "content"), [("garbage.csv", bytes(range(256)) * 40), ("empty.csv", b"")], ids=["garbage", "empty"]
)
def test_bad_upload_is_told_and_a_good_one_works_after_it(tmp_path, server, page, name, content):
    project = datasets.make_project(server.store(), name, "tester")
    page.goto(f"{server.url}/?p={project}")
    expect(page.get_by_role("heading", name="Upload a file")).to_be_visible()
    settle(page)
    (tmp_path / name).write_bytes(content)
    page.locator("input[type=file]").set_input_files(tmp_path / name)
    alert = page.get_by_test_id("stAlert")
    expect(alert).to_have_count(1)
    what, fix = [line for line in alert.inner_text().splitlines() if line.strip() and "_" not in line][:2]
    assert what.strip()
    assert fix.strip()
    no_traceback(page)
    (tmp_path / "good.csv").write_text("a,b\n1,2\n3,4\n")
    settle(page)
    page.locator("input[type=file]").set_input_files(tmp_path / "good.csv")
    expect(page.get_by_text("2 × 2").first).to_be_visible()
    no_traceback(page)


@pytest.mark.slow
def test_odd_column_names_break_no_page(tmp_path, server, page):
    file = tmp_path / "odd.csv"
    file.write_text(
        "a_b*c,$x$,:material/home:,[link](x),<b>y</b>\n" + "".join(f"1,{n},x y,,é\n" for n in range(9)),
        encoding="utf-8",
    )
    made = server.bring(file)
    for name in ("overview", "data", "explore", "profile", "clean", "synthesize", "versions", "guide"):
        open_page(page, server, name, made)
        no_traceback(page)
        expect(page.locator("a[href='x'], a[href$='/x']")).to_have_count(0)
