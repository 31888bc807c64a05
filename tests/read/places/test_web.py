"""Tables at web addresses, and the tricks by which an address leads into the own network."""

import json
import socket
from pathlib import Path

import pytest

from dataops_core.cli.main import main
from dataops_core.errors import InputError, SettingError
from dataops_core.read import read_file
from dataops_core.read.places import Rules, fetch, shown
from dataops_core.read.places.rules import is_public
from tests.read.places.web_server import CSV, Handler


def rules(**more):
    return Rules(hosts=frozenset({"127.0.0.1", "localhost"}), **more)


def test_what_is_fetched_is_the_file_under_its_own_name(web, tmp_path):
    notes = []
    path = fetch(
        f"{web[1]}/data/people.csv?year=2024", tmp_path, rules(), progress=lambda share, _: notes.append(share)
    )
    assert (path.name, path.read_bytes(), notes) == ("people.csv", CSV, [1.0])
    assert read_file(path, tmp_path / "t.parquet").table.names == ["name", "age"]
    (tmp_path / "other").mkdir()
    assert fetch(f"{web[1]}/people", tmp_path / "other", rules()).name == "people.csv", "named by its content type"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1:9/x.csv", "inside the own network"),
        ("http://localhost/x.csv", "inside the own network"),
        ("http://[::1]/x.csv", "inside the own network"),
        ("http://[::ffff:10.0.0.1]/x.csv", "inside the own network"),
        ("http://0x7f000001/x.csv", "inside the own network|no such host"),
        ("http://2130706433/x.csv", "inside the own network|no such host"),
        ("http://169.254.169.254/latest/meta-data", "inside the own network"),
        ("http://0.0.0.0/x.csv", "inside the own network"),
        ("file:///etc/passwd", "file:// addresses are not opened"),
        ("FILE:///etc/passwd", "file:// addresses are not opened"),
        ("ftp://example.com/x.csv", "ftp:// addresses are not opened"),
        ("gopher://127.0.0.1/x", "gopher:// addresses are not opened"),
        ("http:///x.csv", "names no host"),
        ("http://[x/a", "not an address|no host"),
        ("http://example.com:port/a", "port is not a number"),
    ],
)
def test_addresses_into_the_own_network_and_of_files_are_refused(address, said, tmp_path):
    with pytest.raises(SettingError, match=said):
        fetch(address, tmp_path, Rules())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["64:ff9b::7f00:1", "2002:7f00:1::", "fd00::1", "fe80::1%eth0", "224.0.0.1", "100.64.0.1"]
)
def test_addresses_that_hide_another_one_are_not_public(text):
    assert not is_public(text)


def test_every_redirect_is_looked_at(web, tmp_path):
    server, base = web
    server.targets = {
        "/to/self": "/people.csv",
        "/to/inside": "http://10.0.0.1/people.csv",
        "/to/file": "file:///etc/passwd",
        "/to/cloud": "http://169.254.169.254/latest/meta-data",
    }
    assert fetch(f"{base}/to/self", tmp_path, rules()).read_bytes() == CSV
    for trick, said in (("inside", "own network"), ("cloud", "own network"), ("file", "not opened")):
        with pytest.raises(SettingError, match=said):
            fetch(f"{base}/to/{trick}", tmp_path, rules())
    with pytest.raises(InputError, match="without end"):
        fetch(f"{base}/endless", tmp_path, rules())


def test_a_name_that_means_another_place_a_moment_later_is_asked_where_it_was_looked_at(web, tmp_path, monkeypatch):
    server, _ = web
    port, answers, real = server.server_address[1], iter([["127.0.0.1"]]), socket.getaddrinfo

    def once(host, *more, **named):
        if host != "rebinding.test":
            return real(host, *more, **named)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers)[0], port))]

    monkeypatch.setattr(socket, "getaddrinfo", once)
    allowed = Rules(hosts=frozenset({"rebinding.test"}))
    assert fetch(f"http://rebinding.test:{port}/people.csv", tmp_path, allowed).read_bytes() == CSV


