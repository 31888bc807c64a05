"""Other names of the values of a column: a country's code, a town's name in another language, an abbreviation that one
clerk uses.

A value stands for another one of the column, which is far more frequent, where both name the same by the lists of
countries, languages and towns; where it is the other one written otherwise; or where it might be an abbreviation, and
nearly all of its rows are those of one clerk, source or period, in which the other value is missing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from dataops_core.checks.variants import plain
from dataops_core.privacy.identifiers.name_lists import cities
from dataops_core.repair.dependencies import by_chance, strength
from dataops_core.repair.encoding import EncodedColumn, EncodedTable
from dataops_core.repair.notation import known_names
from dataops_core.repair.notation.formats import Format
from dataops_core.repair.notation.other_writing import differs_in_signs, is_other_writing, may_abbreviate
from dataops_core.repair.rows.in_common import Group, groups_of

FEWEST, USUAL, MOST = 5, 0.8, 300  # cells of a usual value; share of the cells that hold one; how many there may be
LONGEST, MOST_VALUES = 60, 5_000  # letters on average; different values of the column
TIMES = 2  # as many cells hold the usual value, at the least
DECIDED = 0.5  # agreement of pairs of rows of a group, beyond chance
SOURCES = 50  # clerks, files, offices, months
WHOLE = 0.95  # of the rows of another name stand in the groups of those that use it
COMMON = 0.6  # of all rows they have at the most
BY_CHANCE = 1e-3
FEWER = 0.85  # as often as elsewhere does the usual value stand there, at the most
UNLIKE = 0.35  # share of the cells in which these groups differ from the others (total variation)
FEW_WORDS = 2  # usual values with a word that tells one
LISTED, GLANCE = 0.8, 0.5  # of the cells name something of a list; are towns at a glance
LIST_VALUES = 2  # usual values that do
ONE_GROUP = 0.5  # of the cells hold a value that stands in one group alone: more follow from it
INITIALS = 4  # letters of what may be initials, or an airport's code: the column must tell more
SURE, LISTED_SURE = 0.98, 0.97


@dataclass(frozen=True)
class Named:
    """Values of a column (their places) and the usual values for which they stand, how sure, and why."""

    column: int
    new: dict[int, int]
    sure: float
    why: str


def find(table: EncodedTable, learned: Mapping[int, Format]) -> Iterator[Named]:
    """The columns with such values; `learned` are the forms of the columns, by place."""
    columns = {at: usual for at, column in enumerate(table.columns) if (usual := _usual(column))}
    if not columns:
        return
    groups = [each for each in groups_of(table, learned) if 2 <= len(each[2]) <= SOURCES]
    groups.append(("", np.arange(table.rows) * SOURCES // max(1, table.rows), [str(at) for at in range(SOURCES)]))
    places = [at for at, usual in columns.items() if _may_be_towns(table.columns[at], usual)]
    towns = known_names.towns(
        [table.columns[at].values[place] for at in places for place in _lettered(table.columns[at])]
    )
    lists = [known_names.sexes(), known_names.countries(), known_names.languages(), towns]
    for at, usual in columns.items():
        column = table.columns[at]
        by = [g for g in groups if g[0] != column.name and not _follows(column, usual, g[1])]
        yield from _of_column(at, column, usual, _list_of(column, usual, lists), by)


def _usual(column: EncodedColumn) -> list[int]:
    """The values that enough cells hold, where nearly all hold one of them, they are names, and some far rarer value
    may be another name of theirs; else none.
    """
    if column.type != "text" or not 3 <= len(column.values) <= MOST_VALUES:
        return []
    counts = column.counts
    usual = np.flatnonzero(counts >= FEWEST).tolist()
    if not 2 <= len(usual) <= MOST or counts[usual].sum() < USUAL * counts.sum():
        return []
    if TIMES * counts[counts > 0].min() > counts.max():
        return []
    texts = [column.values[place] for place in usual]
    letters = [any(map(str.isalpha, text)) for text in texts]
    return usual if sum(letters) >= USUAL * len(texts) and sum(map(len, texts)) <= LONGEST * len(texts) else []


def _lettered(column: EncodedColumn) -> list[int]:
    return [place for place in np.flatnonzero(column.counts).tolist() if any(map(str.isalpha, column.values[place]))]


def _follows(column: EncodedColumn, usual: Sequence[int], codes: np.ndarray) -> bool:
    """Whether most cells hold values that stand in one group alone: it is then what they are of, and not who wrote."""
    there = (codes >= 0) & (column.codes >= 0)
    pairs = np.unique(column.codes[there].astype(np.int64) * (int(codes.max()) + 1) + codes[there])
    several = np.bincount(pairs // (int(codes.max()) + 1), minlength=len(column.values))[usual]
    counts = column.counts[usual]
    return bool(counts[several <= 1].sum() > ONE_GROUP * counts.sum())


def _may_be_towns(column: EncodedColumn, usual: Sequence[int]) -> bool:
    """Whether at least half of the usual cells hold names of towns, as a glance tells."""
    known = [place for place in usual if column.values[place].lower() in cities()]
    return bool(column.counts[known].sum() >= GLANCE * column.counts[usual].sum())


def _list_of(column: EncodedColumn, usual: Sequence[int], lists: Sequence[known_names.Names]) -> known_names.Names:
    """The first list in which nearly all usual cells name something; else an empty one."""
    counts = column.counts
    for names in lists:
        known = [place for place in usual if known_names.named_by(names, column.values[place])]
        if len(known) >= LIST_VALUES and counts[known].sum() >= LISTED * counts[usual].sum():
            return names
    return {}


def _of_column(
    at: int,
    column: EncodedColumn,
    usual: list[int],
    names: known_names.Names,
    groups: list[Group],
) -> Iterator[Named]:
    held, rare = _lettered(column), _rare_words([column.values[place] for place in usual])

    def same(one: str, other: str) -> bool:
        both = known_names.named_by(names, one) & known_names.named_by(names, other)
        return bool(both) and plain(one) != plain(other)

    def may_name(one: str, other: str) -> bool:
        return may_abbreviate(one, other, rare) and _digits(one) in ("", _digits(other))  # none gets lost

    short = _pairs(column, held, usual, may_name)
    named = _pairs(column, held, [place for place in usual if place not in short], same) if names else {}
    written = _pairs(column, held, [place for place in usual if place not in short], _is_written_otherwise)
    written = {one: to for one, to in written.items() if one not in named}
    rest = {one: to for one, to in short.items() if one not in named | written}
    source, by = _of_sources(column, rest, groups)
    usual = [place for place in usual if place not in named | written | source]
    of = f'rows of some values of "{by}"' if by else "some rows that follow on each other"
    why = f"only {of} hold it, and there the other one is missing"
    for found, test, said in (
        (named, same, "both name the same"),
        (written, _is_written_otherwise, "the same in another writing"),
        (source, may_name, why),
    ):
        if found:
            yield Named(at, found, LISTED_SURE if test is same else _sure(column, usual, test), said)


Test = Callable[[str, str], bool]


def _pairs(column: EncodedColumn, held: Sequence[int], usual: Sequence[int], test: Test) -> dict[int, int]:
    """The values that might stand for just one usual value each, which far more cells hold."""
    counts, found = column.counts, {}
    for place in held:
        text = column.values[place]
        targets = [to for to in usual if counts[to] >= TIMES * counts[place] and test(text, column.values[to])]
        if len(targets) == 1:
            found[place] = targets[0]
    return {place: target for place, target in found.items() if target not in found}


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _rare_words(texts: Sequence[str]) -> set[str]:
    """The words that few of some texts have: a value, and its other name."""
    counts = Counter(word for text in texts for word in set(plain(text).split()))
    return {word for word, count in counts.items() if count <= FEW_WORDS and len(word) > 2}


def _is_written_otherwise(one: str, other: str) -> bool:
    is_short = min(len(plain(one)), len(plain(other))) <= INITIALS
    return differs_in_signs(one, other) if is_short else is_other_writing(one, other, strict=True)


def _sure(column: EncodedColumn, usual: Sequence[int], test: Test) -> float:
    """The share of pairs of usual values that are not taken for one thing."""
    values = [column.values[place] for place in usual]
    pairs = [(one, other) for one in values for other in values if one != other][: MOST * SOURCES]
    return min(SURE, (sum(not test(*pair) for pair in pairs) + 0.5) / (len(pairs) + 1.0))


def _of_sources(column: EncodedColumn, found: dict[int, int], groups: list[Group]) -> tuple[dict[int, int], str]:
    """Of these values those that only some groups of a column use in the place of the usual ones, and that column; the
    one that explains most cells.
    """
    best: tuple[int, dict[int, int], str] = (0, {}, "")
    counts = column.counts
    for name, codes, values in groups:
        if _decides(codes, column):
            continue
        kept = _of_groups(column, found, codes, len(values))
        if len(kept) == 1 and any(_differ_in_words(column.values[one], column.values[to]) for one, to in kept.items()):
            continue  # one value alone that says more, or less, may be just that
        cells = int(counts[list(kept)].sum()) if kept else 0
        if cells > best[0]:
            best = (cells, kept, name)
    return best[1], best[2]


def _decides(codes: np.ndarray, column: EncodedColumn) -> bool:
    """Whether the groups decide what the column holds: then they are what it is about, and not who wrote it."""
    found = strength(codes.astype(np.int64), column.codes, len(column.values), by_chance(column.counts))
    return found is not None and found[0] >= DECIDED


def _differ_in_words(one: str, other: str) -> bool:
    """Whether one of two texts has all words of the other, and more."""
    both = [set(re.findall(r"[^\W_]+", text.casefold())) for text in (one, other)]
    return both[0] < both[1] or both[1] < both[0]


def _of_groups(column: EncodedColumn, found: dict[int, int], codes: np.ndarray, number: int) -> dict[int, int]:
    there = (codes >= 0) & (column.codes >= 0)
    table = np.zeros((number, len(column.values)), dtype=np.int64)
    np.add.at(table, (codes[there], column.codes[there]), 1)
    by_target = defaultdict[int, list[int]](list)
    for place, target in found.items():
        by_target[target].append(place)
    meant = table.copy()
    for place, target in found.items():
        meant[:, target] += table[:, place]
        meant[:, place] = 0
    kept: dict[int, int] = {}
    users = np.zeros(number, dtype=bool)
    for target, places in by_target.items():
        good = [place for place in places if _stands_in_for(table, meant, place, target)]
        kept |= dict.fromkeys(good, target)
        for place in good:
            users |= _users(table[:, place])
    if kept:  # those who are known to abbreviate: what only they write is an abbreviation, too
        share = table[users].sum() / max(1, table.sum())
        for place, target in found.items():
            cells = int(table[:, place].sum())
            if table[users, place].sum() == cells and share**cells <= BY_CHANCE:
                kept[place] = target
    return kept


def _users(held: np.ndarray) -> np.ndarray:
    """The groups, largest first, in which nearly all rows of a value stand (groups,)."""
    order = np.argsort(-held, kind="stable")
    enough = int(np.searchsorted(np.cumsum(held[order]), WHOLE * held.sum())) + 1
    mask = np.zeros(len(held), dtype=bool)
    mask[order[:enough]] = True
    return mask & (held > 0)


def _stands_in_for(table: np.ndarray, meant: np.ndarray, place: int, target: int) -> bool:
    """Whether a value stands where the usual one is missing: in few groups, not by chance, and in groups that hold what
    the others do once all that may be another name (`meant`) is called by its usual one (groups, values).
    """
    held, users, sizes = table[:, place], _users(table[:, place]), table.sum(axis=1)
    own, rest = int(sizes[users].sum()), int(sizes[~users].sum())
    if not own or not rest or own > COMMON * (own + rest):
        return False
    share = meant[~users, target].sum() / rest
    here = int(table[users, target].sum())
    by_chance = len(sizes) ** int(users.sum()) * (own / (own + rest)) ** int(held.sum())
    unlike = np.abs(meant[users].sum(axis=0) / own - meant[~users].sum(axis=0) / rest).sum() / 2
    return bool(
        by_chance <= BY_CHANCE
        and here <= FEWER * share * own
        and stats.binom.cdf(here, own, share) <= BY_CHANCE
        and unlike <= UNLIKE
    )
