"""How alike a synthetic table is: columns, pairs of columns, and all together, each between a floor and a ceiling.

One reference judges three candidates of the same size by the same measures: the synthetic rows, real rows whose columns
were shuffled one by one (the floor: every column right, nothing together), and real rows as they are (the ceiling: two
samples of one source differ, too). So a shuffle lies at 0 between the two and a copy at 1, whatever the table; the
reference is the holdout, or one half of the real rows, so that a copy gains nothing by being one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from dataops_core.compare.measure import kolmogorov_smirnov
from dataops_core.progress import Progress
from dataops_core.record import Record
from dataops_core.synthetic.evaluate.align_columns import Aligned
from dataops_core.synthetic.evaluate.column_distributions import CategorySeries, NumberSeries, drawn
from dataops_core.synthetic.evaluate.discriminator import GivenAway, ToldApart, tell_apart
from dataops_core.values.numbers import in_days

ROWS = 20_000  # of each side, at most
BINS, VALUES = 10, 20
GROUPS = 5  # of rows, each left out in turn
MOST_PAIRS = 500
FEW_PAIRS = 50  # of each fifth
WEIGHTS = {"columns": 0.2, "pairs": 0.5, "joint": 0.3}
SIDES = ("score", "floor", "ceiling")
Parts = dict[str, dict[str, float | None]]  # by the name of a part and by side
CLOSE = (
    0.06  # closer than this, floor and ceiling leave no room between them: samples of a few hundred rows differ as much
)


@dataclass(frozen=True, kw_only=True)
class PartScores(Record):
    """A score of the synthetic rows, of rows whose columns were shuffled (floor), and of real rows (ceiling)."""

    score: float | None = None
    floor: float | None = None
    ceiling: float | None = None


@dataclass(frozen=True, kw_only=True)
class ColumnFidelity(Record):
    """How alike a column is."""

    column: str
    score: float  # 1 - distance
    ceiling: float  # the same of real rows
    measure: Literal["KS", "total variation"]
    distance: float
    missing: tuple[float, float]  # share of empty cells: real, synthetic


@dataclass(frozen=True, kw_only=True)
class PairFidelity(Record):
    """How alike two columns go together."""

    columns: tuple[str, str]
    weight: float  # how much they go together in real rows
    score: float
    ceiling: float  # the same of real rows
    measure: Literal["correlation", "dependence"]  # Spearman, of numbers; or total variation from independence
    real: float  # by that measure
    synthetic: float


@dataclass(frozen=True, kw_only=True)
class Fidelity(Record):
    """How alike a synthetic table is."""

    score: float | None = None
    floor: float | None = None  # of real rows whose columns were shuffled
    ceiling: float | None = None  # of real rows as they are
    between: float | None = None  # 0 at the floor, 1 at the ceiling
    interval: tuple[float, float] | None = None  # 95 %, of between; both are at most 1 without a holdout
    parts: dict[str, PartScores]  # columns, pairs (by weight) and joint (from the AUC)
    columns: list[ColumnFidelity]  # the least alike first
    pairs: list[PairFidelity]  # the least alike first
    pairs_of: int  # pairs that there are
    auc: float | None = None  # how well a model tells real from synthetic rows
    auc_floor: float | None = None
    auc_ceiling: float | None = None
    given_away: list[GivenAway]
    draw: dict[str, NumberSeries | CategorySeries]  # what a chart of each column needs: shares
    missing_pattern_gap: float | None = None  # the largest difference between the shares of a pattern of empty cells
    missing_pattern_ceiling: float | None = None
    rows: int  # compared on each side
    why: str | None  # why it cannot be placed
    words: list[str]


@dataclass(frozen=True)
class Knit:
    """Two columns, how much they go together, and their scores on every side."""

    columns: tuple[str, str]
    weight: float
    sides: dict[str, float]
    measure: Literal["correlation", "dependence"]
    real: float
    synthetic: float


def fidelity(found: Aligned, reference: pd.DataFrame, learned: pd.DataFrame, seed: int, progress: Progress) -> Fidelity:
    """What `judge` tells of fidelity: `reference` rows judge the synthetic ones, with `learned` rows shuffled and as
    they are beside.

    The score is 0.2 x columns + 0.5 x pairs + 0.3 x joint. Columns: 1 - KS (numbers) or 1 - total variation
    (categories), missing cells counted. Pairs: `knit`, how much of what goes together in the real rows (beyond the
    single columns, which have been judged) goes together in the candidate, weighted by how much that is. Joint: 2 x (1
    - AUC) of a model that tells real rows from the candidate's, at most 1.
    """
    size = min(len(reference), len(learned), len(found.synthetic), ROWS)
    if size < 2:
        return _nothing("there are too few rows to compare", found, reference)
    rng = np.random.default_rng([seed % 2**32, 3])
    real = learned[:size]
    shuffled = pd.DataFrame({name: real[name].to_numpy()[rng.permutation(size)] for name in real.columns})
    candidates = dict(zip(SIDES, (found.synthetic[:size], shuffled, real), strict=True))
    judge = reference[:size]
    measured = found.named("number", "date", "category", "empty")
    if not measured:
        return _nothing("no column can be compared", found, reference)
    columns = {
        side: {name: column_distance(judge[name], frame[name], found.treated[name]) for name in measured}
        for side, frame in candidates.items()
    }
    progress(0.2, "Pairs of columns")
    pairs, of = _pairs(found, judge, candidates, measured, rng)
    parts: Parts = {
        "columns": {side: float(np.mean([1 - each for each in told.values()])) for side, told in columns.items()},
        "pairs": _weighted(pairs),
    }
    apart: dict[str, ToldApart] = {}
    for number, (side, frame) in enumerate(candidates.items()):
        progress(0.4 + 0.2 * number, "Telling real from synthetic")
        apart[side] = tell_apart(judge, frame, found, seed, importances=side == "score")
    parts["joint"] = {side: None if told.auc is None else min(1.0, 2 * (1 - told.auc)) for side, told in apart.items()}
    score, floor, ceiling = (_together(parts, side) for side in SIDES)
    room = ceiling - floor
    between, interval = None, None
    if room > CLOSE:
        between = (score - floor) / room
        aucs = {side: apart[side].auc for side in SIDES}
        interval = _interval(found, judge, candidates, measured, parts, aucs, rng)
        # the generator saw the rows that judge: to be closer to them than other real rows are is no merit
        if found.holdout is None:
            between, interval = min(1.0, between), (min(1.0, interval[0]), min(1.0, interval[1]))
    told = Fidelity(
        score=score,
        floor=floor,
        ceiling=ceiling,
        between=between,
        interval=interval,
        parts={name: PartScores(**part) for name, part in parts.items()},
        columns=_column_rows(found, judge, candidates["score"], columns),
        pairs=sorted((_pair(each) for each in pairs), key=lambda each: (each.score, each.columns)),
        pairs_of=of,
        auc=apart["score"].auc,
        auc_floor=apart["floor"].auc,
        auc_ceiling=apart["ceiling"].auc,
        given_away=apart["score"].given_away,
        draw=drawn(found, reference),
        missing_pattern_gap=pattern_gap(found.real, found.synthetic),
        missing_pattern_ceiling=pattern_gap(learned, reference),
        rows=size,
        why=(
            None
            if room > CLOSE
            else "the columns of this table hardly go together, so that shuffled ones look as good as real ones"
        ),
        words=[],
    )
    return replace(told, words=_words(told))


def _weighted(pairs: list[Knit]) -> dict[str, float | None]:
    weights = np.array([each.weight for each in pairs])
    return {
        side: float(weights @ [each.sides[side] for each in pairs] / weights.sum()) if pairs else None for side in SIDES
    }


def _pair(each: Knit) -> PairFidelity:
    return PairFidelity(
        columns=each.columns,
        weight=each.weight,
        score=each.sides["score"],
        ceiling=each.sides["ceiling"],
        measure=each.measure,
        real=each.real,
        synthetic=each.synthetic,
    )


def _interval(
    found: Aligned,
    judge: pd.DataFrame,
    candidates: dict[str, pd.DataFrame],
    measured: list[str],
    parts: Parts,
    auc: dict[str, float | None],
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Where `between` stays in 95 of 100 samples: a jackknife that leaves out one fifth of the rows at a time
    (Quenouille 1956), Student's t, with the standard errors of the AUCs (Hanley & McNeil 1982) for the joint part.
    """
    from scipy.stats import t

    size, seed, values = len(judge), int(rng.integers(2**32)), []
    for number in range(GROUPS):
        kept = np.arange(size) % GROUPS != number
        part = {side: frame.iloc[:size][kept] for side, frame in candidates.items()}
        columns = {
            side: float(
                np.mean([1 - column_distance(judge[kept][name], frame[name], found.treated[name]) for name in measured])
            )
            for side, frame in part.items()
        }
        pairs, _ = _pairs(found, judge[kept], part, measured, np.random.default_rng(seed), FEW_PAIRS)
        again: Parts = {"columns": dict(columns), "pairs": _weighted(pairs)}
        score, floor, ceiling = (_together(again | {"joint": parts["joint"]}, side) for side in SIDES)
        values.append((score - floor) / max(CLOSE, ceiling - floor))
    score, floor, ceiling = (_together(parts, side) for side in SIDES)
    between, room = (score - floor) / (ceiling - floor), ceiling - floor
    spread = (GROUPS - 1) ** 2 / GROUPS * float(np.var(values, ddof=1))
    if auc["score"] is not None and auc["ceiling"] is not None:
        joint = 2 * WEIGHTS["joint"] / room
        spread += joint**2 * (_auc_variance(auc["score"], size) + between**2 * _auc_variance(auc["ceiling"], size))
    width = float(t.ppf(0.975, GROUPS - 1) * np.sqrt(spread))
    return between - width, between + width


