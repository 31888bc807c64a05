"""Exit code 2 means that nothing was written: what cannot be written is refused before anything is learned."""

import os

import pytest

from dataops_core.cli import main
from dataops_core.cli.shared.output_paths import check_files, check_folder
from dataops_core.errors import SettingError
from tests.synthetic.people import people


@pytest.fixture
def at(tmp_path, monkeypatch):
    def learned(*_args, **_more):
        raise AssertionError("it was learned all the same")

    for name in ("synthesize", "synthesize_tables"):
        monkeypatch.setattr(f"dataops_core.synthetic.{name}", learned)
    for name in ("real", "other"):
        people(60, 1).to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("here")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("--engine trees --script y.py", "no plain script"),
        ("--report gone/r.json", "no such folder"),
        ("--card folder", "a folder"),
        ("--model file/m.model", "no such folder"),
        ("--report y.csv", "the same file"),
        ("-o y.txt", "cannot be written"),
        ("-o gone/y.csv", "no such folder"),
    ],
)
def test_nothing_is_learned_for_what_cannot_be_written(at, capsys, monkeypatch, given, said):
    monkeypatch.setenv("DATAOPS_MODEL_KEY", "a long enough key for tests")
    before = sorted(at.iterdir())
    assert main(["synthesize", "real.csv", "-o", "y.csv", *given.split()]) == 2
    assert said in capsys.readouterr().err and sorted(at.iterdir()) == before


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("-o file", "a folder is needed"),
        ("-o file/in", "a folder is needed"),
        ("-o new --report gone/r.json", "no such folder"),
        ("-o new --report folder", "a folder"),
    ],
)
def test_nor_for_several_tables(at, capsys, given, said):
    before = sorted(at.iterdir())
    assert main(["synthesize-tables", "real.csv", "other.csv", *given.split()]) == 2
    assert said in capsys.readouterr().err and sorted(at.iterdir()) == before


def test_what_can_be_written_passes(at):
    check_files({"-o": at / "a.csv", "--report": at / "file", "--card": None})
    check_folder("-o", at / "new" / "newer")
    check_folder("-o", at / "folder")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_without_the_right_to_write(at):
    (at / "folder").chmod(0o500)
    with pytest.raises(SettingError, match="Nothing can be written"):
        check_files({"-o": at / "folder" / "a.csv"})
    with pytest.raises(SettingError, match="Nothing can be written"):
        check_folder("-o", at / "folder" / "new")
