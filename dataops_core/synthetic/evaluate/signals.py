"""A signal of privacy: what was counted, what fresh rows would show, and how often chance alone shows as much."""

from __future__ import annotations

from dataclasses import dataclass

from dataops_core.record import Record, absent, spread

Interval = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Found(Record):
    """The share of rows that copies must make up to be found 9 times in 10; null: not even one in ten."""

    found: float | None


@dataclass(frozen=True, kw_only=True)
class ReturnedTexts(Record):
    """Identifiers or texts of a column that come back."""

    column: str
    values: int  # of real rows that stand in the synthetic column
    of: int  # different values in the synthetic column
    expected: int | None  # values of the holdout that stand there
    judged: bool  # false: they merely count rows


@dataclass(frozen=True, kw_only=True)
class Guess(Record):
    """How often a column is guessed right from the nearest synthetic row."""

    column: str
    training: float  # of the training rows
    fresh: float  # of rows that nobody learned from
    p: float


@dataclass(frozen=True, kw_only=True)
class Signal(Record):
    """One signal of privacy."""

    title: str = ""
    value: float | None = None  # null where it was not measured
    expected: float | None = None  # what a fresh sample of real rows shows
    interval: Interval | None = None  # where that stays in 95 of 100 draws
    p: float | None = None  # how often chance alone shows as much
    leak: bool = False
    doubtful: bool = False
    why: str | None = None  # why it was not measured, or not weighed
    distinct: int | None = absent()  # different rows that are copies of training rows alone
    verbatim: int | None = absent()  # of them, those that are the same in texts and identifiers too
    share: float | None = absent()  # of the synthetic rows
    of: int | None = absent()  # among so many
    sets: int | None = absent()  # of columns that were looked at together
    rows: tuple[int, int] | None = absent()  # that were compared: real, synthetic
    would: Found | None = spread(None)
    column: str | None = absent()  # the column that is guessed best
    columns: list[ReturnedTexts | Guess] | None = absent()
    tail_share: float | None = absent()  # of the nearest rows, those that are nearer to training rows
    tail_interval: Interval | None = absent()
    words: str = ""
