"""The verdict on privacy: many signals, and the worst of them decides.

Averages miss a few leaked rows, so tails and exact counts stand beside them. No signal says that a table is safe: "no
leak seen" is all that can be said, for what is not looked for is not found.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from dataops_core.progress import Progress
from dataops_core.record import Record, spread
from dataops_core.synthetic.evaluate import membership
from dataops_core.synthetic.evaluate.align_columns import Aligned
from dataops_core.synthetic.evaluate.measures import MEASURES, PrivacyMeasure, Sides
from dataops_core.synthetic.evaluate.measures.measure import FEW, NO_HOLDOUT
from dataops_core.synthetic.evaluate.signals import Signal
from dataops_core.synthetic.evaluate.significance import DOUBTFUL, LEAK

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
    sides = Sides(found, alone, target, seed)
    columns = sides.numbers + sides.categories
    few = min(len(found.real), len(found.synthetic)) < 2
    signals: Signals = {}
    for number, (name, measure) in enumerate(MEASURES.items()):
        progress(number / len(MEASURES), measure.title)
        signals[name] = _weighed(measure, Signal(why="there are too few rows") if few else measure.of(sides))
    leaks = [name for name, each in signals.items() if each.leak]
    doubts = [name for name, each in signals.items() if each.doubtful]
    thin = min(len(alone.real), len(alone.synthetic)) < FEW or not columns
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
        rows=ComparedRows(compared_by_distance=membership.rows_for(len(columns)), columns=columns),
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


def _weighed(measure: PrivacyMeasure, told: Signal) -> Signal:
    leak = told.p is not None and told.p <= LEAK
    doubtful = told.p is not None and not leak and told.p <= DOUBTFUL
    return replace(told, title=measure.title, leak=leak, doubtful=doubtful, words=measure.words(told))


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
