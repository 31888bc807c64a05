"""Folds of a comparison on several cores: worker processes that do the same work from the same table, so that the
numbers are the same wherever a fold was done (`worker` is what runs there).
"""

from __future__ import annotations

import collections
import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Self

from dataops_core.errors import SettingError
from dataops_core.evaluation.fold_fit import FoldResult
from dataops_core.evaluation.setup import Request, Setup, table_to_json
from dataops_core.read.bounds import machine_memory
from dataops_core.table import Table

WORKERS = "DATAOPS_WORKERS"
AT_MOST = 2  # processes, unless the environment says more
WORTH = 150_000  # rows to learn from, over all folds: for less, the start of a process costs more than it saves
CELL = 100  # bytes of memory that a cell of the table takes, about, in a process that has it twice
Task = tuple[int, int]  # the places of a candidate and of a round
Outcome = FoldResult | str
Done = Callable[[Task, Outcome], None]


def processes(table: Table, request: Request, setup: Setup, tasks: int) -> int:
    """How many processes are to share so many folds: as many as the environment says, or cores, at most two; one where
    there is little to do, the table is large for the machine's memory, or the work cannot be told to another process.

    Raises SettingError where the environment names no number of processes.
    """
    given = os.environ.get(WORKERS, "")
    if given and not (given.isdecimal() and 1 <= int(given) <= 64):
        raise SettingError(f'"{given}" is not a number of processes.', WORKERS, "Give a number from 1 to 64.")
    most = int(given) if given else min(AT_MOST, os.cpu_count() or 1)
    memory = machine_memory()
    fits = memory == 0 or table.cells * CELL * most < memory / 2
    worth = tasks * len(setup.problem.frame) >= WORTH
    return min(most, tasks) if fits and worth and told_by_name(request) else 1


def told_by_name(request: Request) -> bool:
    """Whether another process can do the work: the model is one by name, and no recipe needs a second table."""
    return isinstance(request.model, str) and not any(each.recipe.tables_needed for each in request.candidates)


class Workers:
    """Worker processes for the folds of one comparison; they end with the block."""

    def __init__(self, table: Table, request: Request, setup: Setup, number: int) -> None:
        self._base = setup.base
        self._threads: list[threading.Thread] = []
        self._started = [_start(table, request) for _ in range(number)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._started:
            process.kill()
        for thread in self._threads:
            thread.join()
        for process in self._started:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):  # what was still to be written goes nowhere
                    if pipe is not None:
                        pipe.close()

    def share(
        self, tasks: Sequence[Task], own: Callable[[Task], Outcome], skip: Callable[[Task], bool], done: Done
    ) -> None:
        """Do all tasks that are not to be skipped when their turn comes, here (`own`) and in the workers; what came of
        each goes to `done`, from whichever thread has it. What a worker that has ended left is done here.
        """
        waiting, lock = collections.deque(tasks), threading.Lock()
        failed: queue.SimpleQueue[BaseException] = queue.SimpleQueue()

        def turns() -> Iterator[Task]:
            while failed.empty():
                with lock:
                    task = waiting.popleft() if waiting else None
                if task is None:
                    return
                if not skip(task):
                    yield task

        def serve(process: subprocess.Popen[str]) -> None:
            try:
                for task in turns():
                    outcome = self._ask(process, task)
                    if outcome is None:
                        with lock:
                            waiting.appendleft(task)
                        return
                    done(task, outcome)
            except BaseException as error:  # noqa: BLE001 - it is raised where the block is waited for
                failed.put(error)

        self._threads = [threading.Thread(target=serve, args=(each,), daemon=True) for each in self._started]
        for thread in self._threads:
            thread.start()
        for task in turns():
            done(task, own(task))
        for thread in self._threads:
            thread.join()
        if not failed.empty():
            raise failed.get()
        for task in turns():
            done(task, own(task))

    def _ask(self, process: subprocess.Popen[str], task: Task) -> Outcome | None:
        """What a worker says of a fold; None where it has ended or does not have the same problem before it."""
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(json.dumps(task) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
        except (OSError, ValueError):
            return None
        if answer["base"] != self._base:
            return None
        return str(answer["failed"]) if answer["result"] is None else FoldResult.from_json(answer["result"])


def _start(table: Table, request: Request) -> subprocess.Popen[str]:
    """A worker, which goes on from the request by itself."""
    path = os.pathsep.join(filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")]))
    process = subprocess.Popen(
        [sys.executable, "-m", "dataops_core.evaluation.worker"],
        env=os.environ | {"PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdin is not None
    with contextlib.suppress(OSError):  # it has ended: seen when it is asked
        process.stdin.write(json.dumps({"table": table_to_json(table), "request": request.to_json()}) + "\n")
        process.stdin.flush()
    return process
