"""The kinds of plants: slips in cells, columns that are wrong as a whole, rows that are there twice, groups, the
target.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from tests.planted import slips
from tests.planted.plant import Draft, Plant

Mask = Callable[[Draft], np.ndarray]
TEN, STEP = 12, 5  # rows are copied from some places of every twelve to others, so that no copy is copied again


def frequent(column: str, letters: int = 1) -> Mask:
    """Rows whose value is common: a slip in it is rare against the right spelling; and not too short to tell a slip
    from a name.
    """

    def mask(draft: Draft) -> np.ndarray:
        cells = draft.frame[column]
        common = cells.map(cells.value_counts()) >= max(40, 0.01 * len(cells))
        return (common & (cells.str.len() >= letters)).to_numpy(dtype=bool)

    return mask


def having(column: str, pattern: str) -> Mask:
    return lambda draft: draft.frame[column].str.contains(pattern, regex=True, na=False).to_numpy(dtype=bool)


def cells(
    check: str,
    column: str,
    spoil: slips.Spoil,
    share: float = 0.005,
    *,
    among: Mask | None = None,
    new: bool = False,
    also: Sequence[str] = (),
    given: Sequence[str] = (),
) -> Plant:
    """Slips in some cells of a column; `new`: the wrong text must be no text of the column already."""

    def apply(draft: Draft) -> None:
        pool = draft.free([column])
        if among is not None:
            pool &= among(draft)
        rows = draft.choose(pool, share)
        known = set(draft.frame[column].dropna()) if new else set()
        right = draft.values(column)[rows]
        wrong = []
        for text in right:
            for _ in range(50):
                cell = spoil(text, draft.rng)
                if (
                    cell != text
                    and cell not in known
                    and (not new or cell.strip().casefold() != text.casefold() or check == "case_variants")
                ):
                    break
            else:
                raise ValueError(f"{check}: {text!r} in {column} cannot be spoiled.")
            wrong.append(cell)
        draft.write(column, rows, wrong)
        draft.take([column], rows)
        draft.claim(check, (column, *given), rows)
        for other in also:
            draft.claim(other, (column,), rows, sure=False)

    return Plant(check, apply)


def spike(column: str, value: str, share: float, also: Sequence[str] = ()) -> Plant:
    """One exact value far too often: the true ones cannot be told from the false, so all are of the fault."""

    def apply(draft: Draft) -> None:
        rows = draft.choose(draft.free([column]) & (draft.frame[column] != value).to_numpy(), share)
        draft.write(column, rows, [value] * len(rows))
        draft.take([column], rows)
        draft.claim("disguised_missing", (column,), lambda end: (end.frame[column] == value).to_numpy())
        for other in also:
            draft.claim(other, (column,), rows, sure=False)

    return Plant("disguised_missing", apply)


def heap(column: str, share: float, step: int = 10) -> Plant:
    """Readings rounded by eye; of the fault are all multiples of the step, as nobody can tell which were rounded."""

    def apply(draft: Draft) -> None:
        rows = draft.choose(draft.free([column]), share)
        draft.write(column, rows, [str(round(int(text) / step) * step) for text in draft.values(column)[rows]])
        draft.take([column], np.arange(len(draft.frame)), whole=True)
        whole = lambda end: end.frame[column].map(lambda text: int(text) % step == 0).to_numpy(dtype=bool)  # noqa: E731
        draft.claim("rounding_heaping", (column,), whole)

    return Plant("rounding_heaping", apply)


def rare(column: str, values: Sequence[str], each: int = 4) -> Plant:
    """Categories that a few rows have."""

    def apply(draft: Draft) -> None:
        rows = draft.rng.permutation(np.flatnonzero(draft.free([column])))[: each * len(values)]
        draft.write(column, rows, list(values) * each)
        draft.take([column], rows)
        draft.claim("rare_categories", (column,), lambda end: end.frame[column].isin(values).to_numpy())

    return Plant("rare_categories", apply)


def tail(column: str, make: Callable[[Draft], np.ndarray]) -> Plant:
    """A column of very few very large numbers; its rows are those beyond the 99th percentile."""

    def far(end: Draft) -> np.ndarray:
        numbers = end.frame[column].astype(float)
        return (numbers > numbers.quantile(0.99)).to_numpy()

    return added("skewed", column, make, far)


def rewritten(check: str, column: str, write: Callable[[str], str], also: Sequence[str] = ()) -> Plant:
    """Every present cell of a column in another guise."""

    def apply(draft: Draft) -> None:
        draft.frame[column] = pd.Series([None if c is None else write(c) for c in draft.frame[column]], dtype=object)
        draft.take([column], np.arange(len(draft.frame)), whole=True)
        draft.claim(check, (column,), lambda end: end.present(column))
        for other in also:
            draft.claim(other, (column,), lambda end: end.present(column), sure=False)

    return Plant(check, apply)


def added(
    check: str,
    column: str,
    make: Callable[[Draft], Sequence],
    rows: Mask | None = None,
    *,
    also: Sequence[str] = (),
    given: Sequence[str] = (),
) -> Plant:
    """A column that should not be there; its rows are all, or those of a mask taken at the end."""

    def apply(draft: Draft) -> None:
        draft.add(column, make(draft))
        draft.take([column], np.arange(len(draft.frame)), whole=True)
        draft.claim(check, (column, *given), rows or (lambda end: np.ones(len(end.frame), dtype=bool)))
        for other in also:
            draft.claim(other, (column,), lambda end: np.ones(len(end.frame), dtype=bool), sure=False)

    return Plant(check, apply)


def with_rare(
    check: str, column: str, make: Callable[[Draft], list], rare: slips.Spoil, share: float, also: Sequence[str] = ()
) -> Plant:
    """A column added in one convention, a few cells of which follow another."""

    def apply(draft: Draft) -> None:
        draft.add(column, make(draft))
        rows = draft.choose(draft.present(column) & ~draft.touched, share)
        draft.write(column, rows, [rare(text, draft.rng) for text in draft.values(column)[rows]])
        draft.take([column], rows)
        draft.claim(check, (column,), rows)
        for other in also:
            draft.claim(other, (column,), lambda end: end.present(column), sure=False)

    return Plant(check, apply)


def missing(check: str, columns: Sequence[str], share: float) -> Plant:
    """Cells emptied, in all the columns at once; what was missing before belongs to it."""

    def apply(draft: Draft) -> None:
        rows = draft.choose(draft.free(columns), share)
        for column in columns:
            draft.write(column, rows, [None] * len(rows))
            draft.claim("missing_cells", (column,), lambda end, column=column: ~end.present(column))
        draft.take(columns, rows)
        if len(columns) > 1:
            draft.claim("missing_together", columns, lambda end: ~np.any([end.present(c) for c in columns], axis=0))

    return Plant(check, apply)


def before(column: str, start: str, share: float = 0.004) -> Plant:
    """An end that lies before its start by one to forty days."""

    def apply(draft: Draft) -> None:
        rows = draft.choose(draft.free([column, start]), share)
        days = draft.rng.integers(1, 41, len(rows))
        draft.write(
            column, rows, [slips.days_before(t, int(d)) for t, d in zip(draft.values(start)[rows], days, strict=True)]
        )
        draft.take([column, start], rows)
        draft.claim("end_before_start", (column, start), rows)

    return Plant("end_before_start", apply)


def other_value(column: str, given: str, share: float = 0.006) -> Plant:
    """Another value of the column than the one that goes with `given`."""

    def apply(draft: Draft) -> None:
        rows = draft.choose(draft.free([column, given]) & frequent(given)(draft), share)
        values = np.array(sorted(set(draft.frame[column].dropna())), dtype=object)
        right = np.searchsorted(values.astype(str), draft.values(column)[rows].astype(str))
        wrong = values[(right + draft.rng.integers(1, len(values), len(rows))) % len(values)]
        draft.write(column, rows, wrong.tolist())
        draft.take([column, given], rows)
        draft.claim("broken_dependency", (column, given), rows)

    return Plant("broken_dependency", apply)


def drift(column: str, at: float, change: Callable[[str], str], also: Sequence[str] = ()) -> Plant:
    """From some row on, every cell in another unit or code."""

    def apply(draft: Draft) -> None:
        rows = np.arange(int(at * len(draft.frame)), len(draft.frame))
        draft.write(column, rows, [None if c is None else change(c) for c in draft.values(column)[rows]])
        draft.take([column], np.arange(len(draft.frame)), whole=True)
        draft.fences.append(int(rows[0]))
        draft.claim("drift_in_file", (column,), rows)
        for other in also:
            draft.claim(other, (column,), rows, sure=False)

    return Plant("drift_in_file", apply)


def stuck(column: str, entity: str | None, length: int, runs: int) -> Plant:
    """A measurement that stays at one value for a while; the first row of the run is still right."""

    def apply(draft: Draft) -> None:
        values, free, size = draft.values(column), draft.free([column]), len(draft.frame)
        names = draft.frame[entity].unique() if entity else np.array([""])
        for run in range(runs):
            own = np.flatnonzero(draft.frame[entity] == names[run * 5 % len(names)]) if entity else np.arange(size)
            for _ in range(1000):
                start = int(draft.rng.integers(1, len(own) - length - 1))
                rows, beside = own[start : start + length], values[[own[start - 1], own[start + length]]]
                if free[rows].all() and values[rows[0]] not in beside:
                    break
            else:
                raise ValueError(f"No free run of {length} rows in {column}.")
            draft.write(column, rows[1:], [values[rows[0]]] * (length - 1))
            around = np.arange(max(0, rows[0] - 15), min(size, rows[-1] + 15))
            draft.take([column], around)
            free[around] = False
            draft.claim("stuck_values", (column, entity) if entity else (column,), rows[1:])
            draft.claim("disguised_missing", (column,), rows, sure=False)

    return Plant("stuck_values", apply)


def same_in_group(column: str, group: str, which: int, value: str) -> Plant:
    """One group (the which-th most frequent) that always has the same value."""

    def apply(draft: Draft) -> None:
        name = draft.frame[group].value_counts().index[which]
        rows = np.flatnonzero((draft.frame[group] == name) & draft.free([column, group]))
        draft.write(column, rows, [value] * len(rows))
        draft.take([column, group], rows)
        draft.claim("constant_per_group", (column, group), lambda end: (end.frame[group] == name).to_numpy())
        for other in ("stuck_values", "disguised_missing", "rounding_heaping"):
            draft.claim(other, (column,), lambda end: (end.frame[column] == value).to_numpy(), sure=False)

    return Plant("constant_per_group", apply)


def gap(sensitive: str, group: str, refused: float) -> Plant:
    """Most of those of one group who had the favorable outcome lose it."""

    def apply(draft: Draft) -> None:
        outcome, member = draft.values(draft.target), (draft.frame[sensitive] == group).to_numpy()
        other = next(v for v in pd.unique(outcome) if v != draft.favorable)
        flip = member & (outcome == draft.favorable) & (draft.rng.random(len(outcome)) < refused)
        outcome[flip] = other
        draft.frame[draft.target] = pd.Series(outcome, dtype=object)
        draft.claim("outcome_gap", (sensitive, draft.target), lambda end: (end.frame[sensitive] == group).to_numpy())

    return Plant("outcome_gap", apply)


def imbalance(rare: str, usual: str, share: float) -> Plant:
    """Hardly any row of one class."""

    def apply(draft: Draft) -> None:
        outcome = draft.values(draft.target)
        kept = draft.choose(outcome == rare, share)
        outcome[:] = usual
        outcome[kept] = rare
        draft.frame[draft.target] = pd.Series(outcome, dtype=object)
        draft.claim("class_imbalance", (draft.target,), lambda end: (end.frame[end.target] == rare).to_numpy())

    return Plant("class_imbalance", apply)


def repeated(check: str, identifier: str, share: float, reach: int, slip: Sequence[str] = ()) -> Plant:
    """Rows overwritten with an earlier row within `reach`: exact copies, or (near) with their own identifier and a
    slip.
    """
    near = check == "near_duplicate_records"
    targets, sources = (STEP, (1, 2, 3, 4)) if near else (TEN - 1, (6, 7, 8, 9, 10))

    def apply(draft: Draft) -> None:
        size, row = len(draft.frame), np.arange(len(draft.frame))
        base = row - row % TEN - TEN * draft.rng.integers(0, max(1, min(reach, size) // TEN), size)
        origin = np.minimum(base + draft.rng.choice(sources, size), size - 1)
        fine = (row % TEN == targets) & (origin >= 0) & ~draft.touched & ~draft.touched[origin]
        side = np.searchsorted(draft.fences, row, side="right")
        slipped = [column for column in slip if column in draft.frame]
        rows = draft.choose(fine & (side == side[origin]), share)
        for column in draft.frame.columns:
            if not (near and column == identifier):
                draft.write(column, rows, draft.values(column)[origin[rows]].tolist())
        for column in slipped:
            draft.write(column, rows, [slips.typo(text, draft.rng) for text in draft.values(column)[rows]])
            draft.claim("spelling_variants", (column,), rows, sure=False)
            draft.claim("broken_dependency", (column,), rows, sure=False)
        draft.touched[rows] = draft.touched[origin[rows]] = True
        draft.claim(check, (), rows)
        if not near:
            draft.claim("near_duplicate_records", (), rows, sure=False)
            draft.claim("duplicate_ids", (identifier,), rows, sure=False)

    return Plant(check, apply)


def same_ids(identifier: str, share: float = 0.002) -> Plant:
    """Rows that carry the identifier of an earlier row."""

    def apply(draft: Draft) -> None:
        rows = draft.choose(draft.free([identifier]) & (np.arange(len(draft.frame)) % 2 == 1), share)
        origin = (draft.rng.random(len(rows)) * rows).astype(int) // 2 * 2  # even rows, which keep their own
        values = draft.values(identifier)
        draft.write(identifier, rows, values[origin].tolist())
        draft.take([identifier], np.concatenate([rows, origin]))
        draft.claim("duplicate_ids", (identifier,), rows)

    return Plant("duplicate_ids", apply)
