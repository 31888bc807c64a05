"""Redact identifiers in text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import pandas as pd

from dataops_core.privacy.identifiers.free_text import find_identifiers
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._names_in_texts import MOST_NAMES, finder_of_names, names_to_find
from dataops_core.steps._private import each_text
from dataops_core.steps.step import Columns, Label, step

_PART = 3  # letters of a word from which on it is looked for by itself


@step(
    "Redact identifiers in text",
    group="Privacy",
    says="Redacted identifiers inside {columns}[, and what stands in {known}]",
    also="remarks, free text, blacken, mask, remove names, anonymize",
    keyed=True,
)
def redact_text(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("text"), Label("Columns", "Columns of free text, such as remarks")],
    known: Annotated[
        list[str],
        Columns(),
        Label("Also what stands in", "Columns (names, telephones) whose values are looked for as well, in every row"),
    ] = [],  # noqa: B006
    show: Annotated[
        Literal["kind", "nothing"], Label("In their place", "kind: [email], [person name]; nothing: ***")
    ] = "kind",
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Take names, addresses, telephone and other numbers of persons out of texts, and keep the rest.

    Most of them are found, not all: about one in ten names among other words stays unseen (docs/limits.md). What other
    columns of the row say is found for sure, word by word: name those columns, and place this step before the one that
    treats them. Where nothing may be left, drop the column.

    With a key of pseudonyms (DATAOPS_PSEUDONYM_KEY), names and numbers of those columns are found in the texts of all
    rows, not of their own alone: the step remembers an HMAC of each, never the name. Of names, words of four letters
    and more are found by themselves; those that are plain words as well (Young, Koch) where they have a capital inside
    a sentence. Without a key, each text is searched for what its own row says, and the step says so.

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

    learned = learned if learned is not None else names_for_redaction(df, known)
    others_names = finder_of_names(learned)
    out = df.copy(deep=False)
    others = [cell_texts(df[name]) for name in known]
    for name in columns:
        told = df[name]
        if others:
            texts = cell_texts(told)
            rows = zip(*others, strict=True)
            cut = [None if text is None else _without(text, row) for text, row in zip(texts, rows, strict=True)]
            told = pd.Series(cut, index=df.index, dtype=object)
        if others_names is not None:
            told = each_text(told, others_names)
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


@redact_text.learn
def names_for_redaction(df: pd.DataFrame, known: Sequence[str] = (), **_settings: Any) -> dict[str, Any]:
    """The fingerprint of the key that is set, and a keyed digest of each name and number in the columns `known`."""
    return names_to_find(df, known)


@redact_text.remarks
def rows_that_were_searched(known: Sequence[str] = (), learned: dict[str, Any] | None = None, **_settings: Any) -> str:
    """What stays in the texts."""
    if not known or not learned:
        return ""
    if not learned.get("key"):
        return (
            "No key of pseudonyms is set, so each text was searched for the names of its own row alone:"
            " names of other rows may have stayed."
        )
    if len(learned.get("names") or ()) >= MOST_NAMES:
        return f"There are more names than the {MOST_NAMES:,} that are remembered: names of other rows may have stayed."
    return ""
