"""Accepted repairs as recipe steps that people can read: values replaced wherever they stand, single cells, and rows
that are made to agree.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dataops_core.recipe.recipe import RecipeStep
from dataops_core.repair.agreement_steps import agreement_steps
from dataops_core.repair.encoding import EncodedTable, encode
from dataops_core.repair.proposal import Repair
from dataops_core.table import Table

REPLACED = ("text", "integer", "decimal")  # types of columns in which values can be replaced throughout
CELLS_ALONE = {"row", "scale", "source", "swapped"}  # a cell is wrong in its row: its value may be right in another
NUMBER = re.compile(r"[-+]?(?:0|[1-9]\d{0,14})(?:\.\d{1,17})?")


def accept(repairs: Sequence[Repair], sure: float) -> list[Repair]:
    """The repairs that are at least that sure; those that could not be tested are not among them."""
    return [repair for repair in repairs if repair.sure is not None and repair.sure >= sure]


def steps_of(repairs: Sequence[Repair], table: Table, why: str = "") -> list[RecipeStep]:
    """The steps that make these repairs, and no others.

    A value is replaced throughout its column where all cells that hold it become the same, and it is the value that is
    wrong, not its place; other cells are set one by one, by the number of their row. Rows of groups that agree
    altogether once the repairs are made take the value on which they agree: what is known of these groups replays on
    the next file. A column in which only plain numbers are left becomes a column of numbers.
    """
    deciding = {name for repair in repairs for name in repair.by}
    coded = encode(table, {repair.column for repair in repairs} | deciding)
    agreeing, covered = agreement_steps(repairs, coded, why)
    by_column: defaultdict[str, list[Repair]] = defaultdict(list)
    for repair in repairs:
        if (repair.row, repair.column) not in covered:
            by_column[repair.column].append(repair)
    made = []
    ids = row_ids(table)
    for name in (column.name for column in table.columns if column.name in by_column):
        made += column_steps(
            name, by_column[name], coded, ids, words_for_missing(table, name, by_column[name], ids), why
        )
    return made + agreeing


def words_for_missing(table: Table, name: str, repairs: Sequence[Repair], ids: np.ndarray) -> dict[int, str]:
    """By row, what cells hold that count as missing: nothing, or a word for it."""
    rows = [repair.row for repair in repairs if repair.old is None]
    if not rows or table.column(name).type != "text":
        return {}
    held = table.rows_by_id(ids[rows].tolist(), [name])[name]
    return {row: held[ids[row]] for row in rows if isinstance(held[ids[row]], str)}


def row_ids(table: Table) -> np.ndarray:
    """The ids of the rows, in their order (rows,)."""
    return np.concatenate([batch.index.to_numpy() for batch in table.batches([table.names[0]])])


def column_steps(
    name: str,
    repairs: Sequence[Repair],
    table: EncodedTable,
    ids: np.ndarray,
    unknown: Mapping[int, str],
    why: str,
) -> list[RecipeStep]:
    """The steps that make the repairs of one column of a table whose rows have these ids; `unknown` are the words for
    nothing, by row.
    """
    column = table.columns[table.place(name)]
    holders = dict(zip(column.values, column.counts.tolist(), strict=True))
    groups: defaultdict[str, list[Repair]] = defaultdict(list)
    for repair in repairs:
        if repair.old is not None:
            groups[repair.old].append(repair)
    everywhere = {
        old: own[0].new
        for old, own in groups.items()
        if column.type in REPLACED
        and len({repair.new for repair in own}) == 1
        and len(own) == holders.get(old)
        and not {repair.cause for repair in own} & CELLS_ALONE
        and old
        and own[0].new is not None
    }
    single = [repair for repair in repairs if repair.old is None or repair.old not in everywhere]
    steps = []
    if everywhere:
        steps.append(RecipeStep("replace_values", {"column": name, "mapping": everywhere}, why=why))
    if single:
        settings: dict[str, Any] = {
            "column": name,
            "cells": {str(ids[repair.row] + 1): repair.new or "" for repair in single},
            "was": {str(ids[repair.row] + 1): repair.old or unknown.get(repair.row, "") for repair in single},
        }
        steps.append(RecipeStep("set_cells", settings, why=why))
    left = {everywhere.get(value, value) for value, number in holders.items() if number and value}
    if column.type == "text" and any(repair.cause == "unit" for repair in repairs):
        if all(value is not None and NUMBER.fullmatch(value) for value in left):
            steps.append(RecipeStep("parse_numbers", {"columns": [name]}, why=why))
    return steps
