"""What killed processes left: counted, and removed where nothing needs it and nobody may be about to use it."""

import json
import os
import time
from dataclasses import replace

import pytest

from dataops_core.cli.main import main
from dataops_core.errors import AccessError, ConflictError, SettingError
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.store import catalog, datasets, fsck, jobs, states, versions
from dataops_core.store.purge import leftovers
from dataops_core.store.store import Store

CSV = "city,n\nParis,1\n Rome ,2\n"
DAY = 86_400


def dataset_of(store, folder, text=CSV, name="c.csv"):
    (folder / name).write_text(text)
    return datasets.add(store, datasets.default_project(store, "ann"), folder / name, name, "ann")


def orphan(store, text, age=2 * DAY):
    """A stored file that nothing names, as a process leaves it that is killed between storing and entering it."""
    file = store.scratch_file()
    file.write_text(text)
    md5 = store.objects.put(file).md5
    aged(store, md5, age)
    return md5


def aged(store, md5, age=2 * DAY):
    os.utime(store.objects.local(md5), (time.time() - age,) * 2)


@pytest.fixture
def store(tmp_path):
    """A store by the clock of this machine: files have its time."""
    return Store(tmp_path / "home", person="ann")


def test_what_nothing_needs_is_counted_and_removed_and_all_else_stays(store, tmp_path):
    dataset = dataset_of(store, tmp_path)
    here = datasets.get(store, dataset)
    datasets.edit(
        store, dataset, here.revision, replace(here.recipe, steps=(RecipeStep("trim_spaces", {"columns": ["city"]}),)),
        "trim", "ann",
    )  # fmt: skip
    version = versions.commit(store, dataset, "one", "ann")
    for md5 in store.objects.all():
        aged(store, md5)
    kept = set(store.objects.all())
    assert kept == set(fsck.needed(store))
    over, young = orphan(store, "x" * 1000), orphan(store, "young", age=60)
    folder = store.objects.local(over).parent
    half = folder / "cdef.99999999.part"
    half.write_bytes(b"half")
    os.utime(half, (time.time() - 2 * DAY,) * 2)
    lock = store.home / "jobs" / "nobody.lock"
    lock.parent.mkdir(exist_ok=True)
    lock.touch()
    os.utime(lock, (time.time() - 2 * DAY,) * 2)
    found = leftovers.find(store)
    assert found.to_json() == {"files": 1, "unfinished": 2, "tables": 0, "size": 1004, "recent": 1}
    assert over in store.objects.all(), "it is only counted"
    assert leftovers.remove(store, "ann") == found
    assert set(store.objects.all()) == kept | {young} and not half.exists() and not lock.exists()
    assert leftovers.find(store) == leftovers.Leftovers(0, 0, 0, 0, 1)
    assert fsck.check(store).ok and versions.table(store, version).rows == 2


def test_what_undo_and_a_job_need_stays(store, tmp_path):
    dataset = dataset_of(store, tmp_path)
    here = datasets.get(store, dataset)
    (tmp_path / "later.csv").write_text("city,n\nOslo,3\n")
    raw = datasets.store_raw(store, tmp_path / "later.csv", "later.csv")
    datasets.edit(store, dataset, here.revision, here.recipe, "new file", "ann", raw=raw)
    datasets.undo(store, dataset, datasets.get(store, dataset).revision, "ann")
    made = orphan(store, "a report that a job made")
    with store.writing() as connection:
        row = {"id": "j", "kind": "export", "args": {}, "key": "k", "state": "done", "share": 1.0, "note": ""}
        row |= {"cancel": False, "beat": 0.0, "created": 0.0, "actor": "ann", "place": "", "result": {"md5": made}}
        connection.execute(catalog.job.insert().values(row))
    for md5 in store.objects.all():
        aged(store, md5)
    assert leftovers.remove(store, "ann").files == 0
    datasets.redo(store, dataset, datasets.get(store, dataset).revision, "ann")
    assert store.raw_file(datasets.get(store, dataset).raw).read_text() == "city,n\nOslo,3\n"
    assert jobs.get(store, "j").result["md5"] in store.objects.all()


