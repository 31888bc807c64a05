"""Numbers that contradict others in their row: sums, products, rates and multiples that hold in nearly all rows.

A cell is proposed only where it alone explains the row: a new value of it, and of no other cell, makes every relation
hold; or of several such cells one only by a slip of the pen (digits exchanged, the decimal point, one digit).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

import numpy as np
from rapidfuzz.distance import DamerauLevenshtein

from dataops_core.repair.encoding import EncodedColumn, EncodedTable
from dataops_core.repair.notation.format_texts import AmountForm, amount_number, read_amount, write_amount
from dataops_core.repair.notation.formats import Format
from dataops_core.repair.rows.powers import powers
from dataops_core.repair.rows.relation import NEUTRAL, OPERATIONS, PRICED, Relation, tolerance

HOLDS = 0.7  # of the rows
CHANCE = 0.1  # of the rows, with the result of another row
FEWEST_ROWS, FEWEST_RESULTS = 20, 10  # rows that can be computed, and different results
LOOKED_AT = 2_000  # rows to look for relations
MOST_COLUMNS = 24
LONGEST_SUM = 12
ROUNDED = 1.5  # units of the last digit: so near to the right number one may be that was made from rounded ones
MOST_ROWS = 20_000  # that contradict a relation; more are not looked at
PLANTED, ENOUGH = 200, 20

RATES = (0.3, 1.5)  # between which the middle of what is left of a product may lie
GLANCE = 200  # rows of a first look for such a product


@dataclass(frozen=True)
class Numbers:
    """A column as numbers (rows,), NaN where there is none; its decimals; and how a number is written in it."""

    place: int
    cells: np.ndarray
    decimals: int
    write: Callable[[float], str]

    @property
    def unit(self) -> float:
        """The least difference between two numbers of the column."""
        return float(10.0**-self.decimals)


def numbers_of(table: EncodedTable, learned: Mapping[int, Format]) -> list[Numbers]:
    """The columns of numbers, those written as text too, by the forms learned from the columns."""
    made: list[Numbers] = []
    for at, column in enumerate(table.columns):
        if len(made) == MOST_COLUMNS:
            break
        if column.type in ("integer", "decimal"):
            made.append(_numbers(at, column, [float(text) for text in column.values]))
        elif column.type == "text":
            found = learned.get(at)
            if found is not None and isinstance(found.main, AmountForm):
                read = [_in_form(text, found.main) for text in column.values]
                made.append(_numbers(at, column, [number for number, _ in read], found.main, [n for _, n in read]))
    return made


def _in_form(text: str, form: AmountForm) -> tuple[float, int]:
    """An amount as a number, and its decimals as written."""
    read = next((value for value, own in read_amount(text) if own == form), None)
    return (np.nan, 0) if read is None else (amount_number(read), len(read[2]))


def _numbers(
    at: int,
    column: EncodedColumn,
    values: Sequence[float],
    form: AmountForm | None = None,
    places: Sequence[int] | None = None,
) -> Numbers:
    known = np.append(np.array(values, dtype=float), np.nan)
    some = [decimals(value) for value in values[:5_000]] if places is None else places
    counts = Counter(number for number, value in zip(some, values, strict=False) if np.isfinite(value))
    common = [number for number, rows in counts.items() if rows >= 0.02 * sum(counts.values())]
    most = max(common, default=0)
    return Numbers(at, known[column.codes], most, partial(_written, decimals=most, form=form))


def decimals(value: float) -> int:
    """How many decimals a number has, up to six.

    >>> decimals(2.50), decimals(3.0), decimals(1e-9)
    (1, 0, 0)
    """
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])


def _written(value: float, decimals: int, form: AmountForm | None) -> str:
    if form is None:
        return f"{round(value, decimals)!r}".removesuffix(".0")
    whole, _, part = f"{abs(value):.{decimals}f}".partition(".")
    sign = "-" if value < 0 else ""
    return write_amount((sign, whole, part, (form.before or form.after).strip().strip(".").casefold()), form) or ""


def relations(numbers: Sequence[Numbers]) -> list[Relation]:
    """The relations that hold in nearly all rows."""
    if len(numbers) < 2:
        return []
    rows = len(numbers[0].cells)
    some = np.linspace(0, rows - 1, min(rows, LOOKED_AT)).astype(int)
    cells = [each.cells[some] for each in numbers]
    found = []
    for at, result in enumerate(numbers):
        if len(np.unique(cells[at][np.isfinite(cells[at])])) < FEWEST_RESULTS:
            continue
        others = [place for place in range(len(numbers)) if place != at]
        options = [Relation(name, pair, at) for pair in combinations(others, 2) for name in ("product", "sum", "mean")]
        options += [
            Relation(name, pair, at)
            for one, two in combinations(others, 2)
            for pair in ((one, two), (two, one))
            for name in OPERATIONS
            if name not in ("product", "sum", "mean", *PRICED)
        ]
        options += [Relation("multiple", (other,), at, _factor(cells[other], cells[at])) for other in others]
        options += [
            Relation("sum", tuple(others[start:stop]), at)
            for start in range(len(others))
            for stop in range(start + 3, min(len(others), start + LONGEST_SUM) + 1)
        ]
        options += _priced(cells, at, result.unit)
        found += [each for each in options if _is_rule(each, cells, result.unit)]
    found += powers(cells, [number.unit for number in numbers], {frozenset(each.columns) for each in found}, _is_rule)
    return _without_smaller(found)


def _priced(cells: Sequence[np.ndarray], at: int, unit: float) -> Iterator[Relation]:
    """The products of two columns, less or more by the rate in a third, that some rows with such a rate confirm."""
    others = [place for place in range(len(cells)) if place != at]
    result = cells[at]
    for one, two in combinations(others, 2):
        with np.errstate(all="ignore"):
            left = result / (cells[one] * cells[two])
        rows = np.flatnonzero(np.isfinite(left))[:GLANCE]
        if len(rows) < FEWEST_ROWS or not RATES[0] <= float(np.median(left[rows])) <= RATES[1]:
            continue
        for rate in others:
            if rate in (one, two):
                continue
            told = rows[np.isfinite(cells[rate][rows]) & (cells[rate][rows] != 0)]
            parts, own = [cells[part][told] for part in (one, two, rate)], result[told]
            for name, (made, _) in PRICED.items():
                if len(told) and (np.abs(made(*parts) - own) <= tolerance(unit, own)).mean() >= HOLDS - 0.2:
                    yield Relation(name, (one, two, rate), at)


def _factor(part: np.ndarray, result: np.ndarray) -> float:
    """The constant by which a column seems to be multiplied, to four digits, by the rows with the greatest numbers."""
    known = np.isfinite(part) & np.isfinite(result) & (part != 0)
    if known.sum() < FEWEST_ROWS:
        return 1.0
    ratio = result[known] / part[known]
    large = np.abs(part[known]) >= np.median(np.abs(part[known]))
    return float(f"{np.median(ratio[large]):.4g}")


def _is_rule(relation: Relation, cells: Sequence[np.ndarray], unit: float) -> bool:
    """Whether a relation holds in nearly all rows that tell, and not with the result of another row."""
    if relation.operation == "multiple" and relation.factor in (0.0, 1.0, -1.0):
        return False
    parts, result = [cells[part] for part in relation.parts], cells[relation.result]
    matters = _matters(relation, parts, result, unit)
    telling = matters.sum(axis=0) >= 2 if relation.operation == "sum" else matters.all(axis=0)
    if telling.sum() < FEWEST_ROWS:
        return False
    for size in (100, None):  # a first glance
        rows = np.flatnonzero(telling)[:size]
        own = result[rows]
        made = relation.value([part[rows] for part in parts])
        held = np.abs(made - own) <= tolerance(unit, own)
        if held.mean() < (HOLDS if size is None else HOLDS - 0.2):
            return False
    for part in matters[:, rows]:  # of a sum, each
        if part.sum() < FEWEST_ROWS or held[part].mean() < HOLDS:
            return False
    shifted = np.roll(own, 1)
    return bool((np.abs(made - shifted) <= tolerance(unit, shifted)).mean() <= CHANCE)


def _matters(relation: Relation, parts: Sequence[np.ndarray], result: np.ndarray, unit: float) -> np.ndarray:
    """Where all cells are there, and a part changes the result by more than its rounding (parts, rows)."""
    there = np.isfinite(result) & (result != 0) & np.isfinite(parts).all(axis=0)
    matters = np.empty((len(parts), len(result)), dtype=bool)
    with np.errstate(invalid="ignore", over="ignore"):
        made = relation.value(parts)
        for at, part in enumerate(parts):
            nothing = np.full(len(part), NEUTRAL.get(relation.operation, 0.0))
            without = relation.value([*parts[:at], nothing, *parts[at + 1 :]])
            matters[at] = there & (part != 0) & (np.abs(without - made) > tolerance(unit, made))
    return matters


def _without_smaller(found: Sequence[Relation]) -> list[Relation]:
    """Relations without sums and products that leave out parts of a greater one: they hold where these are nothing."""
    return [each for each in found if not any(_is_greater(other, each) for other in found)]


def _is_greater(one: Relation, other: Relation) -> bool:
    greater = ("sum",) if other.operation == "sum" else tuple(PRICED) if other.operation == "product" else ()
    return one.operation in greater and one.result == other.result and set(other.parts) < set(one.parts)


@dataclass(frozen=True)
class Explanation:
    """A cell (its place among the numbers) that alone explains a row, and its new value; `kind`: only (no other cell
    does), slip (the only one by a slip of the pen) or missing.
    """

    column: int
    value: float
    kind: str


class Solver:
    """Explains rows by the relations of a table."""

    def __init__(self, numbers: Sequence[Numbers], found: Sequence[Relation]) -> None:
        self.numbers, self.relations = numbers, found
        self.of: defaultdict[int, list[Relation]] = defaultdict(list)
        for relation in found:
            for column in relation.columns:
                self.of[column].append(relation)
        self.columns = sorted(self.of)
        self.wrong = self._contradictions()
        self.span = {at: self._span(numbers[at].cells) for at in self.columns}

    def _span(self, cells: np.ndarray) -> tuple[float, float]:
        """Between which numbers a column lies where no row is in doubt."""
        fine = np.delete(cells, self.wrong)
        fine = fine[np.isfinite(fine)]
        return (float(fine.min()), float(fine.max())) if len(fine) else (-np.inf, np.inf)

    def _contradictions(self) -> np.ndarray:
        """The rows in which a relation does not hold, or could give a cell that is rarely missing (rows,)."""
        wrong = np.zeros(len(self.numbers[0].cells), dtype=bool)
        for relation in self.relations:
            parts = [self.numbers[part].cells for part in relation.parts]
            result = self.numbers[relation.result]
            with np.errstate(invalid="ignore", over="ignore"):
                off = np.abs(relation.value(parts) - result.cells)
                wrong |= off > tolerance(result.unit, result.cells)
        for at in self.columns:
            gone = np.isnan(self.numbers[at].cells)
            if gone.mean() < 0.1:
                wrong |= gone
        return np.flatnonzero(wrong)[:MOST_ROWS]

    def row(self, at: int) -> dict[int, float]:
        """The numbers of a row that take part in relations."""
        return {column: float(self.numbers[column].cells[at]) for column in self.columns}

    def explain(self, row: Mapping[int, float]) -> Explanation | None:
        """The one cell that explains a row; None where there is none, or several."""
        violated = [each for each in self.relations if each.holds(row, self.numbers[each.result].unit) is False]
        if not violated:
            return self._missing(row)
        columns = set(violated[0].columns).intersection(*(each.columns for each in violated[1:]))
        options = [
            Explanation(column, value, "only") for column in columns for value in self._values(row, column, violated)
        ]
        if len({each.column for each in options}) == len(options) == 1:
            return self._if_clear(row, options[0])
        slips = [each for each in options if is_slip(row[each.column], each.value)]
        return self._if_clear(row, replace(slips[0], kind="slip")) if len(slips) == 1 else None

    def _if_clear(self, row: Mapping[int, float], found: Explanation) -> Explanation | None:
        return None if self._vague({**row, found.column: found.value}, found.column) else found

    def _missing(self, row: Mapping[int, float]) -> Explanation | None:
        gone = [column for column in self.columns if np.isnan(row[column])]
        for column in gone:
            values = self._values(row, column, self.of[column])
            if len(values) == 1:
                return self._if_clear(row, Explanation(column, values[0], "missing"))
        return None

    def _values(self, row: Mapping[int, float], column: int, asked: Sequence[Relation]) -> list[float]:
        """The values of a cell with which every relation that it takes part in holds."""
        made = set()
        for relation in asked:
            value = relation.solve(row, column)
            if value is not None:
                made.add(round(value, self.numbers[column].decimals))
        kept = []
        for value in sorted(made):
            changed = {**row, column: value}
            held = [each.holds(changed, self.numbers[each.result].unit) for each in self.of[column]]
            inside = self.span[column][0] <= value <= self.span[column][1]
            if False not in held and True in held and inside:
                kept.append(value)
        return kept

    def _vague(self, row: Mapping[int, float], column: int) -> bool:
        """Whether the next higher or lower value of a cell does as well, for all that depends on it is rounded."""
        unit = self.numbers[column].unit
        return any(
            all(
                each.holds({**row, column: row[column] + step}, self.numbers[each.result].unit) is not False
                for each in self.of[column]
            )
            for step in (-unit, unit)
        )


def is_slip(old: float, new: float) -> bool:
    """Whether a number is another but for the place of the decimal point, the sign, one digit or two exchanged ones.

    >>> is_slip(12.5, 125), is_slip(132, 123), is_slip(1223, 123), is_slip(87, 123)
    (True, True, True, False)
    """
    one, other = (f"{abs(each):.6f}".rstrip("0").rstrip(".") for each in (old, new))
    if one == other or _digits(one) == _digits(other):
        return old != new
    return DamerauLevenshtein.distance(one, other, score_cutoff=1) == 1


def _digits(text: str) -> str:
    return text.replace(".", "").strip("0")


@dataclass(frozen=True)
class Contradiction:
    """Cells of a column that contradict their rows: rows, new values as written, how sure (NaN: not tested), why."""

    column: int
    rows: list[int]
    new: list[str]
    sure: float
    why: str


def find(table: EncodedTable, learned: Mapping[int, Format], seed: int = 0) -> list[Contradiction]:
    """The numbers that contradict others in their row, and those that they give; `learned` are the forms of columns."""
    numbers = numbers_of(table, learned)
    found = relations(numbers)
    if not found:
        return []
    solver = Solver(numbers, found)
    by_kind: defaultdict[tuple[int, str], list[tuple[int, float]]] = defaultdict(list)
    for row in solver.wrong.tolist():
        held = solver.row(row)
        each = solver.explain(held)
        if each is not None and not abs(each.value - held[each.column]) <= ROUNDED * numbers[each.column].unit:
            by_kind[each.column, each.kind].append((row, each.value))
    if not by_kind:
        return []
    measured = _planted(solver, np.random.default_rng(seed))
    names = [table.columns[each.place].name for each in numbers]
    made = []
    for (at, kind), cells in sorted(by_kind.items()):
        counts = measured[at, kind]
        if counts[0] < ENOUGH:
            counts = [sum(own[side] for (_, other), own in measured.items() if other == kind) for side in (0, 1)]
        sure = (counts[1] + 0.5) / (counts[0] + 1.0) if counts[0] >= ENOUGH else float("nan")
        said = "; ".join(each.words(names) for each in solver.of[at][:2])
        why = f"in nearly all rows {said}, and only this cell explains the row"
        new = [numbers[at].write(value) for _, value in cells]
        made.append(Contradiction(numbers[at].place, [row for row, _ in cells], new, sure, why))
    return made


def _planted(solver: Solver, rng: np.random.Generator) -> defaultdict[tuple[int, str], list[int]]:
    """How many explanations of planted errors there were by column and kind, and how many of them are right."""
    counts: defaultdict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    wrong = np.zeros(len(solver.numbers[0].cells), dtype=bool)
    wrong[solver.wrong] = True
    fine = np.flatnonzero(~wrong)
    if not len(fine):
        return counts
    for column in solver.columns:
        for at in rng.choice(fine, PLANTED).tolist():
            row = solver.row(at)
            if np.isnan(row[column]):
                continue
            right, other = row[column], float(solver.numbers[column].cells[int(rng.choice(fine))])
            row[column] = _misread(right, other, solver.numbers[column].decimals, rng)
            each = solver.explain(row) if row[column] != right else None
            if each is not None:
                entry = counts[each.column, each.kind]
                entry[0] += 1
                entry[1] += each.column == column and abs(each.value - right) < 1e-9 + 1e-9 * abs(right)
    return counts


def _misread(value: float, other: float, places: int, rng: np.random.Generator) -> float:
    """A number with an error: its decimal point moved, digits exchanged, a digit too many, another number, or none."""
    kind = int(rng.integers(5))
    digits = list(f"{value:.{places}f}")
    if kind == 0:
        return value * 10.0 ** int(rng.choice([-2, -1, 1, 2]))
    if kind == 1 and len(digits) > 1:
        at = int(rng.integers(len(digits) - 1))
        digits[at], digits[at + 1] = digits[at + 1], digits[at]
    elif kind == 2:
        digits.insert(int(rng.integers(len(digits))), str(int(rng.integers(10))))
    elif kind == 3:
        return other
    else:
        return float("nan")
    try:
        return float("".join(digits))
    except ValueError:  # the sign was moved
        return -value
