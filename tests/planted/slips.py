"""How a single cell goes wrong: each takes the right text and a random generator, and gives the wrong text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np

Spoil = Callable[[str, np.random.Generator], str]

CYRILLIC = dict(zip("aeopcxyiABEKMHOPCTX", "аеорсхуіАВЕКМНОРСТХ", strict=True))
HIDDEN = ("\u200b", "\u200d", "\u00ad", "\ufeff", "\u0007", "\u200e", "\u2060", "\u001f")
SOUNDS = (("ph", "f"), ("ck", "k"), ("tt", "t"), ("ss", "s"), ("ie", "y"), ("z", "s"), ("ll", "l"), ("ou", "u"))


def put(*values: str) -> Spoil:
    """One of some fixed texts, whatever stood there."""
    return lambda text, rng: values[int(rng.integers(len(values)))]


def one_of(*slips: Spoil) -> Spoil:
    """One of several ways to go wrong."""
    return lambda text, rng: slips[int(rng.integers(len(slips)))](text, rng)


def typo(text: str, rng: np.random.Generator) -> str:
    """One slip of the finger, not in the first letter: a letter too few, too many, another, or two swapped."""
    at, kind = int(rng.integers(1, max(2, len(text) - 1))), int(rng.integers(4))
    letter = next(letter for letter in "etaoinsrhl"[int(rng.integers(8)) :] if letter != text[at])
    kind = 0 if text[at] in {" ", text[at + 1 : at + 2]} else kind
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at] + text[at:]
    if kind == 2:
        return text[:at] + letter + text[at + 1 :]
    return text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]


def bare(text: str, rng: np.random.Generator) -> str:
    """Without accents and punctuation: St. Gallen, St Gallen."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[.'’-]", "", plain)


def turned(text: str, rng: np.random.Generator) -> str:
    """Words in another order: Gallen, St."""
    first, _, rest = text.partition(" ")
    return f"{rest}, {first}" if rest else text


def by_ear(text: str, rng: np.random.Generator) -> str:
    """As it sounds."""
    for spelled, heard in SOUNDS:
        if spelled in text[1:]:
            return text[0] + text[1:].replace(spelled, heard, 1)
    return text


def other_case(text: str, rng: np.random.Generator) -> str:
    return (text.upper(), text.lower(), text.swapcase())[int(rng.integers(3))]


def spaces(text: str, rng: np.random.Generator) -> str:
    """A space before, after, doubled within, or one that does not break."""
    kind = int(rng.integers(5))
    doubled = text.replace(" ", "  ", 1) if " " in text else f"{text}  "
    return (f" {text}", f"{text} ", doubled, f"{text}\u00a0", f"   {text} ")[kind]


def mojibake(text: str, rng: np.random.Generator) -> str:
    """UTF-8 read as cp1252, or, where that is not defined, as Latin-1; now and then a replacement sign."""
    if rng.random() < 0.15:
        return re.sub(r"[^\x00-\x7f]", "\ufffd", text)
    raw = text.encode()
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def hidden(text: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(1, len(text)))
    return text[:at] + HIDDEN[int(rng.integers(len(HIDDEN)))] + text[at:]


def homoglyph(text: str, rng: np.random.Generator) -> str:
    """One letter from the Cyrillic keyboard (the word keeps Latin ones)."""
    places = [at for at, letter in enumerate(text) if letter in CYRILLIC]
    if not places:
        return text
    at = places[int(rng.integers(len(places)))]
    return text[:at] + CYRILLIC[text[at]] + text[at + 1 :]


def times(factor: float, digits: int) -> Spoil:
    """A slip of the decimal point."""
    return lambda text, rng: f"{float(text) * factor:.{digits}f}"


def off_by(low: float, high: float, digits: int = 2) -> Spoil:
    """A sum that is wrong by some amount, up or down."""
    return lambda text, rng: f"{float(text) + rng.choice((-1, 1)) * rng.uniform(low, high):.{digits}f}"


def in_words(text: str, rng: np.random.Generator) -> str:
    """A number as somebody typed it into a form."""
    said = (
        f"about {text}",
        f"approx. {text}",
        f"{text} or so",
        f"more than {text}",
        "twelve",
        "a few",
        "see note",
        "not measured",
    )
    return said[int(rng.integers(len(said)))]


def day(pattern: str) -> Spoil:
    """An ISO date in another format."""
    return lambda text, rng: date.fromisoformat(text[:10]).strftime(pattern)


def in_year(*years: int) -> Spoil:
    """The year mistyped."""
    return lambda text, rng: (
        f"{years[int(rng.integers(len(years)))]:04}-{text[5:7]}-{min(int(text[8:10]), 28):02}{text[10:]}"
    )


def days_before(text: str, days: int) -> str:
    return (date.fromisoformat(text[:10]) - timedelta(days=days)).isoformat()


def european(text: str, rng: np.random.Generator) -> str:
    """1,234.50 as 1.234,50."""
    return text.translate(str.maketrans(",.", ".,"))
