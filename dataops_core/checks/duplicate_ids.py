"""Repeated identifiers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from dataops_core.checks.check import REGISTRY, Hit, check, hits
from dataops_core.checks.column_view import words_of
from dataops_core.checks.repeats import coming_again
from dataops_core.checks.shapes import PLACES, shape
from dataops_core.checks.table_view import TableView
from dataops_core.wording import counted

GLANCE, SLACK = 5_000, 0.05  # rows of a first look, and how far that may be off
ORDERED = 0.95  # of the rows have a greater identifier than the one before; correlation of their ranks with the rows


@check(
    "Repeated identifiers",
    group="Rows",
    scope="table",
    severity="error",
    no_fix=(
        "Which of the rows is right, only the source knows. Rows that are equal throughout have a finding of their own."
    ),
)
def duplicate_ids(look: TableView) -> Iterator[Hit]:
    """An identifier that should name one row each, but comes up again.

    Joins by it multiply rows, and one of the two rows is wrong or too much. Rows that are equal throughout have a
    finding of their own.
    """
    first_name = look.table.names[0]
    for name in look.named("id", "text", types=["text", "integer"]):
        if not _comes_again(look, name):
            continue
        if look.table.column(name).kind == "text" and not (name == first_name and _are_codes(look, name)):
            continue
        places, keys = coming_again(look.cells(name))
        mask = np.zeros(look.rows, dtype=bool)
        out_of_order = _out_of_order(look, name, places)
        if out_of_order is None:
            _, first = np.unique(keys, return_index=True)
            mask[np.delete(places, first)] = True
        else:
            mask[places[out_of_order]] = True
        mask &= ~look.cells(name).missing
        if not mask.any() or mask.sum() > 0.02 * look.cells(name).present:
            continue
        for hit in hits(REGISTRY["duplicate_rows"], look):
            if not hit.fix or not hit.fix["columns"] or name in hit.fix["columns"]:
                mask &= ~hit.mask
        what = "an earlier row" if out_of_order is None else "another row, and out of order"
        said = f"{counted(mask.sum(), 'row repeats', 'rows repeat')} an identifier of {what}."
        yield Hit(mask, said, columns=(name,))


def _out_of_order(look: TableView, name: str, places: np.ndarray) -> np.ndarray | None:
    """Which of the rows with an identifier that comes again stand where it does not belong, in a file that is in the
    order of the identifiers; None in any other file, or where that does not tell one row of each (places,).
    """
    cells = look.cells(name)
    codes = look.codes(name)
    if cells.missing.any() or cells.dictionary is None or (codes < 0).any():
        return None
    values = look.values(name)
    some = [values[code] for code in codes[:GLANCE].tolist()]
    if np.mean([one < other for one, other in zip(some, some[1:], strict=False)]) < ORDERED - SLACK:
        return None  # as the first rows show; to sort them all takes long
    ranks = np.argsort(np.argsort(np.array(values, dtype=object), kind="stable"))[codes]
    if (np.diff(ranks) > 0).mean() < ORDERED or np.corrcoef(ranks, np.arange(len(ranks)))[0, 1] < ORDERED:
        return None
    before, after = np.append(-1, ranks[:-1])[places], np.append(ranks[1:], ranks.max() + 1)[places]
    out = (ranks[places] <= before) | (ranks[places] >= after)
    belongs = dict(zip(codes[places].tolist(), [0] * len(places), strict=True))
    for code, wrong in zip(codes[places].tolist(), out.tolist(), strict=True):
        belongs[code] += not wrong
    return out if out.any() and set(belongs.values()) == {1} else None


def _comes_again(look: TableView, name: str) -> bool:
    """Whether a column names one row each, but for a few."""
    facts = look.facts[name]
    if words_of(name) & PLACES or facts["missing"] is None:
        return False
    present = look.rows - int(facts["missing"])
    return facts.get("distinct_error") is not None or 0.98 * present <= look.distinct(name) < present


def _are_codes(look: TableView, name: str) -> bool:
    """Whether nearly all texts of a column are codes of one build, without spaces."""
    some = [text.strip() for text in look.cells(name).sample(500)]
    usual, count = Counter(shape(text) for text in some).most_common(1)[0] if some else ("", 0)
    return "9" in usual and " " not in usual and count >= 0.95 * len(some)
