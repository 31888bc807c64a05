"""What differs between two tables that share row ids: schema, rows and cells, a column at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.table.kinds import shown
from dataops_core.table.table import Table

SAMPLE = 200


@dataclass(frozen=True)
class Difference:
    """Counts of what changed from one table to another, with the ids of the first rows of each sort."""

    rows_before: int
    rows_after: int
    rows_dropped: int
    rows_added: int
    rows_changed: int
    cells_changed: dict[str, int]
    cells_emptied: dict[str, int]  # of those: held something before, and nothing after
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]
    columns_renamed: dict[str, str]
    columns_retyped: dict[str, tuple[str, str]]
    dropped_rows: tuple[int, ...]
    added_rows: tuple[int, ...]
    changed_rows: tuple[int, ...]

    @property
    def nothing(self) -> bool:
        """Whether the two tables are the same."""
        return not (
            self.rows_dropped
            or self.rows_added
            or self.rows_changed
            or self.columns_added
            or self.columns_removed
            or self.columns_renamed
            or self.columns_retyped
        )

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Difference:
        """The difference that `to_json` wrote."""
        listed: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in plain.items()
        }
        listed["columns_retyped"] = {name: tuple(pair) for name, pair in plain["columns_retyped"].items()}
        return cls(**listed)


def differs(before: pd.Series, after: pd.Series) -> np.ndarray:
    """A boolean per row, same rows in same order: whether the cell reads differently (missing equals missing)."""
    if before.dtype != after.dtype:
        before, after = shown(before), shown(after)
    gone, gone_after = before.isna().to_numpy(dtype=bool), after.isna().to_numpy(dtype=bool)
    if before.dtype == object:
        unequal = before.to_numpy() != after.to_numpy()
    else:
        unequal = (before != after).fillna(True).to_numpy(dtype=bool)
    return np.where(gone | gone_after, gone != gone_after, unequal.astype(bool))


def difference(before: Table, after: Table, renamed: Mapping[str, str] | None = None) -> Difference:
    """Compare two tables by row id, one column in memory at a time.

    `renamed` maps old names to new ones, so that a renamed column is compared and not counted as lost.
    """
    names = {old: new for old, new in (renamed or {}).items() if old != new and new in after.names}
    ids_before, ids_after = (table.frame([]).index for table in (before, after))
    same_rows = ids_before.equals(ids_after)
    place = np.arange(len(ids_after)) if same_rows else ids_before.get_indexer(ids_after)
    kept = place >= 0
    lost = np.ones(len(ids_before), dtype=bool)
    lost[place[kept]] = False
    touched = np.zeros(int(kept.sum()), dtype=bool)
    cells: dict[str, int] = {}
    emptied: dict[str, int] = {}
    retyped: dict[str, tuple[str, str]] = {}
    matched = set()
    for column in before.columns:
        name = names.get(column.name, column.name)
        if name not in after.names:
            continue
        matched.add(name)
        other = after.column(name)
        if (column.type, column.kind) != (other.type, other.kind):
            retyped[name] = (column.kind, other.kind) if column.kind != other.kind else (column.type, other.type)
        if same_rows and column.hash == other.hash:
            continue
        old = before.frame([column.name])[column.name].iloc[place[kept]]
        new = after.frame([name])[name][kept]
        mask = differs(old, new)
        if mask.any():
            cells[name] = int(mask.sum())
            lost_here = int((new.isna().to_numpy(dtype=bool) & mask).sum())
            emptied |= {name: lost_here} if lost_here else {}
            touched |= mask
    ids_kept = ids_after[kept]
    return Difference(
        len(ids_before),
        len(ids_after),
        int(lost.sum()),
        int((~kept).sum()),
        int(touched.sum()),
        cells,
        emptied,
        tuple(name for name in after.names if name not in matched),
        tuple(c.name for c in before.columns if names.get(c.name, c.name) not in after.names),
        {old: new for old, new in names.items() if old in before.names},
        retyped,
        _first(ids_before[lost]),
        _first(ids_after[~kept]),
        _first(ids_kept[touched]),
    )


def _first(ids: pd.Index) -> tuple[int, ...]:
    return tuple(int(i) for i in ids[:SAMPLE])
