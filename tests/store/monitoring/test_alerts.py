"""Alerts: each once for every delivery and way out, tried again until it is sent, each attempt in the audit log."""

import datetime as dt
import email
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from dataops_core.errors import SettingError
from dataops_core.monitoring.channels import channels
from dataops_core.store import datasets, versions
from dataops_core.store.monitoring import alerts, deliveries
from dataops_core.store.store import Store
from dataops_core.store.trail import audit
from tests.monitoring.receivers import address, mail_server, webhook


class Clock:
    """A clock that goes on where somebody sleeps."""

    def __init__(self):
        self.now, self.slept = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), []

    def __call__(self):
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += dt.timedelta(seconds=seconds)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def house(tmp_path, clock):
    return Store(tmp_path / "home", clock=clock)


def fail(store, folder, name="june.csv"):
    """A delivery that fails: it has no rows to speak of."""
    if not datasets.projects(store):
        (folder / "may.csv").write_text("n,who\n" + "".join(f"{n},a\n" for n in range(100)))
        made = datasets.add(
            store, datasets.default_project(store, "ann"), folder / "may.csv", "may.csv", "ann", name="s"
        )
        versions.commit(store, made, "first", "ann")
    (folder / name).write_text(f"n,who\n1,{name}\n")
    return deliveries.watch(store, datasets.find(store, "s"), datasets.store_raw(store, folder / name, name), "ann")


def attempts(store):
    with store.reading() as connection:
        entries = [e for e in audit.entries(connection) if e["what"].startswith("alert")]
        audit.check_chain(audit.entries(connection))
    return [(e["what"], e["details"]["channel"], e["details"]["attempt"]) for e in entries]


def test_receivers_that_fail_twice_get_each_alert_exactly_once(house, clock, tmp_path, monkeypatch):
    with webhook(refuse=2) as hook, mail_server(refuse=2) as post:
        monkeypatch.setenv("DATAOPS_HOSTS", "127.0.0.1")
        monkeypatch.setenv("DATAOPS_ALERT_WEBHOOK", address("http", hook) + "/alerts?team=a")
        monkeypatch.setenv("DATAOPS_SMTP", address("smtp", post))
        monkeypatch.setenv("DATAOPS_ALERT_MAIL", "ben@example.com, eva@example.com")
        found = fail(house, tmp_path)
        tried = alerts.send_due(house, "ann", patience=30, sleep=clock.sleep)
        alerts.send_due(house, "ann", patience=30, sleep=clock.sleep)
        fail(house, tmp_path)  # the same file again
        alerts.send_due(house, "ann", patience=30, sleep=clock.sleep)
    assert (hook.refused, post.refused, clock.slept) == (2, 2, [2.0, 4.0])
    ((key, body),) = hook.got
    assert body["delivery"] == found.number and body["verdict"] == "fail" and body["dataset"] == "s"
    (mail,) = post.got
    read = email.message_from_string(mail)
    assert (
        read["Subject"] == "s: delivery 1 fails and is in quarantine"
        and read["To"] == "ben@example.com, eva@example.com"
    )
    assert read["Message-ID"] != f"<{key}@dataops>"
    assert all(each.sent and each.attempts == (1 if each.channel == "log" else 3) for each in tried)
    assert len((house.home / "alerts.log").read_text().splitlines()) == 1
    assert sorted(attempts(house)) == [
        ("alert not sent", "mail", 1),
        ("alert not sent", "mail", 2),
        ("alert not sent", "webhook", 1),
        ("alert not sent", "webhook", 2),
        ("alert sent", "log", 1),
        ("alert sent", "mail", 3),
        ("alert sent", "webhook", 3),
    ]


