"""The constraints that a table suggests: those of all types that hold in nearly all rows, and not by chance alone."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dataops_core.synthetic.constraints.catalog.combination import find_combinations
from dataops_core.synthetic.constraints.catalog.increment import Increment, find_step
from dataops_core.synthetic.constraints.catalog.missing_together import find_missing_together
from dataops_core.synthetic.constraints.catalog.one_hot import find_one_hots
from dataops_core.synthetic.constraints.catalog.order import Order, find_orders
from dataops_core.synthetic.constraints.catalog.sum import find_sums
from dataops_core.synthetic.constraints.catalog.unique import Unique
from dataops_core.synthetic.constraints.constraint import Constraint, CountedConstraint, counted
from dataops_core.table import Column
from dataops_core.values.numbers import in_days

HOLDS = 0.99  # share of rows in which it must hold to be proposed
LEAST = 30  # rows below which nothing is found
WIDE = 60  # amounts that are looked at


def find(frame: pd.DataFrame, columns: Sequence[Column]) -> list[CountedConstraint]:
    """Constraints that a tidy frame suggests, with their counts; those that can only hold by chance are not."""
    if len(frame) < LEAST:
        return []
    known = [column for column in columns if frame[column.name].notna().any()]
    numbers = {
        c.name: in_days(frame[c.name])
        for c in known
        if c.type in ("integer", "decimal", "datetime") and c.kind not in ("id", "category")
    }
    one_hots = find_one_hots(frame, known)
    hot = {name for each in one_hots for name in each.columns}
    amounts = [c.name for c in known if c.name in numbers and c.type in ("integer", "decimal") and c.name not in hot][
        :WIDE
    ]
    sums = find_sums(numbers, amounts)
    orders = find_orders(
        {name: cells for name, cells in numbers.items() if name not in hot}, {c.name: c.type for c in known}
    )
    totals = {each.total for each in sums}
    found: list[Constraint] = [
        *one_hots,
        *sums,
        *(each for each in orders if not any(_follows(each, one.columns, one.total) for one in sums)),
        *(Increment((name,), by) for name in amounts if (by := find_step(numbers[name])) and name not in totals),
        *find_combinations(frame, known, hot),
        *(Unique((c.name,)) for c in known if c.kind == "id" and frame[c.name].dropna().is_unique),
        *find_missing_together(frame),
    ]
    return [
        told
        for told in (counted(frame, each) for each in found)
        if told.rows and told.violations <= (1 - HOLDS) * told.rows
    ]


def _follows(order: Order, parts: Sequence[str], total: str) -> bool:
    """Whether an order says no more than that a part is at most the total."""
    return len(order.columns) == 2 and order.columns[1] == total and order.columns[0] in parts
