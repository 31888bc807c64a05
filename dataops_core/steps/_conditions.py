"""Conditions on the cells of a row, as people write them: parsed to a tree, never run as code.

    age between 17 and 90                      "capital-gain" >= 0 and sex in ('F', 'M')
    if status = 'closed' then closed_on is not missing
    date(day) <= '2024-12-31'                  number(code) < 100
    abs(net + tax - gross) <= 0.005            code matches '[A-Z]{2}-[0-9]{4}'
    unique(order, line)                        follows(town, from zip)

Text stands in 'single quotes', a column whose name is more than one plain word in "double quotes". A comparison with a
missing cell is neither true nor false, as in SQL; a condition is broken only where it is known to be false.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from dataops_core.errors import SettingError

TOKEN = re.compile(
    r"""\s*(?:(?P<number>[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?)(?![\w.])
    |'(?P<text>(?:[^']|'')*)'|"(?P<quoted>(?:[^"]|"")*)"|(?P<word>[^\W\d]\w*)|(?P<sign><=|>=|<>|!=|==|[-+*/()<>=,]))""",
    re.VERBOSE,
)
PLAIN_NAME = re.compile(r"[^\W\d]\w*")
KEYWORDS = frozenset(["and", "or", "not", "if", "then", "in", "between", "is", "missing", "matches", "true", "false"])
FUNCTIONS = ("length", "abs", "date", "number")
TYPES = ("whole number", "number", "date", "boolean")
ARTICLES = ("a", "an")
COMPARED = {"=": "=", "==": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
LONGEST, DEEPEST = 20_000, 60


class Node(NamedTuple):
    """A part of a condition: what it does, and with what (nodes, names, numbers, texts)."""

    op: str
    parts: tuple[Any, ...]


def parse_condition(text: str) -> Node:
    """The tree of a condition; raises SettingError that names the place that does not fit.

    >>> parse_condition("age >= 17")
    Node(op='>=', parts=(Node(op='column', parts=('age',)), Node(op='value', parts=(17,))))
    """
    if len(text) > LONGEST:
        raise SettingError("This condition is too long.", f"{len(text):,} characters", "Make several of it.")
    return ConditionReader(text).whole()


class ConditionReader:
    """Reads a condition from left to right."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.depth = text, 0, 0
        self.tokens: list[tuple[str, Any, int]] = []
        place = 0
        while text[place:].strip():
            found = TOKEN.match(text, place)
            if found is None:
                raise self.error(place + len(text[place:]) - len(text[place:].lstrip()))
            name = str(found.lastgroup)
            self.tokens.append((name, found[name], found.start(name)))
            place = found.end()
        self.tokens.append(("end", "", len(text)))

    def error(self, place: int, wanted: str = "") -> SettingError:
        """What does not fit, and where."""
        seen = self.text[place : place + 20] or "the end"
        wanted = wanted or "Write it like: age between 17 and 90, or sex in ('F', 'M')."
        return SettingError(f'This condition cannot be read at "{seen}".', f"character {place + 1}", wanted)

    def peek(self, *words: str, ahead: int = 0) -> bool:
        """Whether one of these words or signs comes next."""
        name, value, _ = self.tokens[min(self.at + ahead, len(self.tokens) - 1)]
        return (name == "word" and str(value).lower() in words) or (name == "sign" and value in words)

    def take(self, *words: str) -> bool:
        """Go on past one of these words or signs, if one comes next."""
        if self.peek(*words):
            self.at += 1
            return True
        return False

    def need(self, word: str) -> None:
        """Go on past this word or sign; raises SettingError where another one comes."""
        if not self.take(word):
            raise self.error(self.tokens[self.at][2], f'"{word}" is expected here.')

    def whole(self) -> Node:
        """The whole text as one condition."""
        node = self.about_rows() if self.peek("unique", "follows") and self.peek("(", ahead=1) else self.either()
        if self.tokens[self.at][0] != "end":
            raise self.error(self.tokens[self.at][2])
        if kind_of(node) != "truth":
            raise self.error(0, "A condition compares something: age >= 17.")
        return node

    def about_rows(self) -> Node:
        """unique(a, b), or follows(b, from a): about a row among the others."""
        op = str(self.tokens[self.at][1]).lower()
        self.at += 1
        self.need("(")
        names = [self.name()]
        if op == "follows":
            self.need(",")
            self.need("from")
            names.append(self.name())
        while self.take(","):
            names.append(self.name())
        self.need(")")
        return Node(op, tuple(names))

    def name(self) -> str:
        """The name of a column."""
        kind, value, place = self.tokens[self.at]
        if kind not in ("word", "quoted"):
            raise self.error(place, "The name of a column is expected here.")
        self.at += 1
        return str(value).replace('""', '"') if kind == "quoted" else str(value)

    def deeper(self) -> None:
        """Go one level down; raises SettingError where there are too many."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error(self.tokens[self.at][2], "Too many parts lie in one another; make several conditions.")

    def either(self) -> Node:
        """Conditions put together by or; if … then …"""
        self.deeper()
        if self.take("if"):
            given = self.truth(self.either())
            self.need("then")
            node = Node("if", (given, self.truth(self.either())))
        else:
            node = self.both()
            while self.take("or"):
                node = Node("or", (self.truth(node), self.truth(self.both())))
        self.depth -= 1
        return node

    def both(self) -> Node:
        """Conditions put together by and."""
        node = self.negated()
        while self.take("and"):
            node = Node("and", (self.truth(node), self.truth(self.negated())))
        return node

    def negated(self) -> Node:
        """Not …"""
        count = 0
        while self.take("not"):
            count += 1
        node = self.compared()
        return Node("not", (self.truth(node),)) if count % 2 else node

    def truth(self, node: Node) -> Node:
        """The node, which must be true or false."""
        if kind_of(node) != "truth":
            raise self.error(self.tokens[self.at][2], "A comparison is expected before this.")
        return node

    def compared(self) -> Node:
        """One comparison."""
        left = self.added()
        _, value, _ = self.tokens[self.at]
        if self.tokens[self.at][0] == "sign" and value in COMPARED:
            self.at += 1
            return Node(COMPARED[value], (left, self.added()))
        if self.take("is"):
            return self.state(left)
        inverted = self.peek("not") and self.peek("in", "between", "matches", ahead=1)
        self.at += inverted
        if self.take("in"):
            node = Node("in", (left, tuple(self.values())))
        elif self.take("between"):
            low = self.added()
            self.need("and")
            node = Node("and", (Node(">=", (left, low)), Node("<=", (left, self.added()))))
        elif self.take("matches"):
            node = Node("matches", (left, self.pattern()))
        else:
            return left
        return Node("not", (node,)) if inverted else node

    def state(self, left: Node) -> Node:
        """Is missing, is not missing, is a number."""
        inverted = self.take("not")
        if self.take("missing"):
            node = Node("missing", (left,))
        else:
            if not self.take(*ARTICLES):
                raise self.error(self.tokens[self.at][2], 'Write "is missing" or "is a number".')
            kind = next((each for each in TYPES if all(map(self.comes, each.split(), range(2)))), None)
            if kind is None or left.op != "column":
                raise self.error(self.tokens[self.at][2], f"Write: column is a {', a '.join(TYPES)}.")
            self.at += len(kind.split())
            node = Node("is a", (left, kind))
        return Node("not", (node,)) if inverted else node

    def comes(self, word: str, ahead: int) -> bool:
        """Whether this word comes, so many tokens ahead."""
        return self.peek(word, ahead=ahead)

    def pattern(self) -> str:
        """A regular expression in single quotes."""
        kind, value, place = self.tokens[self.at]
        if kind != "text":
            raise self.error(place, "A pattern in single quotes is expected here: '[A-Z]{2}-[0-9]+'.")
        self.at += 1
        return check_pattern(str(value).replace("''", "'"))

    def values(self) -> Iterator[Any]:
        """Values in parentheses."""
        self.need("(")
        while True:
            negative = self.take("-")
            kind, value, place = self.tokens[self.at]
            self.at += 1
            if kind == "number":
                yield -number(value) if negative else number(value)
            elif kind == "text" and not negative:
                yield str(value).replace("''", "'")
            elif kind == "word" and str(value).lower() in ("true", "false") and not negative:
                yield str(value).lower() == "true"
            else:
                raise self.error(place, "A number, or a text in single quotes, is expected here.")
            if not self.take(","):
                break
        self.need(")")

    def added(self) -> Node:
        """Sums and differences."""
        self.deeper()
        node = self.multiplied()
        while self.peek("+", "-"):
            op = self.tokens[self.at][1]
            self.at += 1
            node = Node(op, (node, self.multiplied()))
        self.depth -= 1
        return node

    def multiplied(self) -> Node:
        """Products and quotients."""
        node = self.single()
        while self.peek("*", "/"):
            op = self.tokens[self.at][1]
            self.at += 1
            node = Node(op, (node, self.single()))
        return node

    def single(self) -> Node:
        """A column, a value, a function or something in parentheses."""
        kind, value, place = self.tokens[self.at]
        if kind == "end":
            raise self.error(place)
        self.at += 1
        if kind == "number":
            return Node("value", (number(value),))
        if kind == "text":
            return Node("value", (str(value).replace("''", "'"),))
        if kind == "quoted":
            return Node("column", (str(value).replace('""', '"'),))
        if kind == "sign":
            return self.signed(value, place)
        word = str(value).lower()
        if word in FUNCTIONS and self.peek("("):
            self.at += 1
            inner = self.added()
            self.need(")")
            return Node(word, (inner,))
        if word in ("true", "false"):
            return Node("value", (word == "true",))
        if word in KEYWORDS:
            raise self.error(place, f'Put a column that is called "{value}" in double quotes.')
        return Node("column", (str(value),))

    def signed(self, sign: str, place: int) -> Node:
        """A negative number or something in parentheses."""
        if sign == "-":
            self.deeper()
            inner = self.single()
            self.depth -= 1
            if inner.op == "value" and isinstance(inner.parts[0], (int, float)):
                return Node("value", (-inner.parts[0],))
            return Node("-", (Node("value", (0,)), inner))
        if sign != "(":
            raise self.error(place)
        node = self.either()
        self.need(")")
        return node


def number(text: str) -> int | float:
    """A number as written: a whole one exactly."""
    return int(text) if text.isdigit() and len(text) < 19 else float(text)


def check_pattern(pattern: str) -> str:
    """The pattern; raises SettingError where it is none, or has what one of the engines lacks."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise SettingError(
            f'"{pattern}" is not a regular expression: {error}.', "pattern", "Example: [A-Z]{2}-[0-9]+"
        ) from None
    if re.search(r"\(\?[=!<>P(]|\\[1-9]|[*+?}]\+", re.sub(r"\\\\", "", pattern)):
        raise SettingError(
            f'"{pattern}" looks around or back, which not every engine can.', "pattern", "Write it without."
        )
    return pattern


def kind_of(node: Node) -> str:
    """Whether a node is a truth or a value."""
    truths = ("=", "!=", "<", "<=", ">", ">=", "and", "or", "not", "if", "in", "missing", "matches", "is a")
    return "truth" if node.op in (*truths, "unique", "follows") else "value"


def columns_of(node: Any) -> list[str]:
    """The columns that a condition names, each once, in the order in which they come."""
    if not isinstance(node, Node):
        return []
    if node.op in ("column", "unique", "follows"):
        return list(dict.fromkeys(node.parts))
    return list(dict.fromkeys(name for part in node.parts for name in columns_of(part)))


def quoted(name: str) -> str:
    """A column's name as it stands in a condition.

    >>> quoted("age"), quoted("capital-gain")
    ('age', '"capital-gain"')
    """
    plain = PLAIN_NAME.fullmatch(name) and name.lower() not in KEYWORDS
    return name if plain else '"' + name.replace('"', '""') + '"'


def literal(value: Any) -> str:
    """A value as it stands in a condition.

    >>> literal("it's"), literal(2.50), literal(True)
    ("'it''s'", '2.5', 'true')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else repr(value)


def condition_text(node: Node) -> str:
    """A condition as text that parses to the same tree."""
    op, parts = node.op, node.parts
    if op == "column":
        return quoted(parts[0])
    if op == "value":
        return literal(parts[0])
    if op == "unique":
        return f"unique({', '.join(map(quoted, parts))})"
    if op == "follows":
        return f"follows({quoted(parts[0])}, from {', '.join(map(quoted, parts[1:]))})"
    if op in FUNCTIONS:
        return f"{op}({condition_text(parts[0])})"
    if op == "in":
        return f"{_inner(parts[0])} in ({', '.join(map(literal, parts[1]))})"
    if op == "matches":
        return f"{_inner(parts[0])} matches {literal(parts[1])}"
    if op in ("missing", "is a"):
        return f"{_inner(parts[0])} is {_state(node)}"
    if op == "not":
        inner = parts[0]
        stated = inner.op in ("missing", "is a")
        return f"{_inner(inner.parts[0])} is not {_state(inner)}" if stated else f"not ({condition_text(inner)})"
    if op == "if":
        return f"if {_inner(parts[0], 'if')} then {_inner(parts[1], 'if')}"
    if op == "and" and parts[0].op == ">=" and parts[1].op == "<=" and parts[0].parts[0] == parts[1].parts[0]:
        low, high = parts[0].parts[1], parts[1].parts[1]
        return f"{_inner(parts[0].parts[0])} between {_inner(low)} and {_inner(high)}"
    return f"{_inner(parts[0], op)} {op} {_inner(parts[1], op, last=True)}"


def _state(node: Node) -> str:
    return "missing" if node.op == "missing" else f"a {node.parts[1]}"


def _inner(node: Node, around: str = "", last: bool = False) -> str:
    """A part of a condition, in parentheses where it would be read otherwise."""
    text = condition_text(node)
    if node.op in ("column", "value", *FUNCTIONS):
        return text
    comparisons = ("=", "!=", "<", "<=", ">", ">=", "in", "matches", "missing", "is a")
    if node.op == "not" and node.parts[0].op in ("missing", "is a"):
        return text if around in ("and", "or", "if") else f"({text})"
    loose = (around in ("and", "or", "if") and node.op in comparisons) or (around == "if" and node.op in ("and", "or"))
    sums = around in comparisons and node.op in ("+", "-", "*", "/")
    chained = node.op == around and around in ("+", "and", "or") and not last
    return text if loose or sums or chained else f"({text})"
