"""What Spark needs is looked for before it is started: PySpark, Java, a master that answers."""

import json
import os
import subprocess
import sys
import zipfile

import pytest

from dataops_core.cli.main import main
from dataops_core.engines.spark import session
from dataops_core.engines.spark.output import check_output
from dataops_core.engines.spark.sources import files_of
from dataops_core.errors import InputError, SettingError
from tests.engines.conftest import free_port


@pytest.fixture
def pyspark(monkeypatch):
    """PySpark counts as installed, whether it is or not."""
    monkeypatch.setattr(session.importlib.util, "find_spec", lambda name: name)


def java(folder, monkeypatch, said: str) -> None:
    program = folder / "bin" / "java"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho '{said}' >&2\n")
    program.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(folder))


def test_without_pyspark_it_is_said_how_to_install_it(monkeypatch):
    monkeypatch.setattr(session.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SettingError, match="PySpark is not installed") as raised:
        session.check_environment("local[2]")
    assert "requirements-spark.txt" in raised.value.fix


@pytest.mark.parametrize(
    ("said", "version"),
    [('openjdk version "17.0.15" 2025-04-15', 17), ('java version "1.8.0_292"', 8), ("what?", None)],
)
def test_the_version_of_java_is_read(tmp_path, monkeypatch, said, version):
    java(tmp_path, monkeypatch, said)
    assert session.java_version() == version


def test_no_java_and_an_old_java_are_refused(pyspark, tmp_path, monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SettingError, match="Java is missing") as raised:
        session.check_environment("local[2]")
    assert "JAVA_HOME" in raised.value.where and "apt-get install" in raised.value.fix
    java(tmp_path, monkeypatch, 'java version "11.0.2"')
    with pytest.raises(SettingError, match="This is Java 11; Spark needs 17 or newer"):
        session.check_environment("local[2]")


def test_a_master_that_does_not_answer_and_one_that_is_none_are_refused(pyspark, tmp_path, monkeypatch):
    java(tmp_path, monkeypatch, 'java version "17.0.1"')
    with pytest.raises(SettingError, match="No Spark master answers there"):
        session.check_environment(f"spark://127.0.0.1:{free_port()}")
    with pytest.raises(SettingError, match='"127.0.0.1:7077" is not a Spark master'):
        session.check_environment("127.0.0.1:7077")


def test_the_command_says_it_with_exit_code_2_and_leaves_nothing(pyspark, tmp_path, monkeypatch, capsys):
    (tmp_path / "java").mkdir()
    java(tmp_path / "java", monkeypatch, 'java version "17.0.1"')
    (tmp_path / "r.json").write_text('{"steps": []}')
    (tmp_path / "t.csv").write_text("a\n1\n")
    before = sorted(tmp_path.iterdir())
    master = f"spark://127.0.0.1:{free_port()}"
    command = ["run", str(tmp_path / "r.json"), str(tmp_path / "t.csv"), "-o", str(tmp_path / "out")]
    assert main([*command, "--on", "spark", "--master", master, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["where"] == f"--master {master}"
    assert sorted(tmp_path.iterdir()) == before


def test_the_code_that_is_sent_to_workers_runs_the_steps_by_itself(tmp_path):
    """A Python that sees the zip and no checkout imports all that a worker needs."""
    packed = session.packed_code(tmp_path)
    assert any(name.endswith("steps/trim_spaces.pyc") for name in zipfile.ZipFile(packed).namelist())
    code = (
        "import dataops_core.engines.spark.frames as f, dataops_core.engines.spark.sources, dataops_core.steps as s;"
        " print(f.__file__, len(s.REGISTRY))"
    )
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd="/",
        env=environment | {"PYTHONPATH": str(packed)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    where, steps = done.stdout.split()
    assert where.startswith(str(packed)) and int(steps) > 50


@pytest.mark.parametrize(
    ("name", "what"), [("out.xlsx", "cannot be written in parts"), ("nowhere/out", "Nothing can be written there")]
)
def test_an_output_that_cannot_be_written_is_refused(tmp_path, name, what):
    with pytest.raises(SettingError, match=what):
        check_output(tmp_path / name)


def test_the_output_tells_the_format_of_its_parts(tmp_path):
    found = [check_output(tmp_path / name) for name in ("out", "out.csv", "out.jsonl.gz", "out.parquet")]
    assert found == [".parquet", ".csv", ".jsonl.gz", ".parquet"]


def test_the_files_of_a_folder_come_in_the_order_of_their_names_without_hidden_ones(tmp_path):
    for name in ("b.csv", "a.csv", "more/c.csv", "_SUCCESS", ".a.csv.crc", "_old/d.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a\n")
    assert [path.relative_to(tmp_path).as_posix() for path in files_of(tmp_path)] == ["a.csv", "b.csv", "more/c.csv"]
    assert files_of(tmp_path / "b.csv") == [tmp_path / "b.csv"]


def test_a_column_in_the_names_of_folders_is_not_lost_without_a_word(tmp_path):
    (tmp_path / "year=2024").mkdir()
    (tmp_path / "year=2024" / "a.csv").write_text("a\n1\n")
    with pytest.raises(InputError, match="hold a column in their names") as raised:
        files_of(tmp_path)
    assert raised.value.where.endswith("year=2024")


@pytest.mark.parametrize(
    ("source", "out", "what"),
    [
        ("abfss://lake/t", "out", "cannot be fetched"),
        ("t.csv", "s3a://lake/out", "writes no s3a:// addresses here: its workers write files, and not through Hadoop"),
    ],
)
def test_addresses_of_buckets_are_refused_before_anything_starts(tmp_path, capsys, monkeypatch, source, out, what):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.json").write_text('{"steps": []}')
    (tmp_path / "t.csv").write_text("a\n1\n")
    assert main(["run", "r.json", source, "-o", out, "--on", "spark"]) == 2
    said = capsys.readouterr().err
    assert what in said and "Fix:" in said
