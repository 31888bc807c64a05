"""Replace values."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._cells import GREATEST_WHOLE, LEAST_WHOLE, distinct_texts, plain_number
from dataops_core.steps._patterns import replaced_by_patterns
from dataops_core.steps.step import Columns, Label, step
from dataops_core.table.kinds import type_of


@step(
    "Replace values",
    group="Text",
    says="Replaced in {column}: {mapping}",
    also="find and replace, change, correct",
    narrow=True,
)
def replace_values(
    df: pd.DataFrame,
    column: Annotated[str, Columns("text", "number"), Label("Column", "The column to change")],
    mapping: Annotated[dict[str, str], Label("Old and new values", "An empty new value makes the cell missing")],
    match: Annotated[
        Literal["whole cell", "part of the text", "pattern"],
        Label("What to look for", "The whole cell, a part of the text, or a pattern (a regular expression)"),
    ] = "whole cell",
    case: Annotated[
        Literal["match", "ignore"], Label("Upper and lower case", '"ignore" takes "NL" and "nl" for the same')
    ] = "match",
) -> pd.DataFrame:
    r"""Replace values by others: whole cells, parts of the text, or what a pattern finds.

    All replacements of whole cells and parts happen at once, so "a" and "b" can trade places; patterns run one after
    the other, and `\1` in a new value stands for the first group. A cell that ends up empty becomes missing. In number
    columns only whole cells can be replaced, number by number ("1" finds 1 and 1.0). To change many spellings of one
    value, list each; to change only the case, use change_case.

    >>> cities = pd.DataFrame({"city": ["Amsterdm", "Delft", "-"]}, dtype=object)
    >>> replace_values(cities, column="city", mapping={"Amsterdm": "Amsterdam", "-": ""})["city"].tolist()
    ['Amsterdam', 'Delft', None]
    >>> dates = pd.DataFrame({"d": ["12-2024"]}, dtype=object)
    >>> replace_values(dates, column="d", mapping={r"(\d+)-(\d+)": r"\2/\1"}, match="pattern")["d"].tolist()
    ['2024/12']
    """
    if not mapping:
        raise SettingError("No value to replace is given.", "replace_values", "Give an old and a new value.")
    if "" in mapping:
        raise SettingError("An old value is empty.", "replace_values", "To fill missing cells, use fill_missing.")
    out = df.copy(deep=False)
    if type_of(df[column]) in ("integer", "decimal"):
        out[column] = replaced_numbers(df[column], mapping, match)
        return out
    if match == "pattern":
        texts = distinct_texts(df[column])
        known = dict(
            zip(texts, replaced_by_patterns(texts, list(mapping.items()), case == "ignore", column), strict=True)
        )
    else:
        pairs = {key(old, case): new for old, new in reversed(mapping.items())}  # of equal ones, the first counts
        if match == "whole cell":
            known = {text: pairs.get(key(text, case), text) for text in distinct_texts(df[column])}
        else:
            longest = sorted(mapping, key=len, reverse=True)
            parts = re.compile("|".join(map(re.escape, longest)), re.IGNORECASE if case == "ignore" else 0)
            known = {text: by_part(text, parts, pairs, case) for text in distinct_texts(df[column])}
    cells = [known.get(text) for text in df[column]]
    gone = [None if new == "" and old != "" else new for old, new in zip(df[column], cells, strict=True)]
    out[column] = pd.Series(gone, index=df.index, dtype=object)
    return out


def key(text: str, case: str) -> str:
    """A text as it is looked up."""
    return text.lower() if case == "ignore" else text


def by_part(text: str, parts: re.Pattern[str], pairs: dict[str, str], case: str) -> str:
    """A text with every part that is found replaced, in one pass."""
    return parts.sub(lambda found: pairs.get(key(found[0], case), found[0]), text)


def replaced_numbers(column: pd.Series, mapping: dict[str, str], match: str) -> pd.Series:
    """A number column with whole cells replaced, number by number, all at once."""
    if match != "whole cell":
        raise SettingError(
            f'Column "{column.name}" holds numbers; only whole cells can be replaced.',
            "replace_values",
            'Choose "whole cell", or make the column text first (set_kind).',
        )
    out = column.copy()
    for old, new in reversed(mapping.items()):
        before, after = plain_number(old), plain_number(new) if new.strip() else None
        if before is None or (after is None and new.strip()):
            wrong = old if before is None else new
            raise SettingError(
                f'"{wrong}" is not a number, but column "{column.name}" holds numbers.',
                "replace_values",
                "Give plain numbers, such as 12 or -0.5.",
            )
        if type_of(column) == "integer" and after is not None:
            if after != int(after) or not LEAST_WHOLE <= after <= GREATEST_WHOLE:
                raise SettingError(
                    f'"{new}" is not a whole number, but column "{column.name}" holds whole numbers.',
                    "replace_values",
                    "Give a whole number, or make the column decimal first.",
                )
            after = int(after)
        found = (column == before).to_numpy(dtype=bool, na_value=False)
        out = out.mask(found) if after is None else out.mask(found, after)
    return out
