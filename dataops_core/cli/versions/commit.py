"""Commit a file, repaired by a recipe, as a version.

dataops commit loans march.csv --recipe recipe.json -m "Applications of March"
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.options import add_pii_reason
from dataops_core.cli.shared.other_tables import add_others, at_hand, files_named, read_others
from dataops_core.cli.shared.output import print_json, read_model, reading, tell_problems
from dataops_core.cli.shared.reading_options import add_reading_options
from dataops_core.errors import ConflictError
from dataops_core.read import Source
from dataops_core.recipe import recipe as recipes
from dataops_core.rules import load
from dataops_core.store import dataset_rules, datasets, models, states, versions
from dataops_core.store.naming import check_name
from dataops_core.store.store import Store, whoami


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("name", help="the dataset's name; made if it is new")
    parser.add_argument("file", type=file_or_address)
    parser.add_argument("--recipe", type=Path)
    add_others(parser, "another table that a step of the recipe joins or appends; it is kept in the store")
    parser.add_argument(
        "--with-model",
        action="append",
        default=[],
        type=Path,
        metavar="MODEL.json",
        help="a model of fit on the same file and recipe, to ship with the version",
    )
    parser.add_argument("--rules", type=Path, metavar="RULES.yaml", help="make these the rules of the dataset first")
    parser.add_argument("--reason", default="", help="why it is saved though a rule that blocks fails")
    parser.add_argument("-m", "--message", required=True)
    parser.add_argument(
        "--onto", type=int, metavar="V", help="only if version V is still the newest one; else say what came meanwhile"
    )
    add_pii_reason(parser)


def run(args: argparse.Namespace) -> int:
    """Commit a file, repaired by a recipe, as the next version of a dataset."""
    recipe = recipes.load(args.recipe) if args.recipe else recipes.Recipe()
    rules = load(args.rules).rules if args.rules else None
    others = files_named(args.others, recipe)
    store, actor = Store(), whoami()
    with reading(args, recipe) as (source, folder):
        recipe.check(source.table.names)
        raw = datasets.store_raw(store, args.file, args.file.name)
        states.keep_source(store, raw, source)
        dataset = _dataset(store, args, raw, source, actor)
        if rules is not None:
            dataset_rules.save(store, dataset, rules, actor)
        recipe = recipe.with_tables(_keep_others(store, recipe, at_hand(others, folder), folder))
        with store.alone(dataset):  # or each of several would find its draft changed by another, again and again
            made = _commit(store, dataset, raw, replace(recipe, read=source.options.to_json()), args, actor)
    told = {
        "dataset": args.name,
        "number": made.number,
        "id": made.id,
        "content_hash": made.content_hash,
        "rows": made.manifest["data"]["rows"],
        "models": [each["name"] for each in made.manifest.get("models", ())],
        "rules": _rules(made),
        "problems": [vars(problem) for problem in source.problems],
    }
    if args.json:
        return print_json(told)
    tell_problems(source)
    print(f"{args.name}, version {made.number}: {told['rows']:,} rows, content hash {made.content_hash}")
    if told["rules"]:
        print(f"{told['rules']['passed']:,} rules pass, {told['rules']['failed']:,} fail")
    return 0


def _keep_others(store: Store, recipe: recipes.Recipe, files: Mapping[str, Path], folder: Path) -> dict[str, str]:
    """Put the other tables into the store; their content hashes, by name."""
    kept = {}
    for name, source in read_others(recipe, files, folder).items():
        raw = datasets.store_raw(store, files[name], files[name].name)
        states.keep_source(store, raw, source)
        kept[name] = source.table.content_hash
    return kept


def _rules(made: versions.Version) -> dict[str, int] | None:
    """How the version fares by its rules; None where it has none."""
    told = made.manifest.get("rules")
    return {key: told[key] for key in ("passed", "failed", "not_checked", "blocking")} if told else None


def _dataset(store: Store, args: argparse.Namespace, raw: Mapping[str, Any], source: Source, actor: str) -> str:
    """The dataset of that name; made where there is none, by whoever comes first."""
    name = check_name(args.name, "dataset")
    if datasets.called(store, name):
        return datasets.find(store, name)
    project = datasets.default_project(store, actor)
    try:
        return datasets.add_source(store, project, raw, source, actor, name=name)
    except ConflictError:
        return datasets.find(store, name)


def _commit(
    store: Store,
    dataset: str,
    raw: Mapping[str, Any],
    recipe: recipes.Recipe,
    args: argparse.Namespace,
    actor: str,
) -> versions.Version:
    """Make the recipe and file the draft and commit just that; where somebody else was faster, once more on top."""
    for left in reversed(range(10)):
        versions.still_newest(store, dataset, args.onto)
        here = datasets.get(store, dataset)
        try:
            datasets.edit(
                store, dataset, here.revision, recipe, f"Recipe {recipe.name} on {args.file.name}", actor, raw=raw
            )
            for path in args.with_model:
                state = states.head(raw, recipe, states.evaluate(store, raw, recipe))
                models.keep(store, dataset, state, read_model(path), actor)
            return versions.commit(
                store,
                dataset,
                args.message,
                actor,
                revision=here.revision + 1,
                onto=args.onto,
                reason=args.reason,
                pii_reason=args.pii_reason,
            )
        except ConflictError:
            if not left:
                raise
    raise AssertionError
