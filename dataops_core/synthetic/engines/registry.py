"""Engines: what can learn a table and make rows like it, behind one small seam. Importing this brings neither sdv nor
torch.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.progress import Progress, no_progress

BUSL = (
    "BUSL-1.1: any use but a commercial service that makes synthetic data for others; MIT four years after each release"
)
EPOCHS = 300


@dataclass(frozen=True)
class Engine:
    """One way of learning a table: where its code is, its licence, what it is good for, and its measured cost.

    Seconds of one CPU = start + cells * (setup + epochs * epoch), cells in thousands of rows times columns; measured on
    1,000 to 16,000 rows of 5 and 15 columns of Adult, and within a factor of about two there.
    """

    name: str
    title: str
    module: str
    needs: str  # the package that must be installed
    licence: str
    good: str
    weak: str
    epochs: bool
    start: float
    setup: float
    epoch: float
    sequences: bool = False  # it learns rows that follow each other
    installs: str = ""  # what pip installs for it, where that is called otherwise than what is imported

    @property
    def package(self) -> str:
        """What pip installs for it, "" where nothing is needed."""
        return self.installs or self.needs

    def seconds(self, rows: int, columns: int, epochs: int = EPOCHS) -> float:
        """The time that learning and making rows is expected to take, in seconds of one CPU."""
        cells = rows * columns / 1000
        return self.start + cells * (self.setup + (epochs * self.epoch if self.epochs else 0.0))

    @property
    def there(self) -> bool:
        """Whether its package is installed."""
        try:
            return not self.needs or importlib.util.find_spec(self.needs) is not None
        except ModuleNotFoundError:  # of "a.b" where there is no "a"
            return False

    def to_json(self, rows: int, columns: int, epochs: int = EPOCHS, why_not: str | None = None) -> dict[str, Any]:
        """What a person should know before choosing it; `why_not` says why it does not fit a table."""
        return {
            "title": self.title,
            "package": self.package,
            "version": version_of(self.package),
            "licence": self.licence,
            "good": self.good,
            "weak": self.weak,
            "epochs": epochs if self.epochs else None,
            "seconds": round(self.seconds(rows, columns, epochs), 1),
            "there": self.there,
            "install": None if self.there else f"pip install {self.package}",
            "fits": why_not is None,
            "why_not": why_not,
        }


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


ENGINES: dict[str, Engine] = {
    each.name: each
    for each in (
        Engine(
            "gaussian_copula",
            "Gaussian copula",
            "_sdv",
            "sdv",
            BUSL,
            "a first twin in seconds; small tables; rows with wished values at once",
            "connections other than rising and falling together",
            False,
            5.0,
            0.012,
            0.0,
        ),
        Engine(
            "trees",
            "Chained trees",
            "_trees",
            "",
            "ours",
            "most tables: on Adult far more alike and useful than the others, in seconds; connections of every sort",
            "many amounts that rise and fall together; conditions are met by trial and error",
            False,
            1.0,
            0.01,
            0.0,
        ),
        Engine(
            "ctgan",
            "CTGAN",
            "_sdv",
            "sdv",
            BUSL,
            "tables of some thousand rows and more, with many categories",
            "slow; small tables; numbers are rougher",
            True,
            8.0,
            0.08,
            0.0075,
        ),
        Engine(
            "tvae",
            "TVAE",
            "_sdv",
            "sdv",
            BUSL,
            "the most useful twin in most published comparisons",
            "may forget rare values; conditions are met by trial and error",
            True,
            7.0,
            0.085,
            0.003,
        ),
        Engine(
            "copulagan",
            "CopulaGAN",
            "_sdv",
            "sdv",
            BUSL,
            "as CTGAN, for skewed numbers",
            "slow; small tables",
            True,
            9.0,
            0.08,
            0.009,
        ),
        Engine(
            "par",
            "PAR",
            "_par",
            "sdv",
            BUSL,
            "rows that follow each other in time: visits, readings, orders of one customer",
            "needs many sequences; what lasts longer than a few rows",
            True,
            6.0,
            0.02,
            0.0009,
            True,
        ),
        Engine(
            "mostlyai",
            "TabularARGN",
            "_mostlyai",
            "mostlyai.engine",
            "Apache-2.0",
            "the best of each column and of connections, from some thousand rows on; no SDV",
            "optional; slow to start; small tables",
            True,
            7.0,
            0.1,
            0.01,
            installs="mostlyai-engine",
        ),
        Engine(
            "syndiffix",
            "SynDiffix",
            "_syndiffix",
            "syndiffix",
            "MIT",
            "ranges and counts blurred so that few people never show; few columns",
            "optional; slow for many columns; rows beyond four times the learned ones repeat",
            False,
            2.0,
            1.1,
            0.0,
        ),
        Engine(
            "independent",
            "Independent columns",
            "_independent",
            "",
            "ours",
            "nothing but a base line: every column by itself",
            "loses every connection between columns",
            False,
            0.3,
            0.002,
            0.0,
        ),
    )
}
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
    constraints: Sequence[dict[str, Any]],
    *,
    seed: int,
    epochs: int = EPOCHS,
    progress: Progress = no_progress,
) -> Fitted:
    """Let an engine learn an encoded frame (amounts float64, categories text, no gaps); `constraints` are those among
    its columns.
    """
    used = engine(name)
    module = importlib.import_module(f"dataops_core.synthetic.engines.{used.module}")
    # the share of time before the first epoch
    before = used.seconds(*encoded.shape, 0) / used.seconds(*encoded.shape, epochs) if used.epochs else 0.0

    def told(share: float, note: str) -> None:
        progress(before + (1 - before) * share if note.startswith("Epoch") else share, note)

    made: Fitted = module.fit(name, encoded, list(numbers), list(constraints), seed=seed, epochs=epochs, progress=told)
    return made


def version_of(package: str) -> str | None:
    """The installed version of a package, None where it is not installed or none is needed."""
    try:
        return importlib.metadata.version(package) if package else None
    except importlib.metadata.PackageNotFoundError:
        return None


def seeded(seed: int) -> np.random.Generator:
    """A generator of our own random choices."""
    return np.random.default_rng(seed % 2**63)
