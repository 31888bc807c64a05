"""A table of a database: real SQLite, DuckDB, PostgreSQL and MySQL give the rows back with their types."""

import contextlib
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

import pandas as pd
import pytest

from dataops_core.errors import ConflictError, DataOpsError
from dataops_core.progress import no_progress
from dataops_core.publish.places import database
from tests import postgres
from tests.publish.conftest import frame_of, plain

KINDS = ["sqlite", "duckdb", "postgresql", "mysql"]


@contextlib.contextmanager
def served_mysql():
    """The port of a fresh MySQL or MariaDB server, whose user `jo` has the password of the tests."""
    pymysql = pytest.importorskip("pymysql", reason="PyMySQL is not installed")
    program = shutil.which("mariadbd") or shutil.which("mysqld")
    install = shutil.which("mariadb-install-db") or shutil.which("mysql_install_db")
    if not program or not install:
        pytest.skip("no MariaDB server is installed")
    with tempfile.TemporaryDirectory(prefix="dataops-test-mysql-") as name:
        folder = Path(name)
        user = "mysql" if os.geteuid() == 0 else None
        if user:
            shutil.chown(folder, user)
        as_user = [f"--user={user}"] if user else []
        data = [f"--datadir={folder / 'data'}", "--skip-log-bin"]
        made = subprocess.run([install, "--no-defaults", *data[:1], *as_user, "--auth-root-authentication-method=normal"],
                              capture_output=True, text=True)  # fmt: skip
        if made.returncode:
            pytest.skip(f"the MariaDB server cannot be set up here: {made.stderr[:200]}")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        words = [program, "--no-defaults", *data, *as_user, f"--port={port}", "--bind-address=127.0.0.1",
                 f"--socket={folder / 's'}", f"--pid-file={folder / 'pid'}", "--skip-name-resolve"]  # fmt: skip
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
            try:
                for _ in range(300):
                    if (folder / "pid").exists() or server.poll() is not None:
                        break
                    time.sleep(0.1)
                if server.poll() is not None:
                    pytest.skip("the MariaDB server does not start here")
                with pymysql.connect(unix_socket=str(folder / "s"), user="root") as root, root.cursor() as cursor:
                    cursor.execute(f"CREATE USER jo@'%' IDENTIFIED BY '{postgres.PASSWORD}'")
                    cursor.execute("GRANT ALL ON *.* TO jo@'%'")
                    cursor.execute("CREATE DATABASE shop")
                yield port
            finally:
                server.terminate()


@pytest.fixture(scope="module")
def servers():
    """The address of each server that was asked for, and how it is stopped."""
    known = {}
    with contextlib.ExitStack() as stack:

        def address(kind):
            if kind not in known and kind == "postgresql":
                port = stack.enter_context(postgres.served())
                postgres.database(port, "shop")
                known[kind] = f"postgresql://jo:${{PW}}@127.0.0.1:{port}/shop"
            elif kind not in known:
                known[kind] = f"mysql://jo:${{PW}}@127.0.0.1:{stack.enter_context(served_mysql())}/shop"
            return known[kind]

        yield address


@pytest.fixture(params=KINDS)
def place(request, home, servers, tmp_path, monkeypatch):
    monkeypatch.setenv("DATAOPS_SECRET_PW", postgres.PASSWORD)
    if request.param in ("sqlite", "duckdb"):
        yield f"{request.param}:///{tmp_path}/shop.{request.param}"
        return
    yield (address := servers(request.param))
    run(address, "DROP VIEW IF EXISTS seen", "DROP TABLE IF EXISTS cities", "DROP TABLE IF EXISTS mine")


def engine_of(place):
    import sqlalchemy as sa

    kind, _, rest = place.replace("${PW}", postgres.PASSWORD).partition("://")
    return sa.create_engine(f"{database.DRIVERS[kind]}://{rest}", poolclass=sa.NullPool)


def run(place, *statements):
    if place.startswith("duckdb"):
        import duckdb

        with duckdb.connect(place.removeprefix("duckdb:///")) as connection:
            return [connection.execute(each).fetchall() for each in statements][-1]
    with engine_of(place).begin() as connection:
        results = [connection.exec_driver_sql(each) for each in statements]
        return [tuple(row) for row in results[-1]] if results[-1].returns_rows else None


def tables(place):
    if place.startswith("duckdb"):
        return sorted(name for (name,) in run(place, "SELECT table_name FROM information_schema.tables"))
    import sqlalchemy as sa

    look = sa.inspect(engine_of(place))
    return sorted([*look.get_table_names(), *look.get_view_names()])


