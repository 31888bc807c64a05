"""Drift: what changed from a reference table to another one, column by column; and one group of rows
against the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dataops_core.compare.measure import TOO_FEW, AcrossColumns, SampleDifference, compare_samples
from dataops_core.compare.sample import comparison_of, sample_of
from dataops_core.errors import SettingError, nearest
from dataops_core.record import Record
from dataops_core.table import Table, shown

GROUPS = 12


@dataclass(frozen=True, kw_only=True)
class ColumnChange(Record):
    """A column whose type or kind is another one now."""

    type: tuple[str, str]  # reference, file
    kind: tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class SchemaDifference(Record):
    """How the columns of two tables differ."""

    added: list[str]
    removed: list[str]
    changed: dict[str, ColumnChange]
    differs: bool  # in names or types; kinds are guesses, and may follow from the rows


@dataclass(frozen=True, kw_only=True)
class Drift(Record):
    """How a table differs from a reference."""

    rows: tuple[int, int]  # reference, file
    schema: SchemaDifference
    columns: dict[str, SampleDifference]  # that both have
    drifted: list[str]  # columns with a large difference


@dataclass(frozen=True, kw_only=True)
class GroupDrift(Record):
    """How a group of rows differs from all other rows."""

    value: str
    rows: int
    columns: dict[str, SampleDifference]
    drifted: list[str]


@dataclass(frozen=True, kw_only=True)
class GroupDrifts(Record):
    """How each group of rows differs from all other rows."""

    column: str
    groups: list[GroupDrift]  # of the 12 most frequent values
    left_out: int  # rows of other values


def drift(reference: Table, other: Table, *, columns: Sequence[str] | None = None) -> Drift:
    """How another table differs from a reference. Raises SettingError for a column that neither has."""
    _known(reference, other, columns)
    mine, theirs = reference.names, other.names
    added, removed = [name for name in theirs if name not in mine], [name for name in mine if name not in theirs]
    changed: dict[str, ColumnChange] = {}
    told: dict[str, SampleDifference] = {}
    for name in mine:
        if name not in theirs:
            continue
        before, after = reference.column(name), other.column(name)
        if (before.type, before.kind) != (after.type, after.kind):
            changed[name] = ColumnChange(type=(before.type, after.type), kind=(before.kind, after.kind))
        if columns is None or name in columns:
            comparison = comparison_of(before, after)
            one, two = (sample_of(table.frame([name])[name], comparison) for table in (reference, other))
            told[name] = compare_samples(one, two, comparison)
    told = _across(told)
    differs = bool(added or removed or any(each.type[0] != each.type[1] for each in changed.values()))
    return Drift(
        rows=(reference.rows, other.rows),
        schema=SchemaDifference(added=added, removed=removed, changed=changed, differs=differs),
        columns=told,
        drifted=_drifted(told),
    )


def _across(told: dict[str, SampleDifference]) -> dict[str, SampleDifference]:
    """The columns with `q` (Benjamini & Hochberg 1995), and without a verdict where chance among so many columns shows
    as much.
    """
    from scipy.stats import false_discovery_control

    p = {}
    for name, each in told.items():
        known = [measure.p for measure in each.measures.values() if measure.p is not None]
        if known:
            p[name] = min(1.0, len(known) * min(known))
    q = dict(zip(p, map(float, false_discovery_control(list(p.values())) if p else ()), strict=True))
    unclear = {name for name, each in q.items() if each > 0.05 and told[name].verdict in ("small", "large")}
    return {
        name: replace(each, verdict=TOO_FEW if name in unclear else each.verdict, across=AcrossColumns(q=q.get(name)))
        for name, each in told.items()
    }


def groups(table: Table, column: str, *, columns: Sequence[str] | None = None) -> GroupDrifts:
    """How each group of rows, by the most frequent values of a column, differs from all the other rows."""
    _known(table, table, [column, *(columns or ())])
    by = shown(table.frame([column])[column])
    counts = by.value_counts()
    chosen = sorted(counts.index, key=lambda value: (-int(counts[value]), str(value)))[:GROUPS]
    masks = {str(value): (by == value).to_numpy(dtype=bool) for value in chosen}
    told: dict[str, dict[str, SampleDifference]] = {value: {} for value in masks}
    for name in table.names:
        if name != column and (columns is None or name in columns):
            for value, each in _against_the_rest(table, name, masks):
                told[value][name] = each
    found = [
        GroupDrift(value=value, rows=int(masks[value].sum()), columns=each, drifted=_drifted(each))
        for value, each in told.items()
    ]
    left_out = table.rows - int(sum(mask.sum() for mask in masks.values()))
    return GroupDrifts(column=column, groups=found, left_out=left_out)


def _drifted(told: dict[str, SampleDifference]) -> list[str]:
    return [name for name, each in told.items() if each.verdict == "large"]


def _against_the_rest(table: Table, name: str, masks: dict[str, np.ndarray]) -> Iterator[tuple[str, SampleDifference]]:
    values: pd.Series = table.frame([name])[name]
    comparison = comparison_of(table.column(name), table.column(name))
    for value, mask in masks.items():
        yield (
            value,
            compare_samples(sample_of(values[~mask], comparison), sample_of(values[mask], comparison), comparison),
        )


def _known(reference: Table, other: Table, columns: Sequence[str] | None) -> None:
    names = [*reference.names, *(name for name in other.names if name not in reference.names)]
    for name in columns or ():
        if name not in names:
            raise SettingError(f'There is no column "{name}".', "columns", nearest(name, names))
