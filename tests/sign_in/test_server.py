"""People on a real server, without browsers: who is let in, what they are sent, and that nobody is sent another's."""

import contextlib
import http.client
import time
from base64 import urlsafe_b64encode

import itsdangerous
import pytest

from benchmarks.people import load
from benchmarks.people.load import settle_in, strangers
from benchmarks.people.visitor import Visitor, signed_cookie
from dataops_core.store.people import members
from dataops_core.store.store import Store
from dataops_core.store.trail import audit

HOUR = 3600


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("people")


@pytest.fixture(scope="module")
def crowd(folder):
    """Four people with a dataset each; there before the server is."""
    return [settle_in(folder / "home", folder, number) for number in range(4)]


@pytest.fixture(scope="module")
def server(folder, crowd):
    with load.served(folder, STREAMLIT_SERVER_MAX_UPLOAD_SIZE="1") as made:
        yield made
    assert "Traceback" not in made.log.read_text()


@pytest.fixture
def tabs():
    """Tabs that are closed at the end."""
    opened = []
    yield lambda visitor: opened.append(visitor) or visitor
    for each in opened:
        each.close()


def asked_to_sign_in(visitor):
    return [each.button.label for each, _ in visitor.last.elements.values() if each.HasField("button")] == ["Sign in"]


def story(server, what):
    with Store(server.home).reading() as connection:
        entries = audit.entries(connection)
        audit.check_chain(entries)
    return [(each["actor"], each["details"]) for each in entries if each["what"] == what]


@pytest.mark.slow
def test_people_who_work_at_once_are_sent_their_own_data_alone(server, crowd):
    load.work(server, crowd[:3], seconds=120, pause=(0, 0), rounds=1)
    for each in crowd[:3]:
        done = [what for what, _ in each.times]
        assert each.failures == [] and {"preview", "apply", "undo", "save a version"} <= set(done)
        assert each.others == set() and each.own > 100


def test_a_word_of_another_would_be_noticed():
    content = b"..marker01x0123abcd\x00marker02xffff0000 marker01x0123abcd"
    assert strangers(content, "marker01x0123abcd") == ({"marker02xffff0000"}, 2)


def test_the_address_of_another_ones_dataset_shows_nothing_and_the_log_says_who_tried(server, crowd, tabs):
    eve, victim = crowd[0], crowd[1]
    visitor = tabs(server.visitor(eve.name))
    before = len(story(server, "refused"))
    for page in ("data", "versions", "clean", "overview"):
        run = visitor.open(page, {"p": victim.project, "d": victim.dataset})
        assert victim.marker not in run.content.decode("latin-1") and run.failures == []
    tried = story(server, "refused")[before:]
    assert {actor for actor, _ in tried} == {eve.name} and len(tried) >= 4


@pytest.mark.parametrize(
    ("size", "change", "status"),
    [
        (1000, {}, 204),
        (2 * 2**20, {}, 413),
        (2 * 2**20, {"Content-Length": None}, 413),  # in pieces, whose size nobody says before
        (1000, {"X-Xsrftoken": "2|00000000|0000|1"}, 403),
        (1000, {"session": "somebody-else"}, 403),
    ],
)
def test_an_upload_that_is_too_large_or_not_the_pages_own_is_refused_and_its_size_logged(
    server, crowd, tabs, size, change, status
):
    visitor = tabs(server.visitor(crowd[0].name))
    visitor.open("data", {"p": crowd[0].project})
    before = len(story(server, "refused"))
    assert upload(server, visitor, size, change) == status
    refused = story(server, "refused")[before:]
    why = {"action": "upload", "why": "The file is larger than this server takes."}
    assert refused == ([(crowd[0].name, why)] if status == 413 else [])


def test_nobody_uploads_before_the_sign_in_or_after_its_end(server, crowd, tabs):
    stranger = tabs(Visitor(server.url))
    stranger.open("data", {"p": crowd[0].project})
    assert upload(server, stranger, 1000, {}) == 403
    assert "nobody is signed in where it comes from" in server.log.read_text()
    leaving = tabs(server.visitor("leaving@example.com", iat=int(time.time()) - HOUR))
    leaving.open("overview")
    assert upload(server, leaving, 1000, {}) == 204
    leaving.click("frame.sign_out")
    assert upload(server, leaving, 1000, {}) == 403


def upload(server, visitor, size, change):
    """The status that a file of that size from that tab gets; `change` are other headers, or another session."""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="../../a.csv"\r\n\r\n'
        + b"1" * size
        + b"\r\n--x--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=x", "X-Xsrftoken": visitor.token}
    headers |= {"Cookie": f"_streamlit_xsrf={visitor.token}", **change}
    session = headers.pop("session", visitor.session)
    pieces = "Content-Length" in headers
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=60)
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the server may hang up before all is sent
        connection.request(
            "PUT",
            f"/_stcore/upload_file/{session}/a-file",
            body=iter([body[:1000], body[1000:]]) if pieces else body,
            headers={name: value for name, value in headers.items() if value is not None},
            encode_chunked=False,
        )
    status = connection.getresponse().status
    connection.close()
    return status


