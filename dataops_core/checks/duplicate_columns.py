"""Duplicate columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.table_view import TableView
from dataops_core.steps.drop_columns import drop_columns


@check("Duplicate columns", group="Columns", scope="table", fix=drop_columns)
def duplicate_columns(look: TableView) -> Iterator[Hit]:
    """Two columns that are equal in every row.

    One of them is too much: it doubles its weight in every model, and one day the two will differ.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for column in look.table.columns:
        if look.distinct(column.name) > 1:
            groups[column.hash].append(column.name)
    for names in groups.values():
        if len(names) > 1:
            yield Hit(
                np.ones(look.rows, dtype=bool),
                f"{', '.join(names[1:])} equal{'s' if len(names) == 2 else ''} {names[0]} in every row.",
                {"columns": names[1:]},
                columns=tuple(names),
            )
