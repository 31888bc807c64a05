"""Broken encoding."""

from __future__ import annotations

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView, each
from dataops_core.checks.table_view import Context
from dataops_core.steps.repair_characters import repair_characters, unscrambled
from dataops_core.wording import counted


@check(
    "Broken encoding",
    group="Text",
    types=["text"],
    fix=repair_characters,
    no_fix="Signs that were replaced by \ufffd are lost; only the source still has them.",
    harmless=True,
)
def mojibake(column: ColumnView, context: Context) -> Hit | None:
    """Text that was decoded with the wrong table ("ZÃ¼rich" for "Zürich"), or that lost signs on the way
    ("Z\ufffdrich").

    Such a cell matches nothing: neither a search, nor a join, nor its own correct spelling.
    """
    if (
        not column.facts.get("classes", {}).get("beyond_ascii", 1)
        and column.facts["classes"]["looked_at"] == column.present
    ):
        return None
    if column.bytes[1] < 128:
        return None
    odd = column.matching(r"[^\x00-\x7f]")
    if not odd.any():
        return None
    mask = column.where(each(lambda text: not text.isascii() and ("\ufffd" in text or unscrambled(text) != text)))
    if not mask.any():
        return None
    lost = column.matching("\ufffd")
    fix = (
        {"columns": [column.name], "encoding": True, "control": False, "lookalikes": False}
        if (mask & ~lost).any()
        else None
    )
    gone = f" In {lost.sum():,} of them signs are lost for good." if lost.any() else ""
    return Hit(mask, f"{counted(mask.sum(), 'cell was', 'cells were')} decoded with the wrong table.{gone}", fix)
