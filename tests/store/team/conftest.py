"""A store whose catalog is on a PostgreSQL server and whose objects are in an S3 bucket (moto)."""

import contextlib
import secrets

import pytest

from dataops_core.store.store import Store
from tests import moto, postgres


@pytest.fixture(scope="module")
def servers():
    """The port of a PostgreSQL server and the address of an S3 server."""
    with contextlib.ExitStack() as stack:
        yield stack.enter_context(postgres.served()), stack.enter_context(moto.served())


@pytest.fixture
def bucket(servers, monkeypatch):
    """A client of the S3 server, and the name of a fresh bucket; the environment leads to it."""
    import boto3

    for name, value in moto.environment(servers[1]).items():
        monkeypatch.setenv(name, value)
    client, name = boto3.client("s3"), f"objects-{secrets.token_hex(6)}"
    client.create_bucket(Bucket=name)
    monkeypatch.setenv("DATAOPS_OBJECTS", f"s3://{name}/dq")
    yield client, name
    client.close()


@pytest.fixture
def team(servers, bucket, monkeypatch):
    """Open the store from a home of its own, as another machine does."""
    monkeypatch.setenv("DATAOPS_CATALOG", postgres.database(servers[0], f"test_{secrets.token_hex(6)}"))
    opened = []

    def open_store(home, person="ann"):
        opened.append(Store(home, person=person))
        return opened[-1]

    yield open_store
    for each in opened:
        each.close()
