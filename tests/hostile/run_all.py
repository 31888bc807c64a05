"""Run the command line on every file of a folder, each in a process of its own with a limit on its time; prints what
became of each.

    python run_all.py FOLDER COMMAND      one JSON object a line: name, code, memory in bytes, what was written on stderr

The processes are forks of one that has imported everything, so that thirty files take no longer than they must.
"""

import json
import os
import resource
import sys
import tempfile
from pathlib import Path

from dataops_core.cli import main
from dataops_core.cli.inspect import profile, read  # noqa: F401 - imported before the forks

SECONDS = 20  # of processor time: what others do on the machine does not count


def run(file: Path, command: str) -> dict:
    with tempfile.TemporaryFile() as errors:
        child = os.fork()
        if not child:
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, 1)
            os.dup2(errors.fileno(), 2)
            code = 99
            try:
                code = main([command, str(file)])
                sys.stdout.flush()
                sys.stderr.flush()
            finally:
                os._exit(code)
        _, status, used = os.wait4(child, 0)
        errors.seek(0)
        return {
            "name": file.name,
            "code": os.waitstatus_to_exitcode(status),
            "memory": used.ru_maxrss * 1024,
            "seconds": used.ru_utime + used.ru_stime,
            "errors": errors.read().decode("utf-8", "replace"),
        }


if __name__ == "__main__":
    for each in sorted(Path(sys.argv[1]).iterdir()):
        print(json.dumps(run(each, sys.argv[2])), flush=True)
