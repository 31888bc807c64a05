"""Counts in the messages of checks."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """A number with what it counts, in the singular where it is one.

    >>> counted(1, "cell is", "cells are"), counted(1234, "row")
    ('1 cell is', '1,234 rows')
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
