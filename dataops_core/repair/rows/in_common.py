"""What some rows have in common: the value of another column, or the month of a day, that all of them hold and few
others do.
"""

from __future__ import annotations

import numpy as np

from dataops_core.repair.encoding import EncodedTable

TOGETHER = 0.9  # of the rows have one value of another column
COMMON, VALUES = 0.6, 500  # share of the other rows with that value at the most; different values of a column
BY_CHANCE = 1e-4


def groups_of(table: EncodedTable) -> list[tuple[str, np.ndarray, list[str]]]:
    """What rows have in common: the name, per row the place of its value (-1: none), and the values."""
    made = []
    for column in table.columns:
        if column.type == "datetime":
            months, places = np.unique([text[:7] for text in list(column.values)], return_inverse=True)
            codes = np.append(places, -1)[column.codes]
            made += [(column.name, codes, months.tolist())] if len(months) <= VALUES else []
        elif 2 <= (column.counts > 0).sum() <= VALUES:
            made.append((column.name, column.codes, list(column.values)))
    return made


def in_common(
    rows: np.ndarray, known: np.ndarray, groups: list[tuple[str, np.ndarray, list[str]]]
) -> tuple[str, str, np.ndarray] | None:
    """The column and value that nearly all of these rows have, and few others; and the rows that have it."""
    best = None
    for name, codes, values in groups:
        own = codes[rows]
        if not (own >= 0).any():
            continue
        counts = np.bincount(own[own >= 0], minlength=len(values))
        top = int(counts.argmax())
        others = np.bincount(codes[known & (codes >= 0)], minlength=len(values)) - counts
        share = (others[top] + 1.0) / (others.sum() + 1.0)
        chance = len(values) * share ** int(counts[top])
        if counts[top] >= TOGETHER * len(rows) and share <= COMMON and chance <= BY_CHANCE:
            best = min(best or (chance, name, top), (chance, name, top))
    if best is None:
        return None
    name, codes, values = next(each for each in groups if each[0] == best[1])
    return name, values[best[2]], rows[codes[rows] == best[2]]
