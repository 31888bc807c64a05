"""The check kit: a check names a problem, gives exactly the affected rows, and a pre-filled step that mends it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from dataops_core.steps.step import Step
from dataops_core.table import Column, Table

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
SAMPLE = 200


@dataclass(frozen=True)
class Hit:
    """What a check answers: the affected rows as a boolean per row, a message, and the settings of the mending step."""

    mask: np.ndarray
    message: str
    fix: Mapping[str, Any] | None = None
    severity: Severity | None = None


@dataclass(frozen=True)
class Finding:
    """A problem somebody should know of, with the ids of its first rows and a pre-filled step."""

    check: str
    title: str
    columns: tuple[str, ...]
    count: int
    share: float
    rows: tuple[int, ...]
    severity: Severity
    message: str
    why: str
    fix: dict[str, Any] | None

    def to_json(self) -> dict[str, Any]:
        """The finding as plain JSON values."""
        return asdict(self) | {"columns": list(self.columns), "rows": list(self.rows)}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Finding:
        """The finding that `to_json` wrote."""
        return cls(**{**plain, "columns": tuple(plain["columns"]), "rows": tuple(plain["rows"])})


@dataclass(eq=False)
class Check:
    """A registered check: what it looks at, how grave it is, and which step mends it."""

    name: str
    title: str
    group: str
    scope: Literal["column", "table"]
    types: tuple[str, ...]
    severity: Severity
    fix: Step | None
    function: Callable[..., Hit | None]

    @property
    def doc(self) -> str:
        """The whole docstring: the first line says what is found, the rest why it matters."""
        return inspect.cleandoc(self.function.__doc__ or "")

    @property
    def why(self) -> str:
        """Why the problem matters, as one paragraph."""
        return " ".join(" ".join(self.doc.split("\n\n")[1:2]).split())

    def guide(self) -> dict[str, Any]:
        """What the guide says of the check, as plain JSON values."""
        return {
            "name": self.name, "title": self.title, "group": self.group, "summary": self.doc.splitlines()[0], "doc": self.doc,
            "severity": self.severity, "fix": self.fix.name if self.fix else None,
        }

    def finding(self, hit: Hit, columns: tuple[str, ...], ids: np.ndarray) -> Finding:
        """The finding that a hit makes, given the row ids of the table."""
        count = int(hit.mask.sum())
        fix = {"op": self.fix.name, "with": dict(hit.fix)} if self.fix and hit.fix is not None else None
        return Finding(
            self.name, self.title, columns, count, count / max(1, len(hit.mask)),
            tuple(int(i) for i in ids[hit.mask][:SAMPLE]), hit.severity or self.severity, hit.message, self.why, fix,
        )


REGISTRY: dict[str, Check] = {}


def check(
    title: str, *, group: str, scope: Literal["column", "table"] = "column", types: Iterable[str] = (),
    severity: Severity = "warning", fix: Step | None = None,
) -> Callable[[Callable[..., Hit | None]], Check]:
    """Register a check: `f(column, facts, about)` for one column of the given storage types, or `f(table)`."""

    def register(function: Callable[..., Hit | None]) -> Check:
        made = Check(function.__name__, title, group, scope, tuple(types), severity, fix, function)
        REGISTRY[made.name] = made
        return made

    return register


def by_value(column: pd.Series, suspicious: Callable[[str], bool]) -> np.ndarray:
    """A boolean per row from a question asked once per distinct value; missing cells are never suspicious."""
    codes, values = pd.factorize(column)
    answers = np.fromiter((suspicious(value) for value in values), dtype=bool, count=len(values))
    return np.append(answers, False)[codes]


def words_of(name: str) -> set[str]:
    """The words in a column's name, in lower case.

    >>> sorted(words_of("PhoneNumber_2"))
    ['number', 'phone']
    """
    return set(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()))


def column_findings(
    column: pd.Series, facts: Mapping[str, Any], about: Column, ids: np.ndarray
) -> list[Finding]:
    """All findings of the checks that look at one column."""
    found = []
    for each in REGISTRY.values():
        if each.scope == "column" and (not each.types or about.type in each.types):
            hit = each.function(column, facts, about)
            if hit is not None and hit.mask.any():
                found.append(each.finding(hit, (about.name,), ids))
    return found


def table_findings(table: Table, ids: np.ndarray) -> list[Finding]:
    """All findings of the checks that look at the whole table."""
    hits = [(each, each.function(table)) for each in REGISTRY.values() if each.scope == "table"]
    return [each.finding(hit, (), ids) for each, hit in hits if hit is not None and hit.mask.any()]


def ranked(findings: Iterable[Finding]) -> list[Finding]:
    """Findings with the gravest first, then those with most rows."""
    return sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), -f.count, f.check, f.columns))
