"""Combination: values of some columns only come together in combinations that exist."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.synthetic.constraints.constraint import Constraint, SdvCall
from dataops_core.table import Column

LEAST = 30  # rows in which both columns are there
LEVELS = 1_000  # values of a column, at most
WIDE = 60  # columns that are looked at
Key = tuple[str | None, ...]


@dataclass(frozen=True)
class Combination(Constraint):
    """`combinations` counts those found, `allowed` lists those that a synthetic table may have, once learned."""

    combinations: int | None = None
    allowed: tuple[Key, ...] | None = None

    type = "combination"
    least = 2
    joint = True
    priority = 2

    @classmethod
    def read(cls, columns: tuple[str, ...], plain: Mapping[str, Any]) -> Combination:
        """From JSON: the columns, and what belongs to it beside them."""
        count = plain.get("combinations")
        return cls(columns, count if isinstance(count, int) else None)

    def words(self) -> str:
        """As a sentence."""
        names = ", ".join(f'"{name}"' for name in self.columns)
        return f"{names} only in combinations that exist"

    def satisfied(self, frame: pd.DataFrame) -> np.ndarray:
        """Whether each row (rows,) satisfies it."""
        if self.allowed is None:
            return np.ones(len(frame), dtype=bool)
        return np.asarray(combination_keys(frame, self.columns).isin(set(self.allowed)))

    def only(self, allowed: Collection[Key]) -> Combination:
        """The same with the combinations that a synthetic table may have."""
        return replace(self, allowed=tuple(allowed))

    def sdv(self) -> SdvCall:
        """As SDV takes it."""
        return SdvCall("FixedCombinations", {"column_names": list(self.columns)})

    def details(self) -> dict[str, Any]:
        """Never the values themselves: they may be of few people."""
        return {} if self.combinations is None else {"combinations": self.combinations}


def combination_keys(frame: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    """The values of several columns as one tuple of texts a row, None for a missing one."""
    cells = [
        [None if gone else str(value) for value, gone in zip(frame[name], frame[name].isna(), strict=True)]
        for name in names
    ]
    return pd.Series(list(zip(*cells, strict=True)), index=frame.index, dtype=object)


def find_combinations(frame: pd.DataFrame, columns: Sequence[Column], hot: set[str]) -> list[Combination]:
    """Columns whose values come in far fewer combinations than columns without a connection would have.

    Pairs count where six tenths of the combinations to be expected, or fewer, are there; pairs that share their finer
    column are one.
    """
    codes: dict[str, np.ndarray] = {}
    for column in columns:
        cells = frame[column.name]
        few = cells.nunique()
        coded = column.kind in ("category", "boolean") or (
            column.kind == "number" and column.type == "integer" and few <= 50
        )
        if coded and 2 <= few <= min(LEVELS, len(frame) // 3) and column.name not in hot and len(codes) < WIDE:
            codes[column.name] = pd.factorize(cells)[0]
    partners: dict[str, list[str]] = {}
    for one, other in combinations(codes, 2):
        if codes[one].max() < codes[other].max():
            one, other = other, one
        number_pair = all(frame[name].dtype != object and str(frame[name].dtype) != "boolean" for name in (one, other))
        if not number_pair and _connected(
            codes[one], codes[other], determined=any(frame[name].dtype != object for name in (one, other))
        ):
            partners.setdefault(one, []).append(other)

    def seen(names: Sequence[str]) -> int:
        return len(np.unique(np.stack([codes[name] for name in names]), axis=1).T)

    groups: list[list[str]] = []
    for names in sorted(([finer, *coarser] for finer, coarser in partners.items()), key=seen, reverse=True):
        into = next(
            (
                group
                for group in groups
                if set(group) & set(names) and seen(list(dict.fromkeys([*group, *names]))) <= 1.2 * seen(group)
            ),
            None,
        )
        if into is None:
            groups.append(names)
        else:
            into += [name for name in names if name not in into]
    return [Combination(tuple(names), len(set(combination_keys(frame[names].dropna(), names)))) for names in groups]


def _connected(a: np.ndarray, b: np.ndarray, *, determined: bool) -> bool:
    both = (a >= 0) & (b >= 0)
    a, b = a[both], b[both]
    if len(a) < LEAST:
        return False
    pairs, counts = np.unique(a.astype(np.int64) * (int(b.max()) + 1) + b, return_counts=True)
    p, q = (np.bincount(x) / len(x) for x in (a, b))
    seen = len(pairs)
    if (p > 0).sum() < 2 or (q > 0).sum() < 2:
        return False
    expected = float((1 - np.power(1 - np.outer(p, q), len(a))).sum())
    if determined and seen > (p > 0).sum():  # amounts and codes count only where the one tells the other
        return False
    return seen <= 0.6 * expected and (counts >= 2).mean() > 0.5
