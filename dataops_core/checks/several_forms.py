"""Codes in several forms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.shapes import any_code, in_forms, minority_forms, shape
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import cell
from dataops_core.wording import counted

LEAST = 20  # different values
PREFIX = re.compile(r"\D*")
USUAL, FEWEST, MOST = 0.6, 3, 0.25  # of the cells begin alike; cells with another beginning, and share of the cells
LEADING = 2  # digits after the beginning, which must be those of others


@check(
    "Codes in several forms",
    group="Text",
    types=["text"],
    no_fix="Show two or three results, and the repair by example writes the others in the same way.",
)
def several_forms(column: ColumnView, context: Context) -> Iterator[Hit]:
    """Codes, telephone numbers or page numbers that some rows write with other signs around the same number of digits:
    "(205) 353-2859" among "205-353-2859", or "9612351" among "IMO 9612351"; and codes with something before them:
    "https://doi.org/10.1000/7" among "10.1000/9".

    One and the same code is two values then: it neither joins nor counts as one.
    """
    if column.distinct < LEAST or (column.parsed is not None and not any_code(column)):
        return
    longer = list(_with_more_before(column))
    yield from longer
    found = minority_forms(column)
    if found is None:
        return
    usual, others = found
    mask = in_forms(column, others)
    for hit in longer:
        mask &= ~hit.mask
    if not mask.any():
        return
    example = str(column.at(mask.nonzero()[0][:1])[0].as_py())
    usual_one = next((text for text in column.sample(2000) if shape(text, loose=True) == usual), "")
    yield Hit(
        mask,
        f"{counted(mask.sum(), 'cell is', 'cells are')} written in another form, such as {cell(example)}; most are"
        f" written like {cell(usual_one)}.",
    )


def _with_more_before(column: ColumnView) -> Iterator[Hit]:
    """Codes that begin with something before what all others begin with, such as an address."""
    some = column.sample(2000)
    starts = Counter(start_of(text) for text in some)
    (usual, number), *others = starts.most_common() if some else [("", 0)]
    if number < USUAL * len(some):
        return
    leading = {text[len(usual) :][:LEADING] for text in some if start_of(text) == usual}
    for start, _ in others:
        if not start.endswith(usual) or start.isalnum() or start == usual:
            continue
        mask = column.matching(re.escape(start) + r"[0-9].*", whole=True)
        texts = column.at(mask.nonzero()[0]).to_pylist() if FEWEST <= mask.sum() <= MOST * column.present else []
        if texts and all(text[len(start) :][:LEADING] in leading for text in texts):
            before = start.removesuffix(usual)
            cells = counted(mask.sum(), "cell begins", "cells begin")
            yield Hit(mask, f"{cells} with {cell(before)}, which others do without, such as {cell(texts[0])}.")


def start_of(text: str) -> str:
    """What stands before the first digit of a text.

    >>> start_of("https://doi.org/10.1000/7"), start_of("7 b")
    ('https://doi.org/', '')
    """
    found = PREFIX.match(text)
    return found[0] if found is not None else ""
