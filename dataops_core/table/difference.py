"""What differs between two tables that share row ids, or a key: schema, rows and cells, a column at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.record import Record
from dataops_core.table.kinds import shown
from dataops_core.table.table import Column, Table

SAMPLE = 200
_KEYED = ("key", "changed_rows_before")  # what only a comparison by key tells
ROWS = 50_000  # of each table that are compared at once
CELLS = 2_000_000  # of each table that are read at once where its rows are matched


@dataclass(frozen=True)
class Difference(Record):
    """Counts of what changed from one table to another, with the ids of the first rows of each sort.

    Where rows were matched by a key and not by their ids, `key` is the name that its column has after, and changed rows
    have an id in each table.
    """

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
    key: str = ""  # left out where rows were matched by their ids
    changed_rows_before: tuple[int, ...] = ()  # left out where rows were matched by their ids

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
        plain = super().to_json()
        return plain if self.key else {name: plain[name] for name in plain if name not in _KEYED}


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


def common_key(before: Table, after: Table, renamed: Mapping[str, str]) -> tuple[str, str] | None:
    """The identifier that tells rows apart in both tables, none missing and none twice: its names before and after."""
    for column in before.columns:
        name = renamed.get(column.name, column.name)
        if column.kind != "id" or name not in after.names or after.column(name).kind != "id":
            continue
        cells = (before.frame([column.name])[column.name], after.frame([name])[name])
        if all(each.is_unique and not each.isna().any() for each in cells):
            return column.name, name
    return None


def difference(
    before: Table, after: Table, renamed: Mapping[str, str] | None = None, key: tuple[str, str] | None = None
) -> Difference:
    """Compare two tables by row id: batch by batch where ids rise in both, else with one column in memory at a time; or
    by a key (see `common_key`).

    `renamed` maps old names to new ones, so that a renamed column is compared and not counted as lost.
    """
    names = {old: new for old, new in (renamed or {}).items() if old != new and new in after.names}
    if key is None:
        ids = [_ids(table) for table in (before, after)]
        if all(each is not None for each in ids):
            return _in_step(before, after, names, same_rows=ids[0] == ids[1])
    ids_before, ids_after = (table.frame([]).index for table in (before, after))
    by, by_after = (ids_before, ids_after) if key is None else _keys(before, after, key)
    same_rows = by.equals(by_after)
    place = np.arange(len(ids_after)) if same_rows else by.get_indexer(by_after)
    kept = place >= 0
    lost = np.ones(len(ids_before), dtype=bool)
    lost[place[kept]] = False
    touched = np.zeros(int(kept.sum()), dtype=bool)
    cells: dict[str, int] = {}
    emptied: dict[str, int] = {}
    pairs, retyped = _pairs(before, after, names)
    looked_at = [
        (column.name, name) for column, name in pairs if not same_rows or column.hash != after.column(name).hash
    ]
    for name, old, new in columns_of_both(before, after, looked_at):
        new = new[kept]
        mask = differs(old.iloc[place[kept]].set_axis(new.index), new)
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
        *_columns(before, after, names, pairs),
        retyped,
        _first(ids_before[lost]),
        _first(ids_after[~kept]),
        _first(ids_kept[touched]),
        *((key[1], _first(ids_before[place[kept]][touched])) if key else ()),
    )


def columns_of_both(
    before: Table, after: Table, pairs: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, pd.Series, pd.Series]]:
    """Columns of both tables, by their names before and after: as many are read at once as memory surely holds."""
    at_once = max(1, CELLS // max(before.rows, after.rows, 1))
    for start in range(0, len(pairs), at_once):
        some = pairs[start : start + at_once]
        one, other = before.frame([old for old, _ in some]), after.frame([new for _, new in some])
        for old, new in some:
            yield new, one[old], other[new]


def _keys(before: Table, after: Table, key: tuple[str, str]) -> tuple[pd.Index, pd.Index]:
    """The keys of the rows of both tables; as texts where they are of another type in each."""
    cells = [table.frame([name])[name] for table, name in zip((before, after), key, strict=True)]
    if cells[0].dtype != cells[1].dtype:
        cells = [shown(each) for each in cells]
    return pd.Index(cells[0].to_numpy()), pd.Index(cells[1].to_numpy())


def moved(before: Table, after: Table) -> Difference:
    """The difference of two tables with the same rows and cells in another order: none."""
    return Difference(before.rows, after.rows, 0, 0, 0, {}, {}, (), (), {}, {}, (), (), ())


def dropped(before: Table, after: Table) -> Difference:
    """The difference of two tables of which the second has some of the rows of the first, in their order, as they were.

    Only row ids are looked at, piece by piece.
    """
    first: list[int] = []
    if after.rows < before.rows:
        rest = (batch.index.to_numpy() for batch in after.batches([], ROWS))
        ahead = np.zeros(0, dtype="int64")
        for batch in before.batches([], ROWS):
            ids = batch.index.to_numpy()
            while len(ahead) < len(ids) and (some := next(rest, None)) is not None:
                ahead = np.concatenate([ahead, some])
            kept = np.isin(ids, ahead[: len(ids)])  # those of these rows that stay come next in the other table
            first += ids[~kept][: SAMPLE - len(first)].tolist()
            ahead = ahead[int(kept.sum()) :]
            if len(first) >= SAMPLE:
                break
    lost = before.rows - after.rows
    return Difference(before.rows, after.rows, lost, 0, 0, {}, {}, (), (), {}, {}, tuple(first), (), ())


def _pairs(
    before: Table, after: Table, names: Mapping[str, str]
) -> tuple[list[tuple[Column, str]], dict[str, tuple[str, str]]]:
    """The columns that are in both tables, with their names after, and those whose kind or type changed."""
    pairs: list[tuple[Column, str]] = []
    retyped: dict[str, tuple[str, str]] = {}
    for column in before.columns:
        name = names.get(column.name, column.name)
        if name not in after.names:
            continue
        other = after.column(name)
        pairs.append((column, name))
        if (column.type, column.kind) != (other.type, other.kind):
            retyped[name] = (column.kind, other.kind) if column.kind != other.kind else (column.type, other.type)
    return pairs, retyped


def _columns(
    before: Table, after: Table, names: Mapping[str, str], pairs: Sequence[tuple[Column, str]]
) -> tuple[tuple[str, ...], tuple[str, ...], dict[str, str]]:
    """The columns that were added, removed and renamed."""
    matched = {name for _, name in pairs}
    return (
        tuple(name for name in after.names if name not in matched),
        tuple(c.name for c in before.columns if names.get(c.name, c.name) not in after.names),
        {old: new for old, new in names.items() if old in before.names},
    )


def _ids(table: Table) -> bytes | None:
    """A hash of the row ids of a table, read batch by batch; None where they do not rise from row to row."""
    total, last = hashlib.sha256(), -1
    for batch in table.batches([]):
        ids = batch.index.to_numpy(dtype="int64")
        if len(ids) and (ids[0] <= last or (np.diff(ids) <= 0).any()):
            return None
        last = int(ids[-1]) if len(ids) else last
        total.update(ids.data)
    return total.digest()


def _in_step(before: Table, after: Table, names: Mapping[str, str], *, same_rows: bool) -> Difference:
    """Compare two tables whose row ids rise, going through both at once."""
    pairs, retyped = _pairs(before, after, names)
    looked_at = [
        (column.name, name) for column, name in pairs if not same_rows or column.hash != after.column(name).hash
    ]
    cells, emptied = dict.fromkeys((new for _, new in looked_at), 0), dict.fromkeys((new for _, new in looked_at), 0)
    counts = {"lost": 0, "added": 0, "touched": 0}
    firsts: dict[str, list[int]] = {key: [] for key in counts}

    def note(key: str, ids: pd.Index) -> None:
        counts[key] += len(ids)
        firsts[key] += ids[: max(0, SAMPLE - len(firsts[key]))].tolist()

    sides = ([old for old, _ in looked_at], [new for _, new in looked_at])
    for olds, news in _together(before, after, *sides) if looked_at or not same_rows else ():
        both = olds.index.intersection(news.index)
        note("lost", olds.index.difference(both))
        note("added", news.index.difference(both))
        touched = np.zeros(len(both), dtype=bool)
        for old, new in looked_at:
            now = news[new] if len(both) == len(news) else news.loc[both, new]
            mask = differs(olds[old] if len(both) == len(olds) else olds.loc[both, old], now)
            cells[new] += int(mask.sum())
            emptied[new] += int((now.isna().to_numpy(dtype=bool) & mask).sum())
            touched |= mask
        note("touched", both[touched])
    return Difference(
        before.rows,
        after.rows,
        counts["lost"],
        counts["added"],
        counts["touched"],
        {name: n for name, n in cells.items() if n},
        {name: n for name, n in emptied.items() if n},
        *_columns(before, after, names, pairs),
        retyped,
        tuple(firsts["lost"]),
        tuple(firsts["added"]),
        tuple(firsts["touched"]),
    )


def _together(
    before: Table, after: Table, olds: Sequence[str], news: Sequence[str]
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Some columns of two tables whose row ids rise, in pieces that hold the same range of ids."""
    sources = [table.batches(columns, ROWS) for table, columns in ((before, olds), (after, news))]
    parts = [next(source) for source in sources]
    while True:
        for side, source in enumerate(sources):
            while not len(parts[side]) and (some := next(source, None)) is not None:
                parts[side] = some
        ends = [part.index[-1] for part in parts if len(part)]
        if not ends:
            return
        at = [int(part.index.searchsorted(min(ends), side="right")) for part in parts]
        yield parts[0].iloc[: at[0]], parts[1].iloc[: at[1]]
        parts = [part.iloc[end:] for part, end in zip(parts, at, strict=True)]


def _first(ids: pd.Index) -> tuple[int, ...]:
    return tuple(int(i) for i in ids[:SAMPLE])
