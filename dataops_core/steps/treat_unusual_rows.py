"""Treat unusual rows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pandas as pd

from dataops_core.errors import SettingError, Skip
from dataops_core.steps._unusual import learn_scores, unusual_scores
from dataops_core.steps.step import Columns, Label, NewColumn, Span, When, step

FEWEST_ROWS = 8


@step(
    "Treat unusual rows",
    group="Rows",
    drops_rows=True,
    says="Treated unusual rows ({what}), by {method} in {columns}",
    also="anomalies, outliers",
)
def treat_unusual_rows(
    df: pd.DataFrame,
    columns: Annotated[
        list[str],
        Columns("number", "datetime"),
        Label("Columns", "Numbers and dates that are looked at together, such as height and weight"),
    ],
    method: Annotated[
        Literal["isolation_forest", "lof"],
        Label(
            "Method",
            "isolation_forest: rows that a few cuts set apart; lof: rows in a thinner place than their neighbours",
        ),
    ] = "isolation_forest",
    share: Annotated[
        float, Span(0.01, 50), Label("Share in percent", "How many of the training rows are taken as unusual")
    ] = 1.0,
    what: Annotated[
        Literal["mark", "drop"], Label("What to do", "mark: say it in a new column; drop: drop the rows")
    ] = "mark",
    into: Annotated[
        str, NewColumn(), When("what", "mark"), Label("Mark in column", "A new column: yes where the row is unusual")
    ] = "unusual",
    score_into: Annotated[
        str, NewColumn(), When("what", "mark"), Label("Score in column", "A new column for the score, if wanted")
    ] = "",
    learned: dict[str, Any] | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Mark or drop rows whose values do not go together, though each one alone may be usual.

    isolation_forest: 100 trees of random cuts through 256 training rows each; unusual rows are alone after few cuts
    (Liu, Ting and Zhou, Isolation Forest, 2008; scores from 0 to 1). lof: local outlier factor by 20 neighbours
    (Breunig et al. 2000; 1 is usual) among up to 1,000 training rows drawn by the seed. Both by scikit-learn on
    standardised numbers, with the median where one is missing or infinite; constant columns count for nothing. The
    score from which a row is unusual is the one that the given share of the training rows exceeds, so some rows are
    always unusual: look at them before dropping any. An isolation forest also takes rows at the ends of the ranges for
    unusual, and is no surer of a value beyond them than of the last one it saw. Needs 8 rows. The learned model lies in
    the recipe as text (isolation forest: about 400 kB; lof: about 200 kB).

    >>> body = pd.DataFrame({"height": [*range(150, 190), 150], "weight": [*range(50, 90), 120]})
    >>> treat_unusual_rows(body, columns=["height", "weight"])["unusual"].to_numpy().nonzero()[0].tolist()
    [40]
    """
    if what == "mark":
        for name in (into, score_into) if score_into else (into,):
            if not name or name in df.columns or into == score_into:
                said = f'There is a column "{name}" already.' if name else "The new column has no name."
                raise SettingError(said, "treat_unusual_rows", "Give each new column a name of its own.")
    if learned is None:
        learned = learn_unusual(df, columns, method, share, what, into, score_into, seed)
    scores = unusual_scores(df, columns, learned)
    unusual = scores > learned["threshold"]
    if what == "drop":
        return df.loc[~unusual]
    out = df.copy(deep=False)
    out[into] = pd.Series(unusual, index=df.index, dtype="boolean")
    if score_into:
        out[score_into] = pd.Series(scores, index=df.index, dtype="float64")
    return out


@treat_unusual_rows.learn
def learn_unusual(
    df: pd.DataFrame,
    columns: list[str],
    method: str = "isolation_forest",
    share: float = 1.0,
    what: str = "mark",
    into: str = "unusual",
    score_into: str = "",
    seed: int = 0,
) -> dict[str, Any]:
    """The fitted model as text, the scales of the columns, and the score from which a row is unusual."""
    if len(df) < FEWEST_ROWS:
        raise Skip(f"{len(df)} rows are too few to tell what is usual; it takes {FEWEST_ROWS}.")
    learned = learn_scores(df, columns, method, share, seed % 2**32)
    if learned is None:
        raise Skip("No column has values that differ.")
    return learned
