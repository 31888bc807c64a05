"""Synthetic sequences: what is constant in a sequence is learned as a table of its own, and its rows one after another
(PAR).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.progress import Progress
from dataops_core.synthetic.constraints.catalog.combination import Combination, combination_keys
from dataops_core.synthetic.constraints.catalog.order import Order
from dataops_core.synthetic.constraints.constraint import Constraint
from dataops_core.synthetic.engines.batches import drawn
from dataops_core.synthetic.engines.registry import Fitted, fit, seeded
from dataops_core.synthetic.plan.plan import Settings
from dataops_core.synthetic.prepare.pseudonyms import make as make_cells
from dataops_core.synthetic.prepare.pseudonyms import recipe_of
from dataops_core.synthetic.prepare.rare_values import as_type
from dataops_core.synthetic.prepare.table_encoder import Coder, decode, finished
from dataops_core.synthetic.prepare.table_encoder import learn as learn_coder
from dataops_core.synthetic.sequences.detection import numbered, ordered
from dataops_core.table import Column
from dataops_core.values.numbers import in_days

TRIES = 5  # times that sequences with a row that breaks a constraint are drawn again
DAY = 86_400


@dataclass(frozen=True)
class Sequences:
    """What was learned of sequences beside their rows. `whose` is about one row for each sequence, with its `length`
    and `start`.
    """

    chosen: Mapping[str, Any]
    coder: Coder  # of the rows
    fitted: Any  # _par.Fitted
    whose: Coder
    each: Fitted
    key: Mapping[str, Any]  # how keys are made up
    length: str
    start: str
    step: str
    # of the index, in units: {"dtype", "per": units a day or 1, "low", "high", "least": step, "whole": units only}
    time: Mapping[str, Any]
    beside: Mapping[str, float]  # dates of the rows, learned as days from the row's time: their units in a day
    constraints: Sequence[Constraint]  # all of them; a drawn sequence must keep to those on its columns
    names: Sequence[str]


def learn(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    decided: Sequence[Mapping[str, Any]],
    constraints: Sequence[Constraint],
    chosen: Mapping[str, Any],
    settings: Settings,
    progress: Progress,
) -> tuple[Sequences, dict[str, Any]]:
    """Learn the sequences in a frame (identifying cells emptied already), and tell {"learned", "rows", "without": rows
    without key or time}.

    Raises SettingError where the key or the time is left out, or nothing but they changes.
    """
    key, index = str(chosen["key"]), chosen["index"]
    treated = {str(each["column"]): each for each in decided}
    for name in (key, *([index] if index else [])):
        if treated[name]["as"] == "leave out":
            raise SettingError(
                f'"{name}" makes the sequences and cannot be left out.',
                "columns",
                "Keep it: a key is made up anew, never learned.",
            )
    rows = ordered(frame, key, index)
    groups = pd.Series(numbered(rows[key]), index=rows.index)
    names = [column.name for column in columns if treated[column.name]["as"] != "leave out"]
    length, start, step = _new_names(names)
    steps, time = _time(rows, groups, index, settings.rare)
    context = [name for name in chosen["context"] if name in names]
    once = rows.loc[~groups.duplicated(), context]
    once = once.assign(
        **{length: groups.value_counts().sort_index().astype("Int64").to_numpy()},
        **({start: rows.loc[once.index, index]} if index else {}),
    )
    inside = rows[[name for name in names if name not in (*context, key, index)]].assign(
        **({step: steps} if index else {})
    )
    beside = _beside(inside, columns, constraints, index)
    inside = inside.assign(**{name: in_days(rows[name]) - in_days(rows[index]) for name in beside})
    about = (
        {column.name: column for column in columns}
        | {name: Column(name, "decimal", "number") for name in beside}
        | {length: Column(length, "integer", "number"), step: Column(step, "decimal", "number")}
    )
    about |= {start: Column(start, about[index].type, "number")} if index else {}
    learned = [
        *decided,
        *({"column": name, "as": "learn", "maker": None, "found": None} for name in (length, start, step)),
    ]
    whose, around = learn_coder(
        once, [about[str(n)] for n in once], learned, _among(constraints, once), settings.rare, seeded(settings.seed)
    )
    kept = groups.isin(groups[around.index])
    coder, encoded = learn_coder(
        inside[kept],
        [about[str(n)] for n in inside],
        learned,
        _among(constraints, inside),
        settings.rare,
        seeded(settings.seed),
        groups[kept],
    )
    if encoded.columns.difference([step]).empty:
        raise SettingError(
            "Nothing but the time changes within a sequence.", "sequence", "Choose another key, or another engine."
        )
    around = around[groups[around.index].isin(groups[encoded.index]).to_numpy()]
    each = fit("gaussian_copula", around.reset_index(drop=True), whose.numbers, whose.enforced, seed=settings.seed)
    from dataops_core.synthetic.engines._par import fit_sequences

    fitted = fit_sequences(
        around,
        whose.numbers,
        encoded,
        coder.numbers,
        groups[encoded.index].to_numpy(),
        coder.enforced,
        seed=settings.seed,
        epochs=settings.epochs,
        progress=progress,
    )
    recipe = recipe_of(pd.Series(rows[key].unique(), dtype=rows[key].dtype), treated[key]["maker"] or "key")
    told = {"learned": len(around), "rows": len(encoded), "without": len(frame) - len(rows)}
    return (
        Sequences(
            chosen,
            coder,
            fitted,
            whose,
            each,
            recipe,
            length,
            start,
            step,
            time,
            beside,
            _known(constraints, (coder, whose), rows, groups, settings.rare),
            names,
        ),
        told,
    )


def _new_names(names: Sequence[str]) -> list[str]:
    """Names that no column has."""
    out = ["length", "start", "step"]
    while set(out) & set(names):
        out = [f"{name}_" for name in out]
    return out


def _beside(
    inside: pd.DataFrame, columns: Sequence[Column], constraints: Sequence[Constraint], index: str | None
) -> dict[str, float]:
    """The dates of the rows that move along with the time, which is a date as well, and in how many units of a day they
    count.
    """
    kinds = {column.name: column.type for column in columns if column.kind != "category"}
    if index is None or kinds.get(index) != "datetime":
        return {}
    bound = {name for each in constraints if not isinstance(each, Order) for name in each.bound}
    days = {
        str(name): in_days(inside[name])
        for name in inside
        if kinds.get(str(name)) == "datetime" and name not in bound and inside[name].notna().any()
    }
    return {name: 1.0 if np.all(cells[np.isfinite(cells)] % 1 == 0) else float(DAY) for name, cells in days.items()}


def _placed(model: Sequences, frame: pd.DataFrame, times: pd.Series) -> pd.DataFrame:
    """The rows with dates instead of days from the row's time."""
    made = {
        name: as_type(np.round((in_days(times) + in_days(frame[name])) * per) / per, "datetime64[us]", frame.index)
        for name, per in model.beside.items()
        if name in frame
    }
    return frame.assign(**made)


