"""What is counted only when somebody asks: associations, a column against the target or over time, drift. Kept once counted."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import dataops_core
from dataops_core.checks.variants import clusters
from dataops_core.compare import drift, groups
from dataops_core.facts import against_target, associations, over_time
from dataops_core.recipe.recipe import canonical, sha256
from dataops_core.recipe.replay import Progress, nothing_said
from dataops_core.store import states
from dataops_core.store.profile import code_hash
from dataops_core.store.store import Store
from dataops_core.table import Table


def _drift(store: Store, args: Mapping[str, Any], _: Progress) -> dict[str, Any]:
    return drift(states.table(store, args["reference"]), states.table(store, args["state"]))


def _clusters(store: Store, args: Mapping[str, Any], _: Progress) -> dict[str, Any]:
    column = states.table(store, args["state"]).frame([args["column"]])[args["column"]].dropna()
    counts = {str(value): int(n) for value, n in column.value_counts().items()}
    if len(counts) > MOST:
        return {"distinct": len(counts), "clusters": None}
    found = clusters(counts, args["method"], args["distance"])
    return {"distinct": len(counts), "clusters": [[list(pair) for pair in cluster.values] for cluster in found]}


def _of_table(store: Store, args: Mapping[str, Any]) -> tuple[Table, dict[str, Any]]:
    """The table that is asked about, and what else was asked, by name."""
    return states.table(store, args["state"]), {name: value for name, value in args.items() if name != "state"}


def _imbalance(store: Store, args: Mapping[str, Any], _: Progress) -> dict[str, Any]:
    from dataops_core.resampling import imbalance

    table, asked = _of_table(store, args)
    return imbalance(table, **asked)


def _resampling_methods(store: Store, args: Mapping[str, Any], _: Progress) -> dict[str, Any]:
    from dataops_core.resampling import methods_for

    table, asked = _of_table(store, args)
    return methods_for(table, **asked)


def _resample_bench(store: Store, args: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    from dataops_core.resampling import bench

    table, asked = _of_table(store, args)
    return bench(table, progress=progress, **asked)


def _impute_bench(store: Store, args: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    from dataops_core.imputation import bench

    table, asked = _of_table(store, args)
    return bench(table, progress=progress, **asked)


def _missing(store: Store, args: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    from dataops_core.imputation import understand

    table, asked = _of_table(store, args)
    return understand(table, progress=progress, **asked)


def _pooled(store: Store, args: Mapping[str, Any], _: Progress) -> dict[str, Any]:
    from dataops_core.imputation import pooled

    table, asked = _of_table(store, args)
    return pooled(table, **asked)


def _bias(store: Store, args: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    from dataops_core.fairness import bias

    table, asked = _of_table(store, args)
    return bias(table, progress=progress, **asked)


def _lab(store: Store, args: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    from dataops_core.fairness import lab

    table, asked = _of_table(store, args)
    return lab(table, progress=progress, **asked)


def _through(store: Store, args: Mapping[str, Any], _: Progress) -> dict[str, Any]:
    from dataops_core.fairness import through

    tables = [(name, states.table(store, state)) for name, state in args["tables"]]
    return {"steps": through(tables, args["sensitive"], args["target"], args["favourable"])}


def _bias_part(name: str) -> Callable[[Store, Mapping[str, Any], Progress], dict[str, Any]]:
    """A part of the look at bias that needs no model."""
    def part(store: Store, args: Mapping[str, Any], _: Progress) -> dict[str, Any]:
        from dataops_core import fairness

        table, asked = _of_table(store, args)
        told: dict[str, Any] = getattr(fairness, name)(table, **asked)
        return told

    return part


def _outliers(store: Store, args: Mapping[str, Any], _: Progress) -> dict[str, Any]:
    from dataops_core.outliers import outliers

    table, asked = _of_table(store, args)
    return outliers(table, **asked)


MOST = 50_000  # values that are compared with one another
COUNTS: dict[str, Callable[[Store, Mapping[str, Any], Progress], dict[str, Any]]] = {
    "associations": lambda store, args, _: associations(states.table(store, args["state"]), args["columns"], args["measure"]),
    "against": lambda store, args, _: against_target(states.table(store, args["state"]), args["column"], args["target"]),
    "over time": lambda store, args, _: over_time(states.table(store, args["state"]), args["column"], args["time"]),
    "groups": lambda store, args, _: groups(states.table(store, args["state"]), args["column"]),
    "drift": _drift, "imbalance": _imbalance, "resampling methods": _resampling_methods, "resample bench": _resample_bench,
    "impute bench": _impute_bench, "missing": _missing, "pooled": _pooled, "outliers": _outliers,
    "bias": _bias, "bias groups": _bias_part("groups"), "bias data": _bias_part("data_measures"), "proxies": _bias_part("proxies"),
    "mitigation lab": _lab, "through": _through, "confounding": _bias_part("confounding"),
    "clusters": _clusters,
}


@functools.cache
def counting_code() -> str:
    """The hash of all code that counts on demand: what was counted by older code is counted again."""
    root = Path(str(dataops_core.__file__)).parent
    folders = ("compare", "fairness", "imputation", "models", "outliers", "resampling", "steps")
    return sha256(code_hash() + "".join(path.read_text("utf-8") for folder in folders for path in sorted((root / folder).glob("*.py"))))[:16]


def counted(
    store: Store, what: str, args: Mapping[str, Any], *, run: bool = True, progress: Progress = nothing_said
) -> dict[str, Any] | None:
    """What was asked, as plain JSON values; with `run=False` only what is known already, else None."""
    key = f"count:{sha256(canonical([what, dict(args)]))}:{counting_code()}"
    kept = store.cached(key)
    if kept is None and run:
        kept = COUNTS[what](store, args, progress)
        store.keep({key: kept})
    return dict(kept) if kept is not None else None
