"""Few cells that have the median or the mean of a whole column, found in passes over it with bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pandas as pd

from dataops_core.steps._counted import COUNT
from dataops_core.table import Table, tidy

HELD = 1_000_000  # values that are held at once
FEW = 5_000  # values that need no sum: more than a sum has parts
DIGIT = 16  # bits that one pass tells apart
SIGN = np.uint64(1 << 63)


def condensed(table: Table, name: str, statistic: str | None) -> pd.DataFrame | None:
    """Rows of one column, with how often each counts in COUNT, that have the same median or mean as all of it, bit for
    bit; None where there are no such rows: for other statistics, text, booleans, and numbers whose sum is too large.
    """
    storage = table.column(name).type
    if statistic not in ("median", "mean") or storage not in ("integer", "decimal", "datetime"):
        return None

    def values() -> Iterator[np.ndarray]:
        for batch in table.batches([name]):
            yield known(batch[name], storage)

    if statistic == "median":

        def digits(bits: int, prefix: int) -> np.ndarray:
            return digit_counts(map(ranks, values()), bits, prefix)

        def begins(bits: int, prefix: int) -> Begins:
            return beginning(map(ranks, values()), bits, prefix)

        found = [from_rank(key, storage) for key in middle_ranks(digits, begins)]
        return few_rows(name, storage, np.array(found), [1] * len(found))
    summed = exact_decimals(values()) if storage == "decimal" else exact_wholes(values())
    return None if summed is None else few_rows(name, storage, *summed)


def few_rows(name: str, storage: str, cells: np.ndarray, often: list[int]) -> pd.DataFrame:
    """Cells of a column as a tidy frame, beside how often each counts."""
    column = pd.Series(cells.astype("float64" if storage == "decimal" else "int64"))
    if storage == "datetime":
        column = column.astype("datetime64[us]")
    return tidy(pd.DataFrame({name: column, COUNT: pd.Series(often, dtype="Int64")}))


def known(column: pd.Series, storage: str) -> np.ndarray:
    """The cells that hold a value: finite decimals without -0.0, whole numbers, microseconds since 1970."""
    if storage == "decimal":
        numbers = column.to_numpy(dtype="float64")
        return numbers[np.isfinite(numbers)] + 0.0
    there = column.notna().to_numpy(dtype=bool)
    if storage == "datetime":
        return column.to_numpy(dtype="datetime64[us]")[there].astype("int64")
    return column.fillna(0).to_numpy(dtype="int64")[there]


def ranks(values: np.ndarray) -> np.ndarray:
    """Unsigned whole numbers in the order of the values.

    >>> ranks(np.array([-2.0, -1.0, 0.0, 5e-324, 3.0])).argsort().tolist()
    [0, 1, 2, 3, 4]
    """
    bits = values.view(np.int64)
    if values.dtype == np.float64:
        bits = bits ^ ((bits >> 63) & np.int64(2**63 - 1))
    return bits.view(np.uint64) ^ SIGN


def from_rank(key: int, storage: str) -> float | int:
    """The value that `ranks` made this of.

    >>> [from_rank(int(key), "decimal") for key in ranks(np.array([-2.5, 0.0, 7.25]))]
    [-2.5, 0.0, 7.25]
    """
    bits = (np.array([key], dtype=np.uint64) ^ SIGN).view(np.int64)
    if storage == "decimal":
        return float((bits ^ ((bits >> 63) & np.int64(2**63 - 1))).view(np.float64)[0])
    return int(bits[0])


Begins = tuple[np.ndarray, int, int | None]  # ranks that begin so, how many, and the least of those that come after


def digit_counts(batches: Iterable[np.ndarray], bits: int, prefix: int) -> np.ndarray:
    """How often each value of the 16 bits above `bits` comes among the ranks whose bits above these are `prefix`."""
    counts = np.zeros(1 << DIGIT, dtype=np.int64)
    for values in batches:
        begins = values if bits + DIGIT == 64 else values[(values >> np.uint64(bits + DIGIT)) == np.uint64(prefix)]
        digits = (begins >> np.uint64(bits)) & np.uint64((1 << DIGIT) - 1)
        counts += np.bincount(digits.astype(np.int64), minlength=1 << DIGIT)
    return counts


def beginning(batches: Iterable[np.ndarray], bits: int, prefix: int) -> Begins:
    """The ranks whose bits above `bits` are `prefix`; of ranks that are all the same (no bits left) only how many."""
    held: list[np.ndarray] = []
    many, above = 0, None
    for values in batches:
        begins = values >> np.uint64(bits)
        same = values[begins == np.uint64(prefix)]
        many += len(same)
        if bits:
            held.append(same)
        later = values[begins > np.uint64(prefix)]
        if len(later):
            above = int(later.min()) if above is None else min(above, int(later.min()))
    return np.concatenate([np.zeros(0, dtype=np.uint64), *held]), many, above


def joined(one: Begins, two: Begins) -> Begins:
    """What `beginning` finds in the batches of both."""
    above = [each for each in (one[2], two[2]) if each is not None]
    return np.concatenate([one[0], two[0]]), one[1] + two[1], min(above, default=None)


def middle_ranks(digits: Callable[[int, int], np.ndarray], begins: Callable[[int, int], Begins]) -> list[int]:
    """The two ranks in the middle of all; they are one and the same where there is an odd number; none where there are
    none. Each look (`digit_counts`, `beginning` over all of them, wherever they are) takes bits and prefix.

    Each pass counts the next 16 bits of those that begin as the middle does, until what is left can be held.
    """
    bits, prefix, below, total = 64, 0, 0, 0
    while bits:
        bits -= DIGIT
        counts = digits(bits, prefix)
        total = total or int(counts.sum())
        if not total:
            return []
        ends = below + np.cumsum(counts)
        digit = int(np.searchsorted(ends, (total - 1) // 2, side="right"))
        prefix, below = (prefix << DIGIT) + digit, int(ends[digit] - counts[digit])
        if counts[digit] <= HELD:
            break
    held, many, above = begins(bits, prefix)
    inside = np.sort(held) if bits else None

    def at(place: int) -> int:
        if place - below >= many:
            assert above is not None
            return above
        return prefix if inside is None else int(inside[place - below])

    return [at((total - 1) // 2), at(total // 2)]


def exact_wholes(batches: Iterable[np.ndarray]) -> tuple[np.ndarray, list[int]] | None:
    """Two neighboring whole numbers that, each so often, have the sum and the number of all values.

    >>> exact_wholes([np.array([1, 2]), np.array([4])])
    (array([2, 3]), [2, 1])
    """
    total = number = 0
    for values in batches:
        high, low = values >> 32, values & np.int64(2**32 - 1)
        total += (int(high.sum()) << 32) + int(low.sum())
        number += len(values)
    if not number:
        return np.zeros(0, dtype="int64"), []
    whole, rest = divmod(total, number)
    return np.array([whole, whole + 1] if rest else [whole]), [number - rest, rest] if rest else [number]


def exact_decimals(batches: Iterable[np.ndarray]) -> tuple[np.ndarray, list[int]] | None:
    """Decimals, none of them rounded, that have the sum and the number of all values; None where they are too large.

    Per exponent the 53 bits of each value are added up as whole numbers, in two halves that cannot overflow.
    """
    sums: dict[int, int] = {}
    first: list[np.ndarray] = []
    number = 0
    for values in batches:
        number += len(values)
        if number <= FEW:
            first.append(values)
        shares, exponents = np.frexp(values)
        wholes = np.ldexp(shares, 53).astype(np.int64)
        for exponent in np.unique(exponents).tolist():
            some = wholes[exponents == exponent]
            added = (int((some >> 27).sum()) << 27) + int((some & np.int64(2**27 - 1)).sum())
            sums[exponent] = sums.get(exponent, 0) + added
    if number <= FEW:
        return np.concatenate([np.zeros(0), *first]), [1] * number
    cells: list[float] = []
    for exponent, total in sums.items():
        if exponent > 900:
            return None
        high, low = divmod(total, 1 << 30)
        cells += [float(np.ldexp(float(part), exponent - 53 + up)) for part, up in ((high, 30), (low, 0)) if part]
        if abs(high) >= 1 << 53:
            return None
    return np.array([*cells, 0.0]), [*[1] * len(cells), number - len(cells)]