def _auc_variance(auc: float, rows: int) -> float:
    """The variance of an AUC from as many rows of either side (Hanley & McNeil 1982, Radiology 143:29)."""
    one, other = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    return max(0.0, (auc * (1 - auc) + (rows - 1) * (one + other - 2 * auc**2)) / rows**2)


def _together(parts: Parts, side: str) -> float:
    there = {name: part[side] for name, part in parts.items() if part[side] is not None}
    return float(
        sum(WEIGHTS[name] * float(value or 0) for name, value in there.items()) / sum(WEIGHTS[name] for name in there)
    )


def column_distance(real: pd.Series, other: pd.Series, treated: str) -> float:
    """How far two columns lie apart, from 0 to 1: Kolmogorov-Smirnov of numbers or the difference of the missing
    shares, whichever is more; of categories total variation, missing being one of them.

    >>> column_distance(pd.Series(["a", "a", "b", None]), pd.Series(["a", "b", "b", "b"]), "category")
    0.5
    >>> column_distance(pd.Series([1.0, 2.0]), pd.Series([2.0, 3.0]), "number")
    0.5
    """
    if treated in ("number", "date"):
        sides = [in_days(column) for column in (real, other)]
        gone = [float(np.isnan(side).mean()) for side in sides]
        known = [side[~np.isnan(side)] for side in sides]
        apart = kolmogorov_smirnov(*known) if all(len(side) for side in known) else 0.0
        return max(apart, abs(gone[0] - gone[1]))
    shares = [column.value_counts(normalize=True, dropna=False) for column in (real, other)]
    both = (
        pd.concat([share.rename(index=lambda value: "" if pd.isna(value) else value) for share in shares], axis=1)
        .fillna(0.0)
        .to_numpy()
    )
    return float(np.abs(both[:, 0] - both[:, 1]).sum() / 2)


