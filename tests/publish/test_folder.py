"""A folder: whole or not at all, never overwritten; and what holds for every place: access, reasons, log, secrets."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from dataops_core import publish as publishing
from dataops_core.cli.main import main
from dataops_core.errors import DataOpsError, PersonalDataError, SettingError
from dataops_core.publish import REGISTRY, places_of_environment, publisher_of
from dataops_core.store import datasets, versions
from dataops_core.store.publishing import publications
from dataops_core.store.store import Store
from dataops_core.store.trail import audit
from tests.publish.conftest import ROOT, frame_of


def files_of(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_each_version_lies_in_a_folder_of_its_own_with_its_sums(publish, tmp_path):
    told = publish("cities@2", "out")
    out = tmp_path / "out" / "cities"
    assert (told["where"], told["already"], told["version"]) == (str(out / "v2"), False, 2)
    sums = dict(reversed(line.split("  ")) for line in (out / "v2" / "SHA256SUMS").read_text().splitlines())
    found = files_of(out / "v2")
    assert found.pop("SHA256SUMS") and found == sums and "train.parquet" in found
    pd.testing.assert_frame_equal(
        pd.read_parquet(out / "v2" / "data.parquet"), frame_of(2), check_dtype=False, check_index_type=False
    )
    publish("cities@1", "out")
    assert (out / "latest").resolve() == out / "v2"
    assert publish("cities", "folder:out")["version"] == 3
    assert (out / "latest").resolve() == out / "v3" and sorted(path.name for path in out.iterdir()) == [
        "latest",
        "v1",
        "v2",
        "v3",
    ]


def test_published_again_nothing_changes(publish, tmp_path):
    publish("cities@1", "out")
    before = files_of(tmp_path / "out"), (tmp_path / "out" / "cities" / "v1").stat().st_mtime_ns
    assert publish("cities@1", "out")["already"] is True
    assert (files_of(tmp_path / "out"), (tmp_path / "out" / "cities" / "v1").stat().st_mtime_ns) == before


def test_what_is_damaged_or_somebody_elses_stays_and_is_named(publish, refused, tmp_path):
    publish("cities@1", "out")
    data = tmp_path / "out" / "cities" / "v1" / "data.csv"
    data.write_text("x")
    assert "data.csv was changed" in refused("cities@1", "out") and data.read_text() == "x"
    (tmp_path / "out" / "cities" / "v2").mkdir()
    assert "Something else lies there" in refused("cities@2", "out")
    assert list((tmp_path / "out" / "cities" / "v2").iterdir()) == []
    (tmp_path / "file").write_text("mine")
    assert "Nothing can be written there" in refused("cities@2", "file")


@pytest.mark.slow
def test_a_killed_publication_leaves_nothing_half(publish, tmp_path):
    """Killed at several moments, the place holds the whole version or none of it, and the next one makes it whole."""
    command = [sys.executable, "-m", "dataops_core", "publish", "cities@2", "--to", "out"]
    place = tmp_path / "out" / "cities" / "v2"
    for wait in (0.8, 1.3, 1.8):
        process = subprocess.Popen(
            command, start_new_session=True, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        time.sleep(wait)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if place.exists():
            assert "SHA256SUMS" in files_of(place)
            shutil.rmtree(tmp_path / "out")
    assert publish("cities@2", "out")["already"] is False
    assert publish("cities@2", "out")["already"] is True


def test_the_log_tells_that_it_began_and_that_it_ended(publish, refused, tmp_path):
    publish("cities@1", "out")
    (tmp_path / "file").write_text("mine")
    refused("cities@2", "file")
    store = Store()
    dataset = datasets.find(store, "cities")
    with store.reading() as connection:
        entries = audit.entries(connection, dataset)
    told = [(e["what"], e["details"]["number"], e["details"]["place"]) for e in entries if "publi" in e["what"]]
    out, file = f"folder:{tmp_path / 'out'}", f"folder:{tmp_path / 'file'}"
    assert told == [
        ("publication begun", 1, out), ("version published", 1, out), ("publication begun", 2, file),
    ]  # fmt: skip
    publish("cities@1", "out")
    assert [(each["number"], each["place"]) for each in publications.published(store, dataset)] == [(1, out)]


def test_a_version_that_names_people_needs_a_reason(home, tmp_path, capsys):
    (tmp_path / "p.csv").write_text("mail,n\n" + "".join(f"jo{i}@example.com,{i}\n" for i in range(30)))
    store = Store()
    project = datasets.default_project(store, store.person)
    made = datasets.add(store, project, tmp_path / "p.csv", "people.csv", store.person)
    versions.commit(store, made, "m", store.person, gate=False)
    with pytest.raises(PersonalDataError, match="still names people"):
        publications.publish_version(store, made, 1, str(tmp_path / "out"), store.person)
    assert not (tmp_path / "out").exists()
    assert main(["publish", "people", "--to", "out", "--pii-reason", "they asked for it"]) == 0
    with store.reading() as connection:
        reasons = [e["details"].get("reason") for e in audit.entries(connection, made) if "publi" in e["what"]]
    assert reasons == ["they asked for it", None]


def test_from_the_app_only_places_that_the_settings_name(home, tmp_path, monkeypatch):
    store = Store(is_server=True)
    dataset = datasets.find(store, "cities")
    with pytest.raises(SettingError, match="not among those to publish to"):
        publications.publish_version(store, dataset, 1, str(tmp_path / "out"), store.person, own=False)
    monkeypatch.setenv("DATAOPS_PUBLISH", f"Shop = {tmp_path / 'out'}\nWarehouse = sqlite:///{tmp_path}/w.db#cities")
    assert list(places_of_environment()) == ["Shop", "Warehouse"]
    publications.publish_version(store, dataset, 1, str(tmp_path / "out"), store.person, own=False)
    assert (tmp_path / "out" / "cities" / "v1" / "data.csv").is_file()
    assert main(["publish", "cities@1", "--to", "Warehouse"]) == 0 and (tmp_path / "w.db").is_file()
    monkeypatch.setenv("DATAOPS_PUBLISH", "Shop")
    with pytest.raises(SettingError, match="names no place"):
        places_of_environment()


@pytest.mark.parametrize(
    ("place", "match"),
    [
        ("", "Nothing says where"),
        ("ftp://host/x", "Nothing publishes to such a place"),
        ("s3:x", "Nothing publishes to such a place"),
        ("delta:gs://b/x", "Nothing writes Delta tables there|needs deltalake"),
        ("postgresql://jo:pw4711@host/db#t", "A password stands in the address"),
        ("postgresql://jo:${NO}@host/db#t", "The secret NO is not set"),
        ("sqlite:///x.db#a b", "not a name for a table"),
        ("feast:x", "needs to know"),
    ],
)
def test_what_cannot_be_a_place_is_said(refused, place, match, tmp_path):
    said = refused("cities@1", place)
    assert re.search(match, said) and "pw4711" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_every_publisher_recognizes_its_own_example_and_says_what_it_is():
    for publisher in REGISTRY.values():
        assert publisher_of(publisher.example)[0] is publisher
        assert publisher.title and publisher.says and publisher.publish.__doc__
        assert len({option.name for option in publisher.options}) == len(publisher.options)
    names = [option.name for each in REGISTRY.values() for option in each.options]
    assert len(names) == len(set(names))  # the command has one option for each


def test_a_new_publisher_is_one_file(home, tmp_path, monkeypatch):
    """What the guide for contributors promises: register it, and the command knows the place."""
    sent = []

    def send(version, address, given, progress):
        sent.append((version.number, address, len(list(version.batches()))))
        return publishing.Published.of("pigeon", address, version, already=False, use="wait")

    monkeypatch.setitem(
        REGISTRY, "pigeon", publishing.Publisher("pigeon", "A pigeon", "By air", "pigeon:home", ("pigeon:",), send)
    )
    assert main(["publish", "cities@1", "--to", "pigeon:north"]) == 0
    assert sent == [(1, str(tmp_path / "north"), 1)]


def test_no_secret_is_in_what_a_publisher_says(home, monkeypatch):
    monkeypatch.setenv("DATAOPS_SECRET_PW", "hush-4711/ü")

    def fail(version, address, given, progress):
        raise DataOpsError(f"cannot open {address}", address, f"ask hush-4711/ü at {address}")

    monkeypatch.setitem(
        REGISTRY, "leak", publishing.Publisher("leak", "A leak", "x", "leak://x", ("leak://",), fail, kind="address")
    )
    store = Store()
    with pytest.raises(DataOpsError, match="cannot open") as raised:
        publications.publish_version(store, datasets.find(store, "cities"), 1, "leak://jo:${PW}@h/x", store.person)
    said = json.dumps([raised.value.what, raised.value.where, raised.value.fix])
    assert "hush" not in said and "***" in said
