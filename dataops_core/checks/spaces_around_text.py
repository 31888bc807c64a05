"""Spaces around text."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.table_view import Context
from dataops_core.steps.trim_spaces import trim_spaces
from dataops_core.wording import counted

_SPACE = r"[\s\x0b\x{85}\p{Z}]"


@check("Spaces around text", group="Text", types=["text"], fix=trim_spaces, harmless=True)
def spaces_around_text(column: ColumnView, context: Context) -> Hit | None:
    """Text that begins or ends with a space, or has runs of spaces inside.

    "Paris" and "Paris " look alike but count as two values.
    """
    one_sort = column.bytes[0] >= 32 and column.bytes[1] < 128
    mask = column.where(_spaced) if one_sort else column.matching(f"(?s)^{_SPACE}|{_SPACE}$|{_SPACE}{{2}}")
    return Hit(
        mask,
        f"{counted(mask.sum(), 'cell has', 'cells have')} spaces that do not belong there.",
        {"columns": [column.name]},
    )


def _spaced(some: pa.Array) -> np.ndarray:
    """Which texts have the plain space at an end, or twice in a row."""
    at_ends = pc.or_(pc.starts_with(some, " "), pc.ends_with(some, " "))
    return np.asarray(pc.or_(at_ends, pc.match_substring(some, "  ")))
