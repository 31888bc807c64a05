import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from dataops_core.engines import batches
from dataops_core.errors import ConflictError, InputError, IntegrityError, SettingError
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.store import catalog, datasets, states, versions
from dataops_core.store.results.diffs import change, renamings
from dataops_core.store.results.profile import profile
from dataops_core.store.store import Store
from dataops_core.store.trail import audit
from dataops_core.table import Table
from tests import catalogs

TRIM = RecipeStep("trim_spaces", {"columns": ["city"]})
DOUBLES = RecipeStep("drop_duplicate_rows", {})
CSV = "city,sex,n\n Paris,f,1\nRome,m,2\nRome,m,2\nOslo,f,\n"


@pytest.fixture
def dataset(store: Store, tmp_path: Path) -> str:
    file = tmp_path / "cities.csv"
    file.write_text(CSV)
    return datasets.add(store, datasets.default_project(store, "ann"), file, "cities.csv", "ann")


def edit(store: Store, dataset: str, *steps: RecipeStep, actor: str = "ann") -> None:
    here = datasets.get(store, dataset)
    datasets.edit(store, dataset, here.revision, replace(here.recipe, steps=steps), f"{len(steps)} steps", actor)


def hash_now(store: Store, dataset: str) -> str:
    here = datasets.get(store, dataset)
    return states.table(
        store, states.head(here.raw, here.recipe, states.evaluate(store, here.raw, here.recipe))
    ).content_hash


def test_the_raw_file_is_kept_untouched_and_read_only(store, dataset):
    here = datasets.get(store, dataset)
    path = store.objects.local(here.raw["md5"])
    assert path.read_text() == CSV
    assert path.stat().st_mode & 0o222 == 0
    assert path.relative_to(store.home / "objects" / "files" / "md5").parts == (
        here.raw["md5"][:2],
        here.raw["md5"][2:],
    )


def test_a_file_that_cannot_be_read_leaves_no_dataset(store, tmp_path):
    (tmp_path / "empty.csv").write_bytes(b"")
    project = datasets.default_project(store, "ann")
    with pytest.raises(InputError, match="empty"):
        datasets.add(store, project, tmp_path / "empty.csv", "empty.csv", "ann")
    assert datasets.in_project(store, project) == []


def test_running_a_recipe_again_looks_its_states_up(store, dataset, monkeypatch):
    edit(store, dataset, TRIM, DOUBLES)
    first = hash_now(store, dataset)
    monkeypatch.setattr(states, "take", lambda *_a, **_k: pytest.fail("computed again"))
    assert hash_now(store, dataset) == first


def test_a_large_table_is_cleaned_in_batches_and_comes_out_the_same(store, dataset, monkeypatch):
    edit(store, dataset, TRIM, DOUBLES)
    here = datasets.get(store, dataset)
    whole = hash_now(store, dataset)
    last = states.head(here.raw, here.recipe, states.evaluate(store, here.raw, here.recipe))
    store.objects.local(states._row(store, last).md5).unlink()
    monkeypatch.setattr(batches, "LARGE", 0)
    monkeypatch.setattr(batches, "PART_CELLS", 3)
    monkeypatch.setattr(Table, "frame", lambda *_: pytest.fail("held as a whole"))
    assert states.table(store, last).content_hash == whole


def test_changing_a_late_step_computes_only_what_follows(store, dataset, monkeypatch):
    edit(store, dataset, TRIM, DOUBLES)
    hash_now(store, dataset)
    ran = []
    real = states.take
    monkeypatch.setattr(states, "take", lambda entry, *a, **k: ran.append(entry.op) or real(entry, *a, **k))
    edit(store, dataset, TRIM, RecipeStep("change_case", {"columns": ["city"], "case": "upper"}))
    hash_now(store, dataset)
    assert ran == ["change_case"]


def test_undo_and_redo_move_a_pointer_and_nothing_is_erased(store, dataset):
    edit(store, dataset, TRIM)
    edit(store, dataset, TRIM, DOUBLES)
    datasets.undo(store, dataset, datasets.get(store, dataset).revision, "ann")
    assert [s.op for s in datasets.get(store, dataset).recipe.steps] == ["trim_spaces"]
    datasets.redo(store, dataset, datasets.get(store, dataset).revision, "ann")
    assert [s.op for s in datasets.get(store, dataset).recipe.steps] == ["trim_spaces", "drop_duplicate_rows"]
    datasets.undo(store, dataset, datasets.get(store, dataset).revision, "ann")
    edit(store, dataset)  # a new branch: the old one stays in the drafts
    assert datasets.get(store, dataset).redo is None
    with sqlite3.connect(store.home / "catalog.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM draft").fetchone() == (4,)


