"""Rows of real people that come back: exactly, nearly, by a value that only one of them has, or by a combination of
values.

All of it is counted on all rows. Where there is a holdout, every coincidence with a training row is weighed against
coincidences with rows that nobody learned from: rows equal to common ones are no leak, and a copy that chance explains
is none.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from dataops_core.synthetic.evaluate.distance import robust_range
from dataops_core.synthetic.evaluate.signals import Found, Guess, ReturnedTexts, Signal
from dataops_core.synthetic.evaluate.significance import LEAK, beyond, excess, paired, poisson
from dataops_core.values.numbers import in_days

NEAR = 1e-3  # of a column's robust range: what counts as the last digits
STEPS = 40  # whole units are "last digits" only in a column that has at least so many of them
KNIT = 10.0  # columns that go together agree at most so many times as often as columns that do not
COMMON = 5  # rows that a value has on both sides before its combinations are looked at
MOST_SETS = 200
OWN = 0.9  # share of different values from which on an identifier is a row's own
Frames = Sequence[pd.DataFrame]


def keys(frames: Frames, columns: Sequence[str]) -> list[np.ndarray]:
    """A number for each row of each frame, the same for rows that agree in all these columns (missing cells agree)."""
    codes = np.zeros(sum(len(frame) for frame in frames), dtype="int64")
    for name in columns:
        column = pd.concat([frame[name] for frame in frames], ignore_index=True)
        one, found = pd.factorize(column + 0.0 if column.dtype == "float64" else column)
        codes = pd.factorize(codes * (len(found) + 1) + one + 1)[0].astype("int64")
    return np.split(codes, np.cumsum([len(frame) for frame in frames])[:-1])


def exact(
    real: pd.DataFrame,
    synthetic: pd.DataFrame,
    holdout: pd.DataFrame | None,
    columns: Sequence[str],
    verbatim: Sequence[str] = (),
) -> Signal:
    """Synthetic rows that equal a real training row in all compared columns.

    Rows that are the same in the `verbatim` columns as well (texts, identifiers) are weighed once more by themselves:
    hardly any is so by chance.
    """
    sides = [real, synthetic, *([] if holdout is None else [holdout])]
    r, s, *rest = keys(sides, columns)
    h = rest[0] if rest else np.zeros(0, dtype="int64")
    rows = int(np.isin(s, r).sum())
    count, others, p = _by_chance(r, s, h)
    natural, exposure = _among(r, h, len(s))
    ratio = len(r) / len(h) if len(h) else 1.0
    usual = (
        max(
            _expected(real if holdout is None else pd.concat([real, holdout], ignore_index=True), columns, exposure),
            natural / exposure,
        )
        if exposure
        else math.inf
    )
    if not others and count > 1:
        p = min(p, poisson(count, usual))
    whole = 0
    if verbatim:
        one, made, *other = keys(sides, [*columns, *verbatim])
        whole, _, also = _by_chance(one, made, other[0] if other else h)
        p = min(p, also)
    expected = (
        float(np.isin(s, h).sum()) * ratio if len(h) else min(float(rows), natural / exposure) if exposure else 0.0
    )
    return Signal(
        value=rows,
        expected=expected,
        p=p if count > 1 else max(p, 2 * LEAK),
        distinct=count,
        verbatim=whole,
        share=rows / max(1, len(s)),
        would=Found(found=_found(others, natural, exposure, ratio if len(h) else None, usual, len(s))),
    )


def _found(others: int, natural: int, exposure: float, ratio: float | None, usual: float, rows: int) -> float | None:
    """The smallest share of synthetic rows that are verbatim copies which would be a leak; None where not one in ten
    is.
    """
    for count in range(2, rows // 10 + 1):
        p = (
            excess(count, others, natural, exposure, ratio)
            if ratio
            else paired(count, natural, 1 / exposure)
            if exposure
            else 1.0
        )
        if min(p, 1.0 if others else poisson(count, usual)) <= LEAK:
            return count / rows
    return None


def _by_chance(r: np.ndarray, s: np.ndarray, h: np.ndarray) -> tuple[int, int, float]:
    """Different rows of `s` that are training rows `r` alone, those that are holdout rows `h` alone, and how often
    chance gives as many.
    """
    ours, others = len(np.setdiff1d(np.intersect1d(s, r), h)), len(np.setdiff1d(np.intersect1d(s, h), r))
    natural, exposure = _among(r, h, len(s))
    if len(h):
        return ours, others, excess(ours, others, natural, exposure, len(r) / len(h))
    return ours, others, paired(ours, natural, 1 / exposure) if exposure else 1.0


def _among(r: np.ndarray, h: np.ndarray, made: int) -> tuple[int, float]:
    """Coincidences among real rows, and in how many times as many pairs as there are of synthetic and training rows."""
    inside = sum(len(side) - len(np.unique(side)) for side in (r, h))
    across = len(np.intersect1d(r, h))
    pairs = len(r) ** 2 / 2 + len(h) ** 2 / 2 + len(r) * len(h)
    return inside + across, pairs / max(1, made * len(r))


def _expected(real: pd.DataFrame, columns: Sequence[str], exposure: float) -> float:
    """Coincidences to be expected at most, told by the real rows that agree in all columns but the most telling one."""
    if len(columns) < 2 or len(real) < 2:
        return math.inf
    agree = {}
    for name in columns:
        counts = real[name].value_counts(dropna=False).to_numpy(dtype="float64")
        agree[name] = float((counts * (counts - 1)).sum() / (len(real) * (len(real) - 1)))
    telling = min(columns, key=lambda name: agree[name])
    (rest,) = keys([real], [name for name in columns if name != telling])
    near = len(rest) - len(np.unique(rest))
    return (near + 1) * min(1.0, KNIT * max(agree[telling], 1 / len(real))) / exposure


def tolerances(real: pd.DataFrame, numbers: Sequence[str]) -> dict[str, float]:
    """How far two numbers of a column may lie apart and still differ in the last digits only; 0 where any difference is
    one.
    """
    found = {}
    for name in numbers:
        values = in_days(real[name])
        known = np.unique(values[np.isfinite(values)])
        reach = robust_range(values)[1]
        whole = bool(len(known)) and bool((known == np.round(known)).all())
        found[name] = (
            0.0 if len(known) < STEPS or (whole and reach < STEPS) else max(NEAR * reach, 1.0 if whole else 0.0)
        )
    return found


def near(
    real: pd.DataFrame,
    synthetic: pd.DataFrame,
    holdout: pd.DataFrame | None,
    numbers: Sequence[str],
    categories: Sequence[str],
) -> Signal:
    """Synthetic rows that agree with a training row in all categories, and in all numbers but for their last digits;
    exact ones aside.
    """
    sides = [real, synthetic, *([] if holdout is None else [holdout])]
    reach = tolerances(real, numbers)
    loose = [name for name in numbers if reach[name] > 0]
    if not loose:
        return Signal(value=0, why="no column has numbers fine enough to differ in the last digits only")
    gaps = [pd.DataFrame({name: np.isnan(in_days(side[name])) for name in loose}) for side in sides]
    firm = [
        pd.concat(
            [
                side[[name for name in (*categories, *numbers) if name not in loose]].reset_index(drop=True),
                gap.add_prefix("gap "),
            ],
            axis=1,
        )
        for side, gap in zip(sides, gaps, strict=True)
    ]
    group = keys(firm, list(firm[0].columns))
    spots = [
        np.column_stack([3.0 * part, *[np.nan_to_num(in_days(side[name]) / reach[name]) for name in loose]])
        for side, part in zip(sides, group, strict=True)
    ]
    whole = keys(sides, [*numbers, *categories])
    s, same = spots[1], np.isin(whole[1], whole[0])
    ours = _touching(s, spots[0]) & ~same
    if holdout is None:
        natural, exposure = _touching_each_other(spots[0]) // 2, len(real) / (2 * max(1, len(synthetic)))
        count = len(np.unique(whole[1][ours]))
        return Signal(
            value=int(ours.sum()),
            expected=natural / exposure if exposure else None,
            p=paired(count, natural, 1 / exposure) if exposure else 1.0,
            share=float(ours.mean()) if len(ours) else 0.0,
        )
    theirs = _touching(s, spots[2]) & ~np.isin(whole[1], whole[2])
    ratio = len(real) / max(1, len(holdout))
    one, other = len(np.unique(whole[1][ours & ~theirs])), len(np.unique(whole[1][theirs & ~ours]))
    natural = int((_touching(spots[2], spots[0]) & ~np.isin(whole[2], whole[0])).sum())
    p = excess(one, other, natural, len(holdout) / max(1, len(synthetic)), ratio)
    return Signal(
        value=int(ours.sum()),
        expected=float(theirs.sum()) * ratio,
        p=p if one > 1 else max(p, 2 * LEAK),
        share=float(ours.mean()) if len(ours) else 0.0,
    )


def _touching(spots: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which rows have a row on the other side within 1 in every column."""
    from scipy.spatial import cKDTree

    if not len(spots) or not len(others):
        return np.zeros(len(spots), dtype=bool)
    found, _ = cKDTree(np.unique(others, axis=0)).query(spots, k=1, p=np.inf, distance_upper_bound=1.0 + 1e-9)
    return np.asarray(np.isfinite(found))


