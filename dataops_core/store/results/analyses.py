"""What is counted only when somebody asks: associations, a column against the target or over time, drift. Kept once
counted.
"""

from __future__ import annotations

import importlib
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dataops_core.checks.variants import clusters
from dataops_core.compare.drift import Drift, drift
from dataops_core.errors import SettingError
from dataops_core.facts import against_target, associations, over_time
from dataops_core.hashing import canonical, sha256
from dataops_core.progress import Progress, no_progress
from dataops_core.record import as_json, as_type
from dataops_core.rules import Rule, check_rules, suggest_rules
from dataops_core.source_hash import source_hash
from dataops_core.steps._classes import class_codes
from dataops_core.store import personal_data, states
from dataops_core.store.results.kept_folds import InStore
from dataops_core.store.store import Store
from dataops_core.table import Table

Ask = Callable[[Store, Mapping[str, Any], Progress], Any]


def _drift(store: Store, args: Mapping[str, Any], _: Progress) -> Drift:
    return drift(states.table(store, args["reference"]), states.table(store, args["state"]))


def _clusters(store: Store, args: Mapping[str, Any], _: Progress) -> dict[str, Any]:
    column = states.table(store, args["state"]).frame([args["column"]])[args["column"]].dropna()
    counts = {str(value): int(n) for value, n in column.value_counts().items()}
    if len(counts) > MOST:
        return {"distinct": len(counts), "clusters": None}
    found = clusters(counts, args["method"], args["distance"])
    return {"distinct": len(counts), "clusters": [[list(pair) for pair in cluster.values] for cluster in found]}


@dataclass(frozen=True)
class _Asks:
    """Asks a function of the engine about the table of a state, with what else was asked by name; a slow one says how
    far it is, and one that `keeps` finds what it had finished when it was stopped. Another way to ask is `by`.
    """

    module: str
    function: str
    slow: bool = False
    keeps: bool = False
    by: Ask | None = None

    def __post_init__(self) -> None:
        ASKED.add(f"dataops_core.{self.module}")

    @property
    def asked(self) -> Callable[..., Any]:
        """The function; it is imported only now."""
        found: Callable[..., Any] = getattr(importlib.import_module(f"dataops_core.{self.module}"), self.function)
        return found

    def __call__(self, store: Store, args: Mapping[str, Any], progress: Progress) -> Any:
        """What the function answers."""
        if self.by is not None:
            return self.by(store, args, progress)
        asked = {name: value for name, value in args.items() if name != "state"}
        asked |= ({"progress": progress} if self.slow else {}) | ({"kept": InStore(store)} if self.keeps else {})
        return self.asked(states.table(store, args["state"]), **asked)

    def read(self, kept: Any) -> Any:
        """What was kept, as the function answers it: its annotation says what that is."""
        return as_type(typing.get_type_hints(self.asked)["return"], kept)


def _classes(store: Store, args: Mapping[str, Any], _: Progress) -> dict[str, Any]:
    """The classes of a column, most frequent first; none, with the reason, where it is an amount or a text."""
    column = states.table(store, args["state"]).frame([args["column"]])[args["column"]]
    try:
        codes, classes = class_codes(column, args["column"])
    except SettingError as error:
        return {"classes": [], "why": error.what}
    order = np.argsort(-np.bincount(codes[codes >= 0], minlength=len(classes)), kind="stable")
    return {"classes": [classes[at] for at in order]}


def _through(store: Store, args: Mapping[str, Any], _: Progress) -> Any:
    from dataops_core.fairness import recipe_impact

    tables = [(name, states.table(store, state)) for name, state in args["tables"]]
    return recipe_impact(tables, args["sensitive"], args["target"], args["favorable"])


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
COUNTS: dict[str, Ask] = {
    "associations": lambda store, args, _: associations(
        states.table(store, args["state"]), args["columns"], args["measure"]
    ),
    "against": lambda store, args, _: against_target(
        states.table(store, args["state"]), args["column"], args["target"]
    ),
    "over time": lambda store, args, _: over_time(states.table(store, args["state"]), args["column"], args["time"]),
    "groups": _Asks("compare", "groups"),
    "drift": _Asks("compare", "drift", by=_drift),
    "chart": _Asks("explore", "chart_data"),
    "through": _Asks("fairness", "recipe_impact", by=_through),
    "classes": _classes,
    "imbalance": _Asks("resampling", "imbalance"),
    "resampling methods": _Asks("resampling", "methods_for"),
    "resample bench": _Asks("resampling", "bench", slow=True, keeps=True),
    "missing": _Asks("imputation", "understand", slow=True),
    "impute bench": _Asks("imputation", "bench", slow=True, keeps=True),
    "pooled": _Asks("imputation", "pooled"),
    "pooled regression": _Asks("imputation", "regression"),
    "chains": _Asks("imputation", "chains", slow=True),
    "outliers": _Asks("outliers", "outliers"),
    "bias": _Asks("fairness", "bias", slow=True),
    "bias groups": _Asks("fairness", "groups"),
    "bias data": _Asks("fairness", "data_measures"),
    "proxies": _Asks("fairness", "proxies"),
    "confounding": _Asks("fairness", "confounding"),
    "synthesis plan": _Asks("synthetic", "plan", slow=True),
    "mitigation lab": _Asks("fairness", "compare_mitigations", slow=True, keeps=True),
    "repair": _Asks("repair", "suggestions", slow=True),
    "clusters": _clusters,
    "personal data": _personal,
    "risk": _Asks("privacy", "risk_table"),
    "anonymize": _Asks("anonymize", "anonymization"),
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
) -> Any:
    """What was asked; with `run=False` only what is known already, else None."""
    key = f"count:{sha256(canonical([what, dict(args)]))}:{counting_code()}"
    kept = store.cached(key)
    if kept is None and run:
        kept = as_json(COUNTS[what](store, args, progress))
        store.keep({key: kept})
    ask = COUNTS[what]
    return ask.read(kept) if isinstance(ask, _Asks) and kept is not None else kept
