"""What a viewer reads on every page and in every tab, where steps, rules and the log name people."""

import ast
from pathlib import Path

import pytest

from dataops_core.store import datasets
from dataops_core.store.people import members
from dataops_core.store.store import Store
from tests.pages.driver import PAGES, ROOT, go, unforeseen, unopened
from tests.pages.test_sign_in import AUTH, NOW, shown
from tests.store.access.test_veil import FIRST, MAIL, build
from tests.store.office import PLANTED


def tabs_of(page):
    """The tabs of a page and those within them, as its source makes them: (key, label)."""
    found = []
    tree = ast.parse((Path(ROOT) / "pages" / f"{page}.py").read_text(encoding="utf-8"))
    lists = {
        node.targets[0].id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "tabs":
            key = next((word.value for word in node.keywords if word.arg == "key"), None)
            named = node.args[0]
            named = lists.get(named.id) if isinstance(named, ast.Name) else named
            if isinstance(key, ast.Constant) and isinstance(named, ast.List):
                found += [(key.value, each.value) for each in named.elts if isinstance(each, ast.Constant)]
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and "TABS" in ast.unparse(node).partition("=")[0]:
            for name, panels in zip(node.value.keys, node.value.values, strict=True):
                found.append((f"{page}.tabs", name.value))
                found += [(f"{page}.{name.value}", each.value) for each in panels.keys]
    return found


@pytest.fixture
def office(tmp_path):
    store = Store(person="olga")
    made = build(store, tmp_path / "orders.csv", "olga")
    here = datasets.get(store, made)
    datasets.set_roles(store, made, here.revision, {"sensitive": ["product"]}, "olga")
    members.invite(store, here.project, "eve@example.com", "editor", "olga")
    members.invite(store, here.project, "vera@example.com", "viewer", "olga")
    yield made
    store.close()


def opened(person, made, page):
    app = unopened(d=made)
    app.secrets, app.user = AUTH, {"is_logged_in": True, "email": person, "iat": NOW}
    return go(app, page)


def everything(app, page):
    """What is sent in all tabs of a page."""
    told = [shown(app)]
    for key, label in tabs_of(page):
        app.session_state[key] = label
        app.run()
        assert unforeseen(app) == [], label
        told.append(shown(app))
    return "".join(told)


@pytest.mark.parametrize("page", PAGES)
def test_no_tab_of_a_page_shows_a_viewer_a_name(page, office):
    app = opened("vera@example.com", office, page)
    assert unforeseen(app) == []
    told = everything(app, page)
    assert [each for each in PLANTED if each in told] == []


@pytest.mark.parametrize("page", ["clean", "rules", "versions"])
def test_an_editor_reads_there_what_the_viewer_does_not(page, office):
    told = everything(opened("eve@example.com", office, page), page)
    assert (MAIL if page == "rules" else FIRST) in told


def test_most_pages_with_tabs_are_found():
    assert sum(bool(tabs_of(page)) for page in PAGES) >= 5
    assert len(tabs_of("versions")) > 10 and len(tabs_of("rules")) == 4
