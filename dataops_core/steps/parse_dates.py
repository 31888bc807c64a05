"""Parse dates."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from typing import Annotated, Any, Literal

import pandas as pd

from dataops_core.steps._cells import distinct_texts, iso_moment, moments
from dataops_core.steps.step import Columns, Label, Span, step
from dataops_core.table.kinds import type_of

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "sept",
)
TIME_OF_DAY = re.compile(
    r"(?P<date>.*?)(?:T|,?\s+)(?P<hour>[0-9]{1,2}):(?P<rest>[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?)"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?P<zone>Z|UTC|[+-][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE,
)
THREE_NUMBERS = re.compile(r"([0-9]{1,4})([/.\- ])\s?([0-9]{1,2})\2\s?([0-9]{1,4})\.?")
WEEKDAY = re.compile(r"(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?[.,]?\s+", re.IGNORECASE)


@step(
    "Parse dates",
    group="Dates",
    says="Read {columns} as dates ({order})",
    also="convert text to date, day, month, year, format",
    narrow=True,
)
def parse_dates(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("text"), Label("Columns", "Text columns that hold dates")],
    order: Annotated[
        Literal["auto", "day first", "month first", "year first"],
        Label("Order", "How 03/04/2024 is meant; auto: the column's own days above 12 tell"),
    ] = "auto",
    pivot: Annotated[
        int, Span(0, 100), Label("Two-digit years", "From this number on they belong to the 1900s, below to the 2000s")
    ] = 69,
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Read dates written in several ways; what cannot be read becomes missing.

    Read are 2020-12-31, 20201231, 31/12/2020, 31.12.20, "Dec 31, 2020", "31 December 2020", each with or without a time
    of day; month names are English. A moment with an offset (+02:00) is turned into UTC. With "auto", a cell that can
    be read one way only is read that way; 03/04/2024 is read as most other cells of the column are, and day first if
    none of them tells. What was counted and assumed, and how many cells could not be read, is among what was learned.
    Two-digit years follow the POSIX rule (69 to 99 are 1969 to 1999) unless told otherwise. Columns that hold dates
    already stay as they are.

    >>> mixed = pd.DataFrame({"d": ["31/12/2020", "Dec 30, 2020", "02/01/2021", "soon"]}, dtype=object)
    >>> parse_dates(mixed, columns=["d"])["d"].dt.strftime("%Y-%m-%d").tolist()
    ['2020-12-31', '2020-12-30', '2021-01-02', nan]
    """
    if learned is None:
        learned = learn_orders(df, columns, order, pivot)
    out = df.copy(deep=False)
    for name in columns:
        if type_of(df[name]) != "text":
            continue  # an earlier step has read them
        assumed = learned.get(name, {}).get("order", "day first")
        known = {text: moment_in(text, assumed, order == "auto", pivot) for text in distinct_texts(df[name])}
        out[name] = moments([known.get(text) for text in df[name]], df[name])
    return out


@parse_dates.learn
def learn_orders(df: pd.DataFrame, columns: list[str], order: str = "auto", pivot: int = 69) -> dict[str, Any]:
    """Per column: the order, how many cells prove each order, how many could be either, how many cannot be read."""
    texts = [name for name in columns if type_of(df[name]) == "text"]
    return {name: learned_order(Counter(df[name].dropna()), order, pivot) for name in texts}


def learned_order(counts: Counter[str], order: str = "auto", pivot: int = 69) -> dict[str, Any]:
    """What one column teaches, from its different texts and how often each comes: each spelling is read once."""
    proofs: Counter[str] = Counter()
    for text, count in counts.items():
        proofs[order_proof(text)] += count
    day, month = proofs["day first"], proofs["month first"]
    chosen = order if order != "auto" else ("month first" if month > day else "day first")
    unread = [text for text in counts if moment_in(text, chosen, order == "auto", pivot) is None]
    return {
        "order": chosen,
        "day_first": day,
        "month_first": month,
        "ambiguous": proofs["either"],
        "assumed": order == "auto" and day == month and proofs["either"] > 0,
        "unreadable": sum(counts[text] for text in unread),
    }


