"""A report as one HTML file that loads nothing: its frame, and its tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dataops_core.templates import render

if TYPE_CHECKING:
    from markupsafe import Markup

HIDDEN = "suppressed"
_FIGURE = re.compile(rf"|not defined|{HIDDEN}|[-+]?[\d,.]+%?( to [-+]?[\d,.]+%?)?")


def document(template: str, **values: Any) -> str:
    """The file: the template with these values. The same values give the same bytes."""
    return str(render(template, table=table, percent=percent, between=between, **values))


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> Markup | str:
    """A table; the first column names the row, the others stand to the right where they hold figures only."""
    if not rows:
        return ""
    figures = [bool(at) and all(_FIGURE.fullmatch(str(row[at])) for row in rows) for at in range(len(head))]
    return render("report/templates/table.html", head=head, rows=rows, figures=figures)


def percent(value: float | None, sign: bool = False) -> str:
    """A share in percent.

    >>> percent(0.256), percent(0.1, sign=True), percent(None)
    ('25.6%', '+10.0%', 'not defined')
    """
    return "not defined" if value is None else f"{value:{'+' if sign else ''}.1%}"


def between(ends: Sequence[float] | None, sign: bool = False) -> str:
    """An interval of shares; empty where there is none.

    >>> between((0.1, 0.25))
    '10.0% to 25.0%'
    """
    return "" if not ends else f"{percent(ends[0], sign)} to {percent(ends[1], sign)}"
