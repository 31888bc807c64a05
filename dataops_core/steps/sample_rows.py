"""Keep a random sample of the rows."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._classes import group_keys
from dataops_core.steps._pieces import KeyColumns
from dataops_core.steps.step import Columns, Label, Span, step


@step(
    "Sample rows",
    group="Rows",
    reach="table",
    drops_rows=True,
    says="Kept a random {share} % of the rows[, of each {by}]",
    also="subset, random, draw, smaller",
)
def sample_rows(
    df: pd.DataFrame,
    share: Annotated[float, Span(0, 100), Label("Share in %", "How many of the rows are kept")] = 10.0,
    by: Annotated[list[str], Columns(), Label("Of each", "So that every group keeps its share")] = [],  # noqa: B006
    seed: int = 0,
) -> pd.DataFrame:
    """Keep a random part of the rows, drawn by the recipe's seed, in the order of the table.

    With groups, each keeps its share, and at least one row. All other rows go: to look at part of a large table, no
    sample is needed here.

    >>> len(sample_rows(pd.DataFrame({"a": range(200)}), share=10))
    20
    """
    if not 0 < share <= 100:
        raise SettingError("A sample of nothing is no table.", "sample_rows", "Give a share above 0 %.")
    rng = np.random.default_rng(seed % 2**32)
    places: dict[tuple[str | None, ...], list[int]] = {}
    for row, key in enumerate(group_keys(df, by)):
        places.setdefault(key, []).append(row)
    kept: list[int] = []
    for _, rows in sorted(places.items(), key=lambda pair: pair[1][0]):
        size = max(1, round(len(rows) * share / 100))
        kept += rng.choice(np.array(rows), size, replace=False).tolist()
    return df.take(sorted(kept))


@sample_rows.piecewise
def pieces_of_sample(by: list[str], **_settings: object) -> KeyColumns:
    """Which rows are kept is drawn by their places and their groups alone."""
    return KeyColumns(tuple(by))
