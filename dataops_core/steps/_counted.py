"""Learning from counts: what is learned of a column from its different values, and how often each comes.

A learner that takes `times` (how many rows each row of its frame stands for; None: one each) learns each of its columns
by itself, and does not depend on the order of rows. Engines give it the different rows, counted where the table lies.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import Skip
from dataops_core.steps._cells import cell_texts
from dataops_core.table import ROW_ID

TIMES = "times"
COUNT = f"{ROW_ID}times"  # the column of counted rows that says how often each comes


def takes_counts(learner: Callable[..., Any] | None) -> bool:
    """Whether a learner can be given different rows with how often each comes."""
    return learner is not None and TIMES in inspect.signature(learner).parameters


def learn_counted(
    learner: Callable[..., dict[str, Any]],
    settings: Mapping[str, Any],
    named: Sequence[str],
    counted: Callable[[Sequence[str]], pd.DataFrame],
) -> dict[str, Any]:
    """What is learned of each column of a step, one after the other, from counted rows; `named` are all columns
    that it looks at, `counted` gives the different rows of some columns, with how often they come in COUNT; without
    COUNT, all rows.

    Raises Skip where the step is for none of its columns.
    """
    beside = [name for name in named if name not in settings["columns"] or name in (settings.get("by") or ())]
    learned: dict[str, Any] = {}
    skipped: Skip | None = None
    for name in settings["columns"]:
        rows = counted(list(dict.fromkeys([name, *beside])))
        times = rows.pop(COUNT).to_numpy(dtype="int64") if COUNT in rows else None
        try:
            learned |= learner(rows, **{**settings, "columns": [name], TIMES: times})
        except Skip as reason:
            skipped = reason
    if skipped is not None and not learned:
        raise skipped
    return learned


def text_counts(column: pd.Series, times: np.ndarray | None) -> Counter[str]:
    """How often each value of a column comes, as text; missing cells are not counted."""
    texts = cell_texts(column, time=True)
    if times is None:
        return Counter(text for text in texts if text is not None)
    counts: Counter[str] = Counter()
    for text, n in zip(texts, times.tolist(), strict=True):
        if text is not None:
            counts[text] += n
    return counts
