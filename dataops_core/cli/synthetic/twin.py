"""Commands on twins that are there: more rows with a signed model, and a twin of a version kept as a version."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from dataops_core.cli.inspect import _tell
from dataops_core.cli.output import print_json
from dataops_core.cli.output_paths import check_files
from dataops_core.cli.synthesize import print_twin, settings_of, where
from dataops_core.errors import InputError, SettingError
from dataops_core.store import datasets, twins, versions
from dataops_core.store.store import Store, whoami
from dataops_core.table import write_table
from dataops_core.write import format_of, write_file


def more_rows_command(args: argparse.Namespace) -> int:
    """Make more rows with a signed model; a file that is not signed with this installation's key is refused
    unopened.
    """
    from dataops_core.synthetic import load_model, make

    if args.rows < 1:
        raise SettingError(f"{args.rows} rows cannot be made.", "--rows", "Ask for one at least.")
    format_of(args.out)
    check_files({"-o": args.out})
    model, values = load_model(args.model), where(args.where)
    rows, conditions = make(
        model,
        args.rows,
        where=[{"values": values, "rows": args.rows}] if values else (),
        seed=args.seed,
        progress=_tell,
    )
    if rows.empty:
        raise SettingError("No row could be made that meets the conditions.", "--where", "Ask for other values.")
    with tempfile.TemporaryDirectory() as folder:
        table = write_table(
            Path(folder) / "rows.parquet",
            [rows],
            {c["name"]: c["kind"] for c in model.coder.columns if c["name"] in rows.columns},
        )
        write_file(table, args.out)
    told = {
        "out": str(args.out),
        "rows": {"made": len(rows), "asked": args.rows},
        "conditions": conditions,
        "content_hash": table.content_hash,
    }
    if args.json:
        return print_json(told)
    short = f" of {args.rows:,} that were asked for" if len(rows) < args.rows else ""
    print(f"{args.out}: {len(rows):,} rows{short}. They are not judged: judge-synthetic does it, with the real rows.")
    return 0


def twin_command(args: argparse.Namespace) -> int:
    """Make a twin of a version and keep it as the dataset's next one: exit code 1, and none kept, when it gives real
    people away.
    """
    store, actor = Store(), whoami()
    dataset = datasets.find(store, args.name)
    known = [each["number"] for each in versions.log(store, dataset) if not each["synthetic"]]
    if not known:
        raise InputError(f'"{args.name}" has no version yet.', args.name, "Commit one first.")
    version = versions.get(store, dataset, known[0] if args.number is None else args.number)
    if version.manifest["kind"] == versions.SYNTHETIC:
        raise SettingError(
            f"Version {version.number} is synthetic itself.",
            args.name,
            f"Choose one that is not: {', '.join(map(str, known))}.",
        )
    table = versions.table(store, version)
    made = twins.make(store, dataset, version.state, settings_of(args, table).to_json(), actor, progress=_tell)
    told = twins.told_of(store, made)
    kept = (
        None
        if twins.refused(told)
        else twins.keep_made(store, dataset, version.state, made, args.message, args.purpose, actor)
    )
    said = {
        "dataset": args.name,
        "number": kept.number if kept else None,
        "id": kept.id if kept else None,
        "parent": version.id,
        **told,
    }
    if args.json:
        print_json(said)
    else:
        print_twin(told)
        print(
            f"Kept as version {kept.number} of {args.name}, made from version {version.number}."
            if kept
            else "The twin was not kept: it gives real people away."
        )
    return int(kept is None)
