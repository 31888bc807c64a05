"""Rare and extreme: what few people have is merged, clipped or left out before anything is learned."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from dataops_core.synthetic.constraints.catalog.combination import Combination, combination_keys
from dataops_core.synthetic.constraints.catalog.sum import Sum
from dataops_core.synthetic.constraints.constraint import Constraint
from dataops_core.values.numbers import in_days, moments_of_days

OTHER = "(other)"
Done = dict[str, int]  # what was done to a column, in words, and in how many rows or values


def tame(
    frame: pd.DataFrame,
    categories: Sequence[str],
    numbers: Mapping[str, float],
    constraints: Sequence[Constraint],
    rare: int,
    generator: np.random.Generator,
    groups: pd.Series | None = None,
) -> tuple[pd.DataFrame, dict[str, Done]]:
    """The frame without what fewer than `rare` rows have, and what was done, column by column.

    Values of a category in fewer rows become "(other)" (or, where that cannot be, a frequent value); combinations in
    fewer rows become frequent ones; amounts are clipped at the mean of the `rare` smallest and largest, to a multiple
    of numbers[name] (0: as they come). Sums are made anew from their parts. With `rare` of 1 nothing is done. Where
    `groups` says whose row each is, people are counted, not rows.
    """
    out, done = frame.copy(), dict[str, Done]()
    if rare <= 1:
        return out, done
    groups = pd.Series(np.arange(len(frame)), index=frame.index) if groups is None else groups
    joint = [each.columns for each in constraints if isinstance(each, Combination)]
    for names in joint:
        if moved := _frequent_combinations(out, list(names), rare, generator, groups):
            done[", ".join(names)] = {"combinations moved": moved}
    for name in categories:
        if not any(name in names for names in joint) and (merged := _merged(out, name, rare, generator, groups)):
            done[name] = merged
    totals = {each.total: list(each.columns) for each in constraints if isinstance(each, Sum)}
    for name, unit in numbers.items():
        if name not in totals and (clipped := _clipped(out, name, rare, unit, groups)):
            done[name] = clipped
    for total, parts in totals.items():
        summed(out, parts, total)
    return out, done


def summed(frame: pd.DataFrame, parts: Sequence[str], total: str) -> None:
    """Set a total to the sum of its parts where all are there, in place."""
    made = np.sum([in_days(frame[name]) for name in parts], axis=0)
    known = np.isfinite(made) & frame[total].notna().to_numpy()
    whole = frame[total].dtype != np.float64
    frame.loc[known, total] = np.round(made[known]).astype("int64") if whole else neat(made[known], usual(made[known]))


def usual(cells: np.ndarray) -> float:
    """The scale of a column's amounts (rows,): the median of their sizes but for zeros, at most 1; 1 where all are zero
    or missing.
    """
    sizes = np.abs(cells[np.isfinite(cells) & (cells != 0)])
    return min(1.0, float(np.median(sizes))) if len(sizes) else 1.0


def neat(cells: np.ndarray, scale: float) -> np.ndarray:
    """Amounts (rows,) without the noise of floating point: rounded nine places behind the first one of `scale`, as they
    are where that cannot be.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        made = np.round(cells, 9 + max(0, -int(np.floor(np.log10(scale)))))
    return np.where(np.isfinite(made), made, cells)


def stepped(cells: np.ndarray, unit: float, way: Callable[[np.ndarray], np.ndarray] = np.round) -> np.ndarray:
    """Amounts (rows,) as multiples of a unit: of hundredths or hours (parts of 1) the nearest number there is, else
    without the noise of floating point.
    """
    parts = round(1 / unit)
    counts = way(cells / unit) + 0.0  # no -0
    with np.errstate(over="ignore"):
        made = counts / parts if parts and abs(parts * unit - 1) < 1e-9 else neat(counts * unit, min(1.0, unit))
    return np.where(np.isfinite(made), made, cells)


def _having(values: pd.Series, groups: pd.Series) -> pd.Series:
    """How many groups have each value, in the order of `value_counts`."""
    counts = values.value_counts()
    return counts if groups.is_unique else groups.groupby(values).nunique().reindex(counts.index)


