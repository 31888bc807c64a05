"""Benches and the lab in the store: what was finished when one was stopped is in the catalog, and is not done again."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.fairness import refits
from dataops_core.store import datasets, states
from dataops_core.store.results import analyses
from dataops_core.store.results.kept_folds import InStore

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
    assert analyses.counted(store, what, asked)["methods"]
    assert later and not set(later) & set(written)
    assert all(store.cached(f"fold:{key}") for key in (*written, *later))
