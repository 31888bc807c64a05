"""Invisible signs."""

from __future__ import annotations

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView, each
from dataops_core.checks.table_view import Context
from dataops_core.steps.repair_characters import repair_characters, unscrambled, visible
from dataops_core.wording import counted

# control signs, soft hyphen, zero-width signs, direction marks, byte order mark
_SIGNS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}\x{ad}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2064}\x{feff}]"


@check("Invisible signs", group="Text", types=["text"], fix=repair_characters, harmless=True)
def control_characters(column: ColumnView, context: Context) -> Hit | None:
    """Signs that nobody sees: control characters, zero-width spaces, soft hyphens, direction marks.

    Two cells that look the same are then two values, and files with such signs break other programs.
    """
    if (column.bytes[0] >= 32 and column.bytes[1] < 127) or not column.matching(_SIGNS).any():
        return None
    mask = column.where(each(lambda text: visible(unscrambled(text)) != unscrambled(text)))
    return Hit(
        mask,
        f"{counted(mask.sum(), 'cell holds', 'cells hold')} signs that nobody sees.",
        {"columns": [column.name], "encoding": False, "control": True, "lookalikes": False},
    )
