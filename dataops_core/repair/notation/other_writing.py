"""Whether two texts are one name written in two ways: with other case, accents and signs, or abbreviated."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Sequence
from itertools import compress

from dataops_core.checks.variants import UMLAUTS, plain

WORD = re.compile(r"[^\W_]+")
SHORTEST = 3  # letters of a name that is written otherwise
SMALL = 3  # letters of words that abbreviations may leave out: of, and, für, the
UMLAUT = re.compile("[äöüßåæø]", re.IGNORECASE)
SIGNS = re.compile(r"[+#*<>=%]|(?<![^\W_])-|-(?![^\W_])")  # that tell two things apart: A+ and A, AB- and AB
ROMAN = re.compile("[IVX]+")
ARTICLES = frozenset(
    ["the", "der", "die", "das", "le", "la", "les", "el", "los", "las", "il", "lo", "gli", "i", "de", "het"]
)
NEGATIONS = frozenset(  # whoever leaves one out says the opposite
    [
        "not",
        "non",
        "no",
        "without",
        "never",
        "neither",
        "nicht",
        "kein",
        "keine",
        "keinen",
        "ohne",
        "sans",
        "pas",
        "aucun",
        "aucune",
        "senza",
        "nessun",
        "nessuna",
        "sin",
        "ningun",
        "ninguna",
        "niet",
        "geen",
        "zonder",
        "nie",
        "bez",
        "brak",
        "nao",
        "sem",
        "nenhum",
        "nenhuma",
        "inte",
        "utan",
        "ikke",
        "uden",
        "uten",
    ]
)
SAVED = 2  # letters that an abbreviation is shorter, at the least
CODE = 4  # capitals: a code, of which nothing is an abbreviation
INITIALS = (2, 6)  # letters of a name that is nothing but initials


@functools.lru_cache(maxsize=100_000)
def is_other_writing(one: str, other: str, strict: bool = False) -> bool:
    """Whether two texts differ in case, accents, punctuation, "&" for "and" and spaces alone, or one abbreviates the
    words of the other, or all of them to their first letters. Numbers must be the same.

    `strict`: small words that one has and the other has not are articles, or begin with a small letter; and one word
    alone that is shortened has a point.

    >>> is_other_writing("KRAKÓW (ALEJA)", "Krakow, Aleja"), is_other_writing("J. Ecol.", "Journal of Ecology")
    (True, True)
    >>> is_other_writing("OUP", "Oxford University Press"), is_other_writing("Johan", "Johanna")
    (True, False)
    >>> is_other_writing("Ward 1", "Ward 10"), is_other_writing("York", "New York")
    (False, False)
    >>> is_other_writing("40 photographs, tinted", "Photograph, tinted"), is_other_writing("Grün", "Gruen")
    (False, True)
    >>> [is_other_writing("J Immunol", "Br J Immunol", strict) for strict in (False, True)]
    [True, False]
    >>> is_other_writing("Road not closed", "Road closed"), is_other_writing("No. 5, High St", "No 5 High Street")
    (False, True)
    >>> [is_other_writing("Beck Sanitär", "Becker Sanitär", strict) for strict in (False, True)]
    [True, False]
    """
    if _spelled_out(one, other):
        return True
    words = [_words(one), _words(other)]
    plain_words = [[plain(word) for word in each] for each in words]
    sizes = [sum(map(len, each)) for each in plain_words]
    if min(sizes) < INITIALS[0] or _initials_apart(*plain_words) or SIGNS.findall(one) != SIGNS.findall(other):
        return False
    if _negations(plain_words[0]) != _negations(plain_words[1]):
        return False
    joined = ["".join(each) for each in plain_words]
    if joined[0] == joined[1]:
        return len(joined[0]) >= SHORTEST
    at = int(sizes[1] < sizes[0])
    short, long, text = plain_words[at], plain_words[1 - at], (one, other)[at]
    if strict and "." not in text and sum(word not in long for word in short) == 1:
        return False
    small = [_may_go(word, strict) for word in words[1 - at]]
    return _abbreviates(short, long, small, "." in text) or (text.isupper() and _are_initials(short, long))


def _spelled_out(one: str, other: str) -> bool:
    """Whether two texts differ in umlauts alone, which one of them writes as two letters."""
    if UMLAUT.search(one) is None and UMLAUT.search(other) is None:
        return False
    return one.casefold().translate(UMLAUTS) == other.casefold().translate(UMLAUTS)


def differs_in_signs(one: str, other: str) -> bool:
    """Whether two texts of at least two letters are the same but for case, accents, points and spaces.

    >>> differs_in_signs("S.A.", "SA"), differs_in_signs("AB+", "AB-"), differs_in_signs("C", "C.")
    (True, False, False)
    """
    bare = ["".join(plain(word) for word in _words(text)) for text in (one, other)]
    return bare[0] == bare[1] and len(bare[0]) >= INITIALS[0] and SIGNS.findall(one) == SIGNS.findall(other)


def _words(text: str) -> list[str]:
    return WORD.findall(text.replace("&", " and ").replace("-", " ").replace(".", ". "))


def _negations(words: Sequence[str]) -> set[str]:
    """The words that turn a text into its opposite; "No." before a number is none."""
    return {
        word for word, after in zip(words, [*words[1:], ""], strict=True) if word in NEGATIONS and not after.isdigit()
    }


def _initials_apart(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two texts cannot be one name, for they begin otherwise, as far as that is told at a glance."""
    return one[0][0] != other[0][0] and one[-1][0] != other[-1][0] and one[0][0] not in {word[0] for word in other}


