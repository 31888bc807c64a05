"""Whether the values of a column never fall or never rise through the table: looked at on the workers, run by run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dataops_core.engines.spark.sql_table import PLACE

RUNS = "column int, start long, first double, last double, rising boolean, falling boolean, moves boolean"
WHOLE_RUNS = RUNS.replace("first double, last double", "first long, last long")


@dataclass(frozen=True)
class Run:
    """Rows that follow one another: the first and the last value of a column there, and how its values go between."""

    start: int
    first: float
    last: float
    rising: bool
    falling: bool
    moves: bool


def runs_of(name: str, kind: str, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """For each run of rows that follow one another, how a column goes; runs without a value are left out."""
    value = pa.float64() if kind == "decimal" else pa.int64()
    schema = pa.schema(
        [
            ("column", pa.int32()),
            ("start", pa.int64()),
            ("first", value),
            ("last", value),
            *((way, pa.bool_()) for way in ("rising", "falling", "moves")),
        ]
    )
    for batch in batches:
        places = batch.column(PLACE).to_numpy()
        cells = batch.column(name)
        cells = cells.cast(pa.timestamp("us")).cast(pa.int64()) if kind == "datetime" else cells
        ends = [*(np.flatnonzero(np.diff(places) != 1) + 1).tolist(), len(places)] if len(places) else []
        start, found = 0, []
        for end in ends:
            some = cells.slice(start, end - start).drop_null()
            if len(some):
                before, after = some[:-1], some[1:]
                falls, rises = (bool(pc.any(way(after, before)).as_py()) for way in (pc.less, pc.greater))
                found.append(
                    {
                        "column": 0,
                        "start": int(places[start]),
                        "first": some[0].as_py(),
                        "last": some[-1].as_py(),
                        "rising": not falls,
                        "falling": not rises,
                        "moves": falls or rises,
                    }
                )
            start = end
        if found:
            yield pa.RecordBatch.from_pylist(found, schema)


def monotonic(runs: Sequence[Run]) -> Literal["rising", "falling"] | None:
    """Whether values never fall (or never rise) through runs of rows.

    >>> monotonic([Run(2, 5, 6, True, False, True), Run(0, 1, 5, True, False, True)])
    'rising'
    """
    ordered = sorted(runs, key=lambda run: run.start)
    pairs = list(zip(ordered, ordered[1:], strict=False))
    rising = all(run.rising for run in ordered) and all(one.last <= two.first for one, two in pairs)
    falling = all(run.falling for run in ordered) and all(one.last >= two.first for one, two in pairs)
    if rising == falling:
        return None  # neither, or nothing moves
    return "rising" if rising else "falling"
