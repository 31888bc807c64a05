"""Several writers at once: the audit chain stays whole, on SQLite and, where one is at hand, on PostgreSQL."""

import os
import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from dataops_core.errors import AccessError
from dataops_core.store import catalog, datasets, versions
from dataops_core.store.people import members, promotions, sign_ins
from dataops_core.store.store import Store
from dataops_core.store.trail import audit
from tests import postgres


@pytest.fixture(scope="module")
def server():
    """The URLs of empty databases: of a server of our own, or the one that DATAOPS_TEST_POSTGRES names."""
    if url := os.environ.get("DATAOPS_TEST_POSTGRES"):
        yield lambda _name: url
        return
    with postgres.served() as port:
        yield lambda name: postgres.database(port, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request, tmp_path, monkeypatch):
    """A store on either database."""
    if request.param == "postgresql":
        url = request.getfixturevalue("server")(f"test_{secrets.token_hex(6)}")
        monkeypatch.setenv("DATAOPS_CATALOG", url)
    store = Store(tmp_path / "home", person="ann")
    yield store
    store.close()


def test_many_writers_leave_one_unbroken_chain(shared):
    with shared.reading() as connection:
        before = len(audit.entries(connection))

    def write(writer: int) -> None:
        for _ in range(10):
            with shared.writing() as connection:
                shared.log(connection, "undone", f"writer {writer}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    with shared.reading() as connection:
        entries = audit.entries(connection)
    audit.check_chain(entries)
    assert len(entries) == before + 40


def test_the_log_refuses_changes_on_either_database(shared):
    with shared.writing() as connection:
        shared.log(connection, "undone", "ann")
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), shared.writing() as connection:
        connection.execute(sa.text("UPDATE audit SET actor = 'eve'"))


def test_a_version_on_either_database(shared, tmp_path):
    (tmp_path / "c.csv").write_text("city,n\nParis,1\nRome,2\n")
    project = datasets.make_project(shared, f"project {os.getpid()} {tmp_path.name}", "ann")
    dataset = datasets.add(shared, project, tmp_path / "c.csv", "c.csv", "ann")
    made = versions.commit(shared, dataset, "one", "ann")
    assert versions.get(shared, dataset, 1).content_hash == made.content_hash


def promoted(store, folder):
    """A dataset with two versions, of which ann asked to have the first in production."""
    (folder / "c.csv").write_text("city,n\nParis,1\nRome,2\n")
    project = datasets.make_project(store, f"promoted {os.getpid()} {folder.name}", "ann")
    dataset = datasets.add(store, project, folder / "c.csv", "c.csv", "ann")
    for message in ("one", "two"):
        versions.commit(store, dataset, message, "ann")
    return dataset, promotions.request(store, dataset, 1, "production", "because", "ann")


@pytest.mark.parametrize(
    "values",
    [
        {"approver": "ann"},
        {"standing": "approved"},
        {"standing": "approved", "approver": "ann"},
        {"standing": "approved", "requester": "eva", "approver": "ann"},
        {"standing": "approved", "version": 2, "approver": "ben"},
        {"environment": "sandbox"},
    ],
)
def test_whoever_asked_does_not_approve_whatever_is_written_to_either_database(shared, tmp_path, values):
    dataset, _ = promoted(shared, tmp_path)
    table = catalog.promotion
    with pytest.raises(sa.exc.DBAPIError), shared.writing() as connection:
        connection.execute(table.update().where(table.c.dataset == dataset).values(**values))
    assert promotions.get(shared, dataset, 1).standing == "requested"


def test_another_person_approves_and_what_is_decided_stays_on_either_database(shared, tmp_path):
    dataset, made = promoted(shared, tmp_path)
    with pytest.raises(AccessError, match="ann asked for this promotion"):
        promotions.approve(shared, dataset, made.number, "ann")
    assert promotions.approve(shared.of("ben"), dataset, made.number, "ben").standing == "approved"
    table = catalog.promotion
    with pytest.raises(sa.exc.DBAPIError, match="stays as it is"), shared.writing() as connection:
        connection.execute(table.update().where(table.c.dataset == dataset).values(approver="eva"))


def test_roles_of_people_and_groups_and_sign_ins_on_either_database(shared, tmp_path):
    dataset, _ = promoted(shared, tmp_path)
    project = datasets.get(shared, dataset).project
    members.invite(shared, project, "group:analysts", "editor", "ann")
    members.switch_on(shared, ["ada"], "ada")
    ed = shared.of("ed")
    with pytest.raises(AccessError, match="no such project"):
        datasets.get(ed, dataset)
    sign_ins.note(ed, {"analysts"}, 1_700_000_000.5)
    assert datasets.get(ed, dataset).id == dataset and ed.may("recipe changed", dataset)
    sign_ins.note(ed, {"staff"}, 1_700_000_000.25)
    assert ed.may("recipe changed", dataset), "an older sign-in changes nothing"
    sign_ins.end(ed, 1_700_000_000.5)
    with shared.reading() as connection:
        assert connection.scalar(sa.select(catalog.sign_in.c.ended)) == 1_700_000_000.5
    members.switch_off(shared.of("ada"), "ada")
