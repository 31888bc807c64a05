"""Direct identifiers that stand among other words."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dataops_core.privacy.identifiers.addresses import CALLED, EMBEDDED, is_street
from dataops_core.privacy.identifiers.check_digits import is_iban, is_issued_card
from dataops_core.privacy.identifiers.name_lists import cities, first_names, last_names, name_likeness, words
from dataops_core.privacy.identifiers.national_numbers import best_number, is_snils, is_valid
from dataops_core.privacy.identifiers.patterns import (
    CARD,
    EMAIL,
    IBAN,
    IPV4,
    MAC,
    is_ip_address,
    is_social_security_number,
    is_url_with_id,
)
from dataops_core.privacy.identifiers.person_names import PARTICLES, TITLES
from dataops_core.privacy.identifiers.phones import REGIONS, is_international, is_valid_in, is_written_like_phone

ALIKE = 0.05  # how much more like names than like words two words must be built that no list holds


@dataclass(frozen=True)
class Span:
    """Where in a text an identifier stands, and of what kind it is."""

    type: str
    start: int
    end: int


_PHONE = re.compile(
    r"(?<![\w.,+-])(?:(?:\+|00)[1-9]\d{0,2}[\s(./-]*\d[\d\s()./-]{5,16}\d"
    r"|\(?0\d{1,4}\)?[\s/.-]{0,3}\d{2,4}(?:[\s./-]?\d{2,4}){1,4}"
    r"|\(\d{2,3}\) ?\d{3,5}[-. ]\d{4}|\d{3}[-. ]\d{3}[-. ]\d{3,4})(?![\w]|[.,-]\d)"
)
_PHONE_WORD = re.compile(
    r"(?:phone|tel|telefon\w*|mobile?|handy|fax|call(?:ed)?|appel\w*|ruf\w*|móvil|telefoon|bel|cell\w*"
    r"|dzwoni\w*|ring|whatsapp"
    r"|телефон\w*|тел|звонить|позвон\w*|ligar?|llam\w+|chiam\w+|nummer|number|numer\w*|número"
    r"|numero)[^\w]{1,3}(?:\w+\W{1,2}){0,3}$",
    re.IGNORECASE,
)
_CALL = re.compile(r"\b(?:phone|tel|telefon|mobile?|handy|fax|call|ruf\w*(?: an)?|whatsapp)[.:]{0,2} ?$", re.IGNORECASE)
_CALLS = re.compile(r"phone|tel|mobil|handy|fax|call|ruf|whatsapp", re.IGNORECASE)  # a quick first look
_BARE_PHONE = re.compile(r"(?<![\w.,+-])\d[\d\s./-]{6,14}\d(?![\w]|[.,-]\d)")
_NUMBER = re.compile(
    r"(?<!\w)\d{3}-\d{3}-\d{3} \d{2}(?!\w)|(?<![\w.,/-])[A-Z]{0,6}\d[\dA-Z.+-]{5,20}[\dA-Z](?![\w]|[-/]\d)"
)
_NUMBER_WORD = re.compile(
    r"\b(?:ssn|bsn|pesel|cpf|snils|снилс|инн|nir|sécu\w*|dni|nie|codice fiscale|personnummer|cpr|ahv|svnr"
    r"|steuer\w*|tax id|sin|nhs"
    r"|national (?:id|insurance)\w*|social security\w*|rodné číslo|tc kimlik\w*|identity n\w+|id n\w+|insee"
    r"|burgerservicenummer)\b"
    r"\W{1,3}(?:\w+\W{1,2}){0,3}$",
    re.IGNORECASE,
)
# forms that tell a number without a word before it
_FORMS: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (re.compile(r"\d{3}-\d{2}-\d{4}"), is_social_security_number),
    (re.compile(r"[A-Z]{6}\w{2}[A-Z]\w{2}[A-Z]\w{3}[A-Z]"), lambda text: is_valid(text, "it.codicefiscale")),
    (re.compile(r"\d{8}-?[A-Z]|[XYZ]-?\d{7}-?[A-Z]"), lambda t: is_valid(t, "es.dni") or is_valid(t, "es.nie")),
    (re.compile(r"[A-Z]{4}\d{6}[A-Z]{6}\w\d"), lambda text: is_valid(text, "mx.curp")),
    (re.compile(r"\d{6}[-+A-F]\d{3}\w"), lambda text: is_valid(text, "fi.hetu")),
    (re.compile(r"\d{3}\.\d{3}\.\d{3}-\d{2}"), lambda text: is_valid(text, "br.cpf")),
    (re.compile(r"\d{3}-\d{3}-\d{3} \d{2}"), is_snils),
    (re.compile(r"756\.\d{4}\.\d{4}\.\d{2}"), lambda text: is_valid(text, "ch.ssn")),
    (re.compile(r"[12]\d{14}"), lambda text: is_valid(text, "fr.nir")),
    (re.compile(r"\d{6}[-+]\d{4}"), lambda text: is_valid(text, "se.personnummer") or is_valid(text, "dk.cpr")),
)
_URL = re.compile(r"(?:https?://|www\.)[^\s\"'<>]+[\w/]", re.IGNORECASE)
_IP = re.compile(
    rf"(?<![\w.])(?:{IPV4})(?![\w]|\.\d)"
    rf"|(?<![\w:])(?:[0-9a-fA-F]{{1,4}}:){{3,7}}[0-9a-fA-F:]{{1,20}}(?![\w:])"
)
_CAPITAL = r"[A-ZÀ-ÞŁŚŻŹĆŞİĞČŘŠŽĚА-ЯЁ][^\W\d_]+(?:['’-][^\W\d_]+)*"
_PARTICLE = rf"(?:(?:{'|'.join(sorted(PARTICLES - {'y', 'e', 'in', 't', 'het'}, key=len, reverse=True))})\s)"
_TITLED = re.compile(rf"\b(?i:{TITLES})\.?\s+((?:{_PARTICLE})*{_CAPITAL}(?:\s(?:{_PARTICLE})*{_CAPITAL}){{0,2}})")
_PAIR = re.compile(rf"(?<!\w)(?=({_CAPITAL}),?\s((?:{_PARTICLE}){{0,2}})({_CAPITAL}))")
_BEFORE = re.compile(  # before a person: who was spoken with, and what a person is called
    r"\b(?:with|to|by|from|for|mr|client|customer|patient|contact|name|caller|mit|von|an|bei|kunde|kundin"
    r"|patientin|avec|par|à|chez|con|a|por|di|da|met"
    r"|aan|van|klant|z|ze|od|dla|klient|klientka|pacjent|com|para|cliente|paciente|paziente|med|från|av"
    r"|till|kund|kunden|с|от|для|клиент|клиентка|пациент)"
    r":? $",
    re.IGNORECASE,
)
_AFTER = re.compile(  # what people do
    r" (?:called|calls|said|says|wants|asked|asks|wrote|writes|complained|paid|reported|hat|ruft|rief|sagt"
    r"|möchte|schrieb|bittet|a appelé|appelle|demande|veut"
    r"|souhaite|llamó|llama|dice|quiere|pide|ha chiamato|chiama|vuole|chiede|ha scritto|belde|belt|vraagt"
    r"|wil|schreef|dzwonił|dzwoniła|prosi|chce|pisze"
    r"|ligou|quer|pede|disse|ringde|ringer|vill|säger|skrev|звонил|звонила|просит|хочет|сказал|сказала|пишет)\b"
)


def find_identifiers(text: str, *, prose: bool = True) -> list[Span]:
    """Where direct identifiers stand in a text, in order. What is no prose (a code, an amount, a short remark) is
    searched for e-mail addresses, links, IBANs, international phone numbers and numbers after a word such as "call"
    alone, which nothing else looks like.

    >>> [(span.type, "Mail jo@example.com"[span.start : span.end]) for span in find_identifiers("Mail jo@example.com")]
    [('email', 'jo@example.com')]
    >>> [span.type for span in find_identifiers("call 0171 7368886", prose=False)]
    ['phone']
    """
    spans: list[Span] = []
    for find in (*_FORMED, *_PROSE) if prose else _FORMED:
        for span in find(text):
            if all(span.end <= other.start or span.start >= other.end for other in spans):
                spans.append(span)
    return sorted(spans, key=lambda span: span.start)


def _fitting(kind: str, pattern: str, holds: Callable[[str], bool] | None = None) -> Callable[[str], Iterator[Span]]:
    compiled = re.compile(pattern)

    def find(text: str) -> Iterator[Span]:
        for found in compiled.finditer(text):
            if holds is None or holds(found[0]):
                yield Span(kind, found.start(), found.end())

    return find


def _emails(text: str) -> Iterator[Span]:
    if "@" in text:
        for found in re.finditer(EMAIL, text):
            yield Span("email", found.start(), found.end())


def _urls(text: str) -> Iterator[Span]:
    for found in _URL.finditer(text):
        if is_url_with_id(found[0]):
            yield Span("url_with_id", found.start(), found.end())


def _addresses_of_networks(text: str) -> Iterator[Span]:
    for found in _IP.finditer(text):
        if is_ip_address(found[0]):
            yield Span("ip_address", found.start(), found.end())


def _national(text: str) -> Iterator[Span]:
    for found in _NUMBER.finditer(text):
        bare = found[0].strip(".,")
        if any(form.fullmatch(bare) and holds(bare) for form, holds in _FORMS) or (
            _NUMBER_WORD.search(text[: found.start()]) and best_number([bare] * 12, named=True)[0]
        ):
            social = is_social_security_number(bare)
            kind = "social_security_number" if social else "national_number"
            yield Span(kind, found.start(), found.start() + len(bare))


def _phones(text: str) -> Iterator[Span]:
    for found in _PHONE.finditer(text):
        number = found[0]
        if not is_written_like_phone(number):
            continue
        if is_international(number) or any(is_valid_in(number, region) for region in REGIONS):
            yield Span("phone", found.start(), found.end())
    for found in _BARE_PHONE.finditer(text):
        if is_written_like_phone(found[0]) and _PHONE_WORD.search(text[: found.start()]):
            yield Span("phone", found.start(), found.end())


def _phones_to_call(text: str) -> Iterator[Span]:
    """Phone numbers of a country that follow a word such as "call" at once."""
    if not _CALLS.search(text):
        return
    for found in _PHONE.finditer(text):
        number = found[0]
        if (
            number.startswith(("0", "("))
            and _CALL.search(text[: found.start()])
            and is_written_like_phone(number)
            and any(is_valid_in(number, region) for region in REGIONS)
        ):
            yield Span("phone", found.start(), found.end())


def _addresses(text: str) -> Iterator[Span]:
    if not any(sign.isdigit() for sign in text):
        return
    for pattern in EMBEDDED:
        for found in pattern.finditer(text):
            if is_street(found["street"]) or CALLED.search(text[: found.start()]):
                yield Span("postal_address", found.start(), found.end())


def _names(text: str) -> Iterator[Span]:
    for found in _TITLED.finditer(text):
        yield Span("person_name", found.start(1), found.end(1))
    pairs = []
    for found in _PAIR.finditer(text):
        first, last = found[1].lower(), found[3].lower()
        if text[found.end(1)] == ",":
            first, last = last, first
        said = _BEFORE.search(text[max(0, found.start() - 80) : found.start()]) or _AFTER.match(text[found.end(3) :])
        if said is None and found[1].isupper() and found[3].isupper():  # abbreviations
            continue
        if strength := _strength(first, last, bool(found[2]), said=said is not None):
            pairs.append((-strength, Span("person_name", found.start(1), found.end(3))))
    for _, span in sorted(pairs, key=lambda pair: pair[0]):
        yield span


@functools.lru_cache(maxsize=200_000)
def _likeness(*some: str) -> float:
    return name_likeness(some)


def _strength(first: str, last: str, particle: bool, *, said: bool) -> int:
    """How surely two words are a first and a last name: 3 both are listed, 2 one is, 1 both are built like names or
    stand where names do, 0 no. `said` says that the words around speak of a person.
    """
    plain, towns = words(), cities()
    if first in plain and last in plain:
        return 0
    given = first in first_names() or any(part in first_names() for part in first.split("-"))
    family = last in last_names() or particle
    if given and family:
        return 3
    if given and (last not in plain or first not in plain) and (said or last not in towns):
        return 2
    if family and first not in plain and (said or (first not in towns and _likeness(first) > -ALIKE)):
        return 2
    if {first, last} & plain or {first, last} & towns:
        far = said and last in towns and not {first, last} & plain and first not in towns  # a name that is a town's too
        return int(far and _likeness(first, last) > ALIKE)
    if said:
        return 1
    return int(_likeness(first, last) > ALIKE)


_FORMED: tuple[Callable[[str], Iterator[Span]], ...] = (
    _emails,
    _urls,
    _fitting("iban", rf"\b(?:{IBAN})\b", is_iban),
    _fitting("phone", r"(?<![\w.,+-])\+[1-9]\d{0,2}[\s(./-]*\d[\d\s()./-]{5,16}\d(?![\w]|[.,-]\d)", is_international),
    _phones_to_call,
)
_PROSE: tuple[Callable[[str], Iterator[Span]], ...] = (
    _fitting("payment_card", rf"(?<![\d-])(?:{CARD})(?![\d-])", is_issued_card),
    _addresses_of_networks,
    _national,
    _phones,
    _fitting("mac_address", rf"(?<![\w:])(?:{MAC})(?![\w:])"),
    _addresses,
    _names,
)
_FINDERS: dict[str, tuple[Callable[[str], Iterator[Span]], ...]] = {
    "email": (_emails,),
    "url_with_id": (_urls,),
    "iban": (_FORMED[2],),
    "phone": (_FORMED[3], _phones),
    "payment_card": (_PROSE[0],),
    "ip_address": (_addresses_of_networks,),
    "national_number": (_national,),
    "social_security_number": (_national,),
    "mac_address": (_PROSE[4],),
    "postal_address": (_addresses,),
    "person_name": (_names,),
}


def holds_identifier(text: str, kind: str) -> bool:
    """Whether a text holds an identifier of one kind; faster than looking for all.

    >>> holds_identifier("Mail jo@example.com", "email"), holds_identifier("Mail jo@example.com", "phone")
    (True, False)
    """
    return any(span.type == kind for find in _FINDERS.get(kind, ()) for span in find(text))
