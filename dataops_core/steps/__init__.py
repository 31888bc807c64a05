"""One file per step; importing this package registers them all."""

from typing import Any

from dataops_core.registry import import_all
from dataops_core.steps._pieces import EqualRows, KeyColumns, MoreRows, NewRows, Order, Pieces, Rows, RowsBelow
from dataops_core.steps.step import REGISTRY, Columns, Label, NewColumn, Setting, Span, Step, When, get, step
from dataops_core.table import Column

import_all(__name__, __path__)


def fitting(column: Column) -> list[tuple[Step, dict[str, Any]]]:
    """The steps that can change a column, and the settings that name it there; in the order of group and title."""
    found = []
    for each in sorted({each.name: each for each in REGISTRY.values()}.values(), key=lambda s: (s.group, s.title)):
        named = next((s for s in each.settings if s.shape in ("columns", "column") and not s.makes), None)
        if named is not None and named.columns.takes(column):
            found.append((each, {named.name: [column.name] if named.shape == "columns" else column.name}))
    return found


__all__ = [
    "REGISTRY",
    "Columns",
    "EqualRows",
    "KeyColumns",
    "Label",
    "MoreRows",
    "NewColumn",
    "NewRows",
    "Order",
    "Pieces",
    "Rows",
    "RowsBelow",
    "Setting",
    "Span",
    "Step",
    "When",
    "fitting",
    "get",
    "step",
]