def _touching_each_other(spots: np.ndarray) -> int:
    """How many different rows of one table have another one within 1 in every column."""
    from scipy.spatial import cKDTree

    different = np.unique(spots, axis=0)
    if len(different) < 2:
        return 0
    found, _ = cKDTree(different).query(different, k=2, p=np.inf, distance_upper_bound=1.0 + 1e-9)
    return int(np.isfinite(found[:, 1]).sum())


def singletons(
    real: pd.DataFrame, synthetic: pd.DataFrame, holdout: pd.DataFrame | None, categories: Sequence[str]
) -> Signal:
    """Values that one training row alone has, and that the synthetic table has as well.

    With a holdout: against values that one holdout row alone has and the synthetic table as well, and against those
    that training and holdout rows share. How many a fresh sample would bring back is told by the values that two rows
    have (Good 1953, Biometrika 40: a value seen once comes about 2 x (values seen twice) / (values seen once) times in
    as many rows again), one more of them being supposed than there are.
    """
    ours = others = natural = rows = once = twice = fresh_too = 0
    for name in categories:
        counts, made = real[name].value_counts(), set(synthetic[name].dropna())
        own = set(counts.index[counts == 1])
        rows, once, twice = rows + len(own & made), once + len(own), twice + int((counts == 2).sum())
        if holdout is not None:
            fresh = holdout[name].value_counts()
            alone, seen = set(fresh.index[fresh == 1]), set(fresh.index)
            ours, others = ours + len((own & made) - seen), others + len((alone & made) - set(counts.index))
            natural += len((own & seen) - made) + len((alone & set(counts.index)) - made)
            fresh_too += len(own & seen)
    back = once * (1 - math.exp(-2 * (twice + 1) / once * len(synthetic) / len(real))) if once else 0.0
    if holdout is None:
        p = poisson(rows, back)
    else:
        p = excess(ours, others, natural, 2.0 * len(holdout) / max(1, len(synthetic)), len(real) / max(1, len(holdout)))
        p = p if others else min(p, poisson(ours, back))
    return Signal(
        value=rows,
        of=once,
        expected=float(fresh_too) if holdout is not None else min(float(once), back),
        p=p if rows > 1 else max(p, 2 * LEAK),
    )


