"""What is counted only when somebody asks: associations, a column against the target or over time, drift. Kept once
counted.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dataops_core.checks.variants import clusters
from dataops_core.compare import drift, groups
from dataops_core.errors import SettingError
from dataops_core.facts import against_target, associations, over_time
from dataops_core.hashing import canonical, sha256
from dataops_core.progress import Progress, no_progress
from dataops_core.rules import Rule, check_rules, suggest_rules
from dataops_core.source_hash import source_hash
from dataops_core.steps._classes import class_codes
from dataops_core.store import personal_data, states
from dataops_core.store.results.kept_folds import InStore
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


def _asks(
    module: str, function: str, *, slow: bool = False, keeps: bool = False
) -> Callable[[Store, Mapping[str, Any], Progress], dict[str, Any]]:
    """Asks a function of the engine about the table of a state, with what else was asked by name; a slow one says how
    far it is, and one that `keeps` finds what it had finished when it was stopped.
    """
    ASKED.add(f"dataops_core.{module}")

    def ask(store: Store, args: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        asked = {name: value for name, value in args.items() if name != "state"}
        asked |= ({"progress": progress} if slow else {}) | ({"kept": InStore(store)} if keeps else {})
        told: dict[str, Any] = getattr(importlib.import_module(f"dataops_core.{module}"), function)(
            states.table(store, args["state"]), **asked
        )
        return told

    return ask


def _classes(store: Store, args: Mapping[str, Any], _: Progress) -> dict[str, Any]:
    """The classes of a column, most frequent first; none, with the reason, where it is an amount or a text."""
    column = states.table(store, args["state"]).frame([args["column"]])[args["column"]]
    try:
        codes, classes = class_codes(column, args["column"])
    except SettingError as error:
        return {"classes": [], "why": error.what}
    order = np.argsort(-np.bincount(codes[codes >= 0], minlength=len(classes)), kind="stable")
    return {"classes": [classes[at] for at in order]}


def _through(store: Store, args: Mapping[str, Any], _: Progress) -> dict[str, Any]:
    from dataops_core.fairness import recipe_impact

    tables = [(name, states.table(store, state)) for name, state in args["tables"]]
    return {"steps": recipe_impact(tables, args["sensitive"], args["target"], args["favorable"])}


def _personal(store: Store, args: Mapping[str, Any], _: Progress) -> dict[str, Any]:
    """How many columns hold direct identifiers; what was recognized is kept column by column (see personal_data)."""
    return {"columns": len(personal_data.recognized(store, args["state"]).identifiers)}


def _rules(store: Store, args: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """How rules fare on a table, with the first failing rows of each."""
    rules = [Rule.from_json(each) for each in args["rules"]]
    table, day = states.table(store, args["state"]), args["today"] or None
    told = check_rules(table, rules, tables=_tables(store, args), today=day, progress=progress)
    return {"results": [each.to_json(ROWS_SHOWN) for each in told]}


def _tables(store: Store, args: Mapping[str, Any]) -> dict[str, Table]:
    """The other tables that rules refer to, by name."""
    return {name: states.table(store, state) for name, state in (args.get("tables") or {}).items()}


def _suggestions(store: Store, args: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """The rules that a table suggests."""
    like = states.table(store, args["reference"]) if args["reference"] else None
    table = states.table(store, args["state"])
    others = _tables(store, args)
    found = suggest_rules(table, today=args["today"], tables=others, reference=like, progress=progress)
    return {"rules": [rule.to_json() for rule in found]}


def _recipes(store: Store, args: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    from dataops_core.store.results import comparisons

    return comparisons.compare(store, args, progress)


def _choices(store: Store, args: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    from dataops_core.store.results import comparisons

    return comparisons.choices(store, args, progress)


ASKED: set[str] = {"dataops_core.evaluation"}  # the packages of the engine that are asked by name
ROWS_SHOWN = 200  # failing rows of a rule that are kept
MOST = 50_000  # values that are compared with one another
COUNTS: dict[str, Callable[[Store, Mapping[str, Any], Progress], dict[str, Any]]] = {
    "associations": lambda store, args, _: associations(
        states.table(store, args["state"]), args["columns"], args["measure"]
    ),
    "against": lambda store, args, _: against_target(
        states.table(store, args["state"]), args["column"], args["target"]
    ),
    "over time": lambda store, args, _: over_time(states.table(store, args["state"]), args["column"], args["time"]),
    "groups": lambda store, args, _: groups(states.table(store, args["state"]), args["column"]),
    "drift": _drift,
    "chart": _asks("explore", "chart_data"),
    "through": _through,
    "classes": _classes,
    "imbalance": _asks("resampling", "imbalance"),
    "resampling methods": _asks("resampling", "methods_for"),
    "resample bench": _asks("resampling", "bench", slow=True, keeps=True),
    "missing": _asks("imputation", "understand", slow=True),
    "impute bench": _asks("imputation", "bench", slow=True, keeps=True),
    "pooled": _asks("imputation", "pooled"),
    "pooled regression": _asks("imputation", "regression"),
    "chains": _asks("imputation", "chains", slow=True),
    "outliers": _asks("outliers", "outliers"),
    "bias": _asks("fairness", "bias", slow=True),
    "bias groups": _asks("fairness", "groups"),
    "bias data": _asks("fairness", "data_measures"),
    "proxies": _asks("fairness", "proxies"),
    "confounding": _asks("fairness", "confounding"),
    "synthesis plan": _asks("synthetic", "plan", slow=True),
    "mitigation lab": _asks("fairness", "compare_mitigations", slow=True, keeps=True),
    "repair": _asks("repair", "suggestions", slow=True),
    "clusters": _clusters,
    "personal data": _personal,
    "risk": _asks("privacy", "risk_table"),
    "anonymize": _asks("anonymize", "anonymization"),
    "rules": _rules,
    "rule suggestions": _suggestions,
    "recipes": _recipes,
    "choices": _choices,
}


def counting_code() -> str:
    """The hash of all code that counts on demand: what was counted by older code is counted again."""
    return source_hash(__name__, *sorted(ASKED), without=("dataops_core.store",))


def counted(
    store: Store, what: str, args: Mapping[str, Any], *, run: bool = True, progress: Progress = no_progress
) -> dict[str, Any] | None:
    """What was asked, as plain JSON values; with `run=False` only what is known already, else None."""
    key = f"count:{sha256(canonical([what, dict(args)]))}:{counting_code()}"
    kept = store.cached(key)
    if kept is None and run:
        kept = COUNTS[what](store, args, progress)
        store.keep({key: kept})
    return dict(kept) if kept is not None else None
