"""How easily a row is told apart by what others may know of a person: k-anonymity, l-diversity, t-closeness.

k: Samarati & Sweeney 1998; l (distinct): Machanavajjhala et al. 2007; t: Li et al. 2007, with the earth mover's
distance, equal between categories and ordered between numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.table import Table


@dataclass(frozen=True)
class Risk:
    """The measures of a table: k, how many rows nobody else is like, and per sensitive column l and t."""

    quasi_identifiers: tuple[str, ...]
    k: int
    classes: int
    unique_rows: int
    l_diversity: dict[str, int]
    t_closeness: dict[str, float]


def group_codes(frame: pd.DataFrame, quasi: Sequence[str]) -> np.ndarray:
    """The number of the class of each row: rows that agree in all quasi-identifiers, missing cells being alike."""
    for name in quasi:
        if name not in frame.columns:
            raise SettingError(f'There is no column "{name}".', "quasi", nearest(name, list(frame.columns)))
    codes = np.zeros(len(frame), dtype=np.int64)
    for name in quasi:
        own, values = pd.factorize(frame[name], use_na_sentinel=False)
        codes = pd.factorize(codes * max(1, len(values)) + own)[0].astype(np.int64)
    return codes


def k_anonymity(frame: pd.DataFrame, quasi: Sequence[str]) -> int:
    """The size of the smallest class; 0 for an empty table.

    >>> k_anonymity(pd.DataFrame({"age": [30, 30, 40, 40, 40]}), ["age"])
    2
    """
    return int(np.bincount(group_codes(frame, quasi)).min()) if len(frame) else 0


def unique_rows(frame: pd.DataFrame, quasi: Sequence[str], *, below: int = 2) -> np.ndarray:
    """Which rows (rows,) stand in a class of fewer than `below` rows: by default those that stand alone."""
    codes = group_codes(frame, quasi)
    return np.bincount(codes)[codes] < below if len(codes) else np.zeros(0, dtype=bool)


def l_diversity(frame: pd.DataFrame, quasi: Sequence[str], sensitive: str) -> int:
    """The least number of different sensitive values in a class; a missing one is a value."""
    if not len(frame):
        return 0
    codes = group_codes(frame, quasi)
    values = group_codes(frame, [sensitive])
    return int(pd.DataFrame({"class": codes, "value": values}).drop_duplicates()["class"].value_counts().min())


def t_closeness(frame: pd.DataFrame, quasi: Sequence[str], sensitive: str) -> float:
    """The greatest distance between the sensitive values of a class and those of the table."""
    if not len(frame):
        return 0.0
    codes = group_codes(frame, quasi)
    ordered = pd.api.types.is_numeric_dtype(frame[sensitive]) and not pd.api.types.is_bool_dtype(frame[sensitive])
    ordered = ordered and bool(frame[sensitive].notna().all())
    own, values = pd.factorize(frame[sensitive], sort=ordered, use_na_sentinel=False)
    size, classes = len(values), int(codes.max()) + 1
    if size < 2:
        return 0.0
    whole = np.bincount(own, minlength=size) / len(own)
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=classes))
    worst = 0.0
    for start, end in zip(np.concatenate([[0], ends[:-1]]), ends, strict=True):
        part = np.bincount(own[order[start:end]], minlength=size) / (end - start)
        gap = part - whole
        distance = np.abs(np.cumsum(gap)).sum() / (size - 1) if ordered else np.abs(gap).sum() / 2
        worst = max(worst, float(distance))
    return worst


def measure_risk(frame: pd.DataFrame, quasi: Sequence[str], sensitive: Sequence[str] = ()) -> Risk:
    """All measures over chosen columns; without quasi-identifiers every row is like every other."""
    for name in sensitive:
        group_codes(frame, [name])
    codes = group_codes(frame, quasi)
    sizes = np.bincount(codes) if len(codes) else np.zeros(1, dtype=int)
    return Risk(
        tuple(quasi),
        int(sizes.min()),
        int((sizes > 0).sum()),
        int((sizes == 1).sum()),
        {name: l_diversity(frame, quasi, name) for name in sensitive},
        {name: t_closeness(frame, quasi, name) for name in sensitive},
    )


def risk_table(table: Table, quasi: Sequence[str], sensitive: Sequence[str] = (), rows: int = 200) -> dict[str, Any]:
    """The measures of a table as plain JSON values, with the sizes of the classes and the first rows that stand alone.

    "sizes" has, for classes of 1, 2 to 4, 5 to 9, 10 to 19 and 20 rows or more, how many rows are in them.
    """
    frame = table.frame(list(dict.fromkeys([*quasi, *sensitive])))
    codes = group_codes(frame, quasi)
    own = np.bincount(codes)[codes] if len(codes) else codes
    bounds = ((1, 1, "1"), (2, 4, "2-4"), (5, 9, "5-9"), (10, 19, "10-19"), (20, len(codes) + 20, "20 or more"))
    sizes = {name: int(((own >= low) & (own <= high)).sum()) for low, high, name in bounds}
    alone = frame.index[np.flatnonzero(own == 1)[:rows]]
    return asdict(measure_risk(frame, quasi, sensitive)) | {"sizes": sizes, "alone": [int(row) for row in alone]}
