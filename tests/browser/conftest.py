"""Chromium, a server that tests share, and a page per test."""

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


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A server that tests share: each works on datasets of its own."""
    made = driver.Server(tmp_path_factory.mktemp("server") / "home")
    yield made
    made.end()


@pytest.fixture(autouse=True)
def _no_traceback_in_the_log(request):
    yield
    if "server" in request.fixturenames:
        assert "Traceback" not in request.getfixturevalue("server").log.read_text()


@pytest.fixture
def fresh(tmp_path):
    """A server that nobody has asked anything yet."""
    made = driver.Server(tmp_path / "home")
    yield made
    made.end()


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=driver.CHROMIUM, args=list(driver.QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _contexts(chromium):
    """Browser contexts that pages share where their screens are alike, so that each loads the app's scripts once."""
    made = {}

    def make(width, height, scheme):
        key = (width, height, scheme)
        if key not in made:
            made[key] = context(chromium, *key)
        return made[key]

    yield make
    for each in made.values():
        each.close()


def context(chromium, width, height, scheme):
    size = {"width": width, "height": height}
    return chromium.new_context(viewport=size, color_scheme=scheme, accept_downloads=True)


@pytest.fixture
def new_page(chromium, _contexts):
    """Makes pages, all of which are closed at the end; `alone` in a browser of its own, without anybody's cookies."""
    made = []

    def make(width=1280, height=1200, scheme="light", *, alone=False):
        place = context(chromium, width, height, scheme) if alone else _contexts(width, height, scheme)
        page = place.new_page()
        made.append(place if alone else page)
        return page

    yield make
    for each in made:
        each.close()


@pytest.fixture
def page(new_page):
    return new_page()


@pytest.fixture(scope="session")
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
