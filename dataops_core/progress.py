"""How far long work is: every function that takes a while tells it to whoever asked."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float, str], None]  # the share that is done, from 0 to 1, and what is being done


def no_progress(_share: float, _note: str) -> None:
    """A progress report to nobody."""


def part_of(progress: Progress, start: float, end: float) -> Progress:
    """The progress of a part of the work that goes from one share of it to another.

    >>> part_of(lambda share, note: print(f"{share:.0%} {note}"), 0.5, 0.7)(0.5, "Rows")
    60% Rows
    """
    return lambda share, note: progress(start + share * (end - start), note)