def test_undo_at_the_start_says_so(store, dataset):
    with pytest.raises(SettingError, match="nothing to undo"):
        datasets.undo(store, dataset, datasets.get(store, dataset).revision, "ann")


def test_the_slower_of_two_tabs_gets_a_conflict_and_changes_nothing(store, dataset):
    seen = datasets.get(store, dataset)
    datasets.edit(store, dataset, seen.revision, replace(seen.recipe, steps=(TRIM,)), "first", "ann")
    with pytest.raises(ConflictError, match="another tab"):
        datasets.edit(store, dataset, seen.revision, replace(seen.recipe, steps=(DOUBLES,)), "second", "bob")
    assert [s.op for s in datasets.get(store, dataset).recipe.steps] == ["trim_spaces"]
    with store.reading() as connection:
        assert "second" not in str(audit.entries(connection, dataset))


def test_a_step_that_no_longer_fits_is_marked_and_the_others_go_on(store, dataset):
    here = datasets.get(store, dataset)
    steps = (RecipeStep("drop_columns", {"columns": ["city"]}), TRIM, DOUBLES)
    results = states.evaluate(store, here.raw, replace(here.recipe, steps=steps))
    assert [r.outcome.status for r in results] == ["done", "failed", "done"]
    assert 'no column "city"' in results[1].outcome.reason
    assert results[2].outcome.difference.rows_dropped == 1


def test_a_version_with_a_failing_step_is_refused(store, dataset):
    edit(store, dataset, RecipeStep("drop_columns", {"columns": ["city"]}), TRIM)
    with pytest.raises(SettingError, match="does not work"):
        versions.commit(store, dataset, "no", "ann")
    assert versions.log(store, dataset) == []


def test_versions_are_numbered_immutable_and_know_their_parent(store, dataset):
    one = versions.commit(store, dataset, "as it came", "ann")
    edit(store, dataset, TRIM)
    two = versions.commit(store, dataset, "trimmed", "bob")
    assert (one.number, two.number, two.actor, two.created[:4]) == (1, 2, "bob", "2026")
    assert two.manifest["parents"] == [one.id]
    assert one.content_hash != two.content_hash
    found = versions.compare(store, dataset, 1, 2)
    assert (found.cells_changed, found.rows_changed) == ({"city": 1}, 1)


def test_what_was_learned_stands_in_the_version(store, dataset):
    edit(store, dataset, RecipeStep("fill_missing", {"columns": ["n"], "how": "median"}))
    version = versions.commit(store, dataset, "filled", "ann")
    assert version.recipe.steps[0].learned["n"]["fill"] == 2  # the median of 1, 2, 2


def test_restoring_a_version_brings_its_recipe_back_and_keeps_the_history(store, dataset):
    edit(store, dataset, TRIM)
    one = versions.commit(store, dataset, "trimmed", "ann")
    edit(store, dataset, DOUBLES)
    versions.restore(store, dataset, datasets.get(store, dataset).revision, 1, "ann")
    assert hash_now(store, dataset) == one.content_hash
    datasets.undo(store, dataset, datasets.get(store, dataset).revision, "ann")
    assert [s.op for s in datasets.get(store, dataset).recipe.steps] == ["drop_duplicate_rows"]


def test_a_lost_table_is_computed_again_from_raw_file_and_recipe(store, dataset):
    edit(store, dataset, TRIM)
    version = versions.commit(store, dataset, "trimmed", "ann")
    with store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM state")
        connection.exec_driver_sql("DELETE FROM result")
    assert versions.table(store, version).content_hash == version.content_hash


def test_a_changed_manifest_is_noticed(store, dataset):
    versions.commit(store, dataset, "one", "ann")
    with sqlite3.connect(store.home / "catalog.sqlite") as connection:
        md5 = connection.execute("SELECT manifest FROM version").fetchone()[0]
    path = store.objects.local(md5)
    path.chmod(0o644)
    changed = path.read_text().replace('"message":"one"', '"message":"two"')
    path.write_text(changed)
    with pytest.raises(IntegrityError, match="A stored file is damaged"):
        versions.get(store, dataset, 1)
    with sqlite3.connect(store.home / "catalog.sqlite") as connection:
        connection.execute("UPDATE version SET manifest = ?", [store.put_json(json.loads(changed))])
    with pytest.raises(IntegrityError, match="manifest of a version was changed"):
        versions.get(store, dataset, 1)


