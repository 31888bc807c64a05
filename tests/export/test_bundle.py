"""The bundle rebuilds itself, and any changed byte is noticed."""

import datetime as dt
import io
import itertools
import json
import random
import zipfile
from pathlib import Path

import pytest

from dataops_core.errors import IntegrityError
from dataops_core.export.verify import verify_bundle
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.store import datasets, versions
from dataops_core.store.store import Store

ROWS = "".join(f"{i},{' Paris' if i % 3 else 'Rome'},{i if i % 5 else ''},=1+{i},\n" for i in range(300))


@pytest.fixture(scope="module")
def bundle(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    store = Store(folder / "home", clock=lambda: "2026-01-01T00:00:00Z")
    (folder / "t|a*b.csv").write_text("id,city,n,f,e\n" + ROWS)
    dataset = datasets.add(store, datasets.default_project(store, "ann"), folder / "t|a*b.csv", "t|a*b.csv", "ann")
    here = datasets.get(store, dataset)
    from dataclasses import replace

    steps = (
        RecipeStep("trim_spaces", {"columns": ["city"]}, why="typed by hand"),
        RecipeStep("fill_missing", {"columns": ["n"], "how": "mean"}),
        RecipeStep("drop_columns", {"columns": ["gone"]}, off=True),
        RecipeStep("fill_missing", {"columns": ["e"], "how": "most_frequent"}),
    )
    datasets.edit(store, dataset, here.revision, replace(here.recipe, steps=steps), "two steps", "ann")
    versions.commit(store, dataset, "trimmed | and *filled*", "ann")
    versions.export(store, dataset, 1, folder / "b.zip", "ann")
    versions.export(store, dataset, 1, folder / "again.zip", "ann")
    return folder / "b.zip"


def bundle_of_commit(folder: Path, clock) -> Path:
    """The bundle of a version that a store with this clock commits."""
    store = Store(folder / "home", clock=clock)
    (folder / "t.csv").write_text("t,n\na,1\nb,2\n")
    dataset = datasets.add(store, datasets.default_project(store, "ann"), folder / "t.csv", "t.csv", "ann")
    versions.commit(store, dataset, "as it came", "ann")
    versions.export(store, dataset, 1, folder / "dated.zip", "ann")
    return folder / "dated.zip"


def failed_checks(path: Path) -> list[str]:
    return [f"{check.what}: {check.seen}" for check in verify_bundle(path).checks if not check.ok]


@pytest.mark.parametrize("seconds", [1, 3600, -1])
def test_a_version_is_intact_whenever_a_second_begins_or_the_clock_is_set(tmp_path, seconds):
    """No two readings of this clock are the same: a version has the time of its entry in the audit log, not another."""
    start, readings = dt.datetime(2026, 1, 1), itertools.count()
    path = bundle_of_commit(
        tmp_path, lambda: f"{start + dt.timedelta(seconds=seconds * next(readings)):%Y-%m-%dT%H:%M:%SZ}"
    )
    assert failed_checks(path) == []
    with zipfile.ZipFile(path) as zipped:
        entry = json.loads(zipped.read("audit.jsonl").splitlines()[-1])
        assert json.loads(zipped.read("manifest.json"))["version"]["created"] == entry["at"]


@pytest.mark.parametrize(
    ("created", "intact"),
    [
        ("2025-12-31T23:59:59Z", True),
        ("2025-12-31T23:59:00Z", True),
        ("2025-12-31T23:58:59Z", False),
        ("2026-01-01T00:00:01Z", False),
    ],
)
def test_a_version_dated_a_little_before_its_entry_is_intact(tmp_path, monkeypatch, created, intact):
    """As the program once dated versions: it read the clock for the version, and again for the entry."""
    log = Store.log
    monkeypatch.setattr(Store, "log", lambda *args, **details: {**log(*args, **details), "at": created})
    found = failed_checks(bundle_of_commit(tmp_path, lambda: "2026-01-01T00:00:00Z"))
    said = f"created '{created}' in the version, at '2026-01-01T00:00:00Z' in the audit"
    assert (found == []) is intact
    assert intact or (len(found) == 1 and said in found[0])


def test_a_bundle_verifies_without_any_store(bundle, monkeypatch, tmp_path):
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "fresh"))
    told = verify_bundle(bundle)
    assert told.ok
    said = {c.what for c in told.checks}
    assert {
        "raw file + recipe rebuild the data",
        "clean.py follows from the version",
        "facts_after.json follows from the version",
    } <= said
    assert told.signature.status == "none"
    assert "by whom is not proven" in told.words


def test_the_same_version_gives_the_same_bytes(bundle):
    assert bundle.read_bytes() == (bundle.parent / "again.zip").read_bytes()


