"""Generalize values."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._cells import number_text
from dataops_core.steps._private import each_text
from dataops_core.steps.step import Columns, Label, Span, When, step
from dataops_core.table.kinds import type_of

_EXACT = 2**53


@step(
    "Generalize values",
    group="Privacy",
    says="Generalized {columns}: {how}[ of {width}][, {keep} characters][ by {part}]",
    also="bands, bins, ranges, prefix, coarser, k-anonymity, top coding, bottom coding, anonymize",
)
def generalize_values(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns(), Label("Columns", "Columns that shall say less")],
    how: Annotated[
        Literal["bands", "prefix", "dates", "limits", "groups", "all"],
        Label(
            "How",
            "bands of numbers; prefix: the first characters; dates: by month or year; limits: top and bottom coding;"
            " groups: by a list; all: one value for all",
        ),
    ],
    width: Annotated[
        float, When("how", "bands"), Span(1e-9, 1e12), Label("Width of a band", "Bands begin at multiples of it")
    ] = 10.0,
    keep: Annotated[
        int, When("how", "prefix"), Span(0, 100), Label("Characters that stay", "The first ones; the rest becomes a *")
    ] = 3,
    part: Annotated[
        Literal["month", "quarter", "year", "decade"],
        When("how", "dates"),
        Label("Dates by", "What is left of a date"),
    ] = "year",
    low: Annotated[
        float | None, When("how", "limits"), Label("Lowest value", "Lower numbers become it; empty: no limit")
    ] = None,
    high: Annotated[
        float | None, When("how", "limits"), Label("Highest value", "Higher numbers become it; empty: no limit")
    ] = None,
    groups: Annotated[
        dict[str, str], When("how", "groups"), Label("Values and their groups", "What each value becomes")
    ] = {},  # noqa: B006
    rest: Annotated[
        str, When("how", "groups"), Label("All other values", "What values become that the list does not have")
    ] = "other",
) -> pd.DataFrame:
    """Say less precisely what a cell says: an age as a band, a postal code by its first digits, a date by its year.

    Use it for quasi-identifiers: columns that name nobody alone, but single people out together. Bands, prefixes,
    dates and groups give text; limits keep numbers. Rows that agreed before agree afterwards. How much is needed for a
    chosen k, the command anonymize and the page Privacy find out.

    >>> people = pd.DataFrame({"age": pd.array([34, 39, None], dtype="Int64"), "zip": ["94103", "941", None]})
    >>> generalize_values(people, columns=["age"], how="bands", width=10)["age"].tolist()
    ['30-39', '30-39', None]
    >>> generalize_values(people, columns=["zip"], how="prefix", keep=3)["zip"].tolist()
    ['941*', '941*', None]
    """
    if how == "limits" and low is None and high is None:
        raise SettingError("No limit is given.", "generalize_values", "Give a lowest value, a highest one, or both.")
    if how == "limits" and low is not None and high is not None and low > high:
        raise SettingError("The lowest value is above the highest.", "generalize_values", "Swap them.")
    if how == "groups" and not rest:
        raise SettingError("No name is given for all other values.", "generalize_values", "Give one.")
    out = df.copy(deep=False)
    for name in columns:
        kind = type_of(df[name])
        wanted = {"bands": ("integer", "decimal"), "limits": ("integer", "decimal"), "dates": ("datetime",)}.get(how)
        if wanted is not None and kind not in wanted:
            raise SettingError(
                f'"{name}" is a column of type {kind}.',
                "generalize_values",
                "Choose another way, or convert the column first (set_kind, parse_numbers, parse_dates).",
            )
        if how == "bands":
            out[name] = _banded(df[name], width)
        elif how == "limits":
            out[name] = _limited(df[name], low, high)
        elif how == "dates":
            out[name] = _coarser(df[name], part)
        elif how == "prefix":
            out[name] = each_text(df[name], lambda text: text if len(text) < keep else text[:keep] + "*")
        else:
            known = groups if how == "groups" else {}
            left = rest if how == "groups" else "*"
            out[name] = each_text(df[name], lambda text, known=known, left=left: known.get(text, left))  # type: ignore[misc]
    return out


def band(value: float, width: float) -> str:
    """The band that a number falls into: both ends for whole numbers, from and up to but without the end for others.

    >>> band(34, 10), band(-1, 10), band(2.5, 0.5), band(1e300, 10), band(7, 1)
    ('30-39', '-10--1', '2.5-<3', 'very high', '7')
    """
    if not abs(value) / width < _EXACT:
        return "very high" if value > 0 else "very low"
    whole = isinstance(value, int) and width == int(width)
    at = value // int(width) if whole else math.floor(value / width)
    low, high = at * (int(width) if whole else width), (at + 1) * (int(width) if whole else width)
    if whole:
        return str(low) if width == 1 else f"{low}-{high - 1}"
    return f"{number_text(float(f'{low:.12g}'))}-<{number_text(float(f'{high:.12g}'))}"


def _banded(column: pd.Series, width: float) -> pd.Series:
    whole = type_of(column) == "integer"
    values = [None if pd.isna(value) else (int(value) if whole else float(value)) for value in column]
    known = {value: band(value, width) for value in dict.fromkeys(values) if value is not None}
    return pd.Series([None if v is None else known[v] for v in values], index=column.index, dtype=object)


def _limited(column: pd.Series, low: float | None, high: float | None) -> pd.Series:
    if type_of(column) == "decimal":
        return column.clip(lower=low, upper=high) + 0.0
    least, most = (None if low is None else math.ceil(low)), (None if high is None else math.floor(high))
    values: list[Any] = []
    for value in column:
        cell = None if pd.isna(value) else int(value)
        if cell is not None and least is not None and cell < least:
            cell = least
        if cell is not None and most is not None and cell > most:
            cell = most
        values.append(cell)
    return pd.Series(pd.array(values, dtype="Int64"), index=column.index)


def _coarser(column: pd.Series, part: str) -> pd.Series:
    gone = column.isna().to_numpy()
    months = np.datetime_as_string(column.to_numpy(dtype="datetime64[us]"), unit="M")
    known = {
        text: {
            "month": text,
            "quarter": f"{text[:4]}-Q{(int(text[5:7]) + 2) // 3}",
            "year": text[:4],
            "decade": f"{text[:3]}0s",
        }[part]
        for text in {str(text) for text, no in zip(months, gone, strict=True) if not no}
    }
    return pd.Series(
        [None if no else known[str(text)] for text, no in zip(months, gone, strict=True)],
        index=column.index,
        dtype=object,
    )
