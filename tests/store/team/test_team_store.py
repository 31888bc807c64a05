"""A store that a team shares: the catalog on a real PostgreSQL server, the objects in a bucket of a real S3 server."""

import base64
import hashlib
import json
import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from dataops_core.cli.main import main
from dataops_core.errors import AccessError, InputError, IntegrityError, SettingError
from dataops_core.store import catalog, datasets, fsck, states, versions
from dataops_core.store.purge import purge
from dataops_core.store.store import Store
from dataops_core.store.team.bucket import Bucket
from tests import moto, postgres

CSV = "city,n\nParis,1\nRome,2\n Oslo,3\n"


def made(store, folder):
    """A dataset with one version."""
    (folder / "c.csv").write_text(CSV)
    dataset = datasets.add(store, datasets.default_project(store, "ann"), folder / "c.csv", "c.csv", "ann")
    versions.commit(store, dataset, "one", "ann")
    return dataset


def keys(bucket):
    client, name = bucket
    return {each["Key"] for each in client.list_objects_v2(Bucket=name).get("Contents", ())}


def test_what_one_machine_commits_another_one_reads(team, bucket, tmp_path):
    here, there = team(tmp_path / "a"), team(tmp_path / "b", person="ben")
    dataset = made(here, tmp_path)
    assert {key[:13] for key in keys(bucket)} == {"dq/files/md5/"}
    assert set(here.objects.all()) == set(fsck.needed(here))
    assert not (tmp_path / "a" / "objects").exists()
    version = versions.get(there, dataset, 1)
    assert versions.table(there, version).frame()["n"].tolist() == [1, 2, 3]
    assert there.raw_file(version.manifest["raw"]).read_text() == CSV
    for store in (here, there):
        found = fsck.check(store)
        assert found.ok and found.files == 3  # raw file, table, manifest
    versions.commit(there, dataset, "two", "ben")
    assert [each["actor"] for each in versions.log(here, dataset)] == ["ben", "ann"]
    assert here.objects.remote(tmp_path) == f"s3://{bucket[1]}/dq"


def test_an_object_is_never_overwritten_and_one_that_is_there_is_not_sent_again(bucket, team, tmp_path, monkeypatch):
    here = team(tmp_path / "a")
    made(here, tmp_path)
    client, name = bucket
    before = {key: client.head_object(Bucket=name, Key=key)["LastModified"] for key in keys(bucket)}
    sent = []
    real = Bucket.put
    monkeypatch.setattr(Bucket, "put", lambda self, path, *rest: sent.append(real(self, path, *rest)) or sent[-1])
    again = datasets.store_raw(here, tmp_path / "c.csv", "c.csv")
    assert sent == [False]
    assert before == {key: client.head_object(Bucket=name, Key=key)["LastModified"] for key in keys(bucket)}
    assert here.objects.has(again["md5"])
    (tmp_path / "other").write_bytes(b"other")
    place = Bucket(os.environ["DATAOPS_OBJECTS"])
    assert not real(place, tmp_path / "other", f"files/md5/{again['md5'][:2]}/{again['md5'][2:]}", "0" * 32)
    assert here.raw_file(again).read_text() == CSV


def test_each_file_is_sent_with_its_md5_and_the_condition(bucket, tmp_path):
    """By these the server refuses what was damaged on the way, and what would overwrite (moto checks the second)."""
    (tmp_path / "f").write_bytes(b"x")
    place, sent = Bucket(os.environ["DATAOPS_OBJECTS"]), []
    place._client.meta.events.register("before-send.s3.PutObject", lambda request, **_: sent.append(request.headers))
    assert place.put(tmp_path / "f", "f", hashlib.md5(b"x").hexdigest()) is True
    assert sent[0]["If-None-Match"] in ("*", b"*")
    assert base64.b64decode(sent[0]["Content-MD5"]) == hashlib.md5(b"x").digest()


