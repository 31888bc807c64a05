"""The rule kit: what the owner of the data requires of it. One file per kind in `kinds/`.

    @kind
    @dataclass(frozen=True, kw_only=True)
    class Range(Rule):
        name: ClassVar[str] = "range"
        …
        column: str = setting("Column", "column")

A rule that looks at rows gives a condition (see steps/_conditions) that every row must meet; it passes where no row, or
no more than a stated share of them, is known to break it. A rule about the whole table measures it.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeVar

import numpy as np

from dataops_core.errors import SettingError, nearest
from dataops_core.printable import printable
from dataops_core.steps._conditions import Node, columns_of, condition_text

if TYPE_CHECKING:
    from dataops_core.facts import Engine
    from dataops_core.rules.view import SuggestView
    from dataops_core.table import Column, Table

Severity = Literal["block", "warn"]
SEVERITIES: tuple[Severity, ...] = ("block", "warn")
SHOWN_ROWS = 20
LISTED = 8


def setting(label: str, shape: str, help: str = "", *, default: Any = dataclasses.MISSING) -> Any:  # noqa: A002
    """A setting of a rule: what it is called on the form, and its shape there.

    Shapes: column, columns, number (or a date as text), whole, share, text, condition, values, flag, choice:A|B, plain.
    """
    return field(default=default, metadata={"label": label, "shape": shape, "help": help})


@dataclass(frozen=True)
class Fix:
    """What would mend the rows that break a rule: a step with its settings, or a page; and that in words."""

    says: str
    op: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    page: str = "clean"

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"says": self.says, "op": self.op, "with": dict(self.settings) if self.op else None, "page": self.page}


@dataclass(frozen=True)
class Measured:
    """What a rule about the whole table found."""

    passed: bool | None
    message: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What is required; `least` is the share of rows that must meet it, `support` and `confidence` are what was seen
    where it was suggested: rows that it speaks of, and the share of them that meet it.
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    about: ClassVar[str] = ""
    severity: Severity = "block"
    least: float = 1.0
    support: int | None = None
    confidence: float | None = None
    note: str = ""

    @property
    def condition(self) -> Node | None:
        """What every row must meet; None for a rule about the whole table."""
        return None

    @property
    def given(self) -> Node | None:
        """For which rows it speaks; None: all in which nothing that it needs is missing."""
        return None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it names."""
        return tuple(columns_of(self.condition))

    @property
    def words(self) -> str:
        """What is required, as a sentence without its end."""
        raise NotImplementedError

    @property
    def sentence(self) -> str:
        """What is required, as a person reads it."""
        some = f", in at least {percent(self.least)} of rows" if self.least < 1 else ""
        return f"{self.words}{some}."

    @property
    def key(self) -> str:
        """A name that stays when limits change: the kind and the columns."""
        return ":".join([self.name, *self.columns]) or self.name

    def fix(self, columns: Mapping[str, Column]) -> Fix:
        """What would mend the rows that break it, in a table with these columns."""
        return quarantine_fix(self)

    def measure(self, engine: Engine, today: str | None) -> Measured:
        """For a rule about the whole table: whether it passes."""
        raise NotImplementedError

    def problems(self) -> Iterator[str]:
        """What is wrong with its settings, in words."""
        yield from ()

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values; settings that are as usual are left out."""
        made: dict[str, Any] = {"kind": self.name}
        for each in ordered_fields(type(self)):
            value = getattr(self, each.name)
            if each.default is dataclasses.MISSING or value != each.default or each.name == "severity":
                made[each.name] = plain(value)
        return made

    @classmethod
    def from_json(cls, given: Mapping[str, Any], where: str = "rule") -> Rule:
        """The rule that `to_json` wrote, of whatever kind; raises SettingError for one that makes no sense."""
        if not isinstance(given, Mapping) or not isinstance(given.get("kind"), str):
            raise SettingError("This is not a rule.", where, "A rule has a kind and its settings.")
        name = given["kind"]
        if name not in KINDS:
            raise SettingError(f'There is no kind of rule "{name}".', where, nearest(name, KINDS))
        made = KINDS[name]
        known = {each.name: each for each in dataclasses.fields(made)}
        settings = {key: value for key, value in given.items() if key not in ("kind", "says")}
        for key in settings.keys() - known.keys():
            raise SettingError(f'A rule of the kind "{name}" has no setting "{key}".', where, nearest(key, known))
        for key, each in known.items():
            nothing: tuple[Any, ...] = (None, [], ()) if each.metadata.get("shape") == "column" else (None, "", [], ())
            if each.default is dataclasses.MISSING and settings.get(key) in nothing:  # a column may be called ""
                label = each.metadata.get("label", key)
                raise SettingError(f'The setting "{key}" is missing.', where, f"{label}: give it.")
        read = {key: read_setting(known[key], value, where) for key, value in settings.items()}
        rule = made(**read)
        for problem in rule.problems():
            raise SettingError(problem, where, f"See: {made.about}")
        return rule

    def changed(self, **settings: Any) -> Self:
        """The same rule with other settings."""
        return dataclasses.replace(self, **settings)


R = TypeVar("R", bound=Rule)
KINDS: dict[str, type[Rule]] = {}
SUGGESTERS: dict[str, Callable[[SuggestView], Iterator[Candidate]]] = {}
COMMON = tuple(each.name for each in dataclasses.fields(Rule))


@dataclass(frozen=True)
class Candidate:
    """A rule that could be suggested: it is, where at least this share of the rows meets it."""

    rule: Rule
    floor: float = 1.0
    least_rows: int = 1


def kind(cls: type[R]) -> type[R]:
    """Register a kind of rule."""
    KINDS[cls.name] = cls
    return cls


def suggests(
    cls: type[Rule],
) -> Callable[[Callable[[SuggestView], Iterator[Candidate]]], Callable[[SuggestView], Iterator[Candidate]]]:
    """Register the function that looks for rules of a kind."""

    def register(
        function: Callable[[SuggestView], Iterator[Candidate]],
    ) -> Callable[[SuggestView], Iterator[Candidate]]:
        SUGGESTERS[cls.name] = function
        return function

    return register


def ordered_fields(cls: type[Rule]) -> list[dataclasses.Field[Any]]:
    """The settings of a kind: its own first, then what all have."""
    every = dataclasses.fields(cls)
    return [each for each in every if each.name not in COMMON] + [each for each in every if each.name in COMMON]


def plain(value: Any) -> Any:
    """A setting as a plain JSON value."""
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return dict(value) if isinstance(value, Mapping) else value


def read_setting(about: dataclasses.Field[Any], value: Any, where: str) -> Any:
    """A setting as it was written; raises SettingError where it is of another type."""
    shape = about.metadata.get("shape", about.name)
    simple: dict[str, tuple[type, ...]] = {
        "column": (str,),
        "text": (str,),
        "condition": (str,),
        "note": (str,),
        "flag": (bool,),
        "whole": (int,),
        "support": (int,),
        "share": (int, float),
        "least": (int, float),
        "confidence": (int, float),
        "plain": (Mapping,),
    }
    if value is None and about.default is None:
        return None
    if isinstance(value, datetime.date):  # YAML reads dates
        value = value.isoformat().replace("T", " ")
    fits = True
    if shape in ("columns", "values"):
        fits = isinstance(value, (list, tuple)) and all(isinstance(each, (str, int, float)) for each in value)
        value = tuple(str(each) if shape == "columns" else each for each in value) if fits else value
    elif shape == "number":
        fits = isinstance(value, (int, float, str)) and not isinstance(value, bool) and value == value  # noqa: PLR0124
    elif shape == "severity":
        fits = value in SEVERITIES
    elif shape.startswith("choice:"):
        fits = value in shape.removeprefix("choice:").split("|")
    elif shape in simple:
        number = shape in ("whole", "support", "share", "least", "confidence")
        fits = isinstance(value, simple[shape]) and not (isinstance(value, bool) and number)
    if fits and shape in ("share", "least", "confidence"):
        fits, value = 0 <= value <= 1, float(value)
    if not fits:
        label = about.metadata.get("label", about.name)
        raise SettingError(f'"{value}" does not fit the setting "{about.name}".', where, f"{label}: see the reference.")
    return value


def percent(share: float) -> str:
    """A share as a percentage, with as many decimals as it needs.

    >>> percent(0.5), percent(0.9987)
    ('50 %', '99.87 %')
    """
    return f"{100 * share:.4f}".rstrip("0").rstrip(".") + " %"


def shown_value(value: Any) -> str:
    """A limit or a value in a sentence: numbers with thousands apart.

    >>> shown_value(12000), shown_value(0.25), shown_value("M"), shown_value(True)
    ('12,000', '0.25', '"M"', 'yes')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        text = f"{value:,}" if isinstance(value, int) or abs(value) < 1e15 else f"{value:g}"
        return text.removesuffix(".0")
    return '"' + printable(str(value), one_line=True) + '"'


