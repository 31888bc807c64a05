"""What is counted only when somebody asks: associations, a column against the target or over time, drift. Kept once counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dataops_core.checks.variants import clusters
from dataops_core.compare import drift, groups
from dataops_core.facts import against_target, associations, over_time
from dataops_core.recipe.recipe import canonical, sha256
from dataops_core.recipe.replay import Progress, nothing_said
from dataops_core.store import states
from dataops_core.store.profile import code_hash
from dataops_core.store.store import Store


def _drift(store: Store, args: Mapping[str, Any], _: Progress) -> dict[str, Any]:
    return drift(states.table(store, args["reference"]), states.table(store, args["state"]))


def _clusters(store: Store, args: Mapping[str, Any], _: Progress) -> dict[str, Any]:
    column = states.table(store, args["state"]).frame([args["column"]])[args["column"]].dropna()
    counts = {str(value): int(n) for value, n in column.value_counts().items()}
    if len(counts) > MOST:
        return {"distinct": len(counts), "clusters": None}
    found = clusters(counts, args["method"], args["distance"])
    return {"distinct": len(counts), "clusters": [[list(pair) for pair in cluster.values] for cluster in found]}


MOST = 50_000  # values that are compared with one another
COUNTS: dict[str, Callable[[Store, Mapping[str, Any], Progress], dict[str, Any]]] = {
    "associations": lambda store, args, _: associations(states.table(store, args["state"]), args["columns"], args["measure"]),
    "against": lambda store, args, _: against_target(states.table(store, args["state"]), args["column"], args["target"]),
    "over time": lambda store, args, _: over_time(states.table(store, args["state"]), args["column"], args["time"]),
    "groups": lambda store, args, _: groups(states.table(store, args["state"]), args["column"]),
    "drift": _drift,
    "clusters": _clusters,
}


def counted(
    store: Store, what: str, args: Mapping[str, Any], *, run: bool = True, progress: Progress = nothing_said
) -> dict[str, Any] | None:
    """What was asked, as plain JSON values; with `run=False` only what is known already, else None."""
    key = f"count:{sha256(canonical([what, dict(args)]))}:{code_hash()}"
    kept = store.cached(key)
    if kept is None and run:
        kept = COUNTS[what](store, args, progress)
        store.keep({key: kept})
    return dict(kept) if kept is not None else None
