"""The gate: people do not leave with a version unless they were treated, settled, or a reason is written."""

import json
import zipfile

import pytest

from dataops_core.cli.main import main
from dataops_core.errors import PersonalDataError, SettingError
from dataops_core.export.verify import verify_bundle
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.rules.kinds.allowed_values import Allowed
from dataops_core.rules.kinds.expression import Expression
from dataops_core.store import dataset_rules, datasets, personal_data, states, versions
from dataops_core.store.trail import audit
from tests.store.people import IDENTIFIERS, IDENTIFIERS_OF, csv_of_people


def bring(store, tmp_path):
    (tmp_path / "people.csv").write_text(csv_of_people(), encoding="utf-8")
    return datasets.add(store, datasets.default_project(store, "ann"), tmp_path / "people.csv", "people.csv", "ann")


def take(store, dataset, *steps):
    from dataclasses import replace

    here = datasets.get(store, dataset)
    datasets.edit(store, dataset, here.revision, replace(here.recipe, steps=steps), "treated", "ann")


def entries(store, dataset):
    with store.reading() as connection:
        return audit.entries(connection, dataset)


TREATED = (
    RecipeStep("redact_text", {"columns": ["remark"], "known": ["name", "email", "phone", "iban"]}),
    RecipeStep("pseudonymize", {"columns": ["name"], "kind": "name"}),
    RecipeStep("pseudonymize", {"columns": ["iban"], "kind": "iban"}),
    RecipeStep("hash_values", {"columns": ["email"]}),
    RecipeStep("drop_columns", {"columns": ["phone"]}),
)


def test_a_commit_stops_and_says_which_columns_name_people(store, tmp_path):
    dataset = bring(store, tmp_path)
    with pytest.raises(PersonalDataError, match="still names people") as told:
        versions.commit(store, dataset, "one", "ann")
    for column in ("name", "email", "phone", "iban", "remark"):
        assert f"{column}: " in told.value.what
    assert "city: " not in told.value.what
    assert not [value for value in IDENTIFIERS if value in str(told.value)]
    assert versions.log(store, dataset) == []


def test_a_reason_lets_them_through_and_stands_in_log_manifest_and_card(store, tmp_path):
    dataset = bring(store, tmp_path)
    made = versions.commit(store, dataset, "one", "ann", pii_reason="The court asked for it")
    told = made.manifest["privacy"]
    assert told["reason"] == "The court asked for it"
    assert {each["column"] for each in told["unresolved"]} == {"name", "email", "phone", "iban", "remark"}
    kept = next(entry for entry in entries(store, dataset) if entry["what"] == "personal data kept")
    assert kept["details"]["reason"] == "The court asked for it"
    versions.export(store, dataset, 1, tmp_path / "b.zip", "ann")
    assert verify_bundle(tmp_path / "b.zip").ok
    with zipfile.ZipFile(tmp_path / "b.zip") as bundle:
        card = bundle.read("DATA_CARD.md").decode()
        shown = card + "".join(bundle.read(name).decode() for name in ("facts_before.json", "facts_after.json"))
        assert "raw/raw.csv" in bundle.namelist()
    assert "The court asked for it" in card
    assert not [value for value in IDENTIFIERS if value in shown], "previews show no raw identifier"


@pytest.mark.slow
def test_after_treatment_no_byte_of_an_identifier_leaves(store, tmp_path):
    dataset = bring(store, tmp_path)
    take(store, dataset, *TREATED)
    made = versions.commit(store, dataset, "treated", "ann")
    assert made.manifest["privacy"]["raw_left_out"]
    versions.export(store, dataset, 1, tmp_path / "b.zip", "ann")
    told = verify_bundle(tmp_path / "b.zip")
    assert [check for check in told.checks if not check.ok] == []
    assert "raw file is not in it" in told.words
    with zipfile.ZipFile(tmp_path / "b.zip") as bundle:
        parts = {name: bundle.read(name) for name in bundle.namelist()}
    assert not [name for name in parts if name.startswith("raw/")]
    everything = b"".join(parts.values()) + json.dumps(entries(store, dataset)).encode()
    assert [value for value in IDENTIFIERS if value.encode() in everything] == []
    assert b"a key for tests" not in everything


