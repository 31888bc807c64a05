"""How groups of people fare: in the data, and in a model's decisions.

dataops bias sample_data/loan_applications.csv --target approved --favorable yes --sensitive sex
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dataops_core.cli.judge.groups import add_groups, add_learning, cuts, left_out, words_on_weights
from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.options import add_keep, kept_folds, names
from dataops_core.cli.shared.output import print_json, print_table, reading
from dataops_core.cli.shared.progress import show_progress
from dataops_core.cli.shared.reading_options import add_reading_options
from dataops_core.errors import SettingError
from dataops_core.table import Table

if TYPE_CHECKING:
    from dataops_core.fairness.bias import Bias
    from dataops_core.fairness.mitigation_results import Mitigations
    from dataops_core.fairness.recipe_impact import StepImpact

SHOWN = 20


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("file", type=file_or_address)
    add_groups(parser)
    parser.add_argument(
        "--reference", metavar="GROUP", help="the group that others are compared with (default: the largest)"
    )
    parser.add_argument(
        "--prediction",
        metavar="COLUMN",
        help="the column with decisions, or with probabilities of the favorable one (default: a model decides)",
    )
    parser.add_argument(
        "--control", metavar="COLUMN", help="a column within whose values a model's decisions are compared too"
    )
    parser.add_argument(
        "--strata",
        action="append",
        default=[],
        metavar="COLUMN[,COLUMN]",
        help="columns that could explain a gap: outcomes are compared within them too",
    )
    parser.add_argument(
        "--population",
        metavar="GROUP=NUMBER,…",
        help="how many there are of each group in the population, or a .json file that says it",
    )
    add_learning(parser)
    parser.add_argument(
        "--html", type=Path, metavar="OUT.html", help="write the report: one HTML file without small groups"
    )
    parser.add_argument(
        "--lab",
        choices=("demographic_parity", "equalized_odds"),
        help="compare ways to act on it, those that aim at a rule aiming at this one",
    )
    add_keep(parser)
    parser.add_argument("--recipe", type=Path, help="a recipe: what each of its steps does to each group")


def run(args: argparse.Namespace) -> int:
    """Bias in groups, outcomes and decisions; what is shown is counted, and no verdict is given."""
    from dataops_core.fairness import bias
    from dataops_core.fairness.decisions import LearnedDecisions

    with reading(args) as (source, folder):
        told = bias(
            source.table,
            names(args.sensitive),
            target=args.target,
            favorable=args.favorable,
            reference=args.reference,
            prediction=args.prediction,
            control=args.control,
            strata=names(args.strata),
            population=_population(args.population),
            split=args.split,
            cuts=cuts(args.cut),
            leave_out=left_out(args),
            kind=args.kind,
            seed=args.seed,
            progress=show_progress,
        )
        content = source.table.content_hash
        told = replace(told, lab=_lab(args, source.table), through=_through(args, source.table, folder))
    features = told.decisions.features if isinstance(told.decisions, LearnedDecisions) else ()
    told = replace(told, words=[*told.words, *words_on_weights(features)])
    if args.html:
        from dataops_core.fairness.report import html_report
        from dataops_core.write import write_text

        write_text(args.html, html_report(told, title=args.file.name, content_hash=content))
    if args.json:
        return print_json(told.to_json() | ({"html": str(args.html)} if args.html else {}))
    for line in told.words:
        print(line)
    _print_groups(told)
    _print_gaps(told)
    _print_more(told)
    for name, reason in told.left_out.items():
        print(f"- left out: {name} ({reason})")
    print(told.guide.impossible.words)
    if args.html:
        print(f"The report is in {args.html}.")
    return 0


def _lab(args: argparse.Namespace, table: Table) -> Mitigations | None:
    """Ways to act on it, where they are asked for."""
    from dataops_core.fairness import compare_mitigations

    if not args.lab:
        return None
    if args.target is None or args.favorable is None:
        raise SettingError(
            "Ways to act on bias are judged by an outcome, and none is named.",
            "--lab",
            "Add --target and --favorable.",
        )
    return compare_mitigations(
        table,
        args.target,
        args.favorable,
        names(args.sensitive),
        constraint=args.lab,
        kind=args.kind,
        split=args.split,
        cuts=cuts(args.cut),
        leave_out=left_out(args),
        seed=args.seed,
        kept=kept_folds(args),
        progress=show_progress,
    )


def _through(args: argparse.Namespace, table: Table, folder: Path) -> list[StepImpact] | None:
    """What a recipe did to groups, where one is given."""
    from dataops_core.fairness import recipe_impact, states
    from dataops_core.recipe import recipe as recipes

    if not args.recipe:
        return None
    tables = states(recipes.load(args.recipe), table, folder)
    return recipe_impact(tables, names(args.sensitive), args.target, args.favorable, cuts=cuts(args.cut))


def _print_groups(told: Bias) -> None:
    rows, groups = [], told.look.groups
    for name, each in list(groups.items())[:SHOWN]:
        between = f"{each.ci[0]:.1%} to {each.ci[1]:.1%}" if each.ci else ""
        rate = "" if each.rate is None else f"{each.rate:.1%}"
        rows.append((name, f"{each.n:,}", f"{each.share:.1%}", rate, between, "few rows" if each.thin else ""))
    print_table((", ".join(told.sensitive), "rows", "share", "favorable", "95 % interval", ""), rows)
    if len(groups) > SHOWN:
        print(f"and {len(groups) - SHOWN:,} more groups (--json has them all)")
    if told.look.data_measures:
        about = told.look.data_measures.about
        print(f"Others against {told.reference}:")
        print_table(
            ("measure", "value", "reads"),
            [
                (about[key]["title"], "not defined" if value is None else f"{value:.4f}", about[key]["direction"])
                for key, value in told.look.data.items()
            ],
        )


def _print_more(told: Bias) -> None:
    if told.lab:
        print(
            f"Ways to act on it, judged on the same {told.lab.rows.judged:,} rows that none learned from (*"
            " nothing else is both more accurate and closer to no gap):"
        )
        print_table(
            ("way", "accuracy", "gap", "needs", "who pays", ""),
            [
                (
                    f"{each.method.title}{' *' if each.undominated else ''}",
                    f"{each.judged.accuracy:.1%}",
                    "" if (gap := each.judged.gap(told.lab.constraint)) is None else f"{gap:.1%}",
                    each.method.needs,
                    ", ".join(dict.fromkeys(paid.group for paid in each.judged.pays)),
                    "only levels down" if each.judged.levels_down else "",
                )
                for each in told.lab.methods.values()
            ],
        )
        for name, reason in told.lab.failed.items():
            print(f"- {name} was left out: {reason}")
    for step in (told.through or [])[1:]:
        lost = [
            f"{name} {each.lost:,} of {each.lost + each.n - each.added:,}"
            for name, each in step.groups.items()
            if each.lost
        ]
        rates = [
            f"{name} {each.rate_before:.1%} to {each.rate:.1%}"
            for name, each in step.groups.items()
            if None not in (each.rate, each.rate_before)
        ]
        print(
            f"{step.step}: rows lost: {', '.join(lost) or 'none'}; favorable:"
            f" {', '.join(rates) or 'not known'}{' (not alike)' if step.apart else ''}"
        )


def _print_gaps(told: Bias) -> None:
    clear = [each for each in told.gaps if each.clear]
    if clear:
        print("Clear gaps (group less reference, 95 % Newcombe interval; Holm across all that was looked at):")
        print_table(
            ("by", "measure", "group", "gap", "interval"),
            [
                (
                    each.of,
                    each.measure,
                    each.group,
                    f"{each.value:+.1%}",
                    f"{each.ci[0]:+.1%} to {each.ci[1]:+.1%}" if each.ci else "",
                )
                for each in clear[:SHOWN]
            ],
        )
    strong = [
        each for each in told.proxies if each.column and each.scores.verdict in ("strong proxy", "tells something")
    ]
    for each in strong[:SHOWN]:
        print(f"{each.column} tells {each.of}: AUC {each.scores.auc:.2f} ({each.scores.verdict})")


def _population(given: str | None) -> dict[str, float] | None:
    """A population as NAME=NUMBER,… or as a JSON file of {name: number}."""
    if given is None:
        return None
    path = Path(given)
    try:
        if path.suffix == ".json":
            return {str(name): float(number) for name, number in json.loads(path.read_text(encoding="utf-8")).items()}
        return {
            name.strip(): float(number)
            for name, number in (part.rsplit("=", 1) for part in given.split(",") if part.strip())
        }
    except (ValueError, AttributeError, TypeError) as error:
        raise SettingError(
            "The population cannot be read.",
            f"--population {given}",
            "Write it as Female=51,Male=49, or name a .json file of {name: number}.",
        ) from error
