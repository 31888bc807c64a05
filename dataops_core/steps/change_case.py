"""Change case."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import pandas as pd

from dataops_core.steps._cells import distinct_texts
from dataops_core.steps.step import Columns, Label, step

WORD_START = re.compile(r"(^|[\s\-/(\"“‘.&])(\w)")
FIRST_LETTER = re.compile(r"[^\W\d_]")


@step(
    "Change case",
    group="Text",
    says="Wrote {columns} in {case} case",
    also="capital letters, upper, lower, title",
    narrow=True,
)
def change_case(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("text"), Label("Columns", "Text columns to rewrite")],
    case: Annotated[
        Literal["lower", "upper", "title", "sentence"],
        Label("Case", "lower: new york; upper: NEW YORK; title: New York; sentence: New york"),
    ],
) -> pd.DataFrame:
    """Write text in lower case, upper case, title case or sentence case.

    Use it when the same value is spelled in several ways ("Amsterdam", "AMSTERDAM"). Do not use it on codes in which
    case matters, nor title case on names such as "McDonald" (it becomes "Mcdonald"). "O'brien" and "d'arc" get no
    capital after the apostrophe, so that "don't" does not become "Don'T".

    >>> change_case(pd.DataFrame({"a": ["NEW york", None]}, dtype=object), columns=["a"], case="title")["a"].tolist()
    ['New York', None]
    >>> change_case(pd.DataFrame({"a": ["12 MAIN st."]}, dtype=object), columns=["a"], case="sentence")["a"].tolist()
    ['12 Main st.']
    """
    out = df.copy(deep=False)
    for name in columns:
        known = {text: in_case(text, case) for text in distinct_texts(df[name])}
        out[name] = pd.Series([known.get(text) for text in df[name]], index=df.index, dtype=object)
    return out


def in_case(text: str, case: str) -> str:
    """One text in the wanted case."""
    if case == "upper":
        return text.upper()
    lower = text.lower()
    if case == "title":
        return WORD_START.sub(lambda found: found[1] + found[2].title(), lower)
    if case == "sentence":
        return FIRST_LETTER.sub(lambda found: found[0].title(), lower, count=1)
    return lower
