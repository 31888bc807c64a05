"""What monitoring found about a delivery, as values that travel as JSON: no cell of the table is in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from dataops_core.monitoring.limits import Verdict, worst
from dataops_core.record import Record

Area = Literal["reading", "schema", "volume", "steps", "rules", "drift", "freshness", "quality"]
AREAS: tuple[Area, ...] = ("reading", "schema", "volume", "steps", "rules", "drift", "freshness", "quality")


@dataclass(frozen=True)
class Check(Record):
    """One thing that was looked at, and how it fared. `about` says it without a value of any cell or rule."""

    area: Area
    verdict: Verdict | Literal["not checked"]
    says: str
    columns: tuple[str, ...] = ()
    about: str = ""

    @property
    def plain(self) -> str:
        """What may leave the machine."""
        return self.about or self.says


@dataclass(frozen=True)
class Figures(Record):
    """The numbers of a delivery that history charts show. What could not be counted is None.

    `drifted` and `compared` count columns; `drift` is the greatest population stability index of a column that was
    compared (what its limits ignore is left out).
    """

    rows: int | None = None
    rows_before: int | None = None
    score: float | None = None
    score_before: float | None = None
    findings: int | None = None
    findings_before: int | None = None
    drifted: int | None = None
    compared: int | None = None
    drift: float | None = None
    age_days: int | None = None


@dataclass(frozen=True)
class DeliveryReport(Record):
    """How a delivery compares with the version that it was held against; `verdict`, in JSON too, is the worst of all
    checks.
    """

    version: int
    file: str
    checks: tuple[Check, ...]
    figures: Figures = Figures()

    @property
    def verdict(self) -> Verdict:
        """The worst of all checks decides."""
        return worst(each.verdict for each in self.checks)

    @property
    def troubles(self) -> tuple[Check, ...]:
        """What is not as it should be, the worst first."""
        bad = [each for each in self.checks if each.verdict in ("warn", "fail")]
        return tuple(sorted(bad, key=lambda each: each.verdict != "fail"))

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "version": self.version,
            "file": self.file,
            "verdict": self.verdict,
            "checks": [each.to_json() for each in self.checks],
            "figures": self.figures.to_json(),
        }
