"""Constant within a group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.table_view import TableView
from dataops_core.checks.wording import cell
from dataops_core.wording import counted

LEAST_IN_EXAMPLE = 10  # rows of a group among the rows looked at first
CELLS = 4_000_000  # looked at at once


@check(
    "Constant within a group",
    group="Between columns",
    scope="table",
    no_fix=(
        "A value that was never measured cannot be made up; set the group's cells to missing, or leave the group out."
    ),
)
def constant_per_group(look: TableView) -> Iterator[Hit]:
    """A column that varies, but holds one single value in all rows of some group: a shop, a device, a department.

    The group never measured it, or enters a default. Its rows look exact and say nothing.
    """
    groups = [
        n
        for n in look.named("category", "boolean", "id", types=["text", "integer", "boolean"], least=3, most=200)
        if look.distinct(n) <= look.rows / 20 and look.meant_facts(n)["kind"] != "number"
    ]
    values = [
        n
        for n in look.named("number", "category", "datetime", least=3, as_meant=True)
        if (n not in groups or look.distinct(n) > 2) and look.table.column(n).kind != "id"
    ]
    found: dict[bytes, list[Hit]] = {}
    told: set[str] = set()
    by_group = {group: _worth_a_look(look, group, values) for group in groups}
    for value in values:
        for group in groups:
            if group == value or value in told or value not in by_group[group]:
                continue
            if _determines(look, value, group):
                continue  # the group follows from the value: a town with one postal code
            mask = _still(look, group, value)
            if mask is not None and mask.any():
                told.add(value)
                names = sorted({str(look.values(group)[code]) for code in np.unique(look.codes(group)[mask])})
                where = ", ".join(cell(name, quotes=False) for name in names[:3])
                said = f"{value} never changes where {group} is {where}: {counted(mask.sum(), 'row')}."
                measured = look.meant_facts(value)["kind"] == "number"
                found.setdefault(np.packbits(mask).tobytes(), []).append(
                    Hit(mask, said, severity="warning" if measured else "note", columns=(group, value))
                )
    for hits in (
        found.values()
    ):  # a group in which many columns stand still is one thing told in many rows, such as one hospital
        yield from hits if len(hits) <= 2 else ()


def _worth_a_look(look: TableView, group: str, values: Sequence[str]) -> set[str]:
    """The values of which some group has one alone, seen in all of them at once: of a thousand columns a million pairs
    are to be passed over.
    """
    groups = look.example(group)
    order = np.argsort(groups, kind="stable")[(groups < 0).sum() :]
    if not len(order):
        return set()
    starts = np.flatnonzero(np.concatenate([[True], np.diff(groups[order]) != 0]))
    found: set[str] = set()
    at_once = max(1, CELLS // len(order))
    for part in (values[at : at + at_once] for at in range(0, len(values), at_once)):
        codes = np.stack([look.example(value)[order] for value in part])
        there = codes >= 0
        low = np.minimum.reduceat(np.where(there, codes, np.iinfo(codes.dtype).max), starts, axis=1)
        still = (low == np.maximum.reduceat(codes, starts, axis=1)) & (
            np.add.reduceat(there, starts, axis=1, dtype=np.int64) >= LEAST_IN_EXAMPLE
        )
        found |= {value for value, worth in zip(part, still.any(axis=1), strict=True) if worth}
    return found


def _still(look: TableView, group: str, value: str) -> np.ndarray | None:
    """The rows of groups in which the value stands still though it varies in most others, and that is no accident."""
    some_groups, some_values = look.example(group), look.example(value)
    if not _candidates(some_groups, some_values, LEAST_IN_EXAMPLE).any() or _follows(some_groups, some_values):
        return None
    groups, values = look.codes(group), look.codes(value)
    still = _candidates(groups, values, 20)
    return still[groups] & (groups >= 0) & (values >= 0) if still.any() else None


def _determines(look: TableView, value: str, group: str) -> bool:
    """Whether nearly every value comes in one group alone."""
    values, groups = look.example(value), look.example(group)
    both = (groups >= 0) & (values >= 0)
    width = int(groups.max(initial=0)) + 1
    pairs, counts = np.unique(values[both].astype(np.int64) * width + groups[both], return_counts=True)
    best = np.zeros(int(values.max(initial=0)) + 1, dtype=np.int64)
    np.maximum.at(best, pairs // width, counts)
    return bool(np.count_nonzero(best) > np.count_nonzero(np.bincount(groups[both])) and best.sum() > 0.95 * both.sum())


def _follows(groups: np.ndarray, values: np.ndarray) -> bool:
    """Whether most rows hold the usual value of their group: then the column depends on the group, and stands still by
    nature.
    """
    both = (groups >= 0) & (values >= 0)
    pairs, counts = np.unique(
        groups[both].astype(np.int64) * (int(values.max(initial=0)) + 1) + values[both], return_counts=True
    )
    best = np.zeros(int(groups.max(initial=0)) + 1, dtype=np.int64)
    np.maximum.at(best, pairs // (int(values.max(initial=0)) + 1), counts)
    return bool(np.median(best[best > 0] / np.bincount(groups[both], minlength=len(best))[best > 0]) > 0.9)


def _candidates(groups: np.ndarray, values: np.ndarray, least: int) -> np.ndarray:
    """Per group, whether all its (at least `least`) values are one, where fewer than a fifth of the groups are so."""
    both = (groups >= 0) & (values >= 0)
    size = int(groups.max(initial=0)) + 1
    low, high = np.full(size, np.iinfo(np.int64).max), np.full(size, -1, dtype=np.int64)
    a, b = groups[both], values[both].astype(np.int64)
    order = np.argsort(a, kind="stable")
    a, b = a[order], b[order]
    starts = np.flatnonzero(np.concatenate([[True], a[1:] != a[:-1]])) if len(a) else np.array([], dtype=int)
    if not len(starts):
        return np.zeros(size, dtype=bool)
    low[a[starts]], high[a[starts]] = np.minimum.reduceat(b, starts), np.maximum.reduceat(b, starts)
    counts = np.bincount(a, minlength=size)
    still = (low == high) & (counts >= least)
    share = np.bincount(b) / len(b)
    chance = share[np.where(still, low, 0)] ** np.maximum(counts, 1) * len(starts)
    still &= chance < 1e-6
    lively = (low != high) & (counts >= least)
    return still if still.sum() <= 0.25 * (still.sum() + lively.sum()) else np.zeros(size, dtype=bool)
