"""The arithmetic of check digits that several kinds of numbers share."""

from __future__ import annotations

import re


def is_iban(text: str) -> bool:
    """ISO 13616: the number, first four signs last and letters as 10 to 35, is 1 modulo 97.

    >>> is_iban("GB82 WEST 1234 5698 7654 32"), is_iban("GB83 WEST 1234 5698 7654 32")
    (True, False)
    """
    bare = re.sub(r"\s", "", text)
    digits = "".join(str(int(c, 36)) for c in bare[4:] + bare[:4] if c.isalnum() and c.isascii())
    return bool(digits) and int(digits) % 97 == 1


def is_card(text: str) -> bool:
    """ISO/IEC 7812: Luhn's check sum over 13 to 19 digits.

    >>> is_card("4539 1488 0343 6467"), is_card("4539 1488 0343 6468")
    (True, False)
    """
    digits = [int(c) for c in text if "0" <= c <= "9"][::-1]
    return 13 <= len(digits) <= 19 and (sum(digits[::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[1::2])) % 10 == 0


_ISSUERS = re.compile(  # first digits and lengths by ISO/IEC 7812 and the networks
    r"(?:4\d{15}|4\d{12}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}"
    r"|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}|(?:50|5[6-9]|6\d)\d{10,17})"
)


def is_issued_card(text: str) -> bool:
    """Luhn's check sum, and first digits and a length that a card network uses.

    >>> is_issued_card("4539 1488 0343 6467"), is_issued_card("9999 9999 9999 9995")
    (True, False)
    """
    digits = re.sub(r"[ -]", "", text)
    return bool(_ISSUERS.fullmatch(digits)) and is_card(digits)


def with_luhn(text: str) -> str:
    """The same number with its last digit such that Luhn's check sum (ISO/IEC 7812) holds.

    >>> with_luhn("4539 1488 0343 6460")
    '4539 1488 0343 6467'
    """
    places = [at for at, sign in enumerate(text) if sign.isdecimal()]
    if len(places) < 2:
        return text
    digits = [int(text[at]) for at in places[:-1]][::-1]
    total = sum(digits[1::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[::2])
    return text[: places[-1]] + str(-total % 10) + text[places[-1] + 1 :]


def with_iban_digits(text: str) -> str:
    """The same account number with its two check digits such that ISO 13616 holds.

    >>> with_iban_digits("GB00 WEST 1234 5698 7654 32")
    'GB82 WEST 1234 5698 7654 32'
    """
    bare = "".join(sign for sign in text if sign.isalnum()).upper()
    if len(bare) < 6 or not bare[:2].isalpha() or not bare.isascii():
        return text
    number = int("".join(str(int(sign, 36)) for sign in f"{bare[4:]}{bare[:2]}00"))
    at = next(place for place, sign in enumerate(text) if sign.isalnum())
    return f"{text[:at]}{bare[:2]}{98 - number % 97:02d}{text[at + 4 :]}"
