"""Versions are purged: what only they held is gone for good, what others need stays, and a tombstone says so."""

import json

import pytest
import sqlalchemy as sa

from dataops_core.cli.main import main
from dataops_core.errors import ConflictError, InputError, SettingError
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.store import catalog, datasets, fsck, removal, removed_objects, states, versions
from dataops_core.store.people import promotions
from dataops_core.store.purge import Held, purge, purge_person, versions_with
from dataops_core.store.purge.versions import OTHERS
from dataops_core.store.results import profile
from dataops_core.store.store import Store
from dataops_core.store.trail import audit

OLD = "name,n\n Annie Oakley,1\nBill Cody,2\n"
NEW = "name,n\nBill Cody,2\nTom Mix,3\n"
TRIM = RecipeStep("trim_spaces", {"columns": ["name"]})
DROP = RecipeStep("drop_columns", {"columns": ["n"]})


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "home")
    yield opened
    opened.close()


def left(store, text):
    """The files of the home that hold the text, once the catalog is written out."""
    store.close()
    with store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return [path for path in store.home.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def become(store, dataset, text, *steps, name="people.csv"):
    """Make a file with this text and these steps the draft."""
    file = store.scratch_file(".csv")
    file.write_text(text)
    raw, here = datasets.store_raw(store, file, name), datasets.get(store, dataset)
    file.unlink()
    recipe = Recipe(here.recipe.name, 0, steps, here.recipe.read)
    datasets.edit(store, dataset, here.revision, recipe, "change", "ann", raw=raw)


@pytest.fixture
def people(store, tmp_path):
    """Versions 1 and 2 of the old file, plain and trimmed, and version 3 of the new one."""
    (tmp_path / "people.csv").write_text(OLD)
    project = datasets.default_project(store, "ann")
    made = datasets.add(store, project, tmp_path / "people.csv", "people.csv", "ann", name="people")
    for number, (text, steps) in enumerate(((OLD, ()), (OLD, (TRIM,)), (NEW, (TRIM,))), 1):
        become(store, made, text, *steps)
        versions.commit(store, made, f"m{number}", "ann", pii_reason="made up")
        here = datasets.get(store, made)
        profile.profile(store, states.head(here.raw, here.recipe, states.evaluate(store, here.raw, here.recipe)))
    return made


def test_what_only_the_purged_version_held_is_gone_and_a_tombstone_stays(store, people):
    before, one = set(store.objects.all()), versions.get(store, people, 1)
    made = purge(store, people, [1], "eve", reason="wrong file")
    assert made.versions == (1,) and made.files == 1  # its manifest; version 2 was made of the same file and table
    assert made.held == (Held("raw file", ("people, version 2",)), Held("table", (OTHERS,)))
    assert before - set(store.objects.all()) == {_manifest(store, one.id)}
    with pytest.raises(InputError, match="Version 1 was purged by eve, .*: wrong file") as caught:
        versions.get(store, people, 1)
    assert caught.value.where == f"version 1, id {one.id[:12]}" and "gone for good" in caught.value.fix
    log = versions.log(store, people, with_purged=True)
    assert [each["number"] for each in log] == [3, 2, 1]
    assert log[2]["purged"] == {"by": "eve", "at": log[2]["purged"]["at"], "reason": "wrong file"}
    assert [each["number"] for each in versions.log(store, people)] == [3, 2]
    with store.reading() as connection:
        entry = next(each for each in audit.entries(connection, people) if each["what"] == "version purged")
    assert entry["actor"] == "eve" and entry["details"] == {
        "number": 1, "version": one.id, "content_hash": one.content_hash, "reason": "wrong file", "files": 1,
    }  # fmt: skip


def _manifest(store, version):
    with store.reading() as connection:
        return connection.scalar(sa.select(catalog.version.c.manifest).where(catalog.version.c.id == version))


def test_versions_built_on_it_open_and_are_made_again_from_their_file(store, people, tmp_path):
    purge(store, people, [1], "eve", reason="wrong file")
    two = versions.get(store, people, 2)
    assert two.manifest["parents"] and versions.table(store, two).frame()["name"].tolist() == [
        "Annie Oakley",
        "Bill Cody",
    ]
    assert fsck.check(store).ok
    for md5, (what, _, _) in fsck.needed(store).items():
        if what == "table":
            store.objects.remove(md5)
    assert versions.table(store, two).content_hash == two.content_hash
    versions.export(store, people, 2, tmp_path / "b.zip", "ann", reason="made up")
    assert main(["verify", str(tmp_path / "b.zip")]) == 0
    become(store, people, NEW, TRIM, DROP)
    assert versions.commit(store, people, "m4", "ann", pii_reason="made up").number == 4


def test_nothing_of_a_purged_person_is_left_but_the_hashes(store, people):
    assert left(store, "Oakley")
    made = purge(store, people, [1, 2], "eve", reason="asked to be forgotten")
    assert made.versions == (1, 2) and made.held == () and made.files == 5  # file, two tables, two manifests
    assert left(store, "Oakley") == []
    found = fsck.check(store)
    assert found.ok and set(store.objects.all()) == set(fsck.needed(store))
    here = datasets.get(store, people)
    assert here.undo is None and here.redo is None
    three = versions.get(store, people, 3)
    assert versions.table(store, three).frame()["name"].tolist() == ["Bill Cody", "Tom Mix"]


def ended_job(store, dataset, text):
    """A job of that dataset which has made a file with this text; returns the file's md5."""
    file = store.scratch_file(".txt")
    file.write_text(text)
    made = store.objects.put(file)
    values = {"id": text[:9], "kind": "export", "key": text, "state": "done", "share": 1.0, "note": "", "cancel": False}
    values |= {"beat": 0.0, "created": 0.0, "actor": "ann", "place": "here", "result": made.to_json(), "error": None}
    with store.writing() as connection:
        connection.execute(catalog.job.insert().values(args={"dataset": dataset}, **values))
    return made.md5


@pytest.mark.parametrize("how", ["purge", "delete"])
def test_export_files_of_what_is_purged_or_deleted_go_at_once(store, people, how):
    ended_job(store, people, "Annie Oakley exported")
    other = ended_job(store, "other", "somebody else")
    both = ended_job(store, people, "of two datasets")
    with store.writing() as connection:
        again = sa.update(catalog.job).where(catalog.job.c.id == "somebody ").values(args={"dataset": "x", "of": both})
        connection.execute(again)
    if how == "purge":
        purge(store, people, [1, 2], "eve", reason="asked to be forgotten")
    else:
        removal.delete(store, people, "eve", confirm="people")
    assert left(store, "Oakley") == []
    assert {other, both} <= set(store.objects.all())


def test_a_person_is_found_in_every_version_and_the_file_it_was_made_of(store, people):
    become(store, people, OLD, RecipeStep("drop_columns", {"columns": ["name"]}))
    versions.commit(store, people, "m4", "ann", pii_reason="made up")  # no name in the table, but in the file
    become(store, people, NEW, TRIM)
    versions.commit(store, people, "m5", "ann", pii_reason="made up")
    assert versions_with(store, people, "name", "Annie Oakley") == [2]
    assert versions_with(store, people, "name", " Annie Oakley") == [1, 2, 4]
    assert versions_with(store, people, "name", "Bill Cody") == [1, 2, 3, 4, 5]
    assert versions_with(store, people, "n", "1") == [1, 2, 4]
    with pytest.raises(SettingError, match='No version has a column "mail"'):
        versions_with(store, people, "mail", "x")


def test_a_person_goes_with_every_version_but_not_while_the_draft_has_them(store, people):
    with pytest.raises(ConflictError, match="The draft has that value, too"):
        purge_person(store, people, "name", "Bill Cody", "eve", reason="asked")
    assert purge_person(store, people, "name", "Bill Cody", "eve", reason="", dry_run=True).versions == (1, 2, 3)
    assert len(versions.log(store, people)) == 3
    made = purge_person(store, people, "n", "1", "eve", reason="asked")
    assert made.versions == (1, 2) and left(store, "Oakley") == []
    become(store, people, "name,n\nTom Mix,3\n")
    made = purge_person(store, people, "name", "Bill Cody", "eve", reason="asked")  # the newest version, too
    assert made.versions == (3,) and left(store, "Cody") == []
    assert versions.commit(store, people, "m4", "ann", pii_reason="made up").number == 4
    assert fsck.check(store).ok


def test_the_newest_a_released_and_a_signed_version_stay_unless_forced(store, people):
    def refused(number, said):
        with pytest.raises(ConflictError, match=said):
            purge(store, people, [number], "eve", reason="x")

    refused(3, "Version 3 is the newest one")
    asked = promotions.request(store, people, 2, "production", "because", "ann")
    promotions.approve(store.of("ben"), people, asked.number, "ben")
    refused(2, "Version 2 is in production")
    with store.writing() as connection:
        connection.execute(
            catalog.sign_off.insert().values(
                dataset=people, version=1, gate="data understanding", signer="ann", at="now", items={}, sha256="0" * 64
            )
        )
    refused(1, "Version 1 was signed off")
    assert purge(store, people, [1, 2], "eve", reason="x", force=True).versions == (1, 2)
    with pytest.raises(SettingError, match="needs a reason"):
        purge(store, people, [3], "eve", reason=" ", force=True)


def test_files_that_another_dataset_needs_stay_and_it_is_named(store, people, tmp_path):
    project = datasets.default_project(store, "ann")
    other = datasets.add(store, project, tmp_path / "people.csv", "people.csv", "ann", name="copy")
    made = purge(store, people, [1, 2], "eve", reason="x")
    assert Held("raw file", ("copy, draft",)) in made.held
    here = datasets.get(store, other)
    assert states.table(store, states.root_id(here.raw["sha256"], here.recipe.read)).rows == 2 and fsck.check(store).ok


def test_a_purge_that_is_broken_off_is_finished_later(store, people, monkeypatch):
    def killed(md5):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store.objects, "remove", killed)
        with pytest.raises(KeyboardInterrupt):
            purge(store, people, [1, 2], "eve", reason="x")
    assert left(store, "Oakley") and [each["number"] for each in versions.log(store, people)] == [3]
    assert fsck.check(store).ok
    assert removed_objects.finish(store) == 5 and removed_objects.finish(store) == 0
    assert left(store, "Oakley") == []


