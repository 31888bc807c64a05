"""Drift within the file."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import cell
from dataops_core.wording import counted

BLOCKS = (60, 20)  # the coarse look sees through daily cycles and few rows


@check(
    "Change within the file",
    group="Order",
    types=["integer", "decimal", "text"],
    no_fix="What the column meant before and after, only the source knows; filter by row, or convert one part.",
)
def drift_in_file(column: ColumnView, context: Context) -> Hit | None:
    """A column that changes its meaning part of the way: another unit, another scale, other codes from some row on.

    Two tables were joined, or a device or a form was changed. Figures over the whole column mix the two.
    """
    column = column.as_meant if column.as_meant.type != "datetime" else column
    if column.rows < 200 or column.kind == "id" or column.distinct < 2 or column.facts.get("monotonic"):
        return None
    found = _codes(column) if column.type == "text" else _level(column)
    if found is None:
        return None
    row, before, after = found
    mask = (np.arange(column.rows) >= row) & ~column.missing  # what came first is what the column was made for
    return Hit(
        mask,
        f"{before} before row {row + 1:,}, {after} from there on: {counted(mask.sum(), 'cell stands', 'cells stand')}"
        " from that row.",
    )


def _level(column: ColumnView) -> tuple[int, str, str] | None:
    """The row from which numbers lie on another level for good: the smaller and the greater share a range no more."""
    places = np.flatnonzero(np.isfinite(column.numbers))
    values = column.numbers[places]
    if len(values) < 200 or column.distinct < 10:
        return None
    for blocks in BLOCKS:
        best = _jump(values, blocks)
        if best:
            low, high = (best - 1) * len(values) // blocks, (best + 1) * len(values) // blocks + 1
            row = low + _border(values[low:high], np.median(values[:low]), np.median(values[high:]))
            if min(len(np.unique(values[:row][:5000])), len(np.unique(values[row:][:5000]))) < 5:
                return None  # one part is all one value: the file is sorted, and nothing changed its meaning
            return int(places[row]), _median(values[:row], "The median is "), _median(values[row:])
    return None


def _median(values: np.ndarray, before: str = "") -> str:
    return before + cell(f"{np.median(values):,.6g}", quotes=False)


def _jump(values: np.ndarray, blocks: int) -> int:
    """The block that begins another level: all block medians before it lie on one side of all after it; 0 where there
    is none.
    """
    some = [
        block[np.linspace(0, len(block) - 1, min(400, len(block))).astype(int)]
        for block in np.array_split(values, blocks)
    ]
    ordered = np.sort(np.concatenate(some))
    # as ranks: units do not matter
    ranks = np.array([np.median(np.searchsorted(ordered, block)) for block in some]) / len(ordered)
    # as values: ranks hide how far apart the two levels are
    medians = np.array([np.median(block) for block in some])
    reach = np.ptp(medians)
    return _level_change(ranks) or (_level_change(medians / reach) if reach > 0 else 0)


def _level_change(medians: np.ndarray) -> int:
    """The block from which medians lie on another level, as `_jump` tells."""
    blocks = len(medians)
    jumps = np.abs(np.diff(medians))
    splits = range(3, blocks - 2)
    gaps = [max(medians[at:].min() - medians[:at].max(), medians[:at].min() - medians[at:].max()) for at in splits]
    best = splits[int(np.argmax(gaps))]
    others = np.delete(jumps, [best - 2, best - 1, best])
    slow = np.abs(medians[2:] - medians[:-2])
    slow = np.delete(slow, [at for at in range(best - 3, best + 1) if 0 <= at < len(slow)])
    around = np.abs(medians[best + 1] - medians[best - 2])
    clear = max(gaps) > 0.01 and jumps[best - 2 : best + 1].max() >= 4 * others.max()
    return best if clear or (max(gaps) > 0.1 and around >= 3.5 * slow.max()) else 0


def _border(values: np.ndarray, before: float, after: float) -> int:
    """Where values stop being nearer to one level and begin to be nearer to the other, with the fewest exceptions."""
    if before > 0 and after > 0 and max(before, after) > 3 * min(before, after):
        middle = np.sqrt(before * after)
    else:
        middle = (before + after) / 2
    late = (values > middle) == (after > before)
    wrong = np.concatenate([[0], np.cumsum(late)]) + (~late).sum() - np.concatenate([[0], np.cumsum(~late)])
    return int(np.argmin(wrong))


def _codes(column: ColumnView) -> tuple[int, str, str] | None:
    """The row from which a column of few categories holds none of the values that it held before."""
    if not 4 <= column.distinct <= 50 or column.dictionary is None:
        return None
    values, codes = column.dictionary
    places = np.flatnonzero(codes >= 0)
    some = codes[places]
    first = np.full(len(values), len(some))
    last = np.full(len(values), -1)
    first[some[::-1]] = np.arange(len(some))[::-1]
    last[some] = np.arange(len(some))
    order = np.argsort(first)
    reach = np.maximum.accumulate(last[order])
    splits = [at for at in range(2, len(order) - 1) if reach[at - 1] < first[order[at]]]
    for at in splits:
        row = int(first[order[at]])
        runs = [int((part[1:] != part[:-1]).sum()) for part in (some[:row], some[row:])]
        if len(splits) == 1 and runs[0] > 5 * at and runs[1] > 5 * (len(order) - at):
            told = [
                ", ".join(cell(v) for v in sorted(values.take(order[part][:3]).to_pylist()))
                for part in (slice(0, at), slice(at, None))
            ]
            return int(places[row]), f"The values are {told[0]}, …", f"{told[1]}, …"
    return None
