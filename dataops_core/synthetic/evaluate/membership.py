"""Whether distances tell who was learned from: closeness to training rows against closeness to rows that nobody learned
from.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from dataops_core.synthetic.evaluate.distance import TIE, Nearest, Points, nearest, robust_range
from dataops_core.synthetic.evaluate.signals import Guess, Signal
from dataops_core.synthetic.evaluate.significance import before, paired, proportions, shuffled_share
from dataops_core.values.numbers import in_days

FPR = 0.01
TAIL = 0.05
LONELY = 0.02  # of the real rows, those that are farthest from their nearest other real row
DRAWS = 500
AT_ONCE = 100  # draws, of which each holds all distances
WORK = 4e9  # cells compared in one matrix of distances, at most
SECRETS = 4
GUESSED = 0.02  # of a number's robust range: so near is guessed right


def rows_for(width: int) -> int:
    """How many rows a side are compared by distance; all of them where there are no more."""
    return max(500, int(math.sqrt(WORK / max(1, width))))


def closer_to_training(
    train: Nearest, holdout: Nearest, sides: tuple[int, int], rng: np.random.Generator
) -> dict[str, Signal]:
    """The share of synthetic rows that lie closer to a training row than to any of the equally large holdout (ties
    count one half), and the same of the rows that lie nearest of all.

    `train` and `holdout` are the nearest rows of the synthetic ones. Chance is told by shuffling who was learned from:
    that keeps what one real row attracts together, where a binomial interval would be too narrow.
    """
    ours, theirs = train.distance, holdout.distance
    tie = np.abs(ours - theirs) <= TIE
    label = np.arange(sum(sides)) < sides[0]
    told = {}
    reach = np.minimum(ours, theirs)
    close = reach <= np.quantile(np.sort(reach), TAIL) + TIE if len(reach) else np.zeros(0, dtype=bool)
    for name, some in (("all", np.ones(len(ours), dtype=bool)), ("tail", close)):
        weights = np.zeros(sum(sides))
        np.add.at(weights, train.place[some & tie], 0.5)
        np.add.at(weights, holdout.place[some & tie] + sides[0], 0.5)
        np.add.at(weights, train.place[some & ~tie & (ours < theirs)], 1.0)
        np.add.at(weights, holdout.place[some & ~tie & (ours > theirs)] + sides[0], 1.0)
        value, p, interval = shuffled_share(weights / max(1, some.sum()), label, rng)
        told[name] = Signal(value=min(1.0, value), p=p, interval=interval)
    return told


def tail_ratio(made: Nearest, fresh: Nearest, rng: np.random.Generator) -> Signal:
    """The 5 % quantile of the synthetic rows' distances to the training rows over that of fresh real rows, and where
    the ratio stays for fresh rows.

    p: how often as many synthetic rows are among the nearest of both, or among those that are nearest to one real row
    by far, whichever is more. A synthetic table that crowds about common rows has many neighbours at hand; a copy has
    one.
    """
    ours, theirs = made.distance, fresh.distance
    low, usual = float(np.quantile(ours, TAIL)), float(np.quantile(theirs, TAIL))
    if usual <= TIE:
        why = "one in twenty real rows has an equal real row by nature, so that no row can be too near"
        return Signal(value=1.0 if low <= TIE else None, expected=1.0, why=why)
    drawn = np.empty((2, DRAWS))
    for start in range(0, DRAWS, AT_ONCE):
        sides = zip(
            *[
                (rng.choice(theirs, len(ours)), rng.choice(theirs, len(theirs)))
                for _ in range(start, min(DRAWS, start + AT_ONCE))
            ],
            strict=True,
        )
        for row, side in zip(drawn, sides, strict=True):
            row[start : start + AT_ONCE] = np.quantile(side, TAIL, axis=1)
    ratios = drawn[0] / np.maximum(TIE, drawn[1])
    alone = [
        side.distance / np.where(np.isfinite(side.second) & (side.second > TIE), side.second, 1.0)
        for side in (made, fresh)
    ]
    p = max(_among_nearest(ours, theirs), _among_nearest(*alone))
    interval = float(np.quantile(ratios, 0.025)), float(np.quantile(ratios, 0.975))
    return Signal(value=low / usual, expected=1.0, interval=interval, p=p)


def _among_nearest(made: np.ndarray, fresh: np.ndarray) -> float:
    """How often chance puts as many of the first side among the lowest 5 % of both."""
    bound = float(np.quantile(np.concatenate([made, fresh]), TAIL)) + TIE
    return proportions(int((made <= bound).sum()), len(made), int((fresh <= bound).sum()), len(fresh))


def tpr_at(members: np.ndarray, strangers: np.ndarray, fpr: float = FPR) -> float:
    """The share of members found when so few strangers are taken for members: by distance, the nearest first (Carlini
    et al. 2022, "Membership inference attacks from first principles", say why the tail counts and not the average).
    Ties are drawn by lot.

    >>> tpr_at(np.array([0.0, 0.0, 1.0, 2.0]), np.array([3.0, 4.0]), 0.01) > 0.99
    True
    """
    every = np.unique(np.round(np.concatenate([members, strangers]) / TIE))
    hits = np.searchsorted(np.sort(np.round(members / TIE)), every, side="right") / len(members)
    wrong = np.searchsorted(np.sort(np.round(strangers / TIE)), every, side="right") / len(strangers)
    return (
        float(np.interp(fpr, np.concatenate([[0.0], wrong]), np.concatenate([[0.0], hits])))
        if wrong[0] > 0
        else _stepped(hits, wrong, fpr)
    )


def _stepped(hits: np.ndarray, wrong: np.ndarray, fpr: float) -> float:
    """The rate between two points of the curve, from the last one without a stranger on."""
    last = int(np.searchsorted(wrong, 0.0, side="right")) - 1
    return float(np.interp(fpr, wrong[last:], hits[last:]))


def found_members(members: np.ndarray, strangers: np.ndarray) -> Signal:
    """Membership inference: how many training rows are found by their nearest synthetic row at 1 % false alarms."""
    cut = max(1, math.ceil(FPR * len(strangers)))
    bound = np.sort(strangers)[cut - 1]
    inside = float((members < bound - TIE).sum())
    tied = (int((np.abs(members - bound) <= TIE).sum()), int((np.abs(strangers - bound) <= TIE).sum()))
    inside += tied[0] * (cut - float((strangers < bound - TIE).sum())) / (tied[1] + 1)
    p, (low, high) = before(math.floor(inside), cut, len(members), len(strangers))
    interval = low / len(members), high / len(members)
    return Signal(value=tpr_at(members, strangers), expected=FPR, interval=interval, p=p)


def lonely(train: np.ndarray, holdout: np.ndarray, alone: tuple[np.ndarray, np.ndarray]) -> Signal:
    """People unlike anybody else, met by a synthetic row: of the real rows that are farthest from any other real row,
    those that have a synthetic row at less than a third of that distance; of training rows, against rows that nobody
    learned from.

    `train`, `holdout`: distances of real rows to the nearest synthetic one; `alone`: to the nearest other real one.
    """
    bound = np.quantile(np.concatenate(alone), 1 - LONELY)
    counted = []
    for near, own in zip((train, holdout), alone, strict=True):
        far = own >= bound
        counted.append((int((near[far] < own[far] / 3).sum()), int(far.sum())))
    (ours, of), (others, other_of) = counted
    p = min(proportions(ours, of, others, other_of), paired(ours, others, of / max(1, other_of)))
    return Signal(value=ours, of=of, expected=float(others), p=p if bound > TIE else 1.0)


def disclosed(
    real: tuple[pd.DataFrame, pd.DataFrame],
    synthetic: pd.DataFrame,
    spots: tuple[Points, Points, Points],
    names: tuple[list[str], list[str]],
    secrets: list[str],
) -> Signal:
    """What somebody learns who knows all of a person but one column, and takes that from the nearest synthetic row: how
    often that is right for training rows, against rows that nobody learned from. The column where it is most so counts.

    `real` are training and holdout rows, `spots` the points of these and of the synthetic rows, `names` their numbers
    and categories.
    """
    told: list[Guess] = []
    for secret in secrets:
        hits = [
            _guesses(frame, synthetic, spot, spots[2], names, secret)
            for frame, spot in zip(real, spots[:2], strict=True)
        ]
        (right, of), (other, other_of) = hits
        told.append(
            Guess(
                column=secret,
                training=right / max(1, of),
                fresh=other / max(1, other_of),
                p=proportions(right, of, other, other_of),
            )
        )
    worst = min(told, key=lambda each: each.p)
    spread = 1.96 * math.sqrt(2 * worst.fresh * (1 - worst.fresh) / max(1, len(real[1])))
    return Signal(
        value=worst.training,
        expected=worst.fresh,
        interval=(max(0.0, worst.fresh - spread), min(1.0, worst.fresh + spread)),
        p=min(1.0, worst.p * len(told)),
        column=worst.column,
        columns=[*told],
    )


def _guesses(
    frame: pd.DataFrame,
    synthetic: pd.DataFrame,
    spot: Points,
    made: Points,
    names: tuple[list[str], list[str]],
    secret: str,
) -> tuple[int, int]:
    """How often a column of the nearest synthetic row, by all others, is that of the real one; and of how many rows."""
    categories = names[1]
    keep = [[at for at, name in enumerate(side) if name != secret] for side in names]
    one, other = (Points(side.numbers[keep[0]], side.codes[keep[1]]) for side in (spot, made))
    place = nearest(one, other).place
    if secret in categories:
        code = categories.index(secret)
        known = spot.codes[code] >= 0
        return int((spot.codes[code] == made.codes[code][place])[known].sum()), int(known.sum())
    values, guessed = in_days(frame[secret]), in_days(synthetic[secret])[place]
    known = np.isfinite(values)
    right = np.abs(values - guessed) <= GUESSED * robust_range(values)[1]
    return int(right[known].sum()), int(known.sum())
