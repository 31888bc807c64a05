"""Rules of a dataset: kept, checked at commit, a reason for what fails and blocks; in manifest, audit, card and bundle."""

import json
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from dataops_core.cli.main import main
from dataops_core.errors import SettingError
from dataops_core.export.verify import verify_bundle
from dataops_core.rules import Rule, dumps
from dataops_core.steps import get
from dataops_core.store import dataset_rules, datasets, states, versions
from dataops_core.store.trail import audit

AGE = {"kind": "range", "column": "age", "min": 0, "max": 120}
KEY = {"kind": "unique", "key_columns": ["id"]}


@pytest.fixture
def people(store, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("id,age\n1,30\n2,400\n3,50\n", encoding="utf-8")
    return datasets.add(store, datasets.default_project(store, "eva"), path, "people.csv", "eva")


def entries(store, dataset):
    with store.reading() as connection:
        return audit.entries(connection, dataset)


def test_rules_are_kept_and_the_log_knows_no_values(store, people):
    dataset_rules.add(store, people, [Rule.from_json(AGE)], "eva")
    dataset_rules.add(store, people, [Rule.from_json(AGE | {"max": 110}), Rule.from_json(KEY)], "eva")
    assert [rule.sentence for rule in dataset_rules.rules_of(store, people)] == [
        "age is between 0 and 110.",
        "Each id comes once.",
    ]
    dataset_rules.remove(store, people, "unique:id", "eva")
    assert [rule.name for rule in dataset_rules.rules_of(store, people)] == ["range"]
    logged = entries(store, people)[-1]
    assert (logged["what"], logged["details"]) == ("rule removed", {"rules": 1, "blocking": 1})


def test_a_rule_that_blocks_and_fails_needs_a_reason(store, people, tmp_path):
    dataset_rules.save(store, people, [Rule.from_json(AGE), Rule.from_json(KEY)], "eva")
    with pytest.raises(SettingError, match="age is between 0 and 120") as error:
        versions.commit(store, people, "First", "eva")
    assert "reason" in error.value.fix
    made = versions.commit(store, people, "First", "eva", reason="The registry confirms row 2")
    told = made.manifest["rules"]
    assert (told["passed"], told["failed"], told["blocking"]) == (1, 1, 1)
    assert [(each["status"], each["failing"]) for each in told["rules"]] == [("failed", 1), ("passed", 0)]
    logged = next(e for e in entries(store, people) if e["what"] == "version committed")["details"]
    assert logged["reason"] == "The registry confirms row 2" and logged["rules_blocking"] == 1
    versions.export(store, people, 1, tmp_path / "b.zip", "eva")
    assert [check for check in verify_bundle(tmp_path / "b.zip").checks if not check.ok] == []
    card = zipfile.ZipFile(tmp_path / "b.zip").read("DATA_CARD.md").decode()
    assert "age is between 0 and 120. **fails**: 1 of 3 rows" in card
    assert "Saved all the same because: The registry confirms row 2" in card


def test_a_warning_and_no_rules_need_none(store, people):
    assert "rules" not in versions.commit(store, people, "Without", "eva").manifest
    dataset_rules.save(store, people, [Rule.from_json(AGE | {"severity": "warn"})], "eva")
    told = versions.commit(store, people, "With", "eva").manifest["rules"]
    assert (told["failed"], told["blocking"]) == (1, 0) and "reason" not in told


def test_each_version_keeps_the_rules_that_it_was_saved_with(store, people):
    dataset_rules.save(store, people, [Rule.from_json(KEY)], "eva")
    versions.commit(store, people, "First", "eva")
    dataset_rules.save(store, people, [], "eva")
    versions.commit(store, people, "Second", "eva")
    first, second = (versions.get(store, people, number).manifest for number in (1, 2))
    assert first["rules"]["rules"][0]["says"] == "Each id comes once." and "rules" not in second


def test_a_bundle_whose_rules_are_said_to_pass_is_found_out(store, people, tmp_path):
    from dataops_core.export.verify import _rules

    dataset_rules.save(store, people, [Rule.from_json(AGE)], "eva")
    made = versions.commit(store, people, "First", "eva", reason="Known")
    told = json.loads(json.dumps(dict(made.manifest)))
    assert _rules(versions.table(store, made), told).ok
    told["rules"]["rules"][0] |= {"status": "passed", "failing": 0}
    assert not _rules(versions.table(store, made), told).ok
    told = json.loads(json.dumps(dict(made.manifest)))
    del told["rules"]["reason"]
    assert not _rules(versions.table(store, made), told).ok


def test_failing_rows_are_a_file_with_all_their_cells(store, people):
    here = datasets.get(store, people)
    state = states.head(here.raw, here.recipe, states.evaluate(store, here.raw, here.recipe))
    made = dataset_rules.failing_file(store, {"state": state, "rules": [AGE], "today": ""})
    text = store.objects.local(made["md5"]).read_text(encoding="utf-8-sig")
    assert text == "Rule,Row,id,age\nage is between 0 and 120.,2,2,400\n" and made["rows"] == 1
    told = dataset_rules.checked(store, state, [Rule.from_json(AGE)], "2026-01-01")
    assert told[0]["failing_rows"] == [1]
    assert dataset_rules.checked(store, state, [Rule.from_json(KEY)], "2026-01-01", run=False) is None


def test_a_key_is_looked_for_in_another_dataset_of_the_project(store, people, tmp_path):
    path = tmp_path / "members.csv"
    path.write_text("member\n1\n2\n", encoding="utf-8")
    datasets.add(store, datasets.default_project(store, "eva"), path, "members.csv", "eva")
    rule = Rule.from_json({"kind": "reference", "key_columns": ["id"], "table": "members", "table_columns": ["member"]})
    dataset_rules.save(store, people, [rule.changed(severity="warn")], "eva")
    made = versions.commit(store, people, "First", "eva")
    told = made.manifest["rules"]
    assert [(each["status"], each["rows"], each["failing"]) for each in told["rules"]] == [("failed", 3, 1)]
    versions.export(store, people, 1, tmp_path / "b.zip", "eva")
    assert verify_bundle(tmp_path / "b.zip").ok, "the other table is not in the bundle: its rule stands as it was"
    others = dataset_rules.related(store, people)
    args = dataset_rules.asked(made.state, [rule], "2026-01-01", others)
    assert dataset_rules.failing_file(store, args)["rows"] == 1
    stranger = rule.changed(table="nowhere")
    assert dataset_rules.checked(store, made.state, [stranger], "2026-01-01")[0]["status"] == "not checked"


def test_commit_from_the_command_line_stops_without_a_reason(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    (tmp_path / "people.csv").write_text("id,age\n1,30\n2,400\n")
    (tmp_path / "rules.yaml").write_text(dumps([Rule.from_json(AGE)]))
    asked = ["commit", "people", str(tmp_path / "people.csv"), "-m", "First", "--rules", str(tmp_path / "rules.yaml")]
    assert main(asked) == 2
    assert "A rule that blocks fails: age is between 0 and 120." in capsys.readouterr().err
    assert main([*asked, "--reason", "Confirmed", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rules"] == {"passed": 0, "failed": 1, "not_checked": 0, "blocking": 1}


def test_rules_that_two_people_add_at_once_are_all_kept(store, people):
    def work(who):
        for number in range(8):
            rule = Rule.from_json({"kind": "not_missing", "column": f"{who}{number}"})
            dataset_rules.add(store, people, [rule], who)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, ["eva", "max", "kim"]))
    assert len(dataset_rules.rules_of(store, people)) == 24


def test_a_rule_that_is_edited_takes_the_place_of_the_old_one(store, people):
    dataset_rules.save(store, people, [Rule.from_json(AGE), Rule.from_json(KEY)], "eva")
    other = Rule.from_json({"kind": "not_missing", "column": "age"})
    dataset_rules.add(store, people, [other], "eva", instead_of="range:age")
    assert [rule.name for rule in dataset_rules.rules_of(store, people)] == ["unique", "not_missing"]


@pytest.mark.parametrize("two", [False, True])
def test_rows_whose_keys_another_table_does_not_hold_are_set_aside_by_their_keys(store, tmp_path, two):
    project = datasets.default_project(store, "eva")
    (tmp_path / "o.csv").write_text(
        "n,town,zip\n1,Ede,5\n2,O'x,5\n3,,6\n4,Ede,7\n5,O'x,5\n6,Goes,6\n", encoding="utf-8"
    )
    (tmp_path / "t.csv").write_text("town,zip\nEde,5\nGoes,6\n", encoding="utf-8")
    orders = datasets.add(store, project, tmp_path / "o.csv", "orders.csv", "eva")
    datasets.add(store, project, tmp_path / "t.csv", "towns.csv", "eva")
    others = dataset_rules.related(store, orders)
    names = ["town", "zip"] if two else ["town"]
    rule = Rule.from_json(
        {"kind": "reference", "key_columns": names, "table": next(iter(others)), "table_columns": names}
    )
    state = states.head(datasets.get(store, orders).raw, datasets.get(store, orders).recipe, [])
    settings = dataset_rules.setting_keys_aside(store, state, rule, others)
    kept = get("quarantine_rows")(states.table(store, state).frame(), **settings)
    assert kept["n"].tolist() == ([1, 3, 6] if two else [1, 3, 4, 6]), "a missing key breaks nothing"
    assert len(settings["conditions"]) == (2 if two else 1)


def test_too_many_unknown_keys_are_no_slips(store, people, tmp_path, monkeypatch):
    monkeypatch.setattr(dataset_rules, "MOST_KEYS", 1)
    (tmp_path / "t.csv").write_text("id\n1\n", encoding="utf-8")
    datasets.add(store, datasets.get(store, people).project, tmp_path / "t.csv", "t.csv", "eva")
    others = dataset_rules.related(store, people)
    (name,) = others
    rule = Rule.from_json({"kind": "reference", "key_columns": ["id"], "table": name, "table_columns": ["id"]})
    here = datasets.get(store, people)
    with pytest.raises(SettingError, match="2 different keys are not in"):
        dataset_rules.setting_keys_aside(store, states.head(here.raw, here.recipe, []), rule, others)
