"""Makers: columns that are made up anew, of the same kind and shape as the real one, and holding none of its values."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.synthetic.gate import known_values, shape_of
from dataops_core.synthetic.names import form_of, people, written

SAMPLE = 5_000
SHARED = 5  # rows that must share a shape, or a sign at a place of it, before it is learned
TRIES = 60
DOMAINS = ("example.com", "example.org", "example.net")  # kept for examples by RFC 2606: nobody gets mail there
_WORDS = (
    "amber", "basin", "cedar", "delta", "ember", "fjord", "grove", "harbor", "island", "juniper", "kettle", "lantern", "meadow",
    "north", "orchard", "pebble", "quartz", "river", "summit", "timber", "upland", "valley", "willow", "yonder", "zephyr", "arrow",
    "bridge", "copper", "drift", "eagle", "field", "garden", "hollow", "ivory", "jasper", "kernel", "linen", "maple", "nectar",
    "ocean",
)


def recipe_of(column: pd.Series, maker: str) -> dict[str, Any]:
    """What a maker needs to know of a real column, as plain JSON: shapes that several rows share, lengths, how many rows repeat.

    No value of the column is in it, but for signs at one place that at least five rows share (a country code, a prefix).
    """
    known = column.dropna()
    texts = known.astype(str)
    told: dict[str, Any] = {"maker": maker, "type": "integer" if str(column.dtype) == "Int64" else "text", "unique": bool(known.is_unique and len(known) > 1)}
    told["distinct_share"] = float(known.nunique() / len(known)) if len(known) else 1.0
    if maker == "words":
        lengths = texts.str.split().str.len()
        told["words"] = [max(1, int(q)) for q in lengths.quantile([0.1, 0.25, 0.5, 0.75, 0.9])] if len(texts) else [1]
    elif maker in ("name", "email"):
        told["form"] = form_of(texts) if maker == "name" else {"order": "first last", "case": "title", "locale": "en_US"}
    elif told["type"] == "integer":
        numbers = known.astype("int64")
        told["counter"] = bool(len(numbers) > 1 and told["unique"] and numbers.max() - numbers.min() < 2 * len(numbers))
        told["after"] = int(10 ** len(str(int(numbers.abs().max())))) if len(numbers) else 1
        told["digits"] = _shares(numbers.abs().astype(str).str.len())
    else:
        told["shapes"] = _shapes(texts)
    return told


def _shares(values: pd.Series) -> list[list[Any]]:
    counts = values.value_counts().head(20)
    return [[int(value), float(n / counts.sum())] for value, n in zip(counts.index.to_numpy(), counts, strict=True)]


def _shapes(texts: pd.Series) -> list[list[Any]]:
    """[template, share]: signs that most rows of a shape share stand as they are, others as a class (9, A, a) after a NUL."""
    some = texts.sample(min(SAMPLE, len(texts)), random_state=0)
    shapes = some.map(shape_of)
    counts = shapes.value_counts()
    counts = counts[counts >= min(SHARED, max(1, len(some) // 20))].head(30)
    if counts.empty:
        return [[[["9", 1]] * 8, 1.0]]
    made = []
    for shape, n in counts.items():
        rows = some[shapes == shape]
        made.append([[_sign(kind, [text[at] for text in rows]) for at, kind in enumerate(str(shape))], float(n / counts.sum())])
    return made


def _sign(kind: str, signs: list[str]) -> list[Any]:
    """[sign, 0] where nearly all rows have that sign there, else [class, 1]."""
    if kind not in "9Aa":
        return [kind, 0] if kind.isascii() or len(set(signs)) == 1 else ["a", 1]
    values, counts = np.unique(signs, return_counts=True)
    top = int(counts.argmax())
    return [str(values[top]), 0] if counts[top] >= SHARED and counts[top] >= 0.98 * len(signs) else [kind, 1]


def make(told: Mapping[str, Any], rows: int, generator: np.random.Generator, real: set[str], names: tuple[np.ndarray, np.ndarray] | None = None) -> np.ndarray:
    """Cells (rows,) of a made-up column; `real` are the values that must not come, `names` first and last names of the rows' people."""
    if told["unique"] or told["maker"] in ("words", "name", "email"):
        return _fresh(told, rows, generator, real, told["unique"], names)
    pool = _fresh(told, max(1, round(rows * told["distinct_share"])), generator, real, True, None)
    return pool[generator.integers(len(pool), size=rows)]


