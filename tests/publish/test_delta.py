"""A Delta table, read back by the package deltalake: each version is a version of the table."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from tests import moto
from tests.publish.conftest import ROOT, frame_of, plain

pytest.importorskip("deltalake", reason="deltalake is not installed (requirements-publish.txt)")
KILLS = int(os.environ.get("DATAOPS_KILLS") or 6)
READ = """
import json, os, sys, deltalake
found = []
for version in json.loads(sys.argv[2]):
    options = {"aws_allow_http": "true"} if "://" in sys.argv[1] else None
    table = deltalake.DeltaTable(sys.argv[1], version=version, storage_options=options)
    frame = table.to_pandas()
    for name in frame.columns:
        if str(frame[name].dtype).startswith("datetime"):
            frame[name] = frame[name].map(lambda cell: None if cell != cell else cell.isoformat())
    rows = [[None if cell is None or cell != cell else cell for cell in row] for row in frame.astype(object).values.tolist()]
    types = {field.name: str(field.type.type) for field in table.schema().fields}
    found.append({"rows": rows, "types": types, "history": table.history()})
print(json.dumps(found), flush=True)
os._exit(0)  # as a Delta table is written: its threads can abort the end of a process
"""


@pytest.fixture(scope="module")
def server():
    """The address of an S3 server."""
    with moto.served() as address:
        yield address


@pytest.fixture
def bucket(server, monkeypatch):
    """A client of it, and the name of a fresh bucket; the environment leads to it."""
    boto3 = pytest.importorskip("boto3", reason="boto3 is not installed (requirements-publish.txt)")
    for name, value in moto.environment(server).items():
        monkeypatch.setenv(name, value)
    client, name = boto3.client("s3"), f"lake-{secrets.token_hex(6)}"
    client.create_bucket(Bucket=name)
    yield client, name
    client.close()


def read(table: Path | str, *versions: int) -> list[dict]:
    words = [sys.executable, "-c", READ, str(table), json.dumps(versions or [None])]
    done = subprocess.run(words, capture_output=True, text=True, env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def rows(number: int) -> list[list]:
    return [list(row) for row in plain(frame_of(number))]


@pytest.mark.slow
def test_every_version_is_read_back_and_its_commit_names_it(publish, tmp_path):
    told = {number: publish(f"cities@{number}", "delta:lake/cities") for number in (1, 2, 3)}
    assert [each["details"]["delta_version"] for each in told.values()] == ["0", "1", "2"]
    table = tmp_path / "lake" / "cities"
    second, newest, first = read(table, 1, 2, 0)
    assert (first["rows"], second["rows"], newest["rows"]) == (rows(1), rows(2), rows(3))
    assert "points" not in newest["types"] and newest["types"]["split"] == "string"
    assert list(first["types"].items()) == [
        ("id", "long"), ("at", "timestamp_ntz"), ("amount", "double"), ("city", "string"), ("member", "boolean"),
        ("points", "long"),
    ]  # fmt: skip
    marks = [
        (each["dataops.version"], each["dataops.version_id"], each["dataops.content_hash"])
        for each in newest["history"]
    ]
    assert marks == [(str(n), told[n]["version_id"], told[n]["content_hash"]) for n in (3, 2, 1)]


@pytest.mark.slow
def test_published_again_the_table_stays_as_it_is(publish, tmp_path):
    publish("cities@1", "delta:lake")
    publish("cities@2", "delta:lake")
    again = publish("cities@1", "delta:lake")
    assert (again["already"], again["details"]["delta_version"]) == (True, "0")
    assert len(read(tmp_path / "lake")[0]["history"]) == 2


@pytest.mark.slow
def test_what_is_somebody_elses_stays(publish, refused, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "x.txt").write_text("mine")
    assert "not published from here" in refused("cities@1", "delta:mine")
    code = (
        "import deltalake, os, pyarrow as pa, sys;"
        "deltalake.write_deltalake(sys.argv[1], pa.table({'a': [1]})); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "theirs"], check=True)
    assert "not published from here" in refused("cities@1", "delta:theirs")
    assert read(tmp_path / "theirs")[0]["rows"] == [[1]]
    (tmp_path / "file").write_text("mine")
    assert "cannot be written" in refused("cities@1", "delta:file/x") and (tmp_path / "file").read_text() == "mine"


@pytest.mark.slow
def test_an_empty_folder_may_become_the_table_and_nothing_is_left_beside_it(publish, tmp_path):
    (tmp_path / "lake").mkdir()
    publish("cities@1", "delta:lake")
    assert read(tmp_path / "lake")[0]["rows"] == rows(1)
    assert [each.name for each in tmp_path.iterdir() if each.name.endswith(".part")] == []


@pytest.mark.slow
def test_a_table_in_a_bucket_is_written_and_goes_on(publish, refused, bucket, tmp_path):
    client, name = bucket
    told = publish("cities@1", f"delta:s3://{name}/lake/cities")
    assert (told["already"], told["details"]["delta_version"]) == (False, "0")
    publish("cities@3", f"delta:s3://{name}/lake/cities")
    place = f"s3://{name}/lake/cities"
    first, newest = read(place, 0, 1)
    assert (first["rows"], newest["rows"]) == (rows(1), rows(3))
    again = publish("cities@1", f"delta:{place}")
    assert (again["already"], again["details"]["delta_version"]) == (True, "0")
    client.delete_object(Bucket=name, Key="lake/cities/_delta_log/00000000000000000001.json")
    assert read(place)[0]["rows"] == rows(1), "what was written and not committed is not seen"
    publish("cities@3", f"delta:{place}")
    assert read(place)[0]["rows"] == rows(3)
    assert moto.SECRET not in refused("cities@1", "delta:s3://no-such-bucket-here/lake")


@pytest.mark.slow
def test_two_that_write_the_next_version_of_a_table_in_a_bucket_do_not_overwrite_each_other(publish, bucket, home):
    """Both wrote rows and commit version 1: one is the next version, the other comes after it or is told."""
    _, name = bucket
    place = f"s3://{name}/lake"
    publish("cities@1", f"delta:{place}")
    words = [sys.executable, "-m", "dataops_core", "publish", "--to", f"delta:{place}", "--json"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    running = [
        subprocess.Popen([*words, f"cities@{n}"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for n in (2, 3)
    ]
    ended = [(each.communicate()[1].decode(), each.returncode) for each in running]
    assert all(code == 0 or "Somebody else wrote" in said for said, code in ended), ended
    history = read(place)[0]["history"]
    numbers = sorted(each["dataops.version"] for each in history)
    assert numbers == ["1", *sorted(str(n) for n, (_, code) in zip((2, 3), ended, strict=True) if code == 0)]
    for each in history:
        assert read(place, each["version"])[0]["rows"] == rows(int(each["dataops.version"]))


@pytest.mark.slow
@pytest.mark.parametrize("where", ["folder", "bucket"])
def test_killed_at_random_moments_a_table_is_as_before_or_as_after(where, home, tmp_path, request):
    """`DATAOPS_KILLS=20` kills twenty publishers with all that they started, and publishes again after each."""
    place = str(tmp_path / "lake" / "cities")
    if where == "bucket":
        _, name = request.getfixturevalue("bucket")
        place = f"s3://{name}/lake/cities"
    words = [sys.executable, "-m", "tests.publish.kills", place, str(KILLS), "19"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    print(found)
    assert found["kills"] == KILLS and found["during"] >= KILLS // 2, "most kills should fall into a publication"
    first, second = read(f"{place}-0", 0, 1)
    assert (first["rows"], second["rows"]) == (rows(1), rows(2))
    if where == "folder":
        assert [each.name for each in (tmp_path / "lake").iterdir() if each.name.endswith(".part")] == []
