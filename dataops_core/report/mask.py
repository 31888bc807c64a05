"""What a report says of single values: those that may name a person are shown as shapes, those of few rows
not at all.
"""

from __future__ import annotations

import ast
import functools
import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dataops_core.checks
from dataops_core.privacy.masking import shape
from dataops_core.table import Table, shown

FEW = 10  # rows below which a category may give a person away
LONG = 60  # signs of a value that are shown
RARE = f"(fewer than {FEW} rows)"

_AT = re.compile(r"[@＠﹫]")
_MAIL = re.compile(r"[^\s@＠﹫]+\s?[@＠﹫]\s?[^\s@＠﹫]+")
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:1[6-9]|20|21)\d\d"
_DATE = (  # dates and spans of years (and a SHA-256) may have the digits of a phone number and are none
    rf"(?:{_YEAR}(?P<a>[-/.]){_MONTH}(?P=a){_DAY}|{_DAY}(?P<b>[-/.]){_MONTH}(?P=b){_YEAR}|{_MONTH}(?P<c>[-/.]){_DAY}(?P=c){_YEAR}"
    rf"|{_YEAR}\s?[-–/]\s?{_YEAR})(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(?![-/. ]?\d)"
)
_PHONE = re.compile(
    rf"(?<!\d)(?<!\d[,.])(?:(?P<kept>{_DATE}|\b[0-9a-f]{{64}}\b)|\+?\(?\d(?:[\s./()‐‑–—-]{{0,3}}\d){{6,}})"
)
_DECIMAL = re.compile(r"(?:0|[1-9]\d*)\.\d+")
_QUOTED = re.compile(r'"([^"]*)"')
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_CODE = re.compile(r"\b(?=\w*\d)(?=\w*[^\W\d_])\w+")  # letters and digits in one
# by which checks name a way to write dates
_FORM = re.compile(r"(?<!\w)(?:31|12|20|2020|Dec)(?:[/. ,-]{1,2}(?:31|12|20|2020|Dec)){2}(?!\w)")
# counts of ours have commas; four digits without one come from cells
_FIGURE = re.compile(r"(?<![\d,.])\d{4,}(?:\.\d+)?(?!,\d)")
_PARTS = re.compile(r"(<style>.*?</style>|<[^>]*>)", re.DOTALL)
_SPOKEN = re.compile(r'((?:aria-label|title|content)=")([^"]*)"')


def masked(text: str) -> str:
    """The text with everything as its shape that looks like an e-mail address or a phone number.

    >>> masked("Call +31 6 1234 5678 or write to jo@example.com by 2026-12-31, 09:30; 1,234,567 rows, 0.12345678")
    'Call +99 9 9999 9999 or write to aa@aaaaaaa.aaa by 2026-12-31, 09:30; 1,234,567 rows, 0.12345678'
    """
    if _AT.search(text):  # an address is looked for from every letter on, which takes long
        text = _MAIL.sub(lambda found: shape(found[0]), text)
    return _PHONE.sub(_phone, text)


def _phone(found: re.Match[str]) -> str:
    return found[0] if found["kept"] or _DECIMAL.fullmatch(found[0]) else shape(found[0])


def masked_document(document: str) -> str:
    """The last pass over a whole HTML document: its text and what is read aloud in place of pictures, markup left
    alone.
    """

    def again(text: str) -> str:
        plain = html.unescape(text)
        told = masked(plain)
        return text if told == plain else html.escape(told)

    return "".join(
        (
            (part if part.startswith("<style>") else _SPOKEN.sub(lambda m: f'{m[1]}{again(m[2])}"', part))
            if part.startswith("<")
            else again(part)
        )
        for part in _PARTS.split(document)
    )


