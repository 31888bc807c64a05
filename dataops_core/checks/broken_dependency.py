"""Broken dependency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from dataops_core.checks.aliases import aliases
from dataops_core.checks.check import REGISTRY, Hit, check, hits
from dataops_core.checks.personal import holds_person_names
from dataops_core.checks.table_view import TableView
from dataops_core.checks.wording import cell
from dataops_core.checks.written import miswritten
from dataops_core.wording import counted

MOST = 20_000
NEW = 0.5  # of the rows of a finding are in none about the same column
MARKS = 50  # different numbers
MOST_SLIPS = 0.2  # of the cells may be slips of the pen


@check(
    "Broken dependency",
    group="Between columns",
    scope="table",
    no_fix="Which of the two columns is wrong, only the source knows; the message says what the other rows have.",
)
def broken_dependency(look: TableView) -> Iterator[Hit]:
    """A column that follows from another one (the city from the postal code) nearly always, but not in some rows.

    One of the two cells is wrong there, and joins or sums by one of them do not agree with those by the other.
    """
    names = [
        name
        for name in look.named("category", "text", "number", "boolean", "id", least=2, most=MOST)
        if look.table.column(name).type in ("text", "integer", "boolean") and look.distinct(name) <= look.rows / 3
    ]
    givens = [name for name in names if not _measures(look, name)]
    people = {name for name in names if holds_person_names(look.cells(name))}  # namesakes do not live in one place
    names = sorted(names, key=look.distinct)[:40]
    slips: dict[str, np.ndarray] = {}
    broken: dict[tuple[str, str], np.ndarray] = {}
    for given in (name for name in reversed(names) if name in givens):
        for told in names:
            if (
                told == given
                or given in people
                or _usual(look, told) > look.distinct(given)
                or not _may_depend(look, given, told)
                or (look.distinct(told) > look.distinct(given) and _unslipped(look, told, slips) > look.distinct(given))
            ):
                continue
            mask = _breaking(look, given, told, slips)
            if mask is not None and not _namesakes(look, given, told, mask, names):
                broken[given, told] = mask
    for (given, told), mask in _accused(broken).items():  # one finding a column that is wrong
        yield Hit(
            mask,
            f"{told} follows from {given} in all but {counted(mask.sum(), 'row')}{_example(look, given, told, mask)}",
            columns=(given, told),
        )


def _measures(look: TableView, name: str) -> bool:
    """Whether a column holds marks or days rather than names of things: nothing follows exactly."""
    meant = look.meant_facts(name)
    return meant["type"] == "datetime" or (meant["kind"] == "number" and look.distinct(name) <= MARKS)


def _accused(broken: Mapping[tuple[str, str], np.ndarray]) -> dict[tuple[str, str], np.ndarray]:
    """Each broken row once for the column that is wrong there: where the state follows neither from the town nor from
    the street, it is the state. Where one pair alone is broken, nobody can tell.
    """
    counts: dict[str, np.ndarray] = {}
    for pair, mask in broken.items():
        for name in pair:
            counts[name] = counts.get(name, np.zeros(len(mask), dtype=np.int16)) + mask
    found: dict[tuple[str, str], np.ndarray] = {}
    said: dict[str, np.ndarray] = {}
    own = {pair: mask & (counts[pair[1]] >= counts[pair[0]]) for pair, mask in broken.items()}
    for pair in sorted(broken, key=lambda pair: -int(own[pair].sum())):
        known = said.setdefault(pair[1], np.zeros(len(own[pair]), dtype=bool))
        same = any((own[pair] == mask).all() for mask in found.values())
        if (own[pair] & ~known).sum() > NEW * own[pair].sum() and not same:
            found[pair] = own[pair]
            known |= own[pair]
    return found


def _may_depend(look: TableView, given: str, told: str) -> bool:
    """A first look at some rows: whether most of them hold the usual value of their group, more than by chance."""
    a, b = look.example(given), look.example(told)
    both = (a >= 0) & (b >= 0)
    a, b = a[both], b[both]
    if len(a) < 50:
        return False
    pairs, counts = np.unique(a.astype(np.int64) * (int(b.max()) + 1) + b, return_counts=True)
    best = np.zeros(int(a.max()) + 1, dtype=np.int64)
    np.maximum.at(best, pairs // (int(b.max()) + 1), counts)
    chance = np.bincount(b).max() / len(b)
    return bool(best.sum() >= 0.95 * len(a) and best.sum() / len(a) > chance + 0.5 * (1 - chance))


def _breaking(look: TableView, given: str, told: str, slips: dict[str, np.ndarray]) -> np.ndarray | None:
    """The rows that hold another value than the rest of their group, where they are at most 3 % and no accident.

    Cells with a finding of their own for how they are written (`slips`, by column) have no say.
    """
    a, b = look.codes(given), look.codes(told)
    both = (a >= 0) & (b >= 0)
    if told not in slips and not _unbroken(a[both], b[both]):
        slips[told] = _slips(look, told)
    if told in slips:
        both &= ~slips[told]
        both &= ~_stand_ins(look, given)
    if not both.any():
        return None
    width = int(b.max()) + 1
    pairs, place, counts = np.unique(
        a[both].astype(np.int64) * width + b[both], return_inverse=True, return_counts=True
    )
    group = pairs // width
    sizes = np.bincount(a[both], minlength=int(a.max()) + 1)
    order = np.lexsort((pairs, -counts, group))
    usual = np.zeros(len(pairs), dtype=bool)
    usual[order[np.concatenate([[True], group[order][1:] != group[order][:-1]])]] = True
    clear = counts[usual] >= np.maximum(3, 0.75 * sizes[group[usual]])  # the rest of the group agrees
    agreed = np.zeros(len(sizes), dtype=bool)
    agreed[group[usual][clear]] = True
    # a second value that a group holds again and again is no slip: two towns share a code, a head has two teams
    second = counts >= np.maximum(5, 0.05 * sizes[group])
    wrong = (~usual & ~second & agreed[group])[place]
    held = sizes[sizes >= 3]
    by_chance = 1 - np.bincount(b[both]).max() / both.sum()
    if (
        not wrong.any()
        or wrong.mean() > 0.03
        or sizes[agreed].sum() < 0.9 * max(1, held.sum())
        or by_chance < 6 * wrong.mean()
    ):
        return None
    if (~agreed)[sizes >= 3].mean() > 0.1:
        return None
    mask = np.zeros(look.rows, dtype=bool)
    mask[np.flatnonzero(both)[wrong]] = True
    return mask


def _usual(look: TableView, told: str) -> int:
    """How many values a column has, and in a column of text the least number that most of some rows hold: it may have
    more, if those are slips.
    """
    if look.table.column(told).type != "text":
        return look.distinct(told)
    codes = look.example(told)
    counts = np.sort(np.bincount(codes[codes >= 0]))[::-1]
    return int(np.searchsorted(np.cumsum(counts), (1 - MOST_SLIPS) * counts.sum()) + 1)


def _unslipped(look: TableView, told: str, slips: dict[str, np.ndarray]) -> int:
    """How many values a column has but for slips."""
    if told not in slips:
        slips[told] = _slips(look, told)
    codes = look.codes(told)
    return len(np.unique(codes[~slips[told] & (codes >= 0)]))


def _unbroken(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether each code of one column goes with one of the other."""
    pairs = np.unique(a.astype(np.int64) * (int(b.max(initial=0)) + 1) + b)
    return len(pairs) == len(np.unique(a))


