"""Commands about bias: bias, reweigh, fit, decide."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dataops_core.cli.inspect import _tell
from dataops_core.cli.output import print_json, print_table, read_model, reading
from dataops_core.errors import SettingError
from dataops_core.table import Table

SHOWN = 20


def bias_command(args: argparse.Namespace) -> int:
    """Bias in groups, outcomes and decisions; what is shown is counted, and no verdict is given."""
    from dataops_core.fairness import bias

    with reading(args) as (source, folder):
        told = bias(
            source.table,
            _names(args.sensitive),
            target=args.target,
            favorable=args.favorable,
            reference=args.reference,
            prediction=args.prediction,
            control=args.control,
            strata=_names(args.strata),
            population=_population(args.population),
            split=args.split,
            cuts=_cuts(args.cut),
            leave_out=_without(args),
            kind=args.kind,
            seed=args.seed,
            progress=_tell,
        )
        content = source.table.content_hash
        told |= _more(args, source.table, folder)
    told["words"] += _weighty((told["decisions"] or {}).get("features", ()))
    if args.html:
        from dataops_core.fairness.report import html_report
        from dataops_core.write import write_text

        write_text(args.html, html_report(told, title=args.file.name, content_hash=content))
    if args.json:
        return print_json(told | ({"html": str(args.html)} if args.html else {}))
    for line in told["words"]:
        print(line)
    _print_groups(told)
    _print_gaps(told)
    _print_more(told)
    for name, reason in told["left_out"].items():
        print(f"- left out: {name} ({reason})")
    print(told["guide"]["impossible"]["words"])
    if args.html:
        print(f"The report is in {args.html}.")
    return 0


def reweigh_command(args: argparse.Namespace) -> int:
    """Write the table with a column of weights under which every group has the good outcome as often."""
    from dataops_core.recipe.recipe import Recipe, RecipeStep
    from dataops_core.recipe.replay import run_recipe
    from dataops_core.write import write_file

    settings = {
        "target": args.target,
        "by": _names(args.sensitive),
        "favorable": args.favorable,
        "into": args.into,
        "cuts": {name: ", ".join(f"{end:g}" for end in ends) for name, ends in _cuts(args.cut).items()},
    }
    with reading(args) as (source, folder):
        run = run_recipe(Recipe("reweigh", 0, (RecipeStep("reweigh", settings),)), source.table, folder)
        if run.failed:
            raise SettingError(run.failed.reason, "reweigh", "Choose other settings.")
        outcome = run.outcomes[0]
        if outcome.status != "done" or outcome.learned is None:
            raise SettingError(outcome.reason, "reweigh", "Choose another target.")
        write_file(run.table, args.out)
    weights = [{"outcome": key[0], "group": key[1:], "weight": weight} for key, weight in outcome.learned["weights"]]
    if args.json:
        return print_json(
            {"out": str(args.out), "column": args.into, "weights": weights, "step": {"op": "reweigh", "with": settings}}
        )
    print(f"{run.table.rows:,} rows, with weights in {args.into}: {args.out}")
    good = {True: args.favorable, False: f"not {args.favorable}"}
    print_table(
        ("outcome", "group", "weight"),
        [
            (
                str(good.get(e["outcome"], e["outcome"])),
                ", ".join(p or "unknown" for p in e["group"]),
                f"{e['weight']:.4f}",
            )
            for e in weights
        ],
    )
    return 0


def fit_command(args: argparse.Namespace) -> int:
    """Learn one way to decide from a file, repaired by a recipe, and write it."""
    from dataops_core.fairness import fit
    from dataops_core.fairness.fitted import features_of
    from dataops_core.recipe import recipe as recipes
    from dataops_core.recipe.recipe import canonical
    from dataops_core.recipe.replay import run_recipe
    from dataops_core.write import write_text

    if args.target is None or args.favorable is None:
        raise SettingError(
            "A way to decide is learned from outcomes, and none is named.", "fit", "Add --target and --favorable."
        )
    recipe = recipes.load(args.recipe) if args.recipe else recipes.Recipe()
    with reading(args, recipe if args.recipe else None) as (source, folder):
        run = run_recipe(recipe, source.table, folder)
        if run.failed:
            raise SettingError(f"{run.failed.sentence}: {run.failed.reason}", str(args.recipe), "Mend the recipe.")
        model = fit(
            run.table,
            args.target,
            args.favorable,
            _names(args.sensitive),
            args.method,
            constraint=args.constraint,
            kind=args.kind,
            split=args.split or run.earlier.split,
            cuts=_cuts(args.cut),
            leave_out=[*_without(args), *(name for name in run.earlier.weights if name in run.table.names)],
            seed=args.seed,
            progress=_tell,
        )
    write_text(args.out, canonical(model))
    told = {
        key: model[key]
        for key in (
            "method",
            "title",
            "needs",
            "at_prediction",
            "target",
            "favorable",
            "sensitive",
            "learned_from",
            "judged",
        )
    }
    told |= {"features": features_of(model), "words": _weighty(features_of(model)), "out": str(args.out)}
    if args.json:
        return print_json(told)
    judged = model["judged"]
    print(
        f"{model['title']}: learned from {model['learned_from']['rows']:,} rows, by {', '.join(told['features'])};"
        f" never by {', '.join(model['sensitive'])}."
    )
    print(f"It needs {model['needs']}.")
    print(
        f"{judged['accuracy']:.1%} of its decisions about {judged['rows']:,} rows that it did not learn from are right."
        f" Who pays: {', '.join(dict.fromkeys(m['group'] for m in judged['pays'])) or 'nobody clearly'}."
    )
    for line in told["words"]:
        print(line)
    print(f"The model is in {args.out}.")
    return 0


def decide_command(args: argparse.Namespace) -> int:
    """Write the table with a column of a fitted model's decisions."""
    from dataops_core.fairness import decide
    from dataops_core.table import tidy, write_table
    from dataops_core.write import write_file

    model = read_model(args.model)
    with reading(args) as (source, folder):
        if args.into in source.table.names:
            raise SettingError(
                f'There is a column "{args.into}" already.',
                "--into",
                "Give the column for the decisions a name of its own.",
            )
        frame = source.table.frame()
        made = decide(model, frame)
        frame[args.into] = made.map({True: model["favorable"], False: f"not {model['favorable']}"}).astype(object)
        write_file(write_table(folder / "decided.parquet", [tidy(frame)], source.table.kinds), args.out)
    told = {
        "out": str(args.out),
        "column": args.into,
        "rows": len(made),
        "favorable": int(made.sum()),
        "method": model["method"],
        "needs": model["needs"],
    }
    if args.json:
        return print_json(told)
    print(
        f"{told['favorable']:,} of {told['rows']:,} rows get {model['favorable']}, in the column {args.into}:"
        f" {args.out}"
    )
    print(f"{model['title']} needs {model['needs']}.")
    return 0


