"""Measures in another unit than the rest of their column: "0.506 t" among kilograms that stand there without a unit."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dataops_core.repair.encoding import EncodedColumn
from dataops_core.repair.notation.units import AMOUNT, LAST_WORD, UNITS, Unit, converted, unit_of

REST = 0.5  # of the cells have the main unit, or none
FEWEST = 3  # cells with the same other unit
WITHIN = 0.9  # of them must lie among the others once they are converted
AMONG = (0.002, 0.998)  # of the others
PLANTED = 200


FRACTION = Unit("share", 1.0)  # a number without a sign beside shares in per cent
COMMA, COMMAS = re.compile(r"(?<=\d),(?=\d)"), 0.5  # of the values have a decimal comma
POINT = re.compile(r"(?<=\d)\.(?=\d)")
CAPITAL = re.compile("[BDGHMST]")  # no unit is written so: part of a code, where nothing else names a unit


@dataclass(frozen=True)
class Conversion:
    """Values of a column (their places) in another unit, and what they are in that of the column; none where nobody
    knows it. How sure (NaN: not tested), and why.
    """

    places: frozenset[int]
    new: dict[int, str]
    sure: float
    why: str


def find(column: EncodedColumn, seed: int = 0) -> Iterator[Conversion]:
    """The values of a column in another unit, a unit at a time."""
    if column.type != "text":
        return
    held = [column.values[at] for at in np.flatnonzero(column.counts).tolist()]
    if sum(bool(COMMA.search(text)) for text in held) < COMMAS * len(held) or any(map(POINT.search, held)):
        yield from _find(column.values, column, seed)
        return
    for each in _find([COMMA.sub(".", text) for text in column.values], column, seed):
        new = {at: POINT.sub(",", text) for at, text in each.new.items()}
        yield replace(each, new=new, why=POINT.sub(",", each.why))


def _find(values: Sequence[str], column: EncodedColumn, seed: int) -> Iterator[Conversion]:
    counts = column.counts
    by_unit: defaultdict[str, dict[int, str]] = defaultdict(dict)
    spelled: Counter[str] = Counter()
    for at in np.flatnonzero(counts).tolist():
        match = AMOUNT.fullmatch(values[at])
        if match is not None:
            unit = (match[2] or "").strip()
            spelled[unit] += int(counts[at])
            by_unit[unit][at] = match[1]
    if len(spelled) < 2:
        return
    main = max(spelled, key=lambda unit: spelled[unit])
    if spelled[main] < REST * counts.sum() or (main and unit_of(main) is None):
        return
    rest = np.array([float(text) for text in by_unit[main].values()])
    low, high = np.quantile(rest, AMONG[0], method="lower"), np.quantile(rest, AMONG[1], method="higher")
    after = values[next(iter(by_unit[main]))].strip().removeprefix(next(iter(by_unit[main].values())))
    places = _decimals(by_unit[main].values())
    written = {float(text): values[at] for at, text in by_unit[main].items()}
    for unit, texts in by_unit.items():
        own = FRACTION if not unit and main == "%" else unit_of(unit)
        numbers = np.array([float(text) for text in texts.values()])
        if unit == main or own is None or sum(int(counts[at]) for at in texts) < FEWEST:
            continue
        target = _target(column.name, (unit, main), own, numbers, (float(low), float(high)))
        if target is None:
            apart = ((numbers < low) | (numbers > high)).mean() >= WITHIN
            if apart:
                yield Conversion(frozenset(texts), {}, float("nan"), "")
            continue
        made = {at: float(converted(float(text), own, target)) for at, text in texts.items()}
        new = {
            at: written.get(number := round(each, places), f"{_short(number, places)}{after}")
            for at, each in made.items()
            if unit or low <= each <= high
        }
        sure = _planted(rest, own, target, (_decimals(texts.values()), places), seed)
        shown = next(iter(new))
        why = f'"{values[shown]}" is {new[shown]} in the unit of the other cells, and lies among them then'
        yield Conversion(frozenset(texts), new, sure, why)


def _target(
    name: str, units: tuple[str, str], own: Unit, numbers: np.ndarray, among: tuple[float, float]
) -> Unit | None:
    """The unit of the other cells: the one that they carry, that the name of the column says, or the only one in which
    these numbers lie among them, where they do not as they are. `units` are what stands behind these numbers, and
    behind the others.
    """
    unit, main = units
    words = LAST_WORD.findall(name)
    named = unit_of(main) if main else unit_of(words[-1]) if words else None
    if own.measures == "share":
        named = unit_of(main) if main else FRACTION
    options = [named] if named is not None else [] if CAPITAL.fullmatch(unit) else list(dict.fromkeys(UNITS.values()))
    fits = []
    for each in options:
        if each is None or each.measures != own.measures or (each == own and named is not None):
            continue
        lies = converted(numbers, own, each)
        if ((lies >= among[0]) & (lies <= among[1])).mean() >= WITHIN:
            fits.append(each)
    return fits[0] if len(fits) == 1 and fits[0] != own else None


def _planted(rest: np.ndarray, own: Unit, target: Unit, places: tuple[int, int], seed: int) -> float:
    """The share of other cells that come back when they are written in this unit, with as many decimals, and read."""
    some = np.random.default_rng([seed, len(rest)]).choice(rest, PLANTED)
    back = [converted(round(converted(float(x), target, own), places[0]), own, target) for x in some]
    right = sum(round(made, places[1]) == round(float(x), places[1]) for made, x in zip(back, some, strict=True))
    return (right + 0.5) / (PLANTED + 1.0)


def _decimals(texts: Iterable[str]) -> int:
    """The most decimals that a fiftieth of the numbers or more is written with."""
    counts = Counter(len(text.partition(".")[2]) for text in texts)
    return max(number for number, cells in counts.items() if cells >= 0.02 * counts.total())


def _short(number: float, places: int) -> str:
    return f"{round(number, places)!r}".removesuffix(".0")
