"""Categories in the order in which they go with the other columns, so that an engine that only knows rising and falling
sees what they tell.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

MOST = 400  # indicators of categories that are looked at, most frequent first


def orders(frame: pd.DataFrame, categories: Sequence[str], numbers: Sequence[str]) -> dict[str, list[str]]:
    """The values of each category column along the direction in which the means of all other columns differ most
    between them.

    Amounts (float64, taken as ranks) and indicators of categories are standardised; the direction is the first singular
    vector of their means by value, weighted by the square root of its rows: correspondence analysis, where all columns
    are categories (Greenacre 2007).
    """
    ranks = {name: frame[name].rank().to_numpy(dtype="float64") for name in numbers}
    columns: list[np.ndarray] = list(ranks.values())
    owners = list(ranks)
    counts = sorted(
        ((-n, name, value) for name in categories for value, n in frame[name].value_counts().items()),
        key=lambda each: (each[0], str(each[1]), str(each[2])),
    )
    for _, name, value in counts[:MOST]:
        columns.append(np.asarray(frame[name] == value, dtype="float64"))
        owners.append(name)
    told = {}
    spread = np.array([column.std() for column in columns])
    matrix = np.column_stack(columns) if columns else np.zeros((len(frame), 0))
    matrix = (matrix - matrix.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    for name in categories:
        codes, values = pd.factorize(frame[name], sort=True)
        sizes = np.bincount(codes, minlength=len(values)).astype("float64")
        others = matrix[:, [owner != name for owner in owners]]
        means = np.zeros((len(values), others.shape[1]))
        np.add.at(means, codes, others)
        means /= np.sqrt(sizes)[:, None]
        left, _, _ = (
            np.linalg.svd(means, full_matrices=False) if others.shape[1] else (np.zeros((len(values), 1)), None, None)
        )
        place = left[:, 0] / np.sqrt(sizes)
        told[name] = [
            str(values[at])
            for at in np.argsort(np.round(place * np.sign(place[np.argmax(np.abs(place))] or 1.0), 9), kind="stable")
        ]
    return told
