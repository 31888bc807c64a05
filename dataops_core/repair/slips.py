"""Slips of the pen: a rare value that is a frequent one but for a letter or two.

The kinds of slips are learned from the table: where repairs that other columns vouch for show that one sign was put in
the place of many different letters, that sign can stand for any letter (a noisy channel, as in Kernighan, Church and
Gale, "A Spelling Correction Program Based on a Noisy Channel Model", COLING 1990).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import DamerauLevenshtein

from dataops_core.repair.encoding import EncodedColumn

RARE_SHARE = 0.05  # of the rows that hold something; a value with more is no slip
TIMES = 5  # more often than the slip the right value must stand
FAR_MORE = 100  # times as often stands a value whose neighbors say nothing of how close others are
FREQUENT = 3  # rows
MOST_RARE, MOST_FREQUENT = 20_000, 5_000
LONGEST = 60  # letters of a text whose neighbors are looked up
SHORTEST = 4  # letters of a value in which one may be wrong without a sign that is known for it
TOKEN = re.compile(r"[^\W_]+|[\W_]+")
FEWEST_SLIPS, FEWEST_LETTERS = 10, 4


@dataclass(frozen=True)
class Slip:
    """A value (its place in the column) that should be another text; `sure` from 0 to 1; `how` it was found."""

    code: int
    new: str
    sure: float
    how: str


def stray_sign(pairs: Iterable[tuple[str, str]]) -> str | None:
    """The sign that was put in the place of many different letters, from pairs of a wrong value and the right one.

    >>> stray_sign([("bxston", "boston"), ("romx", "rome"), ("oxlo", "oslo"), ("pxris", "paris")] * 3)
    'x'
    """
    put: Counter[str] = Counter()
    letters: defaultdict[str, set[str]] = defaultdict(set)
    total = 0
    for old, new in pairs:
        if len(old) != len(new):
            total += 1
            continue
        for was, now in zip(old, new, strict=True):
            if was != now:
                put[was] += 1
                letters[was].add(now)
                total += 1
    if not put:
        return None
    sign, times = put.most_common(1)[0]
    return sign if times >= max(FEWEST_SLIPS, 0.5 * total) and len(letters[sign]) >= FEWEST_LETTERS else None


def find(column: EncodedColumn, sign: str | None) -> Iterator[Slip]:
    """The slips of a column of text: whole values first, else words in them."""
    counts = column.counts
    total = counts.sum()
    if column.type != "text" or not total:
        return
    places = np.flatnonzero(counts)
    rare = [int(at) for at in places if counts[at] <= max(1, RARE_SHARE * total)][:MOST_RARE]
    frequent = sorted((int(at) for at in places if counts[at] >= FREQUENT), key=lambda at: -counts[at])[:MOST_FREQUENT]
    by_length: defaultdict[int, list[int]] = defaultdict(list)
    for at in frequent:
        by_length[len(column.values[at])].append(at)
    close = closeness(column, counts, frequent)
    words, near = Words(column, sign), Near(column, frequent, by_length)
    for at in rare:
        text = column.values[at]
        if sign is not None and sign in text:
            slip = with_sign(column, counts, at, by_length[len(text)], sign) or words.repaired(at)
        else:
            slip = by_distance(column, counts, at, near.of(column.values[at]), close)
        if slip is not None:
            yield slip


def with_sign(column: EncodedColumn, counts: np.ndarray, at: int, others: Sequence[int], sign: str) -> Slip | None:
    """The frequent value that a value would be if the stray sign stood for any letter."""
    text = column.values[at]
    fits = [
        other
        for other in others
        if other != at
        and counts[other] >= TIMES * counts[at]
        and all(a in (b, sign) for a, b in zip(text, column.values[other], strict=True))
    ]
    if not fits:
        return None
    best = max(fits, key=lambda other: counts[other])
    share = counts[best] / (counts[fits].sum() + 1.0)
    return Slip(at, column.values[best], float(share), f'"{sign}" in the place of other letters')


def by_distance(column: EncodedColumn, counts: np.ndarray, at: int, others: Sequence[int], close: float) -> Slip | None:
    """The frequent value (one of `others`) from which a value differs in one letter, or two that changed places."""
    text = column.values[at]
    if len(text) < SHORTEST or any(sign.isdigit() for sign in text):
        return None
    fits = [
        other
        for other in others
        if other != at
        and counts[other] >= TIMES * counts[at]
        and DamerauLevenshtein.distance(text, column.values[other], score_cutoff=1) == 1
    ]
    if not fits:
        return None
    best = max(fits, key=lambda other: counts[other])
    share = counts[best] / (counts[fits].sum() + counts[at] + 1.0)
    return Slip(at, column.values[best], float(share * (1 - close)), "one letter from a frequent value")


class Near:
    """The frequent values that could be one letter from a text: both are the same once a letter is left out of one or
    of both (Garbe's symmetric deletions); of long texts, all of about their length.
    """

    def __init__(self, column: EncodedColumn, frequent: Sequence[int], by_length: Mapping[int, Sequence[int]]) -> None:
        self.by_length = by_length
        self.rank = {at: (len(column.values[at]), number) for number, at in enumerate(frequent)}
        self.without: defaultdict[str, list[int]] = defaultdict(list)
        for at in frequent:
            if len(column.values[at]) <= LONGEST + 1:
                for shorter in _without_a_letter(column.values[at]):
                    self.without[shorter].append(at)

    def of(self, text: str) -> Sequence[int]:
        """The values (their places), shorter ones first, of equal length the more frequent first."""
        if len(text) > LONGEST:
            return [at for size in (-1, 0, 1) for at in self.by_length.get(len(text) + size, ())]
        found = {at for shorter in _without_a_letter(text) for at in self.without.get(shorter, ())}
        return sorted(found, key=lambda at: self.rank[at])


def _without_a_letter(text: str) -> set[str]:
    """A text, and all that it becomes when one letter is left out."""
    return {text} | {text[:at] + text[at + 1 :] for at in range(len(text))}


def closeness(column: EncodedColumn, counts: np.ndarray, frequent: Sequence[int]) -> float:
    """The share of frequent values that are one letter from one about as frequent: there such a step is no slip.

    Values beside one that is far more frequent are left out: several slips of the same word are near each other.
    """
    every = [(column.values[at], int(counts[at])) for at in frequent[:300]]
    some = [
        (text, count)
        for text, count in every
        if not any(
            number >= FAR_MORE * count and DamerauLevenshtein.distance(text, other, score_cutoff=1) <= 1
            for other, number in every
        )
    ]
    if len(some) < 2:
        return 0.0
    near = sum(
        any(
            other is not text
            and max(count, number) < TIMES * min(count, number)
            and DamerauLevenshtein.distance(text, other, score_cutoff=1) <= 1
            for other, number in some
        )
        for text, count in some
    )
    return near / len(some)


class Words:
    """The words of a column, to repair those in which a stray sign stands where the whole value is found nowhere."""

    def __init__(self, column: EncodedColumn, sign: str | None) -> None:
        self.column, self.sign = column, sign
        self.counts: Counter[str] = Counter()
        if sign is not None:
            for value, number in zip(column.values, column.counts.tolist(), strict=True):
                for word in TOKEN.findall(value):
                    self.counts[word] += number
        self.by_length: defaultdict[int, list[str]] = defaultdict(list)
        for word, number in self.counts.items():
            if number >= FREQUENT:
                self.by_length[len(word)].append(word)

    def repaired(self, at: int) -> Slip | None:
        """The value with its words repaired; None where one of them stays open."""
        if self.sign is None:
            return None
        sure, made = 1.0, []
        for word in TOKEN.findall(self.column.values[at]):
            if self.sign not in word or self.counts[word] >= FREQUENT:
                made.append(word)
                continue
            fits = [
                other
                for other in self.by_length[len(word)]
                if self.counts[other] >= TIMES * self.counts[word]
                and all(a in (b, self.sign) for a, b in zip(word, other, strict=True))
            ]
            if not fits:
                return None
            best = max(fits, key=lambda other: self.counts[other])
            sure *= self.counts[best] / (sum(self.counts[other] for other in fits) + 1.0)
            made.append(best)
        new = "".join(made)
        if new == self.column.values[at]:
            return None
        return Slip(at, new, sure, f'"{self.sign}" in the place of other letters')
