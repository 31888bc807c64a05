"""Wrong check digits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
from stdnum import ean, imo, isbn, issn
from stdnum import luhn as luhn_digits

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView, each
from dataops_core.checks.table_view import Context
from dataops_core.privacy.identifiers.check_digits import is_iban
from dataops_core.wording import counted

SHARE = 0.95  # of the cells have the right digit: by chance, a tenth have
LEAST = 50
LENGTH, CUT = 0.9, "00000"  # of the numbers are of one length; the end of one that a spreadsheet cut
_DIGITS = str.maketrans("OIL", "011")
_SIGNS = str.maketrans("", "", " -.")


@check(
    "Wrong check digits",
    group="Text",
    types=["text", "integer", "decimal"],
    severity="error",
    no_fix="Which digit is wrong, only the source knows; look the number up, or set the cell to missing.",
)
def wrong_check_digits(column: ColumnView, context: Context) -> Iterator[Hit]:
    """Account, tax and identity numbers, bar codes, book and card numbers whose check digit does not fit, where nearly
    all others do.

    One digit at least is mistyped: the number is nobody's, or another one's.
    """
    some = [bare(text) for text in column.sample(200)]
    kept = [text for text in some if text]
    if column.present < LEAST or len(kept) < SHARE * len(some) or len(set(kept)) < 10:
        return
    name = next((name for name, right in SYSTEMS.items() if _holds(right, kept)), None)
    if name is None:
        return
    right = SYSTEMS[name]
    mask = column.where(each(lambda text: _is_wrong(right, bare(text))))
    if mask.sum() > (1 - SHARE) * column.present:
        return
    cut = mask & column.where(each(lambda text: bare(text).endswith(CUT)))
    usual, often = Counter(map(len, kept)).most_common(1)[0]
    if often >= LENGTH * len(kept):  # the others are too short or too long
        mask &= column.where(each(lambda text: len(bare(text)) == usual))
    if (mask & ~cut).any():
        cells = counted((mask & ~cut).sum(), "cell has", "cells have")
        yield Hit(mask & ~cut, f"{cells} a check digit that does not fit ({name}).")
    if cut.any():
        cells = counted(cut.sum(), "cell", "cells")
        yield Hit(cut, f"{cells} lost the last digits, as spreadsheets cut long numbers ({name}).")


def _holds(right: Callable[[str], bool | None], some: list[str]) -> bool:
    told = [fit for fit in map(right, some) if fit is not None]
    return len(told) >= SHARE * len(some) and bool(np.mean(told) >= SHARE)


def _is_wrong(right: Callable[[str], bool | None], number: str) -> bool:
    """Whether a number has the wrong digit, or a letter in the place of one: O for 0, l for 1."""
    fits = right(number)
    return fits is False or (fits is None and right(number.translate(_DIGITS)) is not None)


def bare(text: object) -> str:
    """A number as it is computed with: no spaces, hyphens and points, capital letters; empty where it can be none."""
    plain = str(text).removesuffix(".0").translate(_SIGNS).upper()  # whole numbers among some that are not
    return plain if 7 <= len(plain) <= 34 and plain.isascii() and plain.isalnum() else ""


def iban(text: str) -> bool | None:
    """The check of ISO 13616: letters as two digits, the first four signs last, remainder 1 by 97.

    >>> iban("DE89370400440532013000"), iban("DE89370400440532013001")
    (True, False)
    """
    if len(text) < 15 or not (text[:2].isalpha() and text[2:4].isdigit()):
        return None
    return is_iban(text)


def gtin(text: str) -> bool | None:
    """The check of GS1 (EAN, UPC, ISBN-13): digits times 1 and 3 from the right, a multiple of ten.

    >>> gtin("4006381333931"), gtin("4006381333932")
    (True, False)
    """
    if len(text) not in (8, 12, 13, 14) or not text.isdigit():
        return None
    return bool(ean.is_valid(text))


def luhn(text: str) -> bool | None:
    """The check of ISO/IEC 7812 (cards): each second digit doubled, a multiple of ten.

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    if not 12 <= len(text) <= 19 or not text.isdigit():
        return None
    return bool(luhn_digits.is_valid(text))


