"""axe finds no violation on any page, in light and dark, wide and narrow, beyond faults of Streamlit's own that are
named here.
"""

from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from dataops_core.recipe.recipe import RecipeStep
from dataops_core.store import datasets, versions
from tests.browser.driver import SAMPLE, button, choose_step, metric, open_page, settle

# Faults of Streamlit's own that no app can mend: (rule, part of the element) -> where streamlit/streamlit has it
UPSTREAM = {
    # react-dropzone's role=presentation on a section that has a label, and a tabindex (-1) since this pull request
    ("presentation-role-conflict", 'data-testid="stFileUploaderDropzone"'): "#15928",
}


def violations(page):
    """What axe finds on the page in light and in dark, as scheme, rule and element, beyond the faults of Streamlit's
    own.
    """
    settle(page)
    begin = _scheme(page)
    found = _found(page, begin)
    page.emulate_media(color_scheme="light" if begin == "dark" else "dark")
    page.wait_for_function(
        "begin => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme !== begin", arg=begin
    )
    settle(page)
    return found + _found(page, _scheme(page))


def _scheme(page):
    """The scheme that the app is drawn in."""
    return page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme")


def _found(page, scheme):
    assert scheme in ("light", "dark")
    found = [
        (scheme, each["id"], node["html"][:160])
        for each in Axe().run(page).response["violations"]
        for node in each["nodes"]
    ]
    return [
        (scheme, rule, html)
        for scheme, rule, html in found
        if not any(rule == known and part in html for known, part in UPSTREAM)
    ]


def _compare(page, does="Compare the methods", sign="Recommended:"):
    """Run the bench of the page, unless an earlier test did, and look at what it found."""
    ready = page.get_by_text(sign).first
    start = button(page, does)
    expect(ready.or_(start).first).to_be_visible(timeout=30_000)
    if start.count():
        start.click()
    expect(ready).to_be_visible(timeout=120_000)
    assert violations(page) == [], "with results"


@pytest.fixture(scope="module")
def dataset(server, tmp_path_factory):
    """The first rows of the sample, ten of them twice, with a recipe of one step, a role, and two versions."""
    some = tmp_path_factory.mktemp("some") / "loans.csv"
    lines = SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    # duplicates stand far behind in the sample
    some.write_text("".join(lines[:301] + lines[291:301]), encoding="utf-8")
    made, store = server.bring(some), server.store()
    versions.commit(store, made, "as it came", "tester")
    here = datasets.get(store, made)
    datasets.edit(
        store,
        made,
        here.revision,
        replace(here.recipe, steps=(RecipeStep("trim_spaces", {"columns": ["city"]}),)),
        "trim",
        "t",
    )
    versions.commit(store, made, "trimmed", "tester")
    datasets.set_roles(
        store, made, here.revision + 1, {"target": "approved", "favorable": "yes", "sensitive": ["sex"]}, "tester"
    )
    return made


