"""Suppress small groups."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd

from dataops_core.privacy.risk import group_codes
from dataops_core.steps._pieces import EqualRows
from dataops_core.steps.step import Columns, Label, Span, step


@step(
    "Suppress small groups",
    group="Privacy",
    says="Dropped groups of fewer than {k} rows by {columns}[, or of fewer than {different} values of {sensitive}]",
    reach="table",
    drops_rows=True,
    also="k-anonymity, l-diversity, rows that stand alone, anonymize",
)
def suppress_small_groups(
    df: pd.DataFrame,
    columns: Annotated[
        list[str], Columns(), Label("Quasi-identifiers", "Columns that others may know of a person, taken together")
    ],
    k: Annotated[
        int, Span(2, 1_000_000), Label("Rows of a group, at least (k)", "Rows of smaller groups are dropped")
    ] = 5,
    sensitive: Annotated[
        str | None, Columns(), Label("Sensitive column", "A column that nobody should learn; groups must differ in it")
    ] = None,
    different: Annotated[
        int,
        Span(1, 1000),
        Label("Different values in a group, at least (l)", "Of the sensitive column; 1 asks for nothing"),
    ] = 1,
) -> pd.DataFrame:
    """Drop the rows that too few others are like, so that the rest is k-anonymous.

    Rows that agree in all quasi-identifiers are a group; missing cells agree with each other. What is left has groups
    of k rows or more, each with so many different values of the sensitive column. It drops people, and often people of
    small minorities: generalize first, and look at whom it drops.

    >>> ages = pd.DataFrame({"age": [30, 30, 41]})
    >>> suppress_small_groups(ages, columns=["age"], k=2)["age"].tolist()
    [30, 30]
    """
    codes = group_codes(df, columns)
    keep = np.bincount(codes)[codes] >= k if len(codes) else np.zeros(0, dtype=bool)
    if sensitive and different > 1 and len(codes):
        pairs = pd.DataFrame({"group": codes, "value": group_codes(df, [sensitive])}).drop_duplicates()
        values = np.bincount(pairs["group"].to_numpy(), minlength=int(codes.max()) + 1)
        keep = keep & (values[codes] >= different)
    return df.loc[keep].copy(deep=False)


@suppress_small_groups.piecewise
def pieces_of_small_groups(columns: list[str], **_settings: object) -> EqualRows | None:
    """A group lies together."""
    return EqualRows(tuple(columns), only_drops=True) if columns else None
