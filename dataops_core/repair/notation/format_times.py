"""Days, times of day and durations as they are written: how to read a text, and how to write it in another form."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from dataops_core.values.dates import MONTH_OF, MONTH_START, MONTHS, ORDINAL

Reading = tuple[tuple, tuple]  # a value, and the form that it is written in
NUMBERS = re.compile(r"(\d{1,4})([/.\- ])(\d{1,2})\2(\d{1,4})")
DAY_FIRST = re.compile(rf"(\d{{1,2}}){ORDINAL}?([ \-./]| of )([A-Za-z]{{3,9}})\.?([ \-./,]|, )(\d{{4}}|\d{{2}})")
MONTH_FIRST = re.compile(rf"([A-Za-z]{{3,9}})\.?([ \-.])(\d{{1,2}}){ORDINAL}?(, ?|[ \-])(\d{{4}}|\d{{2}})")
MONTH = re.compile(
    r"(?:(?P<year>\d{4})(?P<sign>[-/. ])(?P<second>\d{1,2}))"
    r"|(?:(?:(?P<first>\d{1,2})|(?P<name>[A-Za-z]{3,9})\.?)(?P<between>[-/. ]|, )(?P<last>\d{4}|\d{2}))"
)
MIDNIGHT = re.compile(r"(.*\d)(?:T|\s+)0?0:00(?::00(?:\.0+)?)?Z?")
MOMENT = re.compile(
    r"(?P<day>[^T:]*[^\s,T:])(?P<between>T|,?\s+)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?",
)
TIME = re.compile(
    r"(?<!\d)(\d{1,2})([:.h])(\d{2})(?::(\d{2}))?(\s*)([ap]\.?\s?m\.?|[ap](?![a-z]))?(?![\d:])", re.IGNORECASE
)
AROUND_TIME = re.compile(
    rf"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{{0,6}}|{MONTH_START}[a-z]{{0,6}}|\d{{1,4}}{ORDINAL}?"
    r"|[/\-.,]|\s|T|\([a-z ]{1,20}\))*",
    re.IGNORECASE,
)
PART = re.compile(r"(\d+(?:\.\d+)?)(\s*)([A-Za-z]+\.?)([,\s]*(?:and\s+)?)")
UNITS = {"h": 3600, "hr": 3600, "hour": 3600, "m": 60, "min": 60, "minute": 60, "s": 1, "sec": 1, "second": 1}
UNITS |= {"d": 86400, "day": 86400}
LONG = ("hour", "minute", "second", "day")


class DayForm(NamedTuple):
    """The order of a date's parts, the signs between them, whether numbers have leading zeros, how the month is
    written (n, Jan or January) and the digits of the year.
    """

    order: str
    first: str
    second: str
    padded: bool
    month: str
    year: int


def read_day(text: str) -> list[Reading]:
    """All ways to read a date: as year, month and day.

    >>> read_day("31/12/2020")[0][0], len({value for value, _ in read_day("03/04/2020")})
    ((2020, 12, 31), 2)
    """
    at_midnight = MIDNIGHT.fullmatch(text)
    bare = at_midnight[1] if at_midnight else text
    made: list[Reading] = []
    for order, parts, signs, style in _day_parts(bare):
        year, month, day = (parts[order.index(letter)] for letter in "ymd")
        for full in [int(year)] if len(year) == 4 else [1900 + int(year), 2000 + int(year)]:
            value = (full, int(month), int(day))
            if not _exists(*value):
                continue
            forms = [DayForm(order, *signs, padded, style, len(year)) for padded in (True, False)]
            same = [form for form in forms if write_day(value, form) == text]
            made += [(value, form) for form in same] or [(value, (order, *signs, text))]
    return made


def _day_parts(text: str) -> list[tuple[str, list[str], tuple[str, str], str]]:
    if len(text) == 8 and text.isdecimal():
        return [("ymd", [text[:4], text[4:6], text[6:]], ("", ""), "n")]
    found = NUMBERS.fullmatch(text)
    if found:
        parts, signs = [found[1], found[3], found[4]], (found[2], found[2])
        if len(parts[0]) == 4:
            return [("ymd", parts, signs, "n")] if len(parts[2]) <= 2 else []
        if len(parts[0]) > 2 or len(parts[2]) not in (2, 4):
            return []
        return [(order, parts, signs, "n") for order in ("dmy", "mdy")]
    for order, pattern in (("dmy", DAY_FIRST), ("mdy", MONTH_FIRST)):
        found = pattern.fullmatch(text)
        if found:
            word, number = (found[3], found[1]) if order == "dmy" else (found[1], found[3])
            month = MONTH_OF.get(word[:3].lower())
            if month is None or not MONTHS[month - 1].lower().startswith(word.lower().rstrip("t" * (len(word) == 4))):
                return []
            style = ("Jan" if len(word) == 3 else "January") if word.istitle() else word
            parts = [number, str(month)] if order == "dmy" else [str(month), number]
            return [(order, [*parts, found[5]], (found[2], found[4]), style)]
    return []


def _exists(year: int, month: int, day: int) -> bool:
    try:
        return bool(date(year, month, day))
    except ValueError:
        return False


def write_day(value: tuple, form: tuple) -> str | None:
    """A date in a form; None where the form is that of one text only."""
    if not isinstance(form, DayForm):
        return None
    year, month, day = value
    wide = 2 if form.padded else 1
    if form.month == "n":
        middle = f"{month:0{wide}}"
    elif form.month in ("Jan", "January"):
        middle = MONTHS[month - 1][: 3 if form.month == "Jan" else None]
    else:
        return None
    parts = {"y": f"{year:04}"[-form.year :], "m": middle, "d": f"{day:0{wide}}"}
    if form.first == "" and not form.padded:
        return None
    first, second, third = (parts[letter] for letter in form.order)
    return f"{first}{form.first}{second}{form.second}{third}"


class MonthForm(NamedTuple):
    """The order of year and month ("ym" or "my"), the sign between, whether the month's number has a leading zero, how
    the month is written (n, Jan or January) and the digits of the year.
    """

    order: str
    sign: str
    padded: bool
    month: str
    year: int


def read_month(text: str) -> list[Reading]:
    """The ways to read a month of a year: as year and month.

    >>> [read_month(text)[0][0] for text in ("2023-12", "12/2023", "Dec-23", "December 2023")]
    [(2023, 12), (2023, 12), (2023, 12), (2023, 12)]
    """
    found = MONTH.fullmatch(text)
    if found is None:
        return []
    order = "ym" if found["year"] else "my"
    word, year = found["name"] or "", found["year"] or found["last"]
    number = MONTH_OF.get(word[:3].lower(), 0) if word else int(found["first"] or found["second"])
    if not 1 <= number <= 12 or (word and not MONTHS[number - 1].lower().startswith(word.lower())):
        return []
    if not word and len(year) < 4:
        return []
    style = ("Jan" if len(word) == 3 else "January") if word else "n"
    value = (int(year) if len(year) == 4 else 2000 + int(year), number)
    forms = [MonthForm(order, found["sign"] or found["between"], padded, style, len(year)) for padded in (True, False)]
    same = [form for form in forms if write_month(value, form) == text]
    return [(value, form) for form in same] or [(value, (text,))]


def write_month(value: tuple, form: tuple) -> str | None:
    """A month in a form; None where the form is that of one text only."""
    if not isinstance(form, MonthForm):
        return None
    year = f"{value[0]:04}"[-form.year :]
    named = MONTHS[value[1] - 1][: 3 if form.month == "Jan" else None]
    month = named if form.month != "n" else f"{value[1]:0{2 if form.padded else 1}}"
    return f"{year}{form.sign}{month}" if form.order == "ym" else f"{month}{form.sign}{year}"


def month_number(value: tuple) -> float:
    """A month as a number, by which months can be compared."""
    return float(12 * value[0] + value[1])


class MomentForm(NamedTuple):
    """The form of a date, what stands between it and a time of 24 hours, and the digits of the hour and whether there
    are seconds.
    """

    day: DayForm
    between: str
    hour: int
    seconds: bool


def read_moment(text: str) -> list[Reading]:
    """All ways to read a date with a time of day after it: as year, month, day, hour, minute and second.

    >>> read_moment("24.05.2023 09:00")[0][0], read_moment("24.05.2023")
    ((2023, 5, 24, 9, 0, 0), [])
    """
    found = MOMENT.fullmatch(text)
    if found is None or int(found["hour"]) > 23 or int(found["minute"]) > 59 or int(found["second"] or 0) > 59:
        return []
    clock = (int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
    made: list[Reading] = []
    for value, day in read_day(found["day"]):
        if isinstance(day, DayForm):
            form = MomentForm(day, found["between"], len(found["hour"]), found["second"] is not None)
            made.append(((*value, *clock), form if write_moment((*value, *clock), form) == text else (day, text)))
    return made


def write_moment(value: tuple, form: tuple) -> str | None:
    """A date with a time in a form; None where that would lose seconds, or the form is that of one text only."""
    if not isinstance(form, MomentForm) or (value[5] and not form.seconds):
        return None
    day = write_day(value[:3], form.day)
    last = f":{value[5]:02}" if form.seconds else ""
    return None if day is None else f"{day}{form.between}{value[3]:0{form.hour}}:{value[4]:02}{last}"


def moment_number(value: tuple) -> float:
    """A date with a time as a number, in days."""
    hour, minute, second = value[3:]
    return date(*value[:3]).toordinal() + (hour * 3600 + minute * 60 + second) / 86400


class TimeForm(NamedTuple):
    """Whether the hour has a leading zero, the sign between, whether there are seconds, the space before and the way
    in which a.m. is written (empty: 24 hours), and what stands around the time.
    """

    padded: bool
    sign: str
    seconds: bool
    space: str
    morning: str
    before: str
    after: str


def read_time(text: str) -> list[Reading]:
    """All ways to read a time of day, also one with a date beside it: as hour, minute and second.

    >>> [value for value, _ in read_time("Dec 2 7:10pm")], sorted({value for value, _ in read_time("7:10")})
    ([(19, 10, 0)], [(7, 10, 0), (19, 10, 0)])
    """
    found = [each for each in TIME.finditer(text) if int(each[3]) < 60 and int(each[4] or 0) < 60]
    if len(found) != 1:
        return []
    match = found[0]
    before, after = text[: match.start()], text[match.end() :]
    hour, half = int(match[1]), match[6] or ""
    space = match[5] if half else ""
    after = after if half else match[5] + after
    if not AROUND_TIME.fullmatch(before) or not AROUND_TIME.fullmatch(after):
        return []
    if (half and not 1 <= hour <= 12) or hour > 23:
        return []
    both = [hour, hour + 12] if 1 <= hour < 12 else [hour]
    hours = [hour % 12 + 12 * (half[0] in "pP")] if half else both
    made: list[Reading] = []
    for each in hours:
        value = (each, int(match[3]), int(match[4] or 0))
        morning = half.replace("p", "a").replace("P", "A") if half else ("" if each == hour else "unknown")
        for padded in (True, False):
            form = TimeForm(padded, match[2], match[4] is not None, space, morning, before, after)
            if morning == "unknown" or write_time(value, form) == text:
                made.append((value, form))
    return made


def write_time(value: tuple, form: tuple) -> str | None:
    """A time of day in a form; None where that would lose something."""
    hour, minute, second = value
    padded, sign, seconds, space, morning, before, after = form
    if morning == "unknown" or (second and not seconds):
        return None
    shown = (hour - 1) % 12 + 1 if morning else hour
    half = morning if hour < 12 else morning.replace("a", "p").replace("A", "P")
    wide = 2 if padded else 1
    last = f":{second:02}" if seconds else ""
    return f"{before}{shown:0{wide}}{sign}{minute:02}{last}{space}{half}{after}"


def read_duration(text: str) -> list[Reading]:
    """The ways to read a duration: as seconds.

    >>> read_duration("1 hr 38 min")[0][0], read_duration("98 min")[0][0]
    ((5880,), (5880,))
    """
    if text.isascii() and text.isdecimal():  # the unit is missing: the usual length tells it
        return [((int(text[:9]) * size,), ("no unit", size)) for size in (1, 60, 3600)]
    parts = list(PART.finditer(text))
    if not parts or "".join(each[0] for each in parts) != text or len(parts) > 4 or parts[-1][4]:
        return []
    total = 0.0
    forms: list[tuple] = []
    for each in parts:
        bare = each[3].rstrip(".")
        name = bare.lower() if bare.lower() in UNITS else bare.lower().rstrip("s")
        if name not in UNITS or (forms and UNITS[name] >= forms[-1][0]):
            return []
        total += float(each[1]) * UNITS[name]
        plural = bare.lower() != name or (name in LONG and float(each[1]) == 1)
        single = bare[: len(name)] + each[3][len(bare) :]
        forms.append((UNITS[name], each[2], single, plural, each[4]))
    value, form = (round(total),), tuple(forms)
    return [(value, form if write_duration(value, form) == text else (text,))]


def write_duration(value: tuple, form: tuple) -> str | None:
    """A duration in a form: the greater units as often as they fit, the last one for the rest; parts that are zero are
    left out.
    """
    left = value[0]
    made: list[tuple[str, str]] = []
    if form[:1] == ("no unit",):
        return None if left % form[1] else str(left // form[1])
    if not form or isinstance(form[0], str):
        return None
    for at, (size, space, unit, plural, between) in enumerate(form):
        number, left = divmod(left, size)
        if number or (at == len(form) - 1 and not made):
            many = "s" if plural and number != 1 else ""
            made.append((f"{number}{space}{unit}{many}", between))
    if left:
        return None
    return "".join(text + between for text, between in made[:-1]) + made[-1][0]


def day_number(value: tuple) -> float:
    """A date as a number, by which dates can be compared."""
    return float(date(*value).toordinal())
