"""Where and why cells are missing.

dataops missing sample_data/loan_applications.csv --target approved --sensitive sex
"""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.options import add_gaps, names
from dataops_core.cli.shared.output import print_json, print_table, reading
from dataops_core.cli.shared.progress import show_progress
from dataops_core.cli.shared.reading_options import add_reading_options

SHOWN = 10


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("file", type=file_or_address)
    add_gaps(parser)


def run(args: argparse.Namespace) -> int:
    """Where and why cells are missing; exit code 1 when there are any."""
    from dataops_core.imputation import understand

    with reading(args) as (source, _folder):
        told = understand(
            source.table,
            target=args.target,
            groups=names(args.sensitive),
            time=args.time,
            split=args.split,
            seed=args.seed,
            progress=show_progress,
        )
    found = int(told.missing_cells > 0)
    if args.json:
        print_json(told.to_json())
        return found
    print(told.words)
    gaps = {name: each for name, each in told.columns.items() if each.missing}
    print_table(
        ("column", "missing", "share"),
        [(name, f"{each.missing:,}", f"{each.share:.1%}") for name, each in gaps.items()],
    )
    for each in told.patterns.rows[:SHOWN]:
        print(
            f"{each.rows:,} row{'' if each.rows == 1 else 's'} ({each.share:.1%}) lack"
            f" {', '.join(each.missing) or 'nothing'}"
        )
    for name, groups in (*told.by_group.items(), *([(args.target, told.by_target)] if args.target else [])):
        print_table(
            (name, "rows", *gaps),
            [(level, f"{each.n:,}", *[f"{each.shares[gap]:.1%}" for gap in gaps]) for level, each in groups.items()],
        )
    for period in told.by_time.periods if told.by_time else ():
        shares = ", ".join(f"{name} {share:.1%}" for name, share in period.counted.shares.items())
        print(f"{period.period}: {period.counted.n:,} rows; {shares}")
    print(told.little.words or f"Little's test was not done: {told.little.why_not}.")
    for name, verdict in told.verdicts.items():
        print(f"{name}: {verdict}")
    if told.unknown:
        print(told.unknown)
    return found
