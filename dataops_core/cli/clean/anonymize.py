"""Make a table k-anonymous with the weakest generalization that is enough, and say what it costs.

dataops anonymize sample_data/loan_applications.csv --k 5 --quasi sex,housing -o anonymous.csv
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from dataops_core.anonymize.propose import Anonymization, applied, model_effect, propose_anonymization
from dataops_core.anonymize.treat import identifier_steps
from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.options import add_pii_reason, names
from dataops_core.cli.shared.output import print_json, print_table, reading, tell_problems
from dataops_core.cli.shared.reading_options import add_reading_options
from dataops_core.cli.shared.release import check_table
from dataops_core.errors import SettingError
from dataops_core.privacy import Risk, measure_risk, recognize
from dataops_core.recipe.recipe import Recipe, dump
from dataops_core.table import Table
from dataops_core.write import write_file


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("file", type=file_or_address)
    parser.add_argument("--k", type=int, required=True, help="rows that must be alike, at least")
    parser.add_argument(
        "--quasi",
        action="append",
        default=[],
        metavar="COLUMN[,COLUMN]",
        help="columns that others may know (default: those that are proposed)",
    )
    parser.add_argument("--l", type=int, default=1, help="different values of --sensitive in each group, at least")
    parser.add_argument("--sensitive", metavar="COLUMN", help="a column that nobody should learn; counted for l and t")
    parser.add_argument(
        "--suppress", type=float, default=0.02, metavar="SHARE", help="rows that may be dropped (default: 0.02 of all)"
    )
    parser.add_argument(
        "--identifiers",
        choices=("drop", "hash", "pseudonym", "mask", "keep"),
        default="drop",
        help="what becomes of columns with direct identifiers (default: drop); texts that hold some are redacted",
    )
    parser.add_argument("--locale", default="en_US", help="language and country of pseudonyms (default: en_US)")
    parser.add_argument("--target", metavar="COLUMN", help="score a model that predicts this column, before and after")
    parser.add_argument("--seed", type=int, default=0, help="the same number gives the same folds (default 0)")
    parser.add_argument("-o", "--out", type=Path, help="the table to write (.parquet, .csv, …)")
    parser.add_argument("--recipe", type=Path, metavar="R.json", help="write the steps as a recipe")
    add_pii_reason(parser)


def run(args: argparse.Namespace) -> int:
    """Direct identifiers treated, quasi-identifiers generalized as little as k asks, the rest of small groups
    dropped.
    """
    quasi = list(dict.fromkeys(names(args.quasi)))
    with reading(args) as (source, folder):
        table = source.table
        for name in (*quasi, *filter(None, (args.sensitive, args.target))):
            table.column(name)
        found = recognize(table)
        steps, treated = identifier_steps(table, found, args.identifiers, locale=args.locale)
        gone = {name for step in steps if step.op == "drop_columns" for name in step.settings["columns"]}
        named = quasi or [name for name in found.quasi if name not in (args.target, args.sensitive)]
        if wrong := sorted(gone & set(quasi)):
            raise SettingError(
                f'"{wrong[0]}" holds direct identifiers and is dropped.', "--quasi", "Leave it out of --quasi."
            )
        named = [name for name in named if name not in gone]
        told = propose_anonymization(
            table,
            named,
            args.k,
            sensitive=args.sensitive,
            least=args.l,
            suppressed=args.suppress,
            codes=found.quasi,
        )
        best = told.proposals[0]
        after, recipe = applied(table, [*steps, *best.steps], folder)
        left = [name for name in named if name in after.names]
        sensitive = [args.sensitive] if args.sensitive else []
        risk = measure_risk(after.frame([*left, *sensitive]), left, sensitive)
        effect = None
        if args.target:
            effect = model_effect(table, after, args.target, leave_out=sorted(gone), seed=args.seed)
        recipe = replace(recipe, name="anonymize", read=source.options.to_json())
        released = check_table(after, recipe.steps, args.pii_reason, "anonymize") if args.out else None
        if args.out:
            write_file(after, args.out)
        if args.recipe:
            args.recipe.write_text(dump(recipe), encoding="utf-8")
    plain = _plain(told, treated, after, risk, effect, recipe) | {"personal_data": released}
    if args.json:
        return print_json(plain)
    tell_problems(source)
    _print(plain, args.k)
    return 0


def _risk(risk: Risk) -> dict[str, Any]:
    return {
        "quasi_identifiers": list(risk.quasi_identifiers),
        "k": risk.k,
        "classes": risk.classes,
        "unique_rows": risk.unique_rows,
        "l": risk.l_diversity,
        "t": {name: round(distance, 6) for name, distance in risk.t_closeness.items()},
    }


def _plain(
    told: Anonymization,
    treated: dict[str, str],
    after: Table,
    risk: Risk,
    effect: dict[str, Any] | None,
    recipe: Recipe,
) -> dict[str, Any]:
    return {
        "rows": told.rows,
        "rows_after": after.rows,
        "k": risk.k,
        "before": _risk(told.before),
        "after": _risk(risk),
        "identifiers": treated,
        "search": {
            "nodes": told.nodes,
            "looked_at": told.looked_at,
            "exhaustive": told.exhaustive,
            "rows_allowed": told.rows_allowed,
        },
        "chosen": told.proposals[0].to_json(),
        "others": [each.to_json() for each in told.proposals[1:]],
        "model": effect,
        "content_hash": after.content_hash,
        "recipe": [entry.sentence for entry in recipe.steps],
    }


def _print(told: dict[str, Any], k: int) -> None:
    for name, treatment in told["identifiers"].items():
        print(f"{name}: {treatment}")
    chosen = told["chosen"]
    print(f"k {told['before']['k']:,} → {told['k']:,} (asked for {k:,})")
    print_table(("quasi-identifier", "becomes"), list(chosen["columns"].items()))
    print(
        f"Costs: {chosen['rows_dropped']:,} rows dropped ({chosen['share_dropped']:.1%}),"
        f" {chosen['information_lost']:.1%} of the information in these columns."
    )
    for name, least in told["after"]["l"].items():
        print(f"{name}: l-diversity {least:,}, t-closeness {told['after']['t'][name]:.3f}")
    search = told["search"]
    print(
        f"{search['looked_at']:,} of {search['nodes']:,} combinations were looked at; with any column one level finer,"
        f" more than {search['rows_allowed']:,} rows would have to go."
    )
    for other in told["others"]:
        print(
            f"Or ({other['way'].replace('_', ' ')}): {other['rows_dropped']:,} rows dropped,"
            f" {other['information_lost']:.1%} lost."
        )
    if told["model"]:
        model = told["model"]
        gap = model["difference"]
        print(
            f"Predicting {model['target']} ({model['measure'].replace('_', ' ')}): {model['before']:.3f} before,"
            f" {model['after']:.3f} after; difference {gap['mean']:+.3f} ({gap['low']:+.3f} to {gap['high']:+.3f})."
        )
