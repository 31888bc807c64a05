"""The table as checks look at it: its columns, what the user said of them, and the day that counts as today."""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import pyarrow as pa

from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.meant_type import MeantType, ParsedView
from dataops_core.read import Blanked
from dataops_core.read.excel.totals import TOTAL
from dataops_core.table import Column, Table

SAMPLE = 20_000  # rows for a first look
FEW = 400  # rows for a very first look
_LABEL = f"(?i)^(?:{TOTAL.pattern})$"
HELD = 60_000_000  # bytes of columns kept in memory between two checks


@dataclass(frozen=True)
class Context:
    """What the user said: target, favorable value, sensitive columns; and today (ISO date), after which nothing has
    happened yet.
    """

    target: str | None = None
    favorable: str | None = None
    sensitive: tuple[str, ...] = ()
    today: str | None = None

    @classmethod
    def of(cls, roles: Mapping[str, Any], today: str | None = None) -> Context:
        """The context that a dataset's roles give."""
        sensitive = roles.get("sensitive") or ()
        return cls(
            roles.get("target") or None,
            roles.get("favorable") or None,
            (sensitive,) if isinstance(sensitive, str) else tuple(sensitive),
            today,
        )

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Context:
        """The context that `to_json` wrote."""
        return cls(**{**plain, "sensitive": tuple(plain.get("sensitive", ()))})

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "target": self.target,
            "favorable": self.favorable,
            "sensitive": list(self.sensitive),
            "today": self.today,
        }


