"""Profiles of states, kept by the content of each column: after a step, only what changed is counted again."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import dataops_core.checks
import dataops_core.facts
from dataops_core.checks.profile import profile_table
from dataops_core.recipe.recipe import sha256
from dataops_core.recipe.replay import Progress, nothing_said
from dataops_core.store import states
from dataops_core.store.store import Store


@functools.cache
def code_hash() -> str:
    """The hash of the code that counts and judges: a changed check is asked again."""
    folders = (Path(str(package.__file__)).parent for package in (dataops_core.checks, dataops_core.facts))
    return sha256("".join(path.read_text("utf-8") for folder in folders for path in sorted(folder.glob("*.py"))))[:16]


def profile(store: Store, state: str, *, run: bool = True, progress: Progress = nothing_said) -> dict[str, Any] | None:
    """The profile of a state; with `run=False` only what is known already, else None."""
    key = f"profile:{state}:{code_hash()}"
    kept = store.cached(key)
    if kept is not None or not run:
        return kept
    table = states.table(store, state)
    keys = {c.name: f"column:{sha256(f'{c.hash} {c.kind} {c.name}')}:{code_hash()}" for c in table.columns}
    found = store.cached_many(list(keys.values()))
    known = {name: found[key] for name, key in keys.items() if key in found}
    made, parts = profile_table(table, known, progress)
    store.keep({keys[name]: part for name, part in parts.items() if name not in known} | {key: made})
    return made
