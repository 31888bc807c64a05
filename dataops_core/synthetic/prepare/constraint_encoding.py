"""Together: encoded columns so that an engine without constraints keeps them: what only comes in combinations is one
column, and b >= a is a plus a distance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.synthetic.constraints.catalog.order import Order
from dataops_core.synthetic.constraints.constraint import Constraint
from dataops_core.synthetic.prepare.normal_scores import Scores


class Part:
    """Columns of an encoded frame: amounts as normal scores, and categories as numbers from 0; constant ones are kept
    aside.
    """

    def __init__(self, frame: pd.DataFrame, numbers: Sequence[str], constraints: Sequence[Constraint] = ()) -> None:
        self.names = list(frame.columns)
        self.orders = _orders(numbers, constraints)
        frame = self._apart(frame)
        self.constant = {name: frame[name].iloc[0] for name in self.names if (frame[name] == frame[name].iloc[0]).all()}
        joint: list[list[str]] = []
        together = [list(each.columns) for each in constraints if each.joint]
        for names in [*together, *([name] for name in self.names if name not in numbers)]:
            left = [
                name
                for name in names
                if name in self.names and name not in self.constant and not any(name in block for block in joint)
            ]
            joint += [left] if left else []
        self.blocks = [frame[block].drop_duplicates().sort_values(block).reset_index(drop=True) for block in joint]
        taken = {name for block in joint for name in block} | set(self.constant)
        self.scores = Scores(frame, [name for name in self.names if name not in taken])

    def forth(self, frame: pd.DataFrame, generator: np.random.Generator) -> tuple[list[np.ndarray], list[str]]:
        """The columns (rows,) that the engine sees, and of which sort each is: "continuous" (these come first) or
        "categorical".
        """
        scored = self.scores.forth(self._apart(frame), generator)
        amounts = [scored[name].to_numpy(dtype="float64") for name in self.scores.knots]
        codes = []
        for block in self.blocks:
            places = {key: at for at, key in enumerate(block.itertuples(index=False, name=None))}
            codes.append(
                np.array(
                    [places[key] for key in frame[list(block.columns)].itertuples(index=False, name=None)],
                    dtype="int64",
                )
            )
        return [*amounts, *codes], ["continuous"] * len(amounts) + ["categorical"] * len(codes)

    def back(self, cells: Sequence[np.ndarray], rows: int) -> pd.DataFrame:
        """The encoded frame of so many rows from what the engine drew."""
        count = len(self.scores.knots)
        scored = pd.DataFrame(dict(zip(self.scores.knots, cells[:count], strict=True)), index=range(rows))
        made: dict[str, Any] = {str(name): cells.to_numpy() for name, cells in self.scores.back(scored).items()}
        for block, codes in zip(self.blocks, cells[count:], strict=True):
            picked = block.iloc[codes.astype("int64")]
            made |= {str(name): picked[name].to_numpy() for name in block.columns}
        made |= {
            name: np.full(rows, value, dtype=object if isinstance(value, str) else "float64")
            for name, value in self.constant.items()
        }
        for low, high in reversed(self.orders):
            made[high] = made[low] + np.maximum(0.0, made[high])
        return pd.DataFrame(made, index=range(rows))[self.names]

    def _apart(self, frame: pd.DataFrame) -> pd.DataFrame:
        out = frame.copy()
        for low, high in self.orders:
            out[high] = out[high] - out[low]
        return out


def _orders(numbers: Sequence[str], constraints: Sequence[Constraint]) -> list[tuple[str, str]]:
    """Neighbours of each chain a <= b <= c of amounts, from its end on; no column is in two chains, nor in a
    combination.
    """
    pairs: list[tuple[str, str]] = []
    bound = {name for each in constraints if each.joint for name in each.columns}
    for each in constraints:
        names = list(each.columns)
        if (
            isinstance(each, Order)
            and set(names) <= set(numbers) - bound
            and not any(set(names) & set(pair) for pair in pairs)
        ):
            pairs += list(zip(names, names[1:], strict=False))[::-1]
    return pairs