def combinations(
    real: pd.DataFrame, synthetic: pd.DataFrame, holdout: pd.DataFrame, categories: Sequence[str], seed: int
) -> Signal:
    """People singled out by two or three common values that nobody else of the real rows has together, and whose
    combination the synthetic table has as well: of the training rows, against those of an equally large holdout.
    """
    codes = []
    for name in categories:
        ours, theirs = real[name].value_counts(), holdout[name].value_counts()
        both = [value for value in ours.index[ours >= COMMON] if theirs.get(value, 0) >= COMMON]
        codes.append(
            [
                pd.Index(both).get_indexer(side[name]) if both else np.full(len(side), -1)
                for side in (real, holdout, synthetic)
            ]
        )
    sets = [chosen for size in (2, 3) for chosen in itertools.combinations(range(len(categories)), size)]
    if len(sets) > MOST_SETS:
        places = np.random.default_rng([seed % 2**32, 5]).choice(len(sets), MOST_SETS, replace=False)
        sets = [sets[place] for place in sorted(places)]
    n = len(real)
    hit = np.zeros(n + len(holdout), dtype=bool)
    for chosen in sets:
        size = [max(int(codes[at][side].max(initial=-1)) for side in range(3)) + 1 for at in chosen]
        parts = []
        for side in range(3):
            total, there = (
                np.zeros(len(codes[chosen[0]][side]), dtype="int64"),
                np.ones(len(codes[chosen[0]][side]), dtype=bool),
            )
            for at, width in zip(chosen, size, strict=True):
                total, there = total * width + codes[at][side], there & (codes[at][side] >= 0)
            parts.append(np.where(there, total, -1))
        together = np.concatenate(parts[:2])
        _, back, counts = np.unique(together, return_inverse=True, return_counts=True)
        hit |= (counts[back] == 1) & (together >= 0) & np.isin(together, parts[2])
    back_again = int(hit[:n].sum()), int(hit[n:].sum())
    return Signal(value=back_again[0], expected=float(back_again[1]), p=paired(*back_again), sets=len(sets))


