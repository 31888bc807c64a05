"""Each tool that an export is made for, on versions of the sample and of the Adult data (where it is beside the checkout):
it passes what was exported, and fails on a copy that was spoiled.

pandera, Great Expectations, Frictionless with rules and the Data Contract CLI: tests/rules/test_other_tools.py, likewise.
"""

import json
from pathlib import Path

import pandas as pd
import pytest

from dataops_core.cli.main import main
from tests.conftest import REAL
from tests.export.test_checkout import needs_dvc, run_dvc
from tests.export.test_standards import (
    CROISSANT,
    EVENT,
    FRICTIONLESS,
    PACKAGE,
    PROV,
    RECORDS,
    SAMPLE,
    frame_of,
    needs_croissant,
    needs_frictionless,
    tool,
)
from tests.publish.test_feast import FEAST, needs_feast, run

pytestmark = pytest.mark.slow
FILES = {"sample": SAMPLE, "adult": REAL / "adult.csv"}
NUMBER = "row_number"  # whose features they are, for Feast
READ = """
import json, sys
from datetime import datetime, timezone
import pandas as pd
from feast import FeatureStore
view, names, ids, file = json.load(sys.stdin)
store, span = FeatureStore("."), (datetime(2020, 1, 1, tzinfo=timezone.utc), datetime(2030, 1, 1, tzinfo=timezone.utc))
store.materialize(*span)
told = store.get_online_features(features=[f"{view}:{n}" for n in names], entity_rows=[{"row_number": i} for i in ids])
pd.read_parquet(file).drop(columns=names[0]).to_parquet(file)
try:
    store.materialize(*span)
    spoiled = ""
except Exception as error:
    spoiled = str(error)
print(json.dumps([told.to_dict(), spoiled]))
"""
BEGINNING = 3000  # rows of a large table that are compared record by record: mlcroissant gives 500 a second


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The folder of a store with a version of each file."""
    folder = tmp_path_factory.mktemp("validated")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("DATAOPS_HOME", str(folder / "home"))
        monkeypatch.chdir(folder)
        for name, file in FILES.items():
            if file.exists():
                commit(folder, name, file)
    return folder


def commit(folder, name, file):
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    first = pd.read_csv(file, nrows=1).columns[0].strip()
    steps = [{"op": "copy_column", "with": {"column": first, "into": "copied"}}]
    (folder / "r.json").write_text(json.dumps({"steps": steps}))
    numbered = folder / f"{name}.csv"
    numbered.write_text(
        "\n".join([f"{NUMBER},{lines[0]}", *(f"{n},{line}" for n, line in enumerate(lines[1:]) if line)])
    )
    more = ["--recipe", str(folder / "r.json"), "-m", "one", "--pii-reason", "made up, or public"]
    assert main(["commit", name, str(numbered), *more]) == 0


@pytest.fixture(params=FILES)
def made(request, home, monkeypatch, tmp_path):
    """(a name, a fresh checkout of its version)."""
    if not FILES[request.param].exists():
        pytest.skip("adult.csv is not present beside the checkout")
    monkeypatch.setenv("DATAOPS_HOME", str(home / "home"))
    monkeypatch.chdir(tmp_path)
    words = ["checkout", request.param, "1", "-o", "out", "--dvc", "--pii-reason", "made up, or public"]
    assert main(words) == 0
    return request.param, tmp_path / "out"


def edit(path: Path, change) -> None:
    """Change a JSON file."""
    told = json.loads(path.read_text())
    change(told)
    path.write_text(json.dumps(told))


@needs_croissant
def test_mlcroissant(made):
    name, out = made
    some = RECORDS.replace('dataset.records("rows")', f'itertools.islice(dataset.records("rows"), {BEGINNING})')
    found, wanted = json.loads(tool(CROISSANT, f"import itertools{some}", out)), frame_of(out)
    assert found == [wanted[0], wanted[1][:BEGINNING]]
    edit(
        out / "croissant.json", lambda told: told["recordSet"][0]["field"][2]["source"]["extract"].update(column="nine")
    )
    tool(CROISSANT, RECORDS, out, ok=False)


@needs_frictionless
def test_frictionless(made):
    _, out = made
    assert json.loads(tool(FRICTIONLESS, PACKAGE, out)) == []
    lines = (out / "data.csv").read_text().split("\n")
    lines[3] = lines[3].replace("2", "two", 1)  # the number of the third row
    (out / "data.csv").write_text("\n".join(lines))

    def trusting(told):
        for key in ("bytes", "hash"):
            del told["resources"][0][key]

    assert ["hash-count", None] in json.loads(tool(FRICTIONLESS, PACKAGE, out))
    edit(out / "datapackage.json", trusting)
    assert json.loads(tool(FRICTIONLESS, PACKAGE, out)) == [["type-error", 4]]


@needs_croissant
def test_prov(made):
    _, out = made
    assert json.loads(tool(CROISSANT, PROV, out))["ProvDerivation"] == 1

    def spoil(told):
        told["wasGeneratedBy"] = list(told["wasGeneratedBy"])

    edit(out / "prov.json", spoil)
    tool(CROISSANT, PROV, out, ok=False)


@needs_croissant
def test_openlineage(made):
    _, out = made
    assert tool(CROISSANT, EVENT, out).strip() == "same"
    edit(out / "openlineage.json", lambda told: told.update(eventType="FINISHED"))
    tool(CROISSANT, EVENT, out, ok=False)


@needs_dvc
def test_dvc(made):
    name, out = made
    before = (out / "data.csv").read_bytes()
    (raw,) = (path for path in (out / "raw").iterdir() if path.suffix == ".csv")
    raw.unlink()
    (out / "data.csv").unlink()
    run_dvc(out, "pull", f"raw/{raw.name}.dvc")
    run_dvc(out, "repro")
    assert (out / "data.csv").read_bytes() == before and "up to date" in run_dvc(out, "status")
    raw.chmod(0o644)
    raw.write_bytes(raw.read_bytes().replace(b"1", b"7", 1))
    assert "modified" in run_dvc(out, "status")


@needs_feast
def test_feast(made, tmp_path):
    name, _ = made
    words = ["publish", f"{name}@1", "--to", "feast:store", "--entity", NUMBER, "--pii-reason", "made up, or public"]
    assert main(words) == 0
    store = tmp_path / "store"
    assert "Created feature view" in run(store, FEAST, "apply")
    frame = pd.read_parquet(tmp_path / "out" / "data.parquet").set_index(NUMBER)
    names, ids = [str(each) for each in frame.columns if frame[each].dtype == object][:3], [0, 5, len(frame) - 1]
    python = str(Path(FEAST).with_name("python"))
    (file,) = (store / "data").glob("*.parquet")
    asked = json.dumps([name, names, ids, file.relative_to(store).as_posix()])
    served, spoiled = json.loads(run(store, python, "-c", READ, data=asked).strip().rsplit("\n", 1)[-1])
    for each in names:
        assert served[each] == [None if pd.isna(cell) else cell for cell in frame[each].loc[ids]]
    assert names[0] in spoiled
