"""What of single rows and values comes back as it was."""

from __future__ import annotations

from dataops_core.synthetic.evaluate import record_matches
from dataops_core.synthetic.evaluate.measures.measure import NO_COLUMN, PrivacyMeasure, Sides, offer
from dataops_core.synthetic.evaluate.signals import Signal


def _exact(sides: Sides) -> Signal:
    columns, all_ = sides.numbers + sides.categories, sides.found
    if not columns:
        return Signal(why=NO_COLUMN)
    return record_matches.exact(all_.real, all_.synthetic, all_.holdout, columns, sides.verbatim)


def _near(sides: Sides) -> Signal:
    if not sides.numbers + sides.categories:
        return Signal(why=NO_COLUMN)
    all_ = sides.found
    return record_matches.near(all_.real, all_.synthetic, all_.holdout, sides.numbers, sides.categories)


def _identifiers(sides: Sides) -> Signal:
    if not sides.verbatim:
        return Signal(why="no column holds identifiers or free text")
    return record_matches.identifiers(sides.found.real, sides.found.synthetic, sides.found.holdout, sides.verbatim)


def _singletons(sides: Sides) -> Signal:
    if not sides.categories:
        return Signal(why="no column holds categories")
    return record_matches.singletons(sides.found.real, sides.found.synthetic, sides.found.holdout, sides.categories)


offer(
    PrivacyMeasure(
        key="exact_matches",
        title="Rows that are copies of real ones",
        term="exact matches",
        means="A row that is a real row is that person.",
        says="{value:,} synthetic rows are the same as a real row in every compared column{usual}.",
        of=_exact,
        order=1,
    ),
    PrivacyMeasure(
        key="near_copies",
        title="Rows that are copies but for the last digits",
        term="near copies",
        means="A copy with another last digit is still that person.",
        says="{value:,} synthetic rows differ from a real row in the last digits only{usual}.",
        of=_near,
        order=2,
    ),
    PrivacyMeasure(
        key="identifiers",
        title="Real names, numbers and texts that come back",
        term="verbatim identifiers",
        means="A real name, number or sentence must not come back.",
        says="{value:,} different real names, identifiers or texts stand in the synthetic table{usual}.",
        of=_identifiers,
        order=3,
    ),
    PrivacyMeasure(
        key="singletons",
        title="Values that one person alone has, and that come back",
        term="singletons reproduced",
        means="A value that one person alone has names that person.",
        says="{value:,} values that a single real row has stand in the synthetic table as well{usual}.",
        of=_singletons,
        order=4,
    ),
)
