"""Promotion: one asks, another approves; what an environment has; what may not go into it."""

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from dataops_core.cli.main import main
from dataops_core.errors import AccessError, ConflictError, InputError, SettingError
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.rules import Rule
from dataops_core.store import catalog, dataset_rules, datasets, removal, states, versions
from dataops_core.store.monitoring import deliveries
from dataops_core.store.people import gates, members, promotions
from dataops_core.store.store import Store
from dataops_core.store.trail import audit

ROWS = "id,age\n" + "".join(f"{n},{20 + n % 50}\n" for n in range(60))


def bring(store, folder, text, name="t.csv"):
    (folder / name).write_text(text)
    return datasets.add(store, datasets.default_project(store, "ann"), folder / name, name, "ann")


@pytest.fixture
def ages(store, tmp_path):
    """A dataset with three versions: as it came, without doubles, and with a rounding step."""
    made = bring(store, tmp_path, ROWS + "1,21\n")
    versions.commit(store, made, "as it came", "ann")
    step(store, made, RecipeStep("drop_duplicate_rows", {}))
    versions.commit(store, made, "no doubles", "ann")
    step(store, made, RecipeStep("drop_duplicate_rows", {}), RecipeStep("drop_columns", {"columns": ["id"]}))
    versions.commit(store, made, "no ids", "ann")
    return made


def step(store, dataset, *steps):
    here = datasets.get(store, dataset)
    datasets.edit(store, dataset, here.revision, replace(here.recipe, steps=steps), "steps", "ann")


def promote(store, dataset, number, environment="production", asks="ann", answers="ben"):
    made = promotions.request(store, dataset, number, environment, "because", asks)
    return promotions.approve(store, dataset, made.number, answers)


def has(store, dataset):
    return {each.name: each.version for each in promotions.environments(store, dataset)}


def logged(store, dataset):
    with store.reading() as connection:
        audit.check_chain(audit.entries(connection))
        return [(e["what"], e["actor"]) for e in audit.entries(connection, dataset)]


def test_one_asks_another_approves_and_the_environment_has_it(store, ages):
    assert has(store, ages) == {"sandbox": 3, "staging": None, "production": None}
    made = promotions.request(store, ages, 2, "production", "Agreed on Monday", "ann")
    assert made.standing == "requested" and has(store, ages)["production"] is None
    assert [(gate.name, gate.passed) for gate in made.gates] == [
        ("recipe", True),
        ("rules", True),
        ("personal data", True),
    ]
    made = promotions.approve(store, ages, made.number, "ben", reason="Seen")
    assert (made.standing, made.requester, made.approver, made.reason) == ("approved", "ann", "ben", "Seen")
    assert has(store, ages) == {"sandbox": 3, "staging": None, "production": 2}
    assert logged(store, ages)[-2:] == [("promotion requested", "ann"), ("promotion approved", "ben")]


def test_whoever_asks_does_not_approve_and_the_database_says_so(store, ages):
    made = promotions.request(store, ages, 2, "production", "because", "ann")
    with pytest.raises(AccessError, match="ann asked for this promotion"):
        promotions.approve(store, ages, made.number, "ann")
    assert promotions.get(store, ages, made.number).standing == "requested"
    table = catalog.promotion
    for values in (
        {"approver": "ann"},
        {"standing": "approved"},
        {"standing": "approved", "requester": "eva", "approver": "ann"},
    ):
        with pytest.raises(sa.exc.IntegrityError), store.writing() as connection:
            connection.execute(table.update().where(table.c.dataset == ages).values(**values))


def test_a_decided_promotion_stays_as_it_is(store, ages):
    promote(store, ages, 2)
    table = catalog.promotion
    with pytest.raises(sa.exc.IntegrityError, match="stays as it is"), store.writing() as connection:
        connection.execute(table.update().where(table.c.dataset == ages).values(version=3))
    with pytest.raises(ConflictError, match="Promotion 1 is approved"):
        promotions.refuse(store, ages, 1, "ben", reason="late")


