"""Every button of every page as somebody who may look only, and as an editor: found on the page, and pressed."""

import pytest

from dataops_core.access import ACTIONS, covers
from dataops_core.store import datasets, versions
from dataops_core.store.people import members
from dataops_core.store.store import Store
from dataops_core.store.trail import audit
from tests.pages.driver import PAGES, bring, go, said, start, unforeseen
from tests.pages.test_sign_in import AUTH, NOW

TABLE = "id,age,sex,city,approved\n" + "".join(
    f"{n},{20 + n % 50},{'fm'[n % 2]},{('Rome', ' Oslo', '')[n % 3]},{('yes', 'no')[n % 4 == 0]}\n" for n in range(60)
)
ELSEWHERE = {"frame.sign_out", "frame.make_project"}  # of the person, not of this dataset: tests/sign_in, test_sign_in
MAKES_OWN = {"data.sample_again"}  # makes a dataset in the project, which it takes an editor for


@pytest.fixture
def made():
    """A dataset with a version and roles, and people who may look at it or work on it."""
    found = bring(TABLE, "people.csv")
    store = Store().of("tester")
    datasets.set_roles(
        store,
        found,
        datasets.get(store, found).revision,
        {"target": "approved", "favorable": "yes", "sensitive": ["sex"]},
        "tester",
    )
    versions.commit(store, found, "first", "tester")
    for role in ("viewer", "editor"):
        members.invite(store, datasets.get(store, found).project, f"{role}@example.com", role, "tester")
    return found


def opened(role, made, page):
    app = start("data", d=made)
    app.secrets, app.user = AUTH, {"is_logged_in": True, "email": f"{role}@example.com", "iat": NOW}
    app.query_params["d"] = made
    return go(app, page)


def entries(person):
    with Store().reading() as connection:
        return [each["what"] for each in audit.entries(connection) if each["actor"] == person]


@pytest.mark.parametrize("role", ["viewer", "editor"])
@pytest.mark.parametrize("page", PAGES)
def test_whatever_is_pressed_does_what_the_role_allows_or_says_why_not(page, role, made):
    app = opened(role, made, page)
    assert unforeseen(app) == []
    keys = [each.key or each.label for each in app.button if not each.disabled]
    before = datasets.get(Store().of("tester"), made)
    person = f"{role}@example.com"
    for key in keys:
        if key in ELSEWHERE:
            continue
        refused = entries(person).count("refused")
        found = next((each for each in app.button if (each.key or each.label) == key and not each.disabled), None)
        if found is None:
            app = opened(role, made, page)
            found = next(each for each in app.button if (each.key or each.label) == key)
        found.click().run()
        assert unforeseen(app) == [], key
        if entries(person).count("refused") > refused:
            assert any("may not" in title for title, _ in said(app)), f"{key} is refused, and nobody is told"
    done = set(entries(person)) - {"refused"}
    assert {each for each in done if ACTIONS[each].needs and not covers(role, ACTIONS[each].needs)} == set()
    if role == "viewer":
        after = datasets.get(Store().of("tester"), made)
        assert (after.revision, after.recipe, after.name) == (before.revision, before.recipe, before.name)
        assert len(versions.log(Store().of("tester"), made)) == 1