def test_a_changed_object_is_noticed_and_what_can_be_rebuilt_is(bucket, team, tmp_path):
    dataset = made(team(tmp_path / "a"), tmp_path)
    client, name = bucket
    there = team(tmp_path / "b")
    version = versions.get(there, dataset, 1)
    raw = version.manifest["raw"]
    for md5, what in fsck.needed(there).items():
        if what[0] != "manifest":
            key = f"dq/files/md5/{md5[:2]}/{md5[2:]}"
            body = client.get_object(Bucket=name, Key=key)["Body"].read()
            client.put_object(Bucket=name, Key=key, Body=body[:-1] + bytes([body[-1] ^ 1]))
    with pytest.raises(IntegrityError, match="A stored file is damaged"):
        there.raw_file(raw)
    assert {each.what for each in fsck.check(there).damages} == {"raw file", "table"}
    assert not list((tmp_path / "b" / "copies").glob(raw["md5"]))
    datasets.store_raw(there, tmp_path / "c.csv", "c.csv")
    assert states.table(there, version.state).content_hash == version.content_hash
    assert fsck.check(team(tmp_path / "c")).ok


def test_an_object_that_is_gone_is_said_and_so_is_a_bucket_that_is_gone(bucket, team, tmp_path):
    store = team(tmp_path / "a")
    dataset = made(store, tmp_path)
    client, name = bucket
    raw = versions.get(store, dataset, 1).manifest["raw"]
    client.delete_object(Bucket=name, Key=f"dq/files/md5/{raw['md5'][:2]}/{raw['md5'][2:]}")
    there = team(tmp_path / "b")
    with pytest.raises(IntegrityError, match="A stored file is gone"):
        there.raw_file(raw)
    assert store.raw_file(raw).read_text() == CSV  # this machine has a copy; a check looks into the bucket
    assert [each.problem for each in fsck.check(store).damages] == ["A stored file is gone."]
    for key in keys(bucket):
        client.delete_object(Bucket=name, Key=key)
    client.delete_bucket(Bucket=name)
    with pytest.raises(IntegrityError, match="The bucket of the objects cannot be used: NoSuchBucket") as caught:
        datasets.store_raw(store, tmp_path / "c.csv", "c.csv")
    assert moto.SECRET not in str(caught.value)


def test_nobody_answers(monkeypatch, tmp_path, bucket):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    store = Store(tmp_path / "home")
    (tmp_path / "c.csv").write_text(CSV)
    with pytest.raises(IntegrityError, match="cannot be used: EndpointConnectionError"):
        datasets.store_raw(store, tmp_path / "c.csv", "c.csv")
    store.close()
    monkeypatch.setenv("DATAOPS_CATALOG", f"postgresql+psycopg://jo:{postgres.PASSWORD}@127.0.0.1:9/x")
    with pytest.raises(IntegrityError, match="The catalog cannot be used: .*refused") as caught:
        Store(tmp_path / "home")
    assert "Check that the server runs" in caught.value.fix and postgres.PASSWORD not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATAOPS_CATALOG", "postgresql:/secret-4711", "The address of the catalog cannot be read"),
        ("DATAOPS_CATALOG", "oracle+nothing://jo:secret-4711@x/y", "The address of the catalog cannot be read"),
        ("DATAOPS_OBJECTS", "s3://jo:secret-4711@x/y", "The address names no bucket"),
        ("DATAOPS_OBJECTS", "s3://", "The address names no bucket"),
        ("DATAOPS_OBJECTS", "nothing://x", "The objects cannot be reached"),
    ],
)
def test_an_address_that_is_none_is_said_without_repeating_it(monkeypatch, tmp_path, name, value, said):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError, match=said) as caught:
        Store(tmp_path)
    assert caught.value.where == name and "secret-4711" not in str(caught.value)


def test_the_role_of_the_workbench_may_only_add_to_the_audit_log(servers, team, tmp_path, monkeypatch):
    owner = team(tmp_path / "owner")
    url = sa.make_url(os.environ["DATAOPS_CATALOG"])
    made(owner, tmp_path)
    with owner.writing() as connection:
        connection.execute(sa.text(f"CREATE ROLE app_{url.database} LOGIN PASSWORD 'app-4711'"))
    role = f"app_{url.database}"
    as_app = url.set(username=role, password="app-4711").render_as_string(hide_password=False)
    monkeypatch.setenv("DATAOPS_CATALOG", as_app)
    with pytest.raises(AccessError, match=f'The role "{role}" may not use the tables') as caught:
        Store(tmp_path / "app")
    assert f"team-store --role {role}" in caught.value.fix and "app-4711" not in str(caught.value)
    owner.share(role)
    app = team(tmp_path / "app")
    (tmp_path / "d.csv").write_text("a\n1\n")
    dataset = datasets.add(app, datasets.default_project(app, "ann"), tmp_path / "d.csv", "d.csv", "ann")
    versions.commit(app, dataset, "one", "ann")
    assert fsck.check(app).ok
    for change in (
        "UPDATE audit SET actor = 'eve'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "UPDATE tombstone SET reason = 'none'",
        "ALTER TABLE audit DISABLE TRIGGER audit_no_change",
        "DROP TABLE audit CASCADE",
        "SET session_replication_role = replica",
    ):
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied|must be owner"):
            with app.writing() as connection:
                connection.execute(sa.text(change))
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), owner.writing() as connection:  # whoever owns it
        connection.execute(sa.text("DELETE FROM audit"))


