"""Counts and times in messages, in the form that fits the number."""

from __future__ import annotations

import re


def counted(number: int, one: str, many: str = "") -> str:
    """A number with what it counts, in the singular where it is one.

    >>> counted(1, "cell is", "cells are"), counted(1234, "row")
    ('1 cell is', '1,234 rows')
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def for_number(text: str, number: int) -> str:
    """A text in which `many|one` stands for two forms of a word, in the form that fits a number.

    >>> for_number("rows|row have|has gone", 1)
    'row has gone'
    """
    return re.sub(r"(\w+)\|(\w+)", lambda match: str(match[2 if number == 1 else 1]), text)


def duration(seconds: float) -> str:
    """A time to be expected, no more exact than it can be.

    >>> duration(3), duration(33), duration(70), duration(500), duration(9000)
    ('a few seconds', 'about 30 seconds', 'about a minute', 'about 8 minutes', 'about 2.5 hours')
    """
    if seconds < 10:
        return "a few seconds"
    if seconds < 50:
        return f"about {round(seconds, -1):.0f} seconds"
    if seconds < 90:
        return "about a minute"
    return f"about {seconds / 60:.0f} minutes" if seconds < 5400 else f"about {seconds / 3600:.2g} hours"