def test_rolling_back_takes_what_was_there_before_and_a_reason(store, ages):
    for number in (1, 2, 3):
        promote(store, ages, number)
    with pytest.raises(SettingError, match="no reason"):
        promotions.roll_back(store, ages, "production", " ", "ben")
    made = promotions.roll_back(store, ages, "production", "Wrong rows", "ben")
    assert (made.version, made.kind, made.approver) == (2, "rollback", None)
    assert has(store, ages)["production"] == 2
    assert promotions.roll_back(store, ages, "production", "Further", "ben", number=1).version == 1
    assert has(store, ages)["production"] == 1
    with pytest.raises(SettingError, match="no version to go back to in staging"):
        promotions.roll_back(store, ages, "staging", "why not", "ben")


def test_one_promotion_at_a_time_waits_and_it_can_be_refused_or_withdrawn(store, ages):
    promotions.request(store, ages, 2, "production", "because", "ann")
    with pytest.raises(ConflictError, match="Promotion 1 into production waits"):
        promotions.request(store, ages, 3, "production", "because", "eva")
    promotions.request(store, ages, 3, "staging", "because", "ann")
    assert promotions.refuse(store, ages, 1, "ben", reason="Not yet").approver == "ben"
    assert promotions.refuse(store, ages, 2, "ann", reason="Mistake").approver is None
    assert logged(store, ages)[-2:] == [("promotion refused", "ben"), ("promotion withdrawn", "ann")]
    with pytest.raises(ConflictError, match="is refused"):
        promotions.approve(store, ages, 1, "ben")
    promote(store, ages, 3)
    with pytest.raises(SettingError, match="in production already"):
        promotions.request(store, ages, 3, "production", "again", "ann")
    with pytest.raises(SettingError, match="sandbox has the newest"):
        promotions.request(store, ages, 3, "sandbox", "why", "ann")
    with pytest.raises(InputError, match="no promotion 9"):
        promotions.approve(store, ages, 9, "ben")


def test_a_rule_that_blocks_stops_it_also_when_it_came_after_the_request(store, ages):
    made = promotions.request(store, ages, 2, "production", "because", "ann")
    young = Rule.from_json({"kind": "range", "column": "age", "min": 0, "max": 30})
    dataset_rules.save(store, ages, [young], "ann")
    with pytest.raises(SettingError, match="age is between 0 and 30"):
        promotions.approve(store, ages, made.number, "ben")
    dataset_rules.save(store, ages, [replace(young, severity="warn")], "ann")
    assert promotions.approve(store, ages, made.number, "ben").standing == "approved"


def test_a_version_whose_recipe_no_longer_leads_to_it_is_not_promoted(store, ages, monkeypatch):
    version = versions.get(store, ages, 2)
    assert gates._replayed(store, version).passed
    assert not gates._replayed(store, replace(version, content_hash="another")).passed
    raw = store.objects.local(version.manifest["raw"]["md5"])
    raw.chmod(0o644)
    raw.write_bytes(raw.read_bytes().replace(b"1,21", b"1,99"))
    with pytest.raises(SettingError, match="cannot go into production"):
        promotions.request(store, ages, 2, "production", "because", "ann")


MAILS = "mail,age\n" + "".join(f"person{n}@example.com,{20 + n % 50}\n" for n in range(60))


def test_raw_identifiers_stay_out_of_staging_whatever_the_reason_and_masked_ones_go(store, tmp_path):
    made = bring(store, tmp_path, MAILS)
    versions.commit(store, made, "raw", "ann", pii_reason="The shop agreed")
    with pytest.raises(SettingError, match="stays out of staging.*mail: "):
        promotions.request(store, made, 1, "staging", "to test", "ann")
    promote(store, made, 1, "production")
    step(store, made, RecipeStep("mask_values", {"columns": ["mail"]}))
    versions.commit(store, made, "masked", "ann")
    promote(store, made, 2, "staging")
    assert has(store, made) == {"sandbox": 2, "staging": 2, "production": 1}


def test_without_a_reason_they_stay_out_of_production_too(store, tmp_path):
    made = bring(store, tmp_path, MAILS)
    versions.commit(store, made, "raw", "ann", gate=False)
    with pytest.raises(SettingError, match="no reason was written"):
        promotions.request(store, made, 1, "production", "because", "ann")


