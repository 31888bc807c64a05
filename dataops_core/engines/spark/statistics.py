"""Medians and means of columns on a cluster, exact, without their values coming to the driver.

What comes are a few cells, with how often each counts, that have the same median or mean as all of them; the learner
of the step goes on from these (see recipe.condensed, which does the same on one machine).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from dataops_core.engines.spark.frames import frame_of
from dataops_core.engines.spark.table import ClusterTable
from dataops_core.recipe import condensed

if TYPE_CHECKING:
    from pyspark import RDD

FEW = 50_000  # rows of which the different values may as well come to the driver
MANY = 50  # tasks whose counts (half a megabyte each) are more than the driver should take in
TOO_LARGE = -1  # how often a cell comes that says: these cannot be added up


def statistic_rows(table: ClusterTable, name: str, statistic: str | None, train: str | None) -> pd.DataFrame | None:
    """Rows of one column, with how often each counts in COUNT, that have the same median or mean as all its rows (those
    for training); None where the values have to be counted instead.
    """
    storage = table.types[name]
    if table.most_rows <= FEW or storage not in ("integer", "decimal", "datetime"):
        return None
    chunks = table.training(train)
    if statistic == "median":

        def digits(bits: int, prefix: int) -> np.ndarray:
            return _all(chunks.mapPartitions(functools.partial(part_digits, name, storage, bits, prefix)), np.add)

        def begins(bits: int, prefix: int) -> condensed.Begins:
            found = chunks.mapPartitions(functools.partial(part_begins, name, storage, bits, prefix))
            return _all(found, condensed.joined)

        found = [condensed.from_rank(key, storage) for key in condensed.middle_ranks(digits, begins)]
        return condensed.few_rows(name, storage, np.array(found), [1] * len(found))
    if statistic == "mean":
        parts = chunks.mapPartitions(functools.partial(part_sums, name, storage)).collect()
        if any(TOO_LARGE in often for _, often in parts):
            return None
        cells = np.concatenate([cells for cells, _ in parts]) if parts else np.zeros(0)
        return condensed.few_rows(name, storage, cells, [n for _, often in parts for n in often])
    return None


def part_digits(name: str, storage: str, bits: int, prefix: int, chunks: Iterable[pa.Table]) -> Iterator[np.ndarray]:
    """On a worker: how often each digit of ranks comes (see condensed.digit_counts)."""
    yield condensed.digit_counts(map(condensed.ranks, _known(name, storage, chunks)), bits, prefix)


def part_begins(
    name: str, storage: str, bits: int, prefix: int, chunks: Iterable[pa.Table]
) -> Iterator[condensed.Begins]:
    """On a worker: the ranks that begin so (see condensed.beginning)."""
    yield condensed.beginning(map(condensed.ranks, _known(name, storage, chunks)), bits, prefix)


def part_sums(name: str, storage: str, chunks: Iterable[pa.Table]) -> Iterator[tuple[np.ndarray, list[int]]]:
    """On a worker: few cells that have the sum and the number of all that come."""
    values = _known(name, storage, chunks)
    summed = condensed.exact_decimals(values) if storage == "decimal" else condensed.exact_wholes(values)
    yield summed if summed is not None else (np.zeros(1), [TOO_LARGE])


def _known(name: str, storage: str, chunks: Iterable[pa.Table]) -> Iterator[np.ndarray]:
    for chunk in chunks:
        yield condensed.known(frame_of(chunk, [name])[0][name], storage)


def _all(found: RDD[Any], join: Callable[[Any, Any], Any]) -> Any:
    """What the tasks found, joined: on the workers first where they are many."""
    return found.treeReduce(join) if found.getNumPartitions() > MANY else found.reduce(join)
