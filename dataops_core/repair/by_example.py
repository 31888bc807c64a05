"""A rewriting inferred from one or two results that a person wrote.

Two ways are tried, and the one that covers more cells is taken: a small program over the words and numbers of a cell
(take, reorder, shorten, change the case, put constants between; cheapest program first, as in Gulwani, "Automating
String Processing in Spreadsheets Using Input-Output Examples", POPL 2011), and another form of the same date, time,
duration, page range, amount, code or name.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from dataops_core.errors import SettingError
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.repair.encoding import encode
from dataops_core.repair.notation.formats import KINDS
from dataops_core.table import Table
from dataops_core.values.text import LETTER

TOKEN = re.compile(rf"{LETTER}+|\d+|\s+|[^\w\s]|_")
CASES: dict[str, Callable[[str], str]] = {"": str, "upper": str.upper, "lower": str.lower, "title": str.title}
MOST_TRIED = 20_000  # beginnings of programs
LONGEST = 300  # characters of an example
LITERAL = 0.5  # of the cells of a shape that hold a word which the program does not use: then it is part of the shape
MOST_GROUPS = 9  # of a pattern, that a replacement can name
MOST_LISTED = 5_000  # values in a list of old and new ones


@dataclass(frozen=True)
class Atom:
    """A piece of a result: a constant, or a token (its place) as a whole or in part, in some case."""

    text: str = ""
    token: int = -1
    start: int = 0
    stop: int = 0  # 0: to the end
    case: str = ""

    def of(self, tokens: Sequence[str]) -> str:
        """The piece, for a cell with these tokens."""
        if self.token < 0:
            return self.text
        part = tokens[self.token][self.start : self.stop or None]
        return CASES[self.case](part)

    @property
    def cost(self) -> float:
        """How far-fetched it is: whole tokens are better than parts, and parts better than constants."""
        if self.token < 0:
            return 2.0 if self.text.isalnum() else 0.4
        return 1.0 + 0.6 * bool(self.start or self.stop) + 0.3 * bool(self.case)


@dataclass
class Rewriting:
    """What was inferred: the steps for a recipe, old and new values with how many cells hold them, what could not be
    rewritten alike (more examples would help), and how it was found.
    """

    steps: list[RecipeStep]
    changes: dict[str, str]
    cells: int
    left: list[str]
    how: str

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "cells": self.cells,
            "values": len(self.changes),
            "changes": [{"old": old, "new": new} for old, new in list(self.changes.items())[:20]],
            "left": self.left,
            "how": self.how,
            "steps": [step.to_json() for step in self.steps],
        }


def infer(table: Table, column: str, examples: Mapping[str, str]) -> Rewriting:
    """The rewriting of a column that gives these results; raises SettingError where none is found."""
    if column not in table.names or table.column(column).type != "text":
        raise SettingError(f'"{column}" is not a text column.', "by example", "Name a column of text.")
    coded = encode(table, [column]).columns[0]
    values = {value: number for value, number in zip(coded.values, coded.counts.tolist(), strict=True) if number}
    given = {old: new for old, new in examples.items() if old != new}
    unknown = [old for old in given if old not in values]
    if unknown or not given:
        what = f'No cell of "{column}" holds "{unknown[0]}".' if unknown else "No example changes anything."
        raise SettingError(what, "by example", "Give the value of a cell, and what it should become.")
    options = [made for made in (_forms(given, values), _programs(given, values)) if made is not None]
    if not options:
        raise SettingError(
            "No rewriting gives these results.",
            "by example",
            "Check the spelling of the examples, or give examples whose parts stand in the old values.",
        )
    best = max(options, key=lambda made: sum(values[old] for old in made.changes))
    shapes = {_shape(TOKEN.findall(new)) for new in best.changes.values()}
    open_values = [old for old in values if old not in best.changes and _shape(TOKEN.findall(old)) not in shapes]
    open_values.sort(key=lambda old: (-values[old], old))
    return Rewriting(
        [RecipeStep("replace_values", {"column": column, **best.settings}, why="By example")],
        best.changes,
        sum(values[old] for old in best.changes),
        open_values[:5],
        best.how,
    )


@dataclass
class _Option:
    """Settings of the step that replaces values, its changes, and how it was found."""

    settings: dict[str, Any]
    changes: dict[str, str]
    how: str = ""


def _shape(tokens: Sequence[str]) -> tuple[str, ...]:
    """The kinds of tokens: letters, digits and spaces of any length, other signs as they are.

    >>> _shape(["AB", "-", "12"])
    ('a', '-', '9')
    """
    return tuple(
        "a" if token[0].isalpha() else "9" if token[0].isdigit() else " " if token.isspace() else token
        for token in tokens
    )


@dataclass
class _Rule:
    """A program for cells of one shape, and the words that such a cell must hold."""

    shape: tuple[str, ...]
    program: Sequence[Atom]
    literal: Mapping[int, str] = field(default_factory=dict)

    def apply(self, tokens: Sequence[str]) -> str | None:
        """The result for a cell; None where it is of another shape."""
        if _shape(tokens) != self.shape or any(tokens[at] != word for at, word in self.literal.items()):
            return None
        return "".join(atom.of(tokens) for atom in self.program)

    def pattern(self) -> tuple[str, str] | None:
        """The rule as a pattern and its replacement; None where these cannot express it."""
        parts: list[str] = []
        numbers: dict[int, int] = {}
        for at, kind in enumerate(self.shape):
            kinds = {(atom.start, atom.stop) for atom in self.program if atom.token == at}
            sign = {"a": LETTER, "9": r"\d", " ": r"\s"}.get(kind)
            if len(kinds) > 1:
                return None
            if not kinds:
                word = self.literal.get(at, kind if sign is None else None)
                parts.append(f"{sign}+" if word is None else re.escape(word))
                continue
            numbers[at] = len(numbers) + 1
            start, stop = kinds.pop()
            if sign is None:
                parts.append(f"({re.escape(kind)})")
            elif start < 0:
                parts.append(f"{sign}*({sign}{{{-start}}})")
            elif stop:
                parts.append(f"({sign}{{{stop}}}){sign}*")
            else:
                parts.append(f"({sign}+)")
        if len(numbers) > MOST_GROUPS or any(atom.case or "\\" in atom.text for atom in self.program):
            return None
        new = "".join(f"\\{numbers[atom.token]}" if atom.token >= 0 else atom.text for atom in self.program)
        return rf"\A{''.join(parts)}\Z", new


def _programs(examples: Mapping[str, str], values: Mapping[str, int]) -> _Option | None:
    """A program for the examples of each shape."""
    tokens = {value: TOKEN.findall(value) for value in values}
    groups: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for old in examples:
        groups[_shape(tokens[old])].append(old)
    rules = []
    for shape, olds in groups.items():
        program = _program([tokens[old] for old in olds], [examples[old] for old in olds])
        if program is None:
            return None
        alike = [(tokens[value], number) for value, number in values.items() if _shape(tokens[value]) == shape]
        rules.append(_Rule(shape, program, _literal(shape, program, [tokens[old] for old in olds], alike)))
    changes = {}
    for value, own in tokens.items():
        new = next((new for new in (rule.apply(own) for rule in rules) if new is not None), None)
        if new is not None and new != value:
            changes[value] = new
    patterns = [rule.pattern() for rule in rules]
    known = [pair for pair in patterns if pair is not None]
    if len(known) == len(rules) and all(_replaced(value, known) == changes.get(value, value) for value in values):
        return _Option({"mapping": dict(known), "match": "pattern"}, changes, "a pattern over words and numbers")
    return _listed(changes, "words and numbers, by a list of values")


def _listed(changes: dict[str, str], how: str) -> _Option | None:
    return _Option({"mapping": changes}, changes, how) if 0 < len(changes) <= MOST_LISTED else None


def _replaced(text: str, patterns: Sequence[tuple[str, str]]) -> str:
    """What the step makes of a text."""
    for old, new in patterns:
        found = re.search(old, text)
        if found is not None:
            text = re.sub(r"\\([1-9])", lambda at, found=found: found[int(at[1])], new)  # type: ignore[misc]
    return text


def _literal(
    shape: Sequence[str],
    program: Sequence[Atom],
    examples: Sequence[Sequence[str]],
    alike: Sequence[tuple[Sequence[str], int]],
) -> dict[int, str]:
    """The words that are part of the shape: not used, the same in all examples and in most cells."""
    used = {atom.token for atom in program}
    made = {}
    for at, kind in enumerate(shape):
        words = {tokens[at] for tokens in examples}
        if at in used or kind not in ("a", "9") or len(words) > 1:
            continue
        word = words.pop()
        same = sum(number for tokens, number in alike if tokens[at] == word)
        if same > LITERAL * sum(number for _, number in alike):
            made[at] = word
    return made


def _program(olds: Sequence[Sequence[str]], news: Sequence[str]) -> Sequence[Atom] | None:
    """The cheapest program that makes all new texts from the tokens of the old ones."""
    if any(len(new) > LONGEST or len(old) > LONGEST for old, new in zip(olds, news, strict=True)):
        return None
    order = count()
    start = tuple(0 for _ in news)
    heap: list[tuple[float, int, tuple[int, ...], tuple[Atom, ...]]] = [(0.0, next(order), start, ())]
    done: set[tuple[int, ...]] = set()
    while heap and len(done) < MOST_TRIED:
        cost, _, places, program = heapq.heappop(heap)
        if places in done:
            continue
        done.add(places)
        if all(place == len(new) for place, new in zip(places, news, strict=True)):
            return program
        for atom in _atoms(olds[0], news[0][places[0] :]):
            after = []
            for tokens, new, place in zip(olds, news, places, strict=True):
                piece = atom.of(tokens)
                if not piece or not new.startswith(piece, place):
                    break
                after.append(place + len(piece))
            else:
                heapq.heappush(heap, (cost + atom.cost, next(order), tuple(after), (*program, atom)))
    return None


def _atoms(tokens: Sequence[str], rest: str) -> Iterator[Atom]:
    """The pieces with which the rest of a result can begin."""
    if rest:
        yield Atom(rest[0])
    for at, token in enumerate(tokens):
        if not token[0].isalnum():
            continue
        for case, change in CASES.items():
            if case and change(token) == token:
                continue
            if rest.startswith(change(token)):
                yield Atom(token=at, case=case)
            for size in range(1, min(len(token), 5)):
                if rest.startswith(change(token[:size])):
                    yield Atom(token=at, stop=size, case=case)
                if not case and rest.startswith(token[-size:]):
                    yield Atom(token=at, start=-size)


def _forms(examples: Mapping[str, str], values: Mapping[str, int]) -> _Option | None:
    """Another form of the same date, time and so on: that of the results, for cells that are read as the examples."""
    for kind in KINDS:
        if kind.name in ("name", "code"):
            continue  # programs over words do the same, and on next month's file too
        wanted: Counter[tuple] = Counter()
        families: set[object] = set()
        for old, new in examples.items():
            results = kind.read(new)
            given = {value for value, _ in results}
            families |= {kind.family(form) for value, form in kind.read(old) if value in given}
            held = {value for value, _ in kind.read(old)}
            wanted.update({form for value, form in results if value in held})
        known = [form for form, number in wanted.items() if number == len(examples)]
        if known:  # the one that most cells have already; with leading zeros, where nothing tells
            there = Counter(form for value in values for _, form in kind.read(value))
            form = max(known, key=lambda form: (there[form], str(form)))
            changes = dict(examples)
            for value in values.keys() - examples.keys():
                readings = kind.read(value)
                made = {kind.write(own, form) for own, held in readings if kind.family(held) in families}
                written = made.pop() if len(made) == 1 and form not in {held for _, held in readings} else None
                if written is not None and written != value:
                    changes[value] = written
            ordered = {value: changes[value] for value in values if value in changes}
            return _listed(ordered, f"another form of the same {kind.name}")
    return None
