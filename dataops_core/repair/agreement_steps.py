"""Accepted repairs of cells that contradict their groups, as steps that make rows agree."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from dataops_core.recipe.recipe import RecipeStep
from dataops_core.repair.agreement import tops
from dataops_core.repair.dependencies import groups_of
from dataops_core.repair.encoding import EncodedTable
from dataops_core.repair.proposal import Repair

CAUSES = ("agreement", "missing")
LEAST_ROWS = 3  # of a group that hold the value already
FEWEST = 2  # repairs for which a step is worth while
MOST_GROUPS = 50_000  # whose values are remembered in a step
SHARE = 80.0  # per cent, at which a group is settled where the step learns anew
Cell = tuple[int, str]


def agreement_steps(
    repairs: Sequence[Repair], before: EncodedTable, why: str = ""
) -> tuple[list[RecipeStep], set[Cell]]:
    """The steps that make rows agree, and the cells that they repair; they change no other cell once all other repairs
    are made. `before` holds the columns of the repairs and those that decide.

    A step comes after those that repair its deciding columns; where columns decide about each other, one of them is
    left to other steps.
    """
    own: defaultdict[str, list[Repair]] = defaultdict(list)
    for repair in repairs:
        if repair.cause in CAUSES and repair.by:
            own[repair.column].append(repair)
    parsed = {repair.column for repair in repairs if repair.cause == "unit"}  # texts that become numbers
    after = before.copy()
    for repair in repairs:
        column = after.columns[after.place(repair.column)]
        column.codes[repair.row] = -1 if repair.new is None else column.code_of(repair.new)
    learned: dict[tuple[str, ...], dict[str, Any]] = {}
    covered: set[Cell] = set()
    waiting = [column.name for column in before.columns if column.name in own and column.name not in parsed]
    while waiting:
        name = next((name for name in waiting if not _deciding(own[name]) & set(waiting)), waiting[0])
        usable = [each for each in own[name] if not set(each.by) & {*waiting, *parsed}]
        for by, settled, cells in _settled(name, usable, before, after):
            learned.setdefault(by, {})[name] = settled
            covered |= cells
        waiting.remove(name)
    steps = [
        RecipeStep(
            "make_rows_agree",
            {"columns": list(settled), "by": list(by), "share": SHARE, "rows": LEAST_ROWS},
            learned={"settled": settled},
            why=why,
        )
        for by, settled in learned.items()
    ]
    return steps, covered


def _deciding(repairs: Sequence[Repair]) -> set[str]:
    return {name for repair in repairs for name in repair.by}


def _settled(
    name: str, repairs: Sequence[Repair], before: EncodedTable, after: EncodedTable
) -> Iterator[tuple[tuple[str, ...], dict[str, str], set[Cell]]]:
    """Per deciding columns, those with most repairs first: the values of groups that agree, and the cells repaired."""
    place = after.place(name)
    column, old = after.columns[place], before.columns[place].codes
    left = {repair.row: tuple(repair.by) for repair in repairs}
    for by, _ in sorted(Counter(left.values()).items(), key=lambda pair: (-pair[1], pair[0])):
        deciding = tuple(after.place(each) for each in by)
        groups = groups_of(after, deciding)
        top, count, _, _ = tops(groups, column.codes, len(column.values))
        number = len(top) - 1
        size = np.bincount(groups[groups >= 0], minlength=number)
        held = np.bincount(groups[(groups >= 0) & (old == top[groups])], minlength=number)
        agreed = (count[:number] == size) & (held >= LEAST_ROWS)
        cells = {row for row in left if groups[row] >= 0 and agreed[groups[row]]}
        if len(cells) < FEWEST:
            continue
        firsts = np.full(number, -1, dtype=np.int64)
        firsts[groups[groups >= 0]] = np.flatnonzero(groups >= 0)
        kept = np.flatnonzero(agreed)
        if len(kept) > MOST_GROUPS:
            kept = np.unique(groups[sorted(cells)])
        settled = {}
        for group in kept.tolist():
            row = firsts[group]
            key = [after.columns[at].values[after.columns[at].codes[row]] for at in deciding]
            settled[json.dumps(key, ensure_ascii=False)] = column.values[int(top[group])]
        for row in cells:
            del left[row]
        yield by, settled, {(row, name) for row in cells}
