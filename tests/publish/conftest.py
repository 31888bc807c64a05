"""A store with versions of a table that holds every type, and of the sample data, to publish."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from dataops_core.cli.main import main
from dataops_core.store import datasets, versions
from dataops_core.store.store import Store

ROOT = Path(__file__).parents[2]
ROWS = "".join(
    f"{i},2024-0{1 + i % 9}-11 0{i % 10}:30:00,{'' if i % 7 == 0 else i / 4},{' Zürich' if i % 3 else ''},"
    f"{'true' if i % 2 else 'false'},{'' if i % 5 == 0 else i * i}\n"
    for i in range(60)
)
TYPES = [{"op": "trim_spaces", "with": {"columns": ["city"]}}]
SPLIT = {"op": "split_rows", "with": {"how": "at_random", "test": 0.2, "validation": 0.1}}
DROP = {"op": "drop_columns", "with": {"columns": ["points"]}}


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Three versions of "cities": plain, split, and with a column less and one more."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "t.csv").write_text("id,at,amount,city,member,points\n" + ROWS, encoding="utf-8")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("DATAOPS_HOME", str(folder / "home"))
        for steps in (TYPES, [*TYPES, SPLIT], [*TYPES, DROP, SPLIT]):
            (folder / "r.json").write_text(json.dumps({"steps": steps}))
            args = ["commit", "cities", folder / "t.csv", "--recipe", folder / "r.json", "-m", f"{len(steps)} steps"]
            assert main([str(arg) for arg in args]) == 0
    return folder / "home"


@pytest.fixture
def home(built, tmp_path, monkeypatch):
    """A copy of that store, which is the store from here on."""
    shutil.copytree(built, tmp_path / "home")
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def publish(home, capsys):
    """Run the command, and get what it says as JSON."""

    def run(version, place, *more):
        capsys.readouterr()
        assert main(["publish", version, "--to", str(place), "--json", *more]) == 0
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def refused(home, capsys):
    """Run the command, and get why it refuses."""

    def run(version, place, *more):
        capsys.readouterr()
        assert main(["publish", version, "--to", str(place), *more]) == 2
        said = capsys.readouterr().err
        assert said.startswith("What:") and "Where:" in said and "Fix:" in said and "Traceback" not in said
        return said

    return run


def frame_of(number: int, name: str = "cities") -> pd.DataFrame:
    """The rows of a version as the store has them."""
    store = Store()
    version = versions.get(store, datasets.find(store, name), number)
    return versions.table(store, version).frame().reset_index(drop=True)


def plain(frame: pd.DataFrame) -> list[tuple]:
    """Rows as plain values: what is missing is None, and a moment the same whatever its unit."""
    columns = []
    for name in frame.columns:
        cells = frame[name]
        if pd.api.types.is_datetime64_any_dtype(cells):
            cells = cells.map(lambda cell: None if pd.isna(cell) else pd.Timestamp(cell).isoformat())
        columns.append([None if pd.isna(cell) else cell for cell in cells.astype(object)])
    return list(zip(*columns, strict=True))
