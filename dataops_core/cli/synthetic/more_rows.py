"""Make more rows with a signed model; they are not judged.

dataops more-rows loans.model --rows 1000 -o more.csv
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from dataops_core.cli.shared.output import print_json
from dataops_core.cli.shared.output_paths import check_files
from dataops_core.cli.shared.progress import show_progress
from dataops_core.cli.synthetic.options import where
from dataops_core.errors import SettingError
from dataops_core.table import write_table
from dataops_core.wording import counted
from dataops_core.write import format_of, write_file


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("model", type=Path, help="the model, as synthesize --model writes it")
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="COLUMN=VALUE",
        help="make only rows with this value; several are all to hold",
    )
    parser.add_argument("--seed", type=int, help="another number gives other rows (default: the model's own)")
    parser.add_argument("-o", "--out", type=Path, required=True, help="the table to write (.parquet, .csv, …)")


def run(args: argparse.Namespace) -> int:
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
        progress=show_progress,
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
    print(
        f"{args.out}: {counted(len(rows), 'row')}{short}. They are not judged: judge-synthetic does it,"
        " with the real rows."
    )
    return 0
