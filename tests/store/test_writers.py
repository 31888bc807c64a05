"""Several writers at once: the audit chain stays whole, on SQLite and, where one is at hand, on PostgreSQL."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from dataops_core.store import datasets, versions
from dataops_core.store.store import Store
from dataops_core.store.trail import audit


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request, tmp_path, monkeypatch):
    """A store on either database; PostgreSQL's URL (an empty database) is told by DATAOPS_TEST_POSTGRES."""
    if request.param == "postgresql":
        url = os.environ.get("DATAOPS_TEST_POSTGRES")
        if not url:
            pytest.skip("DATAOPS_TEST_POSTGRES names no database")
        monkeypatch.setenv("DATAOPS_CATALOG", url)
    store = Store(tmp_path / "home")
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
