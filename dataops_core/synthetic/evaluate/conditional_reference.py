"""Real rows in the mix that was asked for: what a synthetic table of wished rows is compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.synthetic.evaluate.align_columns import READERS, Aligned

LEAST = 20  # real rows on each side, under which the mix is not compared


def wished(found: Aligned, requests: Sequence[Mapping[str, Any]]) -> tuple[Aligned, str]:
    """The same with those real rows alone that have the wished values, in the shares in which rows were made; and words
    that say so.

    `requests` are {"values": {column: value}, "made"}. Rows are taken from the front, so the sides are to be in an
    order drawn before; none comes twice for one request. Where too few real rows have the values, everything stays, and
    the words say that.
    """
    asked = [each for each in requests if each["made"]]
    if not any(each["values"] for each in asked):
        return found, ""
    sides = {"real": found.real, "holdout": found.holdout}
    taken: dict[str, pd.DataFrame] = {}
    for side, frame in sides.items():
        if frame is None:
            continue
        fits = [np.flatnonzero(_fits(found, frame, each["values"])) for each in asked]
        part = min(1.0, *(len(places) / each["made"] for places, each in zip(fits, asked, strict=True)))
        rows = [places[: round(part * each["made"])] for places, each in zip(fits, asked, strict=True)]
        taken[side] = frame.iloc[np.random.default_rng(0).permutation(np.concatenate(rows))].reset_index(drop=True)
    if min(len(frame) for frame in taken.values()) < LEAST:
        return (
            found,
            (
                "Too few real rows have the values that were asked for: the synthetic data is compared with all real"
                " rows, and looks less alike for that."
            ),
        )
    return (
        replace(found, real=taken["real"], holdout=taken.get("holdout")),
        (
            f"Compared with the real rows that have the values asked for, in the same shares: {len(taken['real']):,}"
            " that were learned from."
        ),
    )


def _fits(found: Aligned, frame: pd.DataFrame, values: Mapping[str, Any]) -> np.ndarray:
    """Which rows have these values, read as the cells were; a column that is not compared says nothing."""
    good = np.ones(len(frame), dtype=bool)
    for name, value in values.items():
        if name in frame.columns:
            cell, _ = READERS[found.treated[name]](
                (
                    pd.Series([value], dtype="boolean")
                    if isinstance(value, bool)
                    else pd.Series([str(value)], dtype=object)
                ),
                frozenset(),
            )
            good &= (frame[name] == cell[0]).to_numpy(dtype=bool)
    return good
