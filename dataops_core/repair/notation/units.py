"""Units of measure: what they measure, how many of the base unit they are, and how they are spelled."""

from __future__ import annotations

import re
from typing import NamedTuple, TypeVar

import numpy as np

from dataops_core.values.text import LETTER

AMOUNT = re.compile(r"\s*([-+]?(?:\d+(?:\.\d+|\.(?!\s*\w))?|\.\d+))\s*([^\d\s.,+-][^\d]{0,14})?\s*")
LAST_WORD = re.compile(rf"{LETTER}+(?:/{LETTER}+)?")
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
SAME = {
    "ounce": "oz",
    "ounces": "oz",
    "lbs": "lb",
    "pound": "lb",
    "pounds": "lb",
    "inch": "in",
    "inches": "in",
    "feet": "ft",
    "foot": "ft",
}
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
