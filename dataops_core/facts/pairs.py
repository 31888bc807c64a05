"""How strongly two columns go together: counted by the engine, finished here.

Numbers and dates are numbers here; text, booleans and ids are categories, and so is whatever the user calls a category.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any, Literal

import numpy as np

from dataops_core.errors import SettingError
from dataops_core.facts.engine import Engine
from dataops_core.record import Record
from dataops_core.table import Column, Table

BINS = 20
MOST_CELLS = 1_000_000  # of a table of two columns for which chance is worked out
Measure = Literal["pearson", "spearman", "cramers_v", "epsilon", "missing"]


@dataclass(frozen=True)
class Associations(Record):
    """One measure for many pairs of columns."""

    measure: Measure
    rows: list[str]  # the names of columns; for "epsilon" of categories
    columns: list[str]  # the same names; for "epsilon" those of numbers
    values: list[list[float | None]]  # values[i][j] belongs to rows[i] and columns[j]; null where it is not defined
    row_order: list[int]  # places of rows, with what goes together side by side
    column_order: list[int]


def role(column: Column) -> Literal["number", "category"]:
    """Whether a column is compared by its numbers or by its values."""
    return (
        "number"
        if column.kind in ("number", "datetime") and column.type in ("integer", "decimal", "datetime")
        else "category"
    )


def associate(table: Table, x: str, y: str) -> dict[str, Any]:
    """How two columns go together, as plain JSON values; None where a measure is not defined.

    `as` (number or category, each), `n` (rows that have both), `missing` (see `co_missing`), and by their roles: two
    numbers have `pearson` and `spearman` (ties share the mean of their ranks); two categories `cramers_v`, corrected
    for its bias (Bergsma 2013, Journal of the Korean Statistical Society 42); a number and a category `epsilon`: the
    root of the share of the number's variance that lies between the categories, less what chance alone puts there
    (epsilon squared, Kelley 1935). All have `mutual_information`, adjusted for chance (Vinh, Epps & Bailey 2010): 0 for
    columns that have nothing to do with each other, 1 for columns that tell each other; numbers are put into `bins` of
    equally many rows for it, equal numbers into the bin of the first of them.
    """
    first, second = table.column(x), table.column(y)
    roles = role(first), role(second)
    told: dict[str, Any] = {"x": x, "y": y, "as": list(roles), "bins": BINS if "number" in roles else None}
    with Engine(table) as engine:
        told["missing"] = co_missing(_ask(engine, "missing_together", first, second, ("category", "category"), False))
        told["n"] = told["missing"]["neither"]
        if roles == ("number", "number"):
            told["n"] = (plain := _ask(engine, "correlated", first, second, roles)[0])["n"]
            told |= {
                "pearson": correlation(plain),
                "spearman": correlation(_ask(engine, "rank_correlated", first, second, roles)[0]),
            }
        elif roles == ("category", "category"):
            told["cramers_v"] = cramers_v(*_crossed(_ask(engine, "crossed", first, second, roles)))
        else:
            group, number = (first, second) if roles[0] == "category" else (second, first)
            asked = _ask(engine, "grouped", group, number, ("category", "number"))
            told |= {"n": sum(row["there"] for row in asked), "epsilon": correlation_ratio(asked)}
        told["mutual_information"] = mutual_information(_binned(engine, first, second, roles))
    return told


def associations(table: Table, columns: Sequence[str] | None = None, measure: Measure = "pearson") -> Associations:
    """One measure for many pairs.

    "pearson" and "spearman" take the numbers among the columns,
    "cramers_v" the categories, "missing" (phi of the missing cells) those with missing cells; "epsilon" has categories
    as rows and numbers as columns. The orders are those of the leaves of average linkage on 1 - |value| (on the mean
    difference between lines, for "epsilon").
    """
    wanted = [column for column in table.columns if columns is None or column.name in columns]
    numbers, categories = ([c for c in wanted if role(c) == which] for which in ("number", "category"))
    with Engine(table) as engine:
        if measure == "epsilon":
            return _ratios(engine, categories, numbers)
        if measure in ("pearson", "spearman"):
            chosen, values = numbers, _correlations(engine, numbers, measure == "spearman")
        elif measure == "cramers_v":
            chosen, values = (
                categories,
                _by_pair(engine, categories, "category", "crossed", lambda rows: cramers_v(*_crossed(rows))),
            )
        elif measure == "missing":
            chosen = [c for c in wanted if engine.missing(c)]
            values = _by_pair(engine, chosen, "missing", "missing_together", lambda rows: co_missing(rows)["phi"])
        else:
            raise SettingError(
                f'"{measure}" is not a measure.', "measure", "Take pearson, spearman, cramers_v, epsilon or missing."
            )
    names, order = [c.name for c in chosen], clustered(_distances(values))
    return Associations(measure, names, names, values, order, order)


def _ask(
    engine: Engine, expression: str, x: Column, y: Column, roles: tuple[str, str], complete: bool = True
) -> list[dict[str, Any]]:
    engine.take_pair((x, roles[0]), (y, roles[1]), complete)
    return engine.ask(expression, "pair")


def _binned(engine: Engine, x: Column, y: Column, roles: tuple[str, str]) -> list[dict[str, Any]]:
    """Rows by both values, numbers in bins."""
    engine.take_pair((x, roles[0]), (y, roles[1]))
    for at, which in enumerate(roles):
        if which == "number":
            engine.bin_pair(at, BINS)
    return engine.ask("crossed", "pair")


def _correlations(engine: Engine, columns: Sequence[Column], ranks: bool) -> list[list[float | None]]:
    engine.hold([(column, "number") for column in columns], ranks=ranks)
    values = _square(len(columns))
    for i, j in combinations(range(len(columns)), 2):
        ranked = ranks and not engine.take_held(i, j, ranks=True)
        if not ranks:
            engine.take_held(i, j, complete=False)  # the expression leaves gaps out itself
        values[i][j] = values[j][i] = correlation(engine.ask("rank_correlated" if ranked else "correlated", "pair")[0])
    return values


def _by_pair(
    engine: Engine, columns: Sequence[Column], which: str, expression: str, finish: Any
) -> list[list[float | None]]:
    engine.hold([(column, which) for column in columns])
    values = _square(len(columns))
    for i, j in combinations(range(len(columns)), 2):
        engine.take_held(i, j, complete=which != "missing")
        values[i][j] = values[j][i] = finish(engine.ask(expression, "pair"))
    return values


def _ratios(engine: Engine, categories: Sequence[Column], numbers: Sequence[Column]) -> Associations:
    engine.hold([*((c, "category") for c in categories), *((c, "number") for c in numbers)])
    values: list[list[float | None]] = [[None] * len(numbers) for _ in categories]
    for i, j in product(range(len(categories)), range(len(numbers))):
        engine.take_held(i, len(categories) + j)
        values[i][j] = correlation_ratio(engine.ask("grouped", "pair"))
    lines = np.array([[value or 0.0 for value in line] for line in values]).reshape(len(categories), len(numbers))
    away = [
        np.abs(each[:, None, :] - each[None, :, :]).mean(axis=2) if each.size else np.zeros((len(each), len(each)))
        for each in (lines, lines.T)
    ]
    rows, columns = ([c.name for c in side] for side in (categories, numbers))
    return Associations("epsilon", rows, columns, values, clustered(away[0]), clustered(away[1]))


def _square(size: int) -> list[list[float | None]]:
    return [[1.0 if i == j else None for j in range(size)] for i in range(size)]


def _distances(values: Sequence[Sequence[float | None]]) -> np.ndarray:
    """1 - |value|; a measure that is not defined counts as none."""
    return np.array([[1 - abs(value or 0.0) for value in line] for line in values]).reshape(len(values), len(values))


def clustered(distances: np.ndarray) -> list[int]:
    """The order in which average linkage puts things side by side, given their distances; shape (n, n)."""
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    if len(distances) < 3:
        return list(range(len(distances)))
    return [int(at) for at in leaves_list(linkage(squareform(np.clip(distances, 0, None), checks=False), "average"))]


def correlation(sums: dict[str, Any]) -> float | None:
    """Pearson's correlation from squares and products about (nearly) the means; None for a constant or fewer than two
    rows.
    """
    n = sums["n"]
    if n < 2:
        return None
    xx, yy = sums["xx"] - sums["dx"] ** 2 / n, sums["yy"] - sums["dy"] ** 2 / n
    if not (xx > 0 and yy > 0 and math.isfinite(xx) and math.isfinite(yy)):
        return None
    return max(-1.0, min(1.0, (sums["xy"] - sums["dx"] * sums["dy"] / n) / math.sqrt(xx) / math.sqrt(yy)))


def correlation_ratio(rows: Sequence[dict[str, Any]]) -> float | None:
    """Epsilon from rows, sums and sums of squares about the mean, per category; None where there is no variance, or a
    row for each category.
    """
    there = [row for row in rows if row["there"]]
    n, off = sum(row["there"] for row in there), sum(row["s1"] for row in there)
    total = sum(row["s2"] for row in there) - off**2 / max(1, n)
    if n < 2 or not (total > 0 and math.isfinite(total)):
        return None
    between = sum(row["s1"] ** 2 / row["there"] for row in there) - off**2 / n
    within = 1 - max(0.0, min(1.0, between / total))
    return math.sqrt(max(0.0, 1 - within * (n - 1) / (n - len(there)))) if n > len(there) else None


def _crossed(rows: Sequence[dict[str, Any]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Counts of the pairs that occur, and for each the counts of its two values alone."""
    counts = np.array([row["n"] for row in rows], dtype="float64")
    sides = []
    for key in ("x", "y"):
        at = _places(rows, key)
        sides.append(np.bincount(at, weights=counts)[at] if len(at) else counts)
    return counts, sides[0], sides[1]


