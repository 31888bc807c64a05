"""The command that makes a synthetic twin: synthesize."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataops_core.cli.inspect import _tell
from dataops_core.cli.output import print_json, print_table, reading
from dataops_core.cli.output_paths import check_files
from dataops_core.errors import SettingError
from dataops_core.table import Table

if TYPE_CHECKING:
    from dataops_core.synthetic import Settings


def synthesize_command(args: argparse.Namespace) -> int:
    """Make a twin of a file and judge it: exit code 1, and no twin written, when it gives real people away; 2, and
    nothing written, for bad input.
    """
    from dataops_core.synthetic import card, save_model, script, synthesize
    from dataops_core.synthetic.plan.plan import plan
    from dataops_core.write import write_file, write_text

    with reading(args) as (source, folder):
        if args.show_plan:
            return print_json(plan(source.table, seed=args.seed, epochs=args.epochs))
        settings = settings_of(args, source.table)
        _check(args, settings)
        twin, told, model = synthesize(source.table, folder / "twin.parquet", settings, progress=_tell)
        verdict = told["judge"]["privacy"]["verdict"]
        refused = verdict == "leak" and not args.even_if_leaking
        told["out"] = None if refused else str(args.out)
        texts = {args.report: json.dumps(told, ensure_ascii=False, indent=2) + "\n"}
        if not refused:
            texts |= {args.card: card(told, name=args.file.name, purpose=args.purpose), args.script: script(told)}
            write_file(twin, args.out)
            if args.model:
                save_model(model, args.model)
        for path, text in texts.items():
            if path is not None and text is not None:
                write_text(path, text)
    if args.json:
        print_json(told)
    else:
        print_twin(told)
        print(
            f"The twin is in {told['out']}."
            if told["out"]
            else "The twin was not written: it gives real people away (--even-if-leaking writes it all the same)."
        )
    return int(verdict == "leak")


def _check(args: argparse.Namespace, settings: Settings) -> None:
    """Raises SettingError for what could not be written in the end."""
    from dataops_core.synthetic import ENGINES, SCRIPTED
    from dataops_core.synthetic.model_file import key
    from dataops_core.write import format_of

    if args.out is None:
        raise SettingError("Where the twin should go is not said.", "-o", "Name a file: -o TWIN.csv")
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


def settings_of(args: argparse.Namespace, table: Table) -> Settings:
    """The settings that the options and the plan ask for; raises SettingError for a column that the table has not."""
    from dataops_core.synthetic import Settings

    if args.sequence_index and not args.sequence_key:
        raise SettingError(
            "Whose rows follow each other is not said.", "--sequence-index", "Name the key too: --sequence-key COLUMN"
        )
    values = where(args.where)
    sensitive = [name for part in args.sensitive for name in part.split(",") if name]
    plain: dict[str, Any] = {
        "rows": args.rows,
        "engine": args.engine,
        "seed": args.seed,
        "epochs": args.epochs,
        "target": args.target,
        "sensitive": sensitive,
        **({"sequence": {"key": args.sequence_key, "index": args.sequence_index}} if args.sequence_key else {}),
        "where": [{"values": values, "rows": args.rows or table.rows}] if values else [],
    }
    settings = Settings.from_json(plain | _plan(args.plan))
    for name in (settings.target, *settings.sensitive):
        if name is not None:
            table.column(name)
    return settings


def _plan(path: Path | None) -> dict[str, Any]:
    """Settings in a file: columns, constraints, where, rare, …; what is there goes before the options."""
    if path is None:
        return {}
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SettingError(
            "The plan cannot be read.", str(path), 'Write a JSON document of settings, such as {"rare": 20}.'
        ) from error
    if not isinstance(plain, dict):
        raise SettingError(
            "The plan is not a JSON object.", str(path), 'Write a JSON document of settings, such as {"rare": 20}.'
        )
    return plain


def where(given: list[str]) -> dict[str, str]:
    """The values that rows are to have, from COLUMN=VALUE."""
    pairs = [part.split("=", 1) for part in given]
    if any(len(pair) != 2 or not pair[0] for pair in pairs):
        raise SettingError("This condition cannot be read.", f"--where {' '.join(given)}", "Write it as COLUMN=VALUE.")
    return {pair[0]: pair[1] for pair in pairs}


def print_twin(told: dict[str, Any]) -> None:
    """The twin in plain words: how it was made, what holds, and the verdicts."""
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
