"""A finding as a rule: what was found once is required from now on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dataops_core.rules.kinds.dependency import Dependency
from dataops_core.rules.kinds.not_missing import NotMissing
from dataops_core.rules.kinds.order import Order
from dataops_core.rules.kinds.pattern import Pattern
from dataops_core.rules.kinds.type_of_column import Type
from dataops_core.rules.kinds.unique import Unique
from dataops_core.rules.patterns import TIDY
from dataops_core.rules.rule import Rule

Names = Sequence[str]
MADE: Mapping[str, Callable[[Names], Rule]] = {
    "missing_cells": lambda names: NotMissing(column=names[0]),
    "missing_tokens": lambda names: NotMissing(column=names[0]),
    "duplicate_ids": lambda names: Unique(key_columns=tuple(names)),
    "broken_dependency": lambda names: Dependency(given_columns=tuple(names[:-1]), column=names[-1]),
    "end_before_start": lambda names: Order(first=names[0], second=names[1], compare="date"),
    "spaces_around_text": lambda names: Pattern(column=names[0], pattern=TIDY, in_words="has no spaces around it"),
    "numbers_as_text": lambda names: Type(column=names[0], type="number"),
    "numbers_mixed_with_words": lambda names: Type(column=names[0], type="number"),
    "dates_as_text": lambda names: Type(column=names[0], type="date"),
    "dates_mixed_with_words": lambda names: Type(column=names[0], type="date"),
}
NEEDED = {"broken_dependency": 2, "end_before_start": 2}


def rule_of(finding: Mapping[str, Any]) -> Rule | None:
    """The rule that a finding breaks; None where there is no plain one.

    >>> rule_of({"check": "duplicate_ids", "columns": ["id"]}).sentence
    'Each id comes once.'
    >>> rule_of({"check": "skewed", "columns": ["income"]}) is None
    True
    """
    made, names = MADE.get(finding["check"]), list(finding["columns"])
    if made is None or len(names) < NEEDED.get(finding["check"], 1):
        return None
    return made(names).changed(note=str(finding.get("title") or ""))
