"""Phone numbers, by the plans of their countries (the package phonenumbers)."""

from __future__ import annotations

import functools
import re

REGIONS = (
    "US", "GB", "DE", "FR", "ES", "IT", "NL", "BE", "AT", "CH", "PL", "CZ", "SK", "SE", "NO", "DK", "FI", "PT", "BR",
    "MX", "AR", "TR", "RU", "UA", "GR", "HU", "RO", "IE", "IN", "JP", "KR", "CN", "AU", "NZ", "ZA", "CA", "CL", "CO",
)  # fmt: skip
_WRITTEN = re.compile(r"(?:tel\.?:? ?)?\+?[\d(][\d\s()./‐–-]{5,22}\d(?: ?(?:x|ext\.?|#) ?\d{1,6})?", re.IGNORECASE)
_DATE = re.compile(r"\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2\d{2,4}|\d+[.,]\d+|\d{4} ?[-–/] ?\d{4}")


def is_written_like_phone(text: str) -> bool:
    """Whether a text has the signs and as many digits as a phone number, and is no date or amount."""
    return (
        _WRITTEN.fullmatch(text) is not None
        and 7 <= sum(sign.isdigit() for sign in text) <= 17
        and _DATE.fullmatch(text) is None
    )


@functools.lru_cache(maxsize=50_000)
def is_valid_in(text: str, region: str) -> bool:
    """Whether a number exists in the plan of a country.

    >>> is_valid_in("030 901820", "DE"), is_valid_in("030 901820", "US")
    (True, False)
    """
    import phonenumbers

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, region))
    except phonenumbers.NumberParseException:
        return False


@functools.lru_cache(maxsize=50_000)
def is_international(text: str) -> bool:
    """Whether a text is a number with a country code that is given out, and as many digits as numbers there have.

    >>> is_international("+31 6 1234 5678"), is_international("+999 1234 5678")
    (True, False)
    """
    import phonenumbers

    bare = "+" + text[2:] if text.startswith("00") else text
    if not bare.startswith("+") or not is_written_like_phone(bare):
        return False
    try:
        number = phonenumbers.parse(bare, None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(number)


def best_region(texts: list[str]) -> tuple[str, float]:
    """The country in whose plan most of the numbers exist, and their share."""
    some = texts[:: max(1, len(texts) // 60)]
    if not some:
        return "", 0.0
    shares = [(sum(is_valid_in(text, region) for text in some) / len(some), -at) for at, region in enumerate(REGIONS)]
    share, at = max(shares)
    return REGIONS[-at], share


def is_grouped(text: str) -> bool:
    """Whether a number is written in groups, or begins as only phone numbers do."""
    return text.startswith(("+", "0", "(")) or re.search(r"\d[ ./()-]+\d", text) is not None
