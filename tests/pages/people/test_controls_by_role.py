"""Every control of every page and tab, as each role: found on the page, filled in, opened and pressed.

What somebody may not do is switched off and says why; so nothing that can be pressed is refused, and the log has no
action that is not the role's.
"""

import pytest
from streamlit.testing.v1.element_tree import Radio, Selectbox

from dataops_core.access import ACTIONS, ROLES, covers
from dataops_core.store import datasets, versions
from dataops_core.store.people import members
from dataops_core.store.store import Store
from dataops_core.store.trail import audit
from tests.pages.driver import PAGES, bring, go, unforeseen, unopened
from tests.pages.people.test_viewer import tabs_of
from tests.pages.test_sign_in import AUTH, NOW, shown

TABLE = "id,age,sex,city,approved\n" + "".join(
    f"{n},{20 + n % 50},{'fm'[n % 2]},{('Rome', ' Xanadu', '')[n % 3]},{('yes', 'no')[n % 4 == 0]}\n" for n in range(60)
)
# of the person, not of this dataset: tests/sign_in, test_sign_in
ELSEWHERE = ("frame.sign_out", "frame.make_project", "Sign in")
SLOW = ("engine", "job.", "lab.", "recipes.start", "report", "multiple")  # jobs: what they do is tested where they are
OPENED = {"data": ["manage.open"], "overview": ["manage.open"], "clean": ["recipe.code", "clean.download"]}
WORD = "another"


@pytest.fixture
def made():
    """A dataset with a version and roles, and somebody of each role."""
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
    for role in ("viewer", "editor", "steward"):
        members.invite(store, datasets.get(store, found).project, f"{role}@example.com", role, "tester")
    members.switch_on(store, ["admin@example.com", "tester"], "tester")
    return found


def opened(role, made, page):
    app = unopened(d=made)
    signed_in = {"is_logged_in": True, "email": f"{role}@example.com", "iat": NOW}
    app.secrets, app.user = AUTH, {"is_logged_in": False} if role == "nobody" else signed_in
    return go(app, page)


def entries(person, dataset):
    """What the log says that somebody did, but for other datasets than this one."""
    with Store().reading() as connection:
        found = [each for each in audit.entries(connection) if each["dataset"] in (dataset, None)]
    return [each["what"] for each in found if each["actor"] == person]


@pytest.fixture(autouse=True)
def _by_label(monkeypatch):
    """Lists are chosen from by their labels, as a browser does: AppTest looks for the label of a label, and knows of no
    list of which nothing is chosen.
    """
    for kind in (Selectbox, Radio):
        _index_by_label(monkeypatch, kind, kind.index)


def _index_by_label(monkeypatch, kind, real):
    def index(box):
        if box.value is None:
            return None
        return box.options.index(box.value) if box.value in box.options else real.fget(box)

    monkeypatch.setattr(kind, "index", property(index))


def fill_in(app, sure):
    """Write into every field, choose the last option of every list, several of every list of several, turn every
    switch, all at once; says whether there was anything. `sure`: give the name that deleting asks for.
    """
    given = False
    fields = (*app.text_input, *app.text_area, *app.number_input, *app.selectbox, *app.multiselect, *app.radio)
    for each in [*fields, *app.checkbox, *app.toggle]:
        key = each.key or each.label
        if each.disabled or key.startswith("frame."):
            continue
        wanted = _wanted(each, "people" if sure and key.startswith("manage.confirm") else WORD)
        if wanted is not None and each.value != wanted:
            each.set_value(wanted)
            given = True
    return given


def _wanted(field, word):
    if field.type in ("text_input", "text_area"):
        return word
    if field.type == "number_input":
        return field.value if field.value is None or field.max is None else field.max
    if field.type in ("selectbox", "radio"):
        return field.options[-1] if field.options else None
    if field.type == "multiselect":
        return field.options[:2]
    return not field.value


@pytest.mark.parametrize(
    ("page", "role"),
    [
        pytest.param(page, role, marks=() if role == "viewer" else pytest.mark.slow)
        for page in PAGES
        for role in (*ROLES, "stranger", "nobody")
    ],
)
def test_whatever_can_be_used_is_allowed_and_does_what_the_role_may(page, role, made):
    app = opened(role, made, page)
    before = datasets.get(Store().of("tester"), made)
    person, pressed, off = f"{role}@example.com", set(), 0
    for state in [("", ""), *((key, True) for key in OPENED.get(page, ())), *tabs_of(page)]:
        if state[0]:
            app.session_state[state[0]] = state[1]
            app.run()
        assert unforeseen(app) == [], state
        off += sum(each.disabled for each in app.button)
        if fill_in(app, sure=role in ("viewer", "editor")):
            app.run()
            assert unforeseen(app) == [], state
        while True:
            left = [b for b in app.button if not b.disabled and (b.key or b.label) not in pressed]
            left = [b for b in left if not (b.key or b.label).startswith((*ELSEWHERE, *SLOW))]
            if not left:
                break
            key = left[0].key or left[0].label
            pressed.add(key)
            refused = entries(person, made).count("refused")
            left[0].click().run()
            assert unforeseen(app) == [], key
            assert entries(person, made).count("refused") == refused, f"{key} can be pressed, and is refused"
    done = set(entries(person, made)) - {"refused"}
    if role in ROLES:
        assert {each for each in done if ACTIONS[each].needs and not covers(role, ACTIONS[each].needs)} == set()
    else:  # somebody who is not a member, or has not signed in, may make a project of their own, and no more
        assert {each for each in done if ACTIONS[each].needs} == set()
        assert "Xanadu" not in shown(app)
    if role not in ("editor", "steward", "admin"):
        owner = Store().of("tester")
        after = datasets.get(owner, made)
        assert (after.revision, after.recipe, after.name) == (before.revision, before.recipe, before.name)
        assert len(versions.log(owner, made)) == 1
    if role == "viewer":
        assert off or page == "guide"