def test_the_audit_log_tells_who_did_what_and_cannot_be_changed(store, dataset):
    edit(store, dataset, TRIM, actor="bob")
    with store.reading() as connection:
        entries = audit.entries(connection, dataset)
        assert [(e["what"], e["actor"]) for e in entries] == [("file read", "ann"), ("recipe changed", "bob")]
        entries = audit.entries(connection)
    audit.check_chain(entries)
    assert len(entries) == 3  # the project was made before
    with sqlite3.connect(store.home / "catalog.sqlite") as connection:
        for change_it in ("UPDATE audit SET actor = 'eve'", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(change_it)


def test_a_log_changed_behind_the_triggers_is_noticed(store, dataset):
    with sqlite3.connect(store.home / "catalog.sqlite") as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET actor = 'eve' WHERE seq = 2")
    with store.reading() as connection, pytest.raises(IntegrityError, match="audit log was changed"):
        audit.check_chain(audit.entries(connection))


def test_the_audit_log_holds_no_cell_values(store, dataset):
    edit(store, dataset, TRIM)
    versions.commit(store, dataset, "one", "ann")
    with store.reading() as connection:
        text = str(audit.entries(connection))
    assert "Paris" not in text
    assert "Oslo" not in text


def test_roles_follow_a_renamed_column(store, dataset):
    datasets.set_roles(
        store,
        dataset,
        datasets.get(store, dataset).revision,
        {"target": "n", "sensitive": ["sex"], "favorable": "1"},
        "ann",
    )
    edit(
        store,
        dataset,
        RecipeStep("rename_columns", {"names": {"sex": "gender"}}),
        RecipeStep("rename_columns", {"names": {"gender": "g"}}),
    )
    here = datasets.get(store, dataset)
    assert datasets.roles_now(here) == {"target": "n", "sensitive": ["g"], "favorable": "1"}
    # a value, though a column was called so
    assert datasets.roles_now(replace(here, roles={"favorable": "sex"})) == {"favorable": "sex"}


def test_an_unknown_role_is_refused(store, dataset):
    with pytest.raises(SettingError, match='no role "targt"') as caught:
        datasets.set_roles(store, dataset, 1, {"targt": "n"}, "ann")
    assert caught.value.fix == 'Did you mean "target"?'


def test_a_preview_says_what_each_group_loses(store, dataset):
    here = datasets.get(store, dataset)
    candidate = replace(here.recipe, steps=(RecipeStep("drop_rows_with_missing", {"columns": ["n"]}),))
    before = states.root_id(here.raw["sha256"], here.recipe.read)
    after = states.head(here.raw, candidate, states.evaluate(store, here.raw, candidate))
    found = change(store, before, after, renamings(here.recipe, candidate), ["sex"])
    assert sorted(found.groups) == [("sex", "f", 2, 1), ("sex", "m", 2, 2)]
    assert found.difference.rows_dropped == 1


def test_after_a_step_only_changed_columns_are_profiled_again(store, dataset, monkeypatch):
    here = datasets.get(store, dataset)
    profile(store, states.root_id(here.raw["sha256"], here.recipe.read))
    looked = []
    import dataops_core.checks.profile as module

    real = module.column_profile
    monkeypatch.setattr(
        module,
        "column_profile",
        lambda engine, column, *rest: looked.append(column.name) or real(engine, column, *rest),
    )
    results = states.evaluate(store, here.raw, replace(here.recipe, steps=(TRIM,)))
    found = profile(store, results[-1].after)
    assert looked == ["city"]
    assert found["missing_cells"] == 1


def test_everybodys_catalog_is_on_disk_before_a_change_counts_and_those_of_tests_are_the_same_but_for_this(
    tmp_path, monkeypatch
):
    pragmas = ("synchronous", "journal_mode", "foreign_keys", "secure_delete", "busy_timeout")

    def looked_at(home):
        with Store(home).reading() as connection:
            schema = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_master ORDER BY name").all()
            about = connection.exec_driver_sql("SELECT * FROM about").all()
            return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas], schema, about

    in_tests = looked_at(tmp_path / "tests")
    for name, everybodys in catalogs.AS_EVERYBODY.items():
        monkeypatch.setattr(catalog, name, everybodys)
    for_everybody = looked_at(tmp_path / "everybody")
    assert for_everybody[0] == [2, "wal", 1, 1, 60_000]  # 2: FULL
    assert in_tests[0] == [0, *for_everybody[0][1:]] and in_tests[1:] == for_everybody[1:]
    assert sum(kind == "trigger" for kind, *_ in in_tests[1]) > 3


