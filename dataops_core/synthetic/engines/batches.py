"""Batches: encoded rows are drawn until enough of them keep to all constraints and wished values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.synthetic.constraints.constraint import all_hold
from dataops_core.synthetic.engines.registry import Conditional, Fitted
from dataops_core.synthetic.prepare.table_encoder import Coder, decode
from dataops_core.values.numbers import in_days

TRIES = 40  # batches that are drawn, at most
BATCH = 50_000


def drawn(
    coder: Coder,
    fitted: Fitted,
    rows: int,
    values: Mapping[str, Any],
    seed: int,
    progress: Callable[[float], Any] = lambda _share: None,
) -> pd.DataFrame:
    """Encoded rows that keep to all constraints and wished values; fewer where no more come in `TRIES` batches."""
    kept: list[pd.DataFrame] = []
    have, size = 0, rows
    able = fitted if values and isinstance(fitted, Conditional) and fitted.native_conditions else None
    for attempt in range(TRIES):
        try:
            batch = (
                able.sample_where(dict(values), min(BATCH, size), seed + attempt)
                if able
                else fitted.sample(min(BATCH, size), seed + attempt)
            )
        except ValueError:
            if able is None:
                raise
            able = None  # it found no such row at all: drawing and keeping what fits may still find some
            continue
        good = _fitting(coder, batch, values)
        share = max(len(good) / max(1, len(batch)), 0.002)
        kept.append(good.iloc[: rows - have])
        have += len(kept[-1])
        progress(have / rows)
        if have >= rows:
            break
        size = int((rows - have) / share * 1.15) + 20
    return pd.concat(kept, ignore_index=True) if kept else fitted.sample(1, seed).iloc[:0]


def _fitting(coder: Coder, batch: pd.DataFrame, values: Mapping[str, Any]) -> pd.DataFrame:
    decoded = decode(coder, batch)
    good = all_hold(decoded, coder.enforced)
    learned = {column["name"]: column for column in coder.learned}
    for name, value in values.items():
        if learned[name]["how"] == "category":
            good &= (batch[name].astype(str) == value).to_numpy()
        else:
            good &= np.abs(in_days(decoded[name]) - value) <= (learned[name]["unit"] / 2 or 1e-9)
    return batch[good]
