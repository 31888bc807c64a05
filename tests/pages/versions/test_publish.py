"""Publish on the page Versions: only what is possible here, in a process of its own, and what became of it."""

import pytest

from dataops_core.store import jobs, versions
from dataops_core.store.store import Store
from pages._ui.formatting import md
from tests.pages.driver import bring, button, click, labels, said, start, texts, unforeseen, wait_for_job
from tests.pages.test_sign_in import AUTH, NOW


@pytest.fixture
def app():
    """A dataset with one version, and the section of it open."""
    found = bring("id,city,amount\n1,Ghent,1\n2,Bruges,2\n", "june.csv")
    versions.commit(Store(), found, "first", "tester")
    return click(start("versions", d=found), "Publish")


def where(app):
    return next(each for each in app.selectbox if each.label == "Where to")


def publish(app):
    """Press the button, and wait until the job has ended."""
    click(app, "Publish version 1")
    wait_for_job(app)
    app.run()


def test_a_version_is_published_to_a_folder_and_the_page_says_where(app, tmp_path):
    assert unforeseen(app) == [] and button(app, "Publish version 1").disabled
    app.text_input(key="versions.publish.1.address.folder").set_value(str(tmp_path / "out")).run()
    publish(app)
    assert unforeseen(app) == []
    assert (tmp_path / "out" / "june" / "v1" / "SHA256SUMS").is_file()
    assert any("Version 1 of june is published" in each.value for each in app.success)
    assert f"Published: folder\\:{md(str(tmp_path / 'out'))}, " in texts(app)
    publish(app)
    assert any("was there already" in each.value for each in app.success)


def test_what_fails_says_why_and_how_to_mend_it(app, tmp_path):
    (tmp_path / "file").write_text("mine")
    app.text_input(key="versions.publish.1.address.folder").set_value(str(tmp_path / "file")).run()
    publish(app)
    assert unforeseen(app) == [] and any("Nothing can be written there" in title for title, _ in said(app))


def test_a_password_in_an_address_is_refused_and_kept_nowhere(app):
    where(app).select("database").run()
    app.text_input(key="versions.publish.1.address.database").set_value("postgresql://jo:pw4711@host/shop#t").run()
    app = click(app, "Publish version 1")
    assert any("A password stands in the address" in title for title, _ in said(app))
    assert jobs.latest(Store(), "publish", {}) is None
    for path in Store().home.rglob("*"):
        assert not path.is_file() or b"pw4711" not in path.read_bytes(), path


def test_a_feature_store_asks_whose_features_they_are(app, tmp_path):
    where(app).select("feast").run()
    app.text_input(key="versions.publish.1.address.feast").set_value(str(tmp_path / "features")).run()
    assert button(app, "Publish version 1").disabled
    whose = next(each for each in app.multiselect if each.label == "Whose values they are")
    assert whose.options == ["id", "city", "amount"]
    whose.select("id").run()
    publish(app)
    assert unforeseen(app) == [] and (tmp_path / "features" / "features.py").is_file()


def test_on_a_shared_server_there_are_only_the_places_that_it_offers(app, tmp_path, monkeypatch):
    app.secrets, app.user = AUTH, {"is_logged_in": True, "email": "tester", "iat": NOW}
    app.run()
    assert unforeseen(app) == [] and "Publish version 1" not in labels(app)
    monkeypatch.setenv("DATAOPS_PUBLISH", f"Shop floor = {tmp_path / 'out'}")
    app.run()
    assert where(app).options == ["Shop floor"]
    publish(app)
    assert unforeseen(app) == [] and (tmp_path / "out" / "june" / "v1").is_dir()
