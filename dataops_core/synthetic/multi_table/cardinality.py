"""How many children each parent has: as learned, as made, and how alike the two are."""

from __future__ import annotations

from typing import Any

import numpy as np


def counts_of(parents: np.ndarray, foreign: np.ndarray) -> np.ndarray:
    """The number of children of each of `parents` (parents,), given whose child each row is (rows,)."""
    places = {parent: at for at, parent in enumerate(parents.tolist())}
    return np.bincount([places[each] for each in foreign.tolist() if each in places], minlength=len(parents)).astype(
        "int64"
    )


def tamed(counts: np.ndarray, rare: int) -> np.ndarray:
    """The numbers of children (parents,) in order, the largest clipped at the mean of the `rare` largest: a parent is
    not known by having most.
    """
    out = np.sort(counts)
    return np.minimum(out, round(float(out[-rare:].mean()))) if rare > 1 and len(out) >= 4 * rare else out


def dealt(counts: np.ndarray, parents: int, children: int | None, generator: np.random.Generator) -> np.ndarray:
    """A parent for each child (children,), where no model says whose they are: each of so many parents gets a number of
    children from `counts`.

    Where it is said how many children there are, parents come as often as their drawn numbers say, in no order.
    """
    drawn = counts[generator.integers(len(counts), size=parents)] if len(counts) else np.zeros(parents, dtype="int64")
    if children is None:
        return np.repeat(np.arange(parents), drawn)
    shares = drawn.astype("float64") if drawn.sum() else np.ones(parents)
    return generator.choice(parents, size=children, p=shares / shares.sum())


def dealt_within(counts: np.ndarray, rows: int, generator: np.random.Generator) -> np.ndarray:
    """For each row of a table that names its own rows (rows,) an earlier one, so that nobody is their own ancestor; -1
    for those that have none.

    Rows are named as often as numbers drawn from `counts` say.
    """
    drawn = counts[generator.integers(len(counts), size=rows)] if len(counts) else np.zeros(rows, dtype="int64")
    before = np.concatenate([[0], drawn.cumsum()[:-1]]).astype("float64")
    picked = np.searchsorted(drawn.cumsum(), generator.random(rows) * before, side="right")
    return np.where(before > 0, picked, -1)


def alike(real: np.ndarray, made: np.ndarray, holdout: np.ndarray, generator: np.random.Generator) -> dict[str, Any]:
    """{"score", "floor", "ceiling", "real", "synthetic", "words"} of numbers of children: 1 - total variation distance;
    means of real and made.

    The floor are the learned children dealt out to their parents by lot, the ceiling the parents that were kept apart.
    """
    lot = np.bincount(generator.integers(len(real), size=int(real.sum())), minlength=len(real))
    scores = {
        name: round(1.0 - distance(real, other), 4)
        for name, other in (("score", made), ("floor", lot), ("ceiling", holdout))
    }
    means = [float(each.mean()) if len(each) else 0.0 for each in (real, made)]
    words = (
        f"A parent has {means[1]:,.1f} children on average, {_share(made)} have none; of real ones {means[0]:,.1f}, and"
        f" {_share(real)} none."
    )
    return {**scores, "real": round(means[0], 4), "synthetic": round(means[1], 4), "words": words}


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """The total variation distance between two lists of whole numbers, 0 to 1.

    >>> distance(np.array([0, 1, 1, 2]), np.array([1, 1, 1, 1]))
    0.5
    """
    if not len(one) or not len(other):
        return float(len(one) != len(other))
    size = int(max(one.max(), other.max())) + 1
    shares = [np.bincount(each, minlength=size) / len(each) for each in (one, other)]
    return float(np.abs(shares[0] - shares[1]).sum() / 2)


def _share(counts: np.ndarray) -> str:
    return f"{np.mean(counts == 0):.0%}" if len(counts) else "none"
