"""How uneven the classes of a target are: in all rows, in each part of the split, and in each group of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dataops_core.models import PARTS
from dataops_core.record import Record, spread
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._classes import class_codes, group_keys, group_name
from dataops_core.table import Table


@dataclass(frozen=True, kw_only=True)
class ClassCount(Record):
    """The rows of a class."""

    value: str
    count: int
    share: float  # of the rows that have a class


@dataclass(frozen=True, kw_only=True)
class GroupClasses(Record):
    """The classes within a group."""

    column: str  # or columns, as in "sex, race"
    group: str
    rows: int
    counts: dict[str, int]  # by class
    shares: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Classes(Record):
    """The classes of some rows."""

    rows: int
    missing: int  # rows without a class
    classes: list[ClassCount]  # the largest first
    ratio: float | None  # the largest class over the smallest
    groups: list[GroupClasses]  # by each column, and by all together


@dataclass(frozen=True, kw_only=True)
class PartClasses(Record):
    """The classes of a part of the split."""

    part: str  # train, validation or test
    counted: Classes = spread()


@dataclass(frozen=True, kw_only=True)
class Imbalance(Record):
    """How uneven the classes of a target are."""

    target: str
    counted: Classes = spread()
    parts: list[PartClasses]
    words: str


def imbalance(table: Table, target: str, groups: Sequence[str] = (), split: str | None = None) -> Imbalance:
    """Rows by class, by class and group, and by part of the split. Raises SettingError for a column without classes."""
    for name in (target, *groups, *([split] if split else [])):
        table.column(name)
    frame = table.frame(list(dict.fromkeys([target, *groups, *([split] if split else [])])))
    codes, classes = class_codes(frame[target], "imbalance")
    told = _of(frame, codes, classes, groups)
    parts = []
    if split is not None:
        part_of = np.array(cell_texts(frame[split]), dtype=object)
        parts = [
            PartClasses(part=part, counted=_of(frame[part_of == part], codes[part_of == part], classes, groups))
            for part in PARTS
        ]
    return Imbalance(target=target, counted=told, parts=parts, words=words(target, told))


def _of(frame: pd.DataFrame, codes: np.ndarray, classes: list[str], groups: Sequence[str]) -> Classes:
    counts = np.bincount(codes[codes >= 0], minlength=len(classes))
    order = np.argsort(-counts, kind="stable")
    there = counts[counts > 0]
    listed = [
        ClassCount(value=classes[at], count=int(counts[at]), share=float(counts[at] / max(1, counts.sum())))
        for at in order
    ]
    told_groups: list[GroupClasses] = []
    for columns in [[name] for name in groups] + ([list(groups)] if len(groups) > 1 else []):
        told_groups += _by(frame, codes, classes, columns)
    return Classes(
        rows=len(frame),
        missing=int((codes < 0).sum()),
        classes=listed,
        ratio=float(there.max() / there.min()) if len(there) else None,
        groups=told_groups,
    )


def _by(frame: pd.DataFrame, codes: np.ndarray, classes: list[str], columns: list[str]) -> list[GroupClasses]:
    keys = np.array([group_name(key) for key in group_keys(frame, columns)], dtype=object)
    told = []
    for group, codes_here in pd.Series(codes).groupby(keys):
        here = codes_here.to_numpy()
        counts = np.bincount(here[here >= 0], minlength=len(classes)).tolist()
        shares = [count / max(1, sum(counts)) for count in counts]
        told.append(
            GroupClasses(
                column=", ".join(columns),
                group=str(group),
                rows=len(here),
                counts=dict(zip(classes, counts, strict=True)),
                shares=dict(zip(classes, shares, strict=True)),
            )
        )
    return told


def words(target: str, told: Classes) -> str:
    """The balance in plain words."""
    there = [each for each in told.classes if each.count]
    if len(there) < 2:
        return f"{target} has one class only, so there is nothing to balance."
    least, most = there[-1], there[0]
    said = (
        f'"{least.value}" is the rarest class of {target}: {least.count:,} rows ({least.share:.1%}), against'
        f' {most.count:,} of "{most.value}".'
    )
    if (told.ratio or 1.0) < 1.5:
        return f"{said} The classes are about as large."
    gaps = [each for each in told.groups if not each.counts[least.value]]
    if gaps:
        return f"{said} In some groups it does not occur at all: {'; '.join(each.group for each in gaps[:5])}."
    return said
