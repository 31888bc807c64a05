"""Engines: what can learn a table and make rows like it, behind one small seam. Importing this brings neither sdv nor
torch.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd

import dataops_core.synthetic.engines.catalog  # noqa: F401 - offers them all
from dataops_core.errors import SettingError, nearest
from dataops_core.progress import Progress, no_progress
from dataops_core.synthetic.constraints.constraint import Constraint
from dataops_core.synthetic.engines.engine import BUSL, EPOCHS, OFFERED, Engine


class Fitted(Protocol):
    """What an engine learned."""

    def sample(self, rows: int, seed: int) -> pd.DataFrame:
        """So many rows, the same for the same seed; columns as learned."""


@runtime_checkable
class Conditional(Fitted, Protocol):
    """What an engine learned that can make rows with wished values by itself, and need not be drawn from until some
    have them.
    """

    native_conditions: bool  # whether it can with what it learned here

    def sample_where(self, values: dict[str, Any], rows: int, seed: int) -> pd.DataFrame:
        """Rows with these values in these learned columns; perhaps fewer than asked."""


ENGINES: dict[str, Engine] = {each.name: each for each in sorted(OFFERED.values(), key=lambda each: each.place)}
HMA = Engine(
    "hma",
    "HMA",
    "_hma",
    "sdv",
    BUSL,
    "several tables that hang together by keys",
    "slow for many parents; connections within few children; a child follows one parent",
    False,
    6.0,
    2.4,
    0.0,
)
DEFAULT = "gaussian_copula"


def engine(name: str) -> Engine:
    """The engine of that name. Raises SettingError where there is none, or its package is not installed."""
    if name not in ENGINES:
        raise SettingError(f'There is no engine "{name}".', "engine", nearest(name, list(ENGINES)))
    return engine_there(ENGINES[name])


def engine_there(found: Engine) -> Engine:
    """The same engine. Raises SettingError where its package is not installed."""
    if not found.there:
        raise SettingError(
            f"{found.title} needs the package {found.package}, which is not installed.",
            "engine",
            f"Install it (pip install {found.package}), or choose another engine.",
        )
    return found


def fit(
    name: str,
    encoded: pd.DataFrame,
    numbers: Sequence[str],
    constraints: Sequence[Constraint],
    *,
    seed: int,
    epochs: int = EPOCHS,
    progress: Progress = no_progress,
) -> Fitted:
    """Let an engine learn an encoded frame (amounts float64, categories text, no gaps); `constraints` are those among
    its columns.
    """
    used = engine(name)
    module = importlib.import_module(f"{__package__}.{used.module or f'catalog.{name}'}")
    # the share of time before the first epoch
    before = used.seconds(*encoded.shape, 0) / used.seconds(*encoded.shape, epochs) if used.epochs else 0.0

    def told(share: float, note: str) -> None:
        progress(before + (1 - before) * share if note.startswith("Epoch") else share, note)

    made: Fitted = module.fit(name, encoded, list(numbers), list(constraints), seed=seed, epochs=epochs, progress=told)
    return made


def seeded(seed: int) -> np.random.Generator:
    """A generator of our own random choices."""
    return np.random.default_rng(seed % 2**63)
