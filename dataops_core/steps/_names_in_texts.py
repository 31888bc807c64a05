"""Names that stand in some columns, found again in any text by their keyed digests: the names themselves are kept
nowhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pandas as pd

from dataops_core.errors import SecretError
from dataops_core.privacy.identifiers.name_lists import words
from dataops_core.privacy.keys import domain_key, key_fingerprint, key_of, keyed_digest, pseudonym_key
from dataops_core.steps._cells import cell_texts
from dataops_core.table.kinds import type_of

NAME_PART = 4  # letters from which on a word of a name is looked for by itself, in all rows
CODE_LENGTH = 6  # letters and digits from which on a number or code is looked for
NAME_WORDS = 6  # words that a name has at the most; longer cells are sentences
WINDOW = 9  # words that are read together at the most: an IBAN in groups of four
MOST_NAMES = 200_000  # digests that are kept at the most


def names_to_find(df: pd.DataFrame, known: Sequence[str]) -> dict[str, Any]:
    """The digests of what stands in the columns `known`, under the key that is set; without a key, none.

    Of a name: the words that are long enough, and the whole where one of them is not, or is a plain word. Of numbers
    and codes: the whole. E-mail addresses are left out, for they are recognized wherever they stand.
    """
    if not known:
        return {"key": ""}
    try:
        secret = pseudonym_key()
    except SecretError:
        return {"key": ""}
    key = domain_key(secret, "names in texts")
    found: set[str] = set()
    sizes: set[int] = set()
    for name in known:
        if type_of(df[name]) in ("text", "integer"):
            for text in {text for text in cell_texts(df[name]) if text is not None and "@" not in text}:
                told = [word for _, _, word in _words_of(text)]
                if _is_code(told):
                    found.add("".join(told))
                elif len(told) <= NAME_WORDS:
                    parts = [word for word in told if len(word) >= NAME_PART]
                    found.update(parts)
                    if len(told) > 1 and (len(parts) < len(told) or not words().isdisjoint(told)):
                        found.add(_whole(told))
                        sizes.add(len(told))
    digests = sorted(_digest(key, text) for text in found if len(text) >= NAME_PART)
    return {"key": key_fingerprint(secret), "names": digests[:MOST_NAMES], "sizes": sorted(sizes)}


def finder_of_names(learned: dict[str, Any]) -> Callable[[str], str] | None:
    """What replaces the names in a text by ***; None where none were learned. Raises SecretError for another key."""
    if not learned.get("names"):
        return None
    key, names, sizes = domain_key(key_of(learned["key"]), "names in texts"), set(learned["names"]), learned["sizes"]
    seen: dict[str, bool] = {}

    def is_name(text: str) -> bool:
        if text not in seen:
            seen[text] = _digest(key, text) in names
        return seen[text]

    def without(text: str) -> str:
        told = list(_words_of(text))
        out, at, end = [], 0, 0
        while at < len(told):
            size = next((size for size in range(min(WINDOW, len(told) - at), 0, -1) if holds(text, told, at, size)), 0)
            if size:
                out += [text[end : told[at][0]], "***"]
                end = told[at + size - 1][1]
            at += size or 1
        return "".join([*out, text[end:]])

    def holds(text: str, told: list[tuple[int, int, str]], at: int, size: int) -> bool:
        some = [word for _, _, word in told[at : at + size]]
        if any(sign.isdecimal() for word in some for sign in word):
            return _is_code(some) and is_name("".join(some))
        if size > 1:
            return size in sizes and is_name(_whole(some))
        return len(some[0]) >= NAME_PART and is_name(some[0]) and _may_be_name(text, told[at][0], some[0])

    return without


def _words_of(text: str) -> Iterator[tuple[int, int, str]]:
    """The words of a text, without case and accents, and where each begins and ends."""
    for found in re.finditer(r"(?:[^\W_][\u0300-\u036f]*)+", text):
        parted = unicodedata.normalize("NFKD", found[0].casefold())
        yield found.start(), found.end(), "".join(sign for sign in parted if not unicodedata.combining(sign))


def _is_code(told: list[str]) -> bool:
    """Whether words are together a number or a code, long enough to stand for one thing alone."""
    joined = "".join(told)
    return len(joined) >= CODE_LENGTH and any(sign.isdecimal() for sign in joined)


def _whole(told: list[str]) -> str:
    """A name in whatever order it is written."""
    return " ".join(sorted(told))


def _may_be_name(text: str, start: int, word: str) -> bool:
    """Whether a plain word (young, koch) is written like a name: with a capital, and not because a sentence begins."""
    if word not in words():
        return True
    before = text[:start].rstrip()
    return text[start].isupper() and before != "" and before[-1] not in ".!?"


def _digest(key: bytes, text: str) -> str:
    return keyed_digest(key, text)[:8].hex()
