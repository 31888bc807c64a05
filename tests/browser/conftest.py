"""Chromium, a server per module, and a page per test."""

from dataclasses import replace

import pytest

from dataops_core.recipe.recipe import RecipeStep
from dataops_core.store import datasets, versions
from tests.browser import driver


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            if driver.CHROMIUM is None:
                item.add_marker(
                    pytest.mark.skip(
                        reason=(
                            "There is no chromium or google-chrome on this machine (Debian: apt-get install chromium)."
                        )
                    )
                )


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = driver.Server(tmp_path_factory.mktemp("server") / "home")
    yield made
    made.end()


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=driver.CHROMIUM, args=list(driver.QUIET))
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium):
    """Makes pages, each in a context of its own unless given one; all are closed at the end."""
    contexts = []

    def make(width=1280, height=1200, scheme="light"):
        contexts.append(
            chromium.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, accept_downloads=True
            )
        )
        return contexts[-1].new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def width():
    return 1280


@pytest.fixture
def page(new_page, width):
    return new_page(width=width)


@pytest.fixture(scope="module")
def dataset(server, tmp_path_factory):
    """The first rows of the sample, ten of them twice, with a recipe of one step, a role, and two versions."""
    some = tmp_path_factory.mktemp("some") / "loans.csv"
    lines = driver.SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    # duplicates stand far behind in the sample
    some.write_text("".join(lines[:301] + lines[291:301]), encoding="utf-8")
    made, store = server.bring(some), server.store()
    versions.commit(store, made, "as it came", "tester", pii_reason="made up")
    here = datasets.get(store, made)
    datasets.edit(
        store,
        made,
        here.revision,
        replace(here.recipe, steps=(RecipeStep("trim_spaces", {"columns": ["city"]}),)),
        "trim",
        "t",
    )
    versions.commit(store, made, "trimmed", "tester", pii_reason="made up")
    datasets.set_roles(
        store, made, here.revision + 1, {"target": "approved", "favorable": "yes", "sensitive": ["sex"]}, "tester"
    )
    return made
