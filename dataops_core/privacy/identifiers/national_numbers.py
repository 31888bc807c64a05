"""National numbers of persons, by form and check digits (the package python-stdnum)."""

from __future__ import annotations

import functools
import importlib
import re
from types import ModuleType

# numbers of persons whose check digits or dates tell them from other numbers
CHECKED = (
    "al.nipt", "ar.cuit", "at.vnr", "at.tin", "au.tfn", "be.nn", "bg.egn", "bg.pnf", "br.cpf", "ca.sin", "ch.ssn",
    "cl.rut", "cn.ric", "cz.rc", "de.idnr", "dk.cpr", "do.cedula", "ec.ci", "ee.ik", "es.dni", "es.nie", "fi.hetu",
    "fr.nir", "fr.nif", "gb.nhs", "gr.amka", "hr.oib", "ie.pps", "il.idnr", "in_.aadhaar", "in_.pan", "is_.kennitala",
    "it.codicefiscale", "kr.rrn", "lt.asmens", "mx.curp", "mx.rfc", "my.nric", "nl.bsn", "no.fodselsnummer",
    "pl.pesel", "pt.nif", "pt.cc", "ro.cnp", "rs.pib", "ru.inn", "se.personnummer", "si.emso", "sk.rc", "th.pin",
    "tr.tckimlik", "ua.rntrc", "uy.rut", "ve.rif", "za.idnr",
)  # fmt: skip
# nothing but the number of digits tells them: only where the column's name says so
NAMED_ONLY = ("us.ssn", "us.itin", "pk.cnic", "id.nik", "pe.cui", "ar.dni", "cr.cpf", "cu.ni", "gb.utr", "mu.nid")
COMPANIES = ("al.nipt", "ar.cuit", "rs.pib", "uy.rut")  # given to firms as well
WRITTEN = re.compile(r"[A-Za-z]{0,6}[ -]?\d[\dA-Za-z ./+-]{5,24}[\dA-Za-z]")
_SNILS = re.compile(r"\d{3}-\d{3}-\d{3}[ -]\d{2}|\d{11}")


def is_snils(text: str) -> bool:
    """Whether a text is a Russian insurance number (SNILS), by its check sum.

    >>> is_snils("112-233-445 95"), is_snils("112-233-445 96")
    (True, False)
    """
    if not _SNILS.fullmatch(text):
        return False
    digits = [int(sign) for sign in text if sign.isdigit()]
    total = sum(weight * digit for weight, digit in zip(range(9, 0, -1), digits[:9], strict=True)) % 101
    return total % 100 == 10 * digits[9] + digits[10]


@functools.cache
def _module(name: str) -> ModuleType:
    return importlib.import_module(f"stdnum.{name}")


def is_valid(text: str, number: str) -> bool:
    """Whether a text is a number of that kind ("pl.pesel"), as python-stdnum says.

    >>> is_valid("44051401359", "pl.pesel"), is_valid("44051401358", "pl.pesel")
    (True, False)
    """
    return is_snils(text) if number == "ru.snils" else bool(_module(number).is_valid(text))


def best_number(texts: list[str], *, named: bool = False) -> tuple[str, float]:
    """The kind of national number that most of the texts are, and their share; `named` says that the column's name
    tells that it holds one.
    """
    some = texts[:: max(1, len(texts) // 100)]
    if not some:
        return "", 0.0
    best = ("", 0.0)
    for number in ("ru.snils", *CHECKED, *(NAMED_ONLY if named else ())):
        hits = 0
        for at, text in enumerate(some):
            hits += is_valid(text, number)
            if at == 11 and hits < 3:  # a twelfth of the way: not this one
                break
        else:
            if hits / len(some) > best[1]:
                best = (number, hits / len(some))
    return best


def strictest_number(texts: list[str]) -> str:
    """The kind of national number that nearly all texts are, and that refuses most of what they are not: each with its
    last digit changed; "" where there is none.

    >>> strictest_number(["111222333", "123456782", "232262536", "010464554"])
    'nl.bsn'
    """
    some = texts[:: max(1, len(texts) // 100)]
    wrong = [changed for text in some if (changed := _with_another_digit(text)) != text]
    fitting = []
    for number in CHECKED:
        if not any(is_valid(text, number) for text in some[:5]):
            continue
        if sum(is_valid(text, number) for text in some) >= 0.9 * len(some):
            fitting.append((sum(is_valid(text, number) for text in wrong), number))
    return min(fitting)[1] if some and fitting else ""


def _with_another_digit(text: str) -> str:
    at = max((place for place, sign in enumerate(text) if sign.isdecimal()), default=None)
    return text if at is None else f"{text[:at]}{(int(text[at]) + 1) % 10}{text[at + 1 :]}"
