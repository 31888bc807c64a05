"""Copies of real rows with some columns changed: found by how improbable it is that two rows agree so well in the columns that are left.

Of two rows, each column tells how probable it is that a real row comes as close to the value as the other one does (the share of a
category; the share of ranks in between for numbers). Each column adds the logarithm of a likelihood ratio: three in ten columns of a copy
were changed, the others agree, numbers up to a noise of any size (Fellegi & Sunter 1969, "A theory for record linkage"). So no set of columns
has to be chosen. What a row's nearest training row has beyond its nearest holdout row is symmetric about 0 for rows made without copying;
how far it reaches by nature is told by real rows, and continued beyond the farthest by an exponential law (peaks over threshold, Pickands 1975).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.synthetic.chance import LEAK, paired, poisson
from dataops_core.synthetic.distance import as_numbers

WORK = 1e8  # cells compared in one matrix, at most
BLOCK = 400_000  # pairs looked at at once
TOGETHER = 5  # columns multiplied before a logarithm: more would leave the range of float32
AMONG = (2, 3, 4, 6, 9, 14, 21, 32, 50, 100, 200)  # training rows that are nearest beyond chance
LOOKS = 3  # what AMONG, whose members go together, cost: more than enough in `make bench-claims`
TAIL = 0.05
ALTERED = 0.3  # of the columns of a copy, supposed to be changed
WIDER = 1.2  # than the fitted tail, for it was fitted
CHANGED = 2  # columns of a planted copy that are taken from another row
PLANTED, TRIES = 150, 40
SHARES = (0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1)
OFTEN = 0.9


def rows_for(width: int) -> int:
    """How many rows a side are compared; all of them where there are no more."""
    return max(300, int(math.sqrt(WORK / max(1, width))))


def edited(
    real: pd.DataFrame, synthetic: pd.DataFrame, holdout: pd.DataFrame, numbers: Sequence[str], categories: Sequence[str], seed: int
) -> dict[str, Any]:
    """Training rows that a synthetic row agrees with beyond what chance allows, though some columns may differ; with what would be found.

    `real` and `holdout` have as many rows. "found" says of what share of the rows copies with two columns changed would be a leak nine times in ten.
    """
    if len(numbers) + len(categories) < CHANGED + 2:
        return {"value": None, "why": f"it takes {CHANGED + 2} columns to tell"}
    rng = np.random.default_rng([seed % 2**32, 19])
    planted = _planted(real, [*numbers, *categories], rng)
    r, s, h, c = _placed([real, synthetic, holdout, planted], numbers, categories)
    ours, place = _nearest(s, r)
    beyond = ours - _nearest(s, h)[0]
    natural = np.concatenate([_nearest(h, r)[0] - _nearest(h, h, same=True)[0], _nearest(r, h)[0] - _nearest(r, r, same=True)[0]])
    count, p = _excess(beyond, place, natural)
    told = {"value": count, "expected": 0.0, "p": p if count > 1 else max(p, 2 * LEAK), "rows": [len(real), len(synthetic)]}
    copies, where = _nearest(c, r)
    return told | {"found": _found(beyond, place, natural, copies - _nearest(c, h)[0], where, rng)}


@dataclass(frozen=True)
class Placed:
    """Rows by their columns (columns, rows): places, of which half a unit is a whole column, the probability to agree with each, and the weight of agreement."""

    places: np.ndarray
    shares: np.ndarray
    weights: np.ndarray
    least: np.ndarray  # (columns,): beside weight / probability


def _placed(frames: Sequence[pd.DataFrame], numbers: Sequence[str], categories: Sequence[str]) -> list[Placed]:
    """The rows of training, synthetic, holdout and planted frames; training and holdout rows say how probable a value is."""
    made: list[tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]] = [([], [], []) for _ in frames]
    for name in (*numbers, *categories):
        if name in numbers:
            sides = [as_numbers(frame[name]) for frame in frames]
        else:
            codes = pd.factorize(pd.concat([frame[name] for frame in frames], ignore_index=True))[0].astype("float64")
            codes[codes < 0] = np.nan
            sides = np.split(codes, np.cumsum([len(frame) for frame in frames])[:-1])
        told = np.concatenate([sides[0], sides[2]])
        known, gone = np.sort(told[~np.isnan(told)]), max(1, int(np.isnan(told).sum())) / len(told)
        for side, (places, shares, weights) in zip(sides, made, strict=True):
            low, high = np.searchsorted(known, side, side="left"), np.searchsorted(known, side, side="right")
            rank = (low + high) / 2 / len(told) if name in numbers else 10.0 * side
            share = np.where(np.isnan(side), gone, np.maximum(1, high - low) / len(told))
            places.append(np.where(np.isnan(side), -10.0, rank))
            shares.append(share)
            weights.append((1 - ALTERED) / (1 - np.log(share)) if name in numbers else np.full(len(side), 1 - ALTERED))
    least = np.array([ALTERED] * len(numbers) + [2 * ALTERED - 1] * len(categories), dtype="float32")  # a category that differs leaves ALTERED
    return [Placed(np.stack(places, dtype="float32", casting="same_kind"), np.stack(shares, dtype="float32", casting="same_kind"), np.stack(weights, dtype="float32", casting="same_kind"), least) for places, shares, weights in made]


def _nearest(one: Placed, other: Placed, *, same: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """How improbably well each row of one side agrees with the row of the other that it agrees with best, and which that is."""
    n, m = one.places.shape[1], other.places.shape[1]
    best, at = np.empty(n), np.empty(n, dtype="int64")
    step = max(1, BLOCK // max(1, m))
    for start in range(0, n, step):
        rows = slice(start, min(n, start + step))
        total = np.zeros((rows.stop - start, m), dtype="float32")
        for first in range(0, len(one.places), TOGETHER):
            product = np.ones(total.shape, dtype="float32")
            for column in range(first, min(first + TOGETHER, len(one.places))):
                a, b, share, weight, least = one.places[column], other.places[column], one.shares[column], one.weights[column], one.least[column]
                apart = np.abs(a[rows, None] - b[None, :])
                apart *= 2
                np.clip(apart, share[rows, None], 1.0, out=apart)
                np.divide(weight[rows, None], apart, out=apart)
                apart += least
                product *= apart
            total += np.log(product)
        if same:
            total[np.arange(len(total)), np.arange(start, rows.stop)] = -np.inf
        at[rows] = total.argmax(axis=1)
        best[rows] = total[np.arange(len(total)), at[rows]]
    return best, at


def _excess(beyond: np.ndarray, place: np.ndarray, natural: np.ndarray) -> tuple[int, float]:
    """How many different training rows stand out, and how often chance lets as many: the most telling of AMONG, times LOOKS."""
    order = np.argsort(-beyond, kind="stable")
    _, first = np.unique(place[order], return_index=True)  # one real row that attracts many is one
    ours = beyond[order[np.sort(first)]]
    reach = np.abs(natural)
    bound = float(np.quantile(reach, 1 - TAIL))
    tails = [side[side > bound] - bound for side in (reach, -beyond[beyond < 0])]
    scale = WIDER * max((float(tail.mean()) for tail in tails if len(tail) >= 5), default=1.0)
    best, count = 1.0, 0
    for among in AMONG:
        if among > len(ours) or ours[among - 1] <= bound:
            break
        far = ours[among - 1]
        others = int((-beyond >= far).sum())
        usual = len(beyond) * max(float((reach >= far).mean()) / 2, TAIL / 2 * math.exp(-(far - bound) / scale))
        p = max(poisson(among, usual + others), paired(among, others) if others else 0.0)
        if p < best:
            best, count = p, among
    best = min(1.0, LOOKS * best)
    return (count if best <= LEAK else 0), best


def _planted(real: pd.DataFrame, columns: Sequence[str], rng: np.random.Generator) -> pd.DataFrame:
    """Copies of real rows, two columns of each taken from other rows."""
    some = rng.choice(len(real), min(PLANTED, len(real)), replace=False)
    other = rng.choice(len(real), len(some))
    changed = np.argsort(rng.random((len(some), len(columns))), axis=1)[:, :CHANGED]
    return pd.DataFrame({
        name: real[name].iloc[np.where((changed == number).any(axis=1), other, some)].reset_index(drop=True) for number, name in enumerate(columns)
    })


def _found(beyond: np.ndarray, place: np.ndarray, natural: np.ndarray, copies: np.ndarray, where: np.ndarray, rng: np.random.Generator) -> float | None:
    """The smallest of SHARES of which copies with two columns changed would be a leak nine times in ten; None where none is."""
    for share in SHARES:
        count = round(share * len(beyond))
        if not 2 <= count <= len(copies):
            continue
        seen = 0
        for _ in range(TRIES):
            rows, those = rng.choice(len(beyond), count, replace=False), rng.choice(len(copies), count, replace=False)
            mixed, at = beyond.copy(), place.copy()
            mixed[rows], at[rows] = copies[those], where[those]
            seen += _excess(mixed, at, natural)[1] <= LEAK
        if seen >= OFTEN * TRIES:
            return share
    return None
