"""The steps of a dataset on a cluster: a version like any other, by a job that can be cancelled."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from dataops_core.access.actions import ACTIONS
from dataops_core.errors import AccessError, InputError, PersonalDataError, SettingError
from dataops_core.export.verify import verify_bundle
from dataops_core.read import read_file
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.recipe.replay import run_recipe
from dataops_core.store import datasets, jobs, states, versions
from dataops_core.store.clusters import cluster_runs
from dataops_core.store.people import members
from dataops_core.store.store import Store
from tests.engines.conftest import HOME, WHY

needs_spark = pytest.mark.skipif(bool(WHY), reason=WHY)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A store with a dataset whose draft fills a gap with the median, and a cluster with one folder of two files."""
    for name in ("in/all", "out"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "in" / "all" / "a.csv").write_text("n,t\n1,x\n,y\n")
    (tmp_path / "in" / "all" / "b.csv").write_text("n,t\n7,x\n,z\n")
    (tmp_path / "clusters.toml").write_text(
        f'[warehouse]\nmaster = "local[1]"\ninput = "{tmp_path / "in"}"\noutput = "{tmp_path / "out"}"\n'
    )
    monkeypatch.setenv("DATAOPS_CLUSTERS", str(tmp_path / "clusters.toml"))
    store, file = Store(tmp_path / "home"), tmp_path / "some.csv"
    file.write_text("n,t\n2,x\n,y\n4,z\n")
    made = datasets.add(store, datasets.default_project(store, "ann"), file, "some.csv", "ann")
    fill = RecipeStep("fill_missing", {"columns": ["n"], "how": "median"})
    now = datasets.get(store, made)
    datasets.edit(store, made, now.revision, replace(now.recipe, steps=(fill,)), "fill", "ann")
    now = datasets.get(store, made)
    states.evaluate(store, now.raw, now.recipe)
    return store, made


def test_the_clusters_stand_in_a_file_of_the_administrator(here, tmp_path, monkeypatch):
    (cluster,) = cluster_runs.clusters()
    assert (cluster.name, cluster.master, cluster_runs.inputs(cluster)) == ("warehouse", "local[1]", ["all"])
    monkeypatch.delenv("DATAOPS_CLUSTERS")
    assert cluster_runs.clusters() == ()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[warehouse", "cannot be read"),
        ('[warehouse]\nmaster = "local"\n', "not described in full"),
        (None, "cannot be"),
    ],
)
def test_a_file_that_cannot_be_understood_is_told(tmp_path, monkeypatch, text, what):
    if text is not None:
        (tmp_path / "c.toml").write_text(text)
    monkeypatch.setenv("DATAOPS_CLUSTERS", str(tmp_path / "c.toml"))
    with pytest.raises(SettingError, match=what):
        cluster_runs.clusters()


def test_what_cannot_run_is_refused_before_anything_starts(here, monkeypatch):
    store, made = here
    monkeypatch.setattr(
        "dataops_core.store.clusters.cluster_runs._on_cluster", lambda *_: pytest.fail("it was started")
    )
    for source in ("nothing", "../out", ""):
        with pytest.raises(InputError, match="There is no"):
            cluster_runs.run(store, made, "warehouse", source, "all", "ann")
    with pytest.raises(SettingError, match='no cluster "elsewhere"'):
        cluster_runs.run(store, made, "elsewhere", "all", "all", "ann")
    with pytest.raises(SettingError, match="needs a message"):
        cluster_runs.run(store, made, "warehouse", "all", " ", "ann")
    now = datasets.get(store, made)
    steps = (RecipeStep("resample_rows", {"target": "t"}),)
    datasets.edit(store, made, now.revision, replace(now.recipe, steps=steps), "balance", "ann")
    with pytest.raises(SettingError, match="1 of 1 steps cannot run on spark"):
        cluster_runs.run(store, made, "warehouse", "all", "all", "ann")