def test_the_home_can_be_moved(store, dataset, tmp_path):
    edit(store, dataset, TRIM)
    one = versions.commit(store, dataset, "one", "ann")
    store.home.rename(tmp_path / "elsewhere")
    moved = Store(tmp_path / "elsewhere")
    assert versions.table(moved, versions.get(moved, dataset, 1)).content_hash == one.content_hash


def test_two_datasets_of_one_name_get_a_number(store, dataset, tmp_path):
    project = datasets.default_project(store, "ann")
    datasets.add(store, project, tmp_path / "cities.csv", "cities.csv", "ann")
    assert sorted(d["name"] for d in datasets.in_project(store, project)) == ["cities", "cities (2)"]


def test_an_unknown_dataset_or_version_is_named(store, dataset):
    with pytest.raises(InputError, match="no such dataset"):
        datasets.get(store, "nope")
    with pytest.raises(InputError, match="no version 7"):
        versions.get(store, dataset, 7)
    with pytest.raises(InputError, match='no dataset "citie"') as caught:
        datasets.find(store, "citie")
    assert caught.value.fix == 'Did you mean "cities"?'


def test_objects_can_lie_in_a_bucket(tmp_path, monkeypatch):
    monkeypatch.setenv("DATAOPS_OBJECTS", "memory://bucket")
    store = Store(tmp_path / "home")
    file = tmp_path / "c.csv"
    file.write_text(CSV)
    dataset = datasets.add(store, datasets.default_project(store, "ann"), file, "c.csv", "ann")
    assert hash_now(store, dataset) == hash_now(store, dataset)
    assert versions.commit(store, dataset, "one", "ann").manifest["data"]["rows"] == 4
    assert not (store.home / "objects").exists()


def test_a_recipe_of_another_seed_is_another_request(store, dataset):
    here = datasets.get(store, dataset)
    assert Recipe(seed=1) != Recipe(seed=2)
    keys = {states._request("s", TRIM, seed) for seed in (1, 2)}
    assert len(keys) == 2
    assert here.recipe.seed == 0


def test_a_commit_holds_what_was_seen_or_nothing(store, dataset):
    edit(store, dataset, TRIM)
    seen = datasets.get(store, dataset).revision
    edit(store, dataset, DOUBLES, actor="bob")
    with pytest.raises(ConflictError, match="changed in another tab or by somebody else"):
        versions.commit(store, dataset, "trimmed", "ann", revision=seen)
    assert versions.log(store, dataset) == []


def test_a_draft_that_moves_while_a_commit_computes_is_not_committed(store, dataset, monkeypatch):
    real = states.evaluate

    def slow(*args, **settings):
        monkeypatch.setattr(states, "evaluate", real)
        edit(store, dataset, DOUBLES, actor="bob")
        return real(*args, **settings)

    monkeypatch.setattr(states, "evaluate", slow)
    with pytest.raises(ConflictError, match="by somebody else"):
        versions.commit(store, dataset, "as it came", "ann")
    assert versions.log(store, dataset) == []


def test_restoring_keeps_learned_values_that_came_from_elsewhere(store, dataset):
    carried = RecipeStep("fill_missing", {"columns": ["n"], "how": "median"}, learned={"n": {"fill": 77, "groups": []}})
    edit(store, dataset, carried)
    one = versions.commit(store, dataset, "filled with 77", "ann")
    edit(store, dataset)
    versions.restore(store, dataset, datasets.get(store, dataset).revision, 1, "ann")
    assert hash_now(store, dataset) == one.content_hash
    assert versions.commit(store, dataset, "again", "ann").content_hash == one.content_hash


def test_two_orders_of_a_mapping_are_two_states(store, dataset):
    hashes = set()
    for mapping in ({"R": "O", "O": "Q"}, {"O": "Q", "R": "O"}):
        edit(store, dataset, RecipeStep("replace_values", {"column": "city", "match": "pattern", "mapping": mapping}))
        hashes.add(hash_now(store, dataset))
    assert len(hashes) == 2
