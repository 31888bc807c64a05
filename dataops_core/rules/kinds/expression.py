"""Whatever a condition says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from dataops_core.errors import SettingError
from dataops_core.rules.rule import Rule, kind, setting
from dataops_core.steps._conditions import Node, condition_text, parse_condition


@kind
@dataclass(frozen=True, kw_only=True)
class Expression(Rule):
    """Whatever a condition says."""

    name: ClassVar[str] = "expression"
    title: ClassVar[str] = "Your own condition"
    about: ClassVar[str] = "A condition that every row meets: age between 17 and 90 and sex in ('F', 'M')."
    expression: str = setting(
        "Condition", "condition", "For example: discount <= 0.3 * price or manager is not missing"
    )

    @property
    def condition(self) -> Node:
        """The condition."""
        return parse_condition(self.expression)

    @property
    def words(self) -> str:
        """As a sentence without its end."""
        return condition_text(parse_condition(self.expression))

    @property
    def key(self) -> str:
        """The kind and the condition itself: a table can have several on the same columns."""
        return f"expression:{self.words}"

    def problems(self) -> Iterator[str]:
        """A condition that cannot be read."""
        try:
            parse_condition(self.expression)
        except SettingError as error:
            yield f"{error.what} {error.fix}"
