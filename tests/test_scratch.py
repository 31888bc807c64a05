"""What killed processes left is swept; what is written appears whole or not at all; devices are written to."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from dataops_core.cli.main import main
from dataops_core.errors import SettingError
from dataops_core.printable import printable
from dataops_core.scratch import is_alive, owned_prefix, replaced, scratch_folder, sweep
from dataops_core.table import write_table
from dataops_core.write import write_file, write_text


def dead_process() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_scratch_of_the_dead_is_swept_and_that_of_the_living_stays(tmp_path):
    dead = tmp_path / owned_prefix().replace(str(os.getpid()), str(dead_process()))
    dead = dead.with_name(dead.name + "x")
    dead.mkdir()
    (dead / "rows.parquet").write_text("rows")
    (tmp_path / "dataops-elsewhere-1-x").mkdir()
    with scratch_folder(tmp_path) as mine:
        assert not dead.exists()
        sweep(tmp_path)
        assert mine.is_dir()
    assert [path.name for path in tmp_path.iterdir()] == ["dataops-elsewhere-1-x"]
    assert is_alive(os.getpid())


def test_parts_of_the_dead_beside_an_output_are_swept(tmp_path):
    (tmp_path / f"out.csv.{dead_process()}.part").write_text("half")
    (tmp_path / f"out.csv.{os.getpid()}.part").write_text("mine")
    (tmp_path / "other.csv.1.part").write_text("another's")
    write_text(tmp_path / "out.csv", "whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.csv.1.part", "out.csv"]


def test_parts_of_the_dead_beside_a_table_are_swept(make_table):
    table = make_table({"a": [1, 2]})
    left = table.path.with_name(f"{table.path.name}.{dead_process()}.part")
    left.write_text("half")
    write_table(table.path, [table.frame()])
    assert not left.exists()


def test_a_write_that_fails_leaves_what_was_there(tmp_path):
    (tmp_path / "out.html").write_text("before")
    with pytest.raises(ZeroDivisionError):
        with replaced(tmp_path / "out.html") as path:
            path.write_text("half")
            raise ZeroDivisionError
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("out.html", "before")]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_device_stays_a_device_and_a_full_one_says_so(make_table, tmp_path):
    link = tmp_path / "full.csv"
    link.symlink_to("/dev/full")
    with pytest.raises(SettingError, match="cannot be written"):
        write_file(make_table({"a": range(100_000)}), link)
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)
    assert link.is_symlink()


@pytest.mark.parametrize("name", ["rot13", "hex", "undefined", "idna", "a\0b", "nowhere"])
def test_what_is_no_encoding_of_text_is_refused(tmp_path, capsys, name):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    assert main(["read", str(tmp_path / "t.csv"), "--encoding", name]) == 2
    assert "There is no encoding" in capsys.readouterr().err


def test_a_header_beyond_any_file_is_refused_at_once(tmp_path, capsys):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    assert main(["read", str(tmp_path / "t.csv"), "--header-row", str(10**12)]) == 2
    assert "to be the header" in capsys.readouterr().err


def test_nothing_in_a_file_moves_the_cursor_of_a_terminal(tmp_path, capsys):
    path = tmp_path / "t\x1b[2J.csv"
    path.write_text('"a\x1b[31m","b\u202ec","d\ne"\n1,NA,2\n')
    assert main(["read", str(path)]) == 0
    assert main(["read", str(tmp_path / "no\x1b[2J\nsuch.csv")]) == 2
    shown = "".join(capsys.readouterr())
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "d\\ne" in shown
    assert len([line for line in shown.splitlines() if "such.csv" in line]) == 1


def test_text_that_is_harmless_is_shown_as_it_is():
    assert printable("Größe: 5 €\n\tq") == "Größe: 5 €\n\tq"
