"""What an engine of synthesis says of itself."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from dataclasses import dataclass
from typing import Any

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
    module: str  # the module with its `fit`, in the folder engines; "": the file that offers it
    needs: str  # the package that must be installed
    licence: str
    good: str
    weak: str
    epochs: bool
    start: float
    setup: float
    epoch: float
    sequences: bool = False  # it learns rows that follow each other
    place: int = 1000  # where it stands among the others
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


OFFERED: dict[str, Engine] = {}


def offer(engine: Engine) -> Engine:
    """Offer an engine to whoever makes synthetic tables."""
    OFFERED[engine.name] = engine
    return engine


def version_of(package: str) -> str | None:
    """The installed version of a package, None where it is not installed or none is needed."""
    try:
        return importlib.metadata.version(package) if package else None
    except importlib.metadata.PackageNotFoundError:
        return None