def _places(rows: Sequence[dict[str, Any]], key: str) -> np.ndarray:
    """The number of each row's value, in the order in which they come."""
    places = {value: at for at, value in enumerate({row[key]: None for row in rows})}
    return np.array([places[row[key]] for row in rows], dtype=int)


def cramers_v(counts: np.ndarray, xs: np.ndarray, ys: np.ndarray) -> float | None:
    """Cramér's V with Bergsma's correction (2013, equations 7 to 9); None where a column has one value only."""
    n = counts.sum()
    r, k = (round(float((counts / side).sum())) for side in (xs, ys))  # each value's counts sum up to its own
    if n < 2 or min(r, k) < 2:
        return None
    phi2 = float((counts**2 / (xs * ys)).sum()) - 1
    low = min(r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)) - 1
    return math.sqrt(min(1.0, max(0.0, phi2 - (r - 1) * (k - 1) / (n - 1)) / low)) if low > 0 else None


def mutual_information(rows: Sequence[dict[str, Any]]) -> float | None:
    """Mutual information of counted pairs, adjusted for chance, over the mean of both entropies.

    0 where a column has one value; None without rows, and where there are too many values to work out what chance
    gives.
    """
    from sklearn.metrics import adjusted_mutual_info_score

    if not rows:
        return None
    both = [_places(rows, key) for key in ("x", "y")]
    labels, sizes = [np.repeat(at, [row["n"] for row in rows]) for at in both], [int(at.max()) + 1 for at in both]
    if min(sizes) < 2:
        return 0.0
    return float(adjusted_mutual_info_score(*labels)) if sizes[0] * sizes[1] <= MOST_CELLS else None


def co_missing(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Rows where both cells are missing, one, none; `phi` (the correlation of the gaps) and `jaccard` (shared among all
    gaps).
    """
    told = {key: int(rows[0][key] or 0) for key in ("both", "x_only", "y_only", "neither")}
    a, b, c, d = told.values()
    sides = (a + b) * (a + c) * (d + b) * (d + c)
    return told | {
        "phi": (a * d - b * c) / math.sqrt(sides) if sides else None,
        "jaccard": a / (a + b + c) if a + b + c else None,
    }
