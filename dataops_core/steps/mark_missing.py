"""Mark missing."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._cells import iso_moment, plain_number
from dataops_core.steps.step import Columns, Label, step
from dataops_core.table.kinds import type_of


@step(
    "Mark as missing",
    group="Missing values",
    says="Marked {tokens} as missing in {columns}",
    also="empty, blank, null, unknown, n/a",
    narrow=True,
)
def mark_missing(
    df: pd.DataFrame,
    tokens: Annotated[list[str], Label("Signs for missing", 'For example "?", "n/a", "-999", "1900-01-01"')],
    columns: Annotated[list[str], Columns(), Label("Columns", "Where to look; none chosen: in all columns")] = [],  # noqa: B006
    case: Annotated[
        Literal["ignore", "match"], Label("Upper and lower case", '"ignore" takes "N/A" and "n/a" for the same')
    ] = "ignore",
) -> pd.DataFrame:
    """Turn signs such as "?", "n/a" or -999 into truly missing cells.

    Text is compared without the spaces around it. A sign that is a number is compared as a number ("-999" finds -999
    and -999.0), a sign that is a date as a date (all day long). "inf" and "-inf" find infinite numbers. Columns of yes
    and no are left alone. Do not mark a sign in a column where it is a real value: 0 children is an answer.

    >>> mark_missing(pd.DataFrame({"a": [" N/A", "b"]}, dtype=object), tokens=["n/a"])["a"].tolist()
    [None, 'b']
    >>> mark_missing(pd.DataFrame({"a": [-999.0, 1.0]}), tokens=["-999"])["a"].tolist()
    [nan, 1.0]
    """
    if not tokens:
        raise SettingError("No sign for missing is given.", "mark_missing", 'Give at least one, such as "?".')
    out = df.copy(deep=False)
    for name in columns or list(df.columns):
        column, storage = df[name], type_of(df[name])
        if storage == "text":
            signs = {folded(token, case) for token in tokens}
            cells = [None if t is None or folded(t, case) in signs else t for t in column]
            out[name] = pd.Series(cells, index=df.index, dtype=object)
        elif storage in ("integer", "decimal"):
            numbers = [n for n in map(number_sign, tokens) if n is not None]
            out[name] = column.mask(column.isin(numbers).to_numpy(dtype=bool, na_value=False))
        elif storage == "datetime":
            out[name] = column.mask(moment_found(column, tokens))
    return out


def folded(text: str, case: str) -> str:
    """A text as it is compared: without the spaces around it, and perhaps without case."""
    return text.strip().casefold() if case == "ignore" else text.strip()


def number_sign(token: str) -> float | None:
    """The number that a sign stands for, if it is one; infinity counts."""
    endless = {"inf": float("inf"), "+inf": float("inf"), "-inf": float("-inf")}
    return endless.get(token.strip().lower(), plain_number(token))


def moment_found(column: pd.Series, tokens: list[str]) -> np.ndarray:
    """Which cells are one of these moments; a sign without a time of day means the whole day."""
    values = column.to_numpy(dtype="datetime64[us]")
    found = np.zeros(len(values), dtype=bool)
    for token in tokens:
        moment = iso_moment(token)
        if moment is not None:
            day = len(token.strip()) == 10
            found |= (values.astype("datetime64[D]") if day else values) == np.datetime64(moment, "D" if day else "us")
    return found
