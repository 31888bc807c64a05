"""Profiles of states, kept by the content of each column: after a step, only what changed is counted again."""

from __future__ import annotations

from typing import Any

from dataops_core.checks import Context
from dataops_core.checks.profile import profile_table
from dataops_core.hashing import canonical, sha256
from dataops_core.progress import Progress, no_progress
from dataops_core.read import Blanked
from dataops_core.repair.full_profile import full_profile
from dataops_core.source_hash import source_hash
from dataops_core.store import states
from dataops_core.store.store import Store
from dataops_core.table import Column


def code_hash() -> str:
    """The hash of the code that counts and judges, and of all it rests on: a changed check is asked again."""
    return source_hash("dataops_core.checks", "dataops_core.facts")


def column_key(column: Column, context: Context) -> str:
    """The key under which the facts and findings of a column are kept; findings on dates depend on the day that is
    today.
    """
    today = context.today if column.type in ("datetime", "text") else None  # text may be meant as dates
    return f"column:{sha256(f'{column.hash} {column.kind} {column.name} {today}')}:{code_hash()}"


def profile(
    store: Store,
    state: str,
    context: Context = Context(),  # noqa: B008 - a frozen value
    *,
    run: bool = True,
    progress: Progress = no_progress,
) -> dict[str, Any] | None:
    """The profile of a state; with `run=False` only what is known already, else None."""
    key = f"profile:{state}:{sha256(canonical(context.to_json()))[:16]}:{code_hash()}"
    kept = store.cached(key)
    if kept is not None or not run:
        return kept
    table = states.table(store, state)
    blanked = _blanked(store, state)
    keys = {column.name: column_key(column, context) for column in table.columns}
    found = store.cached_many(list(keys.values()))
    known = {name: found[key] for name, key in keys.items() if key in found and name not in blanked}
    made, parts = profile_table(table, known, progress, context, blanked=blanked)
    store.keep(
        {keys[name]: part for name, part in parts.items() if name not in known and name not in blanked} | {key: made}
    )
    return made


def compared(
    store: Store,
    state: str,
    context: Context = Context(),  # noqa: B008 - a frozen value
    *,
    run: bool = True,
    progress: Progress = no_progress,
) -> dict[str, Any] | None:
    """The profile of a state with the values that only a comparison of rows shows to be wrong (see `full_profile`);
    with `run=False` only what is known already, else None.
    """
    code = source_hash("dataops_core.checks", "dataops_core.facts", "dataops_core.repair")
    key = f"compared:{state}:{sha256(canonical(context.to_json()))[:16]}:{code}"
    kept = store.cached(key)
    if kept is not None or not run:
        return kept
    made, _ = full_profile(states.table(store, state), progress, context, blanked=_blanked(store, state))
    store.keep({key: made})
    return made


def _blanked(store: Store, state: str) -> dict[str, Blanked]:
    """What reading made missing, by column."""
    return {name: Blanked.from_json(plain) for name, plain in (store.cached(f"blanked:{state}") or {}).items()}
