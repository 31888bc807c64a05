"""A fitted way to decide as plain JSON, so that it can ship with a version; the same one that the lab judged."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.fairness.bias import versions
from dataops_core.fairness.lab import SLOW_ROWS, prepared
from dataops_core.fairness.mitigations import FITTED, METHODS, Constraint, Decider, decider, drawn
from dataops_core.fairness.mitigations import fitted as baseline_of
from dataops_core.fairness.people import UNKNOWN
from dataops_core.models import Features, one_thread, packed, plain, unpacked
from dataops_core.steps._groups import grouped_keys
from dataops_core.table import Table


def fit(
    table: Table, target: str, favourable: str, sensitive: Sequence[str], method: str, *, constraint: Constraint = "demographic_parity",
    kind: Literal["linear", "trees"] = "linear", split: str | None = None, cuts: Mapping[str, Sequence[float]] | None = None,
    leave_out: Sequence[str] = (), slow_rows: int = SLOW_ROWS, seed: int = 0,
) -> dict[str, Any]:
    """Learn one way to decide as the lab does, from the same rows with the same seed, and give it as plain JSON.

    `method` is exponentiated_gradient, grid_search, thresholds, or baseline. "members" are [weight, scikit-learn pipeline packed by skops],
    "rules" what thresholds do in each group; `decide` opens and asks it. Raises SettingError where it cannot be learned.
    """
    if method not in ("baseline", *FITTED):
        raise SettingError(f'"{method}" is no fitted model.', "fit", nearest(method, ["baseline", *FITTED]))
    setup, found, _ = prepared(table, target, favourable, sensitive, constraint, kind, split, cuts, leave_out, slow_rows, seed)
    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # columns that are empty, fits that stop early
        baseline = baseline_of(setup, setup.frame.iloc[setup.train], setup.good[setup.train])
        try:
            made = Decider([(1.0, baseline)]) if method == "baseline" else decider(method, setup, baseline)
        except ValueError as error:
            raise SettingError(f"It cannot be learned with these groups: {error}", method, "Choose another way, or larger groups.") from error
    return {
        "method": method, "title": METHODS[method]["title"], "needs": METHODS[method]["needs"], "constraint": constraint, "model": kind, "target": target, "favourable": favourable,
        "sensitive": list(found.columns), "cuts": found.cuts, "features": {"numbers": list(setup.chosen.numbers), "categories": list(setup.chosen.categories)},
        "members": [[weight, packed(model)] for weight, model in made.members], "rules": made.rules, "seed": seed, "versions": versions(),
    }


def decide(model: Mapping[str, Any], frame: pd.DataFrame) -> pd.Series:
    """The decisions (rows,) of a fitted way about new rows, as True for the good one; by lot, with its seed, where it draws lots.

    Raises SettingError for columns that are gone, IntegrityError for a model that is damaged.
    """
    chosen = Features(tuple(model["features"]["numbers"]), tuple(model["features"]["categories"]), {})
    needed = [*chosen.names, *(model["sensitive"] if model["rules"] is not None else [])]
    gone = [name for name in needed if name not in frame.columns]
    if gone:
        raise SettingError(f'There is no column "{gone[0]}".', "decide", nearest(gone[0], [str(name) for name in frame.columns]))
    groups = np.full(len(frame), "", dtype=object)
    if model["rules"] is not None:
        keys = grouped_keys(frame, model["sensitive"], model["cuts"])
        lost = f"{UNKNOWN} (missing)" if any(f"{UNKNOWN} (missing)" in name for name in model["rules"]) else UNKNOWN
        groups = np.array([", ".join(lost if part is None else part for part in key) for key in keys], dtype=object)
    found = Decider([(weight, unpacked(text)) for weight, text in model["members"]], model["rules"])
    chances = found.chances(plain(frame, chosen), groups)
    return pd.Series(drawn(chances, model["seed"] % 2**31), index=frame.index, dtype="boolean")
