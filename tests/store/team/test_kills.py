"""Nothing is lost and nothing is half there: processes that are killed, two that write at once, a disk that is full.

`make kills` kills 50 times.
"""

import json
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dataops_core.cli.main import main
from dataops_core.errors import ConflictError
from dataops_core.store import datasets, fsck, versions
from dataops_core.store.store import Store
from tests import postgres

ROOT = Path(__file__).parents[3]
KILLS = int(os.environ.get("DATAOPS_KILLS") or 5)


@pytest.fixture(params=["sqlite", "postgresql and s3"])
def place(request, tmp_path, monkeypatch):
    """The home of a store of either kind, by the environment."""
    if request.param != "sqlite":
        port, _ = request.getfixturevalue("servers")
        request.getfixturevalue("bucket")
        monkeypatch.setenv("DATAOPS_CATALOG", postgres.database(port, f"test_{secrets.token_hex(6)}"))
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def told(*words):
    done = subprocess.run(
        [sys.executable, "-m", "tests.store.team.kills", *map(str, words)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    print(done.stdout)
    return json.loads(done.stdout)


@pytest.mark.slow
def test_killed_at_random_moments_a_store_loses_nothing_and_has_nothing_half(place):
    found = told("kills", KILLS, 19)
    assert found["during"] >= KILLS // 2, "most kills should fall into a commit"
    assert found["done"] <= found["versions"] <= found["done"] + 1 + KILLS
    assert found["left"] == [found["versions"] + 1, 0] and found["unfinished"] == 0, "gc leaves nothing over"
    assert found["collected"] >= found["objects_over"]


@pytest.mark.slow
def test_two_that_write_at_once_both_get_all_in(place):
    assert told("writers", 4) == {"ended": [0, 0], "done": 8, "versions": 9}


def test_whoever_began_from_an_older_version_is_told_what_came_meanwhile(place, tmp_path):
    store = Store(place, person="ann")
    (tmp_path / "t.csv").write_text("city,n\nParis,1\nRome,2\n")
    (tmp_path / "u.csv").write_text("city,n\nParis,1\nRoma,2\nOslo,3\n")
    dataset = datasets.add(store, datasets.default_project(store, "ann"), tmp_path / "t.csv", "t.csv", "ann")
    versions.commit(store, dataset, "one", "ann")
    here = datasets.get(store, dataset)
    raw = datasets.store_raw(store, tmp_path / "u.csv", "u.csv")
    datasets.edit(store, dataset, here.revision, here.recipe, "April's file", "ben", raw=raw)
    with pytest.raises(ConflictError, match='by somebody else. Where it stands now: "April\'s file", by ben'):
        versions.commit(store, dataset, "stale", "ann", revision=here.revision)
    versions.commit(store, dataset, "two", "ben", onto=1)
    with pytest.raises(ConflictError) as caught:
        versions.commit(store, dataset, "three", "ann", onto=1)
    assert caught.value.what == (
        'Version 2 was saved meanwhile by ben: "two". 1 row added, 1 row changed. Changed in city (1 cell).'
    )
    assert "diff 1 2" in caught.value.fix and len(versions.log(store, dataset)) == 2
    versions.commit(store, dataset, "three", "ann", onto=2)
    store.close()


def test_another_one_may_be_faster_by_a_hair(store, tmp_path, monkeypatch):
    """The version is compared again in the transaction itself, and nothing of the slower one is left."""
    (tmp_path / "t.csv").write_text("city,n\nParis,1\n")
    dataset = datasets.add(store, datasets.default_project(store, "ann"), tmp_path / "t.csv", "t.csv", "ann")
    versions.commit(store, dataset, "one", "ann")
    real = versions.data_of

    def overtaken(table):
        monkeypatch.setattr(versions, "data_of", real)
        versions.commit(store, dataset, "two", "ben")
        return real(table)

    monkeypatch.setattr(versions, "data_of", overtaken)
    with pytest.raises(ConflictError, match='Version 2 was saved meanwhile by ben: "two". Its table is the same.'):
        versions.commit(store, dataset, "mine", "ann", onto=1)
    assert [each["message"] for each in versions.log(store, dataset)] == ["two", "one"]


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 4 MB, and how to make it larger."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() or not shutil.which("mount"):
        pytest.skip("a small disk can be mounted by root only")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield folder, lambda: subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True)
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.slow
def test_a_full_disk_is_said_in_words_and_nothing_is_lost(small_disk, tmp_path, monkeypatch, capsys):
    disk, enlarge = small_disk
    monkeypatch.setenv("DATAOPS_HOME", str(disk / "home"))
    table = tmp_path / "t.csv"

    def commit(number):
        table.write_text("city,n\n" + "".join(f"town {i},{number}{i}\n" for i in range(3000)))
        return main(["commit", "towns", str(table), "-m", f"m{number}"])

    assert commit(0) == 0
    saved, said, filler = 1, [], disk / "filler"
    for number, left in enumerate((0, 4, 12, 24, 40, 60, 80, 100, 120, 160, 200, 240), 1):  # KiB that are free
        filler.write_bytes(b"")
        free = shutil.disk_usage(disk).free - left * 1024
        filler.write_bytes(bytes(max(free, 0)))
        capsys.readouterr()
        if commit(number):
            said.append(capsys.readouterr().err)
        else:
            saved += 1
        filler.unlink()
        store = Store()
        dataset = datasets.find(store, "towns")
        assert fsck.check(store).ok, left
        assert len(versions.log(store, dataset)) == saved
        versions.table(store, versions.get(store, dataset, saved))
        store.close()
    assert len(said) >= 6
    for each in said:
        assert each.startswith("What:") and "Fix:" in each and "Unexpected error" not in each
        assert "No space left on device" in each or "disk is full" in each or "full" in each
    enlarge()
    assert commit(99) == 0