@parse_dates.kinds
def date_kinds(columns: list[str], **_: Any) -> dict[str, str]:
    """Every chosen column becomes a datetime."""
    return dict.fromkeys(columns, "datetime")


def split_time(text: str) -> tuple[str, str]:
    """A cell's date and its time of day as ISO text ("" if there is none)."""
    bare = re.sub(r"\s+", " ", text.strip())
    found = TIME_OF_DAY.fullmatch(bare) if len(bare) <= 100 else None
    if found is None:
        return bare, ""
    hour, half = int(found["hour"]), (found["half"] or "")[:1].lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 99  # 13 pm is not a time
    return found["date"].strip(), f"T{hour:02}:{found['rest']}{(found['zone'] or '').upper()}"


def order_proof(text: str) -> str:
    """What a cell proves of the order: "day first", "month first", "either", or "" (nothing).

    >>> [order_proof(text) for text in ("31/12/2020", "12/31/2020", "03/04/2020", "04/04/2020", "2020-12-31")]
    ['day first', 'month first', 'either', '', '']
    """
    found = THREE_NUMBERS.fullmatch(split_time(text)[0])
    if found is None or len(found[1]) > 2 or len(found[4]) not in (2, 4):
        return ""
    first, second = int(found[1]), int(found[3])
    if first == second or min(first, second) < 1 or min(first, second) > 12 or max(first, second) > 31:
        return ""
    return "day first" if first > 12 else "month first" if second > 12 else "either"


def moment_in(text: str, order: str, auto: bool, pivot: int) -> datetime | None:
    """The moment in a text, given the order of its column; None if it cannot be read."""
    date, time = split_time(text)
    proof = order_proof(text) if auto else ""
    proven = proof if proof in ("day first", "month first") else order
    parts = numeric_parts(date, proven, order, auto) or named_parts(date)
    if parts is None:
        return None
    year, month, day = parts
    if len(year) == 2:
        year = ("19" if int(year) >= pivot else "20") + year
    if len(year) != 4:
        return None
    return iso_moment(f"{year}-{int(month):02}-{int(day):02}{time}")


def numeric_parts(date: str, proven: str, order: str, auto: bool) -> tuple[str, str, str] | None:
    """Year, month and day of a date in numbers."""
    if re.fullmatch("[0-9]{8}", date):
        return date[:4], date[4:6], date[6:]
    found = THREE_NUMBERS.fullmatch(date)
    if found is None:
        return None
    first, second, third = found[1], found[3], found[4]
    if len(first) == 4 or (len(first) == 2 and (order == "year first" or (auto and int(first) > 31))):
        return (first, second, third) if len(third) <= 2 else None
    if len(first) > 2 or order == "year first" or len(third) not in (2, 4):
        return None
    return (third, first, second) if proven == "month first" else (third, second, first)


def named_parts(date: str) -> tuple[str, str, str] | None:
    """Year, month and day of a date with an English month name."""
    words = re.split(r"[\s,./-]+", WEEKDAY.sub("", date).lower().strip(" .,"))
    words = [re.sub(r"^([0-9]{1,2})(st|nd|rd|th)$", r"\1", word) for word in words if word != "of"]
    if len(words) != 3:
        return None
    names = [word for word in words if word in MONTHS or word in MONTH_NAMES]
    numbers = [word for word in words if re.fullmatch("[0-9]{1,4}", word)]
    if len(names) != 1 or len(numbers) != 2:
        return None
    month = str(MONTHS.index(names[0][:3]) + 1)
    first, second = numbers
    day, year = (second, first) if len(first) == 4 else (first, second)
    return (year, month, day) if len(day) <= 2 else None
