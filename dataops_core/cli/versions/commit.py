"""Commands on the store: commit, log, diff, export, verify."""

from __future__ import annotations

import argparse
from dataclasses import replace

from dataops_core.cli.output import print_json, print_table, read_model, reading, tell_problems
from dataops_core.errors import ConflictError
from dataops_core.export.signature import KEY, new_key
from dataops_core.export.verify import verify_bundle
from dataops_core.read import ReadOptions
from dataops_core.recipe import recipe as recipes
from dataops_core.rules import load
from dataops_core.store import dataset_rules, datasets, fsck, models, states, versions
from dataops_core.store.naming import check_name
from dataops_core.store.store import Store, whoami


def commit_command(args: argparse.Namespace) -> int:
    """Commit a file, repaired by a recipe, as the next version of a dataset."""
    recipe = recipes.load(args.recipe) if args.recipe else recipes.Recipe()
    rules = load(args.rules).rules if args.rules else None
    store, actor = Store(), whoami()
    with reading(args, recipe) as (source, _folder):
        recipe.check(source.table.names)
        dataset = _dataset(store, args, source.options, actor)
        if rules is not None:
            dataset_rules.save(store, dataset, rules, actor)
        with store.alone(dataset):  # or each of several would find its draft changed by another, again and again
            made = _commit(store, dataset, replace(recipe, read=source.options.to_json()), args, actor)
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


def _rules(made: versions.Version) -> dict[str, int] | None:
    """How the version fares by its rules; None where it has none."""
    told = made.manifest.get("rules")
    return {key: told[key] for key in ("passed", "failed", "not_checked", "blocking")} if told else None


def _dataset(store: Store, args: argparse.Namespace, options: ReadOptions, actor: str) -> str:
    """The dataset of that name; made where there is none, by whoever comes first."""
    name = check_name(args.name, "dataset")
    if datasets.called(store, name):
        return datasets.find(store, name)
    project = datasets.default_project(store, actor)
    try:
        return datasets.add(store, project, args.file, args.file.name, actor, name=name, options=options)
    except ConflictError:
        return datasets.find(store, name)


def _commit(
    store: Store, dataset: str, recipe: recipes.Recipe, args: argparse.Namespace, actor: str
) -> versions.Version:
    """Make the recipe and file the draft and commit just that; where somebody else was faster, once more on top."""
    raw = datasets.store_raw(store, args.file, args.file.name)
    for left in reversed(range(10)):
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
                reason=args.reason,
                pii_reason=args.pii_reason,
            )
        except ConflictError:
            if not left:
                raise
    raise AssertionError


def log_command(args: argparse.Namespace) -> int:
    """The versions of a dataset, newest first."""
    store = Store()
    told = versions.log(store, datasets.find(store, args.name))
    if args.json:
        return print_json({"dataset": args.name, "versions": told})
    print_table(
        ("version", "when", "who", "what", "content hash"),
        [
            (
                str(v["number"]),
                v["created"],
                v["actor"],
                v["message"] + (" (synthetic)" if v["synthetic"] else ""),
                v["content_hash"][:12],
            )
            for v in told
        ],
    )
    return 0


def diff_command(args: argparse.Namespace) -> int:
    """What differs between two versions: exit code 1 when anything does."""
    store = Store()
    found = versions.compare(store, datasets.find(store, args.name), args.one, args.other)
    assert found is not None
    if args.json:
        print_json(found.to_json())
    else:
        print(
            f"Rows {found.rows_before:,} to {found.rows_after:,}: {found.rows_dropped:,} dropped, {found.rows_added:,}"
            f" added, {found.rows_changed:,} changed"
        )
        for name, count in found.cells_changed.items():
            print(f"  {name}: {count:,} cells changed")
        for what, names in (("added", found.columns_added), ("removed", found.columns_removed)):
            if names:
                print(f"Columns {what}: {', '.join(names)}")
        for old, new in found.columns_renamed.items():
            print(f"Column renamed: {old} to {new}")
        for name, (before, after) in found.columns_retyped.items():
            print(f"Column {name}: {before} to {after}")
    return int(not found.nothing)


def fsck_command(args: argparse.Namespace) -> int:
    """Check the whole store: exit code 1 when something is damaged and not rebuilt."""
    found = fsck.check(Store(), heal=args.heal)
    if args.json:
        print_json(found.to_json())
        return int(not found.ok)
    for damage in found.damages:
        touched = ", ".join(damage.versions) or "no version"
        print(
            f"{damage.problem} {damage.object} ({damage.what}{', rebuilt' if damage.rebuilt else ''}): touches"
            f" {touched}"
        )
    print(f"{found.files:,} files checked, {len(found.damages):,} damaged.")
    print(found.audit_problem or f"The audit log is whole: {found.audit_entries:,} entries.")
    return int(not found.ok)


def export_command(args: argparse.Namespace) -> int:
    """Write the bundle of a version."""
    store = Store()
    dataset = datasets.find(store, args.name)
    versions.export(store, dataset, args.number, args.out, whoami(), reason=args.pii_reason)
    if args.json:
        return print_json({"out": str(args.out), "size": args.out.stat().st_size})
    print(f"{args.out}: {args.out.stat().st_size:,} bytes")
    return 0


def verify_command(args: argparse.Namespace) -> int:
    """Check every byte of a bundle, rebuild its files and compare: exit code 1 when it is not intact."""
    told = verify_bundle(args.bundle, key=args.key)
    if args.json:
        print_json(told.to_json())
        return int(not told.ok)
    for check in told.checks:
        print(f"{'ok    ' if check.ok else 'FAILED'}  {check.what}{': ' + check.seen if check.seen else ''}")
    print(told.words)
    return int(not told.ok)


def signing_key_command(args: argparse.Namespace) -> int:
    """Make a pair of keys: the secret one signs each bundle that is exported, the public one is for whoever verifies
    it.
    """
    secret, public = new_key()
    if args.json:
        return print_json({"secret": secret, "public": public})
    print(
        f'Keep this one secret; put it into .streamlit/secrets.toml, or set it in the environment:\n{KEY} = "{secret}"'
    )
    print(f"Give this one to those who verify your bundles (verify --key):\n{public}")
    return 0
