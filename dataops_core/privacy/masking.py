"""Values that may name a person, shown without what they say."""

from __future__ import annotations

import unicodedata


def shape(text: str) -> str:
    """How a text is built, without what it says: letters as a or A, digits as 9, other signs as they are.

    >>> shape("Jo-99@example.com")
    'Aa-99@aaaaaaa.aaa'
    """
    return "".join(_sign(c) for c in text)


def _sign(char: str) -> str:
    group = unicodedata.category(char)
    if group[0] == "L":
        return "A" if group in ("Lu", "Lt") else "a"
    if group[0] == "N":
        return "9"
    return char if char.isascii() else " " if group[0] == "Z" else "•"
