"""How uneven the classes of a target are: in all rows, in each part of the split, and in each group of people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.models import PARTS
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._classes import class_codes, group_keys, group_name
from dataops_core.table import Table


def imbalance(table: Table, target: str, groups: Sequence[str] = (), split: str | None = None) -> dict[str, Any]:
    """Rows by class, by class and group, and by part: {"rows", "missing", "classes", "ratio", "groups", "parts",
    "words"}.

    Each of `classes` is {"value", "count", "share"}, the largest first; shares are of the rows that have a class.
    `ratio` is the largest class over the smallest. Each of `groups` is {"column", "group", "rows", "counts", "shares"},
    for every column and, with two or more, for their combinations ("sex, race"). `parts` says the same of train,
    validation and test: {"part", "rows", "missing", "classes", "ratio", "groups"}. Raises SettingError for a column
    that has no classes.
    """
    for name in (target, *groups, *([split] if split else [])):
        table.column(name)
    frame = table.frame(list(dict.fromkeys([target, *groups, *([split] if split else [])])))
    codes, classes = class_codes(frame[target], "imbalance")
    told = _of(frame, codes, classes, groups)
    parts = []
    if split is not None:
        part_of = np.array(cell_texts(frame[split]), dtype=object)
        parts = [
            {"part": part} | _of(frame[part_of == part], codes[part_of == part], classes, groups) for part in PARTS
        ]
    return {"target": target} | told | {"parts": parts, "words": words(target, told)}


def _of(frame: pd.DataFrame, codes: np.ndarray, classes: list[str], groups: Sequence[str]) -> dict[str, Any]:
    counts = np.bincount(codes[codes >= 0], minlength=len(classes))
    order = np.argsort(-counts, kind="stable")
    there = counts[counts > 0]
    listed = [
        {"value": classes[at], "count": int(counts[at]), "share": float(counts[at] / max(1, counts.sum()))}
        for at in order
    ]
    told_groups: list[dict[str, Any]] = []
    for columns in [[name] for name in groups] + ([list(groups)] if len(groups) > 1 else []):
        told_groups += _by(frame, codes, classes, columns)
    return {
        "rows": len(frame),
        "missing": int((codes < 0).sum()),
        "classes": listed,
        "ratio": float(there.max() / there.min()) if len(there) else None,
        "groups": told_groups,
    }


def _by(frame: pd.DataFrame, codes: np.ndarray, classes: list[str], columns: list[str]) -> list[dict[str, Any]]:
    keys = np.array([group_name(key) for key in group_keys(frame, columns)], dtype=object)
    told = []
    for group, codes_here in pd.Series(codes).groupby(keys):
        here = codes_here.to_numpy()
        counts = np.bincount(here[here >= 0], minlength=len(classes)).tolist()
        shares = [count / max(1, sum(counts)) for count in counts]
        told.append(
            {
                "column": ", ".join(columns),
                "group": str(group),
                "rows": len(here),
                "counts": dict(zip(classes, counts, strict=True)),
                "shares": dict(zip(classes, shares, strict=True)),
            }
        )
    return told


def words(target: str, told: dict[str, Any]) -> str:
    """The balance in plain words."""
    there = [each for each in told["classes"] if each["count"]]
    if len(there) < 2:
        return f"{target} has one class only, so there is nothing to balance."
    least, most = there[-1], there[0]
    said = (
        f'"{least["value"]}" is the rarest class of {target}: {least["count"]:,} rows ({least["share"]:.1%}), against'
        f' {most["count"]:,} of "{most["value"]}".'
    )
    if told["ratio"] < 1.5:
        return f"{said} The classes are about as large."
    gaps = [each for each in told["groups"] if not each["counts"][least["value"]]]
    if gaps:
        return f"{said} In some groups it does not occur at all: {'; '.join(each['group'] for each in gaps[:5])}."
    return said
