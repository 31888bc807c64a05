"""Measures in another unit than the rest of their column: "0.506 t" among kilograms that stand there without a unit."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

import numpy as np

from dataops_core.repair.encoding import EncodedColumn
from dataops_core.repair.notation.forms import AMOUNT
from dataops_core.values.text import LETTER

REST = 0.5  # of the cells have the main unit, or none
FEWEST = 3  # cells with the same other unit
WITHIN = 0.9  # of them must lie among the others once they are converted
AMONG = (0.002, 0.998)  # of the others
PLANTED = 200


Numbers = TypeVar("Numbers", float, np.ndarray)


class Unit(NamedTuple):
    """A unit: what it measures, and how a number of it becomes one of the base unit: `size` x number + `start`."""

    measures: str
    size: float
    start: float = 0.0


UNITS: dict[str, Unit] = {
    "mg": Unit("mass", 1e-6),
    "g": Unit("mass", 1e-3),
    "kg": Unit("mass", 1.0),
    "t": Unit("mass", 1e3),
    "oz": Unit("mass", 0.028349523125),
    "lb": Unit("mass", 0.45359237),
    "mm": Unit("length", 1e-3),
    "cm": Unit("length", 1e-2),
    "m": Unit("length", 1.0),
    "km": Unit("length", 1e3),
    "in": Unit("length", 0.0254),
    "ft": Unit("length", 0.3048),
    "yd": Unit("length", 0.9144),
    "mi": Unit("length", 1609.344),
    "c": Unit("temperature", 1.0),
    "f": Unit("temperature", 5 / 9, -160 / 9),
    "k": Unit("temperature", 1.0, -273.15),
    "ml": Unit("volume", 1e-3),
    "cl": Unit("volume", 1e-2),
    "dl": Unit("volume", 0.1),
    "l": Unit("volume", 1.0),
    "hl": Unit("volume", 100.0),
    "gal": Unit("volume", 3.785411784),
    "ms": Unit("time", 1e-3),
    "s": Unit("time", 1.0),
    "min": Unit("time", 60.0),
    "h": Unit("time", 3600.0),
    "d": Unit("time", 86400.0),
    "m/s": Unit("speed", 1.0),
    "km/h": Unit("speed", 1 / 3.6),
    "mph": Unit("speed", 0.44704),
    "kn": Unit("speed", 1852 / 3600),
    "pa": Unit("pressure", 1.0),
    "hpa": Unit("pressure", 100.0),
    "kpa": Unit("pressure", 1e3),
    "mbar": Unit("pressure", 100.0),
    "bar": Unit("pressure", 1e5),
    "wh": Unit("energy", 3.6e3),
    "kwh": Unit("energy", 3.6e6),
    "mwh": Unit("energy", 3.6e9),
    "w": Unit("power", 1.0),
    "kw": Unit("power", 1e3),
    "%": Unit("share", 0.01),
    "b": Unit("data", 1.0),
    "kb": Unit("data", 1e3),
    "mb": Unit("data", 1e6),
    "gb": Unit("data", 1e9),
}
SAME = {"lbs": "lb", "pound": "lb", "pounds": "lb", "inch": "in", "inches": "in", "feet": "ft", "foot": "ft"}
SAME |= {"miles": "mi", "mile": "mi", "°c": "c", "°f": "f", "degc": "c", "degf": "f", "kgs": "kg", "grams": "g"}
SAME |= {"litre": "l", "liter": "l", "litres": "l", "liters": "l", "sec": "s", "hr": "h", "hrs": "h", "kmh": "km/h"}
SAME |= {
    "meter": "m",
    "metre": "m",
    "meters": "m",
    "metres": "m",
    "mins": "min",
    "minutes": "min",
    "hours": "h",
    "hour": "h",
    "seconds": "s",
    "days": "d",
    "day": "d",
    "kph": "km/h",
}
FRACTION = Unit("share", 1.0)  # a number without a sign beside shares in per cent
COMMA, COMMAS = re.compile(r"(?<=\d),(?=\d)"), 0.5  # of the values have a decimal comma
POINT = re.compile(r"(?<=\d)\.(?=\d)")
CAPITAL = re.compile("[BDGHMST]")  # no unit is written so: part of a code, where nothing else names a unit
LAST_WORD = re.compile(rf"{LETTER}+(?:/{LETTER}+)?")


def unit_of(text: str) -> Unit | None:
    """The unit that a text names; None where it names none that is known.

    >>> unit_of("lbs."), unit_of("EUR")
    (Unit(measures='mass', size=0.45359237, start=0.0), None)
    """
    bare = text.strip().strip(".").strip().casefold()
    return UNITS.get(SAME.get(bare, bare))


def converted(number: Numbers, one: Unit, other: Unit) -> Numbers:
    """A number, or several, of one unit in another of the same kind.

    >>> round(converted(62.6, UNITS["f"], UNITS["c"]), 6), round(converted(0.506, UNITS["t"], UNITS["kg"]), 6)
    (17.0, 506.0)
    """
    return (one.size * number + one.start - other.start) / other.size


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
    these numbers lie among them. `units` are what stands behind these numbers, and behind the others.
    """
    unit, main = units
    words = LAST_WORD.findall(name)
    named = unit_of(main) if main else unit_of(words[-1]) if words else None
    if own.measures == "share":
        named = unit_of(main) if main else FRACTION
    options = [named] if named is not None else [] if CAPITAL.fullmatch(unit) else list(dict.fromkeys(UNITS.values()))
    fits = []
    for each in options:
        if each is None or each.measures != own.measures or each == own:
            continue
        lies = converted(numbers, own, each)
        if ((lies >= among[0]) & (lies <= among[1])).mean() >= WITHIN:
            fits.append(each)
    return fits[0] if len(fits) == 1 else None


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
