"""Page ranges, amounts, codes and names as they are written: the ways to read a text, and how to write it in another
form.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from dataops_core.repair.notation.format_times import Reading
from dataops_core.values.dates import MONTH_OF
from dataops_core.values.text import LETTER, MONEY

COMPARED = frozenset("<>≤≥~±")  # what stands behind them is not what was counted
RANGE = re.compile(
    r"((?:pages|page|pp|pgs?|p)?[.:]?\s*)([A-Za-z]?)(\d{1,6})(\s?(?:-{1,3}|[\u2010-\u2015]|to)\s?)([A-Za-z]?)(\d{1,6})"
)
ONE_PAGE = re.compile(r"([A-Za-z]?)(\d{1,6})")
DECODED = (
    re.compile(r"(?P<number>\d{1,2})-(?P<month>[A-Za-z]{3})"),
    re.compile(r"(?P<month>[A-Za-z]{3})-(?P<number>\d{2})"),
)
MONTHS_SHORT = [name.title() for name in MONTH_OF]
NUMBER = re.compile(
    r"(?P<open>\()?(?P<minus>[-\u2212])?(?P<before>[^\d\s()+.,-]{1,3}\s?)?(?P<minus_too>-)?"
    r"(?P<whole>\d{1,3}(?:(?P<thousands>[,.'\u00a0 ])\d{3})(?:(?P=thousands)\d{3})*|\d+)"
    r"(?:(?P<point>[.,])(?P<part>\d+))?(?P<after>\s?[^\d()+.,\s-][^\d()+,]{0,10})?(?P<close>\))?"
)
CURRENCIES = frozenset(MONEY) | {"usd", "eur", "gbp", "chf", "us$"}
NAME_WORD = rf"{LETTER}[\w'’.\-]*"
COMMA_NAME = re.compile(rf"({NAME_WORD}(?: {NAME_WORD}){{0,2}}), ({NAME_WORD}(?: {NAME_WORD}){{0,2}})")
PLAIN_NAME = re.compile(rf"{NAME_WORD}(?: {NAME_WORD}){{1,3}}")
PARTICLES = frozenset(
    {"van", "von", "de", "der", "den", "da", "di", "del", "della", "la", "le", "el", "al", "bin", "ter"}
)
LONGEST_CODE = 30


class RangeForm(NamedTuple):
    """What stands before a range and between its ends, and whether the digits that the second end shares with the
    first are left out.
    """

    before: str
    between: str
    short: bool


def read_range(text: str) -> list[Reading]:
    """The ways to read a range of pages: as letter, first and last number (of one page, the same).

    >>> sorted({value for value, _ in read_range("112-9")}), read_range("19-12"), read_range("12-Jun")[0][0]
    ([('', 112, 119)], [], ('', 6, 12))
    """
    one = ONE_PAGE.fullmatch(text)
    if one:
        return [((one[1], int(one[2]), None), ("one",))]
    for pattern in DECODED:  # a spreadsheet took 6-12 for a day in June
        found = pattern.fullmatch(text)
        month = MONTH_OF.get(found["month"].lower()) if found else None
        if found and month is not None:
            number = int(found["number"])
            return [(("", min(month, number), max(month, number)), ("decoded",))]
    found = RANGE.fullmatch(text)
    if found is None or (found[5] and found[5] != found[2]):
        return []
    before, letter, low, between, _, high = found.groups()
    made: list[Reading] = []
    for short in (False, True):
        full = low[: len(low) - len(high)] + high if short and len(high) < len(low) else high
        value = (letter, int(low), int(full))
        if value[2] < value[1] or (len(low) > 1 and low[0] == "0"):
            continue
        form = RangeForm(before, between, short)
        if write_range(value, form) == text:
            made.append((value, form))
        elif not short or len(high) < len(low):
            made.append((value, (text,)))
    return made if len({value for value, _ in made}) == 1 else []


def write_range(value: tuple, form: tuple) -> str | None:
    """A range in a form; None where it cannot be written so."""
    letter, low, high = value
    if form == ("decoded",):
        if letter or high is None or not 1 <= low <= 12:
            return None
        month = MONTHS_SHORT[low - 1]
        return f"{high}-{month}" if high <= 31 else f"{month}-{high}" if high <= 99 else None
    if not isinstance(form, RangeForm):
        return None
    if high is None:
        return f"{letter}{low}"
    first, last = str(low), str(high)
    if form.short:
        shared = 0
        while len(first) == len(last) and shared < len(last) - 1 and first[shared] == last[shared]:
            shared += 1
        return f"{form.before}{letter}{first}{form.between}{last[shared:]}"
    return f"{form.before}{letter}{first}{form.between}{letter}{last}"


class AmountForm(NamedTuple):
    """What stands before and after a number, the signs for thousands and for the decimal point, and how it is made
    negative ("-", "()" or nothing seen).
    """

    before: str
    after: str
    thousands: str
    point: str


def read_amount(text: str) -> list[Reading]:
    """The ways to read an amount: as sign, digits before and after the point, and unit.

    >>> sorted({value[:3] for value, _ in read_amount("$1,200")})
    [('', '1', '200'), ('', '1200', '')]
    """
    found = NUMBER.fullmatch(text)
    if found is None or bool(found["open"]) != bool(found["close"]) or (found["before"] and found["after"]):
        return []
    unit = _unit(found["before"] or found["after"] or "")
    negative = "-" if found["open"] or found["minus"] or found["minus_too"] else ""
    whole, thousands, point, part = (found[name] or "" for name in ("whole", "thousands", "point", "part"))
    if thousands and thousands == point:
        return []
    options = [(re.sub(r"\D", "", whole), part, thousands, point)]
    if thousands and not point and whole.count(thousands) == 1 and thousands in ".,":
        options.append((*whole.split(thousands), "", thousands))
    if point and not thousands and len(part) == 3 and len(whole) <= 3:
        options.append((whole + part, "", point, ""))
    made: list[Reading] = []
    for digits, decimals, by_thousand, by_point in dict.fromkeys(options):
        if len(digits) > 1 and digits[0] == "0":
            continue  # no thousands begin with a zero
        value = (negative, digits, decimals, unit)
        if found["open"]:  # (3) may be minus three, or three in brackets
            made += [(value, ("brackets",)), (("", digits, decimals, unit), ("brackets",))]
            continue
        forms = [
            AmountForm(found["before"] or "", found["after"] or "", separator, sign)
            for separator in ([by_thousand] if by_thousand else ["", ",", "."] if len(digits) <= 3 else [""])
            for sign in ([by_point] if by_point else [".", ","])
            if separator != sign
        ]
        same = [form for form in forms if write_amount(value, form) == text]
        made += [(value, form) for form in same] or [(value, (text,))]
    return made


def _unit(text: str) -> str:
    return text.strip().strip(".").casefold()


def write_amount(value: tuple, form: tuple) -> str | None:
    """An amount in a form; None where its unit is another."""
    if form == ("brackets",):
        return None if value[0] or value[3] else f"({value[1]}{'.' + value[2] if value[2] else ''})"
    if not isinstance(form, AmountForm):
        return None
    negative, whole, part, unit = value
    wanted = _unit(form.before or form.after)
    if unit != wanted and (
        "%" in (unit, wanted)
        or (unit and wanted)
        or (unit and unit not in CURRENCIES)
        or ((not unit) and len(wanted) > 4)
    ):
        return None
    grouped = f"{int(whole):,}".replace(",", form.thousands) if form.thousands else whole
    return f"{negative}{form.before}{grouped}{form.point + part if part else ''}{form.after}"


def amount_number(value: tuple) -> float:
    """An amount as a number."""
    return float(f"{value[0]}{value[1]}.{value[2] or '0'}")


def read_width(text: str) -> list[Reading]:
    """The ways to read a number with or without leading zeros.

    >>> read_width("0123"), read_width("12")
    ([(('123',), (4,))], [(('12',), (1,)), (('12',), (2,))])
    """
    if not (text.isascii() and text.isdecimal()) or len(text) > 15:
        return []
    bare = text.lstrip("0") or "0"
    return [((bare,), (wide,)) for wide in ([len(text)] if bare != text else range(1, len(text) + 1))]


def write_width(value: tuple, form: tuple) -> str | None:
    """A number with leading zeros; None where there is no room."""
    return value[0].zfill(form[0]) if len(value[0]) <= form[0] or form[0] == 1 else None


def read_name(text: str) -> list[Reading]:
    """The ways to read a person's name: as last and first names.

    >>> read_name("Smith, Ann")[0][0], [value for value, _ in read_name("Ann Smith")]
    (('Smith', 'Ann'), [('Smith', 'Ann'), ('Ann', 'Smith')])
    """
    found = COMMA_NAME.fullmatch(text)
    if found:
        return [((found[1], found[2]), ("comma",))]
    if not PLAIN_NAME.fullmatch(text):
        return []
    words = text.split(" ")
    at = len(words) - 1
    while at > 1 and words[at - 1].lower() in PARTICLES:
        at -= 1
    first, last = " ".join(words[:at]), " ".join(words[at:])
    return [((last, first), ("plain",)), ((words[0], " ".join(words[1:])), ("comma is missing",))]


def write_name(value: tuple, form: tuple) -> str | None:
    """A name in a form."""
    last, first = value
    return {"comma": f"{last}, {first}", "plain": f"{first} {last}"}.get(form[0])


def read_code(text: str) -> list[Reading]:
    """A code: its letters and digits, and the form with the signs between.

    >>> read_code("AB-12"), write_code(("AB12",), ("AA-99",)), write_code(("123",), ("9.9",))
    ([(('AB12',), ('AA-99',))], 'AB-12', None)
    """
    if len(text) > LONGEST_CODE or not any(sign.isdigit() for sign in text) or not text.isascii():
        return []
    form = "".join("9" if s.isdigit() else "A" if s.isupper() else "a" if s.isalpha() else s for s in text)
    return [(("".join(s for s in text if s.isalnum()),), (form,))]


def write_code(value: tuple, form: tuple) -> str | None:
    """A code in a form; None where its letters and digits do not fit it."""
    left = list(value[0])
    made = []
    for sign in form[0]:
        if sign not in "9Aa":
            made.append(sign)
            continue
        if not left or left[0].isdigit() != (sign == "9"):
            return None
        letter = left.pop(0)
        made.append(letter if sign == "9" else letter.upper() if sign == "A" else letter.lower())
    return None if left else "".join(made)


RUN = re.compile(r"[A-Za-z]+|\d+|[^A-Za-z\d]+")


def read_runs(text: str) -> list[Reading]:
    """A code of letters and digits of any length: its parts, and the form with the signs between.

    >>> read_runs("AB-1234"), write_runs(("ab", "7"), ("A", "-", "9"))
    ([(('AB', '1234'), ('A', '-', '9'))], 'AB-7')
    """
    if len(text) > LONGEST_CODE or not text.isascii():
        return []
    runs = RUN.findall(text)
    if any(run.isalpha() and not (run.isupper() or run.islower() or run.istitle()) for run in runs):
        return []
    parts = [run for run in runs if run[0].isalnum()]
    if not 2 <= len(parts) <= 4 or len({run[0].isdigit() for run in parts}) < 2:
        return []
    form = tuple(
        "9" if r[0].isdigit() else ("A" if r.isupper() else "a" if r.islower() else "Aa") if r[0].isalpha() else r
        for r in runs
    )
    return [(tuple(parts), form)]


def write_runs(value: tuple, form: tuple) -> str | None:
    """The parts of a code in a form; None where they do not fit it."""
    left = list(value)
    made = []
    for sign in form:
        if sign not in ("9", "A", "a", "Aa"):
            made.append(sign)
            continue
        if not left or left[0][0].isdigit() != (sign == "9"):
            return None
        part = left.pop(0)
        if sign == "Aa" and not part.istitle():
            return None
        made.append({"A": part.upper(), "a": part.lower()}.get(sign, part))
    return None if left else "".join(made)


def same_places(old: tuple, new: tuple) -> bool:
    """Whether a code can go from one form to the other: all signs of one stand where the other has some, too, and no
    decimal point or sign of comparison is put in or taken out.

    >>> same_places(("(999) 999-9999",), ("999-999-9999",)), same_places(("9-99",), ("99-9",))
    (True, False)
    >>> same_places(("<9",), ("9",))
    False
    """
    if COMPARED & set(old[0]) != COMPARED & set(new[0]):
        return False
    if all(set(form[0]) <= set("9.,") for form in (old, new)):
        return False
    one, other = (_places(form[0]) for form in (old, new))
    return one <= other or other <= one


def _places(form: str) -> set[int]:
    made, number = set(), 0
    for sign in form:
        if sign in "9Aa":
            number += 1
        elif number:
            made.add(number)
    return made
