"""With a sign-in set up, nobody sees data before signing in; whoever acts is named."""

import time

import pytest
import streamlit as st
from streamlit.runtime import secrets

from dataops_core.store import datasets, personal_data, redaction, states, versions
from dataops_core.store.people import members
from dataops_core.store.store import Store
from pages._ui.clean import download
from pages._ui.frame import access
from tests.pages.driver import PAGES, bring, button, click, go, labels, said, start, texts, unforeseen
from tests.store.office import CUSTOMERS, PLANTED, SURNAMES, csv_of_customers

AUTH = {"auth": {"redirect_uri": "http://localhost:8501/oauth2callback", "cookie_secret": "x", "client_id": "x"}}
NOW = int(time.time())  # an hour more or less is no matter: a sign-in counts for twelve
ANA = {"is_logged_in": True, "email": "ana@example.com", "iat": NOW}


@pytest.mark.parametrize("fresh", [False, True])
@pytest.mark.parametrize("page", PAGES)
def test_page_shows_nothing_but_the_way_in(page, fresh, request):
    app = start(d=bring("mycolumn,b\nmycell,1\n", "myfile.csv"))
    go(app, page)
    app.secrets, app.user = AUTH, {"is_logged_in": False}
    if fresh:  # a deep link as the first request runs the page without app.py
        request.getfixturevalue("fresh_server")
    app.run()
    assert unforeseen(app) == []
    assert [title.value for title in app.title] == ["Data quality workbench"]
    assert labels(app) == ["Sign in"]
    assert len(app.dataframe) == len(app.table) == len(app.selectbox) == len(app.metric) == 0
    assert not any(word in repr(app) for word in ("mycolumn", "mycell", "myfile"))


@pytest.mark.parametrize("page", PAGES)
def test_first_request_of_a_fresh_server_comes_up_inside_the_frame(fresh_server, page):
    made = bring("a,b\n1,x\n2,y\n")
    app = start(page, d=made)
    assert unforeseen(app) == []
    assert [title.value for title in app.title] == [page.capitalize()]
    assert [each.label for each in app.sidebar.selectbox] == ["Project", "Dataset"]
    assert app.query_params["d"] == made
    assert "page" not in app.query_params


def test_without_a_sign_in_the_pages_are_open():
    assert "Sign in" not in labels(start())


def test_signed_in_person_is_named_in_what_they_do(monkeypatch):
    monkeypatch.setenv("DATAOPS_ADMINS", "ana@example.com, ben@example.com")
    app = start(d=bring("a,b\n1,x\n"))
    app.secrets, app.user = AUTH, ANA
    go(app, "versions")
    app.text_input(key="versions.message").set_value("mine").run()
    click(app, "Save")
    assert unforeseen(app) == []
    ana = Store().of("ana@example.com")
    assert [v["actor"] for v in versions.log(ana, app.query_params["d"])] == ["ana@example.com"]
    assert "by ana@example.com" in texts(app)


def signed_in(person, **query):
    """The app as somebody who has signed in sees it."""
    app = start("data", **query)
    app.secrets, app.user = AUTH, {"is_logged_in": True, "email": person, "iat": NOW}
    return app.run()


def test_a_stranger_sees_nothing_of_what_others_brought_by_whatever_link(monkeypatch):
    made = bring("mycolumn,b\nmycell,1\n", "myfile.csv")
    project = datasets.get(Store(), made).project
    for page in PAGES:
        app = signed_in("sam@example.com", d=made, p=project)
        if page == "overview":
            app.switch_page("pages/overview.py").run()
        else:
            go(app, page)
        assert unforeseen(app) == [], page
        assert not any(word in repr(app) for word in ("mycolumn", "mycell", "myfile")), page
        assert project not in [each["id"] for each in datasets.projects(Store().of("sam@example.com"))]


def test_a_viewer_sees_every_page():
    made = bring("a,b\n1,x\n2,y\n", "myfile.csv")
    store = Store()
    members.invite(store, datasets.get(store, made).project, "vera@example.com", "viewer", "tester")
    app = signed_in("vera@example.com", d=made)
    for page in PAGES:
        app.switch_page(f"pages/{page}.py").run()
        assert unforeseen(app) == [], page
        assert "may not" not in repr(said(app)), page


