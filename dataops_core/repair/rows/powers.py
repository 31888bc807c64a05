"""Columns that are a constant times products, quotients and squares of others: liters from three sides, a body mass
index from weight and height, a price by the kilogram, a speed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import combinations

import numpy as np

from dataops_core.repair.rows.relation import Relation, tolerance

OF_TWO = ((1, 1), (1, -1), (-1, 1), (1, -2), (-2, 1), (1, 2), (2, 1))
OF_THREE = ((1, 1, 1), (1, 1, -1), (1, -1, 1), (-1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))
GLANCE, FEWEST = 200, 20  # rows of a first look, and those in which all cells are there and above 0
DIGITS, NEAR = 3, 0.002  # of the factor, and how near one row must come to it
OFF = 0.75  # units of the last digit of the result, in the middle of the rows
RESULTS = 10  # different ones
MOST_OF_THREE, LARGEST = 12, 30  # columns in which three are tried together; the factor's logarithm

Test = Callable[[Relation, Sequence[np.ndarray], float], bool]


def powers(
    cells: Sequence[np.ndarray], units: Sequence[float], known: Collection[frozenset[int]], is_rule: Test
) -> list[Relation]:
    """The relations among columns of numbers (some rows of each, and the unit of their last digit) that pass a test;
    none of columns that are known to be related, and of
    those that say the same of the same columns the one that holds most often.
    """
    best: dict[frozenset[int], tuple[tuple[float, int], Relation]] = {}
    for relation in _candidates(cells, units):
        columns = frozenset(relation.columns)
        smaller = (each for each in (*known, *best) if each < columns or each in known)
        if any(each <= columns for each in smaller) or not is_rule(relation, cells, units[relation.result]):
            continue
        sign = (_held(relation, cells, units[relation.result]), sum(power > 0 for power in relation.exponents))
        if columns not in best or sign > best[columns][0]:
            best[columns] = (sign, relation)
    return [relation for _, relation in best.values()]


def _held(relation: Relation, cells: Sequence[np.ndarray], unit: float) -> float:
    """In which share of the rows a relation holds."""
    own = cells[relation.result]
    made = relation.value([cells[part] for part in relation.parts])
    known = np.isfinite(own) & np.isfinite(made)
    return float(np.mean(np.abs(made - own)[known] <= tolerance(unit, own[known])))


def _candidates(cells: Sequence[np.ndarray], units: Sequence[float]) -> Iterator[Relation]:
    """Those that hold at a glance, with fewer parts first: their factor is the same in all rows."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.array([np.where(each > 0, np.log(each), np.nan) for each in cells])
    places = [at for at in range(len(cells)) if np.isfinite(logs[at]).sum() >= FEWEST]
    for size, options in ((2, OF_TWO), (3, OF_THREE)):
        exponents = np.array(options)
        for at in places if size < 3 or len(places) <= MOST_OF_THREE else ():
            if len(np.unique(cells[at][np.isfinite(logs[at])])) < RESULTS:
                continue
            for parts in combinations([place for place in places if place != at], size):
                rows = np.flatnonzero(np.isfinite(logs[[at, *parts]]).all(axis=0))[:GLANCE]
                if len(rows) < FEWEST:
                    continue
                left = logs[at, rows] - exponents @ logs[list(parts)][:, rows]
                middle = np.median(left, axis=1)
                off = np.median(np.abs(left - middle[:, None]), axis=1)
                slack = float(np.median(OFF * units[at] / cells[at][rows])) + NEAR
                for which in np.flatnonzero((off <= slack) & (np.abs(middle) < LARGEST)).tolist():
                    factor = float(f"{np.exp(middle[which]):.{DIGITS}g}")
                    if factor != 1.0 or options[which] != (1, 1):  # plain products are found elsewhere
                        yield Relation("powers", parts, at, factor, options[which])