def forgeries(server, person):
    """Cookies that look like a sign-in of that person, and are none."""
    real = signed_cookie(server.secret, server.url, person)
    payload, signature = real.split(".", 1)
    old = itsdangerous.URLSafeTimedSerializer(server.secret, salt="_streamlit_user")
    old.make_signer = lambda salt=None, real=old.make_signer: _aged(real(salt))
    return {
        "made up": "forged",
        "another secret": signed_cookie("x" * 48, server.url, person),
        "another payload": urlsafe_b64encode(payload.encode()[:-2] + b"XX").decode().rstrip("=") + "." + signature,
        "cut": real[:-3],
        "from another site": signed_cookie(server.secret, "http://elsewhere.example.com", person),
        "signed forty days ago": old.dumps('{"email": "' + person + '", "is_logged_in": true, "iat": 1}'),
    }


def _aged(signer):
    signer.get_timestamp = lambda: int(time.time()) - 40 * 24 * HOUR
    return signer


def test_forged_cookies_get_nothing_and_the_servers_log_says_so(server, crowd, tabs):
    victim = crowd[1]
    real = tabs(Visitor(server.url, signed_cookie(server.secret, server.url, victim.name)))
    assert victim.marker in real.open("data", {"d": victim.dataset}).content.decode("latin-1")
    for name, cookie in forgeries(server, victim.name).items():
        before = server.log.read_text().count("a cookie was refused")
        visitor = tabs(Visitor(server.url, cookie))
        for page in ("data", "versions"):
            run = visitor.open(page, {"d": victim.dataset})
            assert asked_to_sign_in(visitor), name
            assert victim.marker not in run.content.decode("latin-1"), name
        assert server.log.read_text().count("a cookie was refused") == before + 1, name
    told = [each for each in story(server, "refused") if "forged" in each[1]["why"]]
    why = "The cookie is forged, or older than this server's secret."
    assert told == [("nobody", {"action": "sign in", "why": why})]  # one a minute, whoever sends how many


def test_a_sign_in_counts_for_hours_and_has_to_say_when_it_was_made(server, crowd, tabs):
    victim = crowd[1]
    for claims, why in (
        ({"iat": int(time.time()) - 13 * HOUR}, "The sign-in is too old."),
        ({"iat": "soon"}, "The sign-in does not say when it was made."),
        ({"iat": float("nan")}, "The sign-in does not say when it was made."),
    ):
        visitor = tabs(server.visitor(victim.name, **claims))
        run = visitor.open("data", {"d": victim.dataset})
        assert asked_to_sign_in(visitor) and why in run.content.decode("latin-1")
        assert victim.marker not in run.content.decode("latin-1")
        assert story(server, "refused")[-1] == (victim.name, {"action": "sign in", "why": why})


def test_a_copied_cookie_is_worth_nothing_once_its_owner_has_signed_out(server, crowd, tabs):
    owner = crowd[3]
    cookie = signed_cookie(server.secret, server.url, owner.name, iat=int(time.time()) - HOUR)
    tab, other = tabs(Visitor(server.url, cookie)), tabs(Visitor(server.url, cookie))
    for each in (tab, other):
        assert owner.marker in each.open("data", {"d": owner.dataset}).content.decode("latin-1")
    tab.click("frame.sign_out")
    run = other.choose("data.words", "red")  # a part of the page that runs alone
    assert owner.marker not in run.content.decode("latin-1")
    replayed = tabs(Visitor(server.url, cookie))
    run = replayed.open("data", {"d": owner.dataset})
    assert asked_to_sign_in(replayed) and owner.marker not in run.content.decode("latin-1")
    assert [actor for actor, _ in story(server, "signed out")][-1] == owner.name
    again = tabs(server.visitor(owner.name))
    assert owner.marker in again.open("data", {"d": owner.dataset}).content.decode("latin-1")


def test_a_group_that_is_withdrawn_is_gone_in_open_tabs_and_an_old_cookie_does_not_bring_it_back(server, crowd, tabs):
    owner, now = crowd[2], int(time.time())
    members.invite(Store(server.home).of(owner.name), owner.project, "group:analysts", "editor", owner.name)
    signed = signed_cookie(server.secret, server.url, "ed@example.com", groups=["analysts"], iat=now - HOUR)
    tab = tabs(Visitor(server.url, signed))
    assert owner.marker in tab.open("data", {"d": owner.dataset}).content.decode("latin-1")
    newer = tabs(server.visitor("ed@example.com", groups=[], iat=now))
    newer.open("overview")
    run = tab.choose("data.words", "red")
    assert owner.marker not in run.content.decode("latin-1")
    replayed = tabs(Visitor(server.url, signed))
    for visitor in (tab, replayed):
        run = visitor.open("data", {"d": owner.dataset})
        assert owner.marker not in run.content.decode("latin-1")


def test_whoever_is_removed_is_out_in_the_tab_that_is_open(server, crowd, tabs):
    owner, store = crowd[2], Store(server.home).of(crowd[2].name)
    members.invite(store, owner.project, "guest@example.com", "editor", owner.name)
    tab = tabs(server.visitor("guest@example.com"))
    assert owner.marker in tab.open("data", {"d": owner.dataset}).content.decode("latin-1")
    members.remove(store, owner.project, "guest@example.com", owner.name)
    run = tab.choose("data.words", "red")
    assert owner.marker not in run.content.decode("latin-1")
