"""Pairs of rows that may be copies of each other, without comparing every row with every other.

Rows that agree in every column of a small set make a block (Fellegi & Sunter 1969); a copy with a few columns changed
shares a block with its original as long as one of several sets is spared. Numbers with many values count by the
interval of ranks that they fall into.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from dataops_core.values.numbers import in_days

BINS = 32  # intervals of a column of numbers
# rows of a block, as a row of it sees them, at which a set needs no further column; ROOM / all rows in between
CROWD, ROOM = (16, 64), 200_000
MOST = 400  # rows of a block beyond which nobody in it stands out
DRAWN, KEPT = 60, 14  # sets of columns looked at, and of these taken
AGAIN = 0.3  # what it is worth to leave out two columns once more


def coded(frames: Sequence[pd.DataFrame], numbers: Sequence[str], categories: Sequence[str]) -> list[np.ndarray]:
    """The cells of each frame as whole numbers from 0 on (columns, rows); missing ones are 0. Frames 0 and 2 say where
    intervals lie.
    """
    made: list[list[np.ndarray]] = [[] for _ in frames]
    for name in (*numbers, *categories):
        if name in numbers:
            sides = [in_days(frame[name]) for frame in frames]
            known = np.concatenate([sides[0], sides[2]])
            known = known[~np.isnan(known)]
            edges = np.unique(known)
            if len(edges) > BINS:
                edges = np.unique(np.quantile(known, np.arange(1, BINS) / BINS))
            parts = [np.where(np.isnan(side), 0, np.searchsorted(edges, side) + 1) for side in sides]
        else:
            codes = pd.factorize(pd.concat([frame[name] for frame in frames], ignore_index=True))[0] + 1
            parts = np.split(codes, np.cumsum([len(frame) for frame in frames])[:-1])
        for side, part in zip(made, parts, strict=True):
            side.append(part.astype("int64"))
    return [np.stack(side) for side in made]


def sets_of_columns(cells: np.ndarray, rng: np.random.Generator) -> list[list[int]]:
    """Sets of columns whose blocks are small, chosen so that any two columns may be changed (places of columns; cells
    are columns by rows).
    """
    width, rows = cells.shape
    crowd = min(CROWD[1], max(CROWD[0], ROOM / rows))
    drawn: list[list[int]] = []
    for _ in range(DRAWN):
        chosen: list[int] = []
        block = np.zeros(rows, dtype="int64")
        for column in rng.permutation(width):
            finer = _together(block, cells[column])
            if finer.max() == block.max():
                continue
            chosen, block = [*chosen, int(column)], finer
            if (np.bincount(block).astype("float64") ** 2).sum() / rows <= crowd:
                break
        if sorted(chosen) not in drawn:
            drawn.append(sorted(chosen))
    spared = np.ones((len(drawn), width), dtype=bool)
    for at, chosen in enumerate(drawn):
        spared[at, chosen] = False
    both = spared[:, :, None] & spared[:, None, :]
    kept: list[int] = []
    times = np.zeros((width, width))
    for _ in range(min(KEPT, len(drawn))):
        worth = (both * AGAIN**times).sum(axis=(1, 2))
        worth[kept] = -1.0
        kept.append(int(worth.argmax()))
        times += both[kept[-1]]
    return [drawn[at] for at in kept]


def pairs(
    one: np.ndarray, other: np.ndarray, sets: Sequence[Sequence[int]], *, same: bool = False
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows of one side and rows of the other that share a block, by the set of columns (cells are columns by rows);
    `same`: no row with itself.
    """
    n = one.shape[1]
    for chosen in sets:
        block = np.zeros(n + other.shape[1], dtype="int64")
        for column in chosen:
            block = _together(block, np.concatenate([one[column], other[column]]))
        order = np.argsort(block[n:], kind="stable")
        ordered = block[n:][order]
        first = np.searchsorted(ordered, block[:n], side="left")
        count = np.searchsorted(ordered, block[:n], side="right") - first
        count[count > MOST] = 0
        row = np.repeat(np.arange(n), count)
        within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
        match = order[np.repeat(first, count) + within]
        yield (row[row != match], match[row != match]) if same else (row, match)


def _together(block: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Blocks made finer by one more column."""
    finer: np.ndarray = pd.factorize(block * (int(cells.max()) + 1) + cells)[0].astype("int64")
    return finer
