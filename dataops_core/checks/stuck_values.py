"""Stuck values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.table_view import TableView
from dataops_core.wording import counted

OFTEN = (
    0.3  # of the rows lie in runs where a value is written several times by nature, once an hour in a log of minutes
)
_ENTITIES = {
    "device",
    "sensor",
    "station",
    "machine",
    "unit",
    "site",
    "meter",
    "patient",
    "node",
    "probe",
    "engine",
    "turbine",
    "vehicle",
    "room",
    "line",
}


@check(
    "Stuck values",
    group="Order",
    scope="table",
    no_fix="What was really measured is lost; set the run to missing, or interpolate it.",
)
def stuck_values(look: TableView) -> Iterator[Hit]:
    """A finely spread measurement that stays at exactly one value for many rows in a row.

    The device, or the link to it, stood still. The rows look measured but repeat the last true value.
    """
    entities = [
        n
        for n in look.named("category", "id", "number", types=["text", "integer"], least=2, most=5000)
        if look.cells(n).words & _ENTITIES and look.distinct(n) <= look.rows / 20
    ]
    orders: list[Any] = [slice(None), *(np.argsort(look.codes(name), kind="stable") for name in entities[:2])]
    for name in look.named("number", types=["integer", "decimal"], least=50, as_meant=True):
        cells, top = look.meant(name), look.meant_facts(name)["top"]
        if cells.facts.get("monotonic") or (top and top[0]["count"] > 0.3 * cells.present):
            continue
        mask = np.zeros(look.rows, dtype=bool)
        for order in orders:
            mask[order] |= _runs(cells.numbers[order])
        if mask.any():
            yield Hit(
                mask,
                f"{name} stays at one value for up to {counted(_longest(cells.numbers, orders), 'row')} in a row:"
                f" {counted(mask.sum(), 'row repeats', 'rows repeat')} the one before.",
                columns=(name,),
            )


def _starts(values: np.ndarray) -> np.ndarray:
    """Where runs of equal values start."""
    return np.flatnonzero(np.concatenate([[True], ~(values[1:] == values[:-1])]))


def _runs(values: np.ndarray) -> np.ndarray:
    """The rows of runs too long to be chance, but for the first row of each."""
    starts = _starts(values)
    lengths = np.diff(np.append(starts, len(values)))
    # how often a value equals the one before
    equal = np.clip((len(values) - len(starts)) / max(1, len(values)), 1e-6, 0.9)
    longer = lengths[lengths > 1]
    usual = np.median(longer) if longer.sum() > OFTEN * len(values) else 1  # where values come in runs by nature
    least = max(8, int(np.ceil(np.log(1e-4 / len(values)) / np.log(equal))) + 1, 4 * usual)
    least = max(least, _apart(lengths))
    mask = np.zeros(len(values), dtype=bool)
    for start, length in zip(starts[lengths >= least], lengths[lengths >= least], strict=True):
        mask[start + 1 : start + length] = True
    return mask


def _apart(lengths: np.ndarray) -> int:
    """The length from which runs stand apart: at least twice as long as all shorter ones, and few.

    Values that were rounded by some people, or at night, come in runs as well; these are of every length.
    """
    found = np.unique(lengths)
    wide = np.flatnonzero(found[1:] >= 2 * np.maximum(found[:-1], 3)) + 1
    rare = [int(found[at]) for at in wide if (lengths >= found[at]).sum() <= 0.01 * len(lengths)]
    return rare[0] if rare else int(found[-1]) + 1


def _longest(values: np.ndarray, orders: list[Any]) -> int:
    return max(int(np.diff(np.append(_starts(values[order]), len(values))).max()) for order in orders)
