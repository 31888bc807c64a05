"""Put numbers into ranges."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, Skip
from dataops_core.steps._cells import number_text, plain_number
from dataops_core.steps._mixed import numbers
from dataops_core.steps.step import Columns, Label, Span, When, step


@step(
    "Bin numbers",
    group="Features",
    says="Put {columns} into ranges ({how})[ ending at {ends}]",
    also="discretize, bands, ranges, categories, buckets",
)
def bin_numbers(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("number"), Label("Columns", "Columns of numbers")],
    how: Annotated[
        Literal["equal_count", "equal_width", "given"],
        Label("Ranges", "equal count: about as many training rows in each; equal width; given: where you say"),
    ] = "equal_count",
    bins: Annotated[
        int,
        Span(2, 100),
        When("how", "equal_count", "equal_width"),
        Label("How many", "So many ranges for each column"),
    ] = 5,
    ends: Annotated[
        list[str], When("how", "given"), Label("Ends", "Where ranges end, such as 25, 65: below 25, from 25, from 65")
    ] = [],  # noqa: B006
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Replace numbers by the range they lie in, as text such as "from 25 to under 65".

    The ends are learned from the training rows; a range holds its lower end. Ranges lose what lies between their ends:
    for models, prefer the numbers themselves; for people and for anonymity, ranges are better.

    >>> ages = pd.DataFrame({"age": [20, 30, 70]})
    >>> bin_numbers(ages, columns=["age"], how="given", ends=["25", "65"])["age"].tolist()
    ['under 25', 'from 25 to under 65', 'from 65']
    """
    if learned is None:
        learned = learn_ends(df, columns, how, bins, ends)
    out = df.copy(deep=False)
    for name in columns:
        if name not in learned:
            continue
        at = learned[name]
        texts = [number_text(end) for end in at]
        labels = [f"under {texts[0]}", *map("from {} to under {}".format, texts, texts[1:]), f"from {texts[-1]}"]
        values = numbers(df[name])
        places = np.searchsorted(np.array(at), values, side="right").tolist()
        cells = [None if lost else labels[place] for place, lost in zip(places, np.isnan(values).tolist(), strict=True)]
        out[name] = pd.Series(cells, index=df.index, dtype=object)
    return out


@bin_numbers.learn
def learn_ends(
    df: pd.DataFrame, columns: list[str], how: str = "equal_count", bins: int = 5, ends: list[str] | None = None
) -> dict[str, Any]:
    """Where the ranges of each column end: {"age": [25, 65]}."""
    given = [plain_number(end) for end in ends or []]
    if how == "given" and (not given or None in given or given != sorted(set(given), key=lambda end: end or 0)):
        raise SettingError("The ends are not numbers in rising order.", "bin_numbers", "Write them like 25, 65.")
    learned: dict[str, Any] = {}
    for name in columns:
        values = numbers(df[name])
        known = values[~np.isnan(values)]
        if how == "given":
            learned[name] = given
        elif len(known) and known.min() < known.max():
            shares = np.linspace(0, 1, bins + 1)[1:-1]
            if how == "equal_count":
                inner = np.quantile(known, shares, method="inverted_cdf")
            else:
                inner = known.min() * (1 - shares) + known.max() * shares
            found = sorted({float(f"{end:.6g}") for end in inner.tolist()})
            learned[name] = [int(end) if end == int(end) and abs(end) < 2**53 else end for end in found]
    if columns and not learned:
        raise Skip("No column has two different numbers, so there are no ranges.")
    return learned