def _pairs(
    found: Aligned,
    judge: pd.DataFrame,
    candidates: dict[str, pd.DataFrame],
    names: list[str],
    rng: np.random.Generator,
    most: int = MOST_PAIRS,
) -> tuple[list[Knit], int]:
    """Each pair of columns with its scores and its weight; and how many pairs there are."""
    cells = {
        name: _bins(judge[name], {side: frame[name] for side, frame in candidates.items()}, found.treated[name])
        for name in names
    }
    every = [(a, b) for at, a in enumerate(names) for b in names[at + 1 :]]
    of = len(every)
    if of > most:
        every = [every[place] for place in np.sort(rng.choice(of, most, replace=False))]
    ranks = {
        side: {name: _ranks(frame[name]) for name in names if found.treated[name] in ("number", "date")}
        for side, frame in {"judge": judge, **candidates}.items()
    }
    told = []
    for a, b in every:
        tables = {
            side: _table(cells[a].codes[side], cells[b].codes[side], cells[a].size, cells[b].size)
            for side in ("judge", *SIDES)
        }
        measure: Literal["correlation", "dependence"] = "dependence"
        real, made = _dependence(tables["judge"]), _dependence(tables["score"])
        weight = 0.01 + max(0.0, real - _dependence(tables["floor"]))
        if a in ranks["judge"] and b in ranks["judge"]:
            measure = "correlation"
            real, made = (_correlation(ranks[side][a], ranks[side][b]) for side in ("judge", "score"))
        sides = {side: knit(tables["judge"], tables[side]) for side in SIDES}
        told.append(Knit((a, b), weight, sides, measure, real, made))
    return told, of


