"""Sign-off: what is measured is true, what is open keeps a gate from being signed, and what was signed stays."""

import json
from dataclasses import replace

import pytest

from dataops_core.cli.main import main
from dataops_core.errors import ConflictError, SettingError
from dataops_core.hashing import canonical, sha256
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.store import catalog, datasets, versions
from dataops_core.store.people import sign_off
from dataops_core.store.people.checklist import Checklist, Item
from dataops_core.store.trail import audit

# 40 women, of whom 10 are hired (25 %), and 60 men, of whom 45 are hired (75 %)
PEOPLE = [("F", "yes")] * 10 + [("F", "no")] * 30 + [("M", "yes")] * 45 + [("M", "no")] * 15
ROWS = "n,sex,hired\n" + "".join(f"{n},{sex},{hired}\n" for n, (sex, hired) in enumerate(PEOPLE))
ANSWERS = {
    "purpose": "To rank applications",
    "decisions": "Who is invited",
    "harmed": "Applicants",
    "owner": "Personnel",
    "population": "All applicants of 2025",
    "quality": "80",
    "unsuitable": "Dismissals",
}


@pytest.fixture
def hires(store, tmp_path):
    (tmp_path / "hires.csv").write_text(ROWS)
    made = datasets.add(store, datasets.default_project(store, "ann"), tmp_path / "hires.csv", "hires.csv", "ann")
    roles = {"target": "hired", "favorable": "yes", "sensitive": ["sex"]}
    datasets.set_roles(store, made, datasets.get(store, made).revision, roles, "ann")
    versions.commit(store, made, "first", "ann")
    return made


def lines(store, dataset, number=1):
    return {item.key: item for item in sign_off.checklist(store, dataset, number).items}


def test_what_is_measured_is_true(store, hires):
    sign_off.answer(store, hires, ANSWERS | {"shares": "F=50, M=50"}, "ann")
    told = lines(store, hires)
    assert told["outcome"].says == 'Groups by sex; outcome "hired", good where "yes".'
    assert (
        told["representativeness"].says
        == "Furthest from the population: F, 40 % of the rows and 50 % of the population."
    )
    assert not told["representativeness"].met
    assert told["bias"].says == "The widest gap between two groups was 50.0 points and is 50.0." and told["bias"].met
    assert told["recipe"].says == "0 steps were done. Raw file and recipe lead to the same table again."
    assert told["changes"].says == "This is the first sign-off."
    assert told["rules"].met and told["privacy"].met and told["score"].met
    sign_off.answer(store, hires, {"shares": "F=38, M=62", "quality": "100"}, "ann")
    told = lines(store, hires)
    assert told["representativeness"].met
    assert told["score"].met == told["score"].says.startswith("100.0 %")


def test_preparing_that_widens_the_gap_is_open(store, hires):
    here = datasets.get(store, hires)
    keep = RecipeStep("filter_rows", {"column": "n", "keep_if": "at least", "value": 10})
    datasets.edit(store, hires, here.revision, replace(here.recipe, steps=(keep,)), "women who were hired go", "ann")
    versions.commit(store, hires, "second", "ann")
    told = lines(store, hires, 2)
    assert (
        told["bias"].says == "The widest gap between two groups was 50.0 points and is 75.0." and not told["bias"].met
    )


def test_what_is_open_keeps_a_gate_from_being_signed_until_it_is_answered_or_accepted(store, hires):
    with pytest.raises(SettingError, match="Which population should it represent"):
        sign_off.sign(store, hires, 1, "data understanding", "ben")
    sign_off.answer(store, hires, ANSWERS, "ann")
    with pytest.raises(SettingError, match="Groups against the population \\("):
        sign_off.sign(store, hires, 1, "data understanding", "ben")
    sign_off.answer(store, hires, {"representativeness": "No census of applicants exists"}, "ann")
    now = sign_off.sign(store, hires, 1, "data understanding", "ben")
    (signature,) = now.signatures
    assert (signature.gate, signature.signer) == ("data understanding", "ben")
    with store.reading() as connection:
        row = connection.execute(catalog.sign_off.select()).one()
        entry = audit.entries(connection, hires)[-1]
    assert sha256(canonical({"dataset": hires, "version": 1, "gate": row.gate, "items": row.items})) == row.sha256
    assert (entry["what"], entry["details"]["sha256"]) == ("gate signed", row.sha256)
    with pytest.raises(ConflictError, match="is signed"):
        sign_off.sign(store, hires, 1, "data understanding", "eva")


def test_the_next_sign_off_says_what_changed_since(store, hires):
    sign_off.answer(store, hires, ANSWERS | {"findings": "Made up for a test"}, "ann")
    sign_off.sign(store, hires, 1, "data preparation", "ben")
    versions.commit(store, hires, "again", "ann")
    told = lines(store, hires, 2)["changes"]
    assert told.says == "Since version 1: 0 rows dropped, 0 added, 0 cells changed, 0 columns added, 0 removed."


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"purposes": "x"}, "no question"),
        ({"quality": "good"}, "not a percentage"),
        ({"shares": "F:1"}, "not a population"),
    ],
)
def test_answers_that_make_no_sense_are_refused(store, hires, given, what):
    with pytest.raises(SettingError, match=what):
        sign_off.answer(store, hires, given, "ann")


def test_markup_in_an_answer_stays_text():
    item = Item("purpose", "data understanding", "What?", "<b>x</b> [a](b)\n# y", True, measured=False)
    told = Checklist("d_1", 1, (item,)).to_markdown()
    assert "\\<b\\>x\\</b\\> \\[a\\](b) \\# y (answered)" in told and "# Sign-off: d\\_1, version 1" in told


def test_from_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    (tmp_path / "hires.csv").write_text(ROWS)
    assert main(["commit", "hires", str(tmp_path / "hires.csv"), "-m", "first"]) == 0
    capsys.readouterr()
    assert main(["sign-off", "hires", "1", "--json"]) == 1
    assert "purpose" in json.loads(capsys.readouterr().out)["open"]["data understanding"]
    assert main(["sign-off", "hires", "1", "--sign", "data preparation"]) == 2
    given = [
        part
        for key, text in (ANSWERS | {"outcome": "Not about people"}).items()
        for part in ("--answer", f"{key}={text}")
    ]
    out = tmp_path / "sign-off.md"
    assert main(["sign-off", "hires", "1", *given, "--sign", "data understanding", "-o", str(out)]) == 0
    text = out.read_text()
    assert "- [x] **What is the data used for?** To rank applications (answered)" in text and "Signed by " in text
    assert main(["sign-off", "hires", "1", "--answer", "purpose"]) == 2
