"""Direct identifiers that can be told by how they are written: addresses, links, coordinates, accounts, plates."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

from dataops_core.privacy.identifiers.check_digits import is_iban, is_issued_card

EMAIL = r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+"
IBAN = r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?"
CARD = r"\d{4}(?:[ -]?\d{4}){2}[ -]?\d{1,7}|3\d{3}[ -]?\d{6}[ -]?\d{4,5}"
SOCIAL = r"\d{3}-\d{2}-\d{4}"
IPV4 = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}"
MAC = r"[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}"

_email, _iban, _card, _social = (re.compile(pattern) for pattern in (EMAIL, IBAN, CARD, SOCIAL))
_ipv4, _mac = re.compile(rf"{IPV4}(?::\d{{1,5}}|/\d{{1,2}})?"), re.compile(MAC)
_URL = re.compile(r"(?:https?|ftp)://[^\s\"'<>]+|www\.[^\s\"'<>]+\.[^\s\"'<>]+", re.IGNORECASE)
_URL_ID = re.compile(
    r"[?&;#/](?:u|uid|user|usr|user_?id|id|client|customer|kunde|member|account|acct|profile|patient|person"
    r"|people|token|session|sid"
    r"|e?mail|email|key|auth|ref|login|name)(?:[=/]|%3d)@?[\w.%+-]+"
    r"|/@[\w.-]+|/~[\w.-]+|/in/[\w-]+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|/u/\d+|%40"
    r"|/\d{4,}(?=[/?#]|$)|//[^/\s@]+@",
    re.IGNORECASE,
)
_POINT = re.compile(
    r"[(\[]?\s*(?P<lat>[-+]?\d{1,2}\.\d{3,})\s*°?\s*(?P<ns>[NS])?\s*"
    r"[,; ]\s*(?P<lon>[-+]?\d{1,3}\.\d{3,})\s*°?\s*(?P<ew>[EW])?\s*[)\]]?"
    r"|(?:POINT ?\()[-+]?\d{1,3}\.\d+ [-+]?\d{1,3}\.\d+\)"
    r"|\d{1,2}° ?\d{1,2}['′] ?[\d.]*[\"″]? ?[NS],? *\d{1,3}° ?\d{1,2}['′] ?[\d.]*[\"″]? ?[EW]"
)


def is_email(text: str) -> bool:
    """Whether a text is an e-mail address and nothing else."""
    return "@" in text and _email.fullmatch(text) is not None


def is_iban_text(text: str) -> bool:
    """Whether a text is an account number with right check digits."""
    bare = text.upper()
    return _iban.fullmatch(bare) is not None and 15 <= len(bare.replace(" ", "")) <= 34 and is_iban(bare)


def is_card_text(text: str) -> bool:
    """Whether a text is the number of a payment card, by issuer, length and check digit."""
    return _card.fullmatch(text) is not None and is_issued_card(text)


def is_social_security_number(text: str) -> bool:
    """Whether a text is written like a social security number of the USA, in a range that is given out."""
    return (
        _social.fullmatch(text) is not None
        and text[:3] not in ("000", "666")
        and text[0] != "9"
        and text[4:6] != "00"
        and text[7:] != "0000"
    )


def is_ip_address(text: str) -> bool:
    """Whether a text is a network address (IPv4, also with port or mask, or IPv6)."""
    if _ipv4.fullmatch(text):
        return True
    if text.count(":") < 2:
        return False
    try:
        ipaddress.IPv6Address(text.partition("/")[0].partition("%")[0].strip("[]"))
    except ValueError:
        return False
    return _mac.fullmatch(text) is None and re.fullmatch(r"\d{1,2}(:\d\d){1,2}", text) is None


def is_mac_address(text: str) -> bool:
    """Whether a text is the address of a network device."""
    return _mac.fullmatch(text) is not None


def is_url_with_id(text: str) -> bool:
    """Whether a text is a web address that holds an id: of a user, a session, a person.

    >>> is_url_with_id("https://shop.example/users/4711"), is_url_with_id("https://shop.example/prices")
    (True, False)
    """
    found = _URL.fullmatch(text)
    return found is not None and _URL_ID.search(text.removeprefix("http").replace("://", " ", 1)) is not None


def is_point(text: str) -> bool:
    """Whether a text is a latitude and a longitude.

    >>> is_point("52.37403, 4.88969"), is_point("152.374, 4.889")
    (True, False)
    """
    found = _POINT.fullmatch(text)
    if found is None:
        return False
    return found["lat"] is None or (abs(float(found["lat"])) <= 90 and abs(float(found["lon"])) <= 180)


# plates by country; the letters that a country gives out tell its plates from other codes
PLATES: dict[str, re.Pattern[str]] = {
    country: re.compile(pattern)
    for country, pattern in {
        "DE": r"[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2}[- ]?\d{1,4}[EH]?",
        "FR": r"[A-HJ-NP-TV-Z]{2}-\d{3}-[A-HJ-NP-TV-Z]{2}",
        "GB": r"[A-HJ-PR-Y]{2}\d{2} ?[A-HJ-PR-Z]{3}",
        "IT": r"[A-HJ-NPR-TV-Z]{2} ?\d{3} ?[A-HJ-NPR-TV-Z]{2}",
        "ES": r"\d{4}[ -]?[BCDFGHJKLMNPRSTVWXYZ]{3}",
        "NL": r"(?:\d{2}-[B-DF-HJ-NP-TV-Z]{2,3}-\d{1,2}|\d-[B-DF-HJ-NP-TV-Z]{3}-\d{2}"
        r"|[B-DF-HJ-NP-TV-Z]-\d{3}-[B-DF-HJ-NP-TV-Z]{2}"
        r"|[B-DF-HJ-NP-TV-Z]{2}-(?:\d{3}-[B-DF-HJ-NP-TV-Z]|\d{2}-[B-DF-HJ-NP-TV-Z]{2}))",
        "PL": r"[A-Z]{2,3} [0-9][0-9A-HJ-NP-Z]{3,4}",
        "SE": r"[A-HJ-PR-UW-Z]{3} \d{2}[0-9A-HJ-NPR-UW-Z]",
        "BR": r"[A-Z]{3}\d[A-J]\d{2}",
        "RU": r"[АВЕКМНОРСТУХ]\d{3}[АВЕКМНОРСТУХ]{2} ?\d{2,3}",
        "IN": r"[A-Z]{2}[ -]\d{1,2}[ -][A-Z]{1,3}[ -]\d{4}",
    }.items()
}
# any code of letters and digits that could be a plate, where the column's name says so
PLATE = re.compile(r"(?=.*\d)[A-ZÀ-ÞА-Я0-9]{1,4}(?:[ -]?[A-ZÀ-ÞА-Я0-9]{1,5}){0,3}", re.IGNORECASE)

WHOLE: dict[str, Callable[[str], bool]] = {
    "email": is_email,
    "iban": is_iban_text,
    "payment_card": is_card_text,
    "mac_address": is_mac_address,
    "ip_address": is_ip_address,
    "social_security_number": is_social_security_number,
    "coordinates": is_point,
    "url_with_id": is_url_with_id,
}
