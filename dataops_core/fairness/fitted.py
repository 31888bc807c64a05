"""A fitted way to decide as plain JSON, so that it can ship with a version; the same one that the lab judged."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.fairness.compare_mitigations import PAIR, SLOW_ROWS, compared, prepared
from dataops_core.fairness.group_definitions import THIN, UNKNOWN
from dataops_core.fairness.mitigations import (
    FITTED,
    METHODS,
    SLOW,
    Constraint,
    Decider,
    Setup,
    ThresholdRule,
    decider,
    drawn,
)
from dataops_core.fairness.mitigations import fitted as baseline_of
from dataops_core.fairness.model_schema import ModelJson
from dataops_core.fairness.refits import refits
from dataops_core.fairness.versions import versions
from dataops_core.models import Features, dumps, loads, one_thread, plain
from dataops_core.progress import Progress, no_progress
from dataops_core.record import as_json
from dataops_core.steps._groups import grouped_keys
from dataops_core.table import Table

FORMAT = "dataops-model/1"
LEARNED = ("baseline", *FITTED)
JUDGED = ("accuracy", "balanced_accuracy", "selection_gap", "odds_gap", "pays", "gains", "levels_down", "intervals")


def fit(
    table: Table,
    target: str,
    favorable: str,
    sensitive: Sequence[str],
    method: str,
    *,
    constraint: Constraint = "demographic_parity",
    kind: Literal["linear", "trees"] = "linear",
    split: str | None = None,
    cuts: Mapping[str, Sequence[float]] | None = None,
    leave_out: Sequence[str] = (),
    slow_rows: int = SLOW_ROWS,
    seed: int = 0,
    progress: Progress = no_progress,
) -> ModelJson:
    """Learn one way to decide as the lab does, from the same rows with the same seed, and give it as plain JSON.

    `method` is exponentiated_gradient, grid_search, thresholds, or baseline. "members" are [weight, scikit-learn
    pipeline packed by skops], "rules" what thresholds do in each group; `decide` opens and asks it. "learned_from"
    names the table by its content hash, "judged" says what the lab finds of it on the rows held back: accuracy, gaps,
    who pays and who gains. Raises SettingError where it cannot be learned.
    """
    if method not in LEARNED:
        raise SettingError(f'"{method}" is not a fitted model.', "fit", nearest(method, LEARNED))
    setup, found, _ = prepared(
        table, target, favorable, sensitive, constraint, kind, split, cuts, leave_out, slow_rows, seed
    )
    progress(0.1, METHODS[method].title)
    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # columns that are empty, fits that stop early
        baseline = baseline_of(setup, setup.frame.iloc[setup.train], setup.good[setup.train])
        try:
            made = Decider([(1.0, baseline)]) if method == "baseline" else decider(method, setup, baseline)
        except ValueError as error:
            raise SettingError(
                f"It cannot be learned with these groups: {error}", method, "Choose another way, or larger groups."
            ) from error
    progress(0.8, "Judging")
    rows = {
        "rows": len(setup.some) if method in SLOW else len(setup.train),
        "of": len(setup.frame),
        "content_hash": table.content_hash,
    }
    return {
        "format": FORMAT,
        "method": method,
        "title": METHODS[method].title,
        "needs": METHODS[method].needs,
        "at_prediction": METHODS[method].at_prediction,
        "constraint": constraint,
        "model": kind,
        "target": target,
        "favorable": favorable,
        "sensitive": list(found.columns),
        "cuts": found.cuts,
        "features": {"numbers": list(setup.chosen.numbers), "categories": list(setup.chosen.categories)},
        "left_out_features": setup.chosen.left_out,
        "members": [[weight, dumps(model)] for weight, model in made.members],
        "rules": as_json(made.rules),
        "learned_from": rows,
        "judged": _judged(method, made, baseline, setup),
        "seed": seed,
        "versions": versions(),
    }


def _judged(method: str, made: Decider, baseline: Any, setup: Setup) -> ModelJson:
    """What the lab says of the decisions about the rows held back, against those of the baseline."""
    cells = plain(setup.frame.iloc[setup.judge], setup.chosen)
    groups = setup.groups[setup.judge]
    ours, before = (drawn(each.chances(cells, groups), setup.seed) for each in (made, Decider([(1.0, baseline)])))
    told = compared(ours, before, setup, PAIR[setup.constraint], THIN)
    if told.pays or told.gains:  # may be chance in the rows that it learned from
        told = compared(ours, before, setup, PAIR[setup.constraint], THIN, again=refits([method], setup)[method])
    return {"rows": len(setup.judge)} | {key: as_json(getattr(told, key)) for key in JUDGED}


def check(model: Any, where: str) -> ModelJson:
    """A parsed JSON document as a fitted way to decide; raises SettingError where it is none."""
    from dataops_core.fairness.model_schema import problem_of

    if why := problem_of(model):
        raise SettingError(
            f"This is not a fitted model ({why}).",
            where,
            "Make one with the command fit, or take one from the folder models of a bundle.",
        )
    return dict(model)


def features_of(model: Mapping[str, Any]) -> list[str]:
    """The columns that a fitted way decides by, numbers first."""
    return [*model["features"]["numbers"], *model["features"]["categories"]]


def decide(model: Mapping[str, Any], frame: pd.DataFrame) -> pd.Series:
    """The decisions (rows,) of a fitted way about new rows, as True for the good one; by lot, with its seed, where it
    draws lots.

    Raises SettingError for columns that are gone, IntegrityError for a model that is damaged.
    """
    chosen = Features(tuple(model["features"]["numbers"]), tuple(model["features"]["categories"]), {})
    needed = [*chosen.names, *(model["sensitive"] if model["rules"] is not None else [])]
    gone = [name for name in needed if name not in frame.columns]
    if gone:
        group = " It decides by group, so it needs the sensitive columns too." if gone[0] in model["sensitive"] else ""
        raise SettingError(
            f'There is no column "{gone[0]}".{group}', "decide", nearest(gone[0], [str(name) for name in frame.columns])
        )
    groups = np.full(len(frame), "", dtype=object)
    if model["rules"] is not None:
        keys = grouped_keys(frame, model["sensitive"], model["cuts"])
        lost = f"{UNKNOWN} (missing)" if any(f"{UNKNOWN} (missing)" in name for name in model["rules"]) else UNKNOWN
        groups = np.array([", ".join(lost if part is None else part for part in key) for key in keys], dtype=object)
    rules = model["rules"] and {name: ThresholdRule.from_json(rule) for name, rule in model["rules"].items()}
    found = Decider([(weight, loads(text)) for weight, text in model["members"]], rules)
    chances = found.chances(plain(frame, chosen), groups)
    return pd.Series(drawn(chances, model["seed"] % 2**31), index=frame.index, dtype="boolean")
