"""Encoded characters."""

from __future__ import annotations

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView, each
from dataops_core.checks.escapes import ESCAPED, without_escapes
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import cell
from dataops_core.steps.merge_values import merge_values
from dataops_core.wording import counted

LISTED = 1000


@check(
    "Encoded characters",
    group="Text",
    types=["text"],
    words=True,
    fix=merge_values,
    no_fix="There are too many to list in one step; decode them where the table comes from.",
    harmless=True,
)
def encoded_characters(column: ColumnView, context: Context) -> Hit | None:
    """Text that still holds the codes of a web page, an address or a program for a sign: "&amp;" for "&", "%20" for a
    space.

    Such a cell matches nothing: neither a search, nor a join, nor its own correct spelling.
    """
    if not column.holds_any("&%\\"):
        return None
    mask = column.matching(ESCAPED)
    if not mask.any():
        return None
    mask &= column.where(each(lambda text: without_escapes(text) != text))
    if not mask.any():
        return None
    held = sorted({str(text) for text in column.at(mask.nonzero()[0]).to_pylist()})
    mapping = {text: without_escapes(text) for text in held}
    told = f"{counted(mask.sum(), 'cell holds', 'cells hold')} encoded characters: {cell(held[0])} for"
    usable = len(mapping) <= LISTED and all(new.strip() for new in mapping.values())
    return Hit(
        mask, f"{told} {cell(mapping[held[0]])}.", {"column": column.name, "mapping": mapping} if usable else None
    )
