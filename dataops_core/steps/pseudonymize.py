"""Consistent pseudonyms."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Annotated, Any, Literal

import pandas as pd

from dataops_core.errors import Skip
from dataops_core.privacy.identifiers.check_digits import with_iban_digits, with_luhn
from dataops_core.privacy.keys import domain_key, key_fingerprint, key_of, keyed_digest, pseudonym_key
from dataops_core.privacy.locales import Locale
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._private import each_text, same_person
from dataops_core.steps.step import Columns, Label, When, step

DRAWN = 600  # names of each sort that are drawn from Faker
TRIES = 4_000  # numbers that are tried until the check digits hold
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
    is recognized, have valid check digits. Two people may share a pseudonym, as people share names; where that must
    not be, use a keyed hash. Names are those of Faker, remembered by the step when it learns; they bear a middle
    initial, so that none is a real name of the table. Whoever has the key can find out who is who: the result is still
    personal data.

    >>> two = pd.DataFrame({"a": ["Jo Smith", None], "b": ["SMITH, Jo", "Al Roe"]}, dtype=object)
    >>> out = pseudonymize(two, columns=["a", "b"], kind="name")
    >>> first, last = out["a"][0].split(". ")[0].split(" ")[0], out["a"][0].split(". ")[1]
    >>> out["b"][0].upper() == f"{last}, {out['a'][0].split('. ')[0]}.".upper()
    True
    """
    if not columns:
        raise Skip("No column is named.")
    learned = learned or draw_names(df, columns, kind, locale)
    key = domain_key(key_of(learned["key"]), "person" if kind in PEOPLE else kind)
    make = _MAKERS[kind]

    def changed(text: str, whose: str | None = None) -> str:
        return make(text, _Draws(keyed_digest(key, same_person(text) if whose is None else f"is {whose}")), learned)

    out = df.copy(deep=False)
    for name in columns:
        if person is None or kind not in PEOPLE:
            out[name] = each_text(df[name], changed)
            continue
        pairs = zip(cell_texts(df[name]), cell_texts(df[person]), strict=True)
        made = [None if text is None else changed(text, whose) for text, whose in pairs]
        out[name] = pd.Series(made, index=df.index, dtype=object)
    return out


class _Draws:
    """Numbers, one after the other, that follow from a digest."""

    def __init__(self, digest: bytes) -> None:
        self.digest, self.at, self.block = digest, 0, digest

    def below(self, size: int) -> int:
        """The next number from 0 up to, but without, the size."""
        if self.at + 4 > len(self.block):
            self.digest = hashlib.sha256(self.digest).digest()
            self.block, self.at = self.digest, 0
        self.at += 4
        return int.from_bytes(self.block[self.at - 4 : self.at], "big") % size

    def pick(self, some: list[str]) -> str:
        """One of some texts."""
        return some[self.below(len(some))]


def _person(draws: _Draws, names: dict[str, Any]) -> tuple[str, str, str]:
    return draws.pick(names["first"]), "ABCDEFGHIJKLMNOPRSTVW"[draws.below(21)], draws.pick(names["last"])


def _name(text: str, draws: _Draws, names: dict[str, Any]) -> str:
    first, middle, last = _person(draws, names)
    made = f"{last}, {first} {middle}." if "," in text else f"{first} {middle}. {last}"
    return made.upper() if text == text.upper() else made.lower() if text == text.lower() else made


def _part(at: int) -> Callable[[str, _Draws, dict[str, Any]], str]:
    def made(text: str, draws: _Draws, names: dict[str, Any]) -> str:
        part = _person(draws, names)[at]
        return part.upper() if text == text.upper() else part.lower() if text == text.lower() else part

    return made


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isascii() and sign.isalnum()) or "x"


def _email(_text: str, draws: _Draws, names: dict[str, Any]) -> str:
    first, _, last = _person(draws, names)
    return f"{_plain(first)}.{_plain(last)}.{draws.below(2**32):08x}@example.com"  # kept for examples by RFC 2606


def _user_name(_text: str, draws: _Draws, names: dict[str, Any]) -> str:
    first, _, last = _person(draws, names)
    return f"{_plain(first)}{_plain(last)[:1]}{draws.below(2**32):08x}"


def _address(_text: str, draws: _Draws, names: dict[str, Any]) -> str:
    return f"{draws.pick(names['street'])} {1 + draws.below(9999)}"


def _city(_text: str, draws: _Draws, names: dict[str, Any]) -> str:
    return draws.pick(names["city"])


def _shape(text: str, draws: _Draws, _names: dict[str, Any], after: int = 0) -> str:
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


def _phone(text: str, draws: _Draws, names: dict[str, Any]) -> str:
    after = 3 if text.startswith("+") else 4 if text.startswith("00") else 1 if text.startswith("0") else 0
    return _shape(text, draws, names, after)


def _iban(text: str, draws: _Draws, names: dict[str, Any]) -> str:
    return with_iban_digits(_shape(text, draws, names, 4))


def _card(text: str, draws: _Draws, names: dict[str, Any]) -> str:
    return with_luhn(_shape(text, draws, names, 1))


def _network(text: str, draws: _Draws, _names: dict[str, Any]) -> str:
    parts = [1 + draws.below(254) for _ in range(4)]
    if ":" in text:  # fd00::/8 and 10.0.0.0/8 are private (RFC 4193, RFC 1918)
        return "fd00::" + ":".join(f"{256 * part + draws.below(256):x}" for part in parts)
    return f"10.{parts[0]}.{parts[1]}.{parts[2]}"


def _national(text: str, draws: _Draws, names: dict[str, Any]) -> str:
    """A number of the same kind whose check digits hold, where the kind is known and one is found."""
    if not names.get("number"):
        return _shape(text, draws, names)
    import importlib

    holds = importlib.import_module(f"stdnum.{names['number']}").is_valid
    if not holds(text):
        return _shape(text, draws, names)
    for _ in range(TRIES):
        made = _shape(text, draws, names)
        if holds(made):
            return made
    return _shape(text, draws, names)


_MAKERS: dict[str, Callable[[str, _Draws, dict[str, Any]], str]] = {
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
    df: pd.DataFrame, columns: list[str], kind: str, locale: str = "en_US", **_settings: Any
) -> dict[str, Any]:
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
    }.get(kind)
    if drawn:
        from faker import Faker

        fake = Faker(locale)
        for name, method in drawn.items():
            fake.seed_instance(0)
            known[name] = sorted({str(getattr(fake, method)()) for _ in range(DRAWN)})
    return known
