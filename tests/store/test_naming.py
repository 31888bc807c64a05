"""One rule for the names of projects and datasets, at every way in."""

import pytest

from dataops_core.cli.main import main
from dataops_core.errors import SettingError
from dataops_core.store import datasets
from dataops_core.store.naming import name_of_file

ODD = ["", "  ", ".", "..", "a/b", "a\\b", "a\nb", "a\x1b[31mb", "a\u202eb", "a\u200bb", "x" * 121, "\ud800x"]


@pytest.mark.parametrize("name", ODD)
def test_odd_names_are_refused_everywhere(store, tmp_path, monkeypatch, capsys, name):
    (tmp_path / "t.csv").write_text("a\n1\n")
    project = datasets.default_project(store, "ann")
    with pytest.raises(SettingError, match="name|called"):
        datasets.make_project(store, name, "ann")
    if name:
        with pytest.raises(SettingError, match="name|called"):
            datasets.add(store, project, tmp_path / "t.csv", "t.csv", "ann", name=name)
    monkeypatch.setenv("DATAOPS_HOME", str(store.home))
    assert main(["commit", name, str(tmp_path / "t.csv"), "-m", "x"]) == 2
    told = capsys.readouterr().err
    assert "What:" in told
    assert not any(mark in told for mark in ("\x1b", "\u202e", "\u200b", "\ud800"))
    assert datasets.in_project(store, project) == []


@pytest.mark.parametrize(
    "file", ["...csv", "a\nb.csv", "\u202evsc.exe.csv", "../../x.csv", "C:\\data\\x.csv", f"{'y' * 300}.csv"]
)
def test_a_file_of_any_name_becomes_a_dataset_of_an_allowed_one(store, tmp_path, file):
    (tmp_path / "t.csv").write_text("a\n1\n")
    made = datasets.add(store, datasets.default_project(store, "ann"), tmp_path / "t.csv", file, "ann")
    name = datasets.get(store, made).name
    assert name == datasets.check_name(name, "dataset") == name_of_file(file)
