"""Redact identifiers in text."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import pandas as pd

from dataops_core.privacy.identifiers.free_text import find_identifiers
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._private import each_text
from dataops_core.steps.step import Columns, Label, step

_PART = 3  # letters of a word from which on it is looked for by itself


@step(
    "Redact identifiers in text",
    group="Privacy",
    says="Redacted identifiers inside {columns}[, and what stands in {known}]",
    also="remarks, free text, blacken, mask, remove names, anonymize",
)
def redact_text(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("text"), Label("Columns", "Columns of free text, such as remarks")],
    known: Annotated[
        list[str],
        Columns(),
        Label("Also what stands in", "Columns (names, telephones) whose values of the same row are looked for as well"),
    ] = [],  # noqa: B006
    show: Annotated[
        Literal["kind", "nothing"], Label("In their place", "kind: [email], [person name]; nothing: ***")
    ] = "kind",
) -> pd.DataFrame:
    """Take names, addresses, telephone and other numbers of persons out of texts, and keep the rest.

    Most of them are found, not all: about one in ten names among other words stays unseen (docs/limits.md). What other
    columns of the row say is found for sure, word by word: name those columns, and place this step before the one that
    treats them. Where nothing may be left, drop the column.

    >>> notes = pd.DataFrame({"note": ["Mail jo@example.com please", "ok", None]}, dtype=object)
    >>> redact_text(notes, columns=["note"])["note"].tolist()
    ['Mail [email] please', 'ok', None]
    """

    def redacted(text: str) -> str:
        out = text
        for span in reversed(find_identifiers(text)):
            out = (
                out[: span.start] + (f"[{span.type.replace('_', ' ')}]" if show == "kind" else "***") + out[span.end :]
            )
        return out

    out = df.copy(deep=False)
    others = [cell_texts(df[name]) for name in known]
    for name in columns:
        told = df[name]
        if others:
            texts = cell_texts(told)
            rows = zip(*others, strict=True)
            cut = [None if text is None else _without(text, row) for text, row in zip(texts, rows, strict=True)]
            told = pd.Series(cut, index=df.index, dtype=object)
        out[name] = each_text(told, redacted)
    return out


def _without(text: str, values: tuple[str | None, ...]) -> str:
    """A text without the values of other columns, whole or word by word."""
    wanted: list[str] = []
    for value in values:
        if value is not None and value.strip():
            wanted += [value.strip(), *(word for word in re.findall(r"[^\W_]+", value) if len(word) >= _PART)]
    for each in sorted(set(wanted), key=lambda word: (-len(word), word)):
        text = re.sub(rf"(?<!\w){re.escape(each)}(?!\w)", "***", text, flags=re.IGNORECASE)
    return text
