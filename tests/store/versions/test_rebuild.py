"""A version is rebuilt from its raw file and recipe, and what comes out otherwise is named."""

import json
from dataclasses import replace

import pytest

from dataops_core.cli.main import main
from dataops_core.errors import IntegrityError, SettingError
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.store import catalog, datasets, jobs, versions
from dataops_core.store.results import rebuild
from dataops_core.store.store import Store

CSV = "city,n\n" + "".join(f" town {i % 50} ,{i if i % 9 else ''}\n" for i in range(500))
ENTERED = ("format", "dataset", "number", "parents", "message", "actor", "created", "audit_head")
STEPS = (
    RecipeStep("trim_spaces", {"columns": ["city"]}),
    RecipeStep("fill_missing", {"columns": ["n"], "how": "median"}),
)


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A store with a version that two steps led to."""
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    store = Store()
    (tmp_path / "towns.csv").write_text(CSV)
    project = datasets.default_project(store, store.person)
    dataset = datasets.add(store, project, tmp_path / "towns.csv", "towns.csv", store.person)
    here = datasets.get(store, dataset)
    datasets.edit(store, dataset, here.revision, replace(here.recipe, steps=STEPS), "two steps", store.person)
    versions.commit(store, dataset, "one", store.person)
    return store, dataset


def test_the_very_same_table_comes_out_without_any_table_that_is_kept(made, capsys):
    store, dataset = made
    version = versions.get(store, dataset, 1)
    with store.reading() as connection:
        tables = connection.scalars(catalog.state.select().with_only_columns(catalog.state.c.md5)).all()
    for md5 in tables:
        store.objects.remove(md5)
    told = rebuild.rebuild(store, dataset, 1)
    assert told.same and told.content_hash == version.content_hash == told.wanted
    assert all(check.ok for check in told.checks) and len(told.checks) == 4
    assert told.difference is None and told.packages == {}
    assert not any(store.objects.has(md5) for md5 in tables), "nothing is kept"
    assert list(store.scratch.iterdir()) == []
    assert main(["rebuild", "towns", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["same"] is True
    assert main(["rebuild", "towns", "1"]) == 0
    assert "Version 1 comes out as its manifest says" in capsys.readouterr().out


def other_version(store, dataset, change, packages=None):
    """A second version whose manifest tells another recipe than the one that made it."""
    here, version = datasets.get(store, dataset), versions.get(store, dataset, 1)
    told = {key: value for key, value in version.manifest.items() if key not in ENTERED}
    told["recipe"] = change(json.loads(json.dumps(told["recipe"])))
    told["packages"] = packages or told["packages"]
    with store.writing() as connection:
        return versions.enter(store, connection, here, version.id, "forged", store.person, told, version.state)


def test_a_recipe_that_makes_another_table_is_told_with_what_differs(made, capsys):
    store, dataset = made

    def change(recipe):
        recipe["steps"][1].pop("learned", None)
        recipe["steps"][1]["with"] = {"columns": ["n"], "how": "constant", "value": 7}
        return recipe

    number = other_version(store, dataset, change, {"pandas": "0.1", "python": "1"})
    told = rebuild.rebuild(store, dataset, number)
    assert not told.same and told.content_hash not in ("", told.wanted)
    assert told.difference.cells_changed == {"n": 56} and told.difference.rows_changed == 56
    assert told.packages["pandas"][0] == "0.1"
    assert main(["rebuild", "towns", str(number)]) == 1
    said = capsys.readouterr().out
    assert "FAILED  raw file + recipe rebuild the data" in said and "Changed in n (56 cells)" in said
    assert "pandas: 0.1 then" in said and "does not come out as its manifest says" in said


def test_a_step_that_no_longer_works_is_named(made, capsys):
    store, dataset = made

    def change(recipe):
        recipe["steps"][0]["with"] = {"columns": ["gone"]}
        return recipe

    number = other_version(store, dataset, change)
    assert main(["rebuild", "towns", str(number), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["content_hash"] == "" and "gone" in told["checks"][-1]["seen"]


def test_a_raw_file_that_is_gone_cannot_be_read_again(made):
    store, dataset = made
    store.objects.remove(versions.get(store, dataset, 1).manifest["raw"]["md5"])
    with pytest.raises(IntegrityError, match="gone"):
        rebuild.rebuild(store, dataset, 1)


def test_a_synthetic_version_has_no_recipe(made, monkeypatch):
    store, dataset = made
    real = versions.get(store, dataset, 1)
    monkeypatch.setattr(
        versions, "get", lambda *_: replace(real, manifest={**real.manifest, "kind": versions.SYNTHETIC})
    )
    with pytest.raises(SettingError, match="synthetic"):
        rebuild.rebuild(store, dataset, 1)


def test_it_is_a_job(made):
    store, dataset = made
    job = jobs.wait(store, jobs.start(store, rebuild.KIND, {"dataset": dataset, "number": 1}, store.person))
    assert job.state == "done" and job.result["same"] is True