def _slips(look: TableView, told: str) -> np.ndarray:
    """The cells that have a finding of their own for how they are written (rows,)."""
    cells = look.cells(told)
    mask = miswritten(cells, look.context) if cells.type == "text" else np.zeros(look.rows, dtype=bool)
    for found in aliases(look):
        if found.told == told:
            mask |= found.named | found.slipped
    return mask if mask.mean() <= MOST_SLIPS else np.zeros(look.rows, dtype=bool)


def _stand_ins(look: TableView, given: str) -> np.ndarray:
    """The cells that stand for "we do not know" and those with a date that cannot be: nothing follows from them."""
    cells = look.cells(given)
    mask = np.zeros(look.rows, dtype=bool)
    for hit in hits(REGISTRY["disguised_missing"], cells, look.context):
        mask |= hit.mask
    if cells.as_meant.type == "datetime":
        for hit in hits(REGISTRY["absurd_dates"], cells.as_meant, look.context):
            mask |= hit.mask
    return mask


def _namesakes(look: TableView, given: str, told: str, mask: np.ndarray, names: Iterable[str]) -> bool:
    """Whether a finer column tells the rows apart: two books of one title, each of its own genre, by their ISBN.

    It must give the title, and nearly one to one (a customer has many orders: those tell nothing), and most of the rows
    must agree with all others of their ISBN.
    """
    a, b = look.codes(given), look.codes(told)
    for finer in names:
        if finer in (given, told) or not look.distinct(given) < look.distinct(finer) <= 2 * look.distinct(given):
            continue
        key = look.codes(finer)
        here = np.flatnonzero(mask & (key >= 0))
        near = np.isin(key, key[here]) & (a >= 0) & (b >= 0) & (key >= 0)  # all rows of these books
        if not len(here) or not _gives(key[near], a[near]):
            continue
        sizes = np.bincount(key[near])
        usual = np.bincount(key[near & ~mask], minlength=len(sizes))
        several = sizes[key[here]] > 1
        if several.any() and np.mean(usual[key[here]][several] == 0) > 0.5:
            return True
    return False


def _gives(key: np.ndarray, told: np.ndarray) -> bool:
    """Whether nearly all rows of a key hold one value."""
    pairs, counts = np.unique(key.astype(np.int64) * (int(told.max()) + 1) + told, return_counts=True)
    best = np.zeros(int(key.max()) + 1, dtype=np.int64)
    np.maximum.at(best, pairs // (int(told.max()) + 1), counts)
    return bool(best.sum() >= 0.97 * len(key))


def _example(look: TableView, given: str, told: str, mask: np.ndarray) -> str:
    row = int(np.argmax(mask))
    a, b = look.codes(given), look.codes(told)
    usual = int(np.argmax(np.bincount(b[(a == a[row]) & (b >= 0)])))
    values = look.values(told)
    return (
        f": {cell(look.values(given)[a[row]])} goes with {cell(values[usual])},"
        f" but in row {row + 1:,} with {cell(values[b[row]])}."
    )
