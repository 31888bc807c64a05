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
from dataops_core.values.numbers import in_days

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
            [in_days(frame[name]) for frame in frames]
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
    """How often values of columns come together in the rows of training and holdout.

    Columns stand in `order`, of how much they tell, and each value of each has a code of its own.
    """

    def __init__(self, real: Placed, holdout: Placed) -> None:
        """Count in the rows of both sides."""
        cells, places = (
            np.concatenate([real.cells, holdout.cells], axis=1),
            np.concatenate([real.places, holdout.places], axis=1),
        )
        self.rows = cells.shape[1]
        telling = []
        for column in places:
            share = np.unique(column, return_counts=True)[1] / self.rows
            telling.append(float((share * np.log(share)).sum()))
        self.order = np.argsort(telling, kind="stable")
        self.last = cells[self.order].max(axis=1, keepdims=True).astype("int64") + 1
        self.start = np.cumsum(self.last + 1).reshape(-1, 1) - self.last - 1
        self.codes = cells[self.order] + self.start
        self.values = int(self.start[-1, 0] + self.last[-1, 0] + 1)
        self.counts = np.bincount(self.codes.ravel(), minlength=self.values)
        self.memory: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def coded(self, one: Placed) -> np.ndarray:
        """The codes of some rows (columns in order, rows)."""
        codes: np.ndarray = np.minimum(one.cells[self.order], self.last) + self.start
        return codes

    def likelier(self, before: np.ndarray, value: np.ndarray, place: int, *, told: bool) -> np.ndarray:
        """How many times as often a value of the column at this place comes where a value of one before it comes."""
        if place not in self.memory:
            together = self.codes[:place] * self.values + self.codes[place]
            self.memory[place] = np.unique(together, return_counts=True)
        keys, counts = self.memory[place]
        wanted = before * self.values + value
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        both = np.maximum(0, np.where(keys[at] == wanted, counts[at], 0) - told)
        share = np.maximum(1, self.counts[value] - told) / self.rows
        likelier: np.ndarray = (both + PRIOR * share) / (np.maximum(0, self.counts[before] - told) + PRIOR) / share
        return likelier


def weighed(one: Placed, other: Placed, match: Best, ties: Ties) -> np.ndarray:
    """How much matches say, a value by how probable it is given another that agrees (rows,): log odds, at least 0."""
    rows, matches = np.arange(len(match.row)), np.maximum(match.row, 0)
    agree, codes = (one.cells == other.cells[:, matches])[ties.order], ties.coded(one)
    total = np.zeros(len(rows))
    for place, column in enumerate(ties.order):
        likelier = np.ones(len(rows))
        before, row = np.nonzero(agree[:place])
        if len(row):
            found = ties.likelier(codes[before, row], codes[place, row], place, told=one.told)
            np.maximum.at(likelier, row, found)
        total += _ratio(one, column, rows, np.minimum(1.0, _apart(one, other, column, rows, matches) * likelier))
    return np.where(match.row < 0, 0.0, np.maximum(total, 0.0))