def _may_go(word: str, strict: bool) -> bool:
    """Whether an abbreviation may leave a word out."""
    if len(word) > SMALL or ROMAN.fullmatch(word) or any(map(str.isdigit, word)):
        return False
    return not strict or word[0].islower() or word.lower() in ARTICLES


def _abbreviates(short: Sequence[str], long: Sequence[str], may_go: Sequence[bool], has_points: bool) -> bool:
    """Whether each word of one text begins one of the other, in order, and none are left out but those that may go;
    one word alone must have a point to be an abbreviation.
    """
    if len(short) == 1 and not has_points:
        return False
    at = 0
    for word in short:
        while at < len(long) and not _begins(word, long[at]):
            if not may_go[at]:
                return False
            at += 1
        if at == len(long):
            return False
        at += 1
    return all(may_go[at:])


def _begins(word: str, whole: str) -> bool:
    return word == whole if word.isdigit() else whole.startswith(word)


def _are_initials(short: Sequence[str], long: Sequence[str]) -> bool:
    """Whether one word is the first letters of at least two others, small ones among them or not."""
    if len(short) != 1 or len(long) < INITIALS[0] or not INITIALS[0] <= len(short[0]) <= INITIALS[1]:
        return False
    main = [len(word) > SMALL for word in long]
    return short[0] in ("".join(word[0] for word in long), "".join(word[0] for word in compress(long, main)))


def may_abbreviate(one: str, other: str, rare: Collection[str]) -> bool:
    """Whether a text may be a short name of another, as far as its letters tell: initials, letters of its words in
    their order, or words of it, one of which is a `rare` one; or the other way round.

    >>> may_abbreviate("DBL", "Double", ()), may_abbreviate("H/T", "Huile sur toile", ())
    (True, True)
    >>> may_abbreviate("Twin beds", "Twin", {"twin"}), may_abbreviate("Wien", "Graz", ())
    (True, False)
    >>> may_abbreviate("Self-emp-inc", "Self-emp-not-inc", {"self"})
    False
    >>> may_abbreviate("AM6", "A6", ()), may_abbreviate("G", "GPR", ()), may_abbreviate("L.", "Lam.", ())
    (False, False, False)
    """
    words = [[plain(word) for word in _words(text)] for text in (one, other)]
    short, long = sorted(words, key=lambda each: sum(map(len, each)))
    if not short or not short[0] or _negations(short) != _negations(long) or _digits(short) not in ("", _digits(long)):
        return False
    if set(short) <= set(long):
        return not set(short).isdisjoint(rare)
    letters, few = (sum(map(len, words)) for words in (long, short))
    if few < INITIALS[0] or letters < few + SAVED or (letters <= CODE and max(one, other, key=len).isupper()):
        return False
    return "".join(short) == "".join(word[0] for word in long) or _is_within(short, long)


def _digits(words: Sequence[str]) -> str:
    return "".join(letter for word in words for letter in word if letter.isdigit())


def _is_within(short: Sequence[str], long: Sequence[str]) -> bool:
    """Whether each word is made of letters of one word of the other text, in turn, with its first letter."""
    at = 0
    for word in short:
        while at < len(long) and not (word[0] == long[at][0] and _has_letters(word, long[at])):
            at += 1
        if at == len(long):
            return False
        at += 1
    return True


def _has_letters(some: str, text: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in some)
