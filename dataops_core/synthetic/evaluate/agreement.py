"""How much it says that two rows agree, column by column.

Of two rows, each column tells how probable it is that a real row comes as close to the value as the other one does (the
share of a category; the share of ranks in between for numbers). Each adds the logarithm of a likelihood ratio: three in
ten columns of a copy were changed, the others agree, numbers up to a noise of any size (Fellegi & Sunter 1969, "A
theory for record linkage"). So no columns have to be chosen.

Columns go together: who agrees in education agrees in years of education, and that says nothing new. So a value counts
by how probable it is given the value of an earlier column that agrees as well, the one that makes it most probable;
columns come in the order of how much they tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dataops_core.synthetic.evaluate.candidate_pairs import pairs
from dataops_core.synthetic.evaluate.distance import as_numbers

ALTERED = 0.3  # of the columns of a copy, supposed to be changed
PRIOR = 40.0  # rows that speak for a value being as frequent as everywhere, whatever another column says


@dataclass(frozen=True)
class Placed:
    """Rows by their columns (columns, rows): places, of which half a unit is a whole column, the probability to agree
    with each, the weight of agreement, and codes for blocks (see `candidate_pairs.coded`); the first `numbers` columns
    are numbers. `told`: these rows say how probable a value is.
    """

    places: np.ndarray
    shares: np.ndarray
    weights: np.ndarray
    cells: np.ndarray
    numbers: int
    told: bool


@dataclass(frozen=True)
class Best:
    """For each row of one side the row of the other that it agrees with best (-1: none) and how much that says (log
    odds, at least 0).
    """

    row: np.ndarray
    score: np.ndarray


def placed(
    frames: Sequence[pd.DataFrame], cells: Sequence[np.ndarray], numbers: Sequence[str], categories: Sequence[str]
) -> list[Placed]:
    """The rows of several frames; frames 0 and 2 (training and holdout) say how probable a value is, a row of theirs by
    all others.
    """
    made: list[tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]] = [([], [], []) for _ in frames]
    for column, name in enumerate((*numbers, *categories)):
        sides = (
            [as_numbers(frame[name]) for frame in frames]
            if name in numbers
            else [np.where(part[column], part[column], np.nan) for part in cells]
        )
        told = np.concatenate([sides[0], sides[2]])
        known, gone = np.sort(told[~np.isnan(told)]), int(np.isnan(told).sum())
        for which, (side, (places, shares, weights)) in enumerate(zip(sides, made, strict=True)):
            low, high = np.searchsorted(known, side, side="left"), np.searchsorted(known, side, side="right")
            rank = (low + high) / 2 / len(told) if name in numbers else 10.0 * side
            share = np.maximum(1, np.where(np.isnan(side), gone, high - low) - (which in {0, 2})) / len(told)
            places.append(np.where(np.isnan(side), -10.0, rank))
            shares.append(share)
            weights.append((1 - ALTERED) / (1 - np.log(share)) if name in numbers else np.full(len(side), 1 - ALTERED))
    return [
        Placed(_stacked(places), _stacked(shares), _stacked(weights), part, len(numbers), which in {0, 2})
        for which, ((places, shares, weights), part) in enumerate(zip(made, cells, strict=True))
    ]


def _stacked(parts: list[np.ndarray]) -> np.ndarray:
    return np.stack(parts, dtype="float32", casting="same_kind")


def _apart(one: Placed, other: Placed, column: int, rows: np.ndarray, matches: np.ndarray) -> np.ndarray:
    """How probable it is that a real row comes as close in this column, for pairs of rows."""
    apart = np.abs(one.places[column][rows] - other.places[column][matches])
    apart *= 2
    return np.clip(apart, one.shares[column][rows], 1.0, out=apart)


def _ratio(one: Placed, column: int, rows: np.ndarray, apart: np.ndarray) -> np.ndarray:
    """The logarithm of the likelihood ratio of pairs of rows that come so close."""
    ratio = one.weights[column][rows] / apart
    ratio += ALTERED if column < one.numbers else 2 * ALTERED - 1  # a category that differs leaves ALTERED
    logarithm: np.ndarray = np.log(ratio)
    return logarithm


def best(one: Placed, other: Placed, sets: Sequence[Sequence[int]], *, same: bool = False) -> Best:
    """The best match of each row among those that it shares a block with, columns taken to be independent."""
    n = one.places.shape[1]
    found = Best(np.full(n, -1), np.zeros(n, dtype="float32"))
    for rows, matches in pairs(one.cells, other.cells, sets, same=same):
        if not len(rows):
            continue
        score = np.zeros(len(rows), dtype="float32")
        for column in range(len(one.places)):
            score += _ratio(one, column, rows, _apart(one, other, column, rows, matches))
        start = np.flatnonzero(np.diff(rows, prepend=-1))
        top = np.flatnonzero(score == np.repeat(np.maximum.reduceat(score, start), np.diff(start, append=len(rows))))
        top = top[np.diff(rows[top], prepend=-1) > 0]
        top = top[score[top] > found.score[rows[top]]]
        found.row[rows[top]], found.score[rows[top]] = matches[top], score[top]
    return found


class Ties:
    """How often values of columns come together in the rows of training and holdout."""

    def __init__(self, real: Placed, holdout: Placed) -> None:
        """Count in the rows of both sides."""
        self.cells, places = (
            np.concatenate([real.cells, holdout.cells], axis=1),
            np.concatenate([real.places, holdout.places], axis=1),
        )
        self.rows = self.cells.shape[1]
        self.wide = [int(column.max()) + 2 for column in self.cells]
        self.counts = [np.bincount(column, minlength=wide) for column, wide in zip(self.cells, self.wide, strict=True)]
        telling = []
        for column in places:
            share = np.unique(column, return_counts=True)[1] / self.rows
            telling.append(float((share * np.log(share)).sum()))
        self.order = [int(column) for column in np.argsort(telling, kind="stable")]
        self.memory: dict[tuple[int, int], tuple[np.ndarray, np.ndarray]] = {}

    def likelier(self, one: Placed, before: int, column: int) -> np.ndarray:
        """How many times as often the value of a column comes where that of the column before comes (rows,)."""
        wide = self.wide[column]
        if (before, column) not in self.memory:
            self.memory[before, column] = np.unique(self.cells[before] * wide + self.cells[column], return_counts=True)
        keys, counts = self.memory[before, column]
        first, second = np.minimum(one.cells[before], self.wide[before] - 1), np.minimum(one.cells[column], wide - 1)
        wanted = first * wide + second
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        both = np.maximum(0, np.where(keys[at] == wanted, counts[at], 0) - one.told)
        share = np.maximum(1, self.counts[column][second] - one.told) / self.rows
        likelier: np.ndarray = (
            (both + PRIOR * share) / (np.maximum(0, self.counts[before][first] - one.told) + PRIOR) / share
        )
        return likelier


def weighed(one: Placed, other: Placed, match: Best, ties: Ties) -> np.ndarray:
    """How much matches say, a value by how probable it is given another that agrees (rows,): log odds, at least 0."""
    rows, matches = np.arange(len(match.row)), np.maximum(match.row, 0)
    agree = one.cells == other.cells[:, matches]
    total = np.zeros(len(rows))
    for place, column in enumerate(ties.order):
        likelier = np.ones(len(rows))
        for before in ties.order[:place]:
            np.maximum(likelier, np.where(agree[before], ties.likelier(one, before, column), 1.0), out=likelier)
        total += _ratio(one, column, rows, np.minimum(1.0, _apart(one, other, column, rows, matches) * likelier))
    return np.where(match.row < 0, 0.0, np.maximum(total, 0.0))
