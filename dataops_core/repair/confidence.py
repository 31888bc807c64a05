"""How sure candidates are: measured by planting errors of the kinds seen into cells believed right.

The table with its clear candidates put in is taken for right. Errors are planted into it, the search runs again, and of
each cause, column and score it is counted how many candidates bring back what stood there, and how many spoil a cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from dataops_core.repair.candidates import CLEAR, Candidates, Search, search
from dataops_core.repair.dependencies import whole_groups
from dataops_core.repair.encoding import EncodedColumn, EncodedTable

BINS = np.array([0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0001])
ENOUGH = 20  # planted candidates of a cause, a column and a score, to measure by
PLANTED = (0.01, 0.1)  # least and greatest share of cells of a column
PLANTED_SMALL = 0.08  # the same, of a small table
WANTED = 80  # errors in each column, over all runs
RUNS = (2, 10)
MOST_ROWS = 20_000
PLANTED_FOR = ("agreement", "missing", "slip")
FEWEST_CLEAR = 10  # planted errors with a clear candidate, to tell how many errors there are
DEVIATIONS = 0.5  # fewer of the cells in doubt are believed to be errors, for both are counts
BY_PERSON = 5  # planted errors, as much as one answer of a person tells
SWAPPED = 0.25  # of the errors that are planted are other values of the column


class Kind(NamedTuple):
    """Candidates that are measured together: by cause, column and bin of the score, and whether other cells of the
    column hold the value that they would replace: a slip is rarely made twice.
    """

    cause: str
    column: int
    at: int
    repeated: bool


def bins_of(score: np.ndarray) -> np.ndarray:
    """The bin of each score (scores,)."""
    return np.clip(np.searchsorted(BINS, score, side="right") - 1, 0, len(BINS) - 2)


def repeats(column: EncodedColumn, rows: np.ndarray) -> np.ndarray:
    """Whether other cells hold what the cell in each of these rows does; not so where it is missing (rows,)."""
    codes = column.codes[rows]
    return np.append(column.counts, 0)[codes] > 1


@dataclass
class Measured:
    """Candidates of the planted runs by `Kind`: for planted errors, those of them that are right, for other cells,
    which they spoil, and for cells that are in doubt without any planted error. `weights`: by column, the errors seen
    for one that was planted; `clear`: by column and whether other cells hold the same, that of clear candidates alone.

    A cell in doubt is an error that is not clear, or an exception. Errors are as often clear as planted ones are: so
    many of the cells in doubt are believed to be errors, and all others to be exceptions.
    """

    counts: dict[Kind, list[float]]
    weights: dict[int, float]
    clear: dict[tuple[int, bool], float] = field(default_factory=dict)

    def sure(self, cause: str, column: int, score: np.ndarray, repeated: np.ndarray) -> np.ndarray:
        """The share that was right among planted candidates like these; NaN where too few were planted (scores,)."""
        made = np.full(len(score), np.nan)
        bins = bins_of(score)
        for at in np.unique(bins).tolist():
            for side in (False, True):
                share = self._share(Kind(cause, column, at, side))
                if share is not None:
                    made[(bins == at) & (repeated == side)] = share
        return made

    def _share(self, like: Kind) -> float | None:
        alike = [key for key in self.counts if key.cause == like.cause and key.repeated == like.repeated]
        own = [key for key in alike if key.column == like.column]
        for keys in (
            [like],
            [key for key in own if key.at >= like.at],
            [key for key in alike if key.at == like.at],
            [key for key in alike if key.at >= like.at],
            [key for key in own if key.at < like.at],  # less clear ones: these are at least as sure
            alike,
            [key for key in self.counts if key.cause == like.cause],
        ):
            known = [key for key in keys if key in self.counts]
            if (
                sum(planted + spoiled + doubt for planted, _, spoiled, doubt in (self.counts[key] for key in known))
                >= ENOUGH
            ):
                asked = right = 0.0
                for key in known:
                    more, good = self._asked(key)
                    asked, right = asked + more, right + good
                return float((right + 0.5) / (asked + 1.0))
        return None

    def _asked(self, key: Kind) -> tuple[float, float]:
        """How many candidates there are of a kind, and how many of them are right."""
        planted, good, spoiled, doubt = self.counts[key]
        weight, clear = self.weights.get(key.column, 1.0), self.clear.get((key.column, key.repeated), 0.0)
        errors = max(0.0, min(doubt, clear * planted) - DEVIATIONS * doubt**0.5)
        right = good / planted if planted else 0.0
        return weight * planted + spoiled + doubt, weight * good + errors * right


def measure(found: Search, before: EncodedTable, seed: int = 0) -> Measured:
    """Plant errors, search again, and count; at least twice, with other errors, and more often on a small table."""
    counts: dict[Kind, list[float]] = defaultdict(lambda: [0, 0, 0, 0])
    kinds = seen_kinds(found, before)
    claims = [each for each in found.found if each.held is not None]
    if not kinds and not claims:
        return Measured({}, {})
    weights = {at: min(1.0, number / (share * before.rows)) for at, (share, _, number) in kinds.items()}
    rows_used = min(before.rows, MOST_ROWS)
    least = min([share for share, _, _ in kinds.values()], default=1.0) * rows_used
    runs = int(np.clip(np.ceil(WANTED / max(1.0, least)), *RUNS))
    doubtful = _doubtful(found)
    planting = kinds | _in_deciding(found, kinds, before.rows)
    for run in range(runs):
        rng = np.random.default_rng([seed, run])
        rows = some_rows(found, rng)
        right = found.repaired.copy()
        for column in right.columns:
            column.codes = column.codes[rows]
        open_cells = unknown_cells(found, right, rows)
        planted = plant(right, planting, open_cells, found.sign, rng)
        for claim in claims:
            plant_claims(planted, claim, found.repaired, rows, open_cells[claim.column], rng)
        for each in search(planted, seed, found.dependencies).found:
            truth = right.columns[each.column]
            values = planted.columns[each.column].values
            sides = repeats(planted.columns[each.column], each.rows)
            places = zip(
                each.rows.tolist(), each.codes.tolist(), bins_of(each.score).tolist(), sides.tolist(), strict=True
            )
            for row, code, at, side in places:
                held = truth.codes[row]
                good = held >= 0 and code >= 0 and truth.values[held] == values_of(values, code)
                if open_cells[each.column][row] or (each.cause == "missing" and held < 0):
                    continue  # nobody knows what is right there
                entry = counts[Kind(each.cause, each.column, at, side)]
                changed = values_of(values, planted.columns[each.column].codes[row]) != values_of(truth.values, held)
                entry[0] += changed
                entry[1] += changed and good
                entry[2 + doubtful[each.column][rows[row]]] += not changed
    return Measured(dict(counts), weights, _clear(found, before, counts, runs * rows_used / before.rows))


def _doubtful(found: Search) -> list[np.ndarray]:
    """Per column, the cells that have a candidate which is not clear (rows,)."""
    masks = [np.zeros(found.repaired.rows, dtype=bool) for _ in found.repaired.columns]
    for each in found.found:
        if each.cause in PLANTED_FOR:
            masks[each.column][each.rows[each.score < CLEAR]] = True
    return masks


def _clear(
    found: Search, before: EncodedTable, counts: Mapping[Kind, Sequence[float]], size: float
) -> dict[tuple[int, bool], float]:
    """By column and whether other cells hold the same, the clear candidates for one clear candidate of a planted error;
    `size`: the planted runs' rows, in tables. Where too few of one side were planted, both sides count as one.
    """
    seen, planted = defaultdict[tuple[int, bool], float](float), defaultdict[tuple[int, bool], float](float)
    for each in found.found:
        if each.cause in PLANTED_FOR:
            sides = repeats(before.columns[each.column], each.rows)
            for side in (False, True):
                seen[each.column, side] += size * float(((each.score >= CLEAR) & (sides == side)).sum())
    for key, entry in counts.items():
        if key.cause in PLANTED_FOR and BINS[key.at] >= CLEAR:
            planted[key.column, key.repeated] += entry[0]
    ratios = {}
    for column, side in seen:
        kept = [(column, side)] if planted[column, side] >= FEWEST_CLEAR else [(column, False), (column, True)]
        total = sum(planted[each] for each in kept)
        if total >= FEWEST_CLEAR:
            ratios[column, side] = sum(seen[each] for each in kept) / total
    usual = float(np.median(list(ratios.values()))) if ratios else 0.0
    return {
        (column, side): ratios.get((column, side), usual)
        for column in {column for column, _ in seen}
        for side in (False, True)
    }


def _in_deciding(
    found: Search, kinds: dict[int, tuple[float, list[str], int]], rows: int
) -> dict[int, tuple[float, list[str], int]]:
    """Columns that decide others and have no candidates of their own: wrong values in them put rows into wrong groups
    and spoil what follows. They are taken to be as frequent as errors are elsewhere.
    """
    decided = {each.following for each in found.dependencies} & set(kinds)
    deciding = {at for each in found.dependencies if each.following in decided for at in each.deciding} - set(kinds)
    if not deciding:
        return {}
    share = sum(min(share, number / rows) for share, _, number in kinds.values()) / len(kinds)
    seen = [kind for _, own, _ in kinds.values() for kind in own]
    swapped = max(SWAPPED, seen.count("swap") / max(1, len(seen)))
    return {at: (share * swapped, ["swap"], 0) for at in deciding}


def learn(
    measured: Measured, found: Search, before: EncodedTable, labels: Mapping[tuple[int, str], str | None]
) -> None:
    """Count what a person said about cells for which the search, without their help, had a candidate."""
    for each in found.found:
        column = before.columns[each.column]
        values = found.repaired.columns[each.column].values
        sides = repeats(column, each.rows)
        places = zip(each.rows.tolist(), each.codes.tolist(), bins_of(each.score).tolist(), sides.tolist(), strict=True)
        for row, code, at, side in places:
            if (row, column.name) in labels:
                entry = measured.counts.setdefault(Kind(each.cause, each.column, at, side), [0, 0, 0, 0])
                right = labels[row, column.name] == values_of(values, code)
                entry[0] += BY_PERSON * right
                entry[1] += BY_PERSON * right
                entry[2] += BY_PERSON * (not right)


def values_of(values: Sequence[str], code: int) -> str:
    """The value with that code; one that the search added has a later place."""
    return values[code] if 0 <= code < len(values) else ""


def seen_kinds(found: Search, before: EncodedTable) -> dict[int, tuple[float, list[str], int]]:
    """By column: the share of cells to plant errors in, the kinds of errors seen, and how many candidates there are."""
    kinds: dict[int, tuple[float, list[str], int]] = {}
    for at, column in enumerate(before.columns):
        own = [each for each in found.found if each.column == at and each.cause in PLANTED_FOR]
        number = sum(len(each.rows) for each in own)
        if not number:
            continue
        seen = [kind for each in own for kind in _kinds(each, column, found)]
        low = min(PLANTED_SMALL, max(PLANTED[0], WANTED / 2 / max(1, min(before.rows, MOST_ROWS))))
        share = float(np.clip(number / max(1, before.rows), low, max(low, PLANTED[1])))
        kinds[at] = (share, seen, number)
    return kinds


def _kinds(each: Candidates, column: EncodedColumn, found: Search) -> list[str]:
    if each.cause == "missing":
        return ["missing"] * len(each.rows)
    made = []
    new = found.repaired.columns[each.column].values
    sides = repeats(column, each.rows).tolist()
    for row, code, side in list(zip(each.rows.tolist(), each.codes.tolist(), sides, strict=True))[:2000]:
        old = values_of(column.values, column.codes[row])
        if found.sign is not None and found.sign in old:
            made.append("sign")
        elif side:
            made.append("swap")
        elif abs(len(old) - len(values_of(new, code))) <= 1:
            made.append("letter")
        else:
            made.append("swap")
    return made


def some_rows(found: Search, rng: np.random.Generator) -> np.ndarray:
    """The rows that errors are planted in: all of a small table, whole groups of a large one."""
    table = found.repaired
    if table.rows <= MOST_ROWS:
        return np.arange(table.rows)
    deciding = {at for each in found.dependencies for at in each.deciding}
    if not deciding:
        return np.sort(rng.choice(table.rows, MOST_ROWS, replace=False))
    finest = max(deciding, key=lambda at: int((table.columns[at].counts > 1).sum()))
    return whole_groups(table.columns[finest].codes.astype(np.int64), MOST_ROWS, rng)


def unknown_cells(found: Search, right: EncodedTable, rows: np.ndarray) -> list[np.ndarray]:
    """Per column, the cells that look like slips, or on which sources differ, and are not clearly wrong: what is right
    there is not known (rows,).

    Cells that contradict their group without a clear candidate are taken for right: they are the exceptions that a
    search would spoil. But where what contradicts a dependency is scattered as errors are, they may be errors.
    """
    masks = [np.zeros(found.repaired.rows, dtype=bool) for _ in right.columns]
    for each in found.found:
        unclear = each.score < CLEAR
        if each.cause in ("slip", "source"):
            masks[each.column][each.rows[unclear]] = True
        elif each.cause == "agreement":
            at, codes = each.rows[unclear], each.codes[unclear]
            for ballot in found.ballots:
                if ballot.dependency.scattered and ballot.dependency.following == each.column:
                    masks[each.column][at[ballot.value[at] == codes]] = True
    return [mask[rows] for mask in masks]


def plant(
    right: EncodedTable,
    kinds: dict[int, tuple[float, list[str], int]],
    open_cells: list[np.ndarray],
    sign: str | None,
    rng: np.random.Generator,
) -> EncodedTable:
    """A copy with errors planted."""
    planted = right.copy()
    for at, (share, seen, _) in kinds.items():
        column = planted.columns[at]
        there = np.flatnonzero((column.codes >= 0) & ~open_cells[at])
        if not len(there):
            continue
        rows = rng.choice(there, min(len(there), max(1, round(share * right.rows))), replace=False)
        for row in rows.tolist():
            kind = "swap" if rng.random() < SWAPPED else seen[int(rng.integers(len(seen)))]
            old = column.values[column.codes[row]]
            if kind == "missing":
                column.codes[row] = -1
            elif kind == "swap":
                column.codes[row] = column.codes[int(rng.choice(there))]
            else:
                column.codes[row] = column.code_of(misspell(old, sign if kind == "sign" else None, rng))
    return planted


def plant_claims(
    planted: EncodedTable,
    claims: Candidates,
    repaired: EncodedTable,
    rows: np.ndarray,
    unknown: np.ndarray,
    rng: np.random.Generator,
) -> None:
    """Plant contradictions between sources: each source is wrong as often as it seems to be, and says what others that
    are wrong say of the same thing, for sources copy from each other. `rows` are those of the planted table.
    """
    assert claims.held is not None
    column, (things, sources) = planted.columns[claims.column], claims.claimed
    says, of = repaired.columns[sources].codes, repaired.columns[things].codes
    known = says >= 0
    number = len(repaired.columns[sources].values)
    rate = np.bincount(says[claims.rows], minlength=number) / np.maximum(1, np.bincount(says[known], minlength=number))
    wrong: defaultdict[int, list[int]] = defaultdict(list)
    for thing, code in zip(of[claims.rows].tolist(), claims.held.tolist(), strict=True):
        if code >= 0:
            wrong[thing].append(code)
    gone = float((claims.held < 0).mean()) if len(claims.held) else 0.0
    any_wrong = claims.held[claims.held >= 0]
    for place in np.flatnonzero((column.codes >= 0) & ~unknown & known[rows]).tolist():
        if rng.random() >= rate[says[rows[place]]]:
            continue
        if rng.random() < gone or not len(any_wrong):
            column.codes[place] = -1
        else:
            said = wrong.get(int(of[rows[place]]))
            column.codes[place] = int(rng.choice(said or any_wrong))


def misspell(text: str, sign: str | None, rng: np.random.Generator) -> str:
    """A text with one letter wrong, or with a stray sign in the place of one to three letters."""
    if not text:
        return "x"
    places = rng.choice(len(text), min(len(text), int(rng.integers(1, 4)) if sign else 1), replace=False)
    letters = list(text)
    for place in places.tolist():
        letters[place] = sign or chr(97 + int(rng.integers(26)))
    return "".join(letters)
