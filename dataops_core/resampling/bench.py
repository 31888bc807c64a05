"""The bench: what each method of balancing classes does to a model's judgement, in repeated cross-validation."""

from __future__ import annotations

import contextlib
import time
import warnings
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, Skip, nearest
from dataops_core.evaluation.class_measures import MEASURES, curve, looks, measured, verdict
from dataops_core.evaluation.folds import plan_folds, sampled
from dataops_core.models import Features, estimator, features, one_thread, plain, training
from dataops_core.progress import Progress, no_progress
from dataops_core.resampling.methods import METHODS, fitting
from dataops_core.resampling.recommend import advice, step_of
from dataops_core.stats.cross_validation import interval
from dataops_core.steps import get
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._classes import class_codes, group_keys, group_name
from dataops_core.table import Table

SAMPLE = 6_000  # rows that a bench judges with, at most, unless it is asked for more


def bench(
    table: Table,
    target: str,
    *,
    favorable: str | None = None,
    sensitive: Sequence[str] = (),
    methods: Sequence[str] | None = None,
    seed: int = 0,
    split: str | None = None,
    repeats: int = 2,
    folds: int = 5,
    kind: Literal["linear", "trees"] = "linear",
    sample: int = SAMPLE,
    progress: Progress = no_progress,
) -> dict[str, Any]:
    """Compare methods of balancing the classes of a target with doing nothing, by repeated stratified cross-validation.

    Only training rows are used, a stratified sample of them where there are many; each method works inside the folds,
    on the rows that a model learns from, never on those that judge it. Per method: "means" and, against doing nothing
    in the same folds, "difference" (mean, 95 % interval by the corrected resampled t-test, for all methods and measures
    of a question at once, verdict), "mean_predicted" and "observed" share and "curve" of the rare class, "by_group"
    (recall of the rare class, share decided favorable), "seconds". Then "recommended", "reason" and the "step" for the
    recipe, none where nothing helps. `threshold` decides by the share of a class instead of one half. Raises
    SettingError where the target has no two classes with two rows each, or a name is unknown.
    """
    for name in (target, *sensitive, *([split] if split else [])):
        table.column(name)
    rows = training(table.frame(), split).drop(columns=[split] if split else [])
    codes, classes = class_codes(rows[target], "resample-bench")
    rows, codes = rows[codes >= 0], codes[codes >= 0]
    chosen_methods, left_out = _methods(rows, target, methods)
    counts = np.bincount(codes, minlength=len(classes))
    if favorable is not None and favorable not in classes:
        raise SettingError(f'"{target}" has no value "{favorable}".', "resample-bench", nearest(favorable, classes))
    if len(classes) < 2 or counts.min() < 2:
        what = (
            "has one class only"
            if len(classes) < 2
            else f'has a class with one row ("{classes[int(counts.argmin())]}")'
        )
        raise SettingError(
            f'"{target}" {what}, and a bench needs two rows of each of two classes.',
            "resample-bench",
            "Join rare classes, or choose another target.",
        )
    of, kept = len(rows), sampled(len(rows), sample, codes, seed)
    rows, codes = rows.iloc[kept], codes[kept]
    chosen = features([column for column in table.columns if column.name != split], rows, leave_out=[target])
    if not chosen.names:
        raise SettingError(
            "No column is left to predict the target from.", "resample-bench", "Bring a table with more columns."
        )
    counts = np.bincount(codes, minlength=len(classes))
    rare, folds = int(counts.argmin()), max(2, min(folds, int(counts.min())))
    runs = _runs(rows, codes, target, classes, chosen, chosen_methods, kind, seed % 2**31, repeats, folds, progress)
    left_out |= {name: run["failed"] for name, run in runs.items() if run["failed"]}
    runs = {name: run for name, run in runs.items() if not run["failed"]}
    keys = {name: [group_name(key) for key in group_keys(rows, [name])] for name in sensitive}
    told = {
        name: _told(run, runs["nothing"], codes, rare, classes, favorable, keys, folds, len(runs) - 1)
        for name, run in runs.items()
    }
    fits = fitting(rows, target)
    told = {
        name: {"title": METHODS[name], "variant": fits[name]["variant"]} | each | {"step": step_of(name, target)}
        for name, each in told.items()
    }
    return {
        "target": target,
        "rare": classes[rare],
        "classes": {name: int(count) for name, count in zip(classes, counts, strict=True)},
        "rows": len(rows),
        "of": of,
        "folds": folds,
        "repeats": repeats,
        "seed": seed,
        "model": kind,
        "features": chosen.names,
        "measures": MEASURES,
        "methods": told,
        "left_out": left_out,
    } | advice(told, {name: run["results"] for name, run in runs.items()}, target, folds)


def _methods(rows: pd.DataFrame, target: str, methods: Sequence[str] | None) -> tuple[list[str], dict[str, str]]:
    for name in methods or ():
        if name not in METHODS:
            raise SettingError(f'There is no method "{name}".', "resample-bench", nearest(name, METHODS))
    fits = fitting(rows, target)
    asked = dict.fromkeys(["nothing", "threshold", *(METHODS if methods is None else methods)])
    return [name for name in asked if fits[name]["fits"]], {
        name: fits[name]["why"] for name in asked if not fits[name]["fits"]
    }