def test_an_alert_is_not_lost_while_its_receiver_is_away(house, clock, tmp_path, monkeypatch):
    with webhook() as gone:
        away = address("http", gone)
    monkeypatch.setenv("DATAOPS_HOSTS", "127.0.0.1")
    monkeypatch.setenv("DATAOPS_ALERT_WEBHOOK", away)
    fail(house, tmp_path)
    waiting = {each.channel: each for each in alerts.send_due(house, "ann", patience=5, sleep=clock.sleep)}
    assert waiting["webhook"].sent is None and "cannot be reached" in waiting["webhook"].error
    assert alerts.send_due(house, "ann") == []  # not due yet
    clock.sleep(3600)
    with webhook() as back:
        monkeypatch.setenv("DATAOPS_ALERT_WEBHOOK", address("http", back))
        (sent,) = alerts.send_due(house, "ben")
    assert sent.sent and len(back.got) == 1


def test_the_pause_doubles_and_is_an_hour_at_most():
    assert [alerts._pause(n) for n in (1, 2, 3, 11, 12, 500)] == [2, 4, 8, 2048, 3600, 3600]


def test_many_who_send_at_once_send_each_once(house, tmp_path, monkeypatch):
    with webhook() as hook:
        monkeypatch.setenv("DATAOPS_HOSTS", "127.0.0.1")
        monkeypatch.setenv("DATAOPS_ALERT_WEBHOOK", address("http", hook))
        numbers = [fail(house, tmp_path, f"{n}.csv").number for n in range(4)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: alerts.send_due(Store(house.home, clock=house.clock), "ann"), range(4)))
    assert sorted(body["delivery"] for _, body in hook.got) == numbers == [1, 2, 3, 4]
    assert len({key for key, _ in hook.got}) == 4


def test_a_host_inside_the_own_network_needs_to_be_allowed(house, tmp_path, monkeypatch):
    with webhook() as hook:
        monkeypatch.setenv("DATAOPS_ALERT_WEBHOOK", address("http", hook))
        fail(house, tmp_path)
        told = {each.channel: each for each in alerts.send_due(house, "ann")}
    assert hook.got == [] and "own network" in told["webhook"].error


def test_a_redirect_is_not_followed(house, tmp_path, monkeypatch):
    with webhook() as target, webhook() as hook:

        def redirect(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(307)
            self.send_header("Location", address("http", target))
            self.end_headers()

        hook.RequestHandlerClass.do_POST = redirect
        monkeypatch.setenv("DATAOPS_HOSTS", "127.0.0.1")
        monkeypatch.setenv("DATAOPS_ALERT_WEBHOOK", address("http", hook))
        fail(house, tmp_path)
        told = {each.channel: each.error for each in alerts.send_due(house, "ann")}
    assert target.got == [] and told["webhook"] == "The receiver answers 307."


def test_no_secret_of_an_address_is_kept_or_shown(house, tmp_path, monkeypatch):
    secret = "s3cr3t-t0ken"
    with webhook() as hook:
        monkeypatch.setenv("DATAOPS_HOSTS", "127.0.0.1")
        monkeypatch.setenv("DATAOPS_SECRET_HOOK", secret)
        monkeypatch.setenv("DATAOPS_ALERT_WEBHOOK", address("http", hook) + "/x?token=${HOOK}")
        fail(house, tmp_path)
        alerts.send_due(house, "ann")
        assert channels(house.home)["webhook"].leads_to == address("http", hook) + "/x"
    assert len(hook.got) == 1
    house.close()
    assert [path for path in house.home.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()] == []


def test_an_alert_holds_no_cell(house, tmp_path):
    fail(house, tmp_path, "annie-oakley.csv")
    (told,) = alerts.listed(house)
    body = {key: value for key, value in told.body.items() if key != "file"}
    assert "annie-oakley" not in json.dumps(body)


@pytest.mark.parametrize(
    "given",
    [{"DATAOPS_ALERT_WEBHOOK": "ftp://host/x"}, {"DATAOPS_ALERT_MAIL": "a@b.c", "DATAOPS_SMTP": "mail.host"}],
)
def test_addresses_that_do_not_fit_are_refused(tmp_path, given):
    with pytest.raises(SettingError, match="does not fit"):
        channels(tmp_path, given)