def rows_of(place, table="cities"):
    """The rows as the database gives them, with the names of the columns."""
    if place.startswith("duckdb"):
        import duckdb

        with duckdb.connect(place.removeprefix("duckdb:///")) as connection:
            return connection.execute(f"SELECT * FROM {table}").df()
    frame = pd.read_sql(f"SELECT * FROM {table}", engine_of(place))
    if place.startswith("sqlite"):
        frame["at"] = pd.to_datetime(frame["at"])
    return frame


def test_rows_and_types_come_back_and_the_next_version_takes_the_place(place, publish):
    told = publish("cities@1", f"{place}#cities")
    assert told["details"] == {"rows": "60", "columns": "6"} and postgres.PASSWORD not in str(told)
    found, wanted = rows_of(place), frame_of(1)
    assert list(found.columns) == list(wanted.columns)
    assert plain(found) == plain(wanted)
    assert wanted["amount"].isna().any() and wanted["points"].isna().any()  # there are gaps to lose
    assert publish("cities@1", f"{place}#cities")["already"] is True
    # a column less, and one more
    assert publish("cities@3", f"{place}#cities")["already"] is False
    assert plain(rows_of(place)) == plain(frame_of(3)) and list(rows_of(place).columns) == list(frame_of(3).columns)
    assert publish("cities@1", f"{place}#cities")["already"] is False
    assert tables(place) == ["cities"]


def test_the_table_of_somebody_else_stays(place, publish, refused):
    run(place, "CREATE TABLE mine (a INTEGER)", "INSERT INTO mine VALUES (7)")
    assert "was not published from here" in refused("cities@1", f"{place}#mine")
    assert [tuple(row) for row in run(place, "SELECT a FROM mine")] == [(7,)]
    run(place, "CREATE VIEW seen AS SELECT a FROM mine")
    assert "was not published from here" in refused("cities@1", f"{place}#seen")
    assert tables(place) == ["mine", "seen"]


def test_what_breaks_off_leaves_the_old_table_as_it_was(place, publish, refused, monkeypatch):
    publish("cities@1", f"{place}#cities")
    before = plain(rows_of(place))
    batches = database.Outgoing.batches

    def broken(version):
        yield next(iter(batches(version)))
        raise ValueError("cut off")

    monkeypatch.setattr(database.Outgoing, "batches", broken)
    assert "The database says" in refused("cities@2", f"{place}#cities")
    assert plain(rows_of(place)) == before and tables(place) == ["cities"]


def test_a_password_is_nowhere(place, refused, publish, home):
    """Not in what is said, nor in any byte of the store; nor where the server refuses."""
    publish("cities@1", f"{place}#cities")
    wrong = place.replace("/shop", "/nowhere") if "PW" in place else place + "/no/such"
    assert postgres.PASSWORD not in refused("cities@1", f"{wrong}#cities")
    for path in home.rglob("*"):
        if path.is_file():
            assert postgres.PASSWORD.encode() not in path.read_bytes(), path


def test_columns_that_a_database_takes_for_one_are_named(home, tmp_path, refused):
    from dataops_core.cli.main import main

    (tmp_path / "t.csv").write_text("a,A\n1,2\n")
    assert main(["commit", "letters", "t.csv", "-m", "m"]) == 0
    assert "differ in capital letters only" in refused("letters", "sqlite:///x.db#t")


def test_two_at_once_end_with_one_whole_table(home, tmp_path):
    """Somebody makes a table of that name while the rows are written."""
    from dataops_core.store import datasets, versions
    from dataops_core.store.publishing import publications
    from dataops_core.store.store import Store

    store = Store()
    dataset = datasets.find(store, "cities")
    outgoing = publications._outgoing(store, dataset, versions.get(store, dataset, 1), tmp_path, no_progress)
    path = tmp_path / "x.db"

    def meanwhile(share, note):
        with pytest.raises(sqlite3.OperationalError, match="locked"), sqlite3.connect(path, timeout=0) as other:
            other.execute("CREATE TABLE cities (a)")

    database.publish_database(outgoing, f"sqlite:///{path}#cities", {}, meanwhile)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM cities").fetchone() == (60,)
        connection.execute("DROP TABLE cities")
        connection.execute("CREATE TABLE cities (a)")
    with pytest.raises(ConflictError, match="not published from here"):
        database.publish_database(outgoing, f"sqlite:///{path}#cities", {}, no_progress)
    assert issubclass(ConflictError, DataOpsError)
