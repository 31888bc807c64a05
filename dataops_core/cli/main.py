"""The command line: `python -m dataops_core COMMAND …` (`dataops` once installed).

`--json` prints one JSON document on stdout and nothing else. Exit 0: done; 1: done, and something was found or does
not hold; 2: bad input, with what, where and how to fix it on stderr.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from typing import TextIO, cast

from dataops_core.cli.commands import make_parser
from dataops_core.cli.shared.addresses import fetched
from dataops_core.errors import DataOpsError
from dataops_core.printable import Printable, printable


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. Nothing that a file holds reaches the terminal as a command to it."""
    out, err = Printable(sys.stdout), Printable(sys.stderr)
    with redirect_stdout(cast("TextIO", out)), redirect_stderr(cast("TextIO", err)):
        return _run(argv)


def _run(argv: Sequence[str] | None) -> int:
    args = argparse.Namespace()
    try:
        given = sys.argv[1:] if argv is None else argv
        make_parser(given).parse_args(given, args)
        with fetched(args):
            return int(args.run(args))
    except DataOpsError as error:
        if "--json" in (sys.argv[1:] if argv is None else argv):
            print(
                json.dumps({"error": {"what": error.what, "where": error.where, "fix": error.fix}}, ensure_ascii=False)
            )
        lines = zip(("What:  ", "Where: ", "Fix:   "), (error.what, error.where, error.fix), strict=True)
        print("\n".join(name + printable(text, one_line=True) for name, text in lines), file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if "--json" in (sys.argv[1:] if argv is None else argv):
            told = {
                "what": f"{error.strerror}.",
                "where": str(error.filename),
                "fix": "Check the path and your rights there.",
            }
            print(json.dumps({"error": told}, ensure_ascii=False))
        print(
            f"What:  {error.strerror}.\nWhere: {error.filename}\nFix:   Check the path and your rights there.",
            file=sys.stderr,
        )
        return 2
    except Exception as error:
        if os.environ.get("DATAOPS_DEBUG"):
            raise
        print(
            f"What:  Unexpected error: {error!r}.\nWhere: {' '.join(argv or sys.argv[1:])}\n"
            "Fix:   Report it, with what DATAOPS_DEBUG=1 shows.",
            file=sys.stderr,
        )
        return 2
