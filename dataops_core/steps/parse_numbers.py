"""Parse numbers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection
from typing import Annotated, Any, Literal

import pandas as pd

from dataops_core.steps._cells import GREATEST_WHOLE, LEAST_WHOLE, distinct_texts, finite
from dataops_core.steps.step import Columns, Label, step
from dataops_core.table.kinds import type_of

MONEY_WORDS = ("kr", "kr.", "Rs", "Rs.", "zł", "Fr", "Fr.")
AMBIGUOUS_UNITS = ("m", "M", "b", "B", "bn", "Bn", "mn", "mln", "mio", "Mio", "Mio.", "mil", "tn", "million", "billion")
ZEROS = ("O", "o", "OO", "oo")  # "2O" is 20 with a letter for its zero
DIGIT_LETTERS = ("l", "I")  # "4l" is 41 with a letter for its one, or four litres: the column tells
FEW = 20  # times as many numbers must do without such a unit
NUMBER_CELL = re.compile(
    r"(?P<open>\()?\s*(?P<sign>[+-])?\s*(?P<before>[^\d\s.,+()-][^\d\s,+()-]{0,3})?\s*(?P<sign2>[+-])?\s*"
    r"(?P<digits>[0-9][0-9.,' ]*|[.,][0-9]+)(?P<power>[eE][+-]?[0-9]{1,3}(?![0-9A-Za-z]))?\s*"
    r"(?P<after>[^\d\s.,+()-][^\d\s,+()-]{0,11})?\s*(?P<back>-)?\s*(?P<close>\))?"
)


@step(
    "Parse numbers",
    group="Numbers",
    says="Read {columns} as numbers",
    also="convert text to number, currency, decimal comma, percent",
    narrow=True,
)
def parse_numbers(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("text"), Label("Columns", "Text columns that hold numbers")],
    decimal: Annotated[
        Literal["auto", "point", "comma"],
        Label(
            "Decimal sign", "auto: each cell shows it (1.234,50), and the column decides where one cell cannot (1,234)"
        ),
    ] = "auto",
    percent: Annotated[
        Literal["12 % is 12", "12 % is 0.12"], Label("Percent", "What a cell with a percent sign becomes")
    ] = "12 % is 12",
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Read text such as "€ 1.234,50", "$12,000", "12 %" or "(300)" as numbers; what cannot be read becomes missing.

    Currency signs and one unit word are left out (they are listed among what was learned: look whether there is more
    than one). (300) and 300- are negative, 12k is 12,000; "5 m" and "5 bn" are not read, for m is metre or million. A
    column stays whole if no cell was written with decimals; a fraction that turns up later becomes missing. How many
    cells could not be read is among what was learned. Columns that hold numbers already stay as they are. Not for
    postal codes, phone numbers and other codes.

    >>> money = pd.DataFrame({"a": ["€ 1.234,50", "EUR 12.000", "(300)", "n/a"]}, dtype=object)
    >>> parse_numbers(money, columns=["a"])["a"].tolist()
    [1234.5, 12000.0, -300.0, nan]
    >>> parse_numbers(pd.DataFrame({"a": ["1 200 kg", "7"]}, dtype=object), columns=["a"])["a"].tolist()
    [1200, 7]
    """
    if learned is None:
        learned = learn_numbers(df, columns, decimal, percent)
    out = df.copy(deep=False)
    for name in columns:
        if type_of(df[name]) != "text":
            continue  # an earlier step has read them
        known = learned.get(name, {"decimal": ".", "whole": False})
        lookup = {
            text: number_in(text, known["decimal"], decimal == "auto", percent, known.get("letters", ()))
            for text in distinct_texts(df[name])
        }
        cells = [lookup.get(text) for text in df[name]]
        if known["whole"]:
            whole = [n if isinstance(n, int) else None for n in cells]
            out[name] = pd.Series(pd.array(whole, dtype="Int64"), index=df.index)
        else:
            out[name] = pd.Series(cells, index=df.index, dtype="float64")
    return out


@parse_numbers.learn
def learn_numbers(
    df: pd.DataFrame, columns: list[str], decimal: str = "auto", percent: str = "12 % is 12"
) -> dict[str, Any]:
    """Per column: the decimal sign, whether all numbers are whole, the units, and how many cells cannot be read."""
    texts = [name for name in columns if type_of(df[name]) == "text"]
    return {name: learned_numbers(Counter(df[name].dropna()), decimal, percent) for name in texts}


def learned_numbers(counts: Counter[str], decimal: str = "auto", percent: str = "12 % is 12") -> dict[str, Any]:
    """What one column teaches, from its different texts and how often each comes: each spelling is read once."""
    signs: Counter[str] = Counter()
    for text, count in counts.items():
        signs[decimal_sign(text)] += count
    point, comma = signs["."], signs[","]
    proven = "," if comma > point else "."
    sign = {"point": ".", "comma": ","}.get(decimal, _outweighed(counts, proven, signs) or proven)
    letters = [letter for letter in DIGIT_LETTERS if _is_digit(counts, letter)]
    read = {text: number_in(text, sign, decimal == "auto", percent, letters) for text in counts}
    there = [number for number in read.values() if number is not None]
    units = {unit for text, number in read.items() if number is not None for unit in units_in(text)}
    return {
        "decimal": sign,
        "whole": bool(there) and all(isinstance(number, int) for number in there),
        "units": sorted(units)[:10],
        "point": point,
        "comma": comma,
        "ambiguous": signs["?"],
        "unreadable": sum(counts[text] for text, number in read.items() if number is None),
        **({"letters": letters} if letters else {}),
    }


