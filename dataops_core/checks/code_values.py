"""Codes in digits that passed through a program which takes them for numbers: "1067" for "01067", "450008.0"."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import pyarrow.compute as pc

from dataops_core.checks.column_view import ColumnView

SHARE = 0.6  # of the cells are digits alone
ONE_WIDTH = 0.7  # of these have the usual width
LONGER = 0.02  # of them may be longer
ZEROS = 0.01  # of the codes of full width begin with 0, or the column is none of codes
LEAST = 3  # cells that are shorter, unless their code stands in the column as well
_DIGITS = re.compile(r"\d+")
_DECIMAL = r"^[0-9]{3,20}\.0{1,2}$"
_FIVE_DIGITS = {"zip", "zipcode", "postal", "postcode", "plz"}  # whose codes may all have lost their zero


@dataclass(frozen=True)
class CodeSlips:
    """What cells should hold: those that lost leading zeros, and those that became decimal numbers."""

    short: dict[str, str]
    decimal: dict[str, str]

    def __bool__(self) -> bool:
        return bool(self.short or self.decimal)


NONE = CodeSlips({}, {})


def code_slips(column: ColumnView) -> CodeSlips:
    """Cells of a column of codes that were read as numbers, and the codes they were."""
    if column.type != "text" or column.dictionary is None:
        return NONE
    some = [text.strip() for text in column.sample(500)]
    lengths = Counter(len(text) for text in some if _DIGITS.fullmatch(text))
    digits = sum(lengths.values())
    if len(some) < 20 or digits < SHARE * len(some):
        return NONE
    width, usual = lengths.most_common(1)[0]
    longer = sum(count for length, count in lengths.items() if length > width)
    if width < 3 or usual < ONE_WIDTH * digits or longer > LONGER * digits:
        return NONE
    full = [text for text in some if len(text) == width and text.isdigit()]
    zeros = sum(text[0] == "0" for text in full)
    coded = zeros >= max(2, ZEROS * len(full))
    if not coded and not (width >= 5 and usual >= 0.95 * digits):
        return NONE
    decimal = {
        text: text.strip().split(".")[0].zfill(width if coded else 0)
        for text in _held(column, _DECIMAL)
        if len(text.strip().split(".")[0]) <= width
    }
    short: dict[str, str] = {}
    if coded or (column.words & _FIVE_DIGITS and width == 5):
        short = {text: text.zfill(width) for text in _held(column, rf"^[1-9][0-9]{{0,{width - 2}}}$")}
    counts = column.tally or Counter()
    enough = sum(counts.get(text, 1) for text in short) >= LEAST
    known = set(counts)
    return CodeSlips({old: new for old, new in short.items() if enough or new in known}, decimal)


def _held(column: ColumnView, pattern: str) -> list[str]:
    assert column.dictionary is not None
    values = column.dictionary[0]
    return [str(text) for text in values.filter(pc.match_substring_regex(values, pattern)).to_pylist()]
