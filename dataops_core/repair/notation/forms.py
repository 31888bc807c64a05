"""Values of one column that are written in several forms: units, signs that contradict the range, and cells that hold
the value of another column as well.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from dataops_core.repair.encoding import EncodedColumn, EncodedTable
from dataops_core.repair.notation.units import AMOUNT, unit_of

SHARE = 0.9  # of the cells must be amounts
SEVERAL = 0.01  # of them, a unit must have to count as one of several
SHORT = 3  # letters of a unit that is shortened
CODES = 3  # numbers that come again, at the least, where what stands behind them may be told by them
CODED = 0.97  # of the cells with such a number have what usually stands behind it: it is a code
SPLIT_ROWS = 3
USUAL = 0.2  # cells of other rows that end as those do, for one of them, that mean nothing
HELD_ROWS = 2_000  # to see whether one column holds the other
FREQUENT, TIMES = 3, 5  # rows of a usual spelling, and how many more than those of another


@dataclass(frozen=True)
class Rewriting:
    """Values of a column (their places) that should be written otherwise, and why."""

    new: dict[int, str]
    cause: str  # of proposal.CAUSES
    why: str


def amounts(column: EncodedColumn) -> Iterator[Rewriting]:
    """Numbers with several spellings of a unit, or with a sign that others of the same size do without."""
    if column.type != "text":
        return
    counts = column.counts
    found: dict[int, tuple[str, str]] = {}
    for at in np.flatnonzero(counts).tolist():
        match = AMOUNT.fullmatch(column.values[at])
        if match is not None:
            found[at] = (match[1], (match[2] or "").strip())
    fit = sum(int(counts[at]) for at in found)
    if not found or fit < SHARE * counts.sum():
        return
    units: Counter[str] = Counter()
    for at, (_, unit) in found.items():
        units[unit] += int(counts[at])
    common = [unit for unit, number in units.items() if number >= SEVERAL * fit and not _hides_digit(unit, found)]
    if len(common) < 2 or _tells_unit({at: each for at, each in found.items() if each[1] in common}, counts):
        return
    numbers = {unit: np.array([float(found[at][0]) for at in found if found[at][1] == unit]) for unit in common}
    main = "" if "" in common else max(common, key=lambda unit: units[unit])
    if main:
        same = [unit for unit in common if _is_same(unit, main)]
        same = same if len(same) > 1 else []
    else:
        alike = [unit for unit in common if unit and _alike(numbers[unit], numbers[main])]
        same = [unit for unit in common if unit in alike or any(_is_same(unit, each) for each in alike)]
        letters = [unit for unit in same if len(unit) == 1 and unit.isalpha()]
        if len({unit.lower() for unit in letters}) > 1:
            return  # letters behind a number are part of a code
    new = {at: _short(number) for at, (number, unit) in found.items() if unit and unit.startswith(tuple(same))}
    if new:
        named = ", ".join(f'"{unit}"' for unit in sorted(same, key=lambda unit: -units[unit])[:4])
        others = "the numbers without it are of the same size" if main == "" else "the unit is written in several ways"
        yield Rewriting(new, "unit", f"{named}: {others}")


def spellings(column: EncodedColumn) -> Iterator[Rewriting]:
    """Values that are a frequent one but for case, spaces at the ends or runs of spaces; spaces at the ends anyway."""
    if column.type != "text":
        return
    counts = column.counts
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for at in np.flatnonzero(counts).tolist():
        groups[" ".join(column.values[at].casefold().split())].append(at)
    variants: dict[int, str] = {}
    trimmed: dict[int, str] = {}
    for group in groups.values():
        best = max(group, key=lambda at: (int(counts[at]), column.values[at]))
        usual = counts[best] >= FREQUENT and all(counts[best] >= TIMES * counts[at] for at in group if at != best)
        for at in group:
            bare, right = column.values[at].strip(), column.values[best].strip()
            if usual and right:
                variants |= {at: right} if right != column.values[at] else {}
            elif bare and bare != column.values[at]:
                trimmed[at] = bare
    for new, why in (
        (variants, "only case or spaces differ from a value that occurs far more often"),
        (trimmed, "spaces at the start or the end"),
    ):
        if new:
            yield Rewriting(new, "spelling", why)


def _tells_unit(found: Mapping[int, tuple[str, str]], counts: np.ndarray) -> bool:
    """Whether the number tells what stands behind it, as in codes: "3011 AD" is no amount of AD."""
    by_number: defaultdict[float, Counter[str]] = defaultdict(Counter)
    units: Counter[str] = Counter()
    for at, (number, unit) in found.items():
        if unit:
            by_number[float(number)][unit] += int(counts[at])
            units[unit] += int(counts[at])
    repeated = [some for some in by_number.values() if some.total() > 1]
    cells = sum(some.total() for some in repeated)
    told = sum(max(some.values()) for some in repeated)
    if len(repeated) < CODES:
        return False
    return cells >= 0.5 * units.total() and told >= CODED * cells and max(units.values()) <= 0.8 * units.total()


def _hides_digit(unit: str, found: Mapping[int, tuple[str, str]]) -> bool:
    """Whether a unit of one letter stands in the place of a digit: numbers without a unit are longer by one."""
    with_unit, without = (sorted(len(number) for number, own in found.values() if own == each) for each in (unit, ""))
    if len(unit) != 1 or not unit.isalpha() or not without:
        return False
    return with_unit[len(with_unit) // 2] < without[len(without) // 2]


def _is_same(unit: str, other: str) -> bool:
    """Whether two units are one that is spelled in two ways: in other case, with a point, in the plural, shortened."""
    if unit_of(unit) is not None and unit_of(unit) == unit_of(other):
        return True
    short, long = sorted((each.lower().strip(". ") for each in (unit, other)), key=len)
    rest = iter(long)
    return short == long or (short[:1] == long[:1] and len(short) <= SHORT and all(sign in rest for sign in short))


def _alike(some: np.ndarray, others: np.ndarray) -> bool:
    """Whether numbers lie where the others do, rather than a hundred times higher or lower."""
    if not len(some) or not len(others):
        return False
    low, high = np.quantile(others, [0.02, 0.98])
    return bool(((some >= low) & (some <= high)).mean() >= 0.8)


def _short(number: str) -> str:
    """A number as short as it can be: without ".0", and without the noise of binary fractions in the 16th digit.

    >>> _short("12.0"), _short("0.055999999999999994"), _short("0.50")
    ('12', '0.056', '0.50')
    """
    if re.fullmatch(r"[-+]?\d+\.0+", number):
        return number.split(".", maxsplit=1)[0]
    return f"{float(number):.15g}" if len(number.strip("-+0.").replace(".", "")) > 15 else number


def _holds_other(column: EncodedColumn, other: EncodedColumn) -> bool:
    """Whether cells end with the value of the other column where that is there, too: a year within a date."""
    rows = np.flatnonzero((column.codes >= 0) & (other.codes >= 0))[:HELD_ROWS]
    same = sum(
        column.values[a].rpartition(" ")[2] == other.values[b]
        for a, b in zip(column.codes[rows].tolist(), other.codes[rows].tolist(), strict=True)
    )
    return same >= 0.8 * max(1, len(rows))


def _ends_alike(column: EncodedColumn, rows: np.ndarray, known: set[str]) -> float:
    """The share of the cells in these rows that end with one of the known values."""
    counts = np.bincount(column.codes[rows & (column.codes >= 0)], minlength=len(column.values))
    ends = [column.values[at].rpartition(" ")[2].strip(" ,;)") in known for at in np.flatnonzero(counts).tolist()]
    return float(counts[counts > 0][np.array(ends, dtype=bool)].sum() / max(1, counts.sum()))


@dataclass(frozen=True)
class Split:
    """Rows whose cell in one column ends with the value of another, which is missing there: both parts, per row."""

    column: int
    other: int
    rows: np.ndarray
    left: list[str]
    right: list[str]


def splits(table: EncodedTable) -> Iterator[Split]:
    """Cells that hold what belongs in another column of the row, which is missing there."""
    texts = [at for at, column in enumerate(table.columns) if column.type == "text"]
    for other in texts:
        known = set(table.columns[other].values) - {""}
        gone = np.flatnonzero(table.columns[other].codes < 0)
        if not 1 < len(known) <= 2000 or not len(gone):
            continue
        for at in texts:
            column = table.columns[at]
            if at == other:
                continue
            parts: dict[int, tuple[str, str]] = {}
            codes = column.codes[gone]
            for code in np.unique(codes[codes >= 0]).tolist():
                head, _, tail = column.values[code].rpartition(" ")
                head, tail = head.rstrip(" ,;-/("), tail.strip(" ,;)")
                if head and tail in known:
                    parts[code] = (head, tail)
            mask = np.isin(codes, list(parts))
            rows = gone[mask]
            left, right = ([parts[code][side] for code in codes[mask].tolist()] for side in (0, 1))
            filled = (column.codes[gone] >= 0).sum()
            if len(rows) * USUAL < filled * _ends_alike(column, table.columns[other].codes >= 0, known):
                continue  # cells end so where nothing is missing, too
            if _holds_other(column, table.columns[other]):
                left = [column.values[code] for code in codes[mask].tolist()]
            if len(rows) >= SPLIT_ROWS and len(rows) >= 0.3 * filled:
                yield Split(at, other, rows, left, right)