def _merged(
    frame: pd.DataFrame, name: str, rare: int, generator: np.random.Generator, groups: pd.Series
) -> Done | None:
    counts = _having(frame[name], groups)
    few = counts.index[counts < rare]
    if not len(few):
        return None
    gone, kept = frame[name].isin(few).to_numpy(dtype=bool, na_value=False), counts[counts >= rare]
    if frame[name].dtype == object and (groups[gone].nunique() >= rare or kept.empty):
        frame.loc[gone, name] = OTHER
    elif kept.empty:
        frame[name] = pd.Series(pd.NA, index=frame.index, dtype=frame[name].dtype)
    else:
        frame.loc[gone, name] = generator.choice(
            kept.index.to_numpy(), size=int(gone.sum()), p=kept.to_numpy(dtype=float) / kept.sum()
        )
    return {"values merged": len(few), "rows": int(gone.sum())}


def _frequent_combinations(
    frame: pd.DataFrame, names: list[str], rare: int, generator: np.random.Generator, groups: pd.Series
) -> int:
    """Rows whose combination fewer than `rare` rows have get a frequent one, one with the same coarsest value where
    there is one.
    """
    asked = frame[names].notna().all(axis=1)
    keys = combination_keys(frame, names)
    counts = _having(keys[asked], groups[asked])
    kept = counts[counts >= rare]
    wrong = np.flatnonzero(asked.to_numpy() & ~keys.isin(set(kept.index)).to_numpy())
    if not len(wrong):
        return 0
    if kept.empty:
        frame.loc[frame.index[wrong], names] = None
        return len(wrong)
    example = (
        frame[asked]
        .drop_duplicates(names)
        .assign(_key=lambda rows: combination_keys(rows, names))
        .set_index("_key")[names]
    )
    coarsest = min(names, key=lambda name: frame[name].nunique())
    at = names.index(coarsest)
    for row in wrong.tolist():
        own = kept[[key[at] == keys.iloc[row][at] for key in kept.index]]
        some = kept if own.empty else own
        key = some.index[int(generator.choice(len(some), p=some.to_numpy(dtype=float) / some.sum()))]
        for name in names:
            frame.loc[frame.index[row], name] = example.loc[[key], name].iloc[0]
    return len(wrong)


def _clipped(frame: pd.DataFrame, name: str, rare: int, unit: float, groups: pd.Series) -> Done | None:
    cells = in_days(frame[name])
    by = pd.Series(cells).groupby(groups.to_numpy())
    # of each group its own ends
    lows, highs = (np.sort(ends[np.isfinite(ends)]) for ends in (by.min().to_numpy(), by.max().to_numpy()))
    if len(lows) < 4 * rare or lows[0] == highs[-1]:
        return None
    low, high = float(lows[:rare].mean()), float(highs[-rare:].mean())
    if unit:
        ends = np.array([low, high])
        low, high = stepped(ends - 1e-9 * unit, unit, np.ceil)[0], stepped(ends + 1e-9 * unit, unit, np.floor)[1]
    outside = np.isfinite(cells) & ((cells < low) | (cells > high))
    if not outside.any():
        return None
    made = np.clip(cells, low, high)
    frame[name] = as_type(made, str(frame[name].dtype), frame.index)
    return {"clipped rows": int(outside.sum())}


def as_type(cells: np.ndarray, dtype: str, index: pd.Index) -> pd.Series:
    """Amounts as a column of a pandas dtype: whole numbers rounded, days since 1970 as dates; NaN is missing."""
    if dtype.startswith("datetime64"):
        gone = ~np.isfinite(cells)
        moments = moments_of_days(np.where(gone, 0.0, cells))
        return pd.Series(moments, index=index).mask(gone)
    if dtype == "Int64":
        # the largest float64 below 2^63
        return pd.Series(np.clip(np.round(cells), -(2.0**63), 2.0**63 - 1024), index=index).astype("Int64")
    return pd.Series(cells, index=index, dtype=dtype)
