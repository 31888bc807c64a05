"""A version whose steps were taken from a comparison of recipes carries its scores: manifest, data card, bundle."""

import zipfile
from dataclasses import replace

import numpy as np
import pytest

from dataops_core.evaluation import Candidate, compare_recipes
from dataops_core.export.verify import verify_bundle
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.store import datasets, states, versions
from dataops_core.store.choices import chosen_recipe

FILL = RecipeStep("fill_missing", {"columns": ["x"], "how": "median"})
SPOIL = RecipeStep("drop_columns", {"columns": ["x"]})


@pytest.fixture
def compared(store, tmp_path):
    """A dataset, and what a comparison of three recipes says of it."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=240)
    y = np.where(x + rng.normal(0, 0.5, 240) > 0, "yes", "no")
    lines = [f"{'' if n % 9 == 0 else round(v, 3)},{w}" for n, (v, w) in enumerate(zip(x, y, strict=True))]
    (tmp_path / "t.csv").write_text("x,y\n" + "\n".join(lines) + "\n")
    dataset = datasets.add(store, datasets.default_project(store, "ann"), tmp_path / "t.csv", "t.csv", "ann")
    here = datasets.get(store, dataset)
    root = states.root_id(here.raw["sha256"], here.recipe.read)
    candidates = [Candidate("fill the gaps", Recipe(steps=(FILL,))), Candidate("drop x", Recipe(steps=(SPOIL,)))]
    told = compare_recipes(states.table(store, root), candidates, "y", folds=3, repeats=1).to_json()
    return dataset, told


def take(store, dataset, *steps):
    here = datasets.get(store, dataset)
    datasets.edit(store, dataset, here.revision, replace(here.recipe, steps=steps), "taken", "ann")


def test_the_scores_go_with_the_version(store, compared, tmp_path):
    dataset, told = compared
    chosen_recipe.keep(store, dataset, told, "fill the gaps", "ann")
    take(store, dataset, replace(FILL, why="Chosen by comparison"))
    made = versions.commit(store, dataset, "filled", "ann")
    kept = made.manifest["comparison"]
    assert kept["taken"] == "fill the gaps" and kept["verdict"] == told["verdict"]
    scores = {each["name"]: each["score"] for each in kept["candidates"]}
    assert scores == {each["name"]: each["score"] for each in told["candidates"]}
    assert scores["drop x"] < scores["fill the gaps"] - 0.2, "x decides"
    versions.export(store, dataset, 1, tmp_path / "b.zip", "ann")
    assert [check for check in verify_bundle(tmp_path / "b.zip").checks if not check.ok] == []
    card = zipfile.ZipFile(tmp_path / "b.zip").read("DATA_CARD.md").decode()
    assert "## Why this preparation" in card and "| **fill the gaps** | " in card
    assert f"| drop x | {scores['drop x']:.4f} (" in card


@pytest.mark.parametrize("steps", [(), (SPOIL,), (replace(FILL, off=True),)])
def test_they_do_not_where_the_steps_are_others(store, compared, steps):
    dataset, told = compared
    chosen_recipe.keep(store, dataset, told, "fill the gaps", "ann")
    take(store, dataset, *steps)
    assert "comparison" not in versions.commit(store, dataset, "other", "ann").manifest