def test_it_needs_the_right_to_change_steps(here):
    assert ACTIONS["cluster run"].needs == ACTIONS["version committed"].needs == "editor"
    store, made = here
    members.switch_on(store, ["ann"], "ann")
    with pytest.raises(AccessError):
        cluster_runs.run(Store(store.home, person="stranger"), made, "warehouse", "all", "all", "stranger")


def test_a_table_that_names_people_needs_a_reason_before_anything_starts(here, tmp_path, monkeypatch):
    store, _ = here
    monkeypatch.setattr(
        "dataops_core.store.clusters.cluster_runs._on_cluster", lambda *_: pytest.fail("it was started")
    )
    file = tmp_path / "people.csv"
    file.write_text("email,n\n" + "".join(f"person{n}@example.com,{n}\n" for n in range(50)))
    made = datasets.add(store, datasets.default_project(store, "ann"), file, "people.csv", "ann")
    with pytest.raises(PersonalDataError, match="email"):
        cluster_runs.run(store, made, "warehouse", "all", "all", "ann")


@needs_spark
def test_the_result_is_the_next_version_with_what_the_steps_learned_here(here, tmp_path, monkeypatch):
    store, made = here
    monkeypatch.setenv("PYTHONPATH", HOME)
    versions.commit(store, made, "some", "ann")
    job = jobs.start(
        store, "cluster run", {"dataset": made, "cluster": "warehouse", "input": "all", "message": "all"}, "ann"
    )
    seen = set()
    while (now := jobs.get(store, job)).is_open:
        seen.add(now.note)
        time.sleep(0.2)
    assert (now.state, now.error, now.result) == ("done", None, 2)
    assert any("stage" in note and "tasks)" in note for note in seen)
    version = versions.get(store, made, 2)
    assert versions.table(store, version).frame()["n"].tolist() == [1, 3, 7, 3]  # 3: the median of 2 and 4
    whole = tmp_path / "whole.csv"
    whole.write_text("n,t\n1,x\n,y\n7,x\n,z\n")
    fitted = versions.get(store, made, 1).recipe
    assert (
        run_recipe(fitted, read_file(whole, tmp_path / "w.parquet").table, tmp_path).table.content_hash
        == version.content_hash
    )
    ran = version.manifest["ran_on"]
    assert (ran["cluster"], ran["input"], ran["output"], ran["content_hash"]) == (
        "warehouse",
        "all",
        "some-1",
        version.content_hash,
    )
    assert ran["recipe"]["steps"][0]["learned"] == {"n": {"fill": 3, "groups": []}}
    assert version.manifest["parents"] == [versions.get(store, made, 1).id]
    assert versions.compare(store, made, 1, 2).rows_added == 1
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["some-1"]
    versions.export(store, made, 2, tmp_path / "b.zip", "ann")
    assert verify_bundle(tmp_path / "b.zip").ok


@needs_spark
def test_cancel_ends_the_driver_with_java_and_leaves_no_result(here, tmp_path, monkeypatch):
    store, made = here
    monkeypatch.setenv("PYTHONPATH", HOME)
    job = jobs.start(
        store, "cluster run", {"dataset": made, "cluster": "warehouse", "input": "all", "message": "all"}, "ann"
    )
    while not (now := jobs.get(store, job)).note.startswith("Looking") and now.is_open:
        time.sleep(0.1)
    assert java_for(tmp_path)
    jobs.cancel(store, job)
    for _ in range(100):
        if not jobs.get(store, job).is_open and not java_for(tmp_path):
            break
        time.sleep(0.2)
    assert (jobs.get(store, job).state, java_for(tmp_path)) == ("cancelled", [])
    assert not [path for path in (tmp_path / "out").iterdir() if not path.name.endswith(".part")]


def java_for(folder: Path) -> list[str]:
    """The Java processes that were started by a job of the store in a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if b"java" in (path / "comm").read_bytes() and os.fsencode(folder) in (path / "environ").read_bytes():
                found.append(path.name)
        except OSError:
            continue
    return found
