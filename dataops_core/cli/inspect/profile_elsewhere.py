"""The command `profile` on a cluster or in batches: facts, and the findings that follow from counts."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from dataops_core.cli.shared.output import options_of, reading
from dataops_core.cli.shared.progress import show_progress
from dataops_core.errors import SettingError
from dataops_core.printable import printable
from dataops_core.scratch import scratch_folder

_NAMES = {"batches": "batches", "spark": "Spark"}
_ROWS = (  # options that need the rows, which are nowhere in one place
    ("findings", "--findings"),
    ("repairs", "--repairs"),
    ("html", "--html"),
    ("full", "--full"),
    ("target", "--target"),
    ("favorable", "--favorable"),
    ("sensitive", "--sensitive"),
    ("today", "--today"),
)


def profile_elsewhere(args: argparse.Namespace) -> dict[str, Any]:
    """The profile of a file or folder as plain JSON values; raises SettingError for options that need the rows here."""
    for name, option in _ROWS:
        if getattr(args, name):
            raise SettingError(
                f"{option} needs the rows in one place; a profile on {_NAMES[args.on]} counts only.",
                option,
                "Leave it out, or profile a sample on one machine.",
            )
    if args.on == "batches":
        return _in_batches(args)
    from dataops_core.engines.spark import spark_session
    from dataops_core.engines.spark.delta import input_files
    from dataops_core.engines.spark.profile.profile import profile_on_spark
    from dataops_core.engines.spark.session import LOCAL

    source = Path(args.file)
    input_files(source)  # before a cluster is asked for anything
    with scratch_folder() as folder, spark_session(folder, args.master or LOCAL) as spark:
        return profile_on_spark(
            spark,
            source,
            options=options_of(args),
            shared=args.shared or folder,
            findings=not args.facts,
            progress=show_progress,
        )


def _in_batches(args: argparse.Namespace) -> dict[str, Any]:
    from dataops_core.engines.profile_in_batches import profile_in_batches

    with reading(args) as (source, _folder):
        told = profile_in_batches(source.table, findings=not args.facts, progress=show_progress)
        return told | {"problems": [vars(problem) for problem in source.problems]}


def print_left_out(told: dict[str, Any], engine: str) -> None:
    """What was odd in the files, and what a profile that counts only does not say."""
    where = _NAMES[engine]
    for problem in told["problems"]:
        print(printable(f"- {problem['what']} ({problem['where']}) {problem['fix']}", one_line=True))
    left_out = told["left_out"]
    print(f"Not counted on {where}: {', '.join(left_out['facts'])}, and which rows findings are about.")
    if left_out["checks"]:
        print(f"Not looked for on {where} ({len(left_out['checks'])} checks): {', '.join(left_out['checks'])}.")
