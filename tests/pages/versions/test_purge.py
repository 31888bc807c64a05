"""Purge on the page Versions: what would go is said before, and what was purged says so afterwards."""

import pytest

from dataops_core.store import versions
from dataops_core.store.store import Store
from tests.pages.driver import bring, button, click, dataset, go, said, start, texts, unforeseen


@pytest.fixture
def app():
    """A dataset with two versions of the same table."""
    found = bring("id,city,amount\n1,Ghent,1\n2,Bruges,2\n", "june.csv")
    for message in ("first", "second"):
        versions.commit(Store(), found, message, "tester")
    return start("versions", d=found)


def opened(app, number):
    app.session_state[f"versions.purge.open.{number}"] = True
    return app.run()


def test_a_version_is_purged_with_a_reason_and_its_place_says_so(app):
    app = opened(app, 1)
    assert unforeseen(app) == []
    assert "**Purge version 1**: 1 file that nothing else needs" in texts(app)
    assert "A raw file stays, needed by june, draft; june, version 2." in texts(app)
    app = click(app, "Purge version 1")
    assert any("A purge needs a reason" in title for title, _ in said(app))
    app.text_input(key="versions.purge.reason.1").set_value("wrong file").run()
    app = click(app, "Purge version 1")
    assert unforeseen(app) == [] and said(app) == []
    assert "**Version 1**: its data was purged" in texts(app)
    assert "wrong file. It cannot be opened again" in texts(app)
    assert [each["number"] for each in versions.log(Store(), dataset(app).id)] == [2]
    app.session_state["versions.tabs"] = "Lineage"
    app.run()
    assert unforeseen(app) == [] and "Version 1: purged" in app.get("graphviz_chart")[0].proto.spec


def test_the_newest_version_needs_a_tick(app):
    app = opened(app, 2)
    assert button(app, "Purge version 2").disabled
    app.text_input(key="versions.purge.reason.2").set_value("x").run()
    app.checkbox(key="versions.purge.force.2").check().run()
    app = click(app, "Purge version 2")
    assert unforeseen(app) == [] and "**Version 2**: its data was purged" in texts(app)


def test_other_pages_go_on_without_the_purged_version(app):
    app = opened(app, 2)
    app.text_input(key="versions.purge.reason.2").set_value("x").run()
    app.checkbox(key="versions.purge.force.2").check().run()
    app = click(app, "Purge version 2")
    for page in ("overview", "compare", "rules", "clean"):
        assert unforeseen(go(app, page)) == [], page
