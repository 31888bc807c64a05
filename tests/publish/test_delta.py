"""A Delta table, read back by the package deltalake: each version is a version of the table."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.publish.conftest import frame_of, plain

pytest.importorskip("deltalake", reason="deltalake is not installed (requirements-publish.txt)")
READ = """
import json, os, sys, deltalake
found = []
for version in json.loads(sys.argv[2]):
    table = deltalake.DeltaTable(sys.argv[1], version=version)
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


def read(table: Path, *versions: int) -> list[dict]:
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