def test_a_synthetic_version_goes_into_staging_with_its_likeness_and_not_into_production(store, ages):
    version = versions.get(store, ages, 2)
    told = {
        **version.manifest,
        "kind": "synthetic",
        "synthetic": {"judge": {"fidelity": {"score": 0.84, "floor": 0.25, "ceiling": 0.95}}},
    }
    synthetic = replace(
        version,
        manifest=told,
        content_hash=states.table(store, states.root_id(told["raw"]["sha256"], version.recipe.read)).content_hash,
    )
    found = gates.gates(store, ages, synthetic, "staging")
    assert all(gate.passed for gate in found)
    assert (
        found[-1].says
        == "It is alike to the real rows by 0.84, between 0.25 (columns shuffled) and 0.95 (other real rows)."
    )
    assert [gate.name for gate in gates.gates(store, ages, synthetic, "production") if not gate.passed] == ["likeness"]


def test_deliveries_are_held_against_production(store, ages, tmp_path):
    assert deliveries.reference(store, ages).number == 3
    promote(store, ages, 2)
    assert deliveries.reference(store, ages).number == 2
    assert deliveries.reference(store, ages, 1).number == 1


def test_promotions_go_with_their_dataset(store, ages):
    promote(store, ages, 2)
    removal.delete(store, ages, "ann", confirm="t")
    with store.reading() as connection:
        assert connection.execute(catalog.promotion.select()).all() == []


def test_two_people_neither_of_whom_can_do_the_part_of_the_other(tmp_path):
    store = Store(tmp_path / "home", person="olga")
    made = bring(store.of("olga"), tmp_path, ROWS)
    project = datasets.get(store, made).project
    versions.commit(store, made, "first", "olga")
    members.invite(store, project, "ed", "editor", "olga", environment="sandbox")
    members.invite(store, project, "pia", "steward", "olga", environment="production")
    members.switch_on(store, ["ada"], "olga")
    ed, pia = store.of("ed"), store.of("pia")
    with pytest.raises(AccessError, match="pia may not ask for promotion"):
        promotions.request(pia, made, 1, "production", "because", "pia")
    promotions.request(ed, made, 1, "production", "because", "ed")
    for person, actor in ((ed, "ed"), (ed, "pia")):
        with pytest.raises(AccessError):
            promotions.approve(person, made, 1, actor)
    assert promotions.approve(pia, made, 1, "pia").approver == "pia"
    with pytest.raises(AccessError, match="ed may not roll back in production"):
        promotions.request(ed, made, 1, "staging", "because", "ed")
        promotions.approve(store.of("ada"), made, 2, "ada")
        versions.commit(ed, made, "second", "ed")
        promotions.request(ed, made, 2, "production", "because", "ed")
        promotions.approve(pia, made, 3, "pia")
        promotions.roll_back(ed, made, "production", "mine", "ed")
    story = [who for what, who in logged(pia, made) if what.startswith("promotion")]
    assert story == ["ed", "pia", "ed", "ada", "ed", "pia"]
    with store.reading() as connection:
        refused = [e["actor"] for e in audit.entries(connection) if e["what"] == "refused"]
    assert refused == ["pia", "ed", "ed", "ed"]


def test_from_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("getpass.getuser", lambda: "ann")
    (tmp_path / "t.csv").write_text(ROWS)
    assert main(["commit", "ages", str(tmp_path / "t.csv"), "-m", "first"]) == 0
    assert main(["promote", "ages", "1", "production", "-m", "because"]) == 0
    assert main(["environments", "ages"]) == 1
    assert main(["approve", "ages", "1"]) == 2  # by whoever asked
    assert main(["approve", "ages", "1", "--as", "ben"]) == 0
    capsys.readouterr()
    assert main(["environments", "ages", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {each["environment"]: each["version"] for each in told["environments"]} == {
        "sandbox": 1,
        "staging": None,
        "production": 1,
    }
    assert told["promotions"][0]["approver"] == "ben"
    assert main(["promote", "ages", "1", "staging", "-m", "because"]) == 0
    assert main(["approve", "ages", "2", "--refuse", "mistake"]) == 0
    assert main(["rollback", "ages", "production", "--reason", "why not"]) == 2
