"""Clusters of values that may be one and the same: key collision and nearest neighbour.

The methods are those that OpenRefine's documentation describes ("Clustering In Depth",
https://openrefine.org/docs/technical-reference/clustering-in-depth): fingerprint, n-gram fingerprint, phonetic keys,
and nearest neighbours by Levenshtein distance within blocks.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from rapidfuzz.distance import DamerauLevenshtein, Levenshtein

from dataops_core.checks.missing_tokens import means_missing

Method = Literal["fingerprint", "n-gram", "phonetic", "neighbours"]
YES = frozenset(["yes", "y", "true", "t", "ja", "j", "wahr", "oui", "vrai", "si", "sí", "vero", "sim", "da"])
NO = frozenset(["no", "n", "false", "f", "nein", "falsch", "non", "faux", "falso", "não", "nao", "nee"])
SIGNS = {"1": True, "x": True, "✓": True, "0": False}  # answers too, where most cells are words for yes and no
WEAK = {"ok": True, "okay": True, "yep": True, "yeah": True, "nope": False}  # answers where few cells hold them
METHODS: dict[Method, str] = {
    "fingerprint": "Same words: case, accents, punctuation and order of words do not count",
    "n-gram": "Same pairs of letters: spaces and small slips do not count either",
    "phonetic": "Sounds alike in English",
    "neighbours": "Few letters apart (Levenshtein)",
}
_SPLIT = re.compile(r"[\s\u0085\u00a0\u2000-\u200b\u3000]+")
_OTHER_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ð": "d", "ı": "i", "ħ": "h"}
)
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "æ": "ae", "ø": "oe"})
_PUNCTUATION = str.maketrans("", "", string.punctuation + "`´‘’“”«»–—…·")


@dataclass(frozen=True)
class Cluster:
    """Values that may be one, with their rows, the most frequent first."""

    values: tuple[tuple[str, int], ...]

    @property
    def target(self) -> str:
        """The value that the others would become: the most frequent."""
        return self.values[0][0]


def plain(text: str) -> str:
    """Text in lower case without accents, control signs and punctuation.

    >>> plain(" Günther's Café ")
    'gunthers cafe'
    """
    bare = unicodedata.normalize("NFKD", text.strip().lower().translate(_OTHER_LETTERS))
    return "".join(c for c in bare if not unicodedata.combining(c) and unicodedata.category(c)[0] != "C").translate(
        _PUNCTUATION
    )


def difference(one: str, other: str) -> Literal["case", "signs", "accents", ""]:
    """In what alone two texts differ; empty where it is something else, or one of them holds no letter.

    >>> difference("KLEIN", "Klein"), difference("Klein, Emma", "klein emma"), difference("Mueller", "Müller")
    ('case', 'signs', 'accents')
    >>> difference("Weiss", "Weiß"), difference("2,5", "25"), difference("Miller", "Müller")
    ('accents', '', '')
    """
    old, new = one.lower(), other.lower()
    if old == new:
        return "case"
    if not any(map(str.isalpha, old)):
        return ""
    bare = [re.sub(r"[\W_]", "", text) for text in (old, new)]
    if bare[0] == bare[1]:
        return "signs"
    spelled = [(plain(text), plain(text.translate(UMLAUTS))) for text in bare]
    return "accents" if any(first == second for first, second in zip(*spelled, strict=True)) else ""


def fingerprint(text: str) -> str:
    """The fingerprint key: trimmed, lower case, no punctuation or accents; the words in order, each once.

    >>> fingerprint("Cruise, Tom"), fingerprint("Tom  Cruise tom")
    ('cruise tom', 'cruise tom')
    """
    return " ".join(sorted(set(_SPLIT.split(plain(text))) - {""}))


def ngram_fingerprint(text: str, size: int = 2) -> str:
    """The n-gram fingerprint key: the runs of `size` letters of the text without spaces, in order, each once.

    >>> ngram_fingerprint("Paris")
    'arispari'
    """
    bare = _SPLIT.sub("", plain(text))
    return "".join(sorted({bare[at : at + size] for at in range(len(bare) - size + 1)})) or bare


def sound(text: str) -> str:
    """The phonetic key: Metaphone (Philips 1990) of each word; words that are numbers stay.

    >>> sound("Smith") == sound("Smyth")
    True
    """
    from jellyfish import metaphone

    return " ".join(metaphone(word) if word.isalpha() else word for word in plain(text).split())


def yes_no_merges(counts: Mapping[str, int]) -> dict[str, str]:
    """Which word for yes or no should become which, where a column holds nothing but such words (and words for
    "nothing known"): the most frequent one of each answer stays, rather a whole word than a letter, and both are
    written in the same case. Empty where there is one word for each. 1, 0 and crosses are answers where most cells hold
    words.

    >>> yes_no_merges({"Yes": 9, "No": 8, "y": 3, "yes": 1})
    {'y': 'Yes', 'yes': 'Yes'}
    >>> yes_no_merges({"Yes": 9, "no": 3, "y": 3})
    {'y': 'Yes', 'no': 'No'}
    >>> yes_no_merges({"y": 9, "yes": 8, "no": 8})
    {'y': 'yes'}
    """
    answers: dict[bool, list[str]] = {True: [], False: []}
    signs = 0
    most = sum(counts.values())
    for value in sorted(counts, key=lambda value: (-counts[value], value)) if len(counts) <= 40 else ():
        word = value.strip().rstrip(".!").casefold()
        if word in YES or word in NO:
            answers[word in YES].append(value)
        elif word in SIGNS:
            answers[SIGNS[word]].append(value)
            signs += counts[value]
        elif word in WEAK and counts[value] * 50 <= most:
            answers[WEAK[word]].append(value)
        elif not means_missing(value):
            return {}
    if 2 * signs > sum(counts.values()) or all(
        len({value.strip().rstrip(".!").casefold() for value in held}) <= 1 for held in answers.values()
    ):
        return {}
    kept = {
        answer: next(
            (word for word in held if _is_word(word) and 10 * counts[word] >= counts[held[0]]), held[0]
        ).strip()
        for answer, held in answers.items()
        if held
    }
    words = {value: number for value, number in counts.items() if _is_word(value)}
    cases = Counter(
        {case: sum(words[each] for each in words if _case(each) == case) for case in map(_case, kept.values())}
    )
    if len(cases) > 1 and all(map(_is_word, kept.values())):  # both answers in the case that more cells have
        kept = {answer: getattr(word, cases.most_common(1)[0][0])() for answer, word in kept.items()}
    return {value: kept[answer] for answer, held in answers.items() for value in held if value.strip() != kept[answer]}


def _case(text: str) -> str:
    """How a word is written, by the method of str that does it."""
    word = text.strip()
    return "lower" if word == word.lower() else "upper" if word == word.upper() else "capitalize"


def _is_word(answer: str) -> bool:
    return len(answer.strip(" .!")) > 1


KEYS: dict[str, Callable[[str], str]] = {"fingerprint": fingerprint, "n-gram": ngram_fingerprint, "phonetic": sound}


def clusters(counts: Mapping[str, int], method: Method, distance: int = 2) -> list[Cluster]:
    """Groups of two values and more that may be one, those with most rows first.

    `distance` is the most edits between neighbours; only values that share three letters in a row somewhere are
    compared (a block, as OpenRefine calls it; six letters where there are very many values).

    >>> [c.values for c in clusters({"Paris": 9, "paris ": 1, "Rome": 5}, "fingerprint")]
    [(('Paris', 9), ('paris ', 1))]
    """
    if method == "neighbours":
        groups = _neighbours(list(counts), distance)
    else:
        by_key: dict[str, list[str]] = defaultdict(list)
        for value in counts:
            by_key[KEYS[method](value)].append(value)
        groups = [group for key, group in by_key.items() if key]
    found = [
        Cluster(tuple(sorted(((value, int(counts[value])) for value in group), key=lambda pair: (-pair[1], pair[0]))))
        for group in groups
        if len(group) > 1
    ]
    return sorted(found, key=lambda cluster: (-sum(n for _, n in cluster.values), cluster.values))


def _neighbours(values: list[str], distance: int) -> list[list[str]]:
    """Groups of values that are linked by few edits, directly or through others."""
    block = 3 if len(values) <= 2000 else 4 if len(values) <= 10_000 else 6
    bare = {value: plain(value) for value in values}
    blocks: dict[str, set[str]] = defaultdict(set)
    for value, text in bare.items():
        for start in range(max(1, len(text) - block + 1)):
            blocks[text[start : start + block] if len(text) > block else "short"].add(value)
    leader = {value: value for value in values}

    def head(value: str) -> str:
        while leader[value] != value:
            leader[value] = leader[leader[value]]
            value = leader[value]
        return value

    seen: set[tuple[str, str]] = set()
    for group in blocks.values():
        for one, other in combinations(sorted(group), 2) if len(group) <= 2000 else ():
            if (one, other) in seen or head(one) == head(other):
                continue
            seen.add((one, other))
            if (
                Levenshtein.distance(bare[one], bare[other], score_cutoff=distance)
                <= distance
                < max(len(bare[one]), len(bare[other])) / 2
            ):
                leader[head(other)] = head(one)
    groups: dict[str, list[str]] = defaultdict(list)
    for value in values:
        groups[head(value)].append(value)
    return list(groups.values())


def slips(counts: Mapping[str, int], rare: int = 20) -> dict[str, str]:
    """Values that are a slip of the pen away from a far more frequent one, with that one.

    One insertion, deletion, substitution or swap of neighbours (Damerau 1964) in five letters or more, where the value
    is at most 1/`rare` as frequent; in shorter texts no substitution (Iran, Iraq), and at most a hundredth, as for two
    slips in nine. The first letter is never taken for a slip (Cortland is no Portland), nor is anything in texts with
    digits: two codes are two codes.

    >>> slips({"Amsterdam": 90, "Amsterdm": 2, "Rotterdam": 50})
    {'Amsterdm': 'Amsterdam'}
    """
    keys = {value: plain(value) for value in counts}
    most = max(counts.values(), default=0)
    leaders = [v for v in counts if counts[v] >= rare and len(keys[v]) >= 4 and not any(c.isdigit() for c in v)]
    small = [v for v in counts if counts[v] * rare <= most and len(keys[v]) >= 3 and not any(c.isdigit() for c in v)]
    by_piece: dict[str, list[str]] = defaultdict(list)
    for value in leaders:
        for piece in _pieces(keys[value]):
            by_piece[piece].append(value)
    found: dict[str, str] = {}
    for value in small:
        near = {leader for piece in _pieces(keys[value]) for leader in by_piece.get(piece, ())}
        apart = sorted(
            (edits, -counts[leader], leader)
            for leader in near
            if keys[leader] != keys[value]
            and (edits := _slip(keys[value], keys[leader], counts[value], counts[leader], rare))
        )
        if apart:
            found[value] = apart[0][2]
    return {value: found.get(leader, leader) for value, leader in found.items() if found.get(leader) != value}


def _pieces(key: str) -> set[str]:
    """The block keys of a text: its halves with its first letter, one of which two slips or fewer seldom touch."""
    third = max(2, len(key) // 3)
    return (
        {
            f"a{key[0]}{key[1:third]}",
            f"b{key[0]}{key[-third:]}",
            f"c{key[0]}{len(key) // 2}{key[-1]}",
            f"c{key[0]}{(len(key) + 1) // 2}{key[-1]}",
        }
        if key
        else set()
    )


def _slip(value: str, leader: str, few: int, many: int, rare: int) -> int:
    """How many slips lie between two keys, if so few that one may be meant for the other; else 0."""
    if value[:1] != leader[:1] or few * rare > many:
        return 0
    edits = DamerauLevenshtein.distance(value, leader, score_cutoff=2)
    short = min(len(value), len(leader))
    if edits == 1:
        replaced = len(value) == len(leader) and sorted(value) != sorted(leader)
        return 1 if short >= 5 or (short >= 3 and not replaced and few * (50 if short == 4 else 100) <= many) else 0
    return 2 if edits == 2 and short >= 9 and few * 100 <= many else 0
