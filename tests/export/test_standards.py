"""A version as other standards describe it, read by the tools of these standards.

They live in environments of their own (requirements-versions.txt, requirements-rules.txt): DATAOPS_CROISSANT names the
Python that has mlcroissant, prov and openlineage-python, DATAOPS_VALIDATORS the one that has Frictionless.
"""

import json
import os
import subprocess
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from dataops_core.cli.main import main
from dataops_core.export.bundle import _seal, digest
from dataops_core.export.manifest import OLD
from dataops_core.export.standards import NAMES
from dataops_core.export.verify import LATER, verify_bundle

CROISSANT, FRICTIONLESS = os.environ.get("DATAOPS_CROISSANT"), os.environ.get("DATAOPS_VALIDATORS")
SAMPLE = Path(__file__).parents[2] / "sample_data" / "loan_applications.csv"
TYPED = (
    "id,naïve name/x,b,t,x\n"
    '1,NA,true,2020-01-01,1.5\n,"a, ""b""",,,\n3,null,false,2021-02-03T04:05:06,2.25\n9007199254740991,=1+1,true,,1300.125\n'
)
needs_croissant = pytest.mark.skipif(not CROISSANT, reason="DATAOPS_CROISSANT names no Python with mlcroissant")
needs_frictionless = pytest.mark.skipif(not FRICTIONLESS, reason="DATAOPS_VALIDATORS names no Python with Frictionless")
RECORDS = """
import datetime, json, sys
import mlcroissant
dataset = mlcroissant.Dataset(jsonld="croissant.json")
assert not dataset.metadata.issues.errors, dataset.metadata.issues.report()
def plain(value):
    if value is None or value != value: return None
    if isinstance(value, bytes): return value.decode()
    return value.isoformat() if hasattr(value, "isoformat") else value
names = [field.name for field in dataset.metadata.record_sets[0].fields]
print(json.dumps([names, [[plain(value) for value in row.values()] for row in dataset.records("rows")]]))
"""
PROV = """
import io, json, prov.model
text = open("prov.json").read()
one = prov.model.ProvDocument.deserialize(content=text, format="json")
again = prov.model.ProvDocument.deserialize(content=one.serialize(format="json"), format="json")
assert one == again and not one.is_bundle()
kinds = {}
for record in one.get_records(): kinds[type(record).__name__] = kinds.get(type(record).__name__, 0) + 1
print(json.dumps(kinds))
"""
EVENT = """
import json
from openlineage.client import event_v2 as ol
from openlineage.client.facet_v2 import column_lineage_dataset as cl, dataset_version_dataset as dv
from openlineage.client.facet_v2 import output_statistics_output_dataset as os_, schema_dataset as sd
from openlineage.client.serde import Serde
plain = json.load(open("openlineage.json"))
def of(made, told): return made(**{k: v for k, v in told.items() if not k.startswith("_")})
def facets(told):
    made = {"version": of(dv.DatasetVersionDatasetFacet, told["version"])}
    if "schema" in told:
        made["schema"] = sd.SchemaDatasetFacet(fields=[sd.SchemaDatasetFacetFields(**f) for f in told["schema"]["fields"]])
        made["columnLineage"] = cl.ColumnLineageDatasetFacet(fields={
            name: cl.Fields(inputFields=[cl.InputField(**i) for i in f["inputFields"]])
            for name, f in told["columnLineage"]["fields"].items()})
    return made
(i,), (o,) = plain["inputs"], plain["outputs"]
event = ol.RunEvent(
    eventType=ol.RunState[plain["eventType"]], eventTime=plain["eventTime"], producer=plain["producer"],
    run=ol.Run(runId=plain["run"]["runId"]), job=ol.Job(namespace=plain["job"]["namespace"], name=plain["job"]["name"]),
    inputs=[ol.InputDataset(namespace=i["namespace"], name=i["name"], facets=facets(i["facets"]))],
    outputs=[ol.OutputDataset(namespace=o["namespace"], name=o["name"], facets=facets(o["facets"]), outputFacets={
        "outputStatistics": of(os_.OutputStatisticsOutputDatasetFacet, o["outputFacets"]["outputStatistics"])})],
)
def bare(value):
    if isinstance(value, dict): return {k: bare(v) for k, v in value.items() if not k.startswith("_") and v not in ({}, [], None)}
    return [bare(v) for v in value] if isinstance(value, list) else value
mine, theirs = bare(plain), bare(json.loads(Serde.to_json(event)))
for each in (mine, theirs): each.pop("schemaURL")
assert mine == theirs, (mine, theirs)
print("same")
"""
PACKAGE = """
import json
from frictionless import Package
report = Package("datapackage.json").validate()
print(json.dumps([[e.type, getattr(e, "row_number", None)] for task in report.tasks for e in task.errors] + [[e.type, None] for e in report.errors]))
"""


