"""Spelling variants."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import pandas as pd

from dataops_core.checks.check import Hit, check
from dataops_core.steps.replace_values import replace_values
from dataops_core.table import Column

MOST = 500
_MARKS = re.compile(r"""[\s.,;:!?'"`´’‘“”()\[\]{}/\\_-]+""")  # signs such as < + % $ # do make a difference


@check("Spelling variants", group="Text", types=["text"], fix=replace_values)
def spelling_variants(column: pd.Series, facts: Mapping[str, Any], about: Column) -> Hit | None:
    """The same value written in several ways: case, punctuation, accents, or one wrong letter.

    "Amsterdam", "AMSTERDAM" and "Amsterdm" are counted as three cities; every figure by city is then wrong.
    """
    if about.kind == "id" or not 2 <= facts["distinct"] <= MOST:
        return None
    counts = {str(value): int(n) for value, n in column.value_counts().items()}
    mapping = merges(counts)
    if not mapping:
        return None
    mask = column.isin(list(mapping)).to_numpy()
    shown = ", ".join(f'"{old}" for "{new}"' for old, new in list(mapping.items())[:3])
    return Hit(mask, f"{mask.sum():,} cells look like variants of another value: {shown}"
               f"{' and more' if len(mapping) > 3 else ''}.", {"column": about.name, "mapping": mapping})


def merges(counts: Mapping[str, int]) -> dict[str, str]:
    """Which value should become which: each variant to the most frequent spelling of its group.

    Two values are one when their keys agree (no case, no accents, no punctuation), or when a rare one (at
    most a twentieth as frequent, five characters or more) is a single insertion, deletion, substitution or swap of
    neighbours away (Damerau 1964).

    >>> merges({"Amsterdam": 90, "AMSTERDAM": 4, "Amsterdm": 2, "Rotterdam": 50})
    {'AMSTERDAM': 'Amsterdam', 'Amsterdm': 'Amsterdam'}
    """
    ordered = sorted(counts, key=lambda value: (-counts[value], value))
    leaders: dict[str, str] = {}
    mapping: dict[str, str] = {}
    for value in ordered:
        key = _key(value)
        if not key:
            continue
        leader = leaders.get(key) or next(
            (leader for other, leader in leaders.items()
             if counts[value] * 20 <= counts[leader] and min(len(key), len(other)) >= 5 and one_edit_apart(key, other)),
            None,
        )
        if leader is None:
            leaders[key] = value
        else:
            mapping[value] = leader
    return mapping


def _key(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold())
    return _MARKS.sub(" ", "".join(c for c in bare if not unicodedata.combining(c))).strip()


def one_edit_apart(one: str, other: str) -> bool:
    """Whether one insertion, deletion, substitution of a letter or swap of neighbours makes one text the other.

    The first letter is never taken for a slip of the pen (Cortland is not Portland), nor is anything in a text with
    digits: "ak_hf-1" and "al_hf-1" are two codes.
    """
    if len(one) > len(other):
        one, other = other, one
    if one == other or len(other) - len(one) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    rest, longer = one[start:], other[start:]
    if start == 0 or any(c.isdigit() for c in one + other):
        return False
    if len(one) < len(other):
        return rest == longer[1:]
    return rest[1:] == longer[1:] or (rest[:2] == longer[1::-1] and rest[2:] == longer[2:])
