"""Which methods of balancing classes fit a table, and why others do not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.models import training
from dataops_core.record import Record
from dataops_core.steps._classes import class_codes
from dataops_core.steps._distances import point_columns
from dataops_core.steps._resampling import MAKING, smote_for
from dataops_core.steps.resample_rows import fit_for
from dataops_core.table import Table

METHODS = {
    "nothing": "Do nothing",
    "threshold": "Do nothing, and decide by another threshold",
    "weights": "Weights",
    "over_random": "Repeat rows of small classes",
    "under_random": "Drop rows of large classes",
    "smote": "SMOTE",
    "borderline_smote": "Borderline SMOTE",
    "adasyn": "ADASYN",
    "tomek": "Tomek links",
    "enn": "Edited nearest neighbours",
    "near_miss": "NearMiss",
    "smote_tomek": "SMOTE and Tomek links",
    "smote_enn": "SMOTE and edited nearest neighbours",
}


@dataclass(frozen=True)
class MethodFit(Record):
    """Whether a method fits a table."""

    title: str
    fits: bool
    why: str  # why not
    variant: str  # which SMOTE it would be


def methods_for(table: Table, target: str, split: str | None = None) -> dict[str, MethodFit]:
    """For each method whether it fits the training rows, why not, and which SMOTE it would be.

    Raises SettingError for a target without classes.
    """
    for name in (target, *([split] if split else [])):
        table.column(name)
    return fitting(training(table.frame(), split), target, split)


def fitting(rows: pd.DataFrame, target: str, split: str | None = None) -> dict[str, MethodFit]:
    """The same for training rows in memory."""
    codes, classes = class_codes(rows[target], "methods_for")
    counts = np.bincount(codes[codes >= 0], minlength=len(classes))
    numbers, categories, _ = point_columns(rows, [target, *([split] if split else [])])
    told = {}
    for method, title in METHODS.items():
        why = "" if len(classes) > 1 else "The target has one class only."
        if not why and method not in ("nothing", "threshold", "weights"):
            why = _why_not(rows, numbers, categories, method)
        if not why and method in MAKING and counts.min() < 2:
            why = f'Class "{classes[int(counts.argmin())]}" has one row, and a new row lies between two.'
        variant = (
            smote_for(len(numbers), len(categories))
            if method in ("smote", "smote_tomek", "smote_enn") and not why
            else ""
        )
        told[method] = MethodFit(title, not why, why, variant)
    return told


def _why_not(rows: pd.DataFrame, numbers: list[str], categories: list[str], method: str) -> str:
    try:
        fit_for(rows, numbers, categories, method)
    except SettingError as error:
        return f"{error.what} {error.fix}"
    return ""
