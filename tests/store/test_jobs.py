"""Jobs run in processes of their own; their state is a column."""

import os
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from unittest.mock import Mock

import pytest
import sqlalchemy as sa

from dataops_core.errors import SettingError
from dataops_core.store import catalog, datasets, jobs, states, worker
from dataops_core.store.store import Store


@pytest.fixture
def raw(store: Store, tmp_path) -> dict:
    file = tmp_path / "t.csv"
    file.write_text("a,b\n" + "".join(f"{i},x{i % 7}\n" for i in range(2000)))
    return datasets.store_raw(store, file, "t.csv")


def wait(store: Store, job: str, *states_: str, seconds: float = 60) -> jobs.Job:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        now = jobs.get(store, job)
        if now.state in states_:
            return now
        time.sleep(0.05)
    pytest.fail(f"the job is still {now.state}")


def pids(job: str) -> list[int]:
    listed = subprocess.run(["pgrep", "-f", f"store.worker {job}"], capture_output=True, text=True).stdout.split()
    return [int(pid) for pid in listed]


def test_a_job_reads_a_file_and_its_result_is_the_dataset(store, raw):
    args = {"project": datasets.default_project(store, "ann"), "raw": raw, "options": {}}
    job = jobs.start(store, "add", args, "ann")
    done = wait(store, job, "done", "failed")
    assert done.state == "done"
    assert datasets.get(store, done.result).name == "t"


def test_a_job_that_fails_says_what_where_and_how_to_fix_it(store, tmp_path):
    (tmp_path / "x.csv").write_bytes(b"")
    raw = datasets.store_raw(store, tmp_path / "x.csv", "x.csv")
    job = jobs.start(store, "add", {"project": datasets.default_project(store, "ann"), "raw": raw}, "ann")
    failed = wait(store, job, "done", "failed")
    assert failed.state == "failed"
    assert "empty" in failed.error["what"]
    assert failed.error["fix"]


def test_the_same_work_is_started_once(store, raw, monkeypatch):
    started = []
    monkeypatch.setattr(jobs.subprocess, "Popen", lambda *a, **k: started.append(os.dup(k["pass_fds"][0])) or Mock())
    first, second = (jobs.start(store, "add", {"raw": raw}, "ann") for _ in range(2))
    assert first == second
    assert len(started) == 1


def slow_job(store: Store, tmp_path) -> str:
    """A job that takes many seconds: a wide recipe on a file of some size."""
    file = tmp_path / "slow.csv"
    file.write_text("a,b,c\n" + "".join(f" x{i} ,y{i},{i}\n" for i in range(1_000_000)))
    raw = datasets.store_raw(store, file, "slow.csv")
    return jobs.start(
        store, "add", {"project": datasets.default_project(store, "ann"), "raw": raw, "options": {}}, "ann"
    )


@pytest.mark.slow
def test_cancel_ends_the_process_and_leaves_nothing_half_done(store, tmp_path):
    job = slow_job(store, tmp_path)
    wait(store, job, "running")
    assert pids(job)
    jobs.cancel(store, job)
    assert wait(store, job, "cancelled", "done", seconds=5).state == "cancelled"
    time.sleep(0.5)
    assert pids(job) == []
    assert datasets.in_project(store, datasets.default_project(store, "ann")) == []


@pytest.mark.slow
def test_a_killed_job_is_called_interrupted_and_can_be_started_again(store, tmp_path):
    job = slow_job(store, tmp_path)
    wait(store, job, "running")
    for pid in pids(job):
        os.kill(pid, signal.SIGKILL)
    now = wait(store, job, "interrupted", seconds=60)
    assert now.error["fix"] == "Start it again: nothing was lost."
    again = jobs.start(store, now.kind, now.args, "ann")
    assert again != job
    assert wait(store, again, "done", "failed", seconds=120).state == "done"


def test_what_a_dead_job_left_goes_when_another_one_starts(store, raw, monkeypatch):
    monkeypatch.setattr(jobs.subprocess, "Popen", Mock())  # nobody holds the lock: as if the process had been killed
    dead = jobs.start(store, "add", {"raw": raw}, "ann")
    left = store.home / "tmp" / dead
    left.mkdir()
    jobs.start(store, "profile", {"state": "x"}, "ann")
    assert not left.exists()
    with store.reading() as connection:
        assert connection.scalar(sa.select(catalog.job.c.state).where(catalog.job.c.id == dead)) == "interrupted"


def test_a_process_that_is_still_at_its_imports_is_alive_until_it_ends(store, raw, monkeypatch):
    started = []
    with monkeypatch.context() as patched:
        real = subprocess.Popen
        patched.setattr(
            jobs.subprocess, "Popen", lambda _, **how: started.append(real(["sleep", "600"], **how)) or started[0]
        )
        job = jobs.start(store, "add", {"raw": raw}, "ann")
    silence(store)
    assert jobs.get(store, job).state == "queued"
    started[0].kill()
    wait(store, job, "interrupted")


@pytest.mark.slow
def test_a_process_that_comes_to_nothing_for_long_is_alive_until_it_ends(store, tmp_path):
    job = slow_job(store, tmp_path)
    wait(store, job, "running")
    halt(store, pids(job)[0])
    silence(store)
    assert jobs.get(store, job).state == "running"
    os.kill(pids(job)[0], signal.SIGKILL)
    wait(store, job, "interrupted")


def halt(store: Store, process: int) -> None:
    """Stop a process at a moment at which it does not hold the lock of the catalog."""
    for _ in range(100):
        os.kill(process, signal.SIGSTOP)
        try:
            with closing(sqlite3.connect(store.home / "catalog.sqlite", timeout=0.2, isolation_level=None)) as asked:
                asked.execute("BEGIN IMMEDIATE")
                asked.execute("ROLLBACK")
            return
        except sqlite3.OperationalError:
            os.kill(process, signal.SIGCONT)
    raise AssertionError("The process always holds the lock.")


def silence(store: Store) -> None:
    """As if no job had given a sign of life for years."""
    with store.writing() as connection:
        connection.execute(catalog.job.update().values(beat=0.0))


def test_a_job_of_another_machine_lives_by_its_lease(store, raw, monkeypatch):
    monkeypatch.setattr(jobs.subprocess, "Popen", lambda *a, **k: Mock())
    job = jobs.start(store, "add", {"raw": raw}, "ann")
    with store.writing() as connection:
        connection.execute(catalog.job.update().values(place="elsewhere:/home", beat=time.time() - jobs.LEASE / 2))
    assert jobs.get(store, job).state == "queued"
    with store.writing() as connection:
        connection.execute(catalog.job.update().values(beat=time.time() - jobs.LEASE - 1))
    assert jobs.get(store, job).state == "interrupted"


def test_work_in_a_page_and_in_a_worker_is_the_same_code(store, raw):
    project = datasets.default_project(store, "ann")
    said = []
    made = worker.run(
        store, "add", {"project": project, "raw": raw, "options": {}}, "ann", lambda share, note: said.append(share)
    )
    here = datasets.get(store, made)
    assert states.known(store, states.root_id(raw["sha256"], here.recipe.read))
    assert (said[0], said[-1]) == (0.0, 1.0)
    with pytest.raises(SettingError, match="needs a message"):
        worker.run(store, "commit", {"dataset": made, "message": " "}, "ann", lambda *_: None)