def shown(app):
    """All that the browser is sent of a page, tables included."""
    tables = [each.value.to_csv() for each in (*app.dataframe, *app.table) if hasattr(each.value, "to_csv")]
    return repr(app) + "".join(tables)


def as_role(role, made, page):
    members.invite(
        Store().of("tester"), datasets.get(Store().of("tester"), made).project, f"{role}@example.com", role, "tester"
    )
    app = signed_in(f"{role}@example.com", d=made)
    app.query_params["d"] = made  # before the sign-in, roles that were on already have hidden it
    return go(app, page)


@pytest.mark.parametrize("page", ["overview", "profile", "explore", "rules", "clean", "versions"])
def test_a_viewer_sees_masked_cells_where_columns_name_people(page):
    made = bring(csv_of_customers(), "orders.csv")
    app = as_role("viewer", made, page)
    assert unforeseen(app) == []
    told = shown(app)
    assert [each for each in (*PLANTED, *SURNAMES) if each in told] == []
    assert "cells that name people are masked for you" in texts(app)


@pytest.mark.parametrize("key", [True, False])
def test_a_viewer_sees_the_table_masked_and_no_line_of_the_file(monkeypatch, key):
    if not key:
        monkeypatch.delenv("DATAOPS_PSEUDONYM_KEY")
    app = as_role("viewer", bring(csv_of_customers(), "orders.csv"), "data")
    told = shown(app)
    assert [each for each in (*PLANTED, *SURNAMES) if each in told] == []
    assert "ORD-20261" in told and "***" in told, "what names nobody is there"
    app.session_state["data.tabs"] = "How it was read"
    told = shown(app.run())
    assert [each for each in PLANTED if each in told] == [] and unforeseen(app) == []


def test_an_editor_sees_all_cells_and_so_does_a_viewer_of_what_is_settled_as_harmless():
    made = bring(csv_of_customers(), "orders.csv")
    app = as_role("editor", made, "data")
    told = shown(app)
    assert [each for each in PLANTED if each not in told] == []
    assert "masked for you" not in told
    store = Store().of("tester")
    personal_data.settle(store, datasets.get(store, made), "e-mail", False, "tester", "Addresses of shops")
    told = shown(as_role("viewer", made, "data"))
    assert [row["e-mail"] for row in CUSTOMERS if row["e-mail"] not in told] == []
    assert [row["iban"] for row in CUSTOMERS if row["iban"] in told] == [] and "ORD-20261" in told


def test_what_a_viewer_downloads_is_masked():
    made = bring(csv_of_customers(), "orders.csv")
    app = as_role("viewer", made, "clean")
    app.session_state["clean.download"] = True
    app.run()
    assert unforeseen(app) == []
    store = Store().of("tester")
    here = datasets.get(store, made)
    root = states.root_id(here.raw["sha256"], here.recipe.read)
    masked = redaction.redacted(store, root, {})
    assert masked != root and redaction.redacted(store, masked, {}) == masked
    cells = download.content(store, masked, ".csv").decode("utf-8-sig")
    assert [each for each in (*PLANTED, *SURNAMES) if each in cells] == [] and "ORD-20261" in cells


def test_a_viewer_looks_and_changes_nothing():
    made = bring("a,b\n1,x\n", "myfile.csv")
    store = Store()
    members.invite(store, datasets.get(store, made).project, "vera@example.com", "viewer", "tester")
    app = signed_in("vera@example.com", d=made)
    go(app, "versions")
    assert unforeseen(app) == [] and "myfile" in repr(app)
    save = button(app, "Save")
    assert save.disabled
    assert (
        save.help == "vera@example.com may not save versions. It takes the role editor: ask whoever owns the project."
    )


def test_whoever_became_a_viewer_while_the_page_was_open_is_refused_when_they_act():
    made = bring("a,b\n1,x\n", "myfile.csv")
    store = Store()
    project = datasets.get(store, made).project
    members.invite(store, project, "vera@example.com", "editor", "tester")
    app = signed_in("vera@example.com", d=made)
    go(app, "versions")
    assert not button(app, "Save").disabled
    members.invite(store.of("tester"), project, "vera@example.com", "viewer", "tester")
    click(app, "Save")
    assert "vera@example.com may not save versions." in [title for title, _ in said(app)]
    assert versions.log(store.of("tester"), made) == []


