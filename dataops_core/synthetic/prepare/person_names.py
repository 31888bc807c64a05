"""Names of people who do not exist: how a real column writes them and of which country they are, and new ones of the
same sort. What is a name, the recognizer of the house says (dataops_core/privacy).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.privacy.locales import LOCALES

LOOKED_AT = 300
POOL = 4_000  # first and last names to draw from


@functools.cache
def _lists(locale: str) -> tuple[frozenset[str], frozenset[str]]:
    """First and last names of a locale, in small letters."""
    from faker import Faker

    person = next(p for p in Faker(locale).get_providers() if "person" in type(p).__module__)
    first = {
        name
        for kind in ("first_names", "first_names_female", "first_names_male")
        for name in _plain(getattr(person, kind, ()))
    }
    last = {
        name
        for kind in ("last_names", "last_names_female", "last_names_male")
        for name in _plain(getattr(person, kind, ()))
    }
    return frozenset(name.lower() for name in first), frozenset(name.lower() for name in last)


def _plain(names: Any) -> Iterable[str]:
    return (str(name) for name in names)


def _parts(texts: Iterable[str]) -> list[list[str]]:
    bare = (re.sub(r"^(?:dr|mr|mrs|ms|miss|prof)\.?\s+", "", text.strip(), flags=re.IGNORECASE) for text in texts)
    return [[part for part in re.split(r"[,\s]+", text) if part] for text in bare]


def locale_of(values: pd.Series) -> str:
    """The locale whose lists hold most of the words; en_US where none holds a tenth of them."""
    words = [word.lower() for part in _parts(str(text) for text in values.dropna().head(LOOKED_AT)) for word in part]
    if not words:
        return "en_US"
    shares = [
        (float(np.mean([word in _lists(locale)[0] or word in _lists(locale)[1] for word in words])), -at)
        for at, locale in enumerate(LOCALES)
    ]
    share, at = max(shares)
    return LOCALES[-at] if share >= 0.1 else "en_US"


def form_of(values: pd.Series) -> dict[str, Any]:
    """How names are written: {"order": "first last" | "last, first" | "first" | "last", "case": "title" | "upper" |
    "lower", "locale"}.
    """
    texts = [str(text).strip() for text in values.dropna().head(LOOKED_AT)]
    locale = locale_of(values)
    if np.mean(["," in text for text in texts]) > 0.5:
        order = "last, first"
    elif np.mean([len(text.split()) > 1 for text in texts]) > 0.5:
        order = "first last"
    else:
        first, last = _lists(locale)
        lower = [text.lower() for text in texts]
        order = "first" if sum(text in first for text in lower) >= sum(text in last for text in lower) else "last"
    upper, lowered = (
        np.mean([text == text.upper() for text in texts]),
        np.mean([text == text.lower() for text in texts]),
    )
    return {"order": order, "case": "upper" if upper > 0.5 else "lower" if lowered > 0.5 else "title", "locale": locale}


def people(rows: int, locale: str, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """First and last names (rows,) of people who do not exist, drawn from Faker's lists for the locale."""
    from faker import Faker

    fake = Faker(locale)
    fake.seed_instance(int(generator.integers(2**31)))
    size = min(POOL, max(200, rows))
    first, last = (
        np.array([fake.first_name() for _ in range(size)], dtype=object),
        np.array([fake.last_name() for _ in range(size)], dtype=object),
    )
    return first[generator.integers(size, size=rows)], last[generator.integers(size, size=rows)]


def written(first: np.ndarray, last: np.ndarray, form: dict[str, Any]) -> np.ndarray:
    """Names as the real column writes them."""
    made = {
        "first last": [f"{a} {b}" for a, b in zip(first, last, strict=True)],
        "last, first": [f"{b}, {a}" for a, b in zip(first, last, strict=True)],
        "first": list(first),
        "last": list(last),
    }[form["order"]]
    cased = {"upper": str.upper, "lower": str.lower}.get(form["case"], str)
    return np.array([cased(name) for name in made], dtype=object)
