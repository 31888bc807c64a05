"""The check kit: a check names a problem, gives exactly the affected rows, and a pre-filled step that mends it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np

from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.table_view import Context, TableView
from dataops_core.checks.wording import without_marks
from dataops_core.steps.step import Step

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
Scope = Literal["column", "table", "repairs"]
SAMPLE = 200


@dataclass(frozen=True)
class Hit:
    """What a check answers: the affected rows (a boolean per row), a message, and the settings of the mending step.

    `step` is another step than the check's own, `no_fix` another reason why there is none; `columns` must be given by
    checks that look at the whole table.
    """

    mask: np.ndarray
    message: str
    fix: Mapping[str, Any] | None = None
    severity: Severity | None = None
    columns: tuple[str, ...] = ()
    step: Step | None = None
    no_fix: str | None = None


@dataclass(frozen=True)
class Finding:
    """A problem somebody should know of, with the ids of its first rows and a pre-filled step.

    `values` are the places in the message where values of cells stand: from, to.
    """

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
    no_fix: str | None = None
    values: tuple[tuple[int, int], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The finding as plain JSON values."""
        lists = {"columns": list(self.columns), "rows": list(self.rows), "values": [list(span) for span in self.values]}
        return asdict(self) | lists

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Finding:
        """The finding that `to_json` wrote."""
        spans = tuple((first, last) for first, last in plain.get("values") or ())
        columns, rows = tuple(plain["columns"]), tuple(plain["rows"])
        return cls(**{**plain, "columns": columns, "rows": rows, "values": spans})


@dataclass(eq=False)
class Check:
    """A registered check: what it looks at, how grave it is, and which step mends it."""

    name: str
    title: str
    group: str
    scope: Scope
    types: tuple[str, ...]
    severity: Severity
    fix: Step | None
    no_fix: str
    function: Callable[..., Any]
    words: bool = False
    harmless: bool = False

    @property
    def doc(self) -> str:
        """The whole docstring: the first line says what is found, the rest why it matters."""
        return inspect.cleandoc(self.function.__doc__ or "")

    @property
    def summary(self) -> str:
        """The docstring's first paragraph: what is found."""
        return " ".join(self.doc.split("\n\n")[0].split())

    @property
    def why(self) -> str:
        """Why the problem matters, as one paragraph."""
        return " ".join(" ".join(self.doc.split("\n\n")[1:2]).split())

    def guide(self) -> dict[str, Any]:
        """What the guide says of the check, as plain JSON values."""
        return {
            "name": self.name,
            "title": self.title,
            "group": self.group,
            "summary": self.summary,
            "doc": self.doc,
            "severity": self.severity,
            "fix": self.fix.name if self.fix else None,
        }

    def finding(self, hit: Hit, columns: tuple[str, ...], ids: np.ndarray | None = None) -> Finding:
        """The finding that a hit makes, given the row ids of the table; without them, rows are counted from 0."""
        message, values = without_marks(hit.message)
        count, step = int(np.count_nonzero(hit.mask)), hit.step or self.fix
        rows = _first(hit.mask, SAMPLE)
        fix = {"op": step.name, "with": dict(hit.fix)} if step and hit.fix is not None else None
        return Finding(
            self.name,
            self.title,
            hit.columns or columns,
            count,
            count / max(1, len(hit.mask)),
            tuple((rows if ids is None else ids[rows]).tolist()),
            hit.severity or self.severity,
            message,
            self.why,
            fix,
            None if fix else hit.no_fix or self.no_fix,
            values,
        )

    def counted(
        self,
        columns: tuple[str, ...],
        count: int,
        rows: int,
        message: str,
        fix: Mapping[str, Any] | None,
        severity: Severity | None = None,
    ) -> Finding:
        """The finding of a table whose rows were counted elsewhere: it names none of them."""
        message, values = without_marks(message)
        mending = {"op": self.fix.name, "with": dict(fix)} if self.fix and fix is not None else None
        told = (severity or self.severity, message, self.why, mending, None if mending else self.no_fix, values)
        return Finding(self.name, self.title, columns, count, count / max(1, rows), (), *told)


