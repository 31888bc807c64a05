"""Datasets are renamed and deleted; what others need stays, and nothing of the deleted one is left."""

import json

import pytest

from dataops_core.cli.main import main
from dataops_core.errors import ConflictError, DataOpsError, SettingError
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.store import datasets, fsck, removal, states, versions
from dataops_core.store.results import profile
from dataops_core.store.store import Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "home")


def bring(store, tmp_path, text, name):
    file = tmp_path / name
    file.write_text(text)
    return datasets.add(store, datasets.default_project(store, "ann"), file, name, "ann")


def steps(store, dataset, *some):
    here = datasets.get(store, dataset)
    recipe = Recipe(here.recipe.name, 0, some, here.recipe.read)
    datasets.edit(store, dataset, here.revision, recipe, "change", "ann")


def left(store, text):
    """The files of the home that hold the text."""
    return [path for path in store.home.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def test_a_new_name_is_logged_and_must_be_free(store, tmp_path):
    one, other = (bring(store, tmp_path, f"a\n{n}\n", f"t{n}.csv") for n in (1, 2))
    removal.rename(store, one, "  Sales ", "ann")
    assert datasets.get(store, one).name == "Sales"
    removal.rename(store, one, "Sales", "ann")
    with pytest.raises(ConflictError, match="already"):
        removal.rename(store, other, "Sales", "ann")
    with pytest.raises(SettingError):
        removal.rename(store, other, "..", "ann")


def test_nothing_of_a_deleted_dataset_is_left_but_the_log(store, tmp_path):
    secret = "annie.oakley@example.com"
    one = bring(store, tmp_path, f"mail,n\n{secret},1\n {secret},2\n", "people.csv")
    other = bring(store, tmp_path, "mail,n\nx,1\n y,2\n", "others.csv")
    for each in (one, other):
        steps(store, each, RecipeStep("trim_spaces", {"columns": ["mail"]}))
        versions.commit(store, each, "first", "ann", pii_reason="made up for a test")
        here = datasets.get(store, each)
        profile.profile(store, states.head(here.raw, here.recipe, states.evaluate(store, here.raw, here.recipe)))
    assert left(store, secret)
    assert removal.contents(store, one) == {
        "name": "people",
        "versions": [1],
        "models": [],
        "same_file": [],
        "used_by": [],
    }
    with pytest.raises(SettingError, match="does not match"):
        removal.delete(store, one, "ann", confirm="others")
    removal.delete(store, one, "ann", confirm="people")
    store.close()
    again = Store(store.home)
    with again.reading() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert left(again, secret) == []
    with pytest.raises(DataOpsError):
        datasets.get(again, one)
    assert fsck.check(again).ok
    assert versions.table(again, versions.get(again, other, 1)).rows == 2
    assert set(again.objects.all()) == set(fsck.needed(again))


def test_files_and_tables_that_another_dataset_needs_stay(store, tmp_path):
    text = "a,b\n x,1\ny,2\n"
    one, other = (bring(store, tmp_path, text, name) for name in ("one.csv", "other.csv"))
    steps(store, one, RecipeStep("trim_spaces", {"columns": ["a"]}))
    versions.commit(store, other, "first", "ann")
    assert removal.contents(store, one)["same_file"] == ["other"]
    here = datasets.get(store, other)
    removal.delete(store, one, "ann", confirm="one")
    assert fsck.check(store).ok
    assert states.known(store, states.root_id(here.raw["sha256"], here.recipe.read))
    assert versions.table(store, versions.get(store, other, 1)).frame()["b"].tolist() == [1, 2]


def test_a_table_that_another_dataset_joins_is_not_deleted(store, tmp_path):
    one, other = bring(store, tmp_path, "k,v\n1,a\n", "one.csv"), bring(store, tmp_path, "k,w\n1,2\n", "other.csv")
    here = datasets.get(store, one)
    table = states.table(store, states.root_id(here.raw["sha256"], here.recipe.read))
    join = {"table": "one", "keys": ["k"], "content": table.content_hash}
    steps(store, other, RecipeStep("join_table", join))
    assert removal.contents(store, one)["used_by"] == ["other"]
    with pytest.raises(ConflictError, match="other"):
        removal.delete(store, one, "ann", confirm="one")
    steps(store, other)  # drafts are only added: the one before may be wanted back by Undo
    with pytest.raises(ConflictError, match="other"):
        removal.delete(store, one, "ann", confirm="one")


def test_the_log_of_a_deleted_dataset_says_what_was_there(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("a,b\n1,Unmistakable\n2,y\n")
    assert main(["commit", "gone", "t.csv", "-m", "m", "--json"]) == 0
    content = json.loads(capsys.readouterr().out)["content_hash"]
    assert main(["log", "gone"]) == 0
    assert main(["delete", "gone", "--confirm", "gone"]) == 0
    capsys.readouterr()
    assert main(["log", "gone", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["versions"] == [] and [each["versions"] for each in told["deleted"]] == [{"1": content}]
    assert main(["log", "gone"]) == 0
    said = capsys.readouterr().out
    assert "gone was deleted on" in said and content in said and "Unmistakable" not in said
    assert main(["log", "never"]) == 2