def test_a_role_for_which_it_would_be_no_limit_is_refused(team, tmp_path):
    owner = team(tmp_path / "owner")
    for role, said in ((postgres.USER, "owns the tables"), ("nobody", 'has no role "nobody"')):
        with pytest.raises(SettingError, match=said):
            owner.share(role)
    local = Store.__new__(Store)
    local._engine = sa.create_engine("sqlite://")
    with pytest.raises(SettingError, match="SQLite has no roles"):
        local.share("app")


def test_a_reader_sees_one_moment_and_writes_nothing(team, tmp_path):
    one, other = team(tmp_path / "a"), team(tmp_path / "b")
    with one.reading() as connection:
        before = connection.scalar(sa.select(sa.func.count()).select_from(catalog.audit))
        with other.writing() as writer:
            other.log(writer, "undone", "ann")
        assert connection.scalar(sa.select(sa.func.count()).select_from(catalog.audit)) == before
    with one.reading() as connection:
        assert connection.scalar(sa.text("SHOW transaction_read_only")) == "on"


def test_what_is_purged_goes_from_the_bucket_and_from_the_copies_of_other_machines(team, bucket, tmp_path):
    here, there = team(tmp_path / "a"), team(tmp_path / "b", person="ben")
    dataset = made(here, tmp_path)
    raw = there.raw_file(versions.get(there, dataset, 1).manifest["raw"])
    (tmp_path / "d.csv").write_text("city,n\nOslo,3\n")
    now = datasets.get(here, dataset)
    other = datasets.store_raw(here, tmp_path / "d.csv", "d.csv")
    datasets.edit(here, dataset, now.revision, now.recipe, "new file", "ann", raw=other)
    versions.commit(here, dataset, "two", "ann")
    purged = purge(here, dataset, [1], "ann", reason="wrong file")
    assert (purged.files, purged.held) == (3, ())  # file, table, manifest
    assert {key.replace("dq/files/md5/", "").replace("/", "") for key in keys(bucket)} == set(fsck.needed(here))
    assert raw.exists()
    team(tmp_path / "b")  # started again there
    assert not raw.exists() and fsck.check(there).ok
    with pytest.raises(InputError, match="Version 1 was purged by ann, .*: wrong file"):
        versions.get(there, dataset, 1)


def test_the_command_tries_the_bucket_out(team, bucket, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    assert main(["team-store", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["objects"] == os.environ["DATAOPS_OBJECTS"] and told["role"] is None
    assert told["catalog"].startswith("postgresql+psycopg://jo:***@127.0.0.1")
    assert keys(bucket) == set()
    real = Bucket.put

    def overwrite(self, path: Path, key, md5):
        self.remove(key)
        return real(self, path, key, md5)

    monkeypatch.setattr(Bucket, "put", overwrite)
    assert main(["team-store"]) == 2
    assert "does not honor If-None-Match" in capsys.readouterr().err
    with pytest.raises(InputError, match="overwrites what is there"):
        Bucket(os.environ["DATAOPS_OBJECTS"]).check(tmp_path / "probe")
    assert keys(bucket) == set()


def test_no_secret_of_the_connections_is_kept(team, bucket, tmp_path):
    store = team(tmp_path / "home")
    dataset = made(store, tmp_path)
    versions.export(store, dataset, 1, tmp_path / "b.zip", "ann")
    client, name = bucket
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    objects = [client.get_object(Bucket=name, Key=key)["Body"].read() for key in keys(bucket)]
    with store.reading() as connection:
        rows = [
            str(row).encode()
            for table in catalog.metadata.sorted_tables
            for row in connection.execute(sa.select(table))
        ]
    for secret in (postgres.PASSWORD, moto.SECRET):
        assert not any(secret.encode() in each for each in (*files, *objects, *rows))
