"""Relations between the numbers of a row: sums, products, rates, powers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

OPERATIONS: dict[str, tuple[Callable[..., np.ndarray], str]] = {
    "product": (lambda a, b: a * b, "{0} x {1}"),
    "sum": (lambda *parts: np.sum(parts, axis=0), "{0} + {1}"),
    "added share": (lambda a, b: a * (1 + b), "{0} x (1 + {1})"),
    "added per cent": (lambda a, b: a * (1 + b / 100), "{0} x (1 + {1} %)"),
    "per cent": (lambda a, b: a * b / 100, "{1} % of {0}"),
    "discount": (lambda a, b: a * (1 - b), "{0} x (1 - {1})"),
    "discount per cent": (lambda a, b: a * (1 - b / 100), "{0} x (1 - {1} %)"),
    "mean": (lambda a, b: (a + b) / 2, "({0} + {1}) / 2"),
}
PRICED: dict[str, tuple[Callable[..., np.ndarray], str]] = {  # a product of two, less or more by a rate
    "product, discount per cent": (lambda a, b, c: a * b * (1 - c / 100), "{0} x {1} x (1 - {2} %)"),
    "product, discount": (lambda a, b, c: a * b * (1 - c), "{0} x {1} x (1 - {2})"),
    "product, added per cent": (lambda a, b, c: a * b * (1 + c / 100), "{0} x {1} x (1 + {2} %)"),
}
OPERATIONS |= PRICED
NEUTRAL = {
    "product": 1.0,
    "powers": 1.0,
    "per cent": 100.0,
}  # a part of that value changes nothing; of other operations it is 0


@dataclass(frozen=True)
class Relation:
    """A result that follows from other columns (places among the numbers), and by which operation: one of OPERATIONS,
    "multiple", a constant `factor` times one part, or "powers", a factor times each part to its exponent.
    """

    operation: str
    parts: tuple[int, ...]
    result: int
    factor: float = 1.0
    exponents: tuple[int, ...] = ()

    @property
    def columns(self) -> tuple[int, ...]:
        """All columns of the relation."""
        return (*self.parts, self.result)

    def value(self, cells: Sequence[Any]) -> Any:
        """The result, from the cells of its parts."""
        if self.operation == "multiple":
            return self.factor * cells[0]
        if self.operation == "powers":
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                powers = (cell ** float(power) for cell, power in zip(cells, self.exponents, strict=True))
                return self.factor * np.prod([*powers], axis=0)
        return OPERATIONS[self.operation][0](*cells)

    def words(self, names: Sequence[str]) -> str:
        """The relation in words."""
        said = [names[part] for part in self.parts]
        if self.operation == "powers":
            text = _words_of_powers(self.factor, said, self.exponents)
        elif self.operation == "multiple":
            text = f"{self.factor:g} x {said[0]}"
        elif self.operation == "sum":
            text = " + ".join(said)
        else:
            text = OPERATIONS[self.operation][1].format(*said)
        return f"{text} = {names[self.result]}"

    def holds(self, row: Mapping[int, float], unit: float) -> bool | None:
        """Whether it holds in a row; None where a cell is missing."""
        given = [row[part] for part in self.columns]
        if any(np.isnan(cell) for cell in given):
            return None
        made = float(self.value([np.float64(cell) for cell in given[:-1]]))
        return bool(abs(made - given[-1]) <= tolerance(unit, given[-1]))

    def solve(self, row: Mapping[int, float], column: int) -> float | None:
        """The value of a cell that makes it hold; all operations but powers are a straight line in each
        of their parts.
        """
        cells = {part: row[part] for part in self.columns if part != column}
        if any(np.isnan(cell) for cell in cells.values()):
            return None
        if column == self.result:
            return float(self.value([np.float64(row[part]) for part in self.parts]))
        if self.operation == "powers":
            rest = self.value([np.float64(1.0 if part == column else row[part]) for part in self.parts])
            power = self.exponents[self.parts.index(column)]
            with np.errstate(divide="ignore", invalid="ignore"):
                made = float((np.float64(row[self.result]) / rest) ** (1 / power))
            return made if np.isfinite(made) else None
        at = [self.value([np.float64(x if part == column else row[part]) for part in self.parts]) for x in (0.0, 1.0)]
        slope = float(at[1] - at[0])
        made = (row[self.result] - float(at[0])) / slope if abs(slope) > 1e-12 else np.nan
        return made if np.isfinite(made) else None


def _words_of_powers(factor: float, names: Sequence[str], exponents: Sequence[int]) -> str:
    """A factor and powers of columns in words.

    >>> _words_of_powers(10000.0, ["weight", "height"], [1, -2])
    '10000 x weight / height^2'
    """
    text = "" if factor == 1.0 and exponents[0] > 0 else f"{factor:g}"
    for name, power in sorted(zip(names, exponents, strict=True), key=lambda each: -each[1]):
        said = name if abs(power) == 1 else f"{name}^{abs(power)}"
        text += f"{' x ' if power > 0 else ' / '}{said}" if text else said
    return text


def tolerance(unit: float, size: Any) -> Any:
    """How far a result may be off that is rounded to a unit."""
    return 0.51 * unit + 1e-9 * abs(size)
