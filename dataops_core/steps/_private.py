"""What the steps that treat personal data share: each different cell changed once, as text."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from dataops_core.steps._cells import cell_texts


def each_text(column: pd.Series, change: Callable[[str], str | None]) -> pd.Series:
    """A column of text: every cell, written as text, changed by a function of its text alone; missing cells stay."""
    done: dict[str, str | None] = {}
    out: list[str | None] = []
    for text in cell_texts(column):
        if text is None:
            out.append(None)
            continue
        if text not in done:
            done[text] = change(text)
        out.append(done[text])
    return pd.Series(out, index=column.index, dtype=object)


def same_person(text: str) -> str:
    """A value as it counts for whether two are the same: without case and spaces at the edges or in a row.

    >>> same_person(" Jo  SMITH "), same_person("Smith, Jo")
    ('jo smith', 'jo smith')
    """
    plain = " ".join(text.casefold().split())
    last, comma, first = plain.partition(", ")
    return f"{first} {last}" if comma and "," not in first else plain
