"""Makers: columns that are made up anew, of the same kind and shape as the real one, and holding none of its values."""

from __future__ import annotations

import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.privacy.identifiers.check_digits import with_iban_digits, with_luhn
from dataops_core.synthetic.prepare.column_treatments import WHOLE, known_values
from dataops_core.synthetic.prepare.person_names import form_of, people, written

SAMPLE = 5_000
SHARED = 5  # different values that must share a shape, or have a letter, before it is learned
LARGEST = 2**63 - 1
LITERAL = 10  # different values that must have the same letter or digit at a place before it stands there as it is
TRIES = 60
DOMAINS = ("example.com", "example.org", "example.net")  # kept for examples by RFC 2606: nobody gets mail there
_WORDS = (
    "amber",
    "basin",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "harbor",
    "island",
    "juniper",
    "kettle",
    "lantern",
    "meadow",
    "north",
    "orchard",
    "pebble",
    "quartz",
    "river",
    "summit",
    "timber",
    "upland",
    "valley",
    "willow",
    "yonder",
    "zephyr",
    "arrow",
    "bridge",
    "copper",
    "drift",
    "eagle",
    "field",
    "garden",
    "hollow",
    "ivory",
    "jasper",
    "kernel",
    "linen",
    "maple",
    "nectar",
    "ocean",
)


def recipe_of(column: pd.Series, maker: str) -> dict[str, Any]:
    """What a maker needs to know of a real column, as plain JSON: shapes that several rows share, lengths, how many
    rows repeat.

    No value of the column is in it, but for signs at one place that at least ten different values share (a country
    code, a prefix; in fewer than twenty rows half of them, and never fewer than five). Whole numbers are made by the
    makers of WHOLE, by any other as keys.
    """
    known = column.dropna()
    whole = str(column.dtype) == "Int64"
    texts = (known.abs() if whole else known).astype(str)
    maker = maker if not whole or maker in WHOLE else "key"
    told: dict[str, Any] = {
        "maker": maker,
        "type": "integer" if whole else "text",
        "unique": bool(known.is_unique and len(known) > 1),
    }
    told["distinct_share"] = float(known.nunique() / len(known)) if len(known) else 1.0
    if maker == "words":
        lengths = texts.str.split().str.len()
        told["words"] = [max(1, int(q)) for q in lengths.quantile([0.1, 0.25, 0.5, 0.75, 0.9])] if len(texts) else [1]
    elif maker in ("name", "email"):
        told["form"] = (
            form_of(texts) if maker == "name" else {"order": "first last", "case": "title", "locale": "en_US"}
        )
    else:
        if whole and maker == "key" and len(known):
            numbers = known.astype("int64")
            told["counter"] = bool(told["unique"] and numbers.max() - numbers.min() < 2 * len(numbers))
            told["after"] = int(10 ** min(18, len(str(int(numbers.abs().max())))))
        told["shapes"], told["signs"] = _shapes(texts)
    return told


def kind_of(sign: str) -> str:
    """The class of a sign: 9 for a digit, A, a and o for upper, lower and other letters, followed by its script where
    that is not Latin.

    Other signs (points, dashes, spaces) are their own class. Letters and digits are told by their Unicode category
    (Unicode Standard, 4.5).

    >>> [kind_of(sign) for sign in "Zé7-Яж中٣"]
    ['A', 'a', '9', '-', 'A CYRILLIC', 'a CYRILLIC', 'o CJK', '9 ARABIC-INDIC']
    """
    category = unicodedata.category(sign)
    if category[0] not in "LMN":
        return sign
    kind = {"Nd": "9", "Lu": "A", "Lt": "A", "Ll": "a"}.get(category, "o")
    script = unicodedata.name(sign, "UNNAMED").split()[0]
    return kind if sign.isascii() or (script == "LATIN" and kind != "o") else f"{kind} {script}"


