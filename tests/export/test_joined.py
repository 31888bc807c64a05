"""The export file of a version with a joined table holds that table, is verified, and its script runs."""

import json
import shlex
import subprocess
import sys
import zipfile
from dataclasses import replace

import pandas as pd
import pytest

from dataops_core.export.bundle import tables_of
from dataops_core.export.verify import verify_bundle
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.store import datasets, states, versions
from dataops_core.store.store import Store


@pytest.fixture
def export(tmp_path):
    """A version of sales with the shops joined, exported."""
    store = Store(tmp_path / "home")
    made = {}
    for name, text in {"sales": "shop,sum\n2,5\n1,7\n3,9\n", "shops": "shop,town\n1,Ghent\n2,Bruges\n"}.items():
        (tmp_path / f"{name}.csv").write_text(text)
        project = datasets.default_project(store, "ann")
        made[name] = datasets.add(store, project, tmp_path / f"{name}.csv", f"{name}.csv", "ann")
    shops = datasets.get(store, made["shops"])
    content = states.table(store, states.root_id(shops.raw["sha256"], shops.recipe.read)).content_hash
    join = RecipeStep("join_table", {"table": "shops", "keys": ["shop"], "content": content})
    here = datasets.get(store, made["sales"])
    datasets.edit(store, here.id, here.revision, replace(here.recipe, steps=(join,)), "join", "ann")
    versions.commit(store, here.id, "joined", "ann")
    versions.export(store, here.id, 1, tmp_path / "out.zip", "ann")
    return tmp_path / "out.zip"


def test_it_verifies_and_the_command_of_its_card_makes_the_same_table(export, tmp_path):
    assert [check for check in verify_bundle(export).checks if not check.ok] == []
    folder = tmp_path / "out"
    with zipfile.ZipFile(export) as inside:
        inside.extractall(folder)
    (command,) = [
        line for line in (folder / "DATA_CARD.md").read_text().splitlines() if line.startswith("python clean.py")
    ]
    done = subprocess.run([sys.executable, *shlex.split(command)[1:]], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert pd.read_csv(folder / "clean.csv").equals(pd.read_csv(folder / "data.csv"))
    assert pd.read_csv(folder / "data.csv")["town"].tolist()[:2] == ["Bruges", "Ghent"]


def test_a_join_that_is_switched_off_asks_for_no_table(export):
    with zipfile.ZipFile(export) as inside:
        version = json.loads(inside.read("manifest.json"))["version"]
    assert len(tables_of(version)) == 1
    version["recipe"]["steps"][0]["off"] = True
    assert tables_of(version) == {}


def test_another_table_in_its_place_is_named(export, tmp_path):
    spoiled = tmp_path / "spoiled.zip"
    with zipfile.ZipFile(export) as inside, zipfile.ZipFile(spoiled, "w") as out:
        for name in inside.namelist():
            out.writestr(name, inside.read(name) + (b"x" if name.startswith("tables/") else b""))
    wrong = [check for check in verify_bundle(spoiled).checks if not check.ok]
    assert any(check.what.startswith("tables/") for check in wrong)
