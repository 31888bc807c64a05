"""The verdict on sequences: how long they are, how a row depends on the one before; between rows dealt out by lot and
real sequences kept apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.record import Record
from dataops_core.synthetic.sequences.detection import numbered, ordered
from dataops_core.table import Column
from dataops_core.values.numbers import in_days

PAIRS = 30  # rows followed by another in which both are known, below which nothing is said of a column
LEVELS = 50  # values of a category whose transitions are compared; rarer ones count as one


@dataclass(frozen=True, kw_only=True)
class SequenceMeasure(Record):
    """How alike synthetic sequences are in one respect, and the same of real ones."""

    of: str  # length, step (time between rows), memory (lag-1 autocorrelation) or transitions
    column: str | None  # which column; null for length
    score: float  # from 0 to 1
    floor: float  # the score of real rows dealt out to sequences by lot
    ceiling: float  # the score of real sequences that were kept apart
    real: float | None
    synthetic: float | None
    words: str


@dataclass(frozen=True, kw_only=True)
class SequenceVerdict(Record):
    """How alike synthetic sequences are: the means of the measures."""

    score: float
    floor: float
    ceiling: float
    measures: list[SequenceMeasure]
    words: list[str]  # the whole, and the worst measure


def sequence_verdict(
    real: pd.DataFrame,
    made: pd.DataFrame,
    holdout: pd.DataFrame,
    sequence: Mapping[str, Any],
    columns: Sequence[Column],
    seed: int = 0,
) -> SequenceVerdict:
    """How synthetic rows follow each other, between real rows dealt out by lot and real sequences that were kept apart.

    `length` and `step` (time between rows) compare distributions: 1 - the Kolmogorov-Smirnov distance. `memory`
    compares how each number goes with itself one row earlier (the lag-1 autocorrelation, over all neighbouring rows): 1
    - half the difference. `transitions` compares how often each value of a category follows each: 1 - the total
    variation distance. The floor are the real rows dealt out to sequences by lot, the ceiling the holdout.
    """
    key, index = str(sequence["key"]), sequence["index"]
    generator = np.random.default_rng([seed % 2**63, 6])
    dealt = ordered(real, key, index)
    dealt = dealt.iloc[generator.permutation(len(dealt))]
    dealt = dealt.assign(**{key: np.sort(generator.integers(real[key].nunique(), size=len(dealt)))})
    sides = {
        "real": ordered(real, key, index),
        "synthetic": ordered(made, key, index),
        "floor": dealt,
        "ceiling": ordered(holdout, key, index),
    }
    groups = {side: numbered(frame[key]) for side, frame in sides.items()}
    measures = [_distances("length", None, {side: np.bincount(groups[side]).astype("float64") for side in sides})]
    if index:
        measures.append(
            _distances(
                "step",
                index,
                {
                    side: _pairs(in_days(frame[index]), groups[side]) @ np.array([-1.0, 1.0])
                    for side, frame in sides.items()
                },
            )
        )
    for column in columns:
        if column.name in (key, index, *sequence["context"]) or column.kind in ("id", "text"):
            continue
        cells = {side: frame[column.name] for side, frame in sides.items()}
        amount = column.kind != "category" and column.type in ("integer", "decimal", "datetime")
        told = _memory(column.name, cells, groups) if amount else _transitions(column.name, cells, groups)
        measures += [told] if told else []
    means = {side: float(np.mean([getattr(each, side) for each in measures])) for side in ("score", "floor", "ceiling")}
    worst = min(measures, key=lambda each: each.score - each.ceiling)
    words = [
        (
            f"Sequences are alike at {means['score']:.2f}, between {means['floor']:.2f} (rows dealt out by lot) and"
            f" {means['ceiling']:.2f} (real sequences that were kept apart)."
        ),
        worst.words,
    ]
    return SequenceVerdict(**{side: round(value, 4) for side, value in means.items()}, measures=measures, words=words)


def _pairs(cells: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Each cell and the next of its sequence (pairs, 2), where both are known."""
    both = np.stack([cells[:-1], cells[1:]], axis=1)[groups[:-1] == groups[1:]] if len(cells) else np.empty((0, 2))
    return both[np.isfinite(both).all(axis=1)]