def _is_digit(counts: Counter[str], letter: str) -> bool:
    """Whether a letter right behind the digits of a few cells stands for a digit: more cells would have a unit."""
    marked = numbers = 0
    for text, count in counts.items():
        found = number_match(text)
        if found is not None:
            numbers += count
            if found["after"] == letter:
                if text.strip()[-2:-1].isspace():
                    return False  # "4 l"
                marked += count
    return 0 < FEW * marked <= numbers


def _outweighed(counts: Counter[str], proven: str, signs: Counter[str]) -> str | None:
    """The other decimal sign, where many cells as "1,200" say more than a few as "1.200,00".

    A sign that has three digits behind it in all those cells, and another number in the cells that prove it by having
    both signs, stands between thousands.
    """
    many = few = 0
    other = "." if proven == "," else ","
    for text, count in counts.items():
        found = number_match(text)
        if found is None or proven not in found["digits"]:
            continue
        told = decimal_sign(text)
        if told == "?":
            many += count
        elif told == proven:
            few += count
            if other not in found["digits"] or len(found["digits"].strip().rpartition(proven)[2]) == 3:
                return None  # 345.1 says nothing about thousands: then 4.833 is a number with three decimals
    return other if few and many > 5 * (few + signs[other]) else None


@parse_numbers.kinds
def number_kinds(columns: list[str], **_: Any) -> dict[str, str]:
    """Every chosen column becomes a number."""
    return dict.fromkeys(columns, "number")


def number_match(text: str) -> re.Match[str] | None:
    """The parts of a number as people write it; every Unicode space and apostrophe counts as one."""
    plain = re.sub(r"\s", " ", text.strip()).replace("−", "-").replace("’", "'")
    found = NUMBER_CELL.fullmatch(plain) if len(plain) <= 100 else None
    if found is None or bool(found["open"]) != bool(found["close"]):
        return None
    if sum(bool(found[part]) for part in ("sign", "sign2", "back", "open")) > 1:
        return None
    before, after = found["before"], found["after"]
    if before and not (is_money(before) or before in MONEY_WORDS):
        return None
    if after and not (after[0].isalpha() or after[0] in "%°" or is_money(after)):
        return None
    return None if after in AMBIGUOUS_UNITS or after in ZEROS else found


def is_money(text: str) -> bool:
    """Whether a mark before a number is a currency sign (US$, €) or a three-letter code (EUR)."""
    return any(unicodedata.category(sign) == "Sc" for sign in text) or bool(re.fullmatch("[A-Z]{3}", text))


def units_in(text: str) -> list[str]:
    """The marks around a number that are left out."""
    found = number_match(text)
    return [part for part in (found["before"], found["after"]) if part and part not in ("k", "K")] if found else []


def decimal_sign(text: str) -> str:
    """Which decimal sign a cell proves: "." or ",", "?" if it could be either, "" if it has neither.

    >>> [decimal_sign(text) for text in ("1.234,50", "1,5", "1,234", "1,234,567", "12")]
    [',', ',', '?', '.', '']
    """
    found = number_match(text)
    digits = found["digits"].strip() if found else ""
    points, commas = digits.count("."), digits.count(",")
    if not points + commas:
        return ""
    if points and commas:
        return "." if digits.rindex(".") > digits.rindex(",") else ","
    sign, other = (".", ",") if points else (",", ".")
    if points + commas > 1:
        return other
    left, right = digits.split(sign)
    grouped = len(right) == 3 and 1 <= len(left) <= 3 and not left.startswith("0")
    return "?" if grouped and found and not found["power"] else sign


def number_in(text: str, sign: str, auto: bool, percent: str, letters: Collection[str] = ()) -> int | float | None:
    """The number in a text, given the decimal sign of its column and the letters that stand for a digit in it; None if
    it cannot be read.
    """
    found = number_match(text)
    if found is None or found["after"] in letters:
        return None
    if auto:
        proven = decimal_sign(text)
        sign = proven if proven in (".", ",") else sign
    whole, point, fraction = found["digits"].strip().partition(sign)
    group = r"[,' ]" if sign == "." else r"[.' ]"
    if not re.fullmatch(
        rf"[0-9]*|[1-9][0-9]{{0,2}}(?:({group})[0-9]{{2,3}}(?:\1[0-9]{{2,3}})*)?(?<=[0-9]{{3}})", whole
    ):
        return None
    if not re.fullmatch("[0-9]*", fraction) or not (whole or fraction):
        return None
    minus = "-" if found["open"] or found["back"] or "-" in (found["sign"], found["sign2"]) else ""
    digits = minus + (re.sub("[^0-9]", "", whole) or "0")
    unit, power = found["after"] or "", int((found["power"] or "e0")[1:])
    if unit in ("k", "K"):
        power += 3
    if unit == "%" and percent == "12 % is 0.12":
        power -= 2
    if not point and not found["power"] and power >= 0:
        exact = int(digits) * 10**power
        return exact if LEAST_WHOLE <= exact <= GREATEST_WHOLE else finite(str(exact))
    return finite(f"{digits}.{fraction or 0}e{power}")
