"""Copies of real rows with some columns changed: found by how improbable it is that two rows agree so well in the
columns that are left.

For every row the training row and the holdout row that it agrees with best are found by blocks over many sets of
columns (`candidate_pairs`), and weighed by how much their agreement says (`agreement`). What a row's training match has
beyond its holdout match is symmetric about 0 for rows made without copying; how far it reaches by nature is told by
real rows, and continued beyond the farthest by an exponential law (peaks over threshold, Pickands 1975).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from dataops_core.synthetic.evaluate.agreement import Placed, Ties, best, placed, weighed
from dataops_core.synthetic.evaluate.candidate_pairs import coded, sets_of_columns
from dataops_core.synthetic.evaluate.signals import Found, Signal
from dataops_core.synthetic.evaluate.significance import LEAK, paired, poisson

CELLS, TIES = 600_000, 18_000_000  # of a side, at most: columns x rows, and columns x columns x rows
AMONG = (2, 3, 4, 6, 9, 14, 21, 32, 50, 100, 200)  # training rows that are nearest beyond chance
LOOKS = 3  # what AMONG, whose members go together, cost: more than enough in `make bench-claims`
TAIL = 80  # real rows that reach farthest, to which the law is fitted, at least
WIDER = 1.2  # than the fitted tail, for it was fitted
CHANGED = 2  # columns of a planted copy that are taken from another row
PLANTED, TRIES = 1000, 40
SHARES = (0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1)
OFTEN = 0.9
ALONE = LEAK / LOOKS / 0.05  # makes a chance of 1 in 20 one that is just a leak


def rows_for(width: int) -> int:
    """How many rows a side are compared; all of them where there are no more."""
    return max(300, min(CELLS // max(1, width), TIES // max(1, width) ** 2))


def edited(
    real: pd.DataFrame,
    synthetic: pd.DataFrame,
    holdout: pd.DataFrame,
    numbers: Sequence[str],
    categories: Sequence[str],
    seed: int,
) -> Signal:
    """Training rows that a synthetic row agrees with beyond what chance allows, though some columns may differ; with
    what would be found.

    `real` and `holdout` have as many rows. "found" says of what share of the rows copies with two columns changed would
    be a leak nine times in ten.
    """
    if len(numbers) + len(categories) < CHANGED + 2:
        return Signal(why=f"it takes {CHANGED + 2} columns to tell")
    rng = np.random.default_rng([seed % 2**32, 19])
    planted = _planted(real, [*numbers, *categories], rng)
    frames = [real, synthetic, holdout, planted]
    cells = coded(frames, numbers, categories)
    sets = sets_of_columns(np.concatenate([cells[0], cells[2]], axis=1), rng)
    r, s, h, c = placed(frames, cells, numbers, categories)
    ties = Ties(r, h)
    beyond, place = _beyond(s, r, h, sets, ties)
    natural = np.abs(np.concatenate([_beyond(each, r, h, sets, ties)[0] for each in (r, h)]))
    count, p = _excess(beyond, place, natural)
    # what was copied already hides what would be found
    fresh = beyond if p > LEAK else rng.choice(natural, len(beyond))
    found = Found(found=_found(fresh, place, natural, _beyond(c, r, h, sets, ties)[0], rng))
    value = count if p <= LEAK else 0
    return Signal(value=value, expected=0.0, p=p, rows=(len(real), len(synthetic)), would=found)


def _beyond(
    one: Placed, real: Placed, holdout: Placed, sets: Sequence[Sequence[int]], ties: Ties
) -> tuple[np.ndarray, np.ndarray]:
    """How much more the best training match of each row says than its best holdout match; and which training row that
    is.
    """
    ours, theirs = (best(one, other, sets, same=one is other) for other in (real, holdout))
    return weighed(one, real, ours, ties) - weighed(one, holdout, theirs, ties), ours.row


def _excess(beyond: np.ndarray, place: np.ndarray, reach: np.ndarray) -> tuple[int, float]:
    """How many different training rows stand out, and how often chance lets as many: the most telling of AMONG, times
    LOOKS.

    Where real rows reach as far, `beyond` is held against them and against the holdout side together; farther out,
    against the fitted tail. The holdout side alone need only say the same at 1 in 20: it is what remains where a table
    crowds about common rows.
    """
    ordered = np.sort(reach)
    out = np.flatnonzero(beyond > ordered[-max(1, len(ordered) // 20)])
    out = out[np.argsort(-beyond[out], kind="stable")]
    _, first = np.unique(place[out], return_index=True)  # one real row that attracts many is one
    ours = beyond[out[np.sort(first)]]
    theirs = np.sort(-beyond[beyond < 0])
    tail = min(len(ordered), max(TAIL, len(ordered) // 200))
    bound = float(ordered[-tail])
    sides = [side[side > bound] - bound for side in (reach, theirs)]
    scale = WIDER * max((float(side.mean()) for side in sides if len(side) >= 10), default=1.0)
    best_p, count, exposure = 1.0, 0, 2 * len(reach) / len(beyond)
    for among in AMONG:
        if among > len(ours):
            break
        far = ours[among - 1]
        others, natural = (len(side) - int(np.searchsorted(side, far)) for side in (theirs, ordered))
        if far <= bound:
            p = paired(among, others + natural, 1 / (1 + exposure))
        else:
            p = poisson(among, max(natural, tail * math.exp(-(far - bound) / scale)) / exposure + others)
        p = max(p, ALONE * paired(among, others) if others else 0.0)
        if p < best_p:
            best_p, count = p, among
    return count, min(1.0, LOOKS * best_p)


def _planted(real: pd.DataFrame, columns: Sequence[str], rng: np.random.Generator) -> pd.DataFrame:
    """Copies of real rows, two columns of each taken from other rows."""
    some, other = (rng.choice(len(real), PLANTED) for _ in range(2))
    changed = np.argsort(rng.random((PLANTED, len(columns))), axis=1)[:, :CHANGED]
    return pd.DataFrame(
        {
            name: real[name].iloc[np.where((changed == number).any(axis=1), other, some)].reset_index(drop=True)
            for number, name in enumerate(columns)
        }
    )


def _found(
    beyond: np.ndarray, place: np.ndarray, natural: np.ndarray, copies: np.ndarray, rng: np.random.Generator
) -> float | None:
    """The smallest of SHARES of which copies with two columns changed would be a leak nine times in ten; None where
    none is.

    They are planted among the synthetic rows (among real ones where there are copies), each turned to the training or
    the holdout side by lot.
    """
    for share in SHARES:
        count = round(share * len(beyond))
        if count < 2:
            continue
        missed = 0
        for _ in range(TRIES):
            rows = rng.choice(len(beyond), count, replace=False)
            mixed, at = beyond * rng.choice([-1.0, 1.0], len(beyond)), place.copy()
            mixed[rows], at[rows] = rng.choice(copies, count, replace=count > len(copies)), -2 - np.arange(count)
            missed += _excess(mixed, at, natural)[1] > LEAK
            if missed > (1 - OFTEN) * TRIES:
                break
        else:
            return share
    return None
