"""Rows that are copies but for a few columns."""

from __future__ import annotations

from dataops_core.synthetic.evaluate import edited_copies
from dataops_core.synthetic.evaluate.measures.measure import FEW, NO_HOLDOUT, PrivacyMeasure, Sides, offer
from dataops_core.synthetic.evaluate.signals import Signal


def _edited(sides: Sides) -> Signal:
    found, numbers, categories = sides.alone, sides.numbers, sides.categories
    if found.holdout is None or len(found.holdout) < FEW or len(found.real) < FEW:
        return Signal(why=NO_HOLDOUT if found.holdout is None else f"it takes {FEW} rows on each side")
    size = min(len(found.real), len(found.holdout), most := edited_copies.rows_for(len(numbers) + len(categories)))
    return edited_copies.edited(
        found.real[:size], found.synthetic[:most], found.holdout[:size], numbers, categories, sides.seed
    )


offer(
    PrivacyMeasure(
        key="edited_copies",
        title="Rows that are copies but for a few columns",
        term="record linkage (Fellegi-Sunter)",
        means="A copy with one or two cells changed is still that person.",
        says="{value:,} real rows have a synthetic row that agrees with them in most columns, beyond what chance"
        " allows{usual}.",
        of=_edited,
        order=7,
    )
)
