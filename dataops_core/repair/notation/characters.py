"""Values with characters that are not meant: decoded with the wrong table, look-alikes of another alphabet, or unseen;
and several words for yes or no.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dataops_core.checks.variants import yes_no_merges
from dataops_core.repair.encoding import EncodedColumn
from dataops_core.repair.notation.forms import Rewriting
from dataops_core.steps.repair_characters import one_alphabet, unscrambled, visible

MOST_WORDS = 40  # different values of a column of answers
LOST = "\ufffd"


def characters(column: EncodedColumn) -> Iterator[Rewriting]:
    """Values whose characters can be brought back: what `steps.repair_characters` makes of them."""
    if column.type != "text":
        return
    counts = column.counts
    new: dict[int, str] = {}
    for at, text in enumerate(column.values):
        if (text.isascii() and text.isprintable()) or LOST in text or not counts[at]:
            continue
        right = one_alphabet(visible(unscrambled(text)))
        if right.strip() and right != text:
            new[at] = right
    if new:
        yield Rewriting(new, "characters", "decoded with the wrong table, look-alike letters, or characters unseen")


def answers(column: EncodedColumn) -> Iterator[Rewriting]:
    """Other words for an answer of a column that holds nothing but words for yes and no."""
    counts = column.counts
    held = np.flatnonzero(counts).tolist()
    if column.type != "text" or not 2 < len(held) <= MOST_WORDS:
        return
    merges = yes_no_merges({column.values[at]: int(counts[at]) for at in held})
    new = {at: merges[column.values[at]] for at in held if column.values[at] in merges}
    if new:
        yield Rewriting(new, "synonym", "another word for an answer that the column writes otherwise in most rows")
