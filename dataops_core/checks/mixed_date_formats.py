"""Mixed date formats."""

from __future__ import annotations

from collections import Counter

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.date_forms import forms, parts
from dataops_core.checks.table_view import Context
from dataops_core.steps.parse_dates import parse_dates


@check("Mixed date formats", group="Dates", types=["text"], fix=parse_dates)
def mixed_date_formats(column: ColumnView, context: Context) -> Hit | None:
    """Dates written in more than one way within one column.

    Programs read one way and drop, or misread, the others: 03/04 becomes March or April.
    """
    found = dict(forms(column))
    counts = Counter[str]()
    for text, form in found.items():
        found[text] = _order(text, form)
        counts[found[text]] += column.tally[text]
    for open_form in [form for form in counts if form.endswith("?")]:  # either order: it follows the sure ones
        sure = [form for form in counts if form.rstrip("<>") == open_form.rstrip("?") and form != open_form]
        counts[max(sure, key=lambda form: counts[form], default=open_form.rstrip("?"))] += counts.pop(open_form)
    if len(counts) < 2:
        return None
    usual = counts.most_common(1)[0][0]
    rare = [
        text
        for text, form in found.items()
        if form != usual and not (form.endswith("?") and form.rstrip("?") == usual.rstrip("<>"))
    ]
    mask = column.holding(rare)
    named = ", ".join(_shown(form) for form, _ in counts.most_common()[1:4])
    return Hit(
        mask, f"Most dates are written like {_shown(usual)}, {mask.sum():,} like {named}.", {"columns": [column.name]}
    )


def _order(text: str, form: str) -> str:
    """The form with what the numbers tell: ">" the day comes first, "<" the month does, "?" either may."""
    numbers = parts(text)
    if numbers is None:
        return form
    return form + (">" if numbers[0] > 12 else "<" if numbers[1] > 12 else "?")


def _shown(form: str) -> str:
    return "12/31/2020"[:2] + form[2] + "31" + form[5:].rstrip("<") if form.endswith("<") else form.rstrip(">?")
