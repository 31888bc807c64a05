"""The gate: what each column is treated as before anything is learned; who is named directly is never learned, but made
up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.checks import personal
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.direct_identifiers import direct_identifiers
from dataops_core.errors import SettingError, nearest
from dataops_core.facts import Engine, column_facts
from dataops_core.privacy import DIRECT
from dataops_core.synthetic.prepare.embedded_identifiers import NAMES, inside, like_names, long_numbers
from dataops_core.table import Column, Table

TREATMENTS: dict[str, str] = {
    "learn": "its values are learned, rare ones merged and extremes clipped",
    "make": "made up anew: no value of the real column is used",
    "leave out": "the synthetic data does not have it",
}
MAKERS: dict[str, str] = {
    "key": "keys of the same shape",
    "words": "text of made-up words, as long as the real one",
    "name": "names of people who do not exist",
    "email": "e-mail addresses at example.com",
    "phone": "numbers of the same shape and country code",
    "iban": "account numbers with a right check sum",
    "card": "card numbers with a right check sum",
    "shape": "signs of the same shape",
    "ip": "network addresses",
}
WHOLE = ("key", "phone", "card", "shape")  # what whole numbers can be made up as
_MAKER_OF = {
    DIRECT[kind]: maker
    for kind, maker in {
        "email": "email",
        "phone": "phone",
        "iban": "iban",
        "payment_card": "card",
        "social_security_number": "shape",
        "national_number": "shape",
        "document_number": "shape",
        "account_name": "shape",
        "license_plate": "shape",
        "mac_address": "shape",
        "url_with_id": "shape",
        "ip_address": "ip",
        "postal_address": "words",
        "person_name": "name",
    }.items()
}
PHONE = 1_000_000
MANY = 0.5  # share of rows whose value no other row has, above which a column tells rows apart


def propose_treatments(table: Table) -> list[dict[str, Any]]:
    """What is proposed for each column: {"column", "kind", "type", "as", "maker", "why", "found", "ask"}.

    "as" is one of TREATMENTS, "maker" one of MAKERS or None, "found" what personal data was seen in how many cells,
    "ask" whether somebody should look at it. Names of columns are hints; what decides are the values.
    """
    with Engine(table) as engine:
        facts = {column.name: column_facts(engine, column) for column in table.columns if _may_name(table, column)}
    return [
        {"column": c.name, "kind": c.kind, "type": c.type} | _proposed(table, c, facts.get(c.name))
        for c in table.columns
    ]


def _may_name(table: Table, column: Column) -> bool:
    """Whether the check for direct identifiers can find any in the column: in texts, and in whole numbers as long as
    those of telephones.
    """
    if column.type not in direct_identifiers.types:
        return False
    return column.type == "text" or bool((table.frame([column.name])[column.name].abs() > PHONE).any())


def _proposed(table: Table, column: Column, facts: Mapping[str, Any] | None) -> dict[str, Any]:
    present = int(table.frame([column.name])[column.name].notna().sum())
    if not present:
        return _told("learn", None, "it is empty, and so is the synthetic table's")
    if (
        column.type in ("integer", "decimal")
        and column.kind != "id"
        and long_numbers(table.frame([column.name])[column.name])
    ):
        # only texts and whole numbers can be made up
        treated, maker = ("make", "phone") if column.type == "integer" else ("leave out", None)
        return _told(
            treated, maker, "its numbers are long and of one length, as those of telephones and accounts are", ask=True
        )
    found = _identifiers(table, column, facts) if facts else None
    if found is not None:
        what, cells, whole = found
        told = f"{cells:,} cells {'are' if whole else 'hold'} {what}"
        if cells > 0.5 * present or column.kind in ("id", "text"):
            return _told(
                "make",
                _MAKER_OF[what] if whole and cells > 0.5 * present else "words",
                told,
                ask=True,
                found=[what, cells],
            )
        return _told(
            "learn", None, f"{told}: they are emptied before anything is learned", ask=True, found=[what, cells]
        )
    if column.kind == "id":
        return _told("make", "key", "it names rows")
    if column.type == "text":
        values = table.frame([column.name])[column.name].dropna()
        counts = values.value_counts()
        if (counts == 1).sum() > MANY * len(values) and len(counts) > 20:
            short = values.str.len().mean() <= 40 and not values.str.contains(r"\s").mean() > 0.2
            return _told("make", "shape" if short else "words", "most rows have a value of their own", ask=True)
        if column.kind == "text":
            return _told("make", "words", "it is free text, and what people wrote may name them", ask=True)
        if like_names(values):
            return _told(
                "learn", None, "its values are written like names of people: make them up if they are", ask=True
            )
    return _told("learn", None, TREATMENTS["learn"])


def _told(
    treated: str, maker: str | None, why: str, *, ask: bool = False, found: list[Any] | None = None
) -> dict[str, Any]:
    return {"as": treated, "maker": maker, "why": why, "ask": ask, "found": found}


def _identifiers(table: Table, column: Column, facts: Mapping[str, Any]) -> tuple[str, int, bool] | None:
    """What direct identifiers the column holds, by its most frequent sort, in how many cells they stand, alone or among
    other words, and whether mostly alone.
    """
    some = () if "failed" in facts else personal.personal_cells(ColumnView(table, column, facts))
    hit = next(((name, cells) for name, cells in some if cells.any() and name in _MAKER_OF), None)
    what, mask = (
        inside(table.frame([column.name])[column.name])
        if column.type == "text"
        else ("", np.zeros(table.rows, dtype=bool))
    )
    if hit is not None:
        name, cells = hit
        mask = mask | cells
        if whole := bool(cells.sum() >= 0.5 * mask.sum()):
            what = name
        return what, int(np.count_nonzero(mask)), whole
    return (what, int(np.count_nonzero(mask)), what == NAMES) if what else None


def identifying_cells(table: Table, column: Column) -> np.ndarray:
    """Which cells (rows,) of a column hold a direct identifier, alone or among other words."""
    with Engine(table) as engine:
        facts = column_facts(engine, column)
    mask = (
        inside(table.frame([column.name])[column.name])[1]
        if column.type == "text"
        else np.zeros(table.rows, dtype=bool)
    )
    if column.type not in direct_identifiers.types or "failed" in facts:
        return mask
    return mask | personal.identifying_cells(ColumnView(table, column, facts))


def apply_choices(proposed: list[dict[str, Any]], chosen: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The proposal with what somebody decided otherwise: {column: {"as", "maker"}}. Raises SettingError for what does
    not exist.
    """
    names = [each["column"] for each in proposed]
    for name, choice in chosen.items():
        if name not in names:
            raise SettingError(f'There is no column "{name}".', "columns", nearest(name, names))
        if choice.get("as", "learn") not in TREATMENTS:
            raise SettingError(
                f'"{choice["as"]}" is not a treatment of a column.', name, nearest(str(choice["as"]), list(TREATMENTS))
            )
        if choice.get("maker") not in (None, *MAKERS):
            raise SettingError(
                f'There is no maker "{choice["maker"]}".', name, nearest(str(choice["maker"]), list(MAKERS))
            )
    out = []
    for each in proposed:
        decision: Mapping[str, Any] = chosen.get(each["column"]) or {}
        if not decision:
            out.append(each)
            continue
        treated = decision.get("as", each["as"])
        maker = (
            (decision.get("maker") or each["maker"] or ("words" if each["type"] == "text" else "key"))
            if treated == "make"
            else None
        )
        if treated == "make" and each["type"] not in ("text", "integer"):
            raise SettingError(
                "Only columns of text and whole numbers can be made up.", each["column"], "Learn it, or leave it out."
            )
        if maker and each["type"] == "integer" and maker not in WHOLE:
            if decision.get("maker"):
                raise SettingError(
                    f'Whole numbers cannot be made up as {MAKERS[maker]} ("{maker}").',
                    each["column"],
                    f"Make it up as one of: {', '.join(WHOLE)}.",
                )
            maker = "key"
        out.append({**each, "as": treated, "maker": maker, "why": "as decided", "ask": False})
    return out


def shape_of(text: str) -> str:
    """The shape of a text: 9 for a digit, A and a for letters, other signs as they are.

    >>> shape_of("NL-12ab")
    'AA-99aa'
    """
    return re.sub(r"[a-zß-ÿ]", "a", re.sub(r"[A-ZÀ-Þ]", "A", re.sub(r"\d", "9", text)))


def known_values(column: pd.Series) -> set[str]:
    """All values of a real column as texts: what is made up must be none of them."""
    return {str(value) for value in column.dropna().unique()}
