"""Ordinal encoding."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, Skip
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._features import common_values
from dataops_core.steps.step import Columns, Label, step

MOST = 10_000  # values


@step(
    "Ordinal encode",
    group="Features",
    says="Encoded {columns} as whole numbers[, in the order {order}]",
    also="label encoding, categories, rank",
)
def encode_ordinal(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("text", "boolean"), Label("Columns", "Columns of categories")],
    order: Annotated[
        list[str], Label("Order", "The values from the lowest to the highest; without it, in alphabetical order")
    ] = [],  # noqa: B006
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Replace each category by a whole number from 0, in a given order or in alphabetical order.

    Use it where the values have an order, such as low, medium and high, or for models of trees. A linear model would
    take the numbers for amounts. Missing cells, and values that the training rows do not have, are missing.

    >>> sizes = pd.DataFrame({"size": ["L", "S", None, "M"]})
    >>> encode_ordinal(sizes, columns=["size"], order=["S", "M", "L"])["size"].tolist()
    [2, 0, <NA>, 1]
    """
    if learned is None:
        learned = learn_order(df, columns, order)
    out = df.copy(deep=False)
    for name in columns:
        if name not in learned:
            continue
        place = {value: number for number, value in enumerate(learned[name])}
        codes = np.array([-1 if text is None else place.get(text, -1) for text in cell_texts(df[name], time=True)])
        out[name] = pd.Series(codes, index=df.index).astype("Int64").mask(codes < 0)
    return out


@encode_ordinal.learn
def learn_order(
    df: pd.DataFrame, columns: list[str], order: list[str] | None = None, times: np.ndarray | None = None
) -> dict[str, Any]:
    """The values of each column in their order: {"size": ["S", "M", "L"]}."""
    learned = {}
    for name in columns:
        values = common_values(df[name], MOST + 1, times)
        if len(values) > MOST:
            raise SettingError(
                f'"{name}" has more than {MOST:,} values.', "encode_ordinal", "Choose columns of categories."
            )
        strange = sorted(set(values) - set(order or values))
        if strange:
            raise SettingError(
                f'The order does not have the value "{strange[0]}" of "{name}".',
                "encode_ordinal",
                "Name all values in their order, or none.",
            )
        if values:
            learned[name] = list(order) if order else sorted(values)
    if columns and not learned:
        raise Skip("The columns hold no value at all, so there is nothing to encode.")
    return learned
