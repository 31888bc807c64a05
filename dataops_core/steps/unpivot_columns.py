"""Columns into rows."""

from __future__ import annotations

from typing import Annotated, Literal

import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._pieces import MoreRows
from dataops_core.steps._tables import joined_type, new_ids, stacked
from dataops_core.steps.step import Columns, Label, NewColumn, step
from dataops_core.table.kinds import type_of


@step(
    "Unpivot columns",
    group="Rows",
    reach="table",
    drops_rows=True,
    adds_rows=True,
    says="Turned the columns {columns} into rows of {names} and {values}",
    also="melt, wide to long, transpose, gather",
)
def unpivot_columns(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns(), Label("Columns", "Columns such as 2023, 2024 that hold one thing")],
    names: Annotated[str, NewColumn(), Label("Names into", "The new column for their names, such as year")] = "name",
    values: Annotated[str, NewColumn(), Label("Values into", "The new column for their cells")] = "value",
    missing: Annotated[Literal["keep", "drop"], Label("Missing cells", "Whether they get a row")] = "keep",
) -> pd.DataFrame:
    """Turn columns that hold the same thing, such as one for each year, into rows: one for each row and column.

    All other columns are repeated. The columns must hold one type of values. The new rows have numbers of their own.

    >>> wide = pd.DataFrame({"shop": ["a"], "2023": [1.5], "2024": [2.5]})
    >>> unpivot_columns(wide, columns=["2023", "2024"], names="year", values="sold").to_dict("list")
    {'shop': ['a', 'a'], 'year': ['2023', '2024'], 'sold': [1.5, 2.5]}
    """
    rest = [name for name in df.columns if name not in columns]
    if not columns or not names or not values or names == values or {names, values} & set(rest):
        raise SettingError(
            "The new columns need two different names that no other column has.", "unpivot_columns", "Change them."
        )
    stack = df[columns[0]]
    for name in columns[1:]:
        kind = joined_type(stack, df[name])
        if kind is None:
            raise SettingError(
                f'"{columns[0]}" holds {type_of(stack)} and "{name}" {type_of(df[name])}.',
                "unpivot_columns",
                "Convert one of them first (set_kind, parse_numbers, parse_dates).",
            )
        stack = stacked(stack, df[name], kind)
    places = list(range(len(df))) * len(columns)
    index = pd.Index(new_ids(df, len(places)), dtype="int64", name=df.index.name)
    made = {name: df[name].take(places).set_axis(index) for name in rest}
    made[names] = pd.Series([name for name in columns for _ in range(len(df))], index=index, dtype=object)
    made[values] = stack.set_axis(index)
    out = pd.DataFrame(made, index=index, columns=list(made))
    order = [column * len(df) + row for row in range(len(df)) for column in range(len(columns))]
    out = out.iloc[order].set_axis(index)
    if missing == "drop":
        out = out[out[values].notna()]
        out = out.set_axis(index[: len(out)])
    return out


@unpivot_columns.piecewise
def pieces_of_columns(**_settings: object) -> MoreRows:
    """Each row gives its own rows."""
    return MoreRows()
