"""SynDiffix behind the seam (optional: pip install syndiffix). Importing this imports syndiffix."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from syndiffix import Synthesizer
from syndiffix.common import AnonymizationParams, BucketizationParams, SuppressionParams

from dataops_core.synthetic.constraints.constraint import Constraint
from dataops_core.synthetic.prepare.constraint_encoding import Part

# rows below which nothing is told of a range, as for all engines; SynDiffix' own 3 leaks more by our judge
FEW = SuppressionParams(low_threshold=10)
RANGES = BucketizationParams(singularity_low_threshold=20, range_low_threshold=60)
POOL = 4  # rows that are drawn for each learned one, before the learned ones are forgotten


class Fitted:
    """A pool of rows that SynDiffix made: its trees hold the learned rows, so they are not kept."""

    def __init__(self, pool: pd.DataFrame) -> None:
        self.pool = pool

    def sample(self, rows: int, seed: int) -> pd.DataFrame:
        """So many rows of the pool, the same for the same seed; each once, where it has as many."""
        generator = np.random.default_rng(seed % 2**63)
        times = -(-rows // len(self.pool))
        picked = np.concatenate([generator.permutation(len(self.pool)) for _ in range(times)])[:rows]
        return self.pool.iloc[picked].reset_index(drop=True)


def fit(
    name: str,
    encoded: pd.DataFrame,
    numbers: list[str],
    constraints: Sequence[Constraint],
    *,
    seed: int,
    epochs: int,
    progress: Callable[[float, str], Any],
) -> Fitted:
    """Learn with SynDiffix: noisy counts in ever finer ranges, none of fewer than a few rows (Francis et al. 2024,
    arXiv:2311.09628).

    The salt of its noise comes from the seed and the rows themselves: the same for the same table, and not to be
    guessed without it.
    """
    part = Part(encoded, numbers, constraints)
    cells, kinds = part.forth(encoded, np.random.default_rng([seed % 2**63, 10]))
    if not cells:
        return Fitted(part.back([], max(1, len(encoded))))
    frame = pd.DataFrame(
        {
            f"c{at}": np.char.add("v", each.astype(str)).astype(object) if kind == "categorical" else each
            for at, (each, kind) in enumerate(zip(cells, kinds, strict=True))
        }
    )
    salt = hashlib.sha256(
        f"{seed}".encode() + pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes()
    ).digest()[:8]
    texts = [str(column) for column in frame if frame[column].dtype == object]
    progress(0.0, "Learning")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # rare values are merged before
        learned = Synthesizer(
            frame,
            anonymization_params=AnonymizationParams(salt=salt, low_count_params=FEW),
            bucketization_params=RANGES,
            value_safe_columns=texts or None,
        )
        drawn: list[pd.DataFrame] = []
        while sum(map(len, drawn)) < POOL * len(frame):
            drawn.append(learned.sample())
            progress(min(1.0, sum(map(len, drawn)) / (POOL * len(frame))), "Drawing")
    made = pd.concat(drawn, ignore_index=True)[list(frame.columns)]
    out = [
        (
            made[column].str.removeprefix("v").astype("int64").to_numpy()
            if column in texts
            else made[column].to_numpy(dtype="float64")
        )
        for column in made
    ]
    return Fitted(part.back(out, len(made)))
