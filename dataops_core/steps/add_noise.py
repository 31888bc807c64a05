"""Add noise."""

from __future__ import annotations

import math
import statistics
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.privacy.keys import domain_key, key_fingerprint, key_of, keyed_digest, pseudonym_key
from dataops_core.steps._cells import GREATEST_WHOLE, LEAST_WHOLE
from dataops_core.steps.step import Columns, Label, Span, When, step
from dataops_core.table.kinds import type_of

FINGERPRINT = "fingerprint of the key"


@step(
    "Add noise",
    group="Privacy",
    says="Added noise to {columns}[ (Laplace, epsilon {epsilon})][ (normal, {share} of the spread)]",
    also="Laplace, differential privacy, epsilon, perturb, blur",
    keyed=True,
)
def add_noise(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("number"), Label("Columns", "Columns of numbers that are blurred")],
    low: Annotated[float, Label("Least value", "Values below it are set to it before noise is added")],
    high: Annotated[float, Label("Greatest value", "Values above it are set to it before noise is added")],
    mechanism: Annotated[
        Literal["laplace", "normal"], Label("Noise", "laplace has an epsilon; normal only blurs, and promises nothing")
    ] = "laplace",
    epsilon: Annotated[
        float,
        When("mechanism", "laplace"),
        Span(0.001, 1000),
        Label("Epsilon", "Of each cell: the smaller, the more noise; its scale is (greatest - least) / epsilon"),
    ] = 1.0,
    share: Annotated[
        float,
        When("mechanism", "normal"),
        Span(0.001, 10),
        Label("Share of the spread", "The noise's standard deviation, as a share of the column's own"),
    ] = 0.1,
    decimals: Annotated[
        int, Span(0, 12), Label("Decimal places", "Results are rounded to so many; whole numbers stay whole")
    ] = 2,
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Blur numbers by noise that follows from the secret key, so that nobody can take it off again.

    With Laplace noise of scale (greatest - least) / epsilon every single cell is epsilon-differentially private, given
    bounds that were not read off the data (Dwork et al. 2006; the local model, with rounding after); a person with
    several cells spends epsilon for each. Sums and means of many rows stay near; single values do not. Which rows have
    a value, and how many, is not hidden. The noise of a row depends on the key, the column and the row's number.

    >>> pay = pd.DataFrame({"pay": [100.0, 200.0, None]})
    >>> noisy = add_noise(pay, columns=["pay"], low=0, high=1000)["pay"]
    >>> bool((noisy[:2] != pay["pay"][:2]).all()), bool(noisy.isna()[2])
    (True, True)
    """
    if not (math.isfinite(low) and math.isfinite(high) and low < high) or high - low > 1e15:
        raise SettingError("The least value must be below the greatest.", "add_noise", "Give the bounds anew.")
    learned = learned or learn_noise(df, columns)
    key = key_of(learned[FINGERPRINT])
    out = df.copy(deep=False)
    for name in columns:
        own = domain_key(key, f"noise:{name}")
        scale = (high - low) / epsilon if mechanism == "laplace" else share * learned[name]
        draw = _laplace if mechanism == "laplace" else statistics.NormalDist().inv_cdf
        missing = df[name].isna().to_numpy()
        cells = np.clip(df[name].to_numpy(dtype="float64", na_value=np.nan), low, high)
        noise = np.array([0.0 if no else draw(_uniform(own, row)) for row, no in zip(df.index, missing, strict=True)])
        made = np.round(cells + scale * noise, 0 if type_of(df[name]) == "integer" else decimals) + 0.0
        if type_of(df[name]) == "integer":
            whole = [
                None if no else min(max(int(cell), LEAST_WHOLE), GREATEST_WHOLE)
                for cell, no in zip(made.tolist(), missing, strict=True)
            ]
            out[name] = pd.Series(pd.array(whole, dtype="Int64"), index=df.index)
        else:
            out[name] = pd.Series(made, index=df.index)
    return out


def _uniform(key: bytes, row: int) -> float:
    """A number above 0 and below 1 that belongs to a row."""
    return (int.from_bytes(keyed_digest(key, str(row))[:6], "big") + 0.5) / 2**48


def _laplace(place: float) -> float:
    """The value of the Laplace distribution of scale 1 below which this share of all values lies."""
    return math.log(2 * place) if place < 0.5 else -math.log(2 - 2 * place)


@add_noise.learn
def learn_noise(df: pd.DataFrame, columns: list[str], **_settings: Any) -> dict[str, Any]:
    """The fingerprint of the key that is set, and the standard deviation of each column."""
    spreads: dict[str, Any] = {}
    for name in columns:
        cells = df[name].to_numpy(dtype="float64", na_value=np.nan)
        cells = cells[np.isfinite(cells) & (np.abs(cells) < 1e150)]
        spreads[name] = float(np.std(cells)) if len(cells) else 0.0
    return {FINGERPRINT: key_fingerprint(pseudonym_key()), **spreads}
