"""The verdict on privacy: many signals, and the worst of them decides.

Averages miss a few leaked rows, so tails and exact counts stand beside them. No signal says that a table is safe: "no
leak seen" is all that can be said, for what is not looked for is not found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from dataops_core.progress import Progress
from dataops_core.record import Record, spread
from dataops_core.synthetic.evaluate import edited_copies, membership, record_matches
from dataops_core.synthetic.evaluate.align_columns import Aligned
from dataops_core.synthetic.evaluate.distance import Nearest, nearest, points
from dataops_core.synthetic.evaluate.signals import Signal
from dataops_core.synthetic.evaluate.significance import DOUBTFUL, LEAK

FEW = 100  # rows below which nothing can be told from chance
SURELY_NEAR, NEARER = 0.2, 0.8  # ratios of the near tails
MOST_TEXTS = 50  # values of a column that is worth guessing
NO_HOLDOUT = "every real row may have been learned from; a holdout that nobody learned from would tell"
TITLES = {
    "exact_matches": "Rows that are copies of real ones",
    "near_copies": "Rows that are copies but for the last digits",
    "identifiers": "Real names, numbers and texts that come back",
    "singletons": "Values that one person alone has, and that come back",
    "lonely": "People unlike anybody else whom a row comes near",
    "combinations": "Combinations that one person alone has, and that come back",
    "edited_copies": "Rows that are copies but for a few columns",
    "attribute_disclosure": "Guessing what is not known of a person",
    "dcr_share": "Rows closer to the training rows than to fresh ones",
    "mia_tpr_at_1pct": "Training rows that can be told at 1 % false alarms",
    "p5_ratio": "How near the nearest rows are, against fresh ones",
}
Signals = dict[str, Signal]


@dataclass(frozen=True, kw_only=True)
class Levels(Record):
    """How seldom chance alone shows as much as a signal that is a leak, or doubtful."""

    leak: float
    doubtful: float


@dataclass(frozen=True, kw_only=True)
class WouldFind(Record):
    """The share of rows that copies must make up to be found 9 times in 10; null: not even one in ten."""

    verbatim: float | None
    two_columns_changed: float | None


@dataclass(frozen=True, kw_only=True)
class ComparedRows(Record):
    """What was compared by distance."""

    compared_by_distance: int  # rows a side, at most
    columns: list[str]


@dataclass(frozen=True, kw_only=True)
class Privacy(Record):
    """Whether a synthetic table gives real people away."""

    verdict: Literal["leak", "doubtful", "not enough to tell", "no leak seen"]  # the last one takes a holdout
    worst: str | None  # the name of the signal that decides
    values: dict[str, float | None] = spread()  # of each signal, by its name
    signals: Signals
    level: Levels
    would_find: WouldFind
    rows: ComparedRows
    words: list[str]


def privacy(found: Aligned, target: str | None, seed: int, progress: Progress, key: str | None = None) -> Privacy:
    """All signals and the verdict, as `judge` tells them; rows of the aligned tables come in an order drawn by the
    seed.

    Rows with the same `key` are one person's, and alike for that reason alone: copies are counted in all rows, but what
    is weighed against chance row by row (distances, membership, combinations) is weighed by one row of each person.
    """
    alone = found if key is None else _one_each(found, key)
    numbers, categories = found.named("number", "date"), found.named("category")
    said: Signals = {}
    few = min(len(found.real), len(found.synthetic)) < 2
    if not few:
        progress(0.0, "Looking for copies")
        said |= _copies(found, numbers, categories) | {"combinations": _combinations(alone, categories, seed)}
        progress(0.3, "Looking for edited copies")
        said["edited_copies"] = _edited(alone, numbers, categories, seed)
        progress(0.4, "Measuring distances")
        said |= _by_distance(alone, numbers, categories, target, seed)
    signals = {name: _weighed(name, said.get(name) or Signal(why="there are too few rows")) for name in TITLES}
    leaks = [name for name, each in signals.items() if each.leak]
    doubts = [name for name, each in signals.items() if each.doubtful]
    thin = min(len(alone.real), len(alone.synthetic)) < FEW or not numbers + categories
    alike = found.holdout is None
    verdict: Literal["leak", "doubtful", "not enough to tell", "no leak seen"] = (
        "leak"
        if leaks
        else "doubtful"
        if doubts or thin or found.unread
        else "not enough to tell"
        if alike
        else "no leak seen"
    )
    exact, changed = signals["exact_matches"].would, signals["edited_copies"].would
    would = WouldFind(verbatim=exact.found if exact else None, two_columns_changed=changed.found if changed else None)
    return Privacy(
        verdict=verdict,
        worst=next(iter([*leaks, *doubts]), None),
        values={name: each.value for name, each in signals.items()},
        signals=signals,
        level=Levels(leak=LEAK, doubtful=DOUBTFUL),
        would_find=would,
        rows=ComparedRows(
            compared_by_distance=membership.rows_for(len(numbers) + len(categories)), columns=numbers + categories
        ),
        words=_words(verdict, leaks or doubts, signals, found.unread, would, thin=thin),
    )


def _one_each(found: Aligned, key: str) -> Aligned:
    """The first row of each person, in the order that the seed drew."""
    holdout = None if found.holdout is None else found.holdout.drop_duplicates(key).reset_index(drop=True)
    return replace(
        found,
        real=found.real.drop_duplicates(key).reset_index(drop=True),
        synthetic=found.synthetic.drop_duplicates(key).reset_index(drop=True),
        holdout=holdout,
    )


def _copies(found: Aligned, numbers: list[str], categories: list[str]) -> Signals:
    sides = found.real, found.synthetic, found.holdout
    said: Signals = {}
    if numbers + categories:
        said["exact_matches"] = record_matches.exact(*sides, numbers + categories, found.named("id", "text"))
        said["near_copies"] = record_matches.near(*sides, numbers, categories)
    else:
        said |= _unknown(("exact_matches", "near_copies"), "no column can be compared")
    verbatim = found.named("id", "text")
    said["identifiers"] = (
        record_matches.identifiers(*sides, verbatim)
        if verbatim
        else Signal(why="no column holds identifiers or free text")
    )
    said["singletons"] = (
        record_matches.singletons(*sides, categories) if categories else Signal(why="no column holds categories")
    )
    return said


def _combinations(found: Aligned, categories: list[str], seed: int) -> Signal:
    if found.holdout is None or len(categories) < 2:
        return Signal(why=NO_HOLDOUT if found.holdout is None else "it takes two columns of categories")
    size = min(len(found.real), len(found.holdout))
    return record_matches.combinations(found.real[:size], found.synthetic, found.holdout[:size], categories, seed)


def _edited(found: Aligned, numbers: list[str], categories: list[str], seed: int) -> Signal:
    if found.holdout is None or len(found.holdout) < FEW or len(found.real) < FEW:
        return Signal(why=NO_HOLDOUT if found.holdout is None else f"it takes {FEW} rows on each side")
    size = min(len(found.real), len(found.holdout), most := edited_copies.rows_for(len(numbers) + len(categories)))
    return edited_copies.edited(
        found.real[:size], found.synthetic[:most], found.holdout[:size], numbers, categories, seed
    )


def _by_distance(found: Aligned, numbers: list[str], categories: list[str], target: str | None, seed: int) -> Signals:
    late = ("lonely", "attribute_disclosure", "dcr_share", "mia_tpr_at_1pct")
    if not numbers + categories:
        return _unknown((*late, "p5_ratio"), "no column can be compared")
    rng = np.random.default_rng([seed % 2**32, 7])
    most = membership.rows_for(len(numbers) + len(categories))
    made = found.synthetic[:most]
    if found.holdout is None:
        size = min(most, len(found.real) // 2)
        one, other = found.real[:size], found.real[size : 2 * size]
        a, b, s = points([one, other, made], numbers, categories, 2)
        return _unknown(late, NO_HOLDOUT) | {"p5_ratio": _tail(nearest(s, a), nearest(b, a), rng)}
    size = min(most, len(found.real), len(found.holdout))
    if size < 2:
        return _unknown((*late, "p5_ratio"), "the holdout has too few rows")
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
    secrets = _secrets(found, target, numbers, categories)
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


def _unknown(names: Iterable[str], why: str) -> Signals:
    return {name: Signal(why=why) for name in names}


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


def _weighed(name: str, told: Signal) -> Signal:
    leak = told.p is not None and told.p <= LEAK
    doubtful = told.p is not None and not leak and told.p <= DOUBTFUL
    return replace(told, title=TITLES[name], leak=leak, doubtful=doubtful, words=_said(name, told))


def _said(name: str, each: Signal) -> str:
    """One signal in words."""
    value, expected = each.value, each.expected
    if value is None:
        return f"Not measured: {each.why}."
    usual = "" if expected is None else f"; a fresh sample of real rows would show about {_number(expected)}"
    return {
        "exact_matches": f"{value:,} synthetic rows are the same as a real row in every compared column{usual}.",
        "near_copies": f"{value:,} synthetic rows differ from a real row in the last digits only{usual}.",
        "edited_copies": (
            f"{value:,} real rows have a synthetic row that agrees with them in most columns, beyond what chance"
            f" allows{usual}."
        ),
        "identifiers": f"{value:,} different real names, identifiers or texts stand in the synthetic table{usual}.",
        "singletons": f"{value:,} values that a single real row has stand in the synthetic table as well{usual}.",
        "lonely": (
            f"A synthetic row comes close to {value:,} of {each.of or 0:,} training rows that are unlike any"
            f" other{usual}."
        ),
        "combinations": (
            f"{value:,} training rows can be singled out by values that the synthetic table shows together{usual}."
        ),
        "attribute_disclosure": (
            f'Who knows the rest of a person guesses "{each.column}" right in {_share(value)} of the training'
            f" rows, and in {_share(expected)} of rows that nobody learned from."
        ),
        "dcr_share": (
            f"{_share(value)} of the synthetic rows are closer to a training row than to a fresh one; one half is fair."
        ),
        "mia_tpr_at_1pct": (
            f"At 1 % false alarms, {_share(value)} of the training rows can be told to have been learned from; 1 % is"
            " chance."
        ),
        "p5_ratio": (
            f"The nearest synthetic rows lie {_number(value)} times as far from the training rows as fresh real"
            " rows do."
        ),
    }[name]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _share(value: float | None) -> str:
    return "none" if value is None else f"{value:.1%}"


def _words(
    verdict: str, named: list[str], signals: Signals, unread: list[str], would: WouldFind, *, thin: bool
) -> list[str]:
    if verdict == "leak":
        first = "This table gives real people away: do not pass it on."
    elif named:
        first = "Something here is more than chance would often do: have somebody look before it is passed on."
    elif unread:
        first = "Some of the table could not be read: whether it gives real people away is not known of that part."
    elif thin:
        first = "There is too little to compare to tell a leak from chance: treat the table as if it held real people."
    elif verdict == "not enough to tell":
        first = (
            "Not enough to tell. No copy was seen, but without real rows that the generator never saw, edited copies"
            " cannot be told from rows that are alike by nature. Give a holdout."
        )
    else:
        first = "No leak was seen. That is no proof that there is none: what nobody looked for cannot be seen."
    told = [first, *(signals[name].words for name in named)]
    if unread:
        names = ", ".join(f'"{name}"' for name in unread[:8]) + (
            f" and {len(unread) - 8} more" if len(unread) > 8 else ""
        )
        told.append(
            f"Most cells of {names} could not be read as the real ones are, and were compared with nothing: write them"
            " as the real table does, and judge again."
        )
    told.append(_would_find(would))
    return (
        [*told, f"Whether single rows were learned from could not be judged: {NO_HOLDOUT}."]
        if signals["dcr_share"].why == NO_HOLDOUT
        else told
    )


def _would_find(would: WouldFind) -> str:
    """What the signals would have seen, so that nobody takes silence for more than it is."""
    exact, changed = would.verbatim, would.two_columns_changed
    one = (
        "verbatim copies would not be found even of 10 % of the rows"
        if exact is None
        else f"verbatim copies of {_portion(exact)} of the rows"
    )
    other = (
        "copies with two columns changed would not be found even of 10 % of the rows"
        if changed is None
        else f"copies with two columns changed of {_portion(changed)} of the rows"
    )
    return f"What would be found here, 9 times in 10: {one}; {other}."


def _portion(share: float) -> str:
    return f"{100 * share:.2g} %"
