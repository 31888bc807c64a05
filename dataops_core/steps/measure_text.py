"""Measure text: length, words, digits."""

from __future__ import annotations

from typing import Annotated, Literal

import pandas as pd

from dataops_core.steps._features import need_free, put_after
from dataops_core.steps.step import Columns, Label, step

Measure = Literal["characters", "words", "digits", "capitals"]


@step(
    "Measure text",
    group="Features",
    says="Counted {measures} in {columns}",
    also="text length, number of words, count characters",
)
def measure_text(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("text"), Label("Columns", "Columns of text")],
    measures: Annotated[list[Measure], Label("Count", "What is counted in each text")] = ["characters", "words"],  # noqa: B006
) -> pd.DataFrame:
    """Add whole numbers that say how long a text is: characters, words, digits, capital letters.

    What a text is about, a model sees better from its words ("reduce text"). Missing texts give missing counts.

    >>> measure_text(pd.DataFrame({"note": ["Call back", None]}), columns=["note"]).iloc[:, 1:].to_dict("list")
    {'note characters': [9, None], 'note words': [2, None]}
    """
    out = df
    for name in columns:
        made = {}
        for measure in dict.fromkeys(measures):
            counts = [None if not isinstance(cell, str) else counted(cell, measure) for cell in df[name]]
            made[f"{name} {measure}"] = pd.Series(pd.array(counts, dtype="Int64"), index=df.index)
        need_free(out, made, "measure_text")
        out = put_after(out, name, made, True)
    return out.copy(deep=False)


def counted(text: str, measure: str) -> int:
    """How many characters, words, digits or capitals a text has.

    >>> [counted("Room 12 B", measure) for measure in ("characters", "words", "digits", "capitals")]
    [9, 3, 2, 2]
    """
    if measure == "characters":
        return len(text)
    if measure == "words":
        return len(text.split())
    return sum(letter.isdigit() if measure == "digits" else letter.isupper() for letter in text)


@measure_text.adds
def measure_names(columns: list[str], measures: list[str] | None = None) -> list[str]:
    """The columns that it makes."""
    asked = ["characters", "words"] if measures is None else measures
    return [f"{name} {measure}" for name in columns for measure in dict.fromkeys(asked)]
