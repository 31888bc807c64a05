"""Values out of the locale."""

from __future__ import annotations

from collections.abc import Iterator

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.meant_type import ParsedView
from dataops_core.checks.number_forms import forms
from dataops_core.checks.shapes import PLACES, deviating, of_another_custom
from dataops_core.checks.table_view import Context
from dataops_core.steps.parse_numbers import parse_numbers
from dataops_core.wording import counted


@check(
    "Values out of the locale",
    group="Text",
    types=["text"],
    fix=parse_numbers,
    no_fix="Whether the cell is wrong or comes from another country, only the source knows.",
)
def out_of_locale(column: ColumnView, context: Context) -> Iterator[Hit]:
    """Cells that follow another country's custom than the rest: 1.234,50 among 1,234.50, or a zip code of another form.

    Read by the custom of the others, 1.234 is a thousand times too small, and a foreign code matches no place.
    """
    told = forms(column)
    signs = {text: form.decimal for text, form in told.items() if form is not None and form.decimal}
    counts = {sign: sum(column.tally[text] for text, own in signs.items() if own == sign) for sign in (".", ",")}
    usual = max(counts, key=lambda sign: counts[sign])
    if isinstance(column.parsed, ParsedView) and (column.parsed.meant.learned or {}).get("decimal") not in (
        None,
        usual,
    ):
        usual = "." if usual == "," else ","  # 1,200 is written so often that it says what a comma is
        counts[usual] = column.parsed.present
    if all(counts.values()) and min(counts.values()) <= 0.4 * sum(counts.values()):
        mask = column.holding([text for text, own in signs.items() if own != usual])
        marked = column.holding([text for text, form in told.items() if form is not None and form.unit])
        if mask.any() and (mask == marked).all():  # "€ 3,50" among 3.50: one cause, said as numbers kept as text
            return
        yield Hit(
            mask,
            f'{counted(mask.sum(), "cell uses", "cells use")} "{"." if usual == "," else ","}" as the decimal sign; the'
            f' others use "{usual}".',
            {"columns": [column.name]},
        )
    if column.words & PLACES:
        found = deviating(column)
        if found is not None:
            mask = of_another_custom(column, found[0])
            yield Hit(mask, f"{counted(mask.sum(), 'cell is', 'cells are')} not written like the others ({found[1]}).")
