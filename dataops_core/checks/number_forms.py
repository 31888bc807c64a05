"""How a text writes a number: with which unit, sign of money, decimal and thousands signs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dataops_core.checks.column_view import ColumnView
from dataops_core.values.text import MONEY

# money sign or code, digits with thousands signs and decimals, unit or percent sign
_NUMBER = re.compile(
    rf"\(?[-+−]?(?P<before>[{MONEY}]|[A-Z]{{3}}(?=[\s\d]))?\s?[-+−]?(?P<digits>\d[\d.,'’\s\u00a0\u202f]*(?<!\s)|\.\d+)(?P<power>[eE][-+]?\d+)?"
    rf"\s?(?P<after>[{MONEY}%‰°µ]?\s?(?:(?:sq|cu|fl)\.?\s)?[A-Za-zµ°]{{0,5}}[²³]?(/[A-Za-z]{{1,4}}[²³]?)?\.?)\)?"
)
_POINT = re.compile(r"\d{1,3}([,'’\s\u00a0\u202f]\d{3})+\.\d+|\d+\.(\d{1,2}|\d{4,})|\d{1,3}(,\d{3}){2,}")
_COMMA = re.compile(r"\d{1,3}([.'’\s\u00a0\u202f]\d{3})+,\d+|\d+,(\d{1,2}|\d{4,})|\d{1,3}(\.\d{3}){2,}")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(\D.*)?")
_LETTERED = re.compile(r"[A-Z]{3}-\d+")
PLAIN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")

# what is called so is written in digits, but nobody adds it up
CODE_NAMES = {
    "zip",
    "zipcode",
    "postal",
    "postcode",
    "plz",
    "phone",
    "tel",
    "telephone",
    "mobile",
    "fax",
    "ssn",
    "iban",
    "account",
    "code",
    "id",
    "number",
    "nr",
    "no",
    "sku",
    "ean",
    "isbn",
    "version",
    "ip",
}


def named_as_code(name: str, words: Collection[str]) -> bool:
    """Whether a column's name says that it holds codes. NO2 and NO3 are gases, and no numbers of something.

    >>> named_as_code("order_no", {"order", "no"}), named_as_code("no2_ugm3", {"no", "ugm"})
    (True, False)
    """
    found = CODE_NAMES & set(words)
    return bool(found - {"no"}) or ("no" in found and re.search(r"(?i)(?<![a-z])no[0-9]", name) is None)


@dataclass(frozen=True)
class Form:
    """How a number is written: unit (with the money sign), and which sign is surely the decimal sign."""

    unit: str
    decimal: str


def form(text: str) -> Form | None:
    """How a text writes a number; None where it is none.

    >>> form("€ 1.200,50"), form("72 kg"), form("about 5")
    (Form(unit='€', decimal=','), Form(unit='kg', decimal=''), None)
    """
    bare = text.strip()
    if len(bare) > 40 or not any("0" <= c <= "9" for c in bare):
        return None
    match = _NUMBER.fullmatch(bare)
    if match is None or _DATE.fullmatch(bare):
        return None
    digits = match["digits"]
    decimal = "." if _POINT.fullmatch(digits) else "," if _COMMA.fullmatch(digits) else ""
    if not decimal and not re.fullmatch(r"\d+|\.\d+|\d+[.,]|\d{1,3}([.,'’\s\u00a0\u202f]\d{3})+|\d+[.,]\d{3}", digits):
        return None
    return Form(((match["before"] or "") + (match["after"] or "").strip().rstrip(".")).casefold(), decimal)


def forms(column: ColumnView) -> Mapping[str, Form | None]:
    """The form of each value of a column of text, where at least half of its cells are numbers and it is no code; else
    empty.
    """
    if column.kind == "id" or column.words & CODE_NAMES or not column.present:
        return {}
    some = [form(text) for text in column.sample(400)]
    if sum(told is not None for told in some) < 0.3 * len(some) or column.texts is None or are_codes(column.texts):
        return {}
    if labels_vary([told.unit for told in some if told is not None]):
        return {}
    found = {text: form(text) for text in column.texts}
    numbers = sum(count for text, count in column.tally.items() if found[text] is not None)
    return found if numbers >= 0.5 * column.present else {}


def labels_vary(units: list[str]) -> bool:
    """Whether what stands beside the numbers are no units: more than five, and none of them (nor its absence) usual.

    >>> labels_vary(["vau", "hol", "bar", "ken", "ada", "wal"]), labels_vary(["kg"] * 9 + ["lb"])
    (True, False)
    """
    counts = Counter(units)
    return len(counts) > 5 and max(counts.values()) < 0.5 * len(units)


def are_codes(values: list[str]) -> bool:
    """Zip codes and the like: digits only, all of one length, some with a leading zero; or "ECO-4711", which is no
    amount below zero.
    """
    bare = [value.strip() for value in values]
    if bare and sum(_LETTERED.fullmatch(value) is not None for value in bare) >= 0.8 * len(bare):
        return True
    digits = [value for value in bare if value.isdigit()]
    return (
        len(digits) >= 0.8 * len(bare)
        and len({len(v) for v in digits}) == 1
        and any(v[0] == "0" and len(v) > 1 for v in digits)
    )
