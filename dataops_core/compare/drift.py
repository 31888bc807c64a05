"""Drift: what changed from a reference table to another one, column by column; and one group of rows
against the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.compare.measure import TOO_FEW, compare_samples
from dataops_core.compare.sample import comparison_of, sample_of
from dataops_core.errors import SettingError, nearest
from dataops_core.table import Table, shown

GROUPS = 12


def drift(reference: Table, other: Table, *, columns: Sequence[str] | None = None) -> dict[str, Any]:
    """How another table differs from a reference, as plain JSON values.

    `{"rows", "schema", "columns", "drifted"}`: `rows` of both; `schema` with `added` and `removed` names, `changed`
    (name to the `type` and `kind` on both sides) and `differs` (names or types: kinds are guesses, and may follow from
    the rows); per common column what `compare_samples` tells, and `q`: the least p-value of its measures, corrected for
    them and, by Benjamini and Hochberg, for all columns (a difference with a q above 0.05 is "too few rows to tell");
    `drifted` the names with a large difference.
    """
    _known(reference, other, columns)
    mine, theirs = reference.names, other.names
    added, removed = [name for name in theirs if name not in mine], [name for name in mine if name not in theirs]
    changed, told = {}, {}
    for name in mine:
        if name not in theirs:
            continue
        before, after = reference.column(name), other.column(name)
        if (before.type, before.kind) != (after.type, after.kind):
            changed[name] = {"type": [before.type, after.type], "kind": [before.kind, after.kind]}
        if columns is None or name in columns:
            comparison = comparison_of(before, after)
            one, two = (sample_of(table.frame([name])[name], comparison) for table in (reference, other))
            told[name] = compare_samples(one, two, comparison)
    _across(told)
    differs = bool(added or removed or any(each["type"][0] != each["type"][1] for each in changed.values()))
    return {
        "rows": [reference.rows, other.rows],
        "schema": {"added": added, "removed": removed, "changed": changed, "differs": differs},
        "columns": told,
        "drifted": _drifted(told),
    }


def _across(told: dict[str, dict[str, Any]]) -> None:
    """Add `q` across columns (Benjamini & Hochberg 1995), and withdraw the verdict where chance among so many columns
    shows as much.
    """
    from scipy.stats import false_discovery_control

    p = {}
    for name, each in told.items():
        known = [measure["p"] for measure in each["measures"].values() if measure["p"] is not None]
        if known:
            p[name] = min(1.0, len(known) * min(known))
        each["q"] = None
    for name, q in zip(p, false_discovery_control(list(p.values())) if p else (), strict=True):
        told[name]["q"] = float(q)
        if q > 0.05 and told[name]["verdict"] in ("small", "large"):
            told[name]["verdict"] = TOO_FEW


def groups(table: Table, column: str, *, columns: Sequence[str] | None = None) -> dict[str, Any]:
    """How each group of rows differs from all the other rows, as plain JSON values.

    `{"column", "groups", "left_out"}`; a group is `{"value", "rows", "columns", "drifted"}`, told as `drift` tells of a
    table, with the other rows as the reference. The most frequent GROUPS values of the column make groups; the rows of
    the others are `left_out`.
    """
    _known(table, table, [column, *(columns or ())])
    by = shown(table.frame([column])[column])
    counts = by.value_counts()
    chosen = sorted(counts.index, key=lambda value: (-int(counts[value]), str(value)))[:GROUPS]
    masks = {str(value): (by == value).to_numpy(dtype=bool) for value in chosen}
    told: dict[str, dict[str, Any]] = {value: {} for value in masks}
    for name in table.names:
        if name != column and (columns is None or name in columns):
            for value, each in _against_the_rest(table, name, masks):
                told[value][name] = each
    found = [
        {"value": value, "rows": int(masks[value].sum()), "columns": each, "drifted": _drifted(each)}
        for value, each in told.items()
    ]
    return {"column": column, "groups": found, "left_out": table.rows - int(sum(mask.sum() for mask in masks.values()))}


def _drifted(told: dict[str, dict[str, Any]]) -> list[str]:
    return [name for name, each in told.items() if each["verdict"] == "large"]


def _against_the_rest(table: Table, name: str, masks: dict[str, np.ndarray]) -> Iterator[tuple[str, dict[str, Any]]]:
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