def test_a_bundle_holds_all_that_the_readme_promises(bundle):
    with zipfile.ZipFile(bundle) as zipped:
        names = set(zipped.namelist())
        card = zipped.read("DATA_CARD.md").decode()
        recipe = json.loads(zipped.read("recipe.json"))
        audit = [json.loads(line) for line in zipped.read("audit.jsonl").splitlines()]
        csv, safe = (zipped.read(name).decode() for name in ("data.csv", "data_spreadsheet_safe.csv"))
        manifest = json.loads(zipped.read("manifest.json"))
    assert names == {
        "DATA_CARD.html",
        "DATA_CARD.md",
        "audit.jsonl",
        "clean.py",
        "clean_spark.py",
        "croissant.json",
        "data.csv",
        "data.parquet",
        "datapackage.json",
        "data_spreadsheet_safe.csv",
        "facts_after.json",
        "facts_before.json",
        "load.py",
        "manifest.json",
        "openlineage.json",
        "prov.json",
        "raw/raw.csv",
        "recipe.json",
        "schema.json",
    }
    assert "trimmed \\| and \\*filled\\*" in card
    assert "200 cells changed" in card  # " Paris" stands in two of three rows
    assert recipe["steps"][1]["learned"]["n"]["fill"] == 150  # the mean of 1 to 299 without multiples of five
    assert [e["what"] for e in audit] == ["file read", "recipe changed", "version committed"]
    assert ",=1+0,\n" in csv
    assert ",'=1+0,\n" in safe
    assert "3. Dropped gone — switched off." in card
    assert "4. Filled missing values in e with the most frequent — skipped: " in card
    assert manifest["version"]["audit_head"] == audit[-1]["hash"]


def test_the_parquet_in_a_bundle_has_no_hidden_column(bundle, tmp_path):
    import pandas as pd

    with zipfile.ZipFile(bundle) as zipped:
        frame = pd.read_parquet(io.BytesIO(zipped.read("data.parquet")))
    assert list(frame.columns) == ["id", "city", "n", "f", "e"]


def flipped(bundle: Path, at: int, tmp_path: Path) -> Path:
    data = bytearray(bundle.read_bytes())
    data[at] ^= 0x01
    path = tmp_path / "flipped.zip"
    path.write_bytes(bytes(data))
    return path


def holds(path: Path) -> tuple[bool, str]:
    try:
        told = verify_bundle(path)
    except IntegrityError as error:
        return False, f"{error.what} {error.where}"
    return told.ok, "; ".join(f"{c.what}: {c.seen}" for c in told.checks if not c.ok)


def test_any_changed_byte_is_noticed_and_the_place_is_named(bundle, tmp_path):
    size = bundle.stat().st_size
    places = sorted({0, 5, 11, size - 1, size - 70, size - 100, *random.Random(1).sample(range(size), 150)})
    told = {at: holds(flipped(bundle, at, tmp_path)) for at in places}
    assert [at for at, (ok, _) in told.items() if ok] == []
    assert [at for at, (_, where) in told.items() if not where] == []


def test_a_byte_in_the_data_names_the_data(bundle, tmp_path):
    with zipfile.ZipFile(bundle) as zipped:
        info = zipped.getinfo("data.parquet")
    ok, where = holds(flipped(bundle, info.header_offset + 500, tmp_path))
    assert not ok
    assert where.startswith("data.parquet: the file")


def rewritten(bundle: Path, name: str, change, path: Path) -> Path:
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(path, "w") as new:
        for info in old.infolist():
            new.writestr(info.filename, change(old.read(info)) if info.filename == name else old.read(info))
    return path


def test_a_whole_file_that_was_swapped_is_named(bundle, tmp_path):
    path = rewritten(bundle, "raw/raw.csv", lambda data: data.replace(b"Rome", b"Oslo"), tmp_path / "s.zip")
    ok, where = holds(path)
    assert not ok
    assert "raw/raw.csv: the file was changed" in where


def test_a_changed_description_is_named(bundle, tmp_path):
    path = rewritten(bundle, "manifest.json", lambda data: data.replace(b"trimmed", b"TRIMMED"), tmp_path / "m.zip")
    assert "description of the version was changed" in holds(path)[1]


def test_what_is_no_bundle_says_so(tmp_path):
    path = tmp_path / "x.zip"
    path.write_bytes(b"PK nonsense")
    with pytest.raises(IntegrityError, match="not a bundle"):
        verify_bundle(path)
    with pytest.raises(IntegrityError, match="cannot be read"):
        verify_bundle(tmp_path / "gone.zip")
