"""Every command that opens the store, as each role, as a stranger and as nobody: what it asks for is found by running
its own example as an administrator.
"""

import getpass
import re
import shutil
from pathlib import Path

import pytest

from dataops_core.access import ACTIONS, ROLES, covers
from dataops_core.cli.commands import COMMANDS, examples
from dataops_core.store import datasets
from dataops_core.store.people import members, permissions
from dataops_core.store.store import Store
from dataops_core.store.trail import audit
from tests.cli.test_examples import ALSO, prepared, run, text_of

ROOT = Path(__file__).parents[2]
PEOPLE = {"": None, "sam": None, "vera": "viewer", "ed": "editor", "stan": "steward", "ada": "admin"}
OPENS_STORE = [
    name
    for name, module in COMMANDS.items()
    if "Store()" in (ROOT / "dataops_core" / "cli" / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
]
OWNER = getpass.getuser()
OWN = {"commit"}  # a stranger makes a dataset of that name, in a project of their own
__all__ = ["prepared"]


@pytest.fixture(scope="module")
def peopled(prepared, tmp_path_factory):
    """What the examples need, with roles switched on."""
    folder = tmp_path_factory.mktemp("peopled") / "here"
    shutil.copytree(prepared, folder)
    store = Store(folder / "home")
    (made,) = datasets.called(store, "loans")
    project = datasets.get(store, made).project
    members.switch_on(store, ["ada", store.person], store.person)
    for person, role in PEOPLE.items():
        if role not in (None, "admin"):
            members.invite(store, project, person, role, store.person)
    store.close()
    return folder, made


@pytest.fixture
def as_person(peopled, tmp_path, monkeypatch, capsys):
    """Runs lines as somebody, in a home of their own; returns (exit code, what was said, the log's new entries)."""
    folder, made = peopled

    def go(person, lines, before=()):
        here = tmp_path / (person or "nobody")
        shutil.copytree(folder, here)
        monkeypatch.chdir(here)
        monkeypatch.setenv("DATAOPS_HOME", str(here / "home"))
        monkeypatch.setattr("getpass.getuser", lambda: OWNER)
        for line in before:
            assert run(line) == 0
        known = len(log(here))
        monkeypatch.setattr("getpass.getuser", lambda: person)
        capsys.readouterr()
        codes = [run(line) for line in lines]
        told = capsys.readouterr()
        return max(codes), told.out + told.err, log(here)[known:], made

    return go


def log(folder):
    store = Store(folder / "home")
    with store.reading() as connection:
        audit.check_chain(audit.entries(connection))
        found = [(each["what"], each["actor"], each["dataset"]) for each in audit.entries(connection)]
    store.close()
    return found


def asked(monkeypatch):
    """The actions that are asked for from now on."""
    found = []
    real = permissions.check

    def check(connection, action, **given):
        found.append(action)
        real(connection, action, **given)

    def may(store, *given, **named):  # a question about what to show, and no action
        known, answer = len(found), really_may(store, *given, **named)
        del found[known:]
        return answer

    really_may = Store.may
    monkeypatch.setattr(permissions, "check", check)
    monkeypatch.setattr(Store, "may", may)
    return found


@pytest.mark.parametrize("command", OPENS_STORE)
def test_a_command_does_for_a_role_what_its_actions_allow_and_nothing_else(command, as_person, monkeypatch, few_trees):
    lines = [re.sub(" --as [a-z]+", "", line) for line in examples(text_of(command))]  # it is for while roles are off
    actions = asked(monkeypatch)
    code, said, _, _ = as_person("ada", lines, ALSO.get(command, ()))
    assert code in (0, 1), said
    needs = [ACTIONS[each].needs for each in actions]
    for person, role in PEOPLE.items():
        if person == "ada":
            continue
        code, said, entries, made = as_person(person, lines, ALSO.get(command, ()))
        mine = {what for what, actor, dataset in entries if actor == (person or "nobody") and dataset in (made, None)}
        if role is None:  # is told nothing of what is there
            assert code == 2 or command in OWN or "loans" not in said, (person, said)
            assert mine <= {"refused", "project made"}, (person, mine)
        elif all(need is None or covers(role, need) for need in needs):
            assert code in (0, 1) and "refused" not in mine, (person, said)
        else:
            assert code == 2 and mine == {"refused"}, (person, said, mine)


@pytest.mark.parametrize("command", [each for each in OPENS_STORE if " --as " in " ".join(examples(text_of(each)))])
def test_a_command_that_is_done_in_anothers_name_is_refused(command, as_person):
    lines = examples(text_of(command))
    code, said, entries, _ = as_person("stan", lines, ALSO.get(command, ()))
    assert code == 2 and "under your own name" in said
    assert [what for what, actor, _ in entries if actor == "stan"] == ["refused"]


def test_there_are_such_commands_and_their_roles_differ():
    assert {"commit", "log", "approve", "members", "watch"} <= set(OPENS_STORE) and len(OPENS_STORE) > 15
    assert set(ROLES) == {role for role in PEOPLE.values() if role}
