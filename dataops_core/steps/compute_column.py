"""Compute a column by a formula."""

from __future__ import annotations

from typing import Annotated

import pandas as pd

from dataops_core.steps._features import need_free
from dataops_core.steps._formulas import formula_column, parse_formula
from dataops_core.steps.step import Label, NewColumn, step


@step(
    "Compute a column",
    group="Columns",
    says="Computed {into} = {formula}",
    also="formula, expression, calculate, ratio, difference, sum, new column, derive, if",
)
def compute_column(
    df: pd.DataFrame,
    into: Annotated[str, NewColumn(), Label("New column", "Its name")],
    formula: Annotated[
        str,
        Label(
            "Formula",
            "Such as price * quantity, round(income / 12, 2), concat(first, ' ', last), if_else(age > 17, 'yes', 'no')."
            ' Text stands in single quotes, a name of several words in double quotes: "loan amount"',
        ),
    ],
) -> pd.DataFrame:
    """Make a new column from others by a formula: numbers, text, dates and conditions.

    Functions: abs, log, log10, exp, sqrt, round, floor, ceil, power, remainder, min, max; length, lower, upper, trim,
    left, right, replace, contains, starts_with, concat; year, month, day, hour, weekday, days_between; if_else,
    coalesce. Where a cell that is needed is missing, or a number is not defined (a division by 0), the result is
    missing. The formula is parsed to a tree of these parts; it cannot run anything else.

    >>> orders = pd.DataFrame({"price": [2.0, 5.0], "pieces": [3, 4]})
    >>> compute_column(orders, into="total", formula="price * pieces")["total"].tolist()
    [6.0, 20.0]
    >>> compute_column(orders, into="size", formula="if_else(pieces > 3, 'large', 'small')")["size"].tolist()
    ['small', 'large']
    """
    need_free(df, [into], "compute_column")
    out = df.copy(deep=False)
    out[into] = formula_column(df, parse_formula(formula))
    return out