@dataclass(frozen=True)
class Coded:
    """How many codes a column has, and those of its cells on every side."""

    size: int
    codes: dict[str, np.ndarray]


def _bins(judge: pd.Series, others: dict[str, pd.Series], treated: str) -> Coded:
    """Codes of a column's cells on every side: tenths of the judging rows or their most frequent values; then all
    others, then missing.
    """
    if treated in ("number", "date"):
        known = in_days(judge)
        known = known[~np.isnan(known)]
        inner = (
            np.unique(np.quantile(known, np.arange(1, BINS) / BINS, method="inverted_cdf"))
            if len(known)
            else np.zeros(0)
        )
        size = len(inner) + 2

        def coded(column: pd.Series) -> np.ndarray:
            values = in_days(column)
            return np.where(np.isnan(values), size - 1, np.searchsorted(inner, values))

    else:
        kept = pd.Index(judge.value_counts().index[:VALUES])
        size = len(kept) + 2

        def coded(column: pd.Series) -> np.ndarray:
            place = kept.get_indexer(column) if len(kept) else np.full(len(column), -1)
            return np.where(column.isna(), size - 1, np.where(place < 0, size - 2, place))

    return Coded(size, {"judge": coded(judge)} | {side: coded(column) for side, column in others.items()})


def _table(one: np.ndarray, other: np.ndarray, size: int, other_size: int) -> np.ndarray:
    counts = np.bincount(one * other_size + other, minlength=size * other_size).reshape(size, other_size)
    return counts / max(1, counts.sum())


def _beyond(table: np.ndarray) -> np.ndarray:
    return table - np.outer(table.sum(axis=1), table.sum(axis=0))


def knit(real: np.ndarray, other: np.ndarray) -> float:
    """How alike two columns go together in two tables of shares, from 0 (not at all, or the other way) to 1 (the same):
    1 - the sum of
    |difference| over the sum of both, of what each table has beyond its margins.

    >>> tied, loose = np.array([[0.5, 0.0], [0.0, 0.5]]), np.array([[0.25, 0.25], [0.25, 0.25]])
    >>> knit(tied, tied), knit(tied, loose), knit(tied, tied[::-1]), round(knit(tied, (tied + loose) / 2), 3)
    (1.0, 0.0, 0.0, 0.667)
    """
    one, two = _beyond(real), _beyond(other)
    both = float(np.abs(one).sum() + np.abs(two).sum())
    return 1 - float(np.abs(one - two).sum()) / both if both > 1e-12 else 1.0


