"""Each reader under a fuzzer that follows what the code does with a file (Atheris, installed by hand: `pip install
atheris`).

    python -m benchmarks.fuzz_readers [SECONDS] [FORMAT ...]  600 s each: csv, xlsx, xls, ods, json, jsonl, parquet

A reader may refuse a file with a reason (an error of ours) and may do nothing else: other exceptions, more than 60
seconds or 3 GB end the run of that format with exit code 1. The file that did it is kept in benchmarks/results/fuzz.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

FORMATS = ("csv", "xlsx", "xls", "ods", "json", "jsonl", "parquet")
KEPT = Path(__file__).parent / "results" / "fuzz"


def fuzz(form: str, seconds: int) -> None:
    """Feed one reader mutated files for so many seconds; ends the process."""
    import atheris

    with atheris.instrument_imports(include=["dataops_core"]):
        from dataops_core.read import read_file
        from dataops_core.read.arrow import parquet_footer
        from dataops_core.read.excel import old_excel
    from dataops_core.errors import DataOpsError
    from tests.hostile.mutate import seeds

    for module in (old_excel, parquet_footer):
        module.subprocess = SimpleNamespace(run=forked, TimeoutExpired=subprocess.TimeoutExpired)
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        file, table, corpus = Path(folder) / f"t.{form}", Path(folder) / "t.dataops", Path(folder) / "corpus"
        corpus.mkdir()
        for name, data in seeds().items():
            if name.endswith(f".{form}"):
                (corpus / name).write_bytes(data)

        def read(data: bytes) -> None:
            file.write_bytes(data)
            with contextlib.suppress(DataOpsError):
                read_file(file, table)

        wanted = [
            f"-max_total_time={seconds}",
            "-timeout=60",
            "-rss_limit_mb=3000",
            "-max_len=20000",
            f"-artifact_prefix={KEPT}/{form}-",
            str(corpus),
        ]
        atheris.Setup([sys.argv[0], *wanted], read)
        atheris.Fuzz()


def forked(command: list[str], *, input: bytes, **_options: Any) -> Any:  # noqa: A002 - as subprocess.run has it
    """Run Python lines in a fork of this process: a fresh one would take most of the time."""
    with tempfile.TemporaryFile() as out:
        process = os.fork()
        if process == 0:
            signal.signal(signal.SIGABRT, signal.SIG_DFL)
            sys.argv, sys.stdin, sys.stdout = ["", command[-1]], io.TextIOWrapper(io.BytesIO(input)), io.StringIO()
            # in a thread of its own: else the fuzzer, which is further down the stack, catches what should end the fork
            lines = threading.Thread(target=exec, args=(command[-2], {}))
            lines.start()
            lines.join()
            out.write(sys.stdout.getvalue().encode())
            out.flush()
            os._exit(0 if out.tell() else 1)
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        out.seek(0)
        return SimpleNamespace(returncode=code, stdout=out.read(), stderr=b"")


def main() -> int:
    """Fuzz each format in a process of its own, and print how many files were read and whether any did harm."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    failed = 0
    for form in sys.argv[2:] or FORMATS:
        ran = subprocess.run(
            [sys.executable, "-c", f"from benchmarks.fuzz_readers import fuzz; fuzz({form!r}, {seconds})"],
            capture_output=True,
            text=True,
            check=False,
        )
        runs = re.findall(r"^#(\d+)|Done (\d+) runs", ran.stderr, re.MULTILINE)
        print(
            f"{form}: {max((int(a or b) for a, b in runs), default=0):,} files in {seconds} s,"
            f" {'no fault' if ran.returncode == 0 else 'A FAULT'}",
            flush=True,
        )
        if ran.returncode:
            failed += 1
            print(ran.stderr[-3000:])
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
