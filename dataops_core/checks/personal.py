"""Cells that name a person directly: addresses, numbers, names."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator

import numpy as np

from dataops_core.checks.column_view import ColumnView, Mask, each
from dataops_core.privacy.check_digits import is_card, is_iban
from dataops_core.privacy.patterns import CARD, EMAIL, IBAN, IPV4, SOCIAL

_PHONE = r"(\+|00)\d[\d\s().-]{6,18}\d"
_LOCAL_PHONE = r"\(?0?\d{2,5}\)?[\s./-]{0,3}\d{2,4}([\s.-]?\d{2,5}){1,3}( ?(x|ext\.?) ?\d+)?"
_NAME = (
    r"(?:(?:Dr|Mr|Mrs|Ms|Prof)\.? )?[A-ZÀ-Þ][^\W\d_]*(?:['’.-][^\W\d_]*)*(?:,?"
    r" (?:(?:van|von|de|der|den|del|di|la|le|el|bin|al|da|dos|ter) )*[A-ZÀ-Þ][^\W\d_]*(?:['’.-][^\W\d_]*)*){0,3}"
)

_PHONE_WORDS = {"phone", "tel", "telephone", "mobile", "fax", "cell", "handy"}
_REACHED = {"mail", "email", "address", "street", "iban", "passport", "ssn"}
_PERSON_WORDS = {"surname", "firstname", "lastname", "fullname", "forename", "vorname", "nachname"}
_OWNERS = {
    "first",
    "last",
    "full",
    "patient",
    "customer",
    "client",
    "employee",
    "person",
    "contact",
    "owner",
    "doctor",
    "physician",
    "student",
    "user",
    "member",
    "guest",
    "applicant",
    "given",
    "family",
    "middle",
    "maiden",
    "nurse",
    "teacher",
    "author",
    "manager",
    "cashier",
}
_THINGS = {
    "product",
    "item",
    "brand",
    "city",
    "country",
    "company",
    "file",
    "shop",
    "store",
    "device",
    "sensor",
    "station",
    "region",
    "state",
    "street",
    "column",
    "field",
    "event",
    "course",
    "school",
    "hospital",
    "drug",
    "species",
    "team",
    "category",
    "department",
    "brewery",
    "beer",
}


_COMPANY = re.compile(
    r"\b(?:gmbh|ag|kg|ltd|limited|inc|llc|plc|corp|co|company|sa|srl|bv|nv|oy|ab|group|holding|bank|hotel|school|shop|store"
    r"|services?|solutions?|systems?|partners|trading|industries|foundation|university|club|verein|e\.?v)\b\.?|&",
    re.IGNORECASE,
)


def personal_cells(column: ColumnView) -> Iterator[tuple[str, Mask]]:
    """What in a column names a person directly, most telling first: what it is, and which cells."""
    if column.type == "integer":
        if column.words & _PHONE_WORDS and column.distinct > 0.3 * column.present and column.facts["min"] > 10_000_000:
            yield "phone numbers", ~column.missing
        return
    some = column.sample(300)
    if not some:
        return
    yield "e-mail addresses", _fitting(column, EMAIL, must="@")
    phones = _fitting(column, _PHONE)
    if column.words & _PHONE_WORDS or phones.sum() > 0.2 * column.present:
        yield "phone numbers", phones
    if phones.any():
        yield "phone numbers", _fitting(column, _PHONE.replace("|00", ""))
    if column.words & _PHONE_WORDS and _share(some, _LOCAL_PHONE) > 0.6:
        yield "phone numbers", _fitting(column, f"{_PHONE}|{_LOCAL_PHONE}")
    for what, pattern, holds in (
        ("bank account numbers (IBAN)", IBAN, is_iban),
        ("payment card numbers", CARD, is_card),
        ("social security numbers", SOCIAL, None),
        ("network addresses", IPV4, None),
    ):
        if _share(some, pattern) > 0.5:
            yield what, _fitting(column, pattern, holds)
    if holds_person_names(column):
        yield "names of persons", ~column.missing


def holds_person_names(column: ColumnView) -> bool:
    """Whether a column of text holds the names of persons."""
    return column.type == "text" and _about_persons(column) and _share(column.sample(300), _NAME) > 0.8


def embedded_cells(column: ColumnView) -> Iterator[tuple[str, Mask]]:
    """What names a person directly inside longer texts: what it is, and which cells. Cells that are nothing else are
    not counted (see personal_cells).
    """
    if not column.present or column.facts.get("mean_length", 0) < 8 or not _is_prose(column.sample(300)):
        return
    whole = np.logical_or.reduce([np.zeros(column.rows, dtype=bool), *(mask for _, mask in personal_cells(column))])
    for what, sign, pattern, holds in _INSIDE:
        found = re.compile(pattern)
        mask = column.matching(sign) if sign else np.ones(column.rows, dtype=bool)
        if mask.any():
            mask = column.where(each(functools.partial(_holds, found, holds))) & ~whole
        if mask.any():
            yield what, mask


def _holds(pattern: re.Pattern[str], holds: Callable[[str], bool] | None, text: str) -> bool:
    return any(holds is None or holds(match[0]) for match in pattern.finditer(text))


def _is_prose(some: list[str]) -> bool:
    """Whether texts are several words long, some of them at least."""
    return bool(some) and float(np.mean([len(text.split()) >= 3 for text in some])) > 0.2


def is_about_persons(column: ColumnView) -> bool:
    """Whether a column's name says that it names persons or how to reach them, however often each of them comes up."""
    words = column.words
    named = words & _PERSON_WORDS or ("name" in words and words & _OWNERS)
    return bool(named or words & (_PHONE_WORDS | _REACHED))


