"""Generate synthetic data from a file, and evaluate it.

dataops synthesize sample_data/loan_applications.csv --engine independent -o synthetic.csv --card card.md
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataops_core.cli.shared.output import print_json, print_table, reading
from dataops_core.cli.shared.output_paths import check_files
from dataops_core.errors import SettingError

if TYPE_CHECKING:
    from dataops_core.synthetic import Settings
from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.progress import show_progress
from dataops_core.cli.shared.reading_options import add_reading_options
from dataops_core.cli.synthetic.options import add_settings, settings_of


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("file", type=file_or_address)
    add_settings(parser)
    parser.add_argument(
        "--show-plan",
        action="store_true",
        help="print what is proposed (columns, constraints, engines) and make nothing",
    )
    parser.add_argument("-o", "--out", type=Path, help="the table to write (.parquet, .csv, …)")
    parser.add_argument("--report", type=Path, metavar="R.json", help="write all that is told, verdicts included")
    parser.add_argument("--card", type=Path, metavar="CARD.md", help="write the model card")
    parser.add_argument(
        "--script", type=Path, metavar="OUT.py", help="write a plain script that makes a synthetic table with SDV alone"
    )
    parser.add_argument(
        "--model", type=Path, metavar="OUT.model", help="write the model, signed with the key in DATAOPS_MODEL_KEY"
    )
    parser.add_argument(
        "--even-if-leaking", action="store_true", help="write the synthetic data even where it reveals real people"
    )


def run(args: argparse.Namespace) -> int:
    """Make a synthetic table of a file and judge it: exit code 1, and no synthetic data written, when it gives real
    people away; 2, and nothing written, for bad input.
    """
    from dataops_core.synthetic import card, save_model, script, synthesize
    from dataops_core.synthetic.plan.plan import plan
    from dataops_core.write import write_file, write_text

    with reading(args) as (source, folder):
        if args.show_plan:
            return print_json(plan(source.table, seed=args.seed, epochs=args.epochs))
        settings = settings_of(args, source.table)
        _check(args, settings)
        synthetic, told, model = synthesize(
            source.table, folder / "synthetic.parquet", settings, progress=show_progress
        )
        verdict = told["judge"]["privacy"]["verdict"]
        refused = verdict == "leak" and not args.even_if_leaking
        told["out"] = None if refused else str(args.out)
        texts = {args.report: json.dumps(told, ensure_ascii=False, indent=2) + "\n"}
        if not refused:
            texts |= {args.card: card(told, name=args.file.name, purpose=args.purpose), args.script: script(told)}
            write_file(synthetic, args.out)
            if args.model:
                save_model(model, args.model)
        for path, text in texts.items():
            if path is not None and text is not None:
                write_text(path, text)
    if args.json:
        print_json(told)
    else:
        print_result(told)
        print(
            f"The synthetic data is in {told['out']}."
            if told["out"]
            else "The synthetic data was not written: it reveals real people (--even-if-leaking writes it anyway)."
        )
    return int(verdict == "leak")


def _check(args: argparse.Namespace, settings: Settings) -> None:
    """Raises SettingError for what could not be written in the end."""
    from dataops_core.synthetic import ENGINES, SCRIPTED
    from dataops_core.synthetic.model_file import key
    from dataops_core.write import format_of

    if args.out is None:
        raise SettingError("Where the synthetic data should go is not said.", "-o", "Name a file: -o SYNTHETIC.csv")
    format_of(args.out)
    check_files(
        {"-o": args.out, "--report": args.report, "--card": args.card, "--script": args.script, "--model": args.model}
    )
    if args.model:
        key()
    if args.script and settings.engine not in SCRIPTED:
        raise SettingError(
            f"There is no plain script for {ENGINES[settings.engine].title}.",
            "--script",
            f"Choose {', '.join(SCRIPTED[:-1])} or {SCRIPTED[-1]}.",
        )


def print_result(told: dict[str, Any]) -> None:
    """The synthetic data in plain words: how it was made, what holds, and the verdicts."""
    rows = told["rows"]
    print(
        f"{rows['made']:,} rows by {told['engine']['title']}, learned from {rows['learned']:,} of {rows['real']:,}; the"
        " other half judges."
    )
    if rows["made"] < rows["asked"]:
        print(
            f"- {rows['asked'] - rows['made']:,} of the {rows['asked']:,} rows that were asked for could not be made."
        )
    made = [each for each in told["treatment"] if each["as"] != "learn"]
    if made:
        print("Not learned:")
        print_table(
            ("column", "instead", "why"), [(each["column"], each["maker"] or each["as"], each["why"]) for each in made]
        )
    if told["constraints"]:
        print("Constraints (rows that break them):")
        print_table(
            ("constraint", "before", "after"),
            [
                (each["words"], f"{each['violations']:,}", f"{each['violations_after']:,}")
                for each in told["constraints"]
            ],
        )
    if told.get("sequences"):
        print(f"{told['sequences']['made']:,} sequences. {' '.join(told['sequences']['verdict']['words'])}")
    print(f"Privacy: {told['judge']['privacy']['verdict']}")
    for line in told["judge"]["words"]:
        print(line)
