"""Regular expressions learned from values, and how they are said in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

CLASSES = (("[A-Z]", "A"), ("[a-z]", "a"), ("[0-9]", "9"))
RUN = re.compile(r"[A-Z]+|[a-z]+|[0-9]+|\s+|[^A-Za-z0-9\s]")
KNOWN = {
    "an e-mail address": r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}",
    "a web address": r"https?://[^\s]+",
    "a UUID": r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    "an IPv4 address": r"((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])",
    "a time of day": r"([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?",
    "a day (2024-12-31)": r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])",
}
TIDY = r"[^\s](.*[^\s])?"
NO_DIGITS = r"[^\s0-9]([^0-9]*[^\s0-9])?"
MOST_SHAPES, LONGEST = 3, 40
COMMON = 0.01  # a shape that so large a share of the values has is one of the usual ones
FIXED_FROM = 60  # values that agree on a length before it is taken for fixed


@dataclass(frozen=True)
class Learned:
    """A pattern, in words, and the share of the values that it was learned from."""

    pattern: str
    words: str
    share: float


def learn_pattern(texts: Sequence[str]) -> Learned | None:
    """The pattern of codes, addresses, … from different values; None for free text.

    >>> learn_pattern([f"AB-{n}" for n in range(1000, 1100)]).pattern
    'AB-[0-9]{4}'
    >>> learn_pattern([f"{a}{n}" for n in range(10, 60) for a in "XYZ"]).words
    '1 capital letter, 2 digits'
    """
    texts = [text for text in texts if text.strip()]
    if len(texts) < 20:
        return None
    for words, pattern in KNOWN.items():
        share = sum(re.fullmatch(pattern, text) is not None for text in texts) / len(texts)
        if share >= 0.97:
            return Learned(pattern, words, share)
    if sum(any(c.isdigit() for c in text) for text in texts) < 0.9 * len(texts):
        return None
    shapes = Counter(_loose(text) for text in texts)
    usual = [shape for shape, count in shapes.most_common(MOST_SHAPES) if count >= max(5, COMMON * len(texts))]
    covered = sum(shapes[shape] for shape in usual) / len(texts)
    if not usual or covered < 0.97 or any(len(shape) > 12 for shape in usual):
        return None
    parts = [_of_shape([RUN.findall(text) for text in texts if _loose(text) == shape]) for shape in usual]
    pattern = parts[0][0] if len(parts) == 1 else "|".join(f"({each})" for each, _ in parts)
    return Learned(pattern, ", or ".join(words for _, words in parts), covered)


def _loose(text: str) -> str:
    """The shape of a text: runs of capital letters, letters, digits and spaces each as one sign."""
    if len(text) > LONGEST:
        return text
    for pattern, sign in (*CLASSES, (r"\s", " ")):
        text = re.sub(f"{pattern}+", sign, text)
    return text


def _of_shape(rows: list[list[str]]) -> tuple[str, str]:
    """The pattern of texts of one shape, given as runs, and its words."""
    patterns, words = [], []
    for runs in zip(*rows, strict=True):
        pattern, said = _of_runs(runs)
        patterns.append(pattern)
        words.append(said)
    return "".join(patterns), ", ".join(_merged(words))


def _of_runs(runs: Sequence[str]) -> tuple[str, str]:
    first = runs[0]
    if all(run == first for run in runs):
        return re.sub(r"([^\w\s-])", r"\\\1", first), f'"{first}"' if first != " " else "a space"
    name, plural = _class_of(first)
    lengths = {len(run) for run in runs}
    low, high = min(lengths), max(lengths)
    if low == high and len(runs) >= FIXED_FROM:
        return (name if low == 1 else f"{name}{{{low}}}"), f"{low} {plural if low > 1 else plural.removesuffix('s')}"
    return f"{name}+", plural


def _class_of(run: str) -> tuple[str, str]:
    if run[0].isspace():
        return r"\s", "spaces"
    if run[0].isascii() and run[0].isdigit():
        return "[0-9]", "digits"
    return ("[A-Z]", "capital letters") if run[0].isupper() else ("[a-z]", "small letters")


def _merged(words: list[str]) -> list[str]:
    """Fixed signs that follow one another are said as one."""
    made: list[str] = []
    for word in words:
        if made and word.startswith('"') and made[-1].startswith('"'):
            made[-1] = made[-1][:-1] + word[1:]
        else:
            made.append(word)
    return made