def test_too_much_and_too_little_are_said(web, tmp_path):
    with pytest.raises(SettingError, match="There are more than"):
        fetch(f"{web[1]}/people.csv", tmp_path, rules(largest=10))
    with pytest.raises(SettingError, match="There are more than"):
        fetch(f"{web[1]}/chunks", tmp_path, rules(largest=1_200_000))
    with pytest.raises(InputError, match="23 of 999 bytes came|cannot be fetched"):
        fetch(f"{web[1]}/short", tmp_path, rules())
    with pytest.raises(InputError, match="The server answers 404"):
        fetch(f"{web[1]}/nothing.csv", tmp_path, rules())
    with pytest.raises(InputError, match="cannot be fetched: ConnectionRefusedError"):
        fetch("http://127.0.0.1:1/x.csv", tmp_path, rules())


SECRET = "s3cr3t/ü-9137"


def test_a_secret_reaches_the_server_and_nothing_else(web, tmp_path, monkeypatch, capfd):
    server, base = web
    server.targets = {"/to/other": f"http://localhost:{server.server_address[1]}/people.csv"}
    monkeypatch.setenv("DATAOPS_SECRET_PW", SECRET)
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    with_user = base.replace("http://", "http://jo:${PW}@")
    assert (
        main(["commit", "people", f"{with_user}/people.csv?key=${{PW}}", "-m", "fetched", "--pii-reason", "made up"])
        == 0
    )
    assert main(["export", "people", "1", "-o", "out.zip", "--pii-reason", "made up"]) == 0
    assert main(["profile", f"{with_user}/people.csv", "--html", "report.html"]) in (0, 1)
    assert main(["read", f"{with_user}/nothing.csv?key=${{PW}}", "--json"]) == 2
    assert main(["read", f"{with_user}/to/other", "--out", "other.csv"]) == 0
    assert main(["read", "http://jo:${PW}@10.0.0.1/x.csv"]) == 2
    authorities = {authority for path, authority in Handler.seen if path.startswith("/people.csv?key=")}
    assert authorities == {"Basic am86czNjcjN0L8O8LTkxMzc="}, "jo and the secret"
    assert Handler.seen[-1][1] is None, "a redirect to another host takes no password along"
    out, err = capfd.readouterr()
    found = {
        path.name
        for path in tmp_path.rglob("*")
        if path.is_file() and any(word in path.read_bytes() for word in words())
    }
    assert found == set() and not any(word in (out + err).encode() for word in words())


def words():
    return [SECRET.encode(), b"s3cr3t%2F%C3%BC-9137", b"czNjcjN0", b"s3cr3t"]


def test_a_secret_is_named_and_bound_and_never_written_out(tmp_path, monkeypatch):
    monkeypatch.setenv("DATAOPS_SECRET_PW", SECRET)
    monkeypatch.setenv("DATAOPS_SECRET_PW_HOST", "example.com")
    monkeypatch.setenv("DATAOPS_SIGNING_KEY", "signs")
    for address, said in (
        ("https://jo:plain@example.com/x", "A password stands in the address"),
        ("https://jo:${NOTHING}@example.com/x", "The secret NOTHING is not set"),
        ("https://jo:${SIGNING_KEY}@example.com/x", "The secret SIGNING_KEY is not set"),
        ("https://evil.example/x?key=${PW}", "not for this host"),
        ("https://${PW}.example.com/x", "stands where it would be seen"),
        ("https://example.com/${PW}/x", "stands where it would be seen"),
    ):
        with pytest.raises(SettingError, match=said) as raised:
            fetch(address, tmp_path, Rules())
        assert "plain" not in str(raised.value).replace("plain@", "") and SECRET not in str(raised.value)
    assert shown("https://jo:${PW}@example.com/a.csv?key=${PW}") == "https://example.com/a.csv"


def test_every_command_that_takes_a_file_takes_an_address(web, tmp_path, capsys):
    address = f"{web[1]}/people.csv"
    (tmp_path / "people.csv").write_bytes(CSV)
    assert main(["hash", address, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert main(["hash", str(tmp_path / "people.csv"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == told
    assert main(["drift", address, address, "--json"]) == 0
    (tmp_path / "recipe.json").write_text(
        json.dumps({"steps": [{"op": "append_rows", "with": {"table": "more"}}]}), encoding="utf-8"
    )
    asked = [
        "run",
        str(tmp_path / "recipe.json"),
        address,
        "--with",
        f"more={address}",
        "-o",
        str(tmp_path / "out.csv"),
    ]
    assert main(asked) == 0
    assert Path(tmp_path / "out.csv").read_text(encoding="utf-8").count("Ada") == 2