def identifiers(
    real: pd.DataFrame, synthetic: pd.DataFrame, holdout: pd.DataFrame | None, columns: Sequence[str]
) -> Signal:
    """Texts and identifiers of real rows that stand in the synthetic column, per column; numbers that merely count rows
    are not judged.

    Where nearly every row has an identifier of its own, those that come back are held against what real rows share
    among themselves as well (`significance.beyond`).
    """
    told: list[ReturnedTexts | Guess] = []
    worst, total, fresh = 1.0, 0, 0
    for name in columns:
        learned, made = set(real[name].dropna()), set(synthetic[name].dropna())
        seen = set() if holdout is None else set(holdout[name].dropna())
        counted = _counts_rows(learned)
        own = len(learned) > OWN * real[name].notna().sum()
        if holdout is None:
            one, other, some = (
                set(real[name].iloc[::2].dropna()),
                set(real[name].iloc[1::2].dropna()),
                set(synthetic[name].iloc[: (len(real) + 1) // 2].dropna()),
            )
            p = paired(len((one & some) - other), len((one & other) - some))
            ours, others, ratio = len(learned & made), 0, math.inf
        else:
            ours, others, ratio = (
                len((learned & made) - seen),
                len((seen & made) - learned),
                len(real) / max(1, len(holdout)),
            )
            p = paired(ours, others, ratio)
        if own and made:
            r, *h = keys([side[[name]].dropna() for side in (real, holdout) if side is not None], [name])
            p = min(
                p, beyond(ours, others, *_among(r, h[0] if h else r[:0], int(synthetic[name].notna().sum())), ratio)
            )
        p = 1.0 if counted else p
        total, fresh, worst = (
            total + (0 if counted else len(learned & made)),
            fresh + (0 if counted else len(seen & made)),
            min(worst, p),
        )
        told.append(
            ReturnedTexts(
                column=name,
                values=len(learned & made),
                of=len(made),
                expected=len(seen & made) if holdout is not None else None,
                judged=not counted,
            )
        )
    return Signal(value=total, expected=float(fresh) if holdout is not None else 0.0, p=worst, columns=told)


def _counts_rows(values: set[str]) -> bool:
    """Whether identifiers merely count: their digits fill most of the range they span, so that anybody makes the same
    ones.
    """
    digits = [re.sub(r"\D", "", text) for text in values]
    numbers = [int(text) for text in digits if text and len(text) < 16]
    shapes = {re.sub(r"\d+", "9", text) for text in values}
    return (
        len(numbers) == len(values) > 1
        and len(shapes) <= 2
        and max(numbers) - min(numbers) + 1 <= 4 * len(set(numbers))
    )