def _dependence(table: np.ndarray) -> float:
    """How far a table of two columns lies from what its margins alone would give: total variation."""
    return float(np.abs(_beyond(table)).sum() / 2)


def _ranks(column: pd.Series) -> np.ndarray:
    return pd.Series(in_days(column)).rank().to_numpy(dtype="float64")


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    both = ~(np.isnan(one) | np.isnan(other))
    if both.sum() < 3 or one[both].std() == 0 or other[both].std() == 0:
        return 0.0
    return float(np.corrcoef(one[both], other[both])[0, 1])


def _column_rows(
    found: Aligned, judge: pd.DataFrame, made: pd.DataFrame, distances: dict[str, dict[str, float]]
) -> list[ColumnFidelity]:
    told = [
        ColumnFidelity(
            column=name,
            score=1 - apart,
            ceiling=1 - distances["ceiling"][name],
            measure="KS" if found.treated[name] in ("number", "date") else "total variation",
            distance=apart,
            missing=(float(judge[name].isna().mean()), float(made[name].isna().mean())),
        )
        for name, apart in distances["score"].items()
    ]
    return sorted(told, key=lambda each: (each.score, each.column))


def pattern_gap(real: pd.DataFrame, other: pd.DataFrame) -> float | None:
    """The largest difference between the shares of a pattern of missing cells (which columns are missing together).

    >>> pattern_gap(pd.DataFrame({"a": [1, None], "b": [1, None]}), pd.DataFrame({"a": [1, None], "b": [None, 1]}))
    0.5
    """
    if not len(real) or not len(other):
        return None
    gone = pd.concat([real.isna(), other.isna()], ignore_index=True).to_numpy()
    _, pattern = np.unique(np.packbits(gone, axis=1), axis=0, return_inverse=True)
    pattern = pattern.ravel()
    sides = [np.bincount(part, minlength=pattern.max() + 1) / len(part) for part in np.split(pattern, [len(real)])]
    return float(np.abs(sides[0] - sides[1]).max())


def _nothing(why: str, found: Aligned, reference: pd.DataFrame) -> Fidelity:
    return Fidelity(
        parts={name: PartScores() for name in WEIGHTS},
        columns=[],
        pairs=[],
        pairs_of=0,
        given_away=[],
        draw=drawn(found, reference),
        rows=0,
        why=why,
        words=[f"How alike the tables are cannot be said: {why}."],
    )


def _words(told: Fidelity) -> list[str]:
    between, auc = told.between, told.auc
    words = []
    if between is None or told.interval is None:
        words.append(f"How alike the tables are cannot be placed: {told.why}.")
    else:
        how = (
            "as alike as two samples of the real rows"
            if told.interval[1] >= 1 or between > 0.9
            else (
                "much like the real rows"
                if between > 0.6
                else (
                    "somewhat like the real rows"
                    if between > 0.25
                    else "no better than shuffled columns"
                    if between <= 0.05
                    else "hardly better than shuffled columns"
                )
            )
        )
        words.append(
            f"The synthetic rows are {how}: {told.score:.3f}, between {told.floor:.3f} (columns shuffled) and"
            f" {told.ceiling:.3f} (real rows)."
        )
    if auc is not None:
        away = [each.column for each in told.given_away[:3] if each.importance > 0.005]
        most = f"; what gives them away most: {', '.join(away)}" if away and auc > 0.55 else ""
        words.append(
            f"A model tells real from synthetic rows with an AUC of {auc:.2f} (0.5: not at all, 1: always){most}."
        )
    return words
