"""Values in capitals, or without any, in a column that is written in both: in capitals they are brought to the case of
the other cells, word by word as these write it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dataops_core.repair.encoding import EncodedColumn
from dataops_core.values.text import LETTER

WORD = re.compile(rf"{LETTER}+(?:['’]{LETTER}+)*")
BOTH = 0.85  # of the cells must be written in capitals and small letters
FEWEST = 20  # of them
LETTERS = 5  # of a value in one case, at the least: shorter ones are codes and initials
TRIED = 400  # values that are written in one case and brought back, to see how often that is right
KNOWN = 2  # other values that hold a word, for its case to be known


@dataclass(frozen=True)
class Recased:
    """Values of a column (their places) in the case of the other cells, how sure, and why."""

    new: dict[int, str]
    sure: float
    why: str


def find(column: EncodedColumn, seed: int = 0) -> Iterator[Recased]:
    """The values that are in one case throughout, where nearly all others are not."""
    counts = column.counts
    held = np.flatnonzero(counts).tolist()
    if column.type != "text" or len(held) < 2:
        return
    both = [at for at in held if _is_both(column.values[at])]
    odd = [at for at in held if _is_one(column.values[at])]
    cells = int(counts[both].sum())
    if not odd or cells < max(FEWEST, BOTH * counts.sum()):
        return
    usual: dict[str, int] = {}
    for at in sorted(both, key=lambda at: (int(counts[at]), column.values[at])):
        usual[column.values[at].casefold()] = at
    there = {at: column.values[usual[key]] for at in odd if (key := column.values[at].casefold()) in usual}
    if there:
        yield Recased(there, 0.99, "other cells hold the same in capitals and small letters, as nearly all do")
    words = _Words([column.values[at] for at in both])
    new = {at: words.recased(column.values[at]) for at in odd if at not in there and words.knows(column.values[at])}
    if new:
        rng = np.random.default_rng([seed, len(both)])
        tried = [column.values[at] for at in rng.permutation(both)[:TRIED].tolist() if " " in column.values[at].strip()]
        for is_upper in (True, False):
            part = {at: text for at, text in new.items() if column.values[at].isupper() == is_upper}
            right = sum(words.recased(text.upper() if is_upper else text.lower(), own=text) == text for text in tried)
            if part and tried:
                case = "in capitals" if is_upper else "without capitals"
                once = (
                    float(counts[both][counts[both] == 1].sum()) / cells
                )  # else a value is one of those that come again
                why = f"{cells / counts.sum():.0%} of the column is written in capitals and small letters, this {case}"
                yield Recased(part, once * (right + 0.5) / (len(tried) + 1.0), why)


def _is_both(text: str) -> bool:
    return text != text.upper() and text != text.lower()


def _is_one(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    return letters >= LETTERS and not _is_both(text) and text.upper() != text.lower()


class _Words:
    """How the words of some values are written."""

    def __init__(self, values: list[str]) -> None:
        self.forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for text in values:
            for at, word in enumerate(WORD.findall(text)):
                self.forms[_key(word, at)][word] += 1

    def knows(self, text: str) -> bool:
        """Whether a text has several words, and one of them is written otherwise in other values."""
        words = WORD.findall(text)
        forms = (self.forms.get(_key(word, at), Counter()) for at, word in enumerate(words))
        return len(words) > 1 and any(
            number >= KNOWN and form not in words for each in forms for form, number in each.items()
        )

    def recased(self, text: str, own: str | None = None) -> str:
        """A text with each word as most values write it in that place, or begun with a capital where none holds it;
        what `own` says of its words does not count.
        """
        held = Counter(WORD.findall(own)) if own is not None else Counter()
        at = -1

        def one(match: re.Match[str]) -> str:
            nonlocal at
            at += 1
            forms = self.forms.get(_key(match[0], at)) or Counter()
            known = [(number - (form in held), form) for form, number in forms.items()]
            number, form = max(known, default=(0, ""))
            return form if number >= KNOWN else match[0].capitalize()

        return WORD.sub(one, text)


def _key(word: str, at: int) -> str:
    """A word with whether it is the first: a small word has a capital there."""
    return f"{word.casefold()} {min(at, 1)}"