def test_what_is_stored_again_while_it_is_purged_is_not_lost_unseen(store, people, tmp_path):
    """A file that was there when it was stored, and is gone when it is to be used."""
    raw = datasets.store_raw(store, tmp_path / "people.csv", "people.csv")
    purge(store, people, [1, 2], "eve", reason="x")
    here = datasets.get(store, people)
    with pytest.raises(ConflictError, match="purged meanwhile"):
        datasets.edit(store, people, here.revision, here.recipe, "change", "ann", raw=raw)
    again = datasets.store_raw(store, tmp_path / "people.csv", "people.csv")
    datasets.edit(store, people, here.revision, here.recipe, "change", "ann", raw=again)
    assert removed_objects.finish(store) == 0 and store.raw_file(again).read_text() == OLD


def test_a_tombstone_stays_as_it_is_and_outlives_its_dataset(store, people):
    purge(store, people, [1], "eve", reason="x")
    for change in (catalog.tombstone.update().values(reason="y"), catalog.tombstone.delete()):
        with pytest.raises(sa.exc.DBAPIError, match="a tombstone stays as it is"), store.writing() as connection:
            connection.execute(change)
    removal.delete(store, people, "ann", confirm="people")
    with store.reading() as connection:
        assert connection.scalars(sa.select(catalog.tombstone.c.reason)).all() == ["x"]
    assert fsck.check(store).ok and store.objects.all() == []


