"""Why a row stands out."""

from __future__ import annotations

from dataclasses import dataclass

from dataops_core.record import Record, hidden


@dataclass(frozen=True, kw_only=True)
class Reason(Record):
    """A column by which a row stands out."""

    column: str
    value: str | None
    usual: str | tuple[float | None, float | None] | None  # the usual bounds, or what rows that are alike have
    verdict: str  # error, unclear or rare
    words: str
    action: str = hidden("")  # what to do


@dataclass(frozen=True)
class Flagged:
    """How many rows stand out, and of those that are told the place, the score and the reasons."""

    count: int
    rows: list[tuple[int, float, list[Reason]]]
