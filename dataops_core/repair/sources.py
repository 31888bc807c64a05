"""Several sources that tell of the same things: contradictions are settled by how reliable each source proves to be.

A source counts for more the more often it says what the others, weighted in turn, say: Dawid and Skene, "Maximum
Likelihood Estimation of Observer Error-Rates Using the EM Algorithm", Applied Statistics 28 (1979), with the model of
false values of Dong, Berti-Equille and Srivastava, "Integrating Conflicting Data: The Role of Source Dependence",
PVLDB 2 (2009).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dataops_core.repair.agreement import tops
from dataops_core.repair.dependencies import STRONG, by_chance, strength
from dataops_core.repair.encoding import EncodedColumn, EncodedTable

SOURCES = (3, 300)  # how many there may be
FEWEST_CLAIMS = 5  # of a source, on average
FEWEST_TOLD = 3  # sources that tell of the same thing, on average
ONCE = 0.95  # of the pairs of a source and a thing stand in one row
COVERED = 0.3  # of all pairs of a source and a thing must be there
SHARED = 0.3  # agreement beyond chance of what is said of one thing
DIFFERENT = 6.0  # standard deviations by which sources differ in how often they are wrong
OWN = 0.3  # the same of what one source tells: more, and it tells of its own kind of things
ALIKE = 0.15  # how reliable a source must be to be corrected
FEWEST_TO_TELL, ASTRAY = 3, 0.8  # columns told of a thing, and the share of them in which a row must differ
OF_ANOTHER = 0.5  # of these are what is told of another thing
MOST_ASTRAY = 5_000  # rows that are looked at
NOISE, FEWEST_MULTIPLES, MULTIPLES, BY_RULE = 0.02, 20, 3, 0.5  # see _is_rule
TOLD = 0.2  # of the rows of a source hold something, where it tells of a column
IN_UNIT = 0.8  # of what a source contradicts
ROUNDS = 20
RELIABLE = (0.05, 0.99)


@dataclass(frozen=True)
class Settled:
    """What the sources say of a column, settled: rows that contradict it or are missing, the codes, how probable (0 to
    1), all of one length; and the columns of the things and of the sources.
    """

    column: int
    rows: np.ndarray
    codes: np.ndarray
    score: np.ndarray
    things: int
    sources: int


def settle(table: EncodedTable) -> Iterator[Settled]:
    """The contradictions between sources, settled column by column."""
    for things, sources in pairs(table):
        known = [at for at in range(len(table.columns)) if at not in (things, sources)]
        columns = [at for at in known if _describes_things(table, at, things, sources)]
        if len(columns) < 2:
            continue
        found = [each for at in columns for each in _settled(table, at, things, sources)]
        astray = _astray(table, found, columns, things)
        for each in found:
            kept = ~astray[each.rows]
            yield replace(each, rows=each.rows[kept], codes=each.codes[kept], score=each.score[kept])
        return  # one pair of columns explains a table


def _astray(table: EncodedTable, found: Sequence[Settled], columns: Sequence[int], things: int) -> np.ndarray:
    """Rows that differ in nearly all that is told of their thing, and tell what is told of another one: it is the thing
    that is wrong there (rows,).
    """
    told, differs = np.zeros(table.rows, dtype=int), np.zeros(table.rows, dtype=int)
    for at in columns:
        told += table.columns[at].codes >= 0
    for each in found:
        differs[each.rows[table.columns[each.column].codes[each.rows] >= 0]] += 1
    astray = np.zeros(table.rows, dtype=bool)
    odd = np.flatnonzero((told >= FEWEST_TO_TELL) & (differs >= ASTRAY * told))[:MOST_ASTRAY]
    if not len(odd):
        return astray
    of = table.columns[things].codes.astype(np.int64)
    usual = [tops(of, column.codes, len(column.values))[0][:-1] for column in (table.columns[at] for at in columns)]
    for row in odd.tolist():
        alike = sum((table.columns[at].codes[row] == top) & (top >= 0) for at, top in zip(columns, usual, strict=True))
        astray[row] = bool(np.max(alike, initial=0) >= OF_ANOTHER * told[row])
    return astray


def pairs(table: EncodedTable) -> Iterator[tuple[int, int]]:
    """Columns of things and of sources: every source tells of most things, and once."""
    for at, sources in enumerate(table.columns):
        counts = sources.counts
        number = int((counts > 0).sum())
        if not SOURCES[0] <= number <= SOURCES[1] or counts.sum() < FEWEST_CLAIMS * number or not _are_names(sources):
            continue
        for other, things in enumerate(table.columns):
            there = (sources.codes >= 0) & (things.codes >= 0)
            many = int((things.counts > 0).sum())
            claims = there.sum()
            if other == at or many < 10 or claims < max(FEWEST_TOLD, COVERED * number) * many:
                continue
            if many * number < ONCE * claims:  # some source tells of something several times
                continue
            both = np.unique(things.codes[there].astype(np.int64) * len(counts) + sources.codes[there])
            if len(both) >= ONCE * claims and len(both) >= COVERED * many * number:
                yield other, at


def _are_names(column: EncodedColumn) -> bool:
    """Whether the values are words: years and numbers of rounds tell of different times, not of the same."""
    held = [value for value, number in zip(column.values, column.counts, strict=True) if number]
    return column.type == "text" and sum(any(c.isalpha() for c in value) for value in held) > 0.8 * len(held)


def _describes_things(table: EncodedTable, at: int, things: int, sources: int) -> bool:
    """Whether a column tells of the things: what is said of one mostly agrees, and does not depend on who says it.

    Where nearly all agree, the column follows from the things, and the majority settles it, unless it matters who says
    it.
    """
    column = table.columns[at]
    chance, wide = by_chance(column.counts), len(column.values)
    of_things = strength(table.columns[things].codes.astype(np.int64), column.codes, wide, chance)
    of_sources = strength(table.columns[sources].codes.astype(np.int64), column.codes, wide, chance)
    if of_things is None or of_things[0] < SHARED or (of_sources is not None and of_sources[0] >= OWN):
        return False
    return of_things[0] < STRONG or _differ(table, at, things, sources)


def _differ(table: EncodedTable, at: int, things: int, sources: int) -> bool:
    """Whether some sources contradict most others far more often than the rest do: else it does not matter who says it,
    and the majority settles what there is to settle. (The chi-square test of equal shares, six deviations off.)
    """
    column, of, says = table.columns[at], table.columns[things].codes, table.columns[sources].codes
    there = np.flatnonzero((of >= 0) & (says >= 0) & (column.codes >= 0))
    things_of = of.astype(np.int64)
    top = tops(things_of, column.codes, len(column.values))[0]
    wrong = top[things_of[there]] != column.codes[there]
    said = np.bincount(says[there])
    rate = float(wrong.mean()) if len(wrong) else 0.0
    if not 0 < rate < 1:
        return False
    told = said > 0
    expected = said[told] * rate
    off = (np.bincount(says[there], wrong, minlength=len(said))[told] - expected) ** 2 / (expected * (1 - rate))
    free = int(told.sum()) - 1
    return bool(off.sum() > free + DIFFERENT * np.sqrt(2 * free))


def _settled(table: EncodedTable, at: int, things: int, sources: int) -> Iterator[Settled]:
    column = table.columns[at]
    thing, source = table.columns[things].codes.astype(np.int64), table.columns[sources].codes
    has_claim = (thing >= 0) & (source >= 0) & (column.codes >= 0)
    if not has_claim.any():
        return
    facts, claim = np.unique(
        thing[has_claim] * np.int64(len(column.values)) + column.codes[has_claim], return_inverse=True
    )
    owner = facts // len(column.values)
    number = len(table.columns[things].values)
    false_values = np.maximum(1, np.bincount(owner, minlength=number) - 1)
    by = source[has_claim]
    reliable = np.full(len(table.columns[sources].values), 0.8)
    chance = np.zeros(len(facts))
    for _ in range(ROUNDS):
        weight = np.log(false_values[thing[has_claim]] * reliable[by] / (1 - reliable[by]))
        score = np.bincount(claim, weight, minlength=len(facts))
        top = np.full(number, -np.inf)
        np.maximum.at(top, owner, score)
        chance = np.exp(score - top[owner])
        chance /= np.bincount(owner, chance, minlength=number)[owner]
        said = np.bincount(by, minlength=len(reliable))
        right = np.bincount(by, chance[claim], minlength=len(reliable))
        reliable = np.clip((right + 1.6) / (said + 2.0), *RELIABLE)
    best = np.full(number, -1, dtype=np.int64)
    order = np.argsort(chance, kind="stable")
    best[owner[order]] = order
    chosen = np.where(thing >= 0, best[thing], -1)
    code = np.where(chosen >= 0, facts[chosen] % len(column.values), -1)
    claims = np.bincount(thing[has_claim], minlength=number)
    alike = np.append(reliable >= ALIKE, False)  # a source that always differs tells of something else
    differs = (chosen >= 0) & (code != column.codes) & (claims[thing] >= 2)
    times = np.where(differs & (column.codes >= 0), _times(column, code), np.nan)
    heard = differs & alike[source]
    if _is_rule(times[heard], source[heard], int((said > 0).sum())):
        return
    differs &= (column.codes >= 0) | _is_told(column.codes, source, len(reliable))[source]
    rows = np.flatnonzero(differs & (alike[source] | _in_other_unit(times, source, alike)))
    if len(rows):
        sure = chance[chosen[rows]] * claims[thing[rows]] / (claims[thing[rows]] + 1.0)
        yield Settled(at, rows, code[rows].astype(np.int32), sure, things, sources)


def _is_told(codes: np.ndarray, source: np.ndarray, sources: int) -> np.ndarray:
    """Which sources tell anything of a column: where nearly all is missing, they do not, and nothing has gone there
    (sources + 1,).
    """
    there = source >= 0
    said = np.bincount(source[there], codes[there] >= 0, sources + 1)
    return np.asarray(said >= TOLD * np.bincount(source[there], minlength=sources + 1))


def _times(column: EncodedColumn, code: np.ndarray) -> np.ndarray:
    """How many times the settled number each row tells; NaN where one of them is no number above 0 (rows,)."""
    numbers = np.append(pd.to_numeric(pd.Series(list(column.values)), errors="coerce").to_numpy(dtype=float), np.nan)
    with np.errstate(all="ignore"):
        times = numbers[column.codes] / numbers[code]
    return np.where(np.isfinite(times) & (times > 0), times, np.nan)


def _is_rule(times: np.ndarray, source: np.ndarray, sources: int) -> bool:
    """Whether what contradicts is mostly one of a few multiples of what is settled, told by half of the sources or
    more, such as prices less a tenth: each source then tells of its own, and nobody is wrong. Powers of ten are units
    or lost points.
    """
    known = np.isfinite(times)
    apart = known & (np.abs(times - 1) >= NOISE) & ~_is_power_of_ten(times)
    if known.sum() < FEWEST_MULTIPLES or not apart.any():
        return False
    _, of, counts = np.unique(np.round(times[apart], 2), return_inverse=True, return_counts=True)
    usual = np.isin(of, np.argsort(counts)[-MULTIPLES:])
    return bool(usual.sum() >= BY_RULE * known.sum() and len(np.unique(source[apart][usual])) >= BY_RULE * sources)


def _in_other_unit(times: np.ndarray, source: np.ndarray, alike: np.ndarray) -> np.ndarray:
    """Rows of sources that nearly always tell the same power of ten of what is settled: in another unit (rows,)."""
    gone = np.zeros(len(times), dtype=bool)
    for each in np.flatnonzero(~alike[:-1]).tolist():
        rows = np.flatnonzero((source == each) & np.isfinite(times))
        same = rows[_is_power_of_ten(times[rows])]
        if len(same) >= max(FEWEST_CLAIMS, IN_UNIT * len(rows)) and len(set(np.round(np.log10(times[same])))) == 1:
            gone[same] = True
    return gone


def _is_power_of_ten(times: np.ndarray) -> np.ndarray:
    """Which of these are 10, 100, 0.1, ... but for rounding; 1 is none (times,)."""
    with np.errstate(all="ignore"):
        power = np.log10(times)
    return (np.abs(power - np.round(power)) < 0.005) & (np.round(power) != 0)
