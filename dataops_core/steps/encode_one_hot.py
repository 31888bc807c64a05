"""One-hot encoding."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import Skip
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._features import common_values, need_free, put_after
from dataops_core.steps.step import Columns, Label, Span, step


@step(
    "One-hot encode",
    group="Features",
    says="One-hot encoded {columns}, at most {levels} values each",
    also="dummy, indicator, categories, get_dummies",
    open_columns=True,
)
def encode_one_hot(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("text", "boolean", "number"), Label("Columns", "Columns of categories")],
    levels: Annotated[
        int, Span(1, 200), Label("Values at most", "The most frequent values get a column each, all others share one")
    ] = 30,
    original: Annotated[Literal["drop", "keep"], Label("The column itself", "Whether it stays")] = "drop",
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Turn each category into a yes-or-no column of its own, such as "town = Gouda".

    The values are those of the training rows; one that comes later, and those beyond the most frequent, are "another
    value". A missing cell says no to all of them. Trees do as well with ordinal or frequency encoding and fewer
    columns; for columns with very many values, target encoding keeps more.

    >>> encode_one_hot(pd.DataFrame({"town": ["Gouda", "Delft"]}), columns=["town"]).to_dict("list")
    {'town = Delft': [False, True], 'town = Gouda': [True, False], 'town = another value': [False, False]}
    """
    if learned is None:
        learned = learn_levels(df, columns, levels)
    out = df
    for name in columns:
        if name not in learned:
            continue
        texts, values = cell_texts(df[name], time=True), sorted(learned[name])
        place = {value: number for number, value in enumerate(values)}
        codes = np.array([-1 if text is None else place.get(text, len(values)) for text in texts], dtype="int64")
        names = [*(f"{name} = {value}" for value in values), f"{name} = another value"]
        made = {
            new: pd.Series(pd.array(codes == number, dtype="boolean"), index=df.index)
            for number, new in enumerate(names)
        }
        need_free(out, names, "encode_one_hot")
        out = put_after(out, name, made, original == "keep")
    return out.copy(deep=False)


@encode_one_hot.learn
def learn_levels(
    df: pd.DataFrame,
    columns: list[str],
    levels: int = 30,
    times: np.ndarray | None = None,
    **_settings: object,
) -> dict[str, Any]:
    """The values that get a column of their own, the most frequent first: {"town": ["Gouda", "Delft"]}."""
    learned = {name: common_values(df[name], levels, times) for name in columns}
    learned = {name: values for name, values in learned.items() if values}
    if columns and not learned:
        raise Skip("The columns hold no value at all, so there is nothing to encode.")
    return learned
