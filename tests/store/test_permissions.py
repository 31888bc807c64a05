"""Every action as each role, as a stranger, and as nobody; and the ways round it."""

import ast
import secrets
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from dataops_core.access import ACTIONS, ROLES, covers
from dataops_core.cli.main import main
from dataops_core.errors import AccessError, ConflictError, DataOpsError, InputError, SettingError
from dataops_core.monitoring import Limits
from dataops_core.progress import no_progress
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.rules import Rule
from dataops_core.store import (
    catalog,
    dataset_rules,
    datasets,
    fsck,
    jobs,
    overview,
    personal_data,
    purge,
    removal,
    versions,
    worker,
)
from dataops_core.store.choices import finding_overrides, form_state
from dataops_core.store.monitoring import alerts, deliveries
from dataops_core.store.people import members, promotions, sign_ins, sign_off
from dataops_core.store.people.checklist import MEASURED, QUESTIONS
from dataops_core.store.publishing import publications
from dataops_core.store.store import Store
from dataops_core.store.trail import audit
from dataops_core.store.trail.export import zipped

ROOT = Path(__file__).parents[2]
OWNER = "olga"
ROWS = "id,age\n" + "".join(f"{n},{20 + n % 50}\n" for n in range(100))
RULE = {"kind": "range", "column": "age", "min": 0, "max": 120}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Roles are on. The project of olga has a dataset with a version, a delivery in quarantine and a rule; vera, ed,
    stan and ada are viewer, editor, steward and administrator, and sam is a stranger.
    """
    tmp_path = tmp_path_factory.mktemp("built")
    store = Store(tmp_path / "home", person=OWNER)
    (tmp_path / "may.csv").write_text(ROWS)
    (tmp_path / "june.csv").write_text("id,age\n1,20\n")
    project = datasets.make_project(store, "Sales", OWNER)
    made = datasets.add(store, project, tmp_path / "may.csv", "may.csv", OWNER, name="sales")
    dataset_rules.add(store, made, [Rule.from_json(RULE)], OWNER)
    here = datasets.get(store, made)
    datasets.edit(store, made, here.revision, replace(here.recipe, steps=(TRIM,)), "trim", OWNER)
    versions.commit(store, made, "first", OWNER)
    deliveries.watch(store, made, datasets.store_raw(store, tmp_path / "june.csv", "june.csv"), OWNER)
    for person, role in (("vera", "viewer"), ("ed", "editor"), ("stan", "steward")):
        members.invite(store, project, person, role, OWNER)
    members.switch_on(store, ["ada"], "ada")
    store.close()
    return tmp_path, project, made


@pytest.fixture
def house(built, tmp_path):
    """What `built` tells of, in a home of its own."""
    files, project, dataset = built
    shutil.copytree(files, tmp_path, dirs_exist_ok=True)
    store = Store(tmp_path / "home", person=OWNER)
    store.files, store.project, store.dataset = tmp_path, project, dataset
    yield store
    store.close()


TRIM = RecipeStep("drop_duplicate_rows", {})
PEOPLE = {"": None, "sam": None, "vera": "viewer", "ed": "editor", "stan": "steward", "ada": "admin"}


def edit(store, me):
    here = datasets.get(store, store.dataset)
    datasets.edit(store, store.dataset, here.revision, replace(here.recipe, steps=()), "none", me)


def log(what, **scope):
    """What takes too long here: its entry in the log, which is where the store asks."""

    def do(store, me):
        with store.writing() as connection:
            names = {key: getattr(store, key) for key in scope}
            store.log(connection, what, me, names.get("dataset"), project=names.get("project"))

    return do


def redo(store, me):
    owner = store.of(OWNER)
    if datasets.get(owner, store.dataset).redo is None:
        datasets.undo(owner, store.dataset, datasets.get(owner, store.dataset).revision, OWNER)
    datasets.redo(store, store.dataset, datasets.get(owner, store.dataset).revision, me)


def asked(store):
    """The store, with a promotion that olga has asked for."""
    owner = store.of(OWNER)
    if not promotions.listed(owner, store.dataset):
        promotions.request(owner, store.dataset, 1, "production", "because", OWNER)
    return store


def settled(store):
    """The store, with the questions answered and what was measured accepted."""
    given = {key: "fine" for key in (*MEASURED, *QUESTIONS) if key != "quality"}
    sign_off.answer(store.of(OWNER), store.dataset, given | {"quality": "50"}, OWNER)
    return store


def withdraw(store, me):
    """Take back what one asked for oneself; for those who could not ask, the entry in the log."""
    if store.may("promotion requested", store.dataset):
        promotions.request(store, store.dataset, 1, "production", "because", me)
        promotions.refuse(store, store.dataset, 1, me, reason="mistake")
    else:
        log("promotion withdrawn", dataset=1)(store, me)


def roll_back(store, me):
    """Go back to version 1, after olga had it and then another one in production."""
    owner = store.of(OWNER)
    if not promotions.listed(owner, store.dataset):
        versions.commit(owner, store.dataset, "second", OWNER)
        for number in (1, 2):
            made = promotions.request(owner, store.dataset, number, "production", "because", OWNER)
            promotions.approve(store.of("ada"), store.dataset, made.number, "ada")
    promotions.roll_back(store, store.dataset, "production", "why", me)


def waiting_job(store):
    """A job that olga has started, and that no process works on."""
    made = secrets.token_hex(4)
    with store.of(OWNER).writing() as connection:
        about = {
            "kind": "commit",
            "args": {"dataset": store.dataset},
            "key": "k",
            "share": 0.0,
            "note": "",
            "beat": 0.0,
        }
        connection.execute(
            catalog.job.insert().values(
                id=made, state="queued", cancel=False, created=0.0, actor=OWNER, place="", **about
            )
        )
    return made


def export(store, me):
    versions.export(store, store.dataset, 1, store.files / "out.zip", me)


def publish(store, me):
    publications.publish_version(store, store.dataset, 1, str(store.files / "published"), me)


def watch(store, me):
    (store.files / "july.csv").write_text("id,age\n1,21\n")
    raw = datasets.store_raw(store, store.files / "july.csv", "july.csv")
    deliveries.watch(store, store.dataset, raw, me)


SCENARIOS = {
    "project made": lambda s, me: datasets.make_project(s, "Mine", me),
    "groups noted": lambda s, me: sign_ins.note(s, {"staff"}, 1.0),
    "signed out": lambda s, me: sign_ins.end(s, 1.0),
    "roles switched on": None,  # nobody has a role yet: see below
    "roles switched off": members.switch_off,
    "administrator named": lambda s, me: members.switch_on(s, ["eve"], me),
    "member invited": lambda s, me: members.invite(s, s.project, "eve", "viewer", me),
    "member removed": lambda s, me: members.remove(s, s.project, "vera", me),
    "project handed over": lambda s, me: members.hand_over(s, s.project, "eve", me),
    "see": lambda s, me: datasets.get(s, s.dataset),
    "store checked": lambda s, me: fsck.check(s),
    "log read": lambda s, me: zipped(s),
    "alert sent": log("alert sent", dataset=1),
    "alert not sent": log("alert not sent", dataset=1),
    "file read": lambda s, me: datasets.add(s, s.project, s.files / "may.csv", "may.csv", me),
    "recipe changed": edit,
    "undone": lambda s, me: datasets.undo(s, s.dataset, datasets.get(s.of(OWNER), s.dataset).revision, me),
    "redone": redo,
    "form changed": lambda s, me: form_state.change(s, s.dataset, "x", {"a": 1}, me),
    "roles set": lambda s, me: datasets.set_roles(
        s, s.dataset, datasets.get(s.of(OWNER), s.dataset).revision, {"id": "id"}, me
    ),
    "rules changed": lambda s, me: dataset_rules.save(s, s.dataset, [], me),
    "rules added": lambda s, me: dataset_rules.add(s, s.dataset, [Rule.from_json(RULE | {"max": 99})], me),
    "rule removed": lambda s, me: dataset_rules.remove(s, s.dataset, "range:age", me),
    "finding ignored": lambda s, me: finding_overrides.ignore(s, s.dataset, "outliers", ["age"], "fine", me),
    "finding minded again": lambda s, me: finding_overrides.unignore(s, s.dataset, "outliers", ["age"], me),
    "weights set": lambda s, me: finding_overrides.set_weight(s, s.dataset, {"accuracy": 2.0}, me),
    "model kept": log("model kept", dataset=1),
    "model dropped": log("model dropped", dataset=1),
    "synthetic data made": log("synthetic data made", dataset=1),
    "synthetic data opened": log("synthetic data opened", dataset=1),
    "version committed": lambda s, me: versions.commit(s, s.dataset, "second", me),
    "version exported": export,
    "publication begun": publish,
    "version published": publish,
    "delivery judged": watch,
    "job cancelled": lambda s, me: jobs.cancel(s, waiting_job(s)),
    "cluster run": log("cluster run", dataset=1),
    "dataset renamed": lambda s, me: removal.rename(s, s.dataset, "other", me),
    "version purged": lambda s, me: purge.purge(s, s.dataset, [1], me, reason="because", force=True),
    "tables compacted": log("tables compacted", dataset=1),
    "leftovers removed": log("leftovers removed"),
    "dataset deleted": lambda s, me: removal.delete(s, s.dataset, me, confirm="sales"),
    "personal data settled": lambda s, me: personal_data.settle(
        s, datasets.get(s.of(OWNER), s.dataset), "id", True, me
    ),
    "personal data kept": log("personal data kept", dataset=1),
    "personal data downloaded": lambda s, me: personal_data.log_download(
        s, datasets.get(s.of(OWNER), s.dataset), [], "why", me
    ),
    "personal data written": lambda s, me: personal_data.log_written(s, [], "why", me, "run", "0" * 64),
    "questions answered": lambda s, me: sign_off.answer(s, s.dataset, {"purpose": "to learn"}, me),
    "gate signed": lambda s, me: sign_off.sign(settled(s), s.dataset, 1, "data preparation", me),
    "promotion requested": lambda s, me: promotions.request(s, s.dataset, 1, "production", "because", me),
    "promotion withdrawn": withdraw,
    "promotion approved": lambda s, me: promotions.approve(asked(s), s.dataset, 1, me),
    "promotion refused": lambda s, me: promotions.refuse(asked(s), s.dataset, 1, me, reason="why"),
    "rolled back": roll_back,
    "limits set": lambda s, me: deliveries.set_limits(s, s.dataset, Limits(), me),
    "delivery accepted": lambda s, me: deliveries.decide(s, s.dataset, 1, accept=True, reason="why", actor=me),
    "delivery rejected": lambda s, me: deliveries.decide(s, s.dataset, 1, accept=False, reason="why", actor=me),
}


def test_there_is_a_scenario_for_every_action():
    assert set(SCENARIOS) == set(ACTIONS)


@pytest.mark.parametrize("action", [name for name, scenario in SCENARIOS.items() if scenario])
def test_every_action_as_each_role_as_a_stranger_and_as_nobody(house, action):
    """Those who may not come first, and leave everything as it was; then the least who may."""
    needs = ACTIONS[action].needs
    order = sorted(PEOPLE, key=lambda person: list(ROLES).index(PEOPLE[person]) if PEOPLE[person] else -1)
    able = [me for me in order if me and (needs is None or covers(PEOPLE[me], needs))]
    for me in order:
        if me in able:
            continue
        before = entries(house)
        with pytest.raises(AccessError):
            SCENARIOS[action](handle(house, me), me)
        added = entries(house)[len(before) :]
        own = [e["what"] for e in added if e["actor"] not in (OWNER, "ada")]  # they prepare some scenarios
        assert own == ["refused"], me
        assert added[-1]["actor"] == (me or "nobody")
    SCENARIOS[action](handle(house, able[0]), able[0])


def handle(house, person):
    made = house.of(person)
    made.files, made.project, made.dataset = house.files, house.project, house.dataset
    return made


def entries(store):
    with store.reading() as connection:
        audit.check_chain(audit.entries(connection))
        return audit.entries(connection)


def test_nobody_acts_in_the_name_of_another(house):
    for me in ("vera", "sam"):
        with pytest.raises(AccessError, match="under your own name"):
            dataset_rules.save(handle(house, me), house.dataset, [], "stan")


def test_what_a_stranger_sees_is_what_somebody_sees_who_guesses(house):
    stranger = house.of("sam")
    assert datasets.projects(stranger) == [] and datasets.called(stranger, "sales") == []
    assert datasets.called(stranger, house.dataset) == []
    for look in (
        lambda: datasets.get(stranger, house.dataset),
        lambda: datasets.in_project(stranger, house.project),
        lambda: overview.project_overview(stranger, house.project),
        lambda: versions.get(stranger, house.dataset, 1),
        lambda: versions.log(stranger, house.dataset),
        lambda: dataset_rules.rules_of(stranger, house.dataset),
        lambda: deliveries.listed(stranger, house.dataset),
        lambda: deliveries.get(stranger, house.dataset, 1),
        lambda: members.listed(stranger, house.project),
        lambda: finding_overrides.ignored(stranger, house.dataset),
        lambda: form_state.get(stranger, house.dataset, "x"),
        lambda: jobs.start(stranger, "commit", {"dataset": house.dataset, "message": "m"}, "sam"),
    ):
        with pytest.raises(AccessError, match="no such project or dataset") as told:
            look()
        assert "sales" not in str(told.value).lower()
    with pytest.raises(InputError, match="There is no dataset"):
        datasets.find(stranger, "sales")
    assert datasets.default_project(stranger, "sam") != house.project
    assert [project["name"] for project in datasets.projects(stranger)] == ["My project"]


def test_a_role_taken_away_counts_at_once(house):
    editor = handle(house, "ed")
    edit(editor, "ed")
    members.remove(house.of("stan"), house.project, "ed", "stan")
    with pytest.raises(AccessError):
        edit(editor, "ed")


def test_a_role_in_one_dataset_shows_that_one_alone(house):
    stan = handle(house, "stan")
    datasets.add(stan, house.project, house.files / "june.csv", "june.csv", "stan", name="wages")
    members.invite(stan, house.dataset, "gus", "editor", "stan")
    guest = handle(house, "gus")
    assert [each["name"] for each in datasets.projects(guest)] == ["Sales"]
    assert datasets.called(guest, "wages") == [] and datasets.called(guest, "sales") == [house.dataset]
    edit(guest, "gus")
    with pytest.raises(AccessError):
        datasets.add(guest, house.project, house.files / "may.csv", "may.csv", "gus")


def test_a_role_in_another_environment_does_not_work_in_the_sandbox(house):
    members.invite(house.of("stan"), house.project, "pia", "steward", "stan", environment="production")
    pia = handle(house, "pia")
    datasets.get(pia, house.dataset)
    with pytest.raises(AccessError, match="pia may not change steps"):
        edit(pia, "pia")


def test_a_role_of_a_group_is_its_peoples_as_long_as_their_sign_in_says_so(house):
    members.invite(house.of("stan"), house.project, "group:analysts", "editor", "stan")
    gina = handle(house, "gina")
    sign_ins.note(gina, {"analysts", "staff"}, 1.0)
    assert [each["name"] for each in datasets.projects(gina)] == ["Sales"]
    edit(gina, "gina")
    sign_ins.note(gina, {"staff"}, 2.0)
    with pytest.raises(AccessError, match="no such project"):
        edit(gina, "gina")
    with pytest.raises(AccessError, match="Nobody is named"):
        edit(handle(house, "group:analysts"), "group:analysts")


def test_the_last_steward_stays_and_hands_over(house):
    members.remove(house.of("ada"), house.project, OWNER, "ada")
    with pytest.raises(ConflictError, match="only steward"):
        members.remove(house.of("stan"), house.project, "stan", "stan")
    members.hand_over(house.of("stan"), house.project, "ed", "stan")
    roles = {each.person: each.role for each in members.listed(house.of("ed"), house.project)}
    assert roles == {"ada": "admin", "ed": "steward", "stan": "editor", "vera": "viewer"}


def test_roles_are_not_switched_on_without_an_administrator(tmp_path):
    store = Store(tmp_path / "home")
    with pytest.raises(SettingError, match="no administrator"):
        members.switch_on(store, [], "ann")
    assert not members.is_on(store)


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "x" * 201])
def test_a_member_has_a_name(house, name):
    with pytest.raises(SettingError, match="name of a person"):
        members.invite(house.of("stan"), house.project, name, "viewer", "stan")


def test_what_a_job_does_it_does_in_the_name_of_whoever_asked(house, monkeypatch):
    class AtOnce:
        """Does the job before its lock is given up, in the place of a worker's process."""

        def __init__(self, command, **_given):
            worker_store = Store(house.home)
            assert jobs.claim(worker_store, command[-1])
            worker.carry_out(worker_store, command[-1], no_progress)

        def wait(self):
            return 0

    monkeypatch.setattr(jobs, "subprocess", SimpleNamespace(Popen=AtOnce, DEVNULL=None))
    viewer = house.of("vera")
    job = jobs.start(viewer, "commit", {"dataset": house.dataset, "message": "mine"}, "vera")
    ended = jobs.get(viewer, job)
    assert ended.state == "failed" and ended.error["what"] == "vera may not save versions."


