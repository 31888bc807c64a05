"""Filter rows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._cells import iso_moment, plain_number, yes_or_no
from dataops_core.steps.step import Columns, Label, When, step
from dataops_core.table.kinds import type_of

ONE_VALUE = ("is", "is not", "less than", "at most", "more than", "at least", "between", "contains", "does not contain")


@step(
    "Filter rows",
    group="Rows",
    drops_rows=True,
    says="Kept rows where {column} {keep_if}[ {value}][ and {upper}][ {values}][ (missing: {missing})]",
    also="delete, remove, keep rows, total",
)
def filter_rows(
    df: pd.DataFrame,
    column: Annotated[str, Columns(), Label("Column", "The column that decides")],
    keep_if: Annotated[
        Literal[
            "is",
            "is not",
            "is one of",
            "is none of",
            "less than",
            "at most",
            "more than",
            "at least",
            "between",
            "contains",
            "does not contain",
            "is missing",
            "is present",
        ],
        Label("Keep a row if its value", "All other rows are dropped"),
    ],
    value: Annotated[
        str | int | float | None, When("keep_if", *ONE_VALUE), Label("Value", "A number, a date (2024-12-31) or a text")
    ] = None,
    upper: Annotated[
        str | int | float | None, When("keep_if", "between"), Label("Up to", "The greatest value that is kept")
    ] = None,
    values: Annotated[
        list[str], When("keep_if", "is one of", "is none of"), Label("Values", "Any number of values")
    ] = [],  # noqa: B006
    case: Annotated[
        Literal["match", "ignore"], Label("Upper and lower case", '"ignore" takes "NL" and "nl" for the same')
    ] = "match",
    missing: Annotated[
        Literal["drop", "keep"],
        When("keep_if", *ONE_VALUE, "is one of", "is none of"),
        Label("Rows where it is missing", "Whether rows stay whose value is not known"),
    ] = "drop",
) -> pd.DataFrame:
    """Keep the rows whose value in one column meets a condition, and drop the others.

    "between" takes in both ends. A date without a time of day means the whole day: "at most 2024-12-31" keeps that
    day's evening too. Text has no order here: less and more are for numbers and dates. Dropping rows can hit one group
    of people harder than another: look at the preview.

    >>> ages = pd.DataFrame({"age": pd.array([17, 40, None, 200], dtype="Int64")})
    >>> filter_rows(ages, column="age", keep_if="between", value=18, upper=120)["age"].tolist()
    [40]
    >>> filter_rows(ages, column="age", keep_if="at most", value="120", missing="keep")["age"].tolist()
    [17, 40, <NA>]
    """
    cells = df[column]
    gone = cells.isna().to_numpy(dtype=bool)
    if keep_if in ("is missing", "is present"):
        return df.loc[gone if keep_if == "is missing" else ~gone]
    asked: list[Any] = values if keep_if in ("is one of", "is none of") else [value]
    asked = [*asked, upper] if keep_if == "between" else asked
    if not asked or any(item is None for item in asked):
        raise SettingError(f'"{keep_if}" needs a value.', "filter_rows", "Give the value to compare with.")
    storage = type_of(cells)
    if storage == "text":
        meets = text_meets(cells, keep_if, [str(item) for item in asked], case)
    elif keep_if in ("contains", "does not contain"):
        raise SettingError(f'Column "{column}" holds no text.', "filter_rows", 'Choose "is", or make it text first.')
    else:
        lows, highs = limits(cells, storage, asked)
        meets = value_meets(cells.dropna(), keep_if, lows, highs)
    keep = np.full(len(df), missing == "keep")
    keep[~gone] = meets
    return df.loc[keep]


def text_meets(cells: pd.Series, keep_if: str, asked: list[str], case: str) -> np.ndarray:
    """Which of the texts that are there meet the condition."""
    ignore = case == "ignore"
    wanted = {text.casefold() if ignore else text for text in asked}
    texts = [text.casefold() if ignore else text for text in cells.dropna()]
    if keep_if in ("is", "is one of", "is not", "is none of"):
        found = np.array([text in wanted for text in texts], dtype=bool)
    elif keep_if in ("contains", "does not contain"):
        part = next(iter(wanted))
        found = np.array([part in text for text in texts], dtype=bool)
    else:
        raise SettingError(
            f'Column "{cells.name}" holds text, which has no order.',
            "filter_rows",
            "Make it a number or a date first (parse_numbers, parse_dates).",
        )
    return ~found if " no" in f" {keep_if}".replace("does ", " ") else found


def limits(cells: pd.Series, storage: str, asked: list[Any]) -> tuple[list[Any], list[Any]]:
    """Each asked value as the first and the last value of the column's type that it stands for."""
    lows: list[Any] = []
    highs: list[Any] = []
    for item in asked:
        read: Any
        if storage == "datetime":
            read = iso_moment(item)
            if read is not None:
                low = np.datetime64(read, "us")
                span = np.timedelta64(86_400_000_000 if len(str(item).strip()) == 10 else 1, "us")
                lows.append(pd.Timestamp(low))
                highs.append(pd.Timestamp(low + span - np.timedelta64(1, "us")))
        else:
            read = yes_or_no(item) if storage == "boolean" else plain_number(item)
            lows.append(read)
            highs.append(read)
        if read is None:
            kind = {"datetime": "a date such as 2024-12-31", "boolean": "yes or no"}.get(storage, "a number")
            raise SettingError(f'"{item}" is not what column "{cells.name}" holds.', "filter_rows", f"Give {kind}.")
    return lows, highs


def value_meets(cells: pd.Series, keep_if: str, lows: list[Any], highs: list[Any]) -> np.ndarray:
    """Which of the numbers, dates or booleans that are there meet the condition."""
    if keep_if in ("is", "is not", "is one of", "is none of"):
        found = np.zeros(len(cells), dtype=bool)
        for low, high in zip(lows, highs, strict=True):
            found |= ((cells >= low) & (cells <= high)).to_numpy(dtype=bool)
        return found if keep_if in ("is", "is one of") else ~found
    if str(cells.dtype) == "boolean":
        raise SettingError(
            f'Column "{cells.name}" holds yes and no, which have no order.', "filter_rows", 'Choose "is".'
        )
    met = {
        "less than": cells < lows[0],
        "at most": cells <= highs[0],
        "more than": cells > highs[0],
        "at least": cells >= lows[0],
        "between": (cells >= lows[0]) & (cells <= highs[-1]),
    }[keep_if]
    return met.to_numpy(dtype=bool)
