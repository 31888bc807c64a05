"""What somebody reads who may look only: names in settings, rules and the log are masked, in pages and commands."""

import json
from dataclasses import replace

import pytest

from dataops_core.cli.main import main
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.rules import Rule
from dataops_core.store import dataset_rules, datasets, personal_data, versions
from dataops_core.store.people import members
from dataops_core.store.people.veil import MASK, OPEN, Veil, hidden, veil
from dataops_core.store.store import Store
from tests.store.office import CUSTOMERS, csv_of_customers

FIRST = CUSTOMERS[1]["customer"]
MAIL = CUSTOMERS[2]["e-mail"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Replaced Ann Lee by Ann", f"Replaced {MASK} by {MASK}"),
        ("Annie is not Ann", f"Annie is not {MASK}"),
        ("(Ann Lee)", f"({MASK})"),
        ("write to a.l@x.org, or +49 30 55", f"write to {MASK}, or {MASK}"),
        ("a.l@x.organic", "a.l@x.organic"),
        ("Ann LeeAnn", f"{MASK} LeeAnn"),
        ("Ann", MASK),
        ("", ""),
        ("nobody", "nobody"),
        ("李雷 came", f"{MASK} came"),
    ],
)
def test_a_value_is_masked_between_edges_of_words_the_longest_first(text, shown):
    values = frozenset({"Ann", "Ann Lee", "a.l@x.org", "+49 30 55", "李雷"})
    assert Veil(values, 9).text(text) == shown


def test_settings_are_masked_however_deep():
    told = {"mapping": {"Ann": ["Bob", {"to": "Ann and Bob"}]}, "n": 3, "phone": 493055, "on": True, "none": None}
    assert Veil(frozenset({"Ann", "493055"}), 6).of(told) == {
        "mapping": {MASK: ["Bob", {"to": f"{MASK} and Bob"}]},
        "n": 3,
        "phone": MASK,
        "on": True,
        "none": None,
    }


def test_an_open_veil_hides_nothing():
    told = {"a": ("x", 1)}
    assert OPEN.of(told) is told and OPEN.text("Ann") == "Ann"


def build(store, file, actor):
    """The office's sheet with a step and a rule that name people, a version with them, and vera who may look."""
    file.write_text(csv_of_customers())
    made = datasets.add(store, datasets.make_project(store, "Office", actor), file, "orders.csv", actor, name="orders")
    here = datasets.get(store, made)
    step = RecipeStep("replace_values", {"column": "customer", "mapping": {FIRST: "A. Nonymous"}})
    datasets.edit(store, made, here.revision, replace(here.recipe, steps=(step,)), step.sentence, actor, why=MAIL)
    rule = {"kind": "allowed", "column": "e-mail", "values": [MAIL, "nobody@example.com"]}
    dataset_rules.add(store, made, [Rule.from_json(rule)], actor)
    versions.commit(store, made, f"Without {FIRST}", actor, reason="Seen", pii_reason=f"{FIRST} agreed")
    members.invite(store, datasets.get(store, made).project, "vera", "viewer", actor)
    members.switch_on(store, ["ada"], "ada")
    return made


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    store = Store(folder / "home", person="olga")
    yield store, build(store, folder / "orders.csv", "olga"), folder
    store.close()


def test_an_editor_reads_all_and_a_viewer_no_cell_of_a_column_that_names_people(office):
    store, made, _ = office
    assert veil(store, made) is OPEN
    hiding = veil(store.of("vera"), made)
    told = datasets.get(store, made).recipe.steps[0].sentence
    assert FIRST in told and FIRST not in hiding.text(told) and MASK in hiding.text(told)
    assert all(row[kind] in hiding.values for row in CUSTOMERS for kind in ("customer", "e-mail", "iban"))
    assert not {row["order no"] for row in CUSTOMERS} & hiding.values, "what names nobody stays readable"


def test_what_is_settled_as_harmless_is_read(office):
    store, made, _ = office
    here = datasets.get(store, made)
    personal_data.settle(store, here, "e-mail", False, "olga", "Addresses of shops")
    assert MAIL not in hidden(store, here).values and FIRST in hidden(store, here).values
    personal_data.settle(store, here, "e-mail", None, "olga")
    assert MAIL in hidden(store, here).values


@pytest.mark.parametrize("form", [[], ["--json"]])
@pytest.mark.parametrize(
    "command", [["log"], ["lineage", "1"], ["lineage"], ["audit"], ["sign-off", "1"], ["diff", "1"]]
)
def test_commands_print_no_name_for_a_viewer(office, command, form, monkeypatch, capsys):
    store, _, folder = office
    monkeypatch.setenv("DATAOPS_HOME", str(folder / "home"))
    name, *rest = command
    words = [name, "orders", *rest, *(["1"] if name == "diff" else []), *form]
    said = {}
    for person in ("olga", "vera"):
        monkeypatch.setattr("getpass.getuser", lambda person=person: person)
        assert main(words) in (0, 1)
        said[person] = capsys.readouterr().out
    assert FIRST not in said["vera"] and MAIL not in said["vera"]
    if name in ("log", "audit") or rest:
        assert name in ("diff", "sign-off") or FIRST in said["olga"]
    if form and name != "lineage":
        json.loads(said["vera"])
