"""With a sign-in set up, nobody sees data before signing in; whoever acts is named."""

import pytest

from dataops_core.store import versions
from dataops_core.store.store import Store
from tests.pages.driver import PAGES, bring, click, dataset, go, labels, start, texts, unforeseen

AUTH = {"auth": {"redirect_uri": "http://localhost:8501/oauth2callback", "cookie_secret": "x", "client_id": "x"}}
ANA = {"is_logged_in": True, "email": "ana@example.com"}


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


def test_signed_in_person_is_named_in_what_they_do():
    app = start(d=bring("a,b\n1,x\n"))
    app.secrets, app.user = AUTH, ANA
    go(app, "versions")
    app.text_input(key="versions.message").set_value("mine").run()
    click(app, "Commit")
    assert unforeseen(app) == []
    assert [v["actor"] for v in versions.log(Store(), dataset(app).id)] == ["ana@example.com"]
    assert "by ana@example.com" in texts(app)
