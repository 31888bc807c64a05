"""Who belongs to which group, and whose outcome is the good one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.steps._classes import class_codes
from dataops_core.steps._groups import cuts_for, group_texts, range_names
from dataops_core.table.kinds import type_of

UNKNOWN = "unknown"
DEEPEST = 3  # sensitive columns taken together
THIN = 30  # rows of a denominator below which a share is shown, and not judged


@dataclass(frozen=True)
class Groups:
    """The groups of a frame's rows: names by size, the place of each row's group in them, and ranges that were made of
    numbers.
    """

    columns: tuple[str, ...]
    names: list[str]
    codes: np.ndarray
    cuts: dict[str, list[float]] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()

    @property
    def sizes(self) -> np.ndarray:
        """Rows of each group."""
        return np.bincount(self.codes, minlength=len(self.names))

    def of(self, rows: np.ndarray) -> np.ndarray:
        """The names of the groups of some rows."""
        return np.array(self.names, dtype=object)[self.codes[rows]]

    def reference(self, asked: str | None = None) -> str:
        """The group that others are compared with: as asked, else the largest known one. Raises SettingError for one
        that is not there.
        """
        if asked is not None:
            if asked not in self.names:
                raise SettingError(
                    f'There is no group "{asked}" in {", ".join(self.columns)}.',
                    "reference",
                    nearest(asked, self.names),
                )
            return asked
        known = [
            (-int(size), at)
            for at, (name, size) in enumerate(zip(self.names, self.sizes, strict=True))
            if name not in self.unknown
        ]
        return self.names[min(known)[1]] if known else self.names[0]


def groups_of(
    frame: pd.DataFrame, sensitive: Sequence[str], cuts: Mapping[str, Sequence[float]] | None = None
) -> Groups:
    """The groups that sensitive columns make together; a missing value makes the group "unknown", amounts go into four
    ranges.

    Raises SettingError for no column, more than three, or a frame without rows.
    """
    columns = list(dict.fromkeys(sensitive))
    if not columns or len(columns) > DEEPEST:
        what = (
            "No sensitive column is chosen."
            if not columns
            else f"{len(columns)} sensitive columns taken together make too many groups."
        )
        raise SettingError(what, "sensitive", f"Choose one to {DEEPEST} columns that say who a person is.")
    if not len(frame):
        raise SettingError("There is no row to compare groups in.", "sensitive", "Bring a table with rows.")
    if any(not np.isfinite(list(given)).all() for given in (cuts or {}).values()):
        raise SettingError(
            "A range does not end at a number.", "cuts", "Give the ends of the ranges as numbers, such as 25."
        )
    ends = cuts_for(frame, columns, {name: sorted(set(given)) for name, given in (cuts or {}).items()})
    parts, whole = [], np.zeros(len(frame), dtype="int64")
    for name in columns:
        codes, values = pd.factorize(np.array(group_texts(frame[name], ends.get(name, ())), dtype=object))
        texts = [str(value) for value in values]
        parts.append((codes, [*texts, UNKNOWN if UNKNOWN not in texts else f"{UNKNOWN} (missing)"]))
        whole = whole * (len(texts) + 1) + np.where(codes < 0, len(texts), codes)
    _, first, places = np.unique(whole, return_index=True, return_inverse=True)
    keys = [tuple(texts[int(codes[row])] for codes, texts in parts) for row in first]
    names = [", ".join(key) for key in keys]
    if len(set(names)) < len(names):
        names = [", ".join(f"“{part}”" for part in key) for key in keys]
    lost = [any(int(codes[row]) < 0 for codes, _ in parts) for row in first]
    sizes = np.bincount(places)
    order = sorted(
        range(len(names)), key=lambda at: (lost[at], _rank(names[at], columns, ends, frame), -int(sizes[at]), names[at])
    )
    place = np.empty(len(order), dtype="int64")
    place[order] = np.arange(len(order))
    return Groups(
        tuple(columns),
        [names[at] for at in order],
        place[places.ravel()],
        ends,
        frozenset(name for name, gone in zip(names, lost, strict=True) if gone),
    )


def _rank(name: str, columns: list[str], ends: dict[str, list[float]], frame: pd.DataFrame) -> int:
    """Ranges of one column stand in their order, all else by size."""
    if len(columns) > 1 or not ends:
        return 0
    named = range_names(ends[columns[0]], type_of(frame[columns[0]]) == "datetime")
    return named.index(name) if name in named else len(named)


def named_ranges(found: Groups, frame: pd.DataFrame) -> dict[str, list[str]]:
    """What the ranges of amounts are called, by column."""
    return {name: range_names(ends, type_of(frame[name]) == "datetime") for name, ends in found.cuts.items()}


@dataclass(frozen=True)
class Outcome:
    """Who got the good outcome: by row good (rows,) and known (rows,), the class of each row (-1 missing), and the
    classes.
    """

    good: np.ndarray
    known: np.ndarray
    codes: np.ndarray
    classes: list[str]


def outcome_of(frame: pd.DataFrame, target: str, favorable: str | None) -> Outcome:
    """The outcome of each row; raises SettingError for a target without classes, or a favorable value that it does not
    hold.
    """
    codes, classes = class_codes(frame[target], "target")
    if favorable is None:
        raise SettingError(f'Nobody said which value of "{target}" is the good one.', "favorable", nearest("", classes))
    if favorable not in classes:
        raise SettingError(f'"{target}" has no value "{favorable}".', "favorable", nearest(favorable, classes))
    return Outcome(codes == classes.index(favorable), codes >= 0, codes, classes)
