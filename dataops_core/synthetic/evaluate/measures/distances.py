"""What distances between rows tell: of all signals that take them, they are measured once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dataops_core.synthetic.evaluate import membership
from dataops_core.synthetic.evaluate.align_columns import Aligned
from dataops_core.synthetic.evaluate.distance import Nearest, nearest, points
from dataops_core.synthetic.evaluate.measures.measure import NO_COLUMN, NO_HOLDOUT, PrivacyMeasure, Sides, offer
from dataops_core.synthetic.evaluate.signals import Signal
from dataops_core.synthetic.evaluate.significance import LEAK

SURELY_NEAR, NEARER = 0.2, 0.8  # ratios of the near tails
MOST_TEXTS = 50  # values of a column that is worth guessing
LATE = ("lonely", "attribute_disclosure", "dcr_share", "mia_tpr_at_1pct")  # those that take a holdout


def _signal(name: str) -> Callable[[Sides], Signal]:
    return lambda sides: sides.once(_all)[name]


def _all(sides: Sides) -> dict[str, Signal]:
    found, numbers, categories = sides.alone, sides.numbers, sides.categories
    if not numbers + categories:
        return dict.fromkeys((*LATE, "p5_ratio"), Signal(why=NO_COLUMN))
    rng = np.random.default_rng([sides.seed % 2**32, 7])
    most = membership.rows_for(len(numbers) + len(categories))
    made = found.synthetic[:most]
    if found.holdout is None:
        size = min(most, len(found.real) // 2)
        one, other = found.real[:size], found.real[size : 2 * size]
        a, b, s = points([one, other, made], numbers, categories, 2)
        return dict.fromkeys(LATE, Signal(why=NO_HOLDOUT)) | {"p5_ratio": _tail(nearest(s, a), nearest(b, a), rng)}
    size = min(most, len(found.real), len(found.holdout))
    if size < 2:
        return dict.fromkeys((*LATE, "p5_ratio"), Signal(why="the holdout has too few rows"))
    one, other = found.real[:size], found.holdout[:size]
    a, b, s = points([one, other, made], numbers, categories, 2)
    train, holdout, across = nearest(s, a), nearest(s, b), nearest(b, a)
    alone = (
        np.minimum(nearest(a, a, same=True).distance, across.back),
        np.minimum(nearest(b, b, same=True).distance, across.distance),
    )
    closer = membership.closer_to_training(train, holdout, (len(a), len(b)), rng)
    ratio = _tail(train, across, rng)
    if ratio.p is not None:  # crowding about common rows is no leak: what decides is on which side the nearest rows lie
        tail = closer["tail"]
        ratio = replace(ratio, p=tail.p, tail_share=tail.value, tail_interval=tail.interval)
    said = {
        "dcr_share": replace(closer["all"], expected=0.5),
        "mia_tpr_at_1pct": membership.found_members(train.back, holdout.back),
        "p5_ratio": ratio,
        "lonely": membership.lonely(train.back, holdout.back, alone),
    }
    secrets = _secrets(found, sides.target, numbers, categories)
    most = max(500, most // 3)
    if secrets:
        spots = (
            a.take(np.arange(min(most, len(a)))),
            b.take(np.arange(min(most, len(b)))),
            s.take(np.arange(min(most, len(s)))),
        )
        said["attribute_disclosure"] = membership.disclosed(
            (one[:most], other[:most]), made[:most], spots, (numbers, categories), secrets
        )
    else:
        said["attribute_disclosure"] = Signal(why="it takes a column to guess and another one to know")
    return said


def _tail(made: Nearest, fresh: Nearest, rng: np.random.Generator) -> Signal:
    """The ratio of the near tails. Against one half of the real rows, a synthetic table that crowds about common rows
    looks near as well: only a ratio that crowding hardly makes is a leak, the rest is doubtful at most.
    """
    if not len(made.distance) or not len(fresh.distance):
        return Signal(why="there are too few rows")
    told = membership.tail_ratio(made, fresh, rng)
    if told.p is None or told.value is None or told.value < SURELY_NEAR:
        return told
    return replace(told, p=max(told.p, 2 * LEAK if told.value < NEARER else 1.0))


def _secrets(found: Aligned, target: str | None, numbers: list[str], categories: list[str]) -> list[str]:
    """The columns that somebody might guess: the target, and the categories with the most uncertain values."""
    if len(numbers) + len(categories) < 2:
        return []
    unsure = {}
    for name in categories:
        shares = found.real[name].value_counts(normalize=True).to_numpy()
        if 2 <= len(shares) <= MOST_TEXTS:
            unsure[name] = float(-(shares * np.log(shares)).sum())
    chosen = [target] if target in [*numbers, *categories] else []
    chosen += sorted((name for name in unsure if name != target), key=lambda name: -unsure[name])
    return [str(name) for name in (chosen or numbers)[: membership.SECRETS]]


offer(
    PrivacyMeasure(
        key="lonely",
        title="People unlike anybody else whom a row comes near",
        term="outliers approached",
        means="People unlike all others are the first to be recognised.",
        says="A synthetic row comes close to {value:,} of {of:,} training rows that are unlike any other{usual}.",
        of=_signal("lonely"),
        order=5,
    ),
    PrivacyMeasure(
        key="attribute_disclosure",
        title="Guessing what is not known of a person",
        term="attribute disclosure",
        means="Knowing some facts about a person must not reveal the rest from the synthetic data.",
        says='Who knows the rest of a person guesses "{column}" right in {share} of the training rows, and in'
        " {expected} of rows that nobody learned from.",
        of=_signal("attribute_disclosure"),
        share=True,
        order=8,
    ),
    PrivacyMeasure(
        key="dcr_share",
        title="Rows closer to the training rows than to fresh ones",
        term="distance to the closest record (DCR) share",
        means="Synthetic data that memorized rows lies closer to what it learned than to what it never saw.",
        says="{share} of the synthetic rows are closer to a training row than to a fresh one; one half is fair.",
        of=_signal("dcr_share"),
        share=True,
        order=9,
    ),
    PrivacyMeasure(
        key="mia_tpr_at_1pct",
        title="Training rows that can be told at 1 % false alarms",
        term="membership inference, true positives at 1 % false positives",
        means="Nobody should be able to tell who was learned from.",
        says="At 1 % false alarms, {share} of the training rows can be told to have been learned from; 1 % is chance.",
        of=_signal("mia_tpr_at_1pct"),
        share=True,
        order=10,
    ),
    PrivacyMeasure(
        key="p5_ratio",
        title="How near the nearest rows are, against fresh ones",
        term="ratio of the 5 % quantiles of distances",
        means="The nearest rows should be no nearer than real people are to one another.",
        says="The nearest synthetic rows lie {number} times as far from the training rows as fresh real rows do.",
        of=_signal("p5_ratio"),
        order=11,
    ),
)
