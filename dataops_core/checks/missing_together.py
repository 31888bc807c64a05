"""Missing together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.table_view import TableView
from dataops_core.checks.totals import total_places
from dataops_core.wording import counted


@check(
    "Missing together",
    group="Missing values",
    scope="table",
    severity="note",
    no_fix="Filling each column by itself would invent the connection; find out why they are missing together.",
)
def missing_together(look: TableView) -> Iterator[Hit]:
    """Columns that are empty in the same rows.

    Their source was not there for these rows: a form that was not filled in, a device that was off, a join that found
    nothing.
    """
    said = np.packbits(look.blank_rows | total_places(look))  # which are findings of their own
    masks = {
        name: look.gaps(name) & ~said
        for name in look.table.names
        if "failed" not in look.facts[name] and 5 <= look.facts[name]["missing"] < look.rows
    }
    left = [name for name, mask in masks.items() if np.bitwise_count(mask).sum() >= 5]
    while left:
        one = left.pop(0)
        group = [one]
        for other in list(left):
            both = int(np.bitwise_count(masks[one] & masks[other]).sum())
            either = int(np.bitwise_count(masks[one] | masks[other]).sum())
            if both >= 5 and (both >= 0.9 * either or _linked(both, masks[one], masks[other], look.rows)):
                group.append(other)
                left.remove(other)
        if len(group) > 1:
            all_gone = np.bitwise_and.reduce([masks[name] for name in group])
            mask = np.unpackbits(all_gone, count=look.rows).astype(bool)
            share = mask.mean()
            yield Hit(
                mask,
                f"{', '.join(group)} are empty in the same {counted(mask.sum(), 'row')}.",
                columns=tuple(group),
                severity="warning" if share >= 0.05 else "note",
            )


def _linked(both: int, one: np.ndarray, other: np.ndarray, rows: int) -> bool:
    """Whether two columns are missing together far beyond chance, though each has gaps of its own: half of the gaps of
    the one with more, and ten times as many as if they were independent.
    """
    gaps = [int(np.bitwise_count(mask).sum()) for mask in (one, other)]
    return both >= 0.5 * max(gaps) and both >= 10 * gaps[0] * gaps[1] / rows
