"""Combinations that one person alone has, and that come back."""

from __future__ import annotations

from dataops_core.synthetic.evaluate import record_matches
from dataops_core.synthetic.evaluate.measures.measure import NO_HOLDOUT, PrivacyMeasure, Sides, offer
from dataops_core.synthetic.evaluate.signals import Signal


def _combinations(sides: Sides) -> Signal:
    found, columns = sides.alone, sides.categories
    if found.holdout is None or len(columns) < 2:
        return Signal(why=NO_HOLDOUT if found.holdout is None else "it takes two columns of categories")
    size = min(len(found.real), len(found.holdout))
    return record_matches.combinations(found.real[:size], found.synthetic, found.holdout[:size], columns, sides.seed)


offer(
    PrivacyMeasure(
        key="combinations",
        title="Combinations that one person alone has, and that come back",
        term="uniques by combination (singling out)",
        means="Some things together, such as job and town, can name one person.",
        says="{value:,} training rows can be singled out by values that the synthetic table shows together{usual}.",
        of=_combinations,
        order=6,
    )
)
