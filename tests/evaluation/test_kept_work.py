"""The benches and the lab, stopped in the middle and started again: nothing finished is done twice, and the numbers are
those of a run that nobody stopped.
"""

import sys

import numpy as np
import pandas as pd
import pytest

from dataops_core import fairness, imputation, resampling
from dataops_core.cli.main import main
from dataops_core.evaluation.kept_folds import InFolder, InMemory
from dataops_core.fairness import refits


def people(rows=240):
    rng = np.random.default_rng(3)
    sex, skill = rng.choice(["f", "m"], rows), rng.normal(size=rows)
    noise = rng.normal(0, 0.6, rows)
    age = (40 + 10 * skill + rng.normal(0, 5, rows)).round(1)
    age[rng.random(rows) < 0.15] = np.nan
    hired = np.where(skill + 1.2 * (sex == "m") + noise > 1.2, "yes", "no")
    return pd.DataFrame({"sex": sex, "skill": skill, "age": age, "hired": hired})


def impute(table, **more):
    return imputation.bench(
        table, **{"target": "hired", "sensitive": ["sex"], "methods": ["mean", "knn"]} | more
    ).to_json()


def resample(table, **more):
    asked = {"methods": ["weights", "over_random"], "sensitive": ["sex"], "folds": 3, "favorable": "yes"}
    return resampling.bench(table, "hired", **asked | more)


def mitigate(table, **more):
    methods = ["reweigh", "over_sampling", "thresholds"]
    return fairness.compare_mitigations(
        table, "hired", "yes", ["sex"], **{"methods": methods, "replicates": 200} | more
    ).to_json()


WORK = {"impute": impute, "resample": resample, "mitigate": mitigate}
every_work = pytest.mark.parametrize("work", ["impute", pytest.param("resample", marks=pytest.mark.slow), "mitigate"])


class Stops(InMemory):
    """Keeps what is finished, and is stopped after so many parts."""

    def __init__(self, after):
        super().__init__()
        self.left = after

    def write(self, key, value):
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        assert key not in self.values
        super().write(key, value)


def timeless(told):
    if isinstance(told, dict):
        return {key: timeless(value) for key, value in told.items() if key != "seconds"}
    return [timeless(each) for each in told] if isinstance(told, list) else told


@pytest.fixture(autouse=True)
def _few_refits(monkeypatch):
    monkeypatch.setattr(refits, "REFITS", refits.FEWEST)


@every_work
def test_stopped_in_the_middle_it_goes_on_where_it_was(make_table, work):
    table, ask = make_table(people()), WORK[work]
    whole = InMemory()
    told = ask(table, kept=whole)
    for after in (1, len(whole.values) // 2):
        kept = Stops(after)
        with pytest.raises(KeyboardInterrupt):
            ask(table, kept=kept)
        assert len(kept.values) == after
        kept.left = len(whole.values) - after  # a part more, and it is stopped again
        again = ask(table, kept=kept)
        assert kept.left == 0 and set(kept.values) == set(whole.values)
        assert timeless(again) == timeless(told)
    assert timeless(ask(table)) == timeless(told)  # and without any place


@every_work
def test_what_another_question_left_is_not_taken(make_table, work):
    kept, ask = InMemory(), WORK[work]
    ask(make_table(people()), kept=kept)
    first = set(kept.values)
    other = people()
    other.loc[0, "skill"] += 1
    ask(make_table(other), kept=kept)
    second = set(kept.values) - first
    assert len(second) == len(first)
    ask(make_table(people()), kept=kept, seed=1)
    assert set(kept.values) - first - second


def test_more_methods_are_added_to_what_was_done(make_table):
    kept, table = InMemory(), make_table(people())
    resample(table, kept=kept, methods=["weights"])
    before = len(kept.values)
    assert before == 2 * 2 * 3  # doing nothing and weights, in three folds, twice over
    resample(table, kept=kept, methods=["weights", "over_random"])
    assert len(kept.values) == before + 6


@pytest.mark.slow
def test_the_commands_keep_what_is_finished_in_a_folder(tmp_path, capsys, monkeypatch):
    path, kept = tmp_path / "people.csv", tmp_path / "kept"
    people().to_csv(path, index=False)
    aim = ["--target", "hired", "--favorable", "yes", "--sensitive", "sex"]
    runs = {
        "impute-bench": ["--methods", "mean,median"],
        "resample-bench": [*aim, "--methods", "weights"],
        "bias": [*aim, "--lab", "demographic_parity"],
    }
    some = {name: fairness.METHODS[name] for name in ("baseline", "reweigh")}
    monkeypatch.setattr(sys.modules["dataops_core.fairness.compare_mitigations"], "METHODS", some)
    written = []
    write = InFolder.write
    monkeypatch.setattr(InFolder, "write", lambda self, key, value: (written.append(key), write(self, key, value))[1])
    for command, options in runs.items():
        written.clear()
        args = [command, str(path), *options, "--keep", str(kept), "--json"]
        main(args)
        first, parts = capsys.readouterr().out, len(written)
        assert parts
        main(args)
        assert len(written) == parts and capsys.readouterr().out == first  # seconds and all: nothing was done again