def test_a_steward_invites_in_the_sidebar_and_a_viewer_does_not():
    made = bring("a,b\n1,x\n", "myfile.csv")
    store = Store()
    project = datasets.get(store, made).project
    members.invite(store, project, "stan@example.com", "steward", "tester")
    app = signed_in("stan@example.com", d=made)
    app.session_state["team.popover"] = True
    app.run()
    assert unforeseen(app) == [] and "**tester**: steward" in texts(app)
    app.text_input(key="team.person").set_value("vera@example.com").run()
    click(app, "Invite")
    assert unforeseen(app) == []
    people = {each.person: each.role for each in members.listed(store.of("tester"), project)}
    assert people["vera@example.com"] == "viewer"
    app.selectbox(key="team.member").select("tester").run()
    click(app, "Remove")
    assert "tester" not in [each.person for each in members.listed(store.of("stan@example.com"), project)]
    app = signed_in("vera@example.com", d=made)
    app.session_state["team.popover"] = True
    assert "Invite" not in labels(app.run()) and "The stewards of the project invite people." in texts(app)


BROKEN = {
    "an open string": '[auth]\ncookie_secret = "abc\n',
    "a doubled key": '[auth]\nclient_id = "a"\nclient_id = "b"\n',
    "another letter case": '[Auth]\nclient_id = "a"\n',
    "letters changed round": '[auht]\nfoo = "a"\n',
    "another name": '[login]\nredirect_uri = "http://localhost:8501/oauth2callback"\n',
    "no section": 'cookie_secret = "abc"\nclient_id = "a"\n',
    "no table": 'auth = "yes"\n',
    "an empty section": "[auth]\n",
    "no text": "\udcff",
}


@pytest.fixture
def secrets_file(tmp_path, monkeypatch):
    """Streamlit's secrets file of this test; it is parsed anew at each look."""
    path = tmp_path / "secrets.toml"
    monkeypatch.setenv("DATAOPS_MODEL_KEY", "")
    monkeypatch.delenv("DATAOPS_MODEL_KEY")  # Streamlit puts it there from the file: at the end it is gone again
    monkeypatch.setattr(
        st, "get_option", lambda name, real=st.get_option: [str(path)] if name == "secrets.files" else real(name)
    )
    monkeypatch.setattr(
        secrets.config,
        "get_option",
        lambda name, real=secrets.config.get_option: [str(path)] if name == "secrets.files" else real(name),
    )
    monkeypatch.setattr(st, "secrets", secrets.Secrets())
    access.report.cache_clear()
    return path


@pytest.mark.parametrize("case", BROKEN)
def test_secrets_that_are_broken_let_nobody_in_and_the_log_says_why(secrets_file, caplog, case):
    secrets_file.write_bytes(BROKEN[case].encode("utf-8", "surrogateescape"))
    assert access.is_shared()
    app = start(d=bring("mycolumn,b\nmycell,1\n", "myfile.csv"))
    for page in PAGES:
        go(app, page)
        assert [each.proto.title for each in app.error] == ["Nobody can sign in: the sign-in is not set up correctly"]
        assert not any(word in repr(app) for word in ("mycolumn", "mycell", "myfile"))
    assert len([record for record in caplog.records if "Nobody gets in" in record.getMessage()]) == 1
    assert "abc" not in caplog.text


@pytest.mark.parametrize("text", ["", 'DATAOPS_MODEL_KEY = "a long random text"\n[database]\nurl = "x"\n'])
def test_secrets_without_a_sign_in_leave_the_pages_open(secrets_file, text):
    assert not access.is_shared()
    secrets_file.write_text(text)
    assert not access.is_shared()
    assert access.problem() == ""
    assert "Sign in" not in labels(start())


def test_a_section_that_sets_up_a_sign_in_asks_for_it(secrets_file):
    secrets_file.write_text('[auth]\nclient_id = "a"\ncookie_secret = "b"\nredirect_uri = "c"\n')
    assert access.is_shared()
    assert access.problem() == ""