def test_a_table_of_a_dataset_that_never_came_to_be_goes_with_its_file(store, tmp_path):
    dataset_of(store, tmp_path)
    kept = set(store.objects.all())
    (tmp_path / "lost.csv").write_text("a\n1\n")
    raw = datasets.store_raw(store, tmp_path / "lost.csv", "lost.csv")
    states.read_raw(store, raw, None)  # killed here: it would be a dataset next
    for md5 in store.objects.all():
        aged(store, md5)
    assert leftovers.find(store).tables == 0, "the table was computed just now"
    later = Store(store.home, person="ann", clock=lambda: f"{int(time.strftime('%Y')) + 1}-12-31T00:00:00Z")
    assert (leftovers.remove(later, "ann").files, leftovers.find(later).tables) == (2, 0)
    assert set(store.objects.all()) == kept and fsck.check(store).ok
    dataset = dataset_of(store, tmp_path, "a\n1\n", "lost.csv")  # the same file again
    assert versions.commit(store, dataset, "one", "ann").manifest["data"]["rows"] == 1


def test_the_table_of_another_dataset_that_a_step_joins_stays_whatever_became_of_that_one(store, tmp_path):
    dataset = dataset_of(store, tmp_path)
    (tmp_path / "other.csv").write_text("city,land\nParis,FR\n")
    raw = datasets.store_raw(store, tmp_path / "other.csv", "other.csv")
    root, source = states.read_raw(store, raw, None)
    here = datasets.get(store, dataset)
    content = source.table.content_hash
    joined = RecipeStep("join_table", {"table": "other", "content": content, "keys": ["city"]})
    datasets.edit(store, dataset, here.revision, replace(here.recipe, steps=(joined,)), "join", "ann")
    later = Store(store.home, person="ann", clock=lambda: f"{int(time.strftime('%Y')) + 1}-12-31T00:00:00Z")
    assert leftovers.find(later).tables == 0
    assert states.known(store, root)


def test_who_stores_the_same_file_again_keeps_it(store):
    md5 = orphan(store, "the same")
    file = store.scratch_file()
    file.write_text("the same")
    store.objects.put(file)  # somebody is about to enter it
    assert leftovers.remove(store, "ann").files == 0 and md5 in store.objects.all()


def test_who_stores_it_again_between_the_count_and_the_removal_keeps_it_too(store):
    md5 = orphan(store, "the same")
    (seen,) = [each for each in store.objects.listing() if each.md5 == md5]
    file = store.scratch_file()
    file.write_text("the same")
    store.objects.put(file)
    assert not store.objects.remove_older(seen, time.time() - DAY) and md5 in store.objects.all()
    aged(store, md5)
    assert store.objects.remove_older(seen, time.time() - DAY) and md5 not in store.objects.all()
    assert store.objects.remove_older(seen, time.time() - DAY), "gone already"


def test_whoever_comes_too_late_is_told_and_nothing_is_half(store, tmp_path):
    dataset = dataset_of(store, tmp_path)
    here = datasets.get(store, dataset)
    (tmp_path / "late.csv").write_text("city,n\nBonn,9\n")
    raw = datasets.store_raw(store, tmp_path / "late.csv", "late.csv")
    aged(store, raw["md5"])
    leftovers.remove(store, "ann")  # a day later; the tab is still open
    with pytest.raises(ConflictError, match="purged meanwhile"):
        datasets.edit(store, dataset, here.revision, here.recipe, "new file", "ann", raw=raw)
    assert fsck.check(store).ok


def test_a_grace_time_that_could_hit_a_writer_is_refused(store):
    with pytest.raises(SettingError, match="that young"):
        leftovers.remove(store, "ann", older_than=0.5)


def test_only_who_looks_after_the_store_may_and_it_is_logged(store, tmp_path, monkeypatch, capsys):
    from dataops_core.store.people import members

    dataset_of(store, tmp_path)
    orphan(store, "x" * 1000)
    monkeypatch.setenv("DATAOPS_HOME", str(store.home))
    assert main(["fsck"]) == 0
    assert "1 stored file (0.0 MB) left over" in capsys.readouterr().out
    assert main(["fsck", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["leftovers"]["files"] == 1
    assert main(["gc", "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith("1 stored file (0.0 MB) would be removed.")
    assert main(["gc", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["files"], told["size"], told["dry_run"]) == (1, 1000, False)
    assert main(["gc"]) == 0
    assert capsys.readouterr().out.startswith("0 stored files (0.0 MB) removed.")
    assert main(["audit", "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert [each["details"]["size"] for each in entries["entries"] if each["what"] == "leftovers removed"] == [1000]
    members.switch_on(store, ["boss"], "boss")
    with pytest.raises(AccessError):
        leftovers.remove(store, "ann")
    with pytest.raises(AccessError):
        leftovers.find(store.of("ben"))