def _known(
    constraints: Sequence[Constraint], coders: Sequence[Coder], rows: pd.DataFrame, groups: pd.Series, rare: int
) -> list[Constraint]:
    """The constraints with the combinations that are allowed: those of the coders, or those that at least `rare`
    sequences have.
    """
    learned = {
        each.columns: each.allowed for coder in coders for each in coder.constraints if isinstance(each, Combination)
    }
    out: list[Constraint] = []
    for each in constraints:
        if isinstance(each, Combination):
            allowed = learned.get(each.columns)
            if allowed is None:
                counts = groups.groupby(combination_keys(rows, each.columns)).nunique()
                allowed = tuple(counts.index[counts >= rare])
            each = each.only(allowed)
        out.append(each)
    return out


def _among(constraints: Sequence[Constraint], frame: pd.DataFrame) -> list[Constraint]:
    return [each for each in constraints if set(each.bound) <= set(frame.columns)]


def _time(rows: pd.DataFrame, groups: pd.Series, index: str | None, rare: int) -> tuple[pd.Series, dict[str, Any]]:
    """The time from the row before (rows,), of a first row that to the second, and what is to be known of it: see
    `Sequences.time`.

    Its ends are the means of the `rare` earliest and latest of the sequences, as for all amounts.
    """
    if index is None:
        return pd.Series(dtype="float64"), {}
    times = in_days(rows[index])
    dates = str(rows[index].dtype).startswith("datetime64")
    per = 1.0 if not dates or np.all(times == np.round(times)) else float(DAY)
    times = np.round(times * per) if dates else times
    by = pd.Series(times, index=rows.index).groupby(groups)
    before = by.diff()
    steps = before.groupby(groups).bfill().fillna(before.median() if before.notna().any() else 1.0)
    known = before.dropna()
    least = float(known.min()) if len(known) and (known > 0).all() else 0.0
    few = rare if by.ngroups >= 4 * rare else 1
    ends = {"low": float(np.sort(by.min())[:few].mean()), "high": float(np.sort(by.max())[-few:].mean())}
    return (
        steps,
        {"dtype": str(rows[index].dtype), "per": per, "least": least, "whole": bool(np.all(times == np.round(times)))}
        | ends,
    )