def _more(args: argparse.Namespace, table: Table, folder: Path) -> dict[str, Any]:
    """What is told only where it is asked for: ways to act on it, and what a recipe did to groups."""
    from dataops_core.fairness import compare_mitigations, recipe_impact, states

    more: dict[str, Any] = {}
    if args.lab:
        if args.target is None or args.favorable is None:
            raise SettingError(
                "Ways to act on bias are judged by an outcome, and none is named.",
                "--lab",
                "Add --target and --favorable.",
            )
        more["lab"] = compare_mitigations(
            table,
            args.target,
            args.favorable,
            _names(args.sensitive),
            constraint=args.lab,
            kind=args.kind,
            split=args.split,
            cuts=_cuts(args.cut),
            leave_out=_without(args),
            seed=args.seed,
            progress=_tell,
        )
    if args.recipe:
        from dataops_core.recipe import recipe as recipes

        more["through"] = recipe_impact(
            states(recipes.load(args.recipe), table, folder),
            _names(args.sensitive),
            args.target,
            args.favorable,
            cuts=_cuts(args.cut),
        )
    return more


def _print_groups(told: Mapping[str, Any]) -> None:
    rows = []
    for name, each in list(told["groups"].items())[:SHOWN]:
        between = f"{each['ci'][0]:.1%} to {each['ci'][1]:.1%}" if each["ci"] else ""
        rows.append(
            (
                name,
                f"{each['n']:,}",
                f"{each['share']:.1%}",
                "" if each["rate"] is None else f"{each['rate']:.1%}",
                between,
                "few rows" if each["thin"] else "",
            )
        )
    print_table((", ".join(told["sensitive"]), "rows", "share", "favorable", "95 % interval", ""), rows)
    if len(told["groups"]) > SHOWN:
        print(f"and {len(told['groups']) - SHOWN:,} more groups (--json has them all)")
    if told["data"]:
        about = told["data_measures"]["about"]
        print(f"Others against {told['reference']}:")
        print_table(
            ("measure", "value", "reads"),
            [
                (about[key]["title"], "not defined" if value is None else f"{value:.4f}", about[key]["direction"])
                for key, value in told["data"].items()
            ],
        )


