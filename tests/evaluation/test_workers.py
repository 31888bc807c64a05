"""Folds on several cores: the same numbers as on one, nothing done twice, nothing left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.evaluation import Candidate, compare_recipes, workers
from dataops_core.evaluation.kept_folds import InFolder, InMemory
from dataops_core.evaluation.setup import Request, set_up
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.recipe.replay import no_tables
from dataops_core.table import tidy, write_table

ROOT = Path(__file__).parents[2]
SPLIT = RecipeStep("split_rows", {"test": 0.2, "stratify": ["bought"]})


def people(rows=300):
    rng = np.random.default_rng(0)
    age, town = rng.normal(40, 10, rows), rng.choice(["Delft", "Gouda", "Breda"], rows)
    bought = np.where(age + rng.normal(0, 8, rows) > 40, "yes", "no")
    age[rng.random(rows) < 0.2] = np.nan
    return pd.DataFrame({"age": age, "town": town, "bought": bought})


@pytest.fixture
def table(tmp_path):
    return write_table(tmp_path / "people.parquet", [tidy(people())])


def candidates():
    fill = [RecipeStep("fill_missing", {"columns": ["age"], "how": how}) for how in ("median", "mean")]
    spoil = RecipeStep("replace_values", {"column": "bought", "mapping": {"yes": "no"}, "match": "whole cell"})
    steps = {"median": [fill[0]], "mean": [fill[1]], "all one": [spoil]}
    return [Candidate(name, Recipe(steps=(SPLIT, *own))) for name, own in steps.items()]


def without_seconds(found):
    return [{k: v for k, v in each.items() if k != "seconds"} for each in found.to_json()["candidates"]]


@pytest.mark.slow
def test_two_processes_give_the_numbers_of_one_to_the_last_digit(table, monkeypatch):
    alone = compare_recipes(table, candidates(), "bought", folds=3)
    monkeypatch.setattr(workers, "WORTH", 1)
    monkeypatch.setenv(workers.WORKERS, "2")
    answers = []
    ask = workers.Workers._ask
    monkeypatch.setattr(workers.Workers, "_ask", lambda *args: (answers.append(ask(*args)), answers[-1])[1])
    shares = []
    kept = InMemory()
    both = compare_recipes(
        table, candidates(), "bought", folds=3, kept=kept, progress=lambda share, _note: shares.append(share)
    )
    assert answers and None not in answers  # the worker took part
    assert without_seconds(both) == without_seconds(alone)
    assert both.advice == alone.advice
    assert alone.standings[3].failed
    assert shares == sorted(shares)
    assert len(kept.values) == 3 * 6  # nothing, median, mean


def test_a_worker_that_ends_leaves_its_folds_to_this_process(table, monkeypatch):
    alone = compare_recipes(table, candidates(), "bought", folds=3, repeats=1)
    monkeypatch.setattr(workers, "WORTH", 1)
    monkeypatch.setenv(workers.WORKERS, "3")
    start = workers._start

    def killed(*args):
        process = start(*args)
        process.kill()
        return process

    monkeypatch.setattr(workers, "_start", killed)
    assert without_seconds(compare_recipes(table, candidates(), "bought", folds=3, repeats=1)) == without_seconds(alone)


@pytest.mark.slow
def test_a_worker_with_another_problem_before_it_is_not_believed(table):
    request = Request(tuple(candidates()), "bought", folds=3)
    setup = set_up(table, request, no_tables)
    with workers.Workers(table, Request(tuple(candidates()), "bought", folds=3, seed=1), setup, 1) as some:
        assert some._ask(some._started[0], (0, 0)) is None


def test_small_and_large_tables_and_own_models_stay_in_one_process(table, monkeypatch):
    from sklearn.tree import DecisionTreeClassifier

    request = Request(tuple(candidates()), "bought")
    setup = set_up(table, request, no_tables)
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    monkeypatch.delenv(workers.WORKERS, raising=False)
    many = workers.WORTH // len(setup.problem.frame) + 1
    assert workers.processes(table, request, setup, many) == workers.AT_MOST
    assert workers.processes(table, request, setup, many // 2) == 1
    own = Request(tuple(candidates()), "bought", model=DecisionTreeClassifier())
    assert workers.processes(table, own, setup, many) == 1
    monkeypatch.setenv(workers.WORKERS, "4")
    assert workers.processes(table, request, setup, many) == 4
    monkeypatch.setattr(workers, "machine_memory", lambda: table.cells * workers.CELL)
    assert workers.processes(table, request, setup, many) == 1
    monkeypatch.setenv(workers.WORKERS, "all")
    with pytest.raises(SettingError, match='"all" is not a number of processes'):
        workers.processes(table, request, setup, many)


KILLED = """
import sys
from pathlib import Path
from dataops_core.evaluation import compare_recipes, workers
from dataops_core.evaluation.kept_folds import InFolder
from dataops_core.table import open_table
sys.path.insert(0, sys.argv[1])
from tests.evaluation.test_workers import candidates
workers.WORTH = 1
start = workers._start
def told(*args):
    process = start(*args)
    print(process.pid, flush=True)
    return process
workers._start = told
folder = Path(sys.argv[2])
compare_recipes(open_table(folder / "people.parquet"), candidates(), "bought", repeats=6, kept=InFolder(folder / "kept"))
"""


@pytest.mark.slow
def test_killed_in_the_middle_it_leaves_no_process_and_repeats_no_finished_fold(table, tmp_path, monkeypatch):
    kept = tmp_path / "kept"
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(ROOT), str(tmp_path)],
        env=os.environ | {workers.WORKERS: "2", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    worker = int(process.stdout.readline())
    while len(list(kept.glob("*.json"))) < 8 and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    for _ in range(400):
        if not alive(worker):
            break
        time.sleep(0.05)
    assert not alive(worker)
    before = {path.name for path in kept.glob("*.json")}
    assert 8 <= len(before) < 90
    written = []
    write = InFolder.write
    monkeypatch.setattr(InFolder, "write", lambda self, key, value: (written.append(key), write(self, key, value))[1])
    again = compare_recipes(table, candidates(), "bought", repeats=6, kept=InFolder(kept))
    assert not {f"{key}.json" for key in written} & before
    assert len(written) + len(before) == sum(len(each.scores["roc_auc"]) for each in again.standings if each.scores)


def alive(pid):
    """Whether a process still runs; one that only waits to be fetched does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
