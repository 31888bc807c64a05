"""What a version has to pass before it is promoted: its recipe leads to it again, its rules hold, and nobody is named
where nobody should be.
"""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataops_core.errors import DataOpsError
from dataops_core.progress import Progress, no_progress
from dataops_core.read import ReadOptions, read_file
from dataops_core.recipe.recipe import Recipe
from dataops_core.recipe.replay import run_recipe
from dataops_core.record import Record
from dataops_core.rules.record import blocking, recorded
from dataops_core.store import dataset_rules, datasets, personal_data, states, versions
from dataops_core.store.people.environments import PRODUCTION
from dataops_core.store.store import Store
from dataops_core.store.versions import Version

LISTED = 5


@dataclass(frozen=True)
class Gate(Record):
    """One condition of promotion, whether it is met, and what was found."""

    name: str
    passed: bool
    says: str


def gates(
    store: Store, dataset: str, version: Version, environment: str, progress: Progress = no_progress
) -> tuple[Gate, ...]:
    """All conditions, looked at now: what passed when the promotion was asked for may not when it is approved."""
    progress(0.0, "Replaying the recipe")
    replayed = _replayed(store, version)
    progress(0.5, "Checking the rules")
    ruled = _rules(store, dataset, version)
    progress(0.8, "Looking for personal data")
    named = _personal_data(store, dataset, version, environment)
    return (replayed, ruled, named, *_synthetic(version, environment))


def _replayed(store: Store, version: Version) -> Gate:
    """Whether raw file and recipe lead to the version again, computed anew and not looked up."""
    folder = Path(tempfile.mkdtemp(dir=store.scratch))
    try:
        options = ReadOptions.from_json(dict(version.recipe.read or {}))
        raw = version.manifest["raw"]
        source = read_file(store.raw_file(raw), folder / "read.parquet", options, name=raw["name"])
        steps = version.recipe.steps if version.manifest["kind"] != versions.SYNTHETIC else ()
        recipe = Recipe(version.recipe.name, version.recipe.seed, steps, version.recipe.read, version.recipe.tables)
        run = run_recipe(recipe, source.table, folder, tables=functools.partial(states.table_of_content, store))
        if run.failed:
            return Gate("recipe", False, f"“{run.failed.sentence}” fails: {run.failed.reason}")
        same = run.table.content_hash == version.content_hash
    except DataOpsError as error:
        return Gate("recipe", False, str(error))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not same:
        return Gate("recipe", False, "Raw file and recipe lead to another table than the one that was saved.")
    return Gate("recipe", True, "Raw file and recipe lead to the same table again.")


def _rules(store: Store, dataset: str, version: Version) -> Gate:
    rules, today = dataset_rules.rules_of(store, dataset), store.clock()[:10]
    if not rules:
        return Gate("rules", True, "The dataset has no rules.")
    versions.table(store, version)
    others = dataset_rules.referred(store, dataset, rules)
    told = recorded(dataset_rules.checked(store, version.state, rules, today, others=others) or [], today)
    failing = blocking(told)
    if failing:
        more = f" and {len(failing) - LISTED} more" if len(failing) > LISTED else ""
        return Gate("rules", False, f"Rules that block fail: {'; '.join(e['says'] for e in failing[:LISTED])}{more}.")
    return Gate("rules", True, f"{told['passed']:,} of {len(rules):,} rules pass, and none that blocks fails.")


def _personal_data(store: Store, dataset: str, version: Version, environment: str) -> Gate:
    """Into production with a written reason; anywhere else not at all, whatever the reason."""
    if version.manifest["kind"] == versions.SYNTHETIC:
        return Gate("personal data", True, "It is synthetic: its people do not exist.")
    left = named(store, dataset, version)
    if not left:
        return Gate("personal data", True, "No column names people, or all that do were treated.")
    told = "; ".join(each.words for each in left[:LISTED])
    if environment != PRODUCTION:
        fix = "Treat these columns, or promote a synthetic version."
        return Gate("personal data", False, f"Data that names people stays out of {environment}. {told}. {fix}")
    reason = str((version.manifest.get("privacy") or {}).get("reason") or "")
    if not reason:
        return Gate("personal data", False, f"It names people, and no reason was written. {told}.")
    return Gate("personal data", True, f"It names people, for a reason that was written when it was saved: {reason}")


def named(store: Store, dataset: str, version: Version) -> list[personal_data.Unresolved]:
    """The direct identifiers of a version that nobody treated, recognized now, reason or not."""
    versions.table(store, version)
    here = datasets.get(store, dataset)
    raw = version.manifest["raw"]
    root = states.root_id(raw["sha256"], version.recipe.read or {})
    if not states.known(store, root):
        states.evaluate(store, raw, Recipe(read=version.recipe.read))
    return personal_data.leaving(store, here, root, version.state, version.recipe.steps)


def _synthetic(version: Version, environment: str) -> tuple[Gate, ...]:
    """A synthetic version stands in for the real one outside production; how alike the two are is said."""
    if version.manifest["kind"] != versions.SYNTHETIC:
        return ()
    if environment == PRODUCTION:
        return (Gate("likeness", False, "Synthetic rows are for other environments than production."),)
    return (Gate("likeness", True, likeness(version.manifest["synthetic"])),)


def likeness(told: Mapping[str, Any]) -> str:
    """How alike a synthetic version is to the real rows, in words."""
    found = told.get("judge", {}).get("fidelity", {})
    if found.get("score") is None:
        return "How alike it is to the real rows was not measured."
    ends = [found.get(name) for name in ("floor", "ceiling")]
    between = (
        f", between {ends[0]:.2f} (columns shuffled) and {ends[1]:.2f} (other real rows)" if None not in ends else ""
    )
    return f"It is alike to the real rows by {found['score']:.2f}{between}."
