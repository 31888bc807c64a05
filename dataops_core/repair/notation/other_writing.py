"""Whether two texts are one name written in two ways: with other case, accents and signs, or abbreviated."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from itertools import compress

from dataops_core.checks.variants import plain

WORD = re.compile(r"[^\W_]+")
SHORTEST = 3  # letters of a name that is written otherwise
SMALL = 3  # letters of words that abbreviations may leave out: of, and, für, the
INITIALS = (2, 6)  # letters of a name that is nothing but initials


@functools.lru_cache(maxsize=100_000)
def is_other_writing(one: str, other: str) -> bool:
    """Whether two texts differ in case, accents, punctuation, "&" for "and" and spaces alone, or one abbreviates the
    words of the other, or all of them to their first letters. Numbers must be the same.

    >>> is_other_writing("KRAKÓW (ALEJA)", "Krakow, Aleja"), is_other_writing("J. Ecol.", "Journal of Ecology")
    (True, True)
    >>> is_other_writing("OUP", "Oxford University Press"), is_other_writing("Johan", "Johanna")
    (True, False)
    >>> is_other_writing("Ward 1", "Ward 10"), is_other_writing("York", "New York")
    (False, False)
    """
    words = [
        WORD.findall(plain(text.replace("&", " and ").replace("-", " ").replace(".", ". "))) for text in (one, other)
    ]
    if min(sum(map(len, each)) for each in words) < INITIALS[0]:
        return False
    joined = ["".join(each) for each in words]
    if joined[0] == joined[1]:
        return len(joined[0]) >= SHORTEST
    short, long = sorted(words, key=lambda each: sum(map(len, each)))
    text = one if words[0] is short else other
    return _abbreviates(short, long, "." in text) or (text.isupper() and _are_initials(short, long))


def _abbreviates(short: Sequence[str], long: Sequence[str], has_points: bool) -> bool:
    """Whether each word of one text begins one of the other, in order, and none but small words are left out; one word
    alone must have a point to be an abbreviation.
    """
    if len(short) == 1 and not has_points:
        return False
    at = 0
    for word in short:
        while at < len(long) and not _begins(word, long[at]):
            if len(long[at]) > SMALL:
                return False
            at += 1
        if at == len(long):
            return False
        at += 1
    return all(len(word) <= SMALL for word in long[at:])


def _begins(word: str, whole: str) -> bool:
    return word == whole if word.isdigit() else whole.startswith(word)


def _are_initials(short: Sequence[str], long: Sequence[str]) -> bool:
    """Whether one word is the first letters of at least two others, small ones among them or not."""
    if len(short) != 1 or len(long) < INITIALS[0] or not INITIALS[0] <= len(short[0]) <= INITIALS[1]:
        return False
    main = [len(word) > SMALL for word in long]
    return short[0] in ("".join(word[0] for word in long), "".join(word[0] for word in compress(long, main)))