def _fresh(
    told: Mapping[str, Any], rows: int, generator: np.random.Generator, real: set[str], unique: bool, names: tuple[np.ndarray, np.ndarray] | None
) -> np.ndarray:
    out = _MAKERS[told["maker"]](told, rows, generator, names)
    for attempt in range(TRIES):
        wrong = pd.Series(out).astype(str).isin(real).to_numpy()
        if unique:
            wrong |= pd.Series(out).duplicated().to_numpy()
        if not wrong.any():
            return out
        again = {**told, "widen": attempt // 4}
        out[wrong] = _MAKERS[told["maker"]](again, int(wrong.sum()), generator, None)
    return out


def _key(told: Mapping[str, Any], rows: int, generator: np.random.Generator, _names: Any) -> np.ndarray:
    if told["type"] == "integer":
        if told.get("counter") and "widen" not in told:
            return np.arange(told["after"] + 1, told["after"] + 1 + rows, dtype=object)
        digits, shares = zip(*(told["digits"] or [[6, 1.0]]), strict=True)
        lengths = generator.choice(np.array(digits), size=rows, p=np.array(shares) / sum(shares)) + told.get("widen", 0)
        low = np.power(10.0, np.clip(lengths, 1, 18) - 1)
        return (low + np.floor(generator.random(rows) * 9 * low)).astype("int64").astype(object)
    return _shape(told, rows, generator, _names)


def _shape(told: Mapping[str, Any], rows: int, generator: np.random.Generator, _names: Any) -> np.ndarray:
    shares = np.array([share for _, share in told["shapes"]])
    picked = generator.choice(len(shares), size=rows, p=shares / shares.sum())
    classes = {"9": string.digits, "A": string.ascii_uppercase, "a": string.ascii_lowercase}
    out = np.empty(rows, dtype=object)
    for at, (template, _) in enumerate(told["shapes"]):
        here = np.flatnonzero(picked == at)
        widened = _widened(template, told.get("widen", 0))
        signs = [np.array(list(classes[sign]))[generator.integers(len(classes[sign]), size=len(here))] if free else np.full(len(here), sign) for sign, free in widened]
        out[here] = ["".join(parts) for parts in zip(*signs, strict=True)] if signs else ""
    return out


def _widened(template: list[list[Any]], by: int) -> list[list[Any]]:
    """The shape with room for more values: digits that all rows share become free, the last first, and digits are put behind where none is left."""
    out = [list(sign) for sign in template]
    for sign in reversed(out):
        if by and sign[0].isdigit() and not sign[1]:
            sign[:], by = ["9", 1], by - 1
    return [*out, *([["9", 1]] * by)]


def _checked(mend: Callable[[str], str]) -> Callable[..., np.ndarray]:
    def made(told: Mapping[str, Any], rows: int, generator: np.random.Generator, names: Any) -> np.ndarray:
        return np.array([mend(text) for text in _shape(told, rows, generator, names)], dtype=object)

    return made


def with_luhn(text: str) -> str:
    """The same number with its last digit such that Luhn's check sum (ISO/IEC 7812) holds.

    >>> with_luhn("4539 1488 0343 6460")
    '4539 1488 0343 6467'
    """
    places = [at for at, sign in enumerate(text) if sign.isdigit()]
    if len(places) < 2:
        return text
    digits = [int(text[at]) for at in places[:-1]][::-1]
    total = sum(digits[1::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[::2])
    return text[: places[-1]] + str(-total % 10) + text[places[-1] + 1 :]


def with_iban_digits(text: str) -> str:
    """The same account number with its two check digits such that ISO 13616 holds.

    >>> with_iban_digits("GB00 WEST 1234 5698 7654 32")
    'GB82 WEST 1234 5698 7654 32'
    """
    bare = "".join(sign for sign in text if sign.isalnum()).upper()
    if len(bare) < 6 or not bare[:2].isalpha() or not bare.isascii():
        return text
    number = int("".join(str(int(sign, 36)) for sign in f"{bare[4:]}{bare[:2]}00"))
    at = next(place for place, sign in enumerate(text) if sign.isalnum())
    return f"{text[:at]}{bare[:2]}{98 - number % 97:02d}{text[at + 4:]}"


def _address(_told: Mapping[str, Any], rows: int, generator: np.random.Generator, _names: Any) -> np.ndarray:
    parts = generator.integers(1, 255, size=(rows, 3))
    return np.array([f"10.{a}.{b}.{c}" for a, b, c in parts], dtype=object)  # 10.0.0.0/8 is private (RFC 1918)


def _name(told: Mapping[str, Any], rows: int, generator: np.random.Generator, names: tuple[np.ndarray, np.ndarray] | None) -> np.ndarray:
    first, last = names if names is not None else people(rows, told["form"]["locale"], generator)
    made = written(first, last, told["form"])
    return np.array([f"{name} {chr(65 + sign)}." for name, sign in zip(made, generator.integers(26, size=rows), strict=True)], dtype=object) if told.get("widen") else made


def _email(told: Mapping[str, Any], rows: int, generator: np.random.Generator, names: tuple[np.ndarray, np.ndarray] | None) -> np.ndarray:
    first, last = names if names is not None else people(rows, told["form"]["locale"], generator)
    numbers, domains = generator.integers(1, 100_000, size=rows), generator.integers(len(DOMAINS), size=rows)
    made = [f"{_ascii(a)}.{_ascii(b)}.{n}@{DOMAINS[d]}" for a, b, n, d in zip(first, last, numbers, domains, strict=True)]
    return np.array(made, dtype=object)


def _ascii(name: str) -> str:
    import unicodedata

    bare = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return "".join(sign for sign in bare if sign.isalnum()) or "x"


def _text(told: Mapping[str, Any], rows: int, generator: np.random.Generator, _names: Any) -> np.ndarray:
    lengths = np.asarray(told["words"])[generator.integers(len(told["words"]), size=rows)]
    words = np.array(_WORDS, dtype=object)[generator.integers(len(_WORDS), size=int(lengths.sum()) or 1)]
    ends = np.cumsum(lengths)
    return np.array([" ".join(words[end - n : end]).capitalize() for end, n in zip(ends, lengths, strict=True)], dtype=object)


_MAKERS: dict[str, Callable[..., np.ndarray]] = {
    "key": _key, "shape": _shape, "phone": _shape, "card": _checked(with_luhn), "iban": _checked(with_iban_digits), "ip": _address,
    "name": _name, "email": _email, "words": _text,
}


def made_columns(recipes: Mapping[str, Mapping[str, Any]], rows: int, generator: np.random.Generator, real: Mapping[str, set[str]]) -> dict[str, pd.Series]:
    """All made-up columns of a twin; e-mail addresses and names of one row belong to one person."""
    locale = next((told["form"]["locale"] for told in recipes.values() if told["maker"] == "name"), "en_US")
    names = people(rows, locale, generator) if any(told["maker"] in ("name", "email") for told in recipes.values()) else None
    out = {}
    for name, told in recipes.items():
        cells = make(told, rows, generator, real.get(name, set()), names)
        out[name] = pd.Series(cells, dtype="Int64" if told["type"] == "integer" else object)
    return out


__all__ = ["known_values", "made_columns", "make", "recipe_of", "with_iban_digits", "with_luhn"]