def _about_persons(column: ColumnView) -> bool:
    """Whether the column's name says that it holds names of persons, and its values differ enough to tell
    them apart.
    """
    words = column.words
    named = bool(words & _PERSON_WORDS or ("name" in words and (words & _OWNERS or not words & _THINGS)))
    if words & _OWNERS and len(words) <= 2 and "name" not in words:  # "Customer", which may hold companies as well
        some = column.sample(200)
        is_company = [_COMPANY.search(text) is not None for text in some]
        named = _two_words(some) and float(np.mean(is_company)) < 0.2
    if not named or column.kind == "id" or words & _THINGS:
        return False
    return column.distinct >= min(50, 0.2 * column.present) and (
        bool(words & (_PERSON_WORDS | _OWNERS)) or _two_words(column.sample(200))
    )


def _two_words(some: list[str]) -> bool:
    return float(np.mean([len(text.split()) in (2, 3) for text in some])) > 0.8


def _share(some: list[str], pattern: str) -> float:
    whole = re.compile(pattern)
    return float(np.mean([bool(whole.fullmatch(text.strip())) for text in some]))


def _fitting(column: ColumnView, pattern: str, holds: Callable[[str], bool] | None = None, must: str = "") -> Mask:
    """Which cells match as a whole, spaces around aside, and pass the arithmetic that such numbers have."""
    if must and not column.matching(must).any():
        return np.zeros(column.rows, dtype=bool)
    mask = column.matching(rf"\s*(?:{pattern})\s*".replace(r"[\w", r"[\p{L}\d_"), whole=True)
    return mask & column.where(each(holds)) if holds and mask.any() else mask


_EMBEDDED_PHONE = (
    r"(?<![\w.,])(?:(?:\+|00)[1-9]\d{0,2}[\s(./-]*\d[\d\s()./-]{5,16}\d|\(?0\d{1,4}\)?[\s/-]{1,3}\d{3,4}"
    r"(?:[\s-]?\d{2,4}){1,3}|\(\d{3}\) ?\d{3}[-. ]\d{4}|\d{3}[-. ]\d{3}[-. ]\d{4})(?![\w]|[.,]\d)"
)
# what it is, what all such texts contain (RE2), the pattern, and the arithmetic that such numbers have
_INSIDE: tuple[tuple[str, str, str, Callable[[str], bool] | None], ...] = (
    ("e-mail addresses", "@", EMAIL, None),
    ("phone numbers", r"\d[\d\s()./-]{5,}\d", _EMBEDDED_PHONE, None),
    ("bank account numbers (IBAN)", r"[A-Z]{2}\d{2}", rf"\b(?:{IBAN})\b", is_iban),
    ("payment card numbers", r"\d{4}[ -]?\d{4}", rf"(?<!\d)(?:{CARD})(?!\d)", is_card),
)
