"""Extract parts of text by a pattern."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._features import need_free
from dataops_core.steps._patterns import replaced_by_patterns
from dataops_core.steps.step import Columns, Label, NewColumn, step

MARK = "\x01"


@step(
    "Extract text",
    group="Text",
    says="Extracted {pattern} from {column} into {into}",
    also="regular expression, regex, pattern, capture",
)
def extract_text(
    df: pd.DataFrame,
    column: Annotated[str, Columns("text"), Label("Column", "The column of text to look into")],
    pattern: Annotated[
        str, Label("Pattern", "A regular expression; the first part in parentheses is taken, such as ([0-9]{4})")
    ],
    into: Annotated[str, NewColumn(), Label("Into column", "The name of the new column")],
    case: Annotated[
        Literal["match", "ignore"], Label("Upper and lower case", '"ignore" takes "NL" and "nl" for the same')
    ] = "match",
) -> pd.DataFrame:
    r"""Take the first part of each text that fits a pattern into a new column; missing where nothing fits.

    The pattern is a regular expression with one pair of parentheses around the part that is wanted. It is run beside
    the app with a time limit. Numbers come out as text: read them with "parse numbers".

    >>> notes = pd.DataFrame({"note": ["born 1980 in Gouda", "unknown"]})
    >>> extract_text(notes, column="note", pattern="born ([0-9]{4})", into="born")["born"].tolist()
    ['1980', None]
    """
    need_free(df, [into], "extract_text")
    try:
        groups = re.compile(pattern).groups
    except (re.error, OverflowError, RecursionError) as error:
        raise SettingError(f"This is not a regular expression: {error}.", "extract_text", "Fix the pattern.") from error
    if not pattern or groups < 1:
        raise SettingError(
            "The pattern has no part in parentheses.", "extract_text", "Put the part that is wanted in parentheses."
        )
    known = sorted({cell.replace(MARK, "") for cell in df[column] if isinstance(cell, str)})
    whole = rf"\A(?s:.*?)(?:{pattern})(?s:.*)\Z"
    found = replaced_by_patterns(known, [(whole, rf"{MARK}\1")], case == "ignore", column)
    parts = {text: new[len(MARK) :] for text, new in zip(known, found, strict=True) if new.startswith(MARK)}
    out = df.copy(deep=False)
    cells = [parts.get(cell.replace(MARK, "")) if isinstance(cell, str) else None for cell in df[column]]
    out[into] = pd.Series(cells, index=df.index, dtype=object)
    return out
