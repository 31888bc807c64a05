"""What reading changed in cells, told by column with counts and examples. Embedded in exported scripts: standard
library only.

The rule: no value changes unless it comes back the same when it is written, or the report says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

SAME_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.(?:0|[0-9]*[1-9]))?")
ANY_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
EXAMPLES = 3

ZEROS = (
    "{count:,} numbers|number are|is written in another form than here when the table is saved, such as 1.10 as 1.1.",
    "If they are names rather than amounts (versions, codes), read the column as text.",
)
BLANKED = (
    "{count:,} cells|cell were|was read as missing because of what stands there.",
    "Say which cells mean missing if one of these is a value.",
)
ZONED = (
    "{count:,} moments|moment had|had a time zone and were|was turned into UTC.",
    "Shift the moments if you want local time.",
)
ERRORS = (
    "{count:,} cells|cell hold|holds an error of the spreadsheet and are|is missing here.",
    "Repair the formulas, and bring the file again.",
)
SURROGATES = (
    "{count:,} texts|text hold|holds half a character (a lone surrogate), which was replaced by U+FFFD.",
    "Write the file again with whole characters.",
)


def respelled(cell: str) -> bool:
    """Whether a cell is a number that is written in another form than it has: zeros at its end, a plus, an exponent.

    >>> [respelled(cell) for cell in ("1.10", "+1.5", ".5", "-0", "1.5e3", "100.000", "1,50")]
    [True, True, True, True, True, True, True]
    >>> [respelled(cell) for cell in ("1.1", "1.0", "100", "-0.25", "1e-05", "x", "1,5")]
    [False, False, False, False, False, False, False]
    """
    number = cell.strip().replace(",", ".")
    if SAME_NUMBER.fullmatch(number):
        return number == "-0"
    if not ANY_NUMBER.fullmatch(number) or len(number) > 300:
        return False
    return "e" not in number.lower() or repr(float(number)) != number


def note_cells(notes: list[Any], counts: Mapping[str, int]) -> None:
    """Add cells with their counts to what was noted on a column: how many, and which ones first."""
    for cell, count in counts.items():
        notes[0] += count
        if len(notes[1]) < EXAMPLES and cell not in notes[1]:
            notes[1].append(cell)


def blanked_cells(found: Mapping[str, Mapping[str, int]]) -> dict[str, list[Any]]:
    """How many cells of each column were read as missing, and the most frequent of what stood there.

    >>> blanked_cells({"a": {"NA": 2, "-": 5}})
    {'a': [7, ['-', 'NA']]}
    """
    return {
        name: [sum(counts.values()), sorted(counts, key=lambda token: (-counts[token], token))[:EXAMPLES]]
        for name, counts in found.items()
    }


def changed_problem(said: tuple[str, str], found: Mapping[str, Sequence[Any]]) -> list[dict]:
    """One problem for all columns in which cells were changed in a way: how many, where, and examples.

    >>> changed_problem(ZEROS, {"v": [2, ["1.10", "2.50"]], "w": [0, []]})[0]["where"]
    'column "v" (2 cells, such as "1.10", "2.50")'
    """
    touched = {name: (count, examples) for name, (count, examples) in found.items() if count}
    if not touched:
        return []
    total = sum(count for count, _ in touched.values())
    what = re.sub(r"(\w+)\|(\w+)", lambda match: str(match[2 if total == 1 else 1]), said[0]).format(count=total)
    return [
        {
            "what": what,
            "where": spoken_columns(touched),
            "fix": said[1],
            "count": total,
        }
    ]


def spoken_columns(touched: Mapping[str, tuple[int, Collection[str]]]) -> str:
    """Columns with how many cells and examples, the first twenty."""
    shown = [
        f'column "{name}" ({count:,} cell{"s" * (count != 1)}, such as '
        + ", ".join(f'"{cell[:40]}"' for cell in examples)
        + ")"
        for name, (count, examples) in list(touched.items())[:20]
    ]
    return ", ".join(shown) + (f", and {len(touched) - 20:,} more columns" if len(touched) > 20 else "")
