"""Constraint: the base of all types, and how rows that violate them are counted."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest

TYPES: dict[str, type[Constraint]] = {}


@dataclass(frozen=True)
class SdvCall:
    """A constraint as SDV takes it: the name of a class of `sdv.cag` and its arguments."""

    name: str
    arguments: Mapping[str, Any]

    def source(self) -> str:
        """The call as Python source."""
        return f"{self.name}({', '.join(f'{name}={value!r}' for name, value in self.arguments.items())})"


@dataclass(frozen=True)
class Constraint(ABC):
    """What each type defines beside `columns`. Instances are values: equal where they say the same."""

    columns: tuple[str, ...]

    type: ClassVar[str]
    least: ClassVar[int] = 1  # columns that it takes, at least
    of_amounts: ClassVar[bool] = False  # whether its columns hold numbers or dates
    of_rows: ClassVar[bool] = True  # False: one row alone cannot violate it
    drawable: ClassVar[bool] = True  # whether rows without gaps can be drawn until they satisfy it
    joint: ClassVar[bool] = False  # whether its columns are best learned as one category
    priority: ClassVar[int] = 9  # of two that share a column, SDV gets the one with the lower number

    def __init_subclass__(cls, **rest: Any) -> None:
        super().__init_subclass__(**rest)
        TYPES[cls.type] = cls

    @classmethod
    def read(cls, columns: tuple[str, ...], plain: Mapping[str, Any]) -> Constraint:  # noqa: ARG003 - for most types
        """The constraint in plain JSON values. Raises SettingError where something is missing."""
        return cls(columns)

    @property
    def bound(self) -> tuple[str, ...]:
        """All columns that it speaks of."""
        return self.columns

    @abstractmethod
    def words(self) -> str:
        """It as a sentence."""

    @abstractmethod
    def satisfied(self, frame: pd.DataFrame) -> np.ndarray:
        """Whether each row (rows,) satisfies it; of rows that it does not speak of, anything."""

    def asked_of(self, frame: pd.DataFrame) -> np.ndarray:
        """The rows (rows,) that it speaks of: those in which all of its columns hold something."""
        return np.asarray(frame[list(self.bound)].notna().all(axis=1))

    def holds(self, frame: pd.DataFrame) -> np.ndarray:
        """Whether each row (rows,) satisfies it; a row that it does not speak of does."""
        return self.satisfied(frame) | ~self.asked_of(frame)

    def sdv(self) -> SdvCall | None:
        """It as SDV takes it; None where SDV cannot hold it."""
        return None

    def details(self) -> dict[str, Any]:
        """What belongs to it beside its columns, as JSON."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "columns"}

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values, as `reading.from_json` takes them."""
        return {"type": self.type, "columns": list(self.columns), **self.details()}

    def check(self, frame: pd.DataFrame) -> None:
        """Raises SettingError where a column is not in the frame, or holds text where amounts are needed."""
        for name in self.bound:
            if name not in frame.columns:
                raise SettingError(
                    f'There is no column "{name}".', self.place, nearest(name, [str(each) for each in frame.columns])
                )
            if self.of_amounts and frame[name].dtype == object:
                raise SettingError(
                    f'"{name}" holds text, and this constraint needs amounts.',
                    self.place,
                    "Choose a column of numbers or dates.",
                )

    @property
    def place(self) -> str:
        """Where errors say that they are."""
        return f"constraint {self.type}"


@dataclass(frozen=True)
class CountedConstraint:
    """A constraint with the rows that it can be asked of, and those that violate it."""

    constraint: Constraint
    rows: int
    violations: int

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            **self.constraint.to_json(),
            "words": self.constraint.words(),
            "rows": self.rows,
            "violations": self.violations,
        }


def lacks(kind: str, columns: Sequence[str]) -> SettingError:
    """The error for a constraint in which something is missing."""
    return SettingError(
        f'A constraint of the type "{kind}" on {", ".join(columns) or "no column"} lacks something.',
        f"constraint {kind}",
        "Name its columns, and total, by, or min and max where it needs them.",
    )


def counted(frame: pd.DataFrame, constraint: Constraint) -> CountedConstraint:
    """The constraint with its rows and violations in a frame."""
    return CountedConstraint(constraint, int(constraint.asked_of(frame).sum()), int((~constraint.holds(frame)).sum()))


def all_hold(frame: pd.DataFrame, constraints: Iterable[Constraint]) -> np.ndarray:
    """Whether each row satisfies all constraints but those that are a matter of the whole column."""
    made = np.ones(len(frame), dtype=bool)
    for each in constraints:
        if each.of_rows:
            made &= each.holds(frame)
    return made


def sdv_calls(constraints: Iterable[Constraint]) -> list[SdvCall]:
    """What SDV can hold of these constraints: each column in one of them at most."""
    made, taken = [], set[str]()
    for each in sorted(constraints, key=lambda one: one.priority):
        call = each.sdv()
        if call and not taken & set(each.bound):
            made.append(call)
            taken |= set(each.bound)
    return made
