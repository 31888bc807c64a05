"""Words that some cells write otherwise than most do: "Str." for "Straße", "Avenue" for "Ave".

Such a pair of words is learned from values that differ in nothing else, numbers aside, and holds for all values of the
column then, also where the other writing of a value stands in no cell.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from dataops_core.checks.variants import plain
from dataops_core.repair.encoding import EncodedColumn
from dataops_core.repair.notation.other_writing import may_abbreviate

FEWEST_VALUES, MOST_VALUES = 20, 50_000  # different values of the column
WORDS, PROSE = 10, 0.1  # of a value; share of the cells with more: sentences, which nobody writes alike
FEWEST, TIMES = 4, 3  # values that differ in these words alone; times as many cells have the usual word
SIGNS = ",;:"  # at the end of a word, which belong to the sentence
STEM = 3  # letters before the end of a compound that a rule says: "str." of "Gartenstr."
SURE = 0.98


@dataclass(frozen=True)
class Reworded:
    """Values of a column (their places) with the usual word, how sure, and why."""

    new: dict[int, str]
    sure: float
    why: str


@dataclass(frozen=True)
class Rule:
    """The end of a word, or a whole one, and what most cells write instead."""

    old: str
    new: str
    is_whole: bool

    def apply(self, text: str) -> str | None:
        """A text with the other word; None where it holds none, or several."""
        words = text.split(" ")
        at = [place for place, word in enumerate(words) if self.fits(word)]
        if len(at) != 1:
            return None
        words[at[0]] = words[at[0]].removesuffix(self.old) + self.new
        return " ".join(words)

    def fits(self, word: str) -> bool:
        """Whether a word is one that this is about."""
        return word == self.old if self.is_whole else word.endswith(self.old) and len(word) > len(self.old)


def find(column: EncodedColumn) -> Iterator[Reworded]:
    """The values of a column with a word in another writing than in most cells, a word at a time."""
    counts = column.counts
    held = np.flatnonzero(counts).tolist()
    if column.type != "text" or not FEWEST_VALUES <= len(held) <= MOST_VALUES:
        return
    if sum(int(counts[at]) for at in held if column.values[at].count(" ") >= WORDS) > PROSE * counts.sum():
        return
    words = {at: parts for at in held if 2 <= len(parts := column.values[at].split(" ")) <= WORDS}
    cells: Counter[str] = Counter()
    for at, parts in words.items():
        cells.update({word: int(counts[at]) for word in set(parts)})
    taken = set[int]()
    for rule, alike, other in _rules(words, cells):
        new = {at: text for at, parts in words.items() if at not in taken and (text := rule.apply(" ".join(parts)))}
        if new:
            sure = min(SURE, (alike + 0.5) / (alike + other + 1.0))
            why = f'{alike} values differ in "{rule.old}" and "{rule.new}" alone, and most cells have "{rule.new}"'
            yield Reworded(new, sure, why)
            taken |= set(new)


def _rules(words: dict[int, list[str]], cells: Counter[str]) -> list[tuple[Rule, int, int]]:
    """The rules that enough values show, with how many do, and how many show something else; most shown first."""
    beside: defaultdict[tuple, set[str]] = defaultdict(set)
    for parts in words.values():
        masked = ["#" if any(map(str.isdigit, word)) else word for word in parts]
        for place, word in enumerate(masked):
            if word != "#":
                beside[(*masked[:place], None, *masked[place + 1 :])].add(word)
    shown: defaultdict[Rule, set[tuple]] = defaultdict(set)
    for key, group in beside.items():
        for odd, usual in _pairs(group):
            rule = _rule(odd, usual)
            if rule is not None:
                shown[rule].add((key, odd))
    kept = {}
    for rule, examples in shown.items():
        old, new = (sum(number for word, number in cells.items() if each.fits(word)) for each in (rule, _back(rule)))
        if len(examples) >= FEWEST and new >= TIMES * old:
            kept[rule] = len(examples)
    told = [
        (rule, number, sum(n for r, n in kept.items() if r.old == rule.old) - number) for rule, number in kept.items()
    ]
    return sorted(told, key=lambda each: (-each[1], each[0].old, each[0].new))


def _pairs(group: set[str]) -> Iterator[tuple[str, str]]:
    """The pairs of words of a group that may be one; of many words those that begin alike."""
    if len(group) <= WORDS:
        yield from permutations(sorted(group), 2)
        return
    by_start: defaultdict[str, list[str]] = defaultdict(list)
    for word in sorted(group):
        by_start[plain(word)[:STEM]].append(word)
    for alike in by_start.values():
        yield from permutations(alike, 2) if len(alike) <= WORDS else ()


def _back(rule: Rule) -> Rule:
    return Rule(rule.new, rule.old, rule.is_whole)


def _rule(odd: str, usual: str) -> Rule | None:
    """What the two words have not in common, where one may be the other written shorter or with other letters."""
    one, other = plain(odd), plain(usual)
    if not one or not other or odd.casefold() == usual.casefold() or odd[-1] in SIGNS or usual[-1] in SIGNS:
        return None
    if one != other and not (one[0] == other[0] and min(len(one), len(other)) > 1 and may_abbreviate(odd, usual, ())):
        return None
    same = 0
    while same < min(len(odd), len(usual)) and odd[same] == usual[same]:
        same += 1
    at = max(0, same - STEM)
    return Rule(odd[at:], usual[at:], is_whole=at == 0)
