"""A comparison of recipes as a job on two cores: Cancel ends all its processes, and a later job goes on from its folds;
so do the benches and the lab, whose finished parts are in the catalog, too.
"""

import subprocess
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from dataops_core.evaluation import workers
from dataops_core.fairness import refits
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.record import as_json
from dataops_core.store import catalog, datasets, jobs, states
from dataops_core.store.results import analyses
from dataops_core.store.results.kept_folds import InStore


def group(leader):
    """The commands that run in a job's group of processes."""
    listed = subprocess.run(["ps", "-eo", "pgid=,stat=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    return [row[2] for row in rows if row[0] == leader and not row[1].startswith("Z")]


def leader_of(job):
    found = subprocess.run(["pgrep", "-f", f"store.worker {job}"], capture_output=True, text=True).stdout.split()
    return found[0] if found else ""


def until(true, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come to that")


def folds(store):
    with store.reading() as connection:
        return connection.scalar(
            sa.select(sa.func.count()).select_from(catalog.cache).where(catalog.cache.c.key.startswith("fold:"))
        )


@pytest.mark.slow
def test_cancel_ends_the_workers_and_keeps_what_is_finished(store, tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    rows = 4000
    x = rng.normal(size=rows)
    lines = [f"{v:.3f},{'yes' if v + e > 0 else 'no'}" for v, e in zip(x, rng.normal(size=rows), strict=True)]
    Path(tmp_path / "t.csv").write_text("x,y\n" + "\n".join(lines) + "\n")
    dataset = datasets.add(store, datasets.default_project(store, "ann"), tmp_path / "t.csv", "t.csv", "ann")
    here = datasets.get(store, dataset)
    scale = Recipe(steps=(RecipeStep("scale_numbers", {"columns": ["x"]}),))
    args = {
        "state": states.root_id(here.raw["sha256"], here.recipe.read),
        "candidates": [{"name": "scaled", "recipe": scale.to_json()}],
        "target": "y",
        "how": {"repeats": 20},
    }
    monkeypatch.setenv(workers.WORKERS, "2")
    job = jobs.start(store, "count", {"what": "recipes", "with": args}, "ann")
    leader = until(lambda: leader_of(job))
    until(lambda: any("evaluation.worker" in command for command in group(leader)))
    until(lambda: folds(store) > 3)
    jobs.cancel(store, job)
    until(lambda: jobs.get(store, job).state == "cancelled", 20)
    until(lambda: not group(leader), 20)
    assert 3 < folds(store) < 200


ASKED = {
    "resample bench": {"target": "hired", "methods": ["weights"], "folds": 3},
    "impute bench": {"target": "hired", "methods": ["mean", "median"]},
    "mitigation lab": {
        "target": "hired",
        "favorable": "yes",
        "sensitive": ["sex"],
        "methods": ["reweigh", "over_sampling"],
    },
}


@pytest.fixture
def state(store, tmp_path):
    rng = np.random.default_rng(0)
    skill, sex = rng.normal(size=200), rng.choice(["f", "m"], 200)
    frame = pd.DataFrame({"skill": skill, "sex": sex, "hired": np.where(skill + (sex == "m") > 0.5, "yes", "no")})
    frame.loc[rng.random(200) < 0.2, "skill"] = np.nan
    frame.to_csv(tmp_path / "t.csv", index=False)
    made = datasets.add(store, datasets.default_project(store, "ann"), tmp_path / "t.csv", "t.csv", "ann")
    here = datasets.get(store, made)
    return states.root_id(here.raw["sha256"], here.recipe.read)


@pytest.mark.parametrize("what", ASKED)
def test_what_was_stopped_goes_on_where_it_was(store, state, monkeypatch, what):
    monkeypatch.setattr(refits, "REFITS", refits.FEWEST)
    written, write = [], InStore.write

    def stop(self, key, value):
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(key)
        write(self, key, value)

    monkeypatch.setattr(InStore, "write", stop)
    asked = {"state": state} | ASKED[what]
    with pytest.raises(KeyboardInterrupt):
        analyses.counted(store, what, asked)
    later = []
    monkeypatch.setattr(InStore, "write", lambda self, key, value: (later.append(key), write(self, key, value))[1])
    assert as_json(analyses.counted(store, what, asked))["methods"]
    assert later and not set(later) & set(written)
    assert all(store.cached(f"fold:{key}") for key in (*written, *later))