@dataclass
class TableView:
    """A table, the facts of its columns, and the context; columns that were asked for stay in memory while there is
    room.
    """

    table: Table
    facts: Mapping[str, Mapping[str, Any]]
    context: Context = Context()
    narrow: Mapping[str, Table] = field(default_factory=dict)  # where the columns of a wide table lie as well
    _held: OrderedDict[str, ColumnView] = field(default_factory=OrderedDict)
    _sample: dict[str, np.ndarray] = field(default_factory=dict)
    _few: dict[str, np.ndarray] = field(default_factory=dict)
    _part: dict[str, np.ndarray] = field(default_factory=dict)
    _missing: dict[str, np.ndarray] = field(default_factory=dict)
    _labels: dict[str, np.ndarray] = field(default_factory=dict)
    rules: list[Any] | None = None  # see arithmetic.rules
    aliases: list[Any] | None = None  # see aliases.aliases
    hits: dict[str, list[Any]] = field(default_factory=dict)  # by check, see check.hits
    formulas: list[Any] | None = None  # see derived.formulas
    totals: list[tuple[str, np.ndarray]] | None = None  # see totals.labelled_totals

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return self.table.rows

    def distinct(self, name: str) -> int:
        """How many different values a column has; 0 where they could not be counted."""
        return int(self.facts[name]["distinct"] or 0)

    def remember(self, cells: ColumnView) -> None:
        """Keep a first look at a column while its cells are in memory anyway: what follows needs many
        columns no more.
        """
        self._sample[cells.name] = _encoded(cells.at(self._places(SAMPLE)))
        if cells.as_meant.type in ("integer", "decimal"):
            self._few[cells.name] = cells.as_meant.numbers[self._places(FEW)]
            self._part[cells.name] = cells.as_meant.numbers[self._places(SAMPLE)]
        if cells.facts["missing"]:
            self._missing[cells.name] = np.packbits(cells.missing)
        if cells.type == "text" and self.distinct(cells.name) > 1:
            self._labels[cells.name] = np.flatnonzero(cells.matching(_LABEL))

    def total_labels(self, name: str) -> np.ndarray:
        """The rows (places) in which a column of text says that they hold a total."""
        return self._labels[name] if name in self._labels else np.flatnonzero(self.cells(name).matching(_LABEL))

    def _places(self, size: int) -> np.ndarray:
        return np.linspace(0, self.rows - 1, min(size, self.rows)).astype(int)

    def few(self, name: str) -> np.ndarray:
        """The numbers of FEW rows spread evenly over the table, as meant."""
        if name not in self._few:
            self._few[name] = self.meant(name).numbers[self._places(FEW)]
        return self._few[name]

    def part(self, name: str) -> np.ndarray:
        """The numbers of SAMPLE rows spread evenly over the table, as meant: those whose codes `example` gives."""
        if name not in self._part:
            self._part[name] = self.meant(name).numbers[self._places(SAMPLE)]
        return self._part[name]

    def gaps(self, name: str) -> np.ndarray:
        """Which cells of a column are missing, eight rows to the byte."""
        return self._missing[name] if name in self._missing else np.packbits(self.cells(name).missing)

    @functools.cached_property
    def blank_rows(self) -> np.ndarray:
        """The rows in which every cell is missing (rows,); none where there is one column only."""
        if len(self.facts) < 2 or any("failed" in fact or not fact["missing"] for fact in self.facts.values()):
            return np.zeros(self.rows, dtype=bool)
        every = np.bitwise_and.reduce([self.gaps(name) for name in self.table.names])
        return np.unpackbits(every, count=self.rows).astype(bool)

    def cells(self, name: str) -> ColumnView:
        """The cells of a column."""
        if name not in self._held:
            self._held[name] = self.fresh(self.table.column(name))
            while len(self._held) > max(2, HELD // max(1, 9 * self.rows)):
                self._held.popitem(last=False)
        self._held.move_to_end(name)
        return self._held[name]

    def meant(self, name: str) -> ColumnView:
        """The cells of a column as meant: numbers or moments where most of a column of text can be read as such."""
        return self.cells(name).as_meant

    def meant_facts(self, name: str) -> Mapping[str, Any]:
        """The facts of a column as meant."""
        known = self.facts[name].get("meant") or {}
        return cast("Mapping[str, Any]", known.get("facts") or self.facts[name])

    def fresh(self, column: Column, blanked: Blanked | None = None) -> ColumnView:
        """The cells of a column, not kept."""
        facts = self.facts[column.name]
        made = ColumnView(self.narrow.get(column.name, self.table), column, facts, blanked)
        known = facts.get("meant") or {}
        if known.get("facts"):
            made.parsed = ParsedView(made, MeantType.from_json(known), known["facts"])
        return made

    def named(
        self, *kinds: str, types: Sequence[str] = (), most: int | None = None, least: int = 0, as_meant: bool = False
    ) -> list[str]:
        """The columns of these kinds (all, if none is given) and storage types with `least` to `most`
        distinct values; `as_meant`: a column of text that holds numbers or dates counts as such.
        """
        found = []
        for column in self.table.columns:
            facts = self.facts[column.name]
            if "failed" in facts:
                continue
            if as_meant:
                facts = self.meant_facts(column.name)
            kind, type_, distinct = facts["kind"], facts["type"], facts["distinct"]
            if (
                (not kinds or kind in kinds)
                and (not types or type_ in types)
                and distinct >= least
                and (most is None or distinct <= most)
            ):
                found.append(column.name)
        return found

    def codes(self, name: str) -> np.ndarray:
        """The column as whole numbers from 0, one per value; -1 where missing."""
        dictionary = self.cells(name).dictionary
        return dictionary[1] if dictionary is not None else np.full(self.rows, -1, dtype=np.int32)

    def values(self, name: str) -> list[Any]:
        """The values that the codes stand for."""
        dictionary = self.cells(name).dictionary
        return dictionary[0].to_pylist() if dictionary is not None else []

    def example(self, name: str) -> np.ndarray:
        """Codes of up to SAMPLE rows spread evenly over the table, the same rows for every column: for a first look."""
        if name not in self._sample:
            self._sample[name] = _encoded(self.cells(name).at(self._places(SAMPLE)))
        return self._sample[name]


def _encoded(values: pa.Array) -> np.ndarray:
    """Values as whole numbers from 0, one per value; -1 where missing."""
    return np.asarray(values.dictionary_encode().indices.fill_null(-1)).astype(np.int32, copy=False)


def as_text(values: pa.Array) -> list[str]:
    """Values as people read them."""
    return [str(value) for value in values.to_pylist()]