def autocorrelation(cells: np.ndarray, groups: np.ndarray) -> float | None:
    """How an amount (rows,) goes with itself one row earlier in its sequence (Pearson, over all neighbouring rows);
    None where there are too few or they do not vary.

    >>> autocorrelation(np.tile([1.0, 2.0], 20), np.zeros(40, dtype=int))
    -1.0
    """
    pairs = _pairs(cells, groups)
    if len(pairs) < PAIRS or (pairs.std(axis=0) < 1e-12).any():
        return None
    return round(float(np.corrcoef(pairs.T)[0, 1]), 6)


def _distances(of: str, column: str | None, cells: Mapping[str, np.ndarray]) -> SequenceMeasure:
    from scipy.stats import ks_2samp

    scores = {
        name: (
            1.0 - float(ks_2samp(cells["real"], cells[side]).statistic)
            if len(cells[side]) and len(cells["real"])
            else 0.0
        )
        for name, side in _AGAINST.items()
    }
    means = [float(cells[side].mean()) if len(cells[side]) else 0.0 for side in ("real", "synthetic")]
    what = "Sequences have" if of == "length" else "Between two rows lie"
    unit = "rows" if of == "length" else f'of "{column}"'
    return _measure(
        of, column, scores, means[0], means[1], f"{what} {means[1]:,.1f} {unit} on average, real ones {means[0]:,.1f}."
    )


def _memory(column: str, cells: Mapping[str, pd.Series], groups: Mapping[str, np.ndarray]) -> SequenceMeasure | None:
    found = {side: autocorrelation(in_days(values), groups[side]) for side, values in cells.items()}
    real = found["real"]
    if real is None:
        return None
    scores = {
        name: 0.0 if found[side] is None else 1.0 - abs(real - (found[side] or 0.0)) / 2
        for name, side in _AGAINST.items()
    }
    return _measure(
        "memory",
        column,
        scores,
        real,
        found["synthetic"],
        f'"{column}" goes with the row before at {found["synthetic"] or 0:.2f}, in real sequences at {real:.2f}.',
    )


def _transitions(
    column: str, cells: Mapping[str, pd.Series], groups: Mapping[str, np.ndarray]
) -> SequenceMeasure | None:
    known = cells["real"].dropna().astype(str).value_counts().index[:LEVELS]
    places = {value: at for at, value in enumerate(known)}
    shares = {}
    for side, values in cells.items():
        codes = np.array(
            [
                np.nan if gone else places.get(str(value), len(places))
                for value, gone in zip(values, values.isna(), strict=True)
            ]
        )
        pairs = _pairs(codes, groups[side]).astype("int64")
        if len(pairs) < PAIRS:
            return None
        shares[side] = np.bincount(
            pairs[:, 0] * (len(places) + 1) + pairs[:, 1], minlength=(len(places) + 1) ** 2
        ) / len(pairs)
    stay = {side: float(shares[side].reshape(len(places) + 1, -1).trace()) for side in ("real", "synthetic")}
    scores = {name: 1.0 - float(np.abs(shares["real"] - shares[side]).sum()) / 2 for name, side in _AGAINST.items()}
    return _measure(
        "transitions",
        column,
        scores,
        stay["real"],
        stay["synthetic"],
        f'"{column}" stays as it is from one row to the next in {stay["synthetic"]:.0%} of rows, in real sequences in'
        f" {stay['real']:.0%}.",
    )


_AGAINST = {"score": "synthetic", "floor": "floor", "ceiling": "ceiling"}


def _measure(
    of: str, column: str | None, scores: Mapping[str, float], real: float | None, synthetic: float | None, words: str
) -> SequenceMeasure:
    rounded: dict[str, Any] = {
        name: None if value is None else round(value, 4)
        for name, value in {**scores, "real": real, "synthetic": synthetic}.items()
    }
    return SequenceMeasure(of=of, column=column, **rounded, words=words)
