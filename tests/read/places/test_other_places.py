"""Buckets, databases and folders of this machine."""

import contextlib
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
from decimal import Decimal
from pathlib import Path

import pytest

from dataops_core.cli.main import main
from dataops_core.errors import DataOpsError, InputError, SettingError
from dataops_core.read import ReadOptions, read_file
from dataops_core.read.places import Rules, fetch, files_in
from tests.postgres import PASSWORD, USER
from tests.postgres import served as server_of_postgres
from tests.read.places.web_server import CSV

OWN = Rules(own=True)


@pytest.fixture(scope="module")
def bucket():
    server_module = pytest.importorskip("moto.server", reason="moto is not installed")
    import boto3

    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "hidden-4711",
            "AWS_DEFAULT_REGION": "us-east-1",
        }.items():
            patch.setenv(name, value)
        client = boto3.client("s3")
        client.create_bucket(Bucket="sales")
        client.put_object(Bucket="sales", Key="2024/people.csv", Body=CSV)
        yield
    server.stop()


def test_an_object_of_a_bucket_is_read(bucket, tmp_path, capsys):
    path = fetch("s3://sales/2024/people.csv", tmp_path, OWN)
    assert (path.name, path.read_bytes()) == ("people.csv", CSV)
    assert fetch("s3://sales/2024/people.csv", tmp_path, Rules(buckets=("s3://sales",))).read_bytes() == CSV
    with pytest.raises(InputError, match="NoSuchKey") as raised:
        fetch("s3://sales/none.csv", tmp_path, OWN)
    assert "hidden" not in str(raised.value)
    with pytest.raises(SettingError, match="There are more than"):
        fetch("s3://sales/2024/people.csv", tmp_path, Rules(own=True, largest=3))
    assert main(["read", "s3://sales/2024/people.csv"]) == 0 and "2 rows" in capsys.readouterr().out


@pytest.mark.parametrize("allowed", [(), ("s3://sale",), ("s3://sales/2023/",), ("gs://sales",)])
def test_a_bucket_that_is_not_allowed_is_not_asked(allowed, tmp_path):
    with pytest.raises(SettingError, match="not among those that may be read"):
        fetch("s3://sales/2024/people.csv", tmp_path, Rules(buckets=allowed))
    with pytest.raises(SettingError, match="not among those that may be read"):
        fetch("s3://sales/2023/../2024/people.csv", tmp_path, Rules(buckets=("s3://sales/2023",)))


def test_a_driver_that_is_not_there_is_named(tmp_path):
    for address, package in (("gs://b/x.csv", "gcsfs"), ("abfs://b/x.csv", "adlfs")):
        try:
            __import__(package)
        except ImportError:
            with pytest.raises(SettingError, match="addresses") as raised:
                fetch(address, tmp_path, OWN)
            assert package in raised.value.fix
    with pytest.raises(SettingError, match="names no object"):
        fetch("s3://b", tmp_path, OWN)


@pytest.fixture
def shop(tmp_path):
    path = tmp_path / "data" / "shop.db"
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE orders (id INTEGER, who TEXT, paid REAL, odd)")
        connection.executemany(
            "INSERT INTO orders VALUES (?, ?, ?, ?)",
            [(1, "Ada", 2.5, "x"), (2, None, 3.0, 7), (3, "0042", None, b"raw")],
        )
    connection.close()
    return path


def frame_of(path, tmp_path):
    return read_file(path, tmp_path / "t.parquet").table.frame()