def test_from_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    (tmp_path / "may.csv").write_text(ROWS)

    def run(person, *command):
        monkeypatch.setattr("getpass.getuser", lambda: person)
        code = main(list(command))
        return code, capsys.readouterr()

    assert run("olga", "commit", "sales", str(tmp_path / "may.csv"), "-m", "first")[0] == 0
    assert run("olga", "roles", "on")[0] == 2
    assert run("root", "roles", "on", "--admin", "ada")[0] == 0
    assert run("root", "roles", "off")[0] == 2
    assert run("sam", "log", "sales")[0] == 2
    assert '"datasets": []' in run("sam", "overview", "--json")[1].out
    assert run("sam", "members", "My project")[0] == 2
    assert run("olga", "members", "My project", "--invite", "sam")[0] == 0
    assert run("sam", "log", "sales")[0] == 0
    code, told = run("sam", "rename", "sales", "mine")
    assert code == 2 and "sam may not rename datasets" in told.err
    assert run("sam", "fsck")[0] == 2 and run("ada", "fsck")[0] == 0
    assert run("olga", "members", "My project", "--hand-over", "sam")[0] == 0
    assert run("sam", "rename", "sales", "mine")[0] == 0
    assert run("ada", "roles", "off")[0] == 0 and run("nobody", "log", "mine")[0] == 0


