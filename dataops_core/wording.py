"""Counts and times in messages, in the form that fits the number; what was done, told as what would be done."""

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


DOES = {  # what a sentence of a step begins with, and the same of a step that is still to come
    "Added": "Adds",
    "Appended": "Appends",
    "Combined": "Combines",
    "Computed": "Computes",
    "Copied": "Copies",
    "Counted": "Counts",
    "Deleted": "Deletes",
    "Dropped": "Drops",
    "Encoded": "Encodes",
    "Extracted": "Extracts",
    "Filled": "Fills",
    "Generalized": "Generalizes",
    "Joined": "Joins",
    "Kept": "Keeps",
    "Made": "Makes",
    "Marked": "Marks",
    "Masked": "Masks",
    "Merged": "Merges",
    "Moved": "Moves",
    "One-hot encoded": "One-hot encodes",
    "Put": "Puts",
    "Read": "Reads",
    "Redacted": "Redacts",
    "Reduced": "Reduces",
    "Removed": "Removes",
    "Renamed": "Renames",
    "Repaired": "Repairs",
    "Replaced": "Replaces",
    "Resampled": "Resamples",
    "Rounded": "Rounds",
    "Scaled": "Scales",
    "Set": "Sets",
    "Shifted": "Shifts",
    "Sorted": "Sorts",
    "Split": "Splits",
    "Suppressed": "Suppresses",
    "Switched": "Switches",
    "Transformed": "Transforms",
    "Treated": "Treats",
    "Trimmed": "Trims",
    "Turned": "Turns",
    "Weighed": "Weighs",
    "Wrote": "Writes",
}


def as_plan(text: str) -> str:
    """What was done, told as what would be done: each sentence that begins with what was done, after a colon or a
    semicolon, too.

    >>> as_plan("2 fixes: Filled missing values in age; Trimmed name"), as_plan("Made x")
    ('2 fixes: Fills missing values in age; Trims name', 'Makes x')
    """
    words = "|".join(map(re.escape, sorted(DOES, key=len, reverse=True)))
    return re.sub(rf"(^|; |: )({words})\b", lambda match: match[1] + DOES[match[2]], text)