def test_a_query_and_a_table_of_sqlite(shop, tmp_path):
    path = fetch(f"sqlite:///{shop}#orders", tmp_path, OWN)
    assert path.name == "orders.parquet"
    frame = frame_of(path, tmp_path)
    assert frame["who"].tolist() == ["Ada", None, "0042"] and frame["odd"].tolist() == ["x", "7", "raw"]
    path = fetch(f"sqlite:///{shop}", tmp_path, OWN, asked="SELECT who, paid FROM orders WHERE paid > 2.7;")
    assert (path.name, frame_of(path, tmp_path)["paid"].tolist()) == ("query.parquet", [3.0])
    none = fetch(f"sqlite:///{shop}#SELECT id FROM orders WHERE id > 9", tmp_path, OWN)
    assert read_file(none, tmp_path / "t.parquet", ReadOptions(lenient=True)).table.rows == 0


@pytest.mark.parametrize(
    "asked",
    [
        "DELETE FROM orders",
        "SELECT 1; DROP TABLE orders",
        "ATTACH DATABASE 'x' AS y",
        "SELECT '\\'; DROP TABLE orders; --'",
        "PRAGMA writable_schema=1",
        "WITH x AS (SELECT 1) DELETE FROM orders",
        "SELECT nothing FROM orders",
        "",
    ],
)
def test_a_database_is_read_and_nothing_else(shop, tmp_path, asked):
    before = shop.read_bytes()
    with pytest.raises((InputError, SettingError)):
        fetch(f"sqlite:///{shop}", tmp_path, OWN, asked=asked)
    assert shop.read_bytes() == before


def test_a_query_of_duckdb_reaches_no_other_file(tmp_path):
    import duckdb

    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t AS SELECT range AS n, range::DECIMAL(9,2) / 4 AS part FROM range(50000)")
    frame = frame_of(fetch(f"duckdb:///{path}#SELECT * FROM t ORDER BY n", tmp_path, OWN), tmp_path)
    assert len(frame) == 50_000 and frame["part"].tolist()[:3] == [0.0, 0.25, 0.5]
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with pytest.raises(InputError, match="The database says"):
        fetch(f"duckdb:///{path}#SELECT * FROM read_csv('{tmp_path}/secret.csv')", tmp_path, OWN)


def test_databases_of_others_are_asked_only_where_that_is_allowed(shop, tmp_path):
    with pytest.raises(SettingError, match="lies in no folder"):
        fetch(f"sqlite:///{shop}#orders", tmp_path, Rules())
    assert fetch(f"sqlite:///{shop}#orders", tmp_path, Rules(folders=(shop.parent,))).is_file()
    for address in (
        "postgresql://jo@127.0.0.1/x#t",
        "postgresql://jo@example.com/x#t",
        "mysql://jo@db/x?read_default_file=/etc/x#t",
    ):
        with pytest.raises(SettingError, match="not among those that may be asked|Nothing here opens"):
            fetch(address, tmp_path, Rules())


def test_files_of_allowed_folders_and_no_others(tmp_path):
    allowed, secret, out = tmp_path / "allowed", tmp_path / "secret", tmp_path / "out"
    for folder in (allowed / "deep", secret, out):
        folder.mkdir(parents=True)
    (allowed / "deep" / "a.csv").write_bytes(CSV)
    (allowed / ".hidden").write_bytes(CSV)
    (secret / "b.csv").write_bytes(CSV)
    (allowed / "link.csv").symlink_to(secret / "b.csv")
    rules = Rules(folders=(allowed,))
    assert files_in(rules) == [allowed / "deep" / "a.csv"]
    assert fetch_file(allowed / "deep" / "a.csv", out, rules).read_bytes() == CSV
    for trick in (secret / "b.csv", allowed / "link.csv", allowed / ".." / "secret" / "b.csv"):
        with pytest.raises(SettingError, match="lies in no folder"):
            fetch_file(trick, out, rules)
    with pytest.raises(SettingError, match="There are more than"):
        fetch_file(allowed / "deep" / "a.csv", out, Rules(folders=(allowed,), largest=5))
    with pytest.raises(InputError, match="cannot be opened"):
        fetch_file(allowed / "none.csv", out, rules)


def fetch_file(path, out, rules):
    from dataops_core.read.places.folders import fetch_file as fetch_one

    return fetch_one(path, out, rules, lambda *_: None)