def listed(values: tuple[Any, ...]) -> str:
    """Values in a sentence, the first ones where there are many."""
    shown = ", ".join(shown_value(each) for each in values[:LISTED])
    return shown + (f" and {len(values) - LISTED} more" if len(values) > LISTED else "")


def quarantine_fix(rule: Rule, says: str = "Set the failing rows aside") -> Fix:
    """The step that sets aside the rows that break a rule."""
    if rule.condition is not None and rule.condition.op == "in table":  # no step looks into another dataset
        return Fix(says="Correct the keys, or add the missing rows to the other table", page="clean")
    if rule.condition is None:
        return Fix(says="Look at the file: no single row is to blame", page="profile")
    return Fix(says, "quarantine_rows", {"conditions": [condition_text(rule.condition)]})


@dataclass(frozen=True)
class Result:
    """How a rule fares on a table: passed, failed or not checked; how many rows it speaks of; and all that break it."""

    rule: Rule
    status: Literal["passed", "failed", "not checked"]
    rows: int = 0
    failing: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    message: str = ""
    fix: Fix | None = None

    @property
    def pass_rate(self) -> float | None:
        """The share of the rows that meet it; None for a rule about the whole table."""
        if self.rule.condition is None and not self.rows:
            return None
        return 1 - len(self.failing) / self.rows if self.rows else 1.0

    @property
    def blocks(self) -> bool:
        """Whether it failed and must not."""
        return self.status == "failed" and self.rule.severity == "block"

    def to_json(self, shown: int | None = SHOWN_ROWS) -> dict[str, Any]:
        """As plain JSON values, with the ids of the first failing rows (None: of all)."""
        return {
            "key": self.rule.key,
            "sentence": self.rule.sentence,
            "rule": self.rule.to_json(),
            "status": self.status,
            "severity": self.rule.severity,
            "rows": self.rows,
            "failing": len(self.failing),
            "pass_rate": self.pass_rate,
            "failing_rows": self.failing[:shown].tolist(),
            "message": self.message,
            "fix": self.fix.to_json() if self.fix else None,
        }


def by_name(table: Table) -> dict[str, Column]:
    """The columns of a table by name."""
    return {column.name: column for column in table.columns}
