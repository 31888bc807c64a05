"""What a report says of single values: those that may name a person are shown as shapes, those of few rows
not at all.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True)
class Words:
    """How this report speaks of values; `show` shows them all as they are."""

    show: bool
    facts: Mapping[str, Mapping[str, Any]]
    private: frozenset[str] = frozenset()
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
        return cls(show, profile["facts"], frozenset(private), _counting(table) if table else None)

    def hides(self, column: str) -> bool:
        """Whether the values of a column are shown as shapes only."""
        return not self.show and column in self.private

    def text(self, text: object, long: int = LONG) -> str:
        """A text for the document: masked, cut, on one line; not escaped yet."""
        plain = " ".join(str(text)[: 4 * long + 200].encode("utf-8", "replace").decode().split())
        if not plain.isprintable():
            plain = "".join(c if c.isprintable() else "�" for c in plain)
        told = plain if self.show else masked(plain)
        return told if len(told) <= long else told[: long - 1] + "…"

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
        """What a finding says, without the values that it must not say; not escaped yet. Where it does not tell which
        of its words are values, it says how many rows it is about.
        """
        told = str(finding["message"])
        if self.show:
            return told
        spans = finding.get("values")
        if spans is None:
            return f"{finding['title']}: {finding['count']:,} rows."
        columns = [name for name in finding["columns"] if name in self.facts]
        out, last = "", 0
        for start, end in sorted((int(first), int(last)) for first, last in spans):
            out += told[last:start] + self._least(columns, told[start:end])
            last = end
        return out + told[last:]

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
