"""Values with characters that are not meant: decoded with the wrong table, codes of HTML or addresses, look-alikes of
another alphabet, or unseen; and several words for yes or no.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np

from dataops_core.checks.variants import yes_no_merges
from dataops_core.repair.encoding import EncodedColumn
from dataops_core.repair.notation.forms import Rewriting
from dataops_core.steps.repair_characters import one_alphabet, unscrambled, visible, without_codes

MOST_WORDS = 40  # different values of a column of answers
LONGEST_NUMBER = 20
LOST = "\ufffd"
AS_DIGITS = str.maketrans({"l": "1", "I": "1", "|": "1", "O": "0", "o": "0", "S": "5", "B": "8", "Z": "2"})
WITH_END = re.compile(r"-?\d+(?:[.,]\d+)?(\D*)")
PLAIN = re.compile(r"-?\d+(?:[.,]\d+)?")
ANY_LETTER = re.compile(r"-?[\dA-Za-z|]*\d[\dA-Za-z|]*(?:[.,][\dA-Za-z|]+)?")
BY_CHANCE = 0.2  # letters that look like a digit, for each that does not, where any letter may stand for a digit
UNSURE = 0.05  # of the cells at the most may hold such a letter by chance
NUMBERS = 0.9  # of the cells must be plain numbers
FEW = 20  # times as many must do without a letter


def characters(column: EncodedColumn) -> Iterator[Rewriting]:
    """Values whose characters can be brought back: what `steps.repair_characters` makes of them."""
    if column.type != "text":
        return
    counts = column.counts
    new: dict[int, str] = {}
    for at, text in enumerate(column.values):
        plain = text.isascii() and text.isprintable() and "&" not in text and "%" not in text
        if plain or LOST in text or not counts[at]:
            continue
        right = one_alphabet(visible(without_codes(unscrambled(text))))
        if right.strip() and right != text:
            new[at] = right
    if new:
        yield Rewriting(
            new,
            "characters",
            "decoded with the wrong table, codes such as &amp;, look-alike letters, or characters unseen",
        )


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


def _usual_end(column: EncodedColumn, counts: np.ndarray) -> str:
    """What stands behind the number in nearly all cells, such as " kg"; "" where nothing does."""
    ends: Counter[str] = Counter()
    for at in np.flatnonzero(counts).tolist():
        match = WITH_END.fullmatch(column.values[at])
        ends[match[1] if match else ""] += int(counts[at])
    end, cells = ends.most_common(1)[0] if ends else ("", 0)
    return end if cells >= NUMBERS * counts.sum() else ""


def digits(column: EncodedColumn) -> Iterator[Rewriting]:
    """Numbers with a letter in the place of a digit: "4l" and "1O5" in a column of plain numbers, or of numbers with
    one unit, if the number that they become lies among those and has as many digits as some. Where other letters stand
    there, too, nothing is known.
    """
    counts = column.counts
    if column.type != "text":
        return
    odd: dict[int, str] = {}
    plain: dict[int, str] = {}
    other = 0
    end = _usual_end(column, counts)
    for at in np.flatnonzero(counts).tolist():
        text = column.values[at].removesuffix(end)
        if PLAIN.fullmatch(text):
            plain[at] = text
        elif len(text) <= LONGEST_NUMBER and ANY_LETTER.fullmatch(text):
            right = text.translate(AS_DIGITS)
            if PLAIN.fullmatch(right):
                odd[at] = right
            elif sum(sign.isalpha() for sign in text) == 1:
                other += int(counts[at])
    alike = int(counts[list(odd)].sum())
    known = int(counts[list(plain)].sum())
    if not odd or known < NUMBERS * counts.sum() or FEW * alike > known or BY_CHANCE * other > UNSURE * alike:
        return
    numbers = [float(text.replace(",", ".")) for text in plain.values()]
    lengths = {len(text) for text in plain.values()}
    new = {
        at: f"{text}{end}"
        for at, text in odd.items()
        if min(numbers) <= float(text.replace(",", ".")) <= max(numbers) and len(text) in lengths
    }
    if new:
        yield Rewriting(new, "characters", "a letter stands in the place of a digit that looks like it")
