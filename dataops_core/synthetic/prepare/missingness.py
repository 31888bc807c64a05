"""Missing values: which cells of a row are missing together, learned from the rest of the row; and their filling before
an engine learns.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dataops_core.synthetic.constraints.catalog.combination import Combination
from dataops_core.synthetic.constraints.catalog.order import Order
from dataops_core.synthetic.constraints.constraint import Constraint, all_hold
from dataops_core.values.numbers import in_days

LEAF = 25  # rows of a leaf of the tree, at least: a pattern is never one person's
DEEP = 8
WIDE = 1e38  # amounts beyond it do not fit the tree's float32


def patterns(frame: pd.DataFrame, rare: int) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Columns with gaps (columns,), the patterns of gaps that at least `rare` rows share (patterns, columns), and each
    row's pattern (rows,).

    A row with a rarer pattern counts to the one that differs from it in fewest columns, the more frequent first.
    """
    gaps = frame.isna()
    names = [str(name) for name in frame.columns if gaps[name].any()]
    if not names:
        return [], np.zeros((1, 0), dtype=bool), np.zeros(len(frame), dtype=np.int64)
    seen, codes, counts = np.unique(gaps[names].to_numpy(), axis=0, return_inverse=True, return_counts=True)
    codes = codes.reshape(-1)
    order = np.argsort(-counts, kind="stable")
    kept = [int(at) for at in order if counts[at] >= rare] or [int(order[0])]
    nearest = np.array(
        [
            at if at in kept else min(kept, key=lambda k: (int((seen[k] != seen[at]).sum()), -int(counts[k])))
            for at in range(len(seen))
        ]
    )
    place = {at: number for number, at in enumerate(kept)}
    return names, seen[kept], np.array([place[at] for at in nearest])[codes]


class Gaps:
    """Which pattern of gaps a row has, given its other cells: a tree whose leaves hold shares."""

    def __init__(self, frame: pd.DataFrame, filled: pd.DataFrame, rare: int) -> None:
        from sklearn.tree import DecisionTreeClassifier

        self.names, self.patterns, codes = patterns(frame, rare)
        self.tree, self.features, self.levels = None, list(filled.columns), {}
        self.wide = {
            name for name in filled.columns if filled[name].dtype != object and bool((filled[name].abs() > WIDE).any())
        }
        if len(self.patterns) > 1 and len(filled.columns):
            self.levels = {
                name: sorted(filled[name].unique()) for name in filled.columns if filled[name].dtype == object
            }
            self.tree = DecisionTreeClassifier(max_depth=DEEP, min_samples_leaf=max(LEAF, rare), random_state=0).fit(
                self._matrix(filled), codes
            )

    def _matrix(self, filled: pd.DataFrame) -> np.ndarray:
        """One-hot for categories, amounts as they are, or on the scale of arcsinh where they are too large (rows,
        features).
        """
        parts = []
        for name in self.features:
            cells = filled[name]
            if name in self.levels:
                parts.append(
                    (cells.to_numpy()[:, None] == np.array(self.levels[name], dtype=object)[None, :]).astype("float32")
                )
            else:
                amounts = cells.to_numpy(dtype="float64")
                parts.append((np.arcsinh(amounts) if name in self.wide else amounts).astype("float32")[:, None])
        return np.concatenate(parts, axis=1)

    def draw(self, filled: pd.DataFrame, generator: np.random.Generator) -> dict[str, np.ndarray]:
        """Which cells of each column are missing (rows,), drawn by the shares of the leaf that each row falls into."""
        if not self.names:
            return {}
        if self.tree is None:
            picked = np.zeros(len(filled), dtype=np.int64)
        else:
            chances = self.tree.predict_proba(self._matrix(filled)).cumsum(axis=1)
            at = (generator.random(len(filled))[:, None] > chances).sum(axis=1).clip(max=chances.shape[1] - 1)
            picked = self.tree.classes_[at]
        return {name: self.patterns[picked, at] for at, name in enumerate(self.names)}


def fill(
    frame: pd.DataFrame,
    names: Sequence[str],
    constraints: Sequence[Constraint],
    generator: np.random.Generator,
    tries: int = 20,
) -> pd.DataFrame:
    """The frame with every gap filled by a value drawn from its column, or, where constraints bind columns, by one that
    fits.

    Columns without any value stay empty. Where nothing drawn fits, all columns that the constraint binds come from one
    complete row.
    """
    out = frame.copy()
    for name in names:
        gone = out[name].isna().to_numpy()
        known = out[name][~gone]
        if gone.any() and len(known):
            out.loc[gone, name] = known.iloc[generator.integers(len(known), size=int(gone.sum()))].to_numpy()
    for each in constraints:
        bound = [name for name in each.bound if name in out.columns]
        had = frame[bound].isna().any(axis=1).to_numpy()
        donors = np.flatnonzero(~had)
        if not had.any() or not len(donors) or not each.drawable:
            continue
        _refill(out, frame, each, bound, had, donors, generator, tries)
    return out


def _refill(
    out: pd.DataFrame,
    frame: pd.DataFrame,
    constraint: Constraint,
    bound: list[str],
    had: np.ndarray,
    donors: np.ndarray,
    generator: np.random.Generator,
    tries: int,
) -> None:
    if isinstance(constraint, Order):
        _stretched(out, frame, bound, had, donors, generator)
    known = (
        set(map(tuple, frame.iloc[donors][bound].astype(str).to_numpy()))
        if isinstance(constraint, Combination)
        else None
    )
    for attempt in range(tries + 1):
        wrong = np.flatnonzero(had)
        rows = out.iloc[wrong]
        fits = (
            all_hold(rows, [constraint])
            if known is None
            else np.array([tuple(row) in known for row in rows[bound].astype(str).to_numpy()], dtype=bool)
        )
        wrong = wrong[~fits]
        if not len(wrong):
            return
        drawn = donors[generator.integers(len(donors), size=len(wrong))]
        for name in bound:
            gone = frame[name].isna().to_numpy()[wrong] if attempt < tries else np.ones(len(wrong), dtype=bool)
            out.loc[out.index[wrong[gone]], name] = frame[name].iloc[drawn[gone]].to_numpy()


def _stretched(
    out: pd.DataFrame,
    frame: pd.DataFrame,
    bound: list[str],
    had: np.ndarray,
    donors: np.ndarray,
    generator: np.random.Generator,
) -> None:
    """Fill missing ends of a chain a <= b by the neighbour that is there, and the distance that another row has between
    the two.
    """
    from dataops_core.synthetic.prepare.rare_values import as_type

    cells = {name: in_days(frame[name]) for name in bound}
    drawn = donors[generator.integers(len(donors), size=len(frame))]
    for names in (bound, bound[::-1]):
        for one, other in zip(names, names[1:], strict=False):
            here = had & np.isnan(cells[other]) & np.isfinite(cells[one])
            cells[other] = np.where(
                here, cells[one] + (in_days(frame[other])[drawn] - in_days(frame[one])[drawn]), cells[other]
            )
    for name in bound:
        here = had & frame[name].isna().to_numpy() & np.isfinite(cells[name])
        out.loc[here, name] = as_type(cells[name], str(frame[name].dtype), frame.index)[here]