def tool(python: str | None, code: str, folder: Path, *, ok: bool = True) -> str:
    done = subprocess.run([python, "-c", code], cwd=folder, capture_output=True, text=True)
    assert (done.returncode == 0) == ok, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    rules = {
        "format": "dataops-rules/1",
        "rules": [
            {"kind": "range", "column": "x", "min": 0, "severity": "block"},
            {"kind": "unique", "key_columns": ["naïve name/x"]},
        ],
    }
    (folder / "rules.yaml").write_text(json.dumps(rules))
    (folder / "typed.csv").write_text(TYPED)
    (folder / "r.json").write_text(
        json.dumps(
            {"steps": [{"op": "copy_column", "with": {"column": "x", "into": "y"}}], "read": {"missing_tokens": [""]}}
        )
    )
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("DATAOPS_HOME", str(folder / "home"))
        monkeypatch.chdir(folder)
        more = ["--recipe", "r.json", "--rules", "rules.yaml"]
        for name, file, given in (("typed", "typed.csv", more), ("loans", str(SAMPLE), ["--pii-reason", "made up"])):
            assert main(["commit", name, file, "-m", "two words", *given]) == 0
            assert main(["checkout", name, "1", "-o", name]) == 0
        assert main(["export", "typed", "1", "-o", "typed.zip"]) == 0
    return folder


@pytest.mark.slow
def test_verify_makes_them_again_and_sees_what_was_changed(made, tmp_path):
    assert verify_bundle(made / "typed.zip").ok
    with zipfile.ZipFile(made / "typed.zip") as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    for name in NAMES:
        told = json.loads(files["manifest.json"])
        forged = files[name].replace(b"two words", b"other words").replace(b'"typed', b'"other', 1)
        assert forged != files[name]
        told["files"][name] = digest(forged)
        _seal({**files, name: forged, "manifest.json": json.dumps(told).encode()}, tmp_path / "forged.zip")
        failed = [check.what for check in verify_bundle(tmp_path / "forged.zip").checks if not check.ok]
        assert failed == [f"{name} follows from the version"]


def test_a_bundle_from_before_is_verified_without_them(made, tmp_path):
    with zipfile.ZipFile(made / "typed.zip") as packed:
        files = {name: packed.read(name) for name in packed.namelist() if name not in {*NAMES, *LATER}}
    told = json.loads(files["manifest.json"])
    for name in (*NAMES, *LATER):
        del told["files"][name]
    _seal({**files, "manifest.json": json.dumps(told).encode()}, tmp_path / "new.zip")
    assert sum(not check.ok for check in verify_bundle(tmp_path / "new.zip").checks) == len((*NAMES, *LATER))
    told["format"] = OLD
    _seal({**files, "manifest.json": json.dumps(told).encode()}, tmp_path / "old.zip")
    assert verify_bundle(tmp_path / "old.zip").ok


def frame_of(folder: Path) -> list:
    frame = pd.read_parquet(folder / "data.parquet", dtype_backend="pyarrow")
    rows = [[None if pd.isna(cell) else cell for cell in row] for row in frame.itertuples(index=False)]
    return [list(frame.columns), [[c.isoformat() if hasattr(c, "isoformat") else c for c in row] for row in rows]]


@needs_croissant
@pytest.mark.parametrize("name", ["typed", "loans"])
def test_croissant_gives_back_the_frame_missing_cells_included(made, name):
    found, wanted = json.loads(tool(CROISSANT, RECORDS, made / name)), frame_of(made / name)
    assert found == wanted
    assert any(None in row for row in wanted[1])
    assert any("NA" in row for row in wanted[1]) or name == "loans"


@needs_croissant
def test_croissant_refuses_a_file_that_was_changed(made, tmp_path):
    (tmp_path / "croissant.json").write_bytes((made / "typed" / "croissant.json").read_bytes())
    (tmp_path / "data.parquet").write_bytes((made / "loans" / "data.parquet").read_bytes())
    tool(CROISSANT, RECORDS, tmp_path, ok=False)


@needs_croissant
def test_prov_is_read_and_written_back_by_its_own_library(made):
    kinds = json.loads(tool(CROISSANT, PROV, made / "typed"))
    assert kinds == {
        "ProvEntity": 2,
        "ProvActivity": 1,
        "ProvAgent": 1,
        "ProvUsage": 1,
        "ProvGeneration": 1,
        "ProvAssociation": 1,
        "ProvAttribution": 1,
        "ProvDerivation": 1,
    }


@needs_croissant
def test_the_event_is_what_the_client_of_openlineage_would_send(made):
    assert tool(CROISSANT, EVENT, made / "typed").strip() == "same"
    plain = json.loads((made / "typed" / "openlineage.json").read_text())
    fields = plain["outputs"][0]["facets"]["columnLineage"]["fields"]
    assert [each["field"] for each in fields["y"]["inputFields"]] == ["x"]


@needs_frictionless
def test_frictionless_passes_the_data_and_names_the_rows_of_faults(made, tmp_path):
    for name in ("typed", "loans"):
        assert json.loads(tool(FRICTIONLESS, PACKAGE, made / name)) == []
    text = (made / "typed" / "data.csv").read_text()
    faults = text.replace("1.5", "-1.5", 1).replace("null", "NA").replace("9007199254740991", "nine")
    assert faults.count("\n") == text.count("\n")
    package = json.loads((made / "typed" / "datapackage.json").read_text())
    (tmp_path / "data.csv").write_text(faults)
    (tmp_path / "datapackage.json").write_text(json.dumps(package))
    assert ["hash-count", None] in json.loads(tool(FRICTIONLESS, PACKAGE, tmp_path))
    for key in ("bytes", "hash"):
        del package["resources"][0][key]
    (tmp_path / "datapackage.json").write_text(json.dumps(package))
    found = json.loads(tool(FRICTIONLESS, PACKAGE, tmp_path))
    assert sorted(found) == [["constraint-error", 2], ["type-error", 5], ["unique-error", 4]]