def isbn10(text: str) -> bool | None:
    """The check of ISBN-10: digits times 10 to 1, a multiple of eleven; X is 10.

    >>> isbn10("0306406152"), isbn10("0306406153")
    (True, False)
    """
    if len(text) != 10 or not text.replace("X", "0").isdigit() or "X" in text[:9]:
        return None
    return bool(isbn.is_valid(text))


def serial(text: str) -> bool | None:
    """The check of ISSN (ISO 3297): digits times 8 to 1, a multiple of eleven; X is 10.

    >>> serial("00221953"), serial("00221954")
    (True, False)
    """
    if len(text) != 8 or not text[:7].isdigit() or not (text[7].isdigit() or text[7] == "X"):
        return None
    return bool(issn.is_valid(text))


def ship(text: str) -> bool | None:
    """The check of IMO numbers: the first six digits times 7 to 2, whose sum ends in the seventh.

    >>> ship("IMO9074729"), ship("9074728")
    (True, False)
    """
    number = text.removeprefix("IMO")
    return bool(imo.is_valid(number)) if len(number) == 7 and number.isdigit() else None


def vat(text: str) -> bool | None:
    """The check of the country that a VAT identification number begins with: of the European Union, Great Britain,
    Norway or Switzerland.

    >>> vat("DE136695976"), vat("DE136695978"), vat("US136695976")
    (True, False, None)
    """
    country = text[:2]
    if country in VAT_OF_THE_UNION:
        return bool(_module("eu.vat").is_valid(text))
    return bool(_module(VAT_ELSEWHERE[country]).is_valid(text)) if country in VAT_ELSEWHERE else None


@cache
def _module(name: str) -> Any:
    return import_module(f"stdnum.{name}")  # some dozens, of which a table needs one


def national(name: str, shape: str) -> Callable[[str], bool | None]:
    """The check of a module of python-stdnum, for texts of that shape.

    >>> national("nl.bsn", "[0-9]{9}")("111222333"), national("nl.bsn", "[0-9]{9}")("111252333")
    (True, False)
    """
    pattern = re.compile(shape)
    return lambda text: bool(_module(name).is_valid(text)) if pattern.fullmatch(text) else None


VAT_OF_THE_UNION = "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
VAT_ELSEWHERE = {"GB": "gb.vat", "CH": "ch.vat", "NO": "no.mva"}
# each tells whether the check fits, or None where the text is no such number at all
SYSTEMS: dict[str, Callable[[str], bool | None]] = {
    "IBAN": iban,
    "GTIN": gtin,
    "ISBN": isbn10,
    "Luhn": luhn,
    "ISSN": serial,
    "IMO": ship,
    "VAT": vat,
    "LEI": national("lei", "[0-9A-Z]{18}[0-9]{2}"),
    "ISIN": national("isin", "[A-Z]{2}[0-9A-Z]{9}[0-9]"),
    "ISNI, ORCID": national("isni", "[0-9]{15}[0-9X]"),
    "Steuer-IdNr., Germany": national("de.idnr", "[0-9]{11}"),
    "SIREN, France": national("fr.siren", "[0-9]{9}"),
    "NIR, France": national("fr.nir", "[12][0-9]{4}[0-9AB]{2}[0-9]{8}"),
    "Codice fiscale, Italy": national("it.codicefiscale", "[A-Z]{6}[0-9L-V]{2}[A-Z][0-9L-V]{2}[A-Z][0-9L-V]{3}[A-Z]"),
    "Partita IVA, Italy": national("it.iva", "[0-9]{11}"),
    "NIF, Spain": national("es.nif", "[0-9A-Z][0-9]{7}[0-9A-Z]"),
    "NIF, Portugal": national("pt.nif", "[0-9]{9}"),
    "BSN, Netherlands": national("nl.bsn", "[0-9]{9}"),
    "National number, Belgium": national("be.nn", "[0-9]{11}"),
    "PESEL, Poland": national("pl.pesel", "[0-9]{11}"),
    "NIP, Poland": national("pl.nip", "[0-9]{10}"),
    "Personnummer, Sweden": national("se.personnummer", "[0-9]{10}|[0-9]{12}"),
    "Fødselsnummer, Norway": national("no.fodselsnummer", "[0-9]{11}"),
    "NHS number, United Kingdom": national("gb.nhs", "[0-9]{10}"),
    "CPF, Brazil": national("br.cpf", "[0-9]{11}"),
    "CNPJ, Brazil": national("br.cnpj", "[0-9]{14}"),
}
