"""Consistent pseudonyms."""

from __future__ import annotations

import functools
import hashlib
import importlib
import itertools
import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal

import pandas as pd

from dataops_core.errors import Skip
from dataops_core.privacy.identifiers.check_digits import with_iban_digits, with_luhn
from dataops_core.privacy.keys import domain_key, key_fingerprint, key_of, keyed_digest, pseudonym_key
from dataops_core.privacy.locales import Locale
from dataops_core.privacy.permutation import other_codes
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._private import each_text, same_person
from dataops_core.steps.step import Columns, Label, When, step

DRAWN = 600  # names of each sort that are drawn from Faker
TRIES = 4_000  # numbers that are tried until the check digits hold
TURNS = 100  # pseudonyms that are tried for a value until one is free
CODES = ("phone", "iban", "payment_card", "national_number", "same_shape")  # replaced one to one
SHARED = ("first_name", "last_name", "city")  # what different people have in common
PEOPLE = ("name", "first_name", "last_name", "email", "user_name")


@step(
    "Consistent pseudonyms",
    group="Privacy",
    says="Replaced {columns} by pseudonyms ({kind}, {locale})[, one person per {person}]",
    also="fake, Faker, anonymize, names, replace, tokens",
    keyed=True,
)
def pseudonymize(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("text", "number"), Label("Columns", "Columns whose values are replaced")],
    kind: Annotated[
        Literal[
            "name",
            "first_name",
            "last_name",
            "email",
            "user_name",
            "phone",
            "address",
            "city",
            "iban",
            "payment_card",
            "national_number",
            "ip_address",
            "same_shape",
        ],
        Label("What they hold", "Decides what the pseudonyms look like; same_shape keeps letters and digits in place"),
    ],
    locale: Annotated[
        Locale,
        When("kind", "name", "first_name", "last_name", "email", "user_name", "address", "city"),
        Label("Language and country", "Of the names and places"),
    ] = "en_US",
    person: Annotated[
        str | None,
        Columns(),
        When("kind", "name", "first_name", "last_name", "email", "user_name"),
        Label("Person", "A column that tells persons apart: first name, last name and e-mail of one person then agree"),
    ] = None,
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Replace each value by a made-up one of the same kind: the same value always becomes the same pseudonym.

    Which one follows from the secret key (DATAOPS_PSEUDONYM_KEY): with the same key, kind and locale, a person has
    the same pseudonym in every column and every table. Numbers of accounts and cards, and national numbers whose kind
    is recognized, have valid check digits.

    No two values that the step saw when it learned share a pseudonym, except first names, last names and cities, which
    people share anyway: numbers and codes are replaced one to one, and of two people whose names would fall together
    one is told apart (the recipe keeps which, as an HMAC). Values that come later can fall together with others: of
    100,000 names about nine do, more in languages of which Faker has few names. Where not even that may be, use a keyed
    hash. Names are those of
    Faker, remembered by the step when it learns; they bear two given names and an initial, so that none is a real name
    of the table. Whoever has the key can find out who is who: the result is still personal data.

    >>> two = pd.DataFrame({"a": ["Jo Smith", None], "b": ["SMITH, Jo", "Al Roe"]}, dtype=object)
    >>> out = pseudonymize(two, columns=["a", "b"], kind="name")
    >>> given, last = out["a"][0].split(". ")
    >>> out["b"][0].upper() == f"{last}, {given}.".upper()
    True
    """
    if not columns:
        raise Skip("No column is named.")
    learned = learned or draw_names(df, columns, kind, locale, person)
    key = domain_key(key_of(learned["key"]), "person" if kind in PEOPLE else kind)
    apart: dict[str, int] = learned.get("apart") or {}

    def changed(text: str, whose: str | None = None) -> str:
        digest = keyed_digest(key, _identity(text, kind, whose))
        return _made(text, kind, key, digest, learned, apart.get(_short(digest), 0) if apart else 0)

    out = df.copy(deep=False)
    for name in columns:
        if person is None or kind not in PEOPLE:
            out[name] = each_text(df[name], changed)
            continue
        pairs = zip(cell_texts(df[name]), cell_texts(df[person]), strict=True)
        made = [None if text is None else changed(text, whose) for text, whose in pairs]
        out[name] = pd.Series(made, index=df.index, dtype=object)
    return out


def _identity(text: str, kind: str, whose: str | None) -> str:
    """What is one and the same however it is written: a person, or a number."""
    if whose is not None:
        return f"is {whose}"
    if kind in CODES and text.isascii():
        bare = "".join(sign for sign in text.casefold() if sign.isalnum())
        return f"{bare[:2]}{bare[4:]}" if kind == "iban" else bare[:-1] if kind == "payment_card" else bare
    return same_person(text)


def _short(digest: bytes) -> str:
    """What the recipe keeps of a digest of the key."""
    return digest[:12].hex()


def _made(text: str, kind: str, key: bytes, digest: bytes, names: dict[str, Any], turn: int) -> str:
    """The pseudonym of a value, or another one for each turn."""
    if kind in CODES:
        codes = _codes(text, kind, key, names)
        found = next(itertools.islice(codes, turn, turn + 1), None)
        if found is not None:
            return found
    draws = _Draws(digest if not turn else keyed_digest(key, f"turn {turn} of {digest.hex()}"), names)
    return _MAKERS[kind](text, draws)


def _is_valid(number: str) -> Callable[[str], bool]:
    """What tells whether a national number of a kind is valid."""
    holds: Callable[[str], bool] = importlib.import_module(f"stdnum.{number}").is_valid
    return holds


def _codes(text: str, kind: str, key: bytes, names: dict[str, Any]) -> Iterator[str]:
    """The other numbers that can stand for a number, the first of them for no other."""
    if kind == "iban":
        bare = re.sub(r"^(\W*[A-Za-z]{2})[0-9]{2}", r"\g<1>00", text)
        return (with_iban_digits(each) for each in other_codes(key, bare, text.find(bare[:1]) + 4))
    if kind == "payment_card":
        return (with_luhn(each) for each in other_codes(key, text, 1, checked=1))
    if kind == "phone":
        return other_codes(key, text, _country(text))
    some = other_codes(key, text)
    if kind == "national_number" and names.get("number"):
        holds = _is_valid(names["number"])
        good = holds(text)
        return (each for each in itertools.islice(some, TRIES) if holds(each) == good)
    return some


class _Draws:
    """Numbers, one after the other, that follow from a digest, and the names that they choose from."""

    def __init__(self, digest: bytes, names: dict[str, Any]) -> None:
        self.digest, self.at, self.block, self.names = digest, 0, digest, names

    def below(self, size: int) -> int:
        """The next number from 0 up to, but without, the size."""
        if self.at + 4 > len(self.block):
            self.digest = hashlib.sha256(self.digest).digest()
            self.block, self.at = self.digest, 0
        self.at += 4
        return int.from_bytes(self.block[self.at - 4 : self.at], "big") % size

    def pick(self, sort: str) -> str:
        """One name of a sort."""
        return str(self.names[sort][self.below(len(self.names[sort]))])


def _person(draws: _Draws) -> tuple[str, str, str]:
    return draws.pick("first"), "ABCDEFGHIJKLMNOPRSTVW"[draws.below(21)], draws.pick("last")


def _name(text: str, draws: _Draws) -> str:
    first, middle, last = _person(draws)
    given = f"{first} {draws.pick('first')} {middle}."
    made = f"{last}, {given}" if "," in text else f"{given} {last}"
    return made.upper() if text == text.upper() else made.lower() if text == text.lower() else made


def _part(at: int) -> Callable[[str, _Draws], str]:
    def made(text: str, draws: _Draws) -> str:
        part = _person(draws)[at]
        return part.upper() if text == text.upper() else part.lower() if text == text.lower() else part

    return made


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isascii() and sign.isalnum()) or "x"


def _email(_text: str, draws: _Draws) -> str:
    first, _, last = _person(draws)
    return f"{_plain(first)}.{_plain(last)}.{draws.below(2**32):08x}@example.com"  # kept for examples by RFC 2606


def _user_name(_text: str, draws: _Draws) -> str:
    first, _, last = _person(draws)
    return f"{_plain(first)}{_plain(last)[:1]}{draws.below(2**32):08x}"


def _address(_text: str, draws: _Draws) -> str:
    return f"{draws.pick('street')} {1 + draws.below(9999)}"


def _city(_text: str, draws: _Draws) -> str:
    return draws.pick("city")


def _shape(text: str, draws: _Draws, after: int = 0) -> str:
    """The same letters and digits elsewhere: each replaced by another of its sort, those before a place kept; never
    the text itself, where it has a letter or a digit to change.
    """
    for _ in range(TRIES):
        made = []
        for at, sign in enumerate(text):
            if at < after:
                made.append(sign)
            elif sign.isdecimal():
                nonzero = at == 0 or (at == 1 and text[0] == "-")
                made.append(str(1 + draws.below(9)) if nonzero and sign != "0" else str(draws.below(10)))
            elif sign.isalpha():
                letter = chr(97 + draws.below(26))
                made.append(letter.upper() if sign.isupper() else letter)
            else:
                made.append(sign)
        if "".join(made) != text or not any(sign.isalnum() for sign in text[after:]):
            break
    return "".join(made)


def _country(text: str) -> int:
    """How many signs of a phone number stay."""
    return 3 if text.startswith("+") else 4 if text.startswith("00") else 1 if text.startswith("0") else 0


def _phone(text: str, draws: _Draws) -> str:
    return _shape(text, draws, _country(text))


def _iban(text: str, draws: _Draws) -> str:
    return with_iban_digits(_shape(text, draws, 4))


def _card(text: str, draws: _Draws) -> str:
    return with_luhn(_shape(text, draws, 1))


def _network(text: str, draws: _Draws) -> str:
    parts = [1 + draws.below(254) for _ in range(4)]
    if ":" in text:  # fd00::/8 and 10.0.0.0/8 are private (RFC 4193, RFC 1918)
        return "fd00::" + ":".join(f"{256 * part + draws.below(256):x}" for part in parts)
    return f"10.{parts[0]}.{parts[1]}.{parts[2]}"


def _national(text: str, draws: _Draws) -> str:
    """A number of the same kind whose check digits hold, where the kind is known and one is found."""
    holds = _is_valid(draws.names["number"]) if draws.names.get("number") else None
    tries = TRIES if holds is not None and holds(text) else 0
    return next(filter(holds, (_shape(text, draws) for _ in range(tries))), None) or _shape(text, draws)


_MAKERS: dict[str, Callable[[str, _Draws], str]] = {
    "name": _name,
    "first_name": _part(0),
    "last_name": _part(2),
    "email": _email,
    "user_name": _user_name,
    "phone": _phone,
    "address": _address,
    "city": _city,
    "iban": _iban,
    "payment_card": _card,
    "national_number": _national,
    "ip_address": _network,
    "same_shape": _shape,
}


@pseudonymize.learn
def draw_names(
    df: pd.DataFrame,
    columns: list[str],
    kind: str,
    locale: str = "en_US",
    person: str | None = None,
    **_settings: Any,
) -> dict[str, Any]:
    """The fingerprint of the key that is set, the names to choose from, which national number it is, and which values
    are told apart from others.
    """
    known = _names(df, columns, kind, locale)
    apart = _told_apart(df, columns, kind, person, known) if kind not in SHARED else {}
    return known | ({"apart": apart} if apart else {})


def _told_apart(
    df: pd.DataFrame, columns: list[str], kind: str, person: str | None, names: dict[str, Any]
) -> dict[str, int]:
    """The values whose pseudonym is that of another one, and how many turns each takes to a free one. Which of two has
    to go follows from the key, not from their order.
    """
    key = domain_key(key_of(names["key"]), "person" if kind in PEOPLE else kind)
    people = cell_texts(df[person]) if person is not None and kind in PEOPLE else itertools.repeat(None)
    found: dict[bytes, str] = {}
    for name in columns:
        for text, whose in dict.fromkeys(zip(cell_texts(df[name]), people, strict=False)):
            if text is not None:
                digest = keyed_digest(key, _identity(text, kind, whose))
                found[digest] = min(text, found.get(digest, text))
    taken: set[str] = set()
    apart: dict[str, int] = {}
    for digest, text in sorted(found.items()):
        for turn in range(TURNS):
            made = _identity(_made(text, kind, key, digest, names, turn), kind, None)
            if made not in taken:
                taken.add(made)
                if turn:
                    apart[_short(digest)] = turn
                break
    return apart


def _names(df: pd.DataFrame, columns: list[str], kind: str, locale: str) -> dict[str, Any]:
    """The fingerprint of the key that is set, the names to choose from, and which national number it is."""
    known: dict[str, Any] = {"key": key_fingerprint(pseudonym_key())}
    if kind == "national_number":
        from dataops_core.privacy.identifiers.national_numbers import strictest_number

        texts = [text for name in columns for text in cell_texts(df[name]) if text is not None]
        return known | {"number": strictest_number(list(dict.fromkeys(texts))[:2000])}
    drawn = {
        **{person: {"first": "first_name", "last": "last_name"} for person in PEOPLE},
        "address": {"street": "street_name"},
        "city": {"city": "city"},
    }.get(kind, {})
    return known | {name: list(_drawn(locale, method)) for name, method in drawn.items()}


@functools.cache
def _drawn(locale: str, method: str) -> tuple[str, ...]:
    """Names of one sort; Faker draws the same ones whenever it is asked."""
    from faker import Faker

    fake = Faker(locale)
    fake.seed_instance(0)
    return tuple(sorted({str(getattr(fake, method)()) for _ in range(DRAWN)}))