def test_the_environment_sets_the_rules():
    told = Rules.of_environment(
        environment={
            "DATAOPS_HOSTS": "db.intern, Localhost",
            "DATAOPS_FOLDERS": os.pathsep.join(["/a", "/b"]),
            "DATAOPS_BUCKETS": "s3://x/",
            "DATAOPS_LARGEST_FETCH": "0.5",
        }
    )
    assert told.hosts == {"db.intern", "localhost"} and [str(f) for f in told.folders] == ["/a", "/b"]
    assert (told.buckets, told.largest, told.own) == (("s3://x/",), 1 << 29, False)
    with pytest.raises(SettingError, match="not a size"):
        Rules.of_environment(environment={"DATAOPS_LARGEST_FETCH": "much"})


@pytest.fixture(scope="module")
def postgres():
    with server_of_postgres() as port:
        import psycopg

        with psycopg.connect(f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{port}/postgres") as connection:
            connection.execute("CREATE TABLE people (name text, born date, pay numeric(12,2), tags jsonb, n bigint)")
            connection.execute("CREATE SEQUENCE numbers")
            connection.execute(
                "INSERT INTO people VALUES ('Ada', '1815-12-10', 12.50, '[1]', 5000000000), (NULL, NULL, 0.1, NULL, NULL)"
            )
        yield port


def test_a_query_of_postgresql(postgres, tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("DATAOPS_SECRET_PW", "hidden-4711")
    address = f"postgresql://jo:${{PW}}@127.0.0.1:{postgres}/postgres"
    frame = frame_of(fetch(f"{address}#people", tmp_path, OWN), tmp_path)
    assert frame["name"].tolist() == ["Ada", None] and frame["pay"].tolist() == [12.5, 0.1]
    assert str(frame["born"].tolist()[0])[:10] == "1815-12-10" and frame["n"].tolist()[0] == 5_000_000_000
    allowed = Rules(hosts=frozenset({"127.0.0.1"}))
    assert fetch(address, tmp_path, allowed, asked="SELECT name FROM people").is_file()
    short = address.replace("postgresql", "postgres", 1)
    assert fetch(short, tmp_path, allowed, asked="SELECT name FROM people").is_file()
    with pytest.raises(InputError, match="read-only"):
        fetch(short, tmp_path, OWN, asked="SELECT nextval('numbers')")
    for asked in ("WITH x AS (DELETE FROM people RETURNING 1) SELECT * FROM x", "SELECT * FROM nothing"):
        with pytest.raises(InputError, match="The database says"):
            fetch(address, tmp_path, OWN, asked=asked)
    assert main(["read", f"{address}#SELECT count(*) AS n FROM people", "--json"]) == 0
    monkeypatch.setenv("DATAOPS_SECRET_PW", "wrong-1234")
    assert main(["read", f"{address}#people"]) == 2
    told = "".join(capfd.readouterr())
    assert "hidden" not in told and "wrong-1234" not in told and "password authentication failed" in told


@pytest.fixture(scope="module")
def mariadb():
    pymysql = pytest.importorskip("pymysql", reason="PyMySQL is not installed")
    if not shutil.which("mariadbd") or not shutil.which("mariadb-install-db"):
        pytest.skip("no MariaDB server is installed")
    place = tempfile.TemporaryDirectory(prefix="dataops-test-mariadb-")  # pytest's own folders are closed to others
    folder, user = Path(place.name), "mysql" if os.geteuid() == 0 else str(os.geteuid())
    if os.geteuid() == 0:  # the server does not run as root
        shutil.chown(folder, "mysql")
    asked = [f"--datadir={folder / 'data'}", *([f"--user={user}"] if os.geteuid() == 0 else [])]
    made = subprocess.run(
        ["mariadb-install-db", "--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db", *asked],
        capture_output=True,
        text=True,
    )
    if made.returncode:
        pytest.skip(f"mariadb-install-db does not work here: {made.stderr[:200]}")
    socket_file = folder / "s"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = [f"--port={port}", "--bind-address=127.0.0.1", f"--socket={socket_file}"]
    server = subprocess.Popen(
        ["mariadbd", "--no-defaults", *asked, *where, "--innodb-flush-log-at-trx-commit=0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(300):
        if server.poll() is not None:
            pytest.skip("the MariaDB server does not start here")
        if socket_file.exists():
            break
        time.sleep(0.1)
    link = pymysql.connect(unix_socket=str(socket_file), user="root")
    with contextlib.closing(link), link.cursor() as cursor:
        for line in (
            "CREATE DATABASE sales CHARACTER SET utf8mb4",
            "CREATE USER jo@'127.0.0.1' IDENTIFIED BY 'hidden-4711'",
            "GRANT ALL ON sales.* TO jo@'127.0.0.1'",
            "CREATE TABLE sales.people (name text, born date, pay decimal(12,2), n bigint, paid boolean)",
            "INSERT INTO sales.people VALUES ('Ádá', '1815-12-10', 12.50, 5000000000, 1), (NULL, NULL, 0.1, NULL, NULL)",
        ):
            cursor.execute(line)
        link.commit()
    yield port
    server.terminate()
    server.wait()
    place.cleanup()


@pytest.mark.parametrize("scheme", ["mysql", "mariadb"])
def test_a_query_of_mysql(mariadb, tmp_path, monkeypatch, capfd, scheme):
    monkeypatch.setenv("DATAOPS_SECRET_PW", "hidden-4711")
    address = f"{scheme}://jo:${{PW}}@127.0.0.1:{mariadb}/sales"
    frame = frame_of(fetch(f"{address}#people", tmp_path, OWN), tmp_path)
    assert frame["name"].tolist() == ["Ádá", None] and frame["pay"].tolist() == [12.5, 0.1]
    assert str(frame["born"].tolist()[0])[:10] == "1815-12-10" and frame["n"].tolist()[0] == 5_000_000_000
    (tmp_path / "again").mkdir()
    assert len(frame_of(fetch(f"{address}#`people`", tmp_path / "again", OWN), tmp_path)) == 2
    for asked, words in {
        "DELETE FROM people": "not a single query",
        "SELECT * FROM nothing": "The database says",
        "SELECT name FROM people INTO OUTFILE '/tmp/x'": "would write a file",
        "SELECT name FROM people INTO /* */ dumpfile '/tmp/x'": "would write a file",
        "WITH x AS (SELECT 1) DELETE FROM people": "The database says",
    }.items():
        with pytest.raises(DataOpsError, match=words):
            fetch(address, tmp_path, OWN, asked=asked)
    assert main(["read", f"{address}#SELECT count(*) AS n FROM people", "--json"]) == 0
    assert '"rows": 1' in capfd.readouterr().out
    assert len(frame_of(fetch(f"{address}#people", tmp_path, OWN), tmp_path)) == 2
    monkeypatch.setenv("DATAOPS_SECRET_PW", "wrong-1234")
    assert main(["read", f"{address}#people"]) == 2
    told = "".join(capfd.readouterr())
    assert "hidden" not in told and "wrong-1234" not in told


def test_numbers_of_databases_stay_exact():
    from dataops_core.read.places.query import _column

    assert _column([Decimal("0.10"), None]).to_pylist() == [0.1, None]
    assert _column([Decimal("0.1234567890123456789")]).to_pylist() == ["0.1234567890123456789"]
    assert _column([2**70, 1]).to_pylist() == [str(2**70), "1"]
    assert _column([1, 2.5]).to_pylist() == [1.0, 2.5] and _column([True, "x"]).to_pylist() == ["True", "x"]
    assert _column([{"a": 1}, None]).to_pylist() == ['{"a": 1}', None]
