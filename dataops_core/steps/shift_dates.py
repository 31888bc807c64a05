"""Shift dates."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.privacy.keys import domain_key, key_fingerprint, key_of, keyed_digest, pseudonym_key
from dataops_core.steps._cells import cell_texts
from dataops_core.steps.step import Columns, Label, Span, step

_FIRST, _LAST = np.datetime64("0001-01-01", "us"), np.datetime64("9999-12-31T23:59:59.999999", "us")


@step(
    "Shift dates",
    group="Privacy",
    says="Shifted {columns} by up to {days} days, alike within each {person}",
    also="move, jitter, anonymize dates",
    keyed=True,
)
def shift_dates(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("datetime"), Label("Columns", "Columns of dates that are shifted")],
    person: Annotated[str, Columns(), Label("Person", "The column that says whose dates they are")],
    days: Annotated[int, Span(1, 3650), Label("At most", "Days, forward or backward")] = 30,
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Move all dates of a person by one number of days that nobody can guess without the key.

    Time between two dates of one person stays exactly as it was; the day itself, the weekday and the season do not.
    The shift follows from the key (DATAOPS_PSEUDONYM_KEY) and the person alone: it is the same in every table. It is
    never 0. Where no person is named, the row has a shift of its own. A rare pattern of dates can still be recognized.

    >>> visits = pd.DataFrame({"who": ["a", "a"], "day": pd.to_datetime(["2024-01-01", "2024-01-08"])})
    >>> days = shift_dates(visits, columns=["day"], person="who")["day"]
    >>> (days[1] - days[0]).days, bool(days[0] != visits["day"][0])
    (7, True)
    """
    learned = learned or fingerprint_for_dates(df)
    if person in columns:
        raise SettingError("The person's column cannot be shifted itself.", "shift_dates", "Choose another column.")
    own = domain_key(key_of(learned["key"]), "days")
    known: dict[str, int] = {}
    shifts = np.zeros(len(df), dtype="int64")
    for at, (text, row) in enumerate(zip(cell_texts(df[person]), df.index, strict=True)):
        whose = f"row {row}" if text is None else f"is {text}"
        if whose not in known:
            drawn = int.from_bytes(keyed_digest(own, whose)[:8], "big") % (2 * days)
            known[whose] = drawn - days if drawn < days else drawn - days + 1
        shifts[at] = known[whose]
    by = shifts.astype("timedelta64[D]").astype("timedelta64[us]")
    out = df.copy(deep=False)
    for name in columns:
        before = df[name].to_numpy(dtype="datetime64[us]")
        moved = before + by
        beyond = (moved > _LAST) | (moved < _FIRST)  # no calendar has such a day: the other way then
        out[name] = pd.Series(np.where(beyond, before - by, moved), index=df.index)
    return out


@shift_dates.learn
def fingerprint_for_dates(df: pd.DataFrame, **_settings: Any) -> dict[str, Any]:
    """The fingerprint of the key that is set."""
    return {"key": key_fingerprint(pseudonym_key())}
