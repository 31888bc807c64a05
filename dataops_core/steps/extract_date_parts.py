"""Parts of dates as columns."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import pandas as pd

from dataops_core.steps._features import decimals, need_free, put_after
from dataops_core.steps.step import Columns, Label, step

Part = Literal[
    "year",
    "quarter",
    "month",
    "week",
    "day",
    "weekday",
    "hour",
    "weekend",
    "day_of_year",
    "month_cycle",
    "weekday_cycle",
    "hour_cycle",
    "days_since_1970",
]
CYCLES = {"month_cycle": ("month", 1, 12), "weekday_cycle": ("weekday", 1, 7), "hour_cycle": ("hour", 0, 24)}


@step(
    "Extract date parts",
    group="Dates",
    says="Extracted {parts} of {columns}",
    also="year, month, weekday, weekend, hour, quarter, cyclic, features",
)
def extract_date_parts(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("datetime"), Label("Columns", "Columns of dates")],
    parts: Annotated[
        list[Part],
        Label("Parts", "A cycle makes two columns, sine and cosine, in which December lies beside January"),
    ] = ["year", "month", "weekday"],  # noqa: B006
    original: Annotated[Literal["keep", "drop"], Label("The column itself", "Whether it stays")] = "keep",
) -> pd.DataFrame:
    """Add parts of a date as columns of their own, such as "ordered month"; Monday is weekday 1, weeks are ISO weeks.

    A model cannot see from a moment alone that sales rise in December. Missing dates give missing parts.

    >>> days = pd.DataFrame({"on": np.array(["2024-12-31"], dtype="datetime64[us]")})
    >>> extract_date_parts(days, columns=["on"], parts=["year", "weekday", "week"]).iloc[0, 1:].astype(int).tolist()
    [2024, 2, 1]
    """
    out = df
    for name in columns:
        made = {}
        for part in dict.fromkeys(parts):
            for new, values in date_part(df[name], part).items():
                made[f"{name} {new}"] = values
        need_free(out, made, "extract_date_parts")
        out = put_after(out, name, made, original == "keep")
    return out.copy(deep=False)


def date_part(column: pd.Series, part: str) -> dict[str, pd.Series]:
    """The columns that one part makes, by the end of their names."""
    if part in CYCLES:
        base, first, length = CYCLES[part]
        values = whole_part(column, base).to_numpy(dtype="float64", na_value=np.nan)
        angle = 2 * np.pi * (values - first) / length
        return {f"{base} sine": decimals(np.sin(angle), column), f"{base} cosine": decimals(np.cos(angle), column)}
    if part == "weekend":
        found = (column.dt.dayofweek >= 5).astype("boolean").mask(column.isna())
        return {"weekend": found}
    if part == "days_since_1970":
        days = column.to_numpy(dtype="datetime64[us]").astype("int64") / 86_400_000_000
        return {"days since 1970": decimals(np.where(column.isna().to_numpy(), np.nan, days), column)}
    return {part.replace("_", " "): whole_part(column, part)}


def whole_part(column: pd.Series, part: str) -> pd.Series:
    """A part that is a whole number."""
    if part == "week":
        return column.dt.isocalendar().week.astype("Int64")
    names = {"weekday": "dayofweek", "day_of_year": "dayofyear"}
    found = getattr(column.dt, names.get(part, part)).astype("float64")
    return (found + (part == "weekday")).astype("Int64")


@extract_date_parts.adds
def part_names(columns: list[str], parts: list[str] | None = None, **_settings: object) -> list[str]:
    """The columns that it makes."""
    made = []
    for name in columns:
        for part in dict.fromkeys(parts if parts is not None else ["year", "month", "weekday"]):
            if part in CYCLES:
                made += [f"{name} {CYCLES[part][0]} sine", f"{name} {CYCLES[part][0]} cosine"]
            else:
                made.append(f"{name} {part.replace('_', ' ')}")
    return made