def test_an_older_catalog_is_given_the_tables(store, people):
    with store.writing() as connection:
        for statement in (
            "DROP TABLE tombstone",
            "DROP TABLE removed_object",
            "UPDATE about SET value = '4' WHERE key = 'format'",
        ):
            connection.exec_driver_sql(statement)
    store.close()
    again = Store(store.home)
    purge(again, people, [1], "eve", reason="x")
    assert [each["number"] for each in versions.log(again, people)] == [3, 2]
    again.close()


def test_the_command_purges_and_the_others_say_so(store, people, monkeypatch, capsys, tmp_path):
    store.close()
    monkeypatch.setenv("DATAOPS_HOME", str(store.home))
    monkeypatch.chdir(tmp_path)
    for words in (
        ["people"],
        ["people", "1", "--where", "n=1"],
        ["people", "--where", "n"],
        ["people", "1"],
        ["people", "9"],
    ):
        assert main(["purge", *words]) == 2
        assert "Traceback" not in capsys.readouterr().err
    assert main(["purge", "people", "--where", "n=1", "--dry-run", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["versions"] == [1, 2] and told["dry_run"] is True and told["files"] == 5
    assert main(["purge", "people", "1", "--reason", "wrong file"]) == 0
    out = capsys.readouterr().out
    assert "Version 1: purged; 1 file deleted." in out
    assert "A raw file stays, needed by people, version 2." in out
    assert main(["log", "people"]) == 0
    assert "(purged by" in capsys.readouterr().out
    assert main(["log", "people", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["versions"][2]["purged"]["reason"] == "wrong file"
    for words in (
        ["checkout", "people", "1", "-o", "out"],
        ["export", "people", "1", "-o", "b.zip"],
        ["diff", "people", "1", "2"],
    ):
        assert main(words) == 2
        said = capsys.readouterr().err
        assert "Version 1 was purged by" in said and "wrong file" in said and "Fix:" in said
    assert main(["lineage", "people"]) == 0
    assert "Version 1: purged" in capsys.readouterr().out
    assert main(["fsck"]) == 0
