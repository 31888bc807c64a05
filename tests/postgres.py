"""A PostgreSQL server of a test's own, on this machine; where none can be started, the test is skipped and says so."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

USER, PASSWORD = "jo", "hidden-4711"


@contextmanager
def served():
    """The port of a fresh server, whose only user is `USER` with `PASSWORD`."""
    initdb = shutil.which("initdb")
    psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
    if not initdb or not shutil.which("postgres"):
        pytest.skip("no PostgreSQL server is installed")
    place = tempfile.TemporaryDirectory(prefix="dataops-test-postgres-")  # pytest's own folders are closed to others
    folder, as_user = Path(place.name), {}
    if os.geteuid() == 0:  # the server does not run as root
        shutil.chown(folder, "postgres")
        as_user = {"user": "postgres"}
    (folder / "pw").write_text(PASSWORD)
    (folder / "pw").chmod(0o644)
    data = folder / "data"
    made = subprocess.run(
        [initdb, "-D", data, "-U", USER, "--auth=scram-sha-256", f"--pwfile={folder / 'pw'}", "-E", "UTF8", "--no-sync"],
        capture_output=True, text=True, **as_user,
    )  # fmt: skip
    if made.returncode:
        pytest.skip(f"initdb does not work here: {made.stderr[:200]}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        ["postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", str(folder), "-F"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_user,
    )  # fmt: skip
    try:
        for _ in range(200):
            try:
                psycopg.connect(f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{port}/postgres").close()
                break
            except psycopg.OperationalError:
                if server.poll() is not None:
                    pytest.skip("the PostgreSQL server does not start here")
                time.sleep(0.1)
        yield port
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown: by SIGTERM it would wait for connections that are open
        server.wait()
        place.cleanup()


def database(port, name):
    """The URL of a new, empty database on it."""
    import psycopg

    with psycopg.connect(f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{port}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"postgresql+psycopg://{USER}:{PASSWORD}@127.0.0.1:{port}/{name}"