@functools.cache
def vocabulary() -> frozenset[str]:
    """The words that checks have of their own: what else a message says comes from cells."""
    words: set[str] = set()
    for path in sorted(Path(str(dataops_core.checks.__file__)).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.update(word.casefold() for word in _WORD.findall(node.value))
    return frozenset(words)


@dataclass(frozen=True)
class Words:
    """How this report speaks of values; `show` shows them all as they are."""

    show: bool
    facts: Mapping[str, Mapping[str, Any]]
    private: frozenset[str] = frozenset()
    secrets: Callable[[str], str] = field(default=lambda text: text)
    counted: Callable[[str], Mapping[str, int]] | None = None

    @classmethod
    def of(cls, profile: Mapping[str, Any], *, show: bool = False, table: Table | None = None) -> Words:
        """The words for a profile; private are identifiers, free text, and columns in which persons were found.

        Facts name the most and the least frequent values; with the table, the others can be counted too.
        """
        named = {
            name
            for finding in profile["findings"]
            if finding["check"] == "direct_identifiers"
            for name in finding["columns"]
        }
        private = {
            name
            for name, fact in profile["facts"].items()
            if name in named or fact["kind"] == "id" or (fact["type"] == "text" and fact["kind"] != "category")
        }
        secrets = _secrets(profile["facts"], private, set(profile["facts"]))
        return cls(show, profile["facts"], frozenset(private), secrets, _counting(table) if table else None)

    def hides(self, column: str) -> bool:
        """Whether the values of a column are shown as shapes only."""
        return not self.show and column in self.private

    def text(self, text: object, long: int = LONG) -> str:
        """A text for the document: masked, cut, on one line, escaped."""
        plain = " ".join(str(text)[: 4 * long + 200].encode("utf-8", "replace").decode().split())
        if not plain.isprintable():
            plain = "".join(c if c.isprintable() else "�" for c in plain)
        told = plain if self.show else masked(plain)
        return html.escape(told if len(told) <= long else told[: long - 1] + "…")

    def value(self, column: str, text: str, count: int | None) -> str:
        """A value of a column as it may be shown, not escaped yet."""
        if self.hides(column):
            return shape(text)
        return (
            RARE
            if not self.show
            and count is not None
            and count < FEW
            and self.facts[column]["kind"] in ("category", "boolean")
            else text
        )

    def quoted(self, column: str, text: str) -> str:
        """A value of a column whose count is not given: it is looked up, and a value that may have few rows is not
        shown.
        """
        fact = self.facts.get(column)
        if self.show or fact is None or (fact["kind"] not in ("category", "boolean") and column not in self.private):
            return text
        counts = {entry["value"]: entry["count"] for entry in (*fact["top"], *fact["bottom"])}
        if text not in counts and self.counted and column not in self.private:
            # what is not a value counts no rows
            counts = dict(self.counted(column)) | {text: self.counted(column).get(text, FEW)}
        if text in counts:
            return self.value(column, text, counts[text])
        # what is not listed has at least as many rows
        least = max((entry["count"] for entry in fact["bottom"]), default=0)
        return shape(text) if column in self.private or least < FEW else text

    def message(self, finding: Mapping[str, Any]) -> str:
        """What a finding says, without the values that it must not say; not escaped yet."""
        told = str(finding["message"])
        columns = [name for name in finding["columns"] if name in self.facts]
        if self.show:
            return told
        kept = sorted({name for name in columns if name}, key=len, reverse=True)
        for number, name in enumerate(kept):  # names of columns are no values
            told = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", chr(0xE000 + number), told)
        told = _QUOTED.sub(lambda found: f'"{self._least(columns, found[1])}"', told)
        for form in dict.fromkeys(_FORM.findall(told)):  # nor is the example of a form
            told, kept = told.replace(form, chr(0xE000 + len(kept))), [*kept, form]
        told = self.secrets(told)
        if any(name in self.private for name in columns):
            told = _FIGURE.sub(lambda found: shape(found[0]), _CODE.sub(lambda found: shape(found[0]), told))
            told = _WORD.sub(lambda found: found[0] if found[0].casefold() in vocabulary() else shape(found[0]), told)
        for number, text in enumerate(kept):
            told = told.replace(chr(0xE000 + number), text)
        return told

    def _least(self, columns: list[str], text: str) -> str:
        """A quoted text, shown only if every column that it may come from allows it."""
        if not columns and self.private:
            return shape(text)
        return next((told for told in (self.quoted(column, text) for column in columns) if told != text), text)


def _counting(table: Table) -> Callable[[str], Mapping[str, int]]:
    """A function that counts the values of a column, as people read them; each column once."""

    @functools.cache
    def counted(name: str) -> Mapping[str, int]:
        return {str(value): int(count) for value, count in shown(table.frame([name])[name]).value_counts().items()}

    return counted


def _secrets(facts: Mapping[str, Mapping[str, Any]], private: set[str], names: set[str]) -> Callable[[str], str]:
    """A function that hides the known values of private columns, and rare categories, wherever a text holds them."""
    counted = [
        (name, entry["value"], entry["count"])
        for name, fact in facts.items()
        for entry in (*fact["top"], *fact["bottom"])
    ]
    groups = {name for name, fact in facts.items() if fact["kind"] == "category"} - private
    common = {value for name, value, count in counted if name in groups and count >= FEW}
    hidden = {value for name, value, _ in counted if name in private} | {
        value for name, value, n in counted if name in groups and n < FEW
    } - common
    known = {
        value
        for value in hidden
        if 4 <= len(value) <= 200 and value not in names and value.casefold() not in vocabulary()
    }
    if not known:
        return lambda text: text
    rare = known - {value for name, value, _ in counted if name in private}
    some = re.compile(
        r"(?<!\w)(?:" + "|".join(re.escape(value) for value in sorted(known, key=lambda v: (-len(v), v))) + r")(?!\w)"
    )
    return lambda text: some.sub(lambda found: RARE if found[0] in rare else shape(found[0]), text)
