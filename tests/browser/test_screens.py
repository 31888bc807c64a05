"""What the screens say of Adult and of an office sheet is true: every page and tab, with roles, and what was once said
falsely.
"""

import csv
import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from dataops_core.store import datasets
from tests.browser.driver import button, follow, no_traceback, open_finding, open_page, settle

TABS = {
    "overview": (),
    "profile": ("Findings", "Scores", "Columns", "Relationships", "Variants", "Rows", "Reports"),
    "impute": (),
    "resample": (),
    "compare": (),
    "clean": (),
    "versions": (),
    "synthesize": (),
    "bias": ("Groups", "In the data", "In decisions", "Reasons", "Which measure?"),
    "data": ("Rows", "How it was read", "Column roles"),
}
ONE_CELLS = r"(?<![\d,.])1 (cells|rows|columns|values|findings)\b"
ADULT_ROLES = {"target": "income", "favorable": ">50K", "sensitive": ["sex", "race"]}


@pytest.fixture(scope="module")
def on_adult(server, adult):
    made, store = server.bring(adult), server.store()
    datasets.set_roles(store, made, datasets.get(store, made).revision, ADULT_ROLES, "tester")
    return made


@pytest.fixture(scope="module")
def office(server, tmp_path_factory):
    """An order book as offices keep it: few customers, dates, quantity x price = total with gaps, refunds, an empty
    row, one slip.
    """
    file = tmp_path_factory.mktemp("office") / "orders.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["Order", "Ordered", "E-mail", "City", "Quantity", "Price", "Total"])
        for i in range(240):
            quantity, price = 1 + i * 7 % 9, [2.5, 4.25, 7.25, 9.95, 12.5, 20.75][i % 6]
            day = dt.date(2026, 1, 1) + dt.timedelta(days=i // 2)
            if i in (60, 130, 200):
                rows.writerow([f"A-{1000 + i}", "", "", "", -1, price, -price])
            else:
                rows.writerow(
                    [
                        f"A-{1000 + i}",
                        "" if i % 23 == 5 else day,
                        "" if i % 19 == 4 else f"{'abcdef'[i % 6]}@example.com",
                        "OSLO" if i == 77 else ["Rome", "Oslo", "Bern"][i % 3],
                        quantity,
                        price,
                        "" if i % 29 == 7 else round(quantity * price, 2),
                    ]
                )
    return server.bring(file)


def open_tab(page, name):
    page.get_by_role("tab", name=name, exact=True).click()
    settle(page)


@pytest.mark.slow
@pytest.mark.parametrize("name", TABS)
def test_every_page_and_tab_of_adult_shows_what_it_has_to_show(server, new_page, on_adult, name):
    page = new_page()
    open_page(page, server, name, on_adult)
    wait_for_jobs(page)
    no_traceback(page)
    for tab in TABS[name]:
        open_tab(page, tab)
        wait_for_jobs(page)
        no_traceback(page)
        assert "could not be done" not in page.inner_text("[data-testid=stMain]"), tab


def wait_for_jobs(page):
    """Wait until no job of this page is under way."""
    settle(page)
    expect(page.get_by_role("button", name=re.compile("Cancel$"))).to_have_count(0, timeout=180_000)
    settle(page)


@pytest.mark.slow
def test_findings_of_adult_stand_beside_each_other_for_each_group(server, page, on_adult):
    open_page(page, server, "profile", on_adult)
    wait_for_jobs(page)
    gaps = page.get_by_role("button", name=re.compile("Outcome gap in race"))
    assert gaps.count() >= 2  # groups of one column, each with a line of its own
    assert not re.search(ONE_CELLS, page.inner_text("[data-testid=stMain]"))


@pytest.mark.slow
def test_only_values_of_the_column_can_be_the_good_outcome(server, page, on_adult):
    open_page(page, server, "data", on_adult)
    open_tab(page, "Column roles")
    box = page.get_by_role("combobox", name=re.compile("Good outcome"))
    box.click()
    page.keyboard.type(">50")
    page.keyboard.press("Enter")
    settle(page)
    button(page, "Keep these roles").click()
    settle(page)
    assert datasets.get(server.store(), on_adult).roles["favorable"] == ">50K"


@pytest.mark.slow
def test_rows_that_stand_out_in_a_column_of_zeros_are_found(server, page, on_adult):
    open_page(page, server, "resample", on_adult)
    open_tab(page, "Outliers")
    page.get_by_role("combobox", name=re.compile(r"Columns")).click()
    page.keyboard.type("capital_gain")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    wait_for_jobs(page)
    expect(page.get_by_text("No row stands out")).to_have_count(0)
    found = (
        page.get_by_test_id("stMetric")
        .filter(has=page.get_by_text("Likely an error", exact=True))
        .get_by_test_id("stMetricValue")
    )
    assert int(found.inner_text().replace(",", "")) >= 159  # the 159 rows of 99999


def test_fixes_of_an_office_sheet_invent_nothing(server, page, office):
    open_page(page, server, "profile", office)
    wait_for_jobs(page)
    mail = open_finding(page, "Missing cells in E-mail")
    expect(mail).to_contain_text("cannot be guessed")
    expect(mail.get_by_role("button", name=re.compile("Fix:"))).to_have_count(0)
    total = open_finding(page, "Missing cells in Total")
    expect(total.get_by_role("button", name=re.compile("Fix: fill by calculation"))).to_have_count(1)
    ordered = open_finding(page, "Missing cells in Ordered")
    expect(ordered).to_contain_text("Ordered")
    expect(ordered.get_by_role("button", name=re.compile("Fix: fill missing"))).to_have_count(0)
    expect(open_finding(page, "Disguised missing values in Quantity")).to_contain_text("refund")
    assert not re.search(ONE_CELLS, page.inner_text("[data-testid=stMain]"))


@pytest.mark.slow
def test_undo_during_a_preview_discards_the_preview_and_nothing_else(server, page, office):
    open_page(page, server, "profile", office)
    wait_for_jobs(page)
    open_finding(page, "Missing cells in Total").get_by_role("button", name=re.compile("Fix: fill by calc")).click()
    expect(button(page, "Apply")).to_be_visible()
    button(page, "Apply").click()
    expect(button(page, "Apply")).to_have_count(0)
    settle(page)
    follow(page, page.get_by_role("link", name="1 step"), "Clean")
    expect(page.locator(".st-key-recipe-step-1")).to_contain_text("Filled missing values in Total")
    page.locator(".st-key-recipe-step-1").get_by_role("button", name=re.compile("Change step 1")).click()
    page.get_by_text("Switch off").click()
    expect(button(page, "Apply")).to_be_visible()
    settle(page)
    button(page, "Undo").click()
    expect(button(page, "Apply")).to_have_count(0)
    settle(page)
    assert [step.off for step in datasets.get(server.store(), office).recipe.steps] == [False]


@pytest.mark.slow
def test_ignored_findings_do_not_count(server, page, office):
    open_page(page, server, "profile", office)
    wait_for_jobs(page)
    counted = page.locator(".st-key-page-header").get_by_text(re.compile(r"^\d+ findings$")).first
    before = int(counted.inner_text().split()[0])
    button(page, "Ignore").first.click()
    page.get_by_label("It is not a problem here, because").first.fill("it is so")
    page.keyboard.press("Tab")
    settle(page)
    button(page, "Ignore it").first.click()
    expect(counted).to_have_text(f"{before - 1} findings")
    expect(page.get_by_text("Ignored: 1 finding")).to_be_visible()


@pytest.mark.slow
def test_a_column_that_changed_its_type_is_not_called_alike(server, page, office, tmp_path):
    store = server.store()
    file = tmp_path / "other orders.csv"
    rows = list(
        csv.reader(store.objects.local(datasets.get(store, office).raw["md5"]).read_text(encoding="utf-8").splitlines())
    )
    at = rows[0].index("Price")
    file.write_text(
        "\n".join(
            ",".join([*row[:at], row[at] if not number else f"{row[at]} EUR each", *row[at + 1 :]])
            for number, row in enumerate(rows)
        )
    )
    other = server.bring(file)
    open_page(page, server, "compare", other)
    page.get_by_text("With another table or version").click()
    page.get_by_role("combobox", name=re.compile("Compare with")).click()
    page.get_by_role("option", name="orders as it is now").click()
    wait_for_jobs(page)
    expect(page.get_by_test_id("stMain")).to_contain_text("Price changed from")
    no_traceback(page)
