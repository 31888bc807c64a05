"""Which cells hold what was recognized in a column: all of them, not only those that were looked at."""

from __future__ import annotations

from collections.abc import Callable

from dataops_core.privacy.identifiers import patterns, phones
from dataops_core.privacy.identifiers.addresses import has_house_number
from dataops_core.privacy.identifiers.free_text import holds_identifier
from dataops_core.privacy.identifiers.national_numbers import WRITTEN
from dataops_core.privacy.identifiers.person_names import is_full_name
from dataops_core.privacy.kinds import Recognition

MOSTLY = 0.6  # share of cells from which a column of names is one throughout
# what every text holds in which one of these stands (RE2); names and addresses have no such sign
SIGNS = {
    "email": "@",
    "url_with_id": r"://|www\.",
    "iban": r"[A-Z]{2}\d{2}",
    "phone": r"\d[\d\s()./-]{5,}\d",
    "payment_card": r"\d{4}[ -]?\d{4}",
    "national_number": r"\d[\dA-Za-z.+ -]{4,}",
    "social_security_number": r"\d{3}-\d{2}-\d{4}",
    "ip_address": r"\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:]{2,}",
    "mac_address": r"[0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}",
    "postal_address": r"\d",
}
# texts (RE2) that pass the test of their type without being looked at one by one: the plain forms of most cells
PLAIN = {
    "email": r"^[A-Za-z0-9_.+'-]+@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+$",
    "phone": r"^\+\d{1,3} ?\d{2,4}[ -]?\d{4,8}$",
    "postal_address": r"^[A-Z][a-z]{3,}(?: [A-Z][a-z]+){0,4} \d{1,5}$",
}


def cell_test(found: Recognition) -> Callable[[str], bool]:
    """Whether a value (as text, spaces collapsed) is what was recognized, or holds it among other words.

    >>> test = cell_test(Recognition("email", "certain", 1.0, 9, 1.0, False, 9, 9, ()))
    >>> test("jo@example.com"), test("none")
    (True, False)
    """
    if found.inside:
        return lambda text: holds_identifier(text[:5_000], found.type)
    if found.type == "person_name" and found.share < MOSTLY:  # names among other values
        return is_full_name
    test = _TESTS.get(found.type)
    if test is None:
        return lambda _: True
    return lambda text: test(" ".join(text.split()))


def _is_written_number(text: str) -> bool:
    return WRITTEN.fullmatch(text) is not None and 6 <= sum(map(str.isdigit, text)) <= 18


def _is_word(text: str) -> bool:
    return " " not in text and 3 <= len(text) <= 40


def _is_address(text: str) -> bool:
    return has_house_number(text) or sum(map(str.isalpha, text)) >= 4


_TESTS: dict[str, Callable[[str], bool]] = {
    **patterns.WHOLE,
    "phone": phones.is_written_like_phone,
    "national_number": _is_written_number,
    "license_plate": lambda text: patterns.PLATE.fullmatch(text) is not None,
    "postal_address": _is_address,
    "account_name": _is_word,
    "document_number": _is_word,
}
