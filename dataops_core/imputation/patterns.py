"""Where cells are missing: patterns of rows, columns that go missing together, shares by group and over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from dataops_core.record import Record, spread
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._mixed import DAY_US, is_number, numbers
from dataops_core.table import type_of

MOST_PATTERNS, MOST_PAIRS, MOST_LEVELS, BINS = 30, 50, 20, 4
PERIODS = 24


@dataclass(frozen=True, kw_only=True)
class Pattern(Record):
    """Rows with gaps in the same columns."""

    missing: list[str]  # the columns
    rows: int
    share: float


@dataclass(frozen=True, kw_only=True)
class RarerPatterns(Record):
    """Patterns that are not listed."""

    patterns: int
    rows: int


@dataclass(frozen=True, kw_only=True)
class Patterns(Record):
    """The patterns of gaps."""

    columns: list[str]  # with gaps
    rows: list[Pattern]  # the 30 most common ones
    rest: RarerPatterns


@dataclass(frozen=True, kw_only=True)
class MissingTogether(Record):
    """Two columns that are missing in the same rows more, or less, often than by chance."""

    columns: tuple[str, str]
    both: int  # rows
    expected: float  # rows, if the gaps came independently
    ratio: float
    phi: float  # correlation of the two gaps, -1 to 1


@dataclass(frozen=True, kw_only=True)
class MissingInGroup(Record):
    """Where cells of a group are missing."""

    n: int  # rows
    shares: dict[str, float]  # of them, by column


@dataclass(frozen=True, kw_only=True)
class MissingInPeriod(Record):
    """Where cells of a period are missing."""

    period: str
    counted: MissingInGroup = spread()


@dataclass(frozen=True, kw_only=True)
class MissingOverTime(Record):
    """Where cells are missing along a column of times or numbers."""

    column: str
    unit: Literal["day", "month", "year", "range"] | None  # of a period; null where no time is known
    periods: list[MissingInPeriod]


def patterns(gone: np.ndarray, names: Sequence[str]) -> Patterns:
    """The most common patterns of gaps (at most 30), each with its columns and rows; the rest is counted.

    `gone` says which cells are missing, rows x columns.
    """
    if not len(gone) or not len(names):
        return Patterns(columns=list(names), rows=[], rest=RarerPatterns(patterns=0, rows=0))
    found, counts = np.unique(gone, axis=0, return_counts=True)
    order = sorted(range(len(found)), key=lambda place: (-counts[place], found[place].tolist()))
    shown = [
        Pattern(
            missing=[name for name, lost in zip(names, found[place], strict=True) if lost],
            rows=int(counts[place]),
            share=float(counts[place] / len(gone)),
        )
        for place in order[:MOST_PATTERNS]
    ]
    rest = order[MOST_PATTERNS:]
    rarer = RarerPatterns(patterns=len(rest), rows=int(counts[rest].sum()) if rest else 0)
    return Patterns(columns=list(names), rows=shown, rest=rarer)


def together(gone: np.ndarray, names: Sequence[str]) -> list[MissingTogether]:
    """Pairs of columns that are missing together more, or less, often than by chance: the strongest 50, by phi."""
    if len(gone) < 2:
        return []
    cells = gone.astype("float64")
    both, each = cells.T @ cells, cells.sum(axis=0)
    made: list[MissingTogether] = []
    for one in range(len(names)):
        for other in range(one + 1, len(names)):
            spread = np.sqrt(each[one] * (len(gone) - each[one]) * each[other] * (len(gone) - each[other]))
            if spread > 0:
                expected = each[one] * each[other] / len(gone)
                phi = (len(gone) * both[one, other] - each[one] * each[other]) / spread
                made.append(
                    MissingTogether(
                        columns=(names[one], names[other]),
                        both=int(both[one, other]),
                        expected=float(expected),
                        ratio=float(both[one, other] / expected),
                        phi=float(phi),
                    )
                )
    return sorted(made, key=lambda pair: -abs(pair.phi))[:MOST_PAIRS]


def levels_of(column: pd.Series) -> list[str | None]:
    """Each row's group: the value (the 20 most frequent; others together), or one of four ranges of a number; None
    where missing.
    """
    if is_number(column) and column.dropna().nunique() > MOST_LEVELS:
        values = numbers(column)
        edges = (
            np.unique(np.nanquantile(values, np.linspace(0, 1, BINS + 1)))
            if np.isfinite(values).any()
            else np.array([])
        )
        if len(edges) < 2:
            return [None] * len(column)
        place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
        told = [_edge(edge, column) for edge in edges]
        return [
            None if np.isnan(value) else f"{told[at]} to {told[at + 1]}"
            for value, at in zip(values, place, strict=True)
        ]
    texts = cell_texts(column)
    often = set(
        pd.Series([text for text in texts if text is not None], dtype=object).value_counts().index[:MOST_LEVELS]
    )
    return [text if text is None or text in often else "all others" for text in texts]


def _edge(edge: float, column: pd.Series) -> str:
    return str(np.datetime64(round(edge * DAY_US), "us"))[:10] if type_of(column) == "datetime" else f"{edge:g}"


def shares_by(levels: Sequence[str | None], gone: np.ndarray, names: Sequence[str]) -> dict[str, MissingInGroup]:
    """Per group its rows, and the share of them in which each column is missing."""
    made: dict[str, MissingInGroup] = {}
    keys = np.array(["" if level is None else level for level in levels], dtype=object)
    there = np.array([level is not None for level in levels], dtype=bool)
    for level in sorted({level for level in levels if level is not None}):
        rows = there & (keys == level)
        shares = {name: float(share) for name, share in zip(names, gone[rows].mean(axis=0), strict=True)}
        made[level] = MissingInGroup(n=int(rows.sum()), shares=shares)
    return made


def over_time(column: pd.Series, gone: np.ndarray, names: Sequence[str]) -> MissingOverTime:
    """Shares of missing cells per period: days, months or years, as fits the span; of numbers, in ranges of equally
    many rows.
    """
    values = numbers(column)
    known = np.isfinite(values)
    if not known.any():
        return MissingOverTime(column=str(column.name), unit=None, periods=[])
    if type_of(column) == "datetime":
        days = float(values[known].max() - values[known].min())
        unit: Literal["day", "month", "year", "range"]
        unit, digits = ("day", 10) if days <= 62 else ("month", 7) if days <= 366 * 5 else ("year", 4)
        texts = np.datetime_as_string(column.to_numpy(dtype="datetime64[us]"), unit="D")
        keys = [str(text)[:digits] if there else None for text, there in zip(texts, known, strict=True)]
        order = sorted({key for key in keys if key is not None})
    else:
        unit = "range"
        edges = np.unique(np.quantile(values[known], np.linspace(0, 1, min(PERIODS, int(known.sum())) + 1)))
        place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, max(0, len(edges) - 2))
        last = len(edges) - 1
        told = [f"{edges[at]:g} to {edges[min(at + 1, last)]:g}" for at in range(max(1, last))]
        keys = [told[at] if there else None for at, there in zip(place, known, strict=True)]
        order = told
    found = shares_by(keys, gone, names)
    periods = [MissingInPeriod(period=key, counted=found[key]) for key in order if key in found]
    return MissingOverTime(column=str(column.name), unit=unit, periods=periods)
