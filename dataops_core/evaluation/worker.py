"""A worker of a comparison: `python -m dataops_core.evaluation.worker`, with the request on its standard input and then
one fold a line; each answer is a line of JSON on its standard output. It ends when its standard input does, whatever
became of its parent.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from pathlib import Path
from typing import IO, Any

from dataops_core.evaluation.setup import Request, set_up
from dataops_core.recipe.replay import no_tables
from dataops_core.table import Column, Table


def serve(lines: IO[str], answers: IO[str]) -> None:
    """Do one fold after another as they are asked for; the process ends at once when nobody can ask any more."""
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()

    def listen() -> None:
        for line in lines:
            waiting.put(line)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    asked = json.loads(waiting.get())
    setup = set_up(_table(asked["table"]), Request.from_json(asked["request"]), no_tables)
    while True:
        candidate, number = json.loads(waiting.get())
        outcome = setup.outcome(setup.field.candidates[candidate], setup.problem.plan.rounds[number])
        said: dict[str, Any] = {"base": setup.base, "result": None, "failed": ""}
        said |= {"failed": outcome} if isinstance(outcome, str) else {"result": outcome.to_json()}
        answers.write(json.dumps(said) + "\n")
        answers.flush()


def _table(value: dict[str, Any]) -> Table:
    columns = tuple(Column(**each) for each in value["columns"])
    return Table(Path(value["path"]), columns, value["rows"], value["content_hash"])


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever stops the work ends this process, too
    out, sys.stdout = sys.stdout, sys.stderr  # what a library prints is no answer
    serve(sys.stdin, out)