def _first(mask: np.ndarray, most: int, piece: int = 100_000) -> np.ndarray:
    """The places of the first rows of a mask; all places of ten million rows would be eighty megabytes."""
    found = np.zeros(0, dtype=np.int64)
    for start in range(0, len(mask), piece):
        found = np.concatenate([found, start + np.flatnonzero(mask[start : start + piece])[: most - len(found)]])
        if len(found) == most:
            break
    return found


REGISTRY: dict[str, Check] = {}


def check(
    title: str,
    *,
    group: str,
    scope: Scope = "column",
    types: Iterable[str] = (),
    severity: Severity = "warning",
    fix: Step | None = None,
    no_fix: str = "",
    words: bool = False,
    harmless: bool = False,
) -> Callable[[Callable[..., Any]], Check]:
    """Register a check: `f(column: ColumnView, context: Context)` for one column of these storage types, or
    `f(look: TableView)`; with scope "repairs" it gets what the proposed repairs tell, once these are known.

    It answers with a Hit, with several, or with None. `no_fix` says why there is no step, where none is offered. A
    check of numbers or dates gets a column of text that holds such parsed; `words`: the check is not for these columns.
    `harmless`: its fix loses nothing that anybody could want back.
    """

    def register(function: Callable[..., Any]) -> Check:
        made = Check(
            function.__name__, title, group, scope, tuple(types), severity, fix, no_fix, function, words, harmless
        )
        REGISTRY[made.name] = made
        return made

    return register


def hits(each: Check, *asked: Any) -> list[Hit]:
    """What a check answers, as a list; hits without a row are none. What tells of a whole table is asked once."""
    known = asked[0].hits if isinstance(asked[0], TableView) else {}
    if each.name not in known:
        told = each.function(*asked)
        found = [told] if isinstance(told, Hit) else list(told or ())
        known[each.name] = [hit for hit in found if hit.mask.any()]
    return list(known[each.name])


def column_hits(column: ColumnView, context: Context, failed: list[dict[str, Any]]) -> Iterator[tuple[Check, Hit]]:
    """What the checks that look at one column find there; those that raise are noted in `failed`."""
    if "failed" in column.facts:
        return
    for each in REGISTRY.values():
        view = _looked_at(each, column) if each.scope == "column" and column.rows else None
        if view is None:
            continue
        for hit in _noted(each, (column.name,), failed, view, context):
            if view is column.parsed and hit.fix is not None:
                yield each, replace(hit, fix=None, no_fix=UNREAD.format(_PLURAL[view.type]))
            else:
                yield each, hit


UNREAD = "The column is stored as text. Read it as {} first; the finding then offers its step."
_PLURAL = {"integer": "numbers", "decimal": "numbers", "datetime": "dates"}


def _looked_at(each: Check, column: ColumnView) -> ColumnView | None:
    """The column as the check looks at it: numbers and dates as meant, text as stored; None where it is not for it."""
    meant = column.as_meant
    if each.types and "text" not in each.types:
        return meant if meant.type in each.types else None
    if each.types and column.type not in each.types:
        return None
    return None if each.words and meant is not column else column


def table_hits(look: TableView, failed: list[dict[str, Any]]) -> Iterator[tuple[Check, Hit]]:
    """What the checks that look at the whole table find; those that raise are noted in `failed`."""
    for each in REGISTRY.values():
        if each.scope == "table" and look.rows:
            for hit in _noted(each, (), failed, look):
                yield each, hit


def _noted(each: Check, columns: tuple[str, ...], failed: list[dict[str, Any]], *asked: Any) -> list[Hit]:
    """What a check answers; a check that raises is one line of the profile, and the others go on."""
    try:
        return hits(each, *asked)
    except Exception as error:  # noqa: BLE001 - whatever it is
        failed.append(
            {"check": each.name, "columns": list(columns), "reason": f"{type(error).__name__}: {error}"[:300]}
        )
        return []


def ranked(findings: Iterable[Finding]) -> list[Finding]:
    """Findings with the gravest first, then those with most rows."""
    return sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), -f.count, f.check, f.columns))