def _shapes(texts: pd.Series) -> tuple[list[list[Any]], dict[str, str]]:
    """[template, share], and of what signs each class is drawn: signs that most values of a shape share stand as they
    are, others as a class.
    """
    some = texts.sample(min(SAMPLE, len(texts)), random_state=0)
    kinds = {text: tuple(kind_of(sign) for sign in text) for text in some.unique()}
    signs = _signs(kinds)
    values: dict[tuple[str, ...], list[str]] = {}
    for text, shape in kinds.items():
        values.setdefault(shape, []).append(text)
    rows = Counter(kinds[text] for text in some)
    common = [(shape, n) for shape, n in rows.most_common() if len(values[shape]) >= SHARED][:30]
    if not common:
        classes = Counter(kind for shape in kinds.values() for kind in shape if kind in signs)
        usual = classes.most_common(1)[0][0] if classes else "9"
        return [[[[usual, 1]] * max(1, round(some.str.len().median()) if len(some) else 8), 1.0]], signs
    enough, total = min(LITERAL, max(SHARED, len(some) // 2)), sum(n for _, n in common)
    return [
        [[_sign(kind, [text[at] for text in values[shape]], enough, signs) for at, kind in enumerate(shape)], n / total]
        for shape, n in common
    ], signs


def _sign(kind: str, signs: list[str], enough: int, classes: Mapping[str, str]) -> list[Any]:
    """[sign, 0] where nearly all values of a shape, and `enough` of them, have that sign there, else [class, 1]."""
    if kind not in classes:
        return [kind, 0]
    values, counts = np.unique(signs, return_counts=True)
    top = int(counts.argmax())
    return [str(values[top]), 0] if counts[top] >= max(enough, 0.98 * len(signs)) else [kind, 1]


def _signs(kinds: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Of what signs each class is made: all of Latin, all digits of a script, else the letters that five values have,
    or all that the column has where those are few.
    """
    having: dict[str, dict[str, int]] = {}
    for text, shape in kinds.items():
        for sign, kind in set(zip(text, shape, strict=True)):
            if kind != sign or sign.isalnum():
                of = having.setdefault(kind, {})
                of[sign] = of.get(sign, 0) + 1
    out = {"9": string.digits, "A": string.ascii_uppercase, "a": string.ascii_lowercase}
    for kind, counts in having.items():
        if kind.startswith("9 "):
            zero = min(ord(sign) - unicodedata.decimal(sign) for sign in counts)
            out[kind] = "".join(chr(zero + digit) for digit in range(10))
        elif kind not in out:
            often = [sign for sign, n in counts.items() if n >= SHARED]
            out[kind] = "".join(sorted(often if len(often) >= LITERAL else counts))
    return out


def make(
    told: Mapping[str, Any],
    rows: int,
    generator: np.random.Generator,
    real: set[str],
    names: tuple[np.ndarray, np.ndarray] | None = None,
) -> np.ndarray:
    """Cells (rows,) of a made-up column; `real` are the values that must not come, `names` first and last names of the
    rows' people.
    """
    if told["unique"] or told["maker"] in ("words", "name", "email"):
        return _fresh(told, rows, generator, real, told["unique"], names)
    pool = _fresh(told, max(1, round(rows * told["distinct_share"])), generator, real, True, None)
    return pool[generator.integers(len(pool), size=rows)]


def _fresh(
    told: Mapping[str, Any],
    rows: int,
    generator: np.random.Generator,
    real: set[str],
    unique: bool,
    names: tuple[np.ndarray, np.ndarray] | None,
) -> np.ndarray:
    out = _drawn(told, rows, generator, names)
    for attempt in range(TRIES):
        wrong = pd.Series(out).astype(str).isin(real).to_numpy()
        if unique:
            wrong |= pd.Series(out).duplicated().to_numpy()
        if not wrong.any():
            return out
        again = {**told, "widen": attempt // 4}
        out[wrong] = _drawn(again, int(wrong.sum()), generator, None)
    return out


def _drawn(
    told: Mapping[str, Any], rows: int, generator: np.random.Generator, names: tuple[np.ndarray, np.ndarray] | None
) -> np.ndarray:
    """Cells (rows,) as a maker makes them: texts, or whole numbers of at most 64 bits."""
    cells = _MAKERS[told["maker"]](told, rows, generator, names)
    return np.array([min(int(cell), LARGEST) for cell in cells], dtype=object) if told["type"] == "integer" else cells


def _key(told: Mapping[str, Any], rows: int, generator: np.random.Generator, _names: Any) -> np.ndarray:
    if told.get("counter") and "widen" not in told:
        return np.arange(told["after"] + 1, told["after"] + 1 + rows, dtype=object)
    return _shape(told, rows, generator, _names)


def _shape(told: Mapping[str, Any], rows: int, generator: np.random.Generator, _names: Any) -> np.ndarray:
    """Texts (rows,) of the learned shapes; of whole numbers their digits, the first of which is no zero."""
    shares = np.array([share for _, share in told["shapes"]])
    picked = generator.choice(len(shares), size=rows, p=shares / shares.sum())
    out = np.empty(rows, dtype=object)
    for at, (template, _) in enumerate(told["shapes"]):
        here = np.flatnonzero(picked == at)
        drawn = []
        for place, (sign, free) in enumerate(_widened(template, told.get("widen", 0))):
            among = told["signs"][sign][1 if told["type"] == "integer" and place == 0 else 0 :] if free else sign
            drawn.append(
                np.array(list(among))[generator.integers(len(among), size=len(here))]
                if free
                else np.full(len(here), sign)
            )
        out[here] = ["".join(parts) for parts in zip(*drawn, strict=True)] if drawn else ""
    return out


def _widened(template: list[list[Any]], by: int) -> list[list[Any]]:
    """The shape with room for more values: digits that all rows share become free, the last first; where none is left,
    digits are put behind.

    A shape without digits gets letters in its middle: a real name with a sign behind it would still be read as that
    name.
    """
    out = [list(sign) for sign in template]
    free = [sign[0] for sign in out if sign[1]]
    for sign in reversed(out):
        if by and sign[0].isdecimal() and not sign[1]:
            sign[:], by = [kind_of(sign[0]), 1], by - 1
    if any(kind.startswith("9") for kind in free) or not free:
        return [*out, *([["9", 1]] * by)]
    middle = (len(out) + 1) // 2
    return [*out[:middle], *([[free[len(free) // 2], 1]] * by), *out[middle:]]


def _checked(mend: Callable[[str], str]) -> Callable[..., np.ndarray]:
    def made(told: Mapping[str, Any], rows: int, generator: np.random.Generator, names: Any) -> np.ndarray:
        return np.array([mend(text) for text in _shape(told, rows, generator, names)], dtype=object)

    return made


def _address(_told: Mapping[str, Any], rows: int, generator: np.random.Generator, _names: Any) -> np.ndarray:
    parts = generator.integers(1, 255, size=(rows, 3))
    return np.array([f"10.{a}.{b}.{c}" for a, b, c in parts], dtype=object)  # 10.0.0.0/8 is private (RFC 1918)


def _name(
    told: Mapping[str, Any], rows: int, generator: np.random.Generator, names: tuple[np.ndarray, np.ndarray] | None
) -> np.ndarray:
    first, last = names if names is not None else people(rows, told["form"]["locale"], generator)
    made = written(first, last, told["form"])
    return (
        np.array(
            [f"{name} {chr(65 + sign)}." for name, sign in zip(made, generator.integers(26, size=rows), strict=True)],
            dtype=object,
        )
        if told.get("widen")
        else made
    )


def _email(
    told: Mapping[str, Any], rows: int, generator: np.random.Generator, names: tuple[np.ndarray, np.ndarray] | None
) -> np.ndarray:
    first, last = names if names is not None else people(rows, told["form"]["locale"], generator)
    numbers, domains = generator.integers(1, 100_000, size=rows), generator.integers(len(DOMAINS), size=rows)
    made = [
        f"{_ascii(a)}.{_ascii(b)}.{n}@{DOMAINS[d]}" for a, b, n, d in zip(first, last, numbers, domains, strict=True)
    ]
    return np.array(made, dtype=object)


def _ascii(name: str) -> str:
    bare = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return "".join(sign for sign in bare if sign.isalnum()) or "x"


def _text(told: Mapping[str, Any], rows: int, generator: np.random.Generator, _names: Any) -> np.ndarray:
    lengths = np.asarray(told["words"])[generator.integers(len(told["words"]), size=rows)] + told.get("widen", 0)
    words = np.array(_WORDS, dtype=object)[generator.integers(len(_WORDS), size=int(lengths.sum()) or 1)]
    ends = np.cumsum(lengths)
    return np.array(
        [" ".join(words[end - n : end]).capitalize() for end, n in zip(ends, lengths, strict=True)], dtype=object
    )


_MAKERS: dict[str, Callable[..., np.ndarray]] = {
    "key": _key,
    "shape": _shape,
    "phone": _shape,
    "card": _checked(with_luhn),
    "iban": _checked(with_iban_digits),
    "ip": _address,
    "name": _name,
    "email": _email,
    "words": _text,
}


def made_columns(
    recipes: Mapping[str, Mapping[str, Any]], rows: int, generator: np.random.Generator, real: Mapping[str, set[str]]
) -> dict[str, pd.Series]:
    """All made-up columns of a synthetic table; e-mail addresses and names of one row belong to one person."""
    locale = next((told["form"]["locale"] for told in recipes.values() if told["maker"] == "name"), "en_US")
    names = (
        people(rows, locale, generator)
        if any(told["maker"] in ("name", "email") for told in recipes.values())
        else None
    )
    out = {}
    for name, told in recipes.items():
        cells = make(told, rows, generator, real.get(name, set()), names)
        out[name] = pd.Series(cells, dtype="Int64" if told["type"] == "integer" else object)
    return out


__all__ = ["known_values", "made_columns", "make", "recipe_of", "with_iban_digits", "with_luhn"]
