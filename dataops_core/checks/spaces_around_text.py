"""Spaces around text."""

from __future__ import annotations

from dataops_core.checks.cells import Cells
from dataops_core.checks.check import Hit, check
from dataops_core.checks.look import Context
from dataops_core.steps.trim_spaces import trim_spaces

_SPACE = r"[\s\x0b\x{85}\p{Z}]"


@check("Spaces around text", group="Text", types=["text"], fix=trim_spaces)
def spaces_around_text(column: Cells, context: Context) -> Hit | None:
    """Text that begins or ends with a space, or has runs of spaces inside.

    "Paris" and "Paris " look alike but count as two values.
    """
    mask = column.matching(f"(?s)^{_SPACE}|{_SPACE}$|{_SPACE}{{2}}")
    return Hit(mask, f"{mask.sum():,} cells have spaces that do not belong there.", {"columns": [column.name]})
