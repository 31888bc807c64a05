"""The base line: every column drawn by itself; columns that only come in certain combinations, or of which one is 1,
are drawn together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.synthetic.constraints.constraint import Constraint

KNOTS = 51  # quantiles of an amount that are kept


class Independent:
    """Shares of categories and quantiles of amounts."""

    def __init__(self, encoded: pd.DataFrame, numbers: list[str], constraints: Sequence[Constraint]) -> None:
        self.names = list(encoded.columns)
        joint = [list(each.columns) for each in constraints if each.joint]
        self.blocks: list[list[str]] = []
        for names in [*joint, *([name] for name in self.names)]:
            if not any(set(names) & set(block) for block in self.blocks):
                self.blocks.append(names)
        self.knots = {name: np.quantile(encoded[name], np.linspace(0, 1, KNOTS)) for name in numbers}
        self.shares = {
            tuple(block): encoded.groupby(block, sort=True).size() / len(encoded)
            for block in self.blocks
            if len(block) > 1 or block[0] not in numbers
        }

    def sample(self, rows: int, seed: int) -> pd.DataFrame:
        """So many rows, the same for the same seed."""
        generator = np.random.default_rng(seed % 2**63)
        out = {}
        for block in self.blocks:
            if tuple(block) in self.shares:
                shares = self.shares[tuple(block)]
                picked = generator.choice(len(shares), size=rows, p=shares.to_numpy())
                for at, name in enumerate(block):
                    out[name] = shares.index.get_level_values(at).to_numpy()[picked]
            else:
                out[block[0]] = np.interp(generator.random(rows), np.linspace(0, 1, KNOTS), self.knots[block[0]])
        return pd.DataFrame({name: out[name] for name in self.names})


def fit(
    name: str,
    encoded: pd.DataFrame,
    numbers: list[str],
    constraints: Sequence[Constraint],
    *,
    seed: int,
    epochs: int,
    progress: Any,
) -> Independent:
    """Learn the columns one by one."""
    return Independent(encoded, numbers, constraints)