def _print_more(told: Mapping[str, Any]) -> None:
    if "lab" in told:
        rule = "selection_gap" if told["lab"]["constraint"] == "demographic_parity" else "odds_gap"
        print(
            f"Ways to act on it, judged on the same {told['lab']['rows']['judged']:,} rows that none learned from (*"
            " nothing else is both more accurate and closer to no gap):"
        )
        print_table(
            ("way", "accuracy", "gap", "needs", "who pays", ""),
            [
                (
                    f"{each['title']}{' *' if each['undominated'] else ''}",
                    f"{each['accuracy']:.1%}",
                    "" if each[rule] is None else f"{each[rule]:.1%}",
                    each["needs"],
                    ", ".join(dict.fromkeys(paid["group"] for paid in each["pays"])),
                    "only levels down" if each["levels_down"] else "",
                )
                for each in told["lab"]["methods"].values()
            ],
        )
        for name, reason in told["lab"]["failed"].items():
            print(f"- {name} was left out: {reason}")
    for step in told.get("through", [])[1:]:
        lost = [
            f"{name} {each['lost']:,} of {each['lost'] + each['n'] - each['added']:,}"
            for name, each in step["groups"].items()
            if each["lost"]
        ]
        rates = [
            f"{name} {each['rate_before']:.1%} to {each['rate']:.1%}"
            for name, each in step["groups"].items()
            if None not in (each["rate"], each["rate_before"])
        ]
        print(
            f"{step['step']}: rows lost: {', '.join(lost) or 'none'}; favorable:"
            f" {', '.join(rates) or 'not known'}{' (not alike)' if step['apart'] else ''}"
        )


def _print_gaps(told: Mapping[str, Any]) -> None:
    clear = [each for each in told["gaps"] if each["clear"]]
    if clear:
        print("Clear gaps (group less reference, 95 % Newcombe interval; Holm across all that was looked at):")
        print_table(
            ("by", "measure", "group", "gap", "interval"),
            [
                (
                    each["of"],
                    each["measure"],
                    each["group"],
                    f"{each['value']:+.1%}",
                    f"{each['ci'][0]:+.1%} to {each['ci'][1]:+.1%}",
                )
                for each in clear[:SHOWN]
            ],
        )
    strong = [
        each for each in told["proxies"] if each["column"] and each["verdict"] in ("strong proxy", "tells something")
    ]
    for each in strong[:SHOWN]:
        print(f"{each['column']} tells {each['of']}: AUC {each['auc']:.2f} ({each['verdict']})")


def _names(parts: list[str]) -> list[str]:
    return [name for part in parts for name in part.split(",") if name]


def _without(args: argparse.Namespace) -> list[str]:
    """The columns that no model may decide by."""
    return [*_names(args.leave_out), *_names(args.weight)]


def _weighty(features: Iterable[str]) -> list[str]:
    """A word about features that may be weights, which nobody can tell from their cells."""
    named = [name for name in features if "weight" in name.lower()]
    if not named:
        return []
    return [
        (
            f"The model decides by {', '.join(named)}. If weights of rows are meant (such as those of reweigh), they"
            f" tell it group and outcome: leave them out (--weight {','.join(named)})."
        )
    ]


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


def _cuts(given: list[str]) -> dict[str, list[float]]:
    """Ranges of amounts as COLUMN=END[,END]."""
    try:
        return {name: [float(end) for end in ends.split(",")] for name, ends in (part.split("=", 1) for part in given)}
    except ValueError as error:
        raise SettingError(
            "These ranges cannot be read.", f"--cut {' '.join(given)}", "Write them as age=25,65."
        ) from error