def _runs(
    rows: pd.DataFrame,
    codes: np.ndarray,
    target: str,
    classes: list[str],
    chosen: Features,
    methods: list[str],
    kind: Literal["linear", "trees"],
    seed: int,
    repeats: int,
    folds: int,
    progress: Progress,
) -> dict[str, dict[str, Any]]:
    """Per method the results of each fold, the probabilities and decisions of each repeat, seconds, and why it failed
    if it did.
    """
    runs: dict[str, dict[str, Any]] = {
        name: {
            "results": {measure: [] for measure in MEASURES},
            "chances": [],
            "decided": [],
            "seconds": 0.0,
            "failed": "",
        }
        for name in methods
    }
    rare, cells, done = int(np.bincount(codes).argmin()), plain(rows, chosen), 0
    for run in runs.values():
        run["chances"] = [np.zeros((len(rows), len(classes))) for _ in range(repeats)]
        run["decided"] = [np.zeros(len(rows), dtype=int) for _ in range(repeats)]
    for fold in plan_folds(len(rows), codes, folds=folds, repeats=repeats, seed=seed).rounds:
        learn, judge, repeat = fold.learn, fold.judge, fold.repeat
        shares = np.bincount(codes[learn], minlength=len(classes)) / len(learn)
        for name in [name for name in methods if not runs[name]["failed"]]:
            progress(done / (repeats * folds * len(methods)), f"{METHODS[name]}, repeat {repeat + 1} of {repeats}")
            done += 1
            run, start = runs[name], time.perf_counter()
            try:
                if name == "threshold":
                    chances = runs["nothing"]["chances"][repeat][judge]
                else:
                    chances = _chances(
                        rows.iloc[learn], target, classes, chosen, name, kind, seed + repeat, cells.iloc[judge]
                    )
            except SettingError as error:
                run["failed"] = str(error)
                continue
            decided = (chances / shares if name == "threshold" else chances).argmax(axis=1)
            run["seconds"] += time.perf_counter() - start
            run["chances"][repeat][judge], run["decided"][repeat][judge] = chances, decided
            for measure, value in measured(chances, decided, codes[judge], rare).items():
                run["results"][measure].append(value)
    progress(1.0, "Done")
    return runs


def _chances(
    rows: pd.DataFrame,
    target: str,
    classes: list[str],
    chosen: Features,
    method: str,
    kind: Literal["linear", "trees"],
    seed: int,
    judged: pd.DataFrame,
) -> np.ndarray:
    """The probabilities (rows, classes) that a model gives to the judged rows after learning from the others, balanced
    by the method.
    """
    weights = None
    if method == "weights":
        weights = get("add_weights")(rows[[target]], target=target, into=f"{target} weight").iloc[:, -1].to_numpy()
    elif method != "nothing":
        with contextlib.suppress(Skip):  # nothing to change in this fold
            rows = get("resample_rows")(rows, target=target, method=method, into=_free(rows), seed=seed)
    place = {name: code for code, name in enumerate(classes)}
    labels = np.array([place[text] for text in cell_texts(rows[target], time=True) if text is not None])
    given = {} if weights is None else {"model__sample_weight": weights}
    with warnings.catch_warnings(), one_thread():
        # a fold in which a column is empty, a fit that stops early: all methods meet the same
        warnings.simplefilter("ignore")
        model = estimator(chosen, "classes", kind, seed).fit(plain(rows, chosen), labels, **given)
        out = np.zeros((len(judged), len(classes)))
        out[:, model.classes_] = model.predict_proba(judged)
    return out


def _free(rows: pd.DataFrame) -> str:
    """A name for the marks that no column has."""
    name = "resampled"
    while name in rows.columns:
        name += "_"
    return name


def _told(
    run: dict[str, Any],
    nothing: dict[str, Any],
    codes: np.ndarray,
    rare: int,
    classes: list[str],
    favorable: str | None,
    keys: dict[str, list[str]],
    folds: int,
    methods: int,
) -> dict[str, Any]:
    difference = {}
    for measure in MEASURES:
        pairs = zip(run["results"][measure], nothing["results"][measure], strict=True)
        apart = interval([one - other for one, other in pairs], folds, looks(measure, methods))
        difference[measure] = apart | {"verdict": verdict(apart, measure)}
    chances = np.concatenate([each[:, rare] for each in run["chances"]])
    truth, decided = np.tile(codes, len(run["chances"])), np.concatenate(run["decided"])
    groups: dict[str, dict[str, Any]] = {}
    for column, names in keys.items():
        of = np.tile(np.array(names, dtype=object), len(run["chances"]))
        groups[column] = {}
        for group in sorted(set(names)):
            here, wanted = of == group, (of == group) & (truth == rare)
            groups[column][group] = {
                "rows": int(here.sum() / len(run["chances"])),
                "recall": float((decided[wanted] == rare).mean()) if wanted.any() else None,
                "recall_of": int(wanted.sum() / len(run["chances"])),
            } | (
                {"favorable": float((decided[here] == classes.index(favorable)).mean())}
                if favorable is not None
                else {}
            )
    return {
        "means": {measure: interval(run["results"][measure], folds) for measure in MEASURES},
        "difference": difference,
        "mean_predicted": float(chances.mean()),
        "observed": float((truth == rare).mean()),
        "curve": curve(chances, truth == rare),
        "by_group": groups,
        "seconds": round(run["seconds"], 3),
    }