@pytest.mark.slow
def test_every_function_that_writes_asks_or_says_why_not():
    """Functions of the store that open a write transaction log in it, or ask; those that do not are upkeep."""
    upkeep = {
        "store/states.py": {"_keep", "_rebuild", "_run"},  # tables by the hash of what they are made of
        "store/store.py": {"keep"},  # figures, likewise
        "store/jobs.py": {"start", "claim", "beat", "finish"},  # how far work is; what it does asks
        "store/monitoring/alerts.py": {"_claim"},
        "store/removed_objects.py": {"finish"},  # files that somebody who may has named
        "store/synthetic_tables.py": {"keep_made"},  # by `versions.enter`, which logs
    }
    wrong = {}
    for path in sorted((ROOT / "dataops_core").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                called = {
                    n.func.attr for n in ast.walk(node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)
                }
                entered = {
                    n.func.id for n in ast.walk(node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
                }
                if "writing" in called and not called & {"log", "allow"} and not entered & {"enter"}:
                    wrong.setdefault(path.relative_to(ROOT / "dataops_core").as_posix(), set()).add(node.name)
    assert wrong == upkeep


def test_an_action_without_a_rule_is_an_error_even_while_roles_are_off(store):
    with pytest.raises(KeyError), store.writing() as connection:
        store.log(connection, "something new", "ann")


def test_whatever_the_store_logs_by_name_is_an_action():
    named = set()
    for path in (ROOT / "dataops_core").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("log", "allow", "require")
            ):
                named |= {
                    a.value
                    for arg in node.args
                    for a in ast.walk(arg)
                    if isinstance(a, ast.Constant) and isinstance(a.value, str)
                }
    assert {name for name in named if " " in name} <= set(ACTIONS)
    assert len(named) > 20


def test_without_roles_everybody_may_do_everything(store, tmp_path):
    (tmp_path / "may.csv").write_text(ROWS)
    made = datasets.add(store, datasets.default_project(store, "ann"), tmp_path / "may.csv", "may.csv", "ann")
    versions.commit(store, made, "first", "somebody else")
    assert alerts.listed(store) == [] and isinstance(AccessError("a"), DataOpsError)
