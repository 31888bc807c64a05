"""How single cells are read and written, the same in every step: plain numbers, yes and no, ISO moments.

Steps have their own and import nothing of dataops_core/values: exported scripts run with pandas and numpy alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.table.kinds import as_text, type_of

PLAIN_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
STEP_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?\s?(Z|UTC|[+-][0-9]{2}:?[0-9]{2})?)?"
)
YES_AND_NO = {
    "yes": True,
    "y": True,
    "true": True,
    "t": True,
    "1": True,
    "no": False,
    "n": False,
    "false": False,
    "f": False,
    "0": False,
}
LEAST_WHOLE, GREATEST_WHOLE = -(2**63), 2**63 - 1


def plain_number(text: Any) -> int | float | None:
    """The number that a plain text stands for: whole numbers exactly, others as decimals; None if it is none.

    >>> plain_number(" -12 "), plain_number("1.50"), plain_number("1e3"), plain_number("12 kg")
    (-12, 1.5, 1000.0, None)
    """
    bare = str(text).strip()
    if len(bare) > 400 or not PLAIN_NUMBER.fullmatch(bare):
        return None
    if bare.lstrip("+-").isdigit():
        whole = int(bare)
        return whole if LEAST_WHOLE <= whole <= GREATEST_WHOLE else finite(bare)
    return finite(bare)


def finite(text: str) -> float | None:
    """A decimal number, unless it is too great to be held."""
    number = float(text)
    return number if math.isfinite(number) else None


def yes_or_no(text: Any) -> bool | None:
    """True for yes, y, true, t, 1; False for no, n, false, f, 0; None for anything else.

    >>> yes_or_no("Yes "), yes_or_no("0"), yes_or_no("maybe")
    (True, False, None)
    """
    return YES_AND_NO.get(str(text).strip().lower())


def iso_moment(text: Any) -> datetime | None:
    """The moment that an ISO text stands for, in UTC if it names an offset; None if it is none.

    >>> iso_moment("2024-02-29 13:05"), iso_moment("2023-02-29")
    (datetime.datetime(2024, 2, 29, 13, 5), None)
    """
    found = STEP_MOMENT.fullmatch(str(text).strip())
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        moment = datetime(  # noqa: DTZ001  moments in tables carry no time zone
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int((fraction or "0")[:6].ljust(6, "0")),
        )
        if zone and zone[0] in "+-":
            offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
            moment = moment - offset if zone[0] == "+" else moment + offset
    except (ValueError, OverflowError):
        return None
    return moment


def moments(cells: Iterable[datetime | None], like: pd.Series) -> pd.Series:
    """A datetime column from moments, with the row ids and the name of another column."""
    return pd.Series(np.array(list(cells), dtype="datetime64[us]"), index=like.index, name=like.name)


def distinct_texts(column: pd.Series) -> list[str]:
    """The different texts of a column, in the order in which they first come.

    pandas' own `unique` takes texts for equal that differ behind a NUL character.

    >>> distinct_texts(pd.Series(["b", None, "a", "b", "a\\0"]))
    ['b', 'a', 'a\\x00']
    """
    return list(dict.fromkeys(cell for cell in column if isinstance(cell, str)))


def number_text(number: float) -> str:
    """A number as people write it: whole decimals without a point.

    >>> number_text(12.0), number_text(0.1), number_text(1e300)
    ('12', '0.1', '1e+300')
    """
    return str(int(number)) if math.isfinite(number) and number == int(number) and abs(number) < 1e15 else repr(number)


def cell_texts(column: pd.Series, time: bool = False) -> list[str | None]:
    """Every cell of a tidy column as text: "12", "true", "2024-12-31"; the time of day where there is one."""
    kind, gone = type_of(column), column.isna().to_numpy()
    if kind == "text":
        return [None if missing else text for text, missing in zip(column, gone, strict=True)]
    if kind == "datetime":
        values = column.to_numpy(dtype="datetime64[us]")
        days, exact = np.datetime_as_string(values, unit="D"), np.datetime_as_string(values, unit="us")
        written = [
            str(day) if not time and stamp.endswith("T00:00:00.000000") else str(stamp).removesuffix(".000000")
            for day, stamp in zip(days, exact, strict=True)
        ]
    elif kind == "boolean":
        written = ["true" if value else "false" for value in column.fillna(False)]
    elif kind == "integer":
        written = [str(int(value)) for value in column.fillna(0)]
    else:
        written = [number_text(float(value)) for value in column.fillna(0.0)]
    return [None if missing else text for text, missing in zip(written, gone, strict=True)]


def written(value: Any) -> str:
    """A cell as it is written in the settings: a day without a time of day, a number as short as it can be.

    >>> written(pd.Timestamp("2024-02-29")), written(3.0), written(True), written(None)
    ('2024-02-29', '3', 'True', '')
    """
    if value is None:
        return ""
    if isinstance(value, pd.Timestamp):
        return value.isoformat().removesuffix("T00:00:00")
    return as_text(value).removesuffix(".0") if isinstance(value, float) else as_text(value)


def typed(text: str, kind: str, where: str) -> Any:
    """A text as a value of the column's type; raises SettingError, naming the step `where`, for one that is none."""
    try:
        if kind == "text":
            return text
        if kind == "datetime":
            return pd.Timestamp(text).tz_localize(None)
        if kind == "boolean":
            return {"true": True, "false": False}[text.casefold()]
        return int(text) if kind == "integer" else float(text)
    except (ValueError, KeyError, OverflowError, TypeError):
        raise SettingError(f'"{text}" does not fit column type {kind}.', where, "Give another value.") from None