def test_what_is_settled_as_harmless_passes_and_the_other_way_round(store, tmp_path):
    dataset = bring(store, tmp_path)
    take(store, dataset, *TREATED[:3], RecipeStep("drop_columns", {"columns": ["phone"]}))
    here = datasets.get(store, dataset)
    with pytest.raises(SettingError, match="no reason"):
        personal_data.settle(store, here, "email", False, "ann")
    personal_data.settle(store, here, "email", False, "ann", "Addresses of our own shops")
    made = versions.commit(store, dataset, "one", "ann")
    assert made.manifest["privacy"]["not_personal"] == {"email": "Addresses of our own shops"}
    personal_data.settle(store, here, "city", True, "ann")
    with pytest.raises(PersonalDataError, match="city: personal data, as somebody said"):
        versions.commit(store, dataset, "two", "ann")
    personal_data.settle(store, here, "city", None, "ann")
    assert versions.commit(store, dataset, "three", "ann").number == 2
    assert [entry["details"]["said"] for entry in entries(store, dataset) if entry["what"] == "personal data settled"] == [
        "is not personal data", "is personal data", "is open again",
    ]  # fmt: skip


def test_a_treatment_goes_with_its_column_through_a_renaming(store, tmp_path):
    dataset = bring(store, tmp_path)
    take(store, dataset, *TREATED, RecipeStep("rename_columns", {"names": {"name": "person"}}))
    assert "person" in versions.commit(store, dataset, "one", "ann").manifest["privacy"]["treated"]


def test_an_export_stops_where_the_version_has_no_reason(store, tmp_path):
    dataset = bring(store, tmp_path)
    versions.commit(store, dataset, "one", "ann", gate=False)
    with pytest.raises(PersonalDataError, match="still names people"):
        versions.export(store, dataset, 1, tmp_path / "b.zip", "ann")
    assert not (tmp_path / "b.zip").exists()
    versions.export(store, dataset, 1, tmp_path / "b.zip", "ann", reason="For the court")
    assert entries(store, dataset)[-1]["details"]["reason"] == "For the court"


def test_columns_are_recognized_once(store, tmp_path, monkeypatch):
    dataset = bring(store, tmp_path)
    here = datasets.get(store, dataset)
    root = states.root_id(here.raw["sha256"], here.recipe.read)
    first = personal_data.recognized(store, root)
    monkeypatch.setattr(personal_data, "recognize_one", None)
    assert personal_data.recognized(store, root) == first


def test_the_commands_have_the_option(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    file = tmp_path / "people.csv"
    file.write_text(csv_of_people(), encoding="utf-8")
    assert main(["commit", "people", str(file), "-m", "one"]) == 2
    assert "--pii-reason" in capsys.readouterr().err
    assert main(["commit", "people", str(file), "-m", "one", "--pii-reason", "For the court"]) == 0
    assert main(["export", "people", "1", "-o", str(tmp_path / "b.zip")]) == 0


def test_identifiers_in_the_settings_of_steps_are_noticed(store, tmp_path):
    dataset = bring(store, tmp_path)
    name = IDENTIFIERS_OF["name"][0]
    merge = RecipeStep("merge_values", {"column": "name", "mapping": {name: "Somebody"}})
    take(store, dataset, merge, *TREATED)
    with pytest.raises(PersonalDataError, match="name: settings of steps hold .* as in the file"):
        versions.commit(store, dataset, "one", "ann")


@pytest.mark.parametrize("condition", [None, "email != '{}'"])
def test_identifiers_in_rules_are_noticed(store, tmp_path, condition):
    dataset = bring(store, tmp_path)
    values = [f"{IDENTIFIERS_OF['email'][row]}" for row in (0, 1)]
    rule = Expression(expression=condition.format(values[0])) if condition else Allowed(column="email", values=values)
    dataset_rules.add(store, dataset, [rule], "ann")
    take(store, dataset, *TREATED)
    cells = "1 cell" if condition else "2 cells"
    with pytest.raises(PersonalDataError, match=f"email: rules hold {cells} as in the file"):
        versions.commit(store, dataset, "one", "ann")
    assert versions.commit(store, dataset, "one", "ann", reason="A test", pii_reason="Made up").number == 1


def test_entries_of_the_log_that_name_people_stay_at_home(store, tmp_path):
    dataset = bring(store, tmp_path)
    secret = IDENTIFIERS_OF["email"][3]
    here = datasets.get(store, dataset)
    datasets.edit(store, dataset, here.revision, here.recipe, f'Set email in row 4 to "{secret}"', "ann")
    take(store, dataset, *TREATED)
    versions.commit(store, dataset, "treated", "ann")
    versions.export(store, dataset, 1, tmp_path / "b.zip", "ann")
    assert verify_bundle(tmp_path / "b.zip").ok
    with zipfile.ZipFile(tmp_path / "b.zip") as bundle:
        assert secret.encode() not in b"".join(bundle.read(name) for name in bundle.namelist())
        assert len(bundle.read("audit.jsonl").splitlines()) == 3