@pytest.mark.parametrize("width", [1280, 390])
class TestNoViolation:
    @pytest.fixture
    def page(self, new_page, width):
        return new_page(width=width)

    def test_first_page_without_data(self, page, empty_project):
        page.goto(empty_project)
        expect(page.get_by_role("heading", name="Try the sample")).to_be_visible()
        assert violations(page) == []

    def test_data_and_its_tabs(self, page, server, dataset):
        open_page(page, server, "", dataset)
        for tab in ("The rows as they came", "How it was read", "What the columns are for"):
            page.get_by_role("tab", name=tab).click()
            assert violations(page) == [], tab

    def test_profile_and_its_tabs_and_the_rows_of_a_finding(self, page, server, dataset):
        open_page(page, server, "profile", dataset)
        for tab, sign in {
            "Scores": "Overall quality",
            "The columns": "Open the rows behind a number",
            "Relationships": "Strongest:",
            "Variants": "Merge all",
            "Browse rows": "The row number counts",
            "Reports": "Full statistical report",
            "What is wrong": "Kind of problem",
        }.items():
            page.get_by_role("tab", name=tab).click()
            expect(page.get_by_text(sign).first).to_be_visible()
            assert violations(page) == [], tab
        page.get_by_text("Show the rows").first.click()
        expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
        assert violations(page) == []

    def test_compare(self, page, server, dataset):
        open_page(page, server, "compare", dataset)
        expect(page.get_by_text("Columns that drifted")).to_be_visible()
        assert violations(page) == []
        page.get_by_text("Groups of this table").click()
        expect(page.get_by_text("of this group against all the others")).to_be_visible()
        assert violations(page) == []

    def test_impute_and_its_tabs_with_a_bench(self, page, server, dataset):
        open_page(page, server, "impute", dataset)
        expect(page.get_by_text("Are the numbers missing completely at random?")).to_be_visible(timeout=60_000)
        assert violations(page) == []
        for tab, sign in {
            "Multiple imputation": "Multiple imputation",
            "Choose a method": "Nearest neighbours (KNN)",
        }.items():
            page.get_by_role("tab", name=tab).click()
            expect(page.get_by_text(sign).first).to_be_visible()
            assert violations(page) == [], tab
        _compare(page)

    def test_resample_and_its_tabs_with_a_bench(self, page, server, dataset):
        open_page(page, server, "resample", dataset)
        for tab, sign in {
            "Outliers": "What to do is yours to say",
            "Balance": "The classes are about as large",
            "Compare methods": "Judged by",
        }.items():
            page.get_by_role("tab", name=tab).click()
            expect(page.get_by_text(sign).first).to_be_visible(timeout=60_000)
            assert violations(page) == [], tab
        _compare(page)

    def test_bias_and_its_tabs(self, page, server, dataset):
        open_page(page, server, "bias", dataset)
        for tab, sign in {
            "In the data": "Statistical parity",
            "Reasons": "What tells who a person is",
            "What can be done": "Ways to act",
            "Which measure?": "Not everything at once",
            "Groups": "Compare with a population",
            "In decisions": "Whose decisions",
        }.items():
            page.get_by_role("tab", name=tab).click()
            expect(page.get_by_text(sign).first).to_be_visible(timeout=60_000)
            assert violations(page) == [], tab
        _compare(page, "Judge the decisions", "Notions of fairness")

    def test_synthesize_and_its_tabs_with_a_twin(self, page, server, dataset):
        open_page(page, server, "synthesize", dataset)
        expect(page.get_by_text("All other columns")).to_be_visible(timeout=60_000)
        assert violations(page) == []
        if page.get_by_text("Please decide").count():
            page.get_by_role("button", name="Take all").click()
            expect(page.get_by_text("are decided; change your mind")).to_be_visible()
        for tab, sign in {"Constraints": "Add what must hold", "Engine and rows": "Which rows"}.items():
            page.get_by_role("tab", name=tab).click()
            expect(page.get_by_text(sign).first).to_be_visible()
            assert violations(page) == [], tab
        page.get_by_text("Fill a thin group").click()
        expect(page.get_by_text("Rows wished for")).to_be_visible()
        assert violations(page) == []
        page.get_by_text("As the table is").click()
        page.get_by_text("Independent columns").first.click()
        settle(page)
        page.get_by_role("tab", name="Generate").click()
        if not button(page, "See the verdicts").count():
            button(page, "Generate").click()
        page.get_by_role("tab", name="Verdicts").click()
        for tab, sign in {
            "Private": "The worst signal decides",
            "Alike": "Columns in pairs",
            "Useful": "go by the same columns",
            "What was done": "and how many rows break it",
            "Browse rows": "Rows of people who do not exist",
        }.items():
            part = page.get_by_role("tab", name=tab, exact=True)
            expect(part).to_be_visible(timeout=120_000)
            part.click()
            expect(page.get_by_text(sign).first).to_be_visible(timeout=60_000)
            assert violations(page) == [], tab
        page.get_by_role("tab", name="Export").click()
        settle(page)
        if page.get_by_text("I have read the doubts").count():
            page.get_by_text("I have read the doubts").click()
        expect(page.get_by_text("Read the model card here")).to_be_visible()
        page.get_by_text("Read the model card here").click()
        assert violations(page) == []

    def test_clean_with_a_form(self, page, server, dataset):
        open_page(page, server, "clean", dataset)
        choose_step(page, "fill missing")
        expect(button(page, "Preview")).to_be_visible()
        assert violations(page) == []

    @pytest.mark.parametrize(("words", "figure"), [("duplicate", "Rows dropped"), ("change case", "Cells changed")])
    def test_clean_with_a_preview(self, page, server, dataset, words, figure):
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

    def test_versions_and_its_tabs(self, page, server, dataset):
        open_page(page, server, "versions", dataset)
        for tab in ("Versions", "Compare two", "Verify a bundle", "Audit trail"):
            page.get_by_role("tab", name=tab, exact=True).click()
            if tab == "Verify a bundle":
                expect(page.get_by_text("Rebuilds every file of a bundle")).to_be_visible()
            assert violations(page) == [], tab

    def test_guide(self, page, server):
        open_page(page, server, "guide")
        assert violations(page) == []


@pytest.fixture
def empty_project(server):
    """The address of a project without data."""
    store = server.store()
    known = {each["name"]: each["id"] for each in datasets.projects(store)}
    return f"{server.url}/?p={known.get('Empty') or datasets.make_project(store, 'Empty', 'tester')}"
