"""Texts are built in one way: a regular expression, shown as words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from dataops_core.errors import SettingError
from dataops_core.rules.patterns import NO_DIGITS, TIDY, learn_pattern
from dataops_core.rules.rule import Candidate, Fix, Rule, kind, quarantine_fix, setting, suggests
from dataops_core.rules.view import SuggestView
from dataops_core.steps._conditions import Node, check_pattern
from dataops_core.table import Column

FEWEST = 50
SURE_OF_ABSENCE = 500  # values without a digit before it is taken for impossible


@kind
@dataclass(frozen=True, kw_only=True)
class Pattern(Rule):
    """Texts are built in one way."""

    name: ClassVar[str] = "pattern"
    title: ClassVar[str] = "Pattern"
    about: ClassVar[str] = "Every text matches a regular expression as a whole."
    column: str = setting("Column", "column")
    pattern: str = setting("Pattern", "text", "A regular expression for the whole text: [A-Z]{2}-[0-9]+")
    in_words: str = setting("In words", "text", "How people read it", default="")

    @property
    def condition(self) -> Node:
        """The text matches."""
        return Node("matches", (Node("column", (self.column,)), self.pattern))

    @property
    def words(self) -> str:
        """As a sentence without its end."""
        return f"{self.column} {self.in_words}" if self.in_words else f"{self.column} matches {self.pattern}"

    def problems(self) -> Iterator[str]:
        """A pattern that is none."""
        try:
            check_pattern(self.pattern)
        except SettingError as error:
            yield error.what

    def fix(self, columns: Mapping[str, Column]) -> Fix:
        """Trim, where spaces are what is wrong; else replace by a pattern, or set aside."""
        if self.pattern in (TIDY, NO_DIGITS) and columns[self.column].type == "text":
            return Fix(f"Trim spaces in {self.column}", "trim_spaces", {"columns": [self.column]})
        return quarantine_fix(self, f"Set aside the rows whose {self.column} is built otherwise, or correct them")


@suggests(Pattern)
def suggest(view: SuggestView) -> Iterator[Candidate]:
    """Codes and addresses by their pattern; other texts by what none of them has: spaces around, digits."""
    for column in view.named("text"):
        if view.present(column.name) < FEWEST or column.name in view.closed:
            continue
        texts = [str(text) for text in view.sample[column.name].dropna().drop_duplicates()[:5_000]]
        found = learn_pattern(texts)
        if found is not None:
            verb = "is" if found.words.startswith(("a ", "an ")) else "is written as"
            yield Candidate(Pattern(column=column.name, pattern=found.pattern, in_words=f"{verb} {found.words}"), 0.98)
            continue
        plain = len(texts) >= SURE_OF_ABSENCE or (view.distinct(column.name) <= len(texts) <= 0.02 * view.rows)
        digits = sum(any(c.isdigit() for c in text) for text in texts)
        mean_length = sum(map(len, texts)) / max(1, len(texts))
        if plain and digits <= 0.005 * len(texts) and mean_length <= 40:
            yield Candidate(
                Pattern(column=column.name, pattern=NO_DIGITS, in_words="has no digits, and no spaces around it"), 0.99
            )
        elif not any(re.search(r"[\r\n]", text) for text in texts):
            yield Candidate(Pattern(column=column.name, pattern=TIDY, in_words="has no spaces around it"), 0.95)