def make(
    model: Sequences,
    count: int | None,
    rows: int | None,
    *,
    seed: int,
    real: Mapping[str, set[str]],
    progress: Callable[[float], Any] = lambda _share: None,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Whole sequences: so many, or as many as come closest to so many rows. Tells {"asked", "made", "again": drawn
    again, "broken": sequences that still break a constraint}.
    """
    around = _around(model, count, rows, seed)
    plain = decode(model.whose, around)
    lengths = np.maximum(1, plain[model.length].to_numpy(dtype="int64"))
    cells, numbers, told = _unbroken(model, around, plain, lengths, seed, progress)
    generator = np.random.default_rng([seed, 2])
    decoded = decode(model.coder, cells)
    inside = finished(model.coder, decoded, cells, generator, real)
    once = finished(model.whose, plain, around, generator, real)
    keys = make_cells(model.key, len(around), generator, real.get(str(model.chosen["key"]), set()), None)
    if model.chosen["index"]:
        times = _times(model, plain, decoded, numbers)
        inside = _placed(model, inside, times).assign(**{str(model.chosen["index"]): times})
    made = {name: inside[name] for name in inside if name != model.step}
    made |= {
        name: once[name].iloc[numbers].reset_index(drop=True)
        for name in once
        if name not in (model.length, model.start)
    }
    made[str(model.chosen["key"])] = pd.Series(
        keys[numbers], dtype="Int64" if model.key["type"] == "integer" else object
    )
    return pd.DataFrame(made)[list(model.names)], {
        "asked": len(around) if count is None else count,
        "made": len(around),
        **told,
    }


def _around(model: Sequences, count: int | None, rows: int | None, seed: int) -> pd.DataFrame:
    """Encoded properties of as many sequences as are asked for, or whose lengths come closest to so many rows."""
    if rows is None:
        assert count is not None
        return drawn(model.whose, model.each, count, {}, seed)
    many = 10 + 2 * rows * int(model.chosen["sequences"]) // max(1, int(model.chosen["rows"]))
    while True:
        around = drawn(model.whose, model.each, many, {}, seed)
        ends = np.maximum(1, decode(model.whose, around)[model.length].to_numpy(dtype="int64")).cumsum()
        if len(ends) < many:  # no more of them can be made
            return around
        if ends[-1] >= rows:
            break
        many *= 2
    at = int(np.searchsorted(ends, rows))
    nearer = at > 0 and rows - ends[at - 1] <= ends[at] - rows
    return around.iloc[: max(1, at if nearer else at + 1)]


def _unbroken(
    model: Sequences,
    around: pd.DataFrame,
    plain: pd.DataFrame,
    lengths: np.ndarray,
    seed: int,
    progress: Callable[[float], Any],
) -> tuple[pd.DataFrame, np.ndarray, dict[str, int]]:
    """Encoded rows, the number of each one's sequence, and how many were drawn again; of what never fits, the draw that
    breaks least.
    """
    best: dict[int, pd.DataFrame] = {}
    fewest = np.full(len(lengths), np.iinfo(np.int64).max)
    again = 0
    for attempt in range(TRIES):
        left = np.flatnonzero(fewest > 0)
        again += len(left) if attempt else 0
        cells, numbers = model.fitted.sample(around.iloc[left], lengths[left], seed + 104_729 * attempt)
        wrong = np.bincount(
            numbers[_broken(model, plain.iloc[left].reset_index(drop=True), cells, numbers)], minlength=len(left)
        )
        for at, part in enumerate(np.split(np.arange(len(numbers)), np.flatnonzero(np.diff(numbers)) + 1)):
            if wrong[at] < fewest[left[at]]:
                best[int(left[at])], fewest[left[at]] = cells.iloc[part], wrong[at]
        progress((attempt + 1) / TRIES)
        if not fewest.any():
            break
    cells = pd.concat([best[at] for at in range(len(lengths))], ignore_index=True)
    return cells, np.repeat(np.arange(len(lengths)), lengths), {"again": again, "broken": int((fewest > 0).sum())}


def _broken(model: Sequences, plain: pd.DataFrame, cells: pd.DataFrame, numbers: np.ndarray) -> np.ndarray:
    """Which drawn rows (rows,) break a constraint."""
    decoded = decode(model.coder, cells)
    whole = decoded.assign(**{str(name): plain[name].iloc[numbers].to_numpy() for name in plain})
    for name in plain:
        whole[name] = whole[name].astype(plain[name].dtype)
    if model.chosen["index"]:
        times = _times(model, plain, decoded, numbers)
        whole = _placed(model, whole, times).assign(**{str(model.chosen["index"]): times})
    return ~np.all(
        [each.holds(whole) for each in model.constraints if each.drawable and set(each.bound) <= set(whole.columns)]
        or [np.ones(len(whole), dtype=bool)],
        axis=0,
    )


def _times(model: Sequences, plain: pd.DataFrame, decoded: pd.DataFrame, numbers: np.ndarray) -> pd.Series:
    """The index of each row: from its sequence's start on by the drawn steps, never back; moved earlier, and closer
    together, where it would end after the last real one.
    """
    time = model.time
    steps = np.maximum(time["least"], decoded[model.step].to_numpy(dtype="float64"))
    steps = np.round(steps) if time["whole"] else steps
    first = np.concatenate([[True], numbers[1:] != numbers[:-1]])
    steps[first] = 0.0
    gone = steps.cumsum()
    gone -= gone[first][numbers]
    sure = time["least"] * (np.arange(len(numbers)) - np.flatnonzero(first)[numbers])
    last = np.concatenate([first[1:], [True]])
    more, room = (gone - sure)[last], np.maximum(0.0, time["high"] - time["low"] - sure[last])
    rest = (gone - sure) * np.where(more > room, room / np.where(more > 0, more, 1.0), 1.0)[numbers]
    gone = sure + (np.floor(rest + 1e-9) if time["whole"] else rest)
    spans = gone[last]
    starts = in_days(plain[model.start]) * time["per"]
    starts = np.maximum(time["low"], np.minimum(starts, time["high"] - spans))
    starts = np.round(starts) if time["whole"] else starts
    times = (starts[numbers] + gone) / time["per"]
    return as_type(times if time["whole"] else np.round(times, 9), time["dtype"], decoded.index)
