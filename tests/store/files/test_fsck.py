"""A damaged store: what is read is checked, what can be rebuilt is rebuilt, and fsck says what the rest touches."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from dataops_core.cli.main import main
from dataops_core.errors import IntegrityError
from dataops_core.export.verify import verify_bundle
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.store import catalog, datasets, fsck, jobs, states, versions
from dataops_core.store import objects as objects_module
from dataops_core.store.store import Store, whoami

CSV = "city,n\n" + "".join(f" town {i % 50} ,{i if i % 9 else ''}\n" for i in range(500))
STEPS = (
    RecipeStep("trim_spaces", {"columns": ["city"]}),
    RecipeStep("fill_missing", {"columns": ["n"], "how": "median"}),
)


@pytest.fixture
def dataset(store: Store, tmp_path: Path) -> str:
    (tmp_path / "towns.csv").write_text(CSV)
    made = datasets.add(store, datasets.default_project(store, "ann"), tmp_path / "towns.csv", "towns.csv", "ann")
    here = datasets.get(store, made)
    datasets.edit(store, made, here.revision, replace(here.recipe, steps=STEPS), "two steps", "ann")
    versions.commit(store, made, "one", "ann")
    return made


def flip(path: Path, at: float = 0.5, bit: int = 0) -> None:
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[int(at * (len(data) - 1))] ^= 1 << bit
    path.write_bytes(data)
    path.chmod(0o444)


def file_of(store: Store, state: str) -> Path:
    with store.reading() as connection:
        md5 = connection.scalar(
            catalog.state.select().with_only_columns(catalog.state.c.md5).where(catalog.state.c.id == state)
        )
    return store.home / "objects" / "files" / "md5" / md5[:2] / md5[2:]


@pytest.mark.parametrize("at", [i / 6 for i in range(7)])
def test_one_flipped_bit_in_a_table_is_noticed_and_the_table_rebuilt(store, dataset, tmp_path, at):
    version = versions.get(store, dataset, 1)
    flip(file_of(store, version.state), at, bit=int(at * 7))
    assert states.table(store, version.state).content_hash == version.content_hash
    versions.export(store, dataset, 1, tmp_path / "b.zip", "ann")
    assert verify_bundle(tmp_path / "b.zip").ok


def test_tables_that_are_gone_are_rebuilt_through_all_steps(store, dataset):
    version = versions.get(store, dataset, 1)
    with store.reading() as connection:
        every = connection.scalars(catalog.state.select().with_only_columns(catalog.state.c.id)).all()
    assert len(every) == 3
    for state in every:
        file_of(store, state).unlink()
    assert states.table(store, version.state).content_hash == version.content_hash


def test_a_server_has_a_damaged_table_rebuilt_by_a_worker_and_reads_no_file(store, dataset, monkeypatch):
    version = versions.get(store, dataset, 1)
    with store.reading() as connection:
        every = connection.scalars(catalog.state.select().with_only_columns(catalog.state.c.id)).all()
    for state in every:
        file_of(store, state).unlink()
    monkeypatch.setattr(states, "read_file", lambda *_, **__: pytest.fail("read in the server"))
    server = Store(store.home, is_server=True)
    assert states.table(server, version.state).content_hash == version.content_hash
    assert [(job.kind, job.state) for job in jobs.recent(store, whoami(), 600)] == [("rebuild", "done")]


@pytest.mark.slow
def test_a_server_says_why_a_damaged_table_cannot_be_rebuilt(store, dataset):
    version = versions.get(store, dataset, 1)
    with store.writing() as connection:
        connection.execute(catalog.state.update().values(content_hash="0" * 64))
    file_of(store, version.state).unlink()
    with pytest.raises(IntegrityError, match="is not the same"):
        states.table(Store(store.home, is_server=True), version.state)


@pytest.mark.slow
def test_what_does_not_come_out_as_it_was_is_not_passed_off_as_it(store, dataset):
    version = versions.get(store, dataset, 1)
    with store.writing() as connection:
        connection.execute(catalog.state.update().values(content_hash="0" * 64))
    file_of(store, version.state).unlink()
    with pytest.raises(IntegrityError, match="is not the same"):
        states.table(store, version.state)


def test_a_damaged_raw_file_is_refused_and_replaced_when_the_intact_one_is_read_again(store, dataset, tmp_path):
    raw = datasets.get(store, dataset).raw
    stored = store.objects.local(raw["md5"])
    flip(stored)
    with pytest.raises(IntegrityError, match="damaged"):
        store.raw_file(raw)
    datasets.store_raw(store, tmp_path / "towns.csv", "towns.csv")
    assert store.raw_file(raw).read_text() == CSV


def test_fsck_names_the_damaged_files_and_the_versions_they_touch(store, dataset, monkeypatch, capsys):
    version = versions.get(store, dataset, 1)
    raw = store.objects.local(version.manifest["raw"]["md5"])
    healthy = fsck.check(store)
    assert healthy.ok
    assert healthy.files == 5  # raw file, manifest, three tables
    flip(raw)
    flip(file_of(store, version.state))
    monkeypatch.setenv("DATAOPS_HOME", str(store.home))
    assert main(["fsck", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert {(d["what"], d["problem"]) for d in told["damages"]} == {
        ("raw file", "A stored file is damaged."),
        ("table", "A stored file is damaged."),
    }
    assert [d["versions"] for d in told["damages"] if d["what"] == "raw file"] == [["towns, draft", "towns, version 1"]]
    assert main(["fsck", "--heal"]) == 1  # the raw file cannot be rebuilt, the table can: from the state before it
    out = capsys.readouterr().out
    assert "table, rebuilt" in out
    assert "towns, version 1" in out


def test_a_file_is_on_disk_before_it_gets_its_name(store, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(
        objects_module.os,
        "fsync",
        lambda handle, real=os.fsync: seen.append(("fsync", os.fstat(handle).st_ino)) or real(handle),
    )
    monkeypatch.setattr(
        objects_module.os,
        "replace",
        lambda a, b, real=os.replace: seen.append(("replace", Path(a).stat().st_ino)) or real(a, b),
    )
    path = store.scratch_file()
    path.write_text("something")
    stored = store.objects.put(path)
    inode = store.objects.local(stored.md5).stat().st_ino
    order = [seen.index(("fsync", inode)), seen.index(("replace", inode))]
    folder = store.objects.local(stored.md5).parent.stat().st_ino
    assert order[0] < order[1] < len(seen) - 1 - seen[::-1].index(("fsync", folder))
