"""Spelling variants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.escapes import without_escapes
from dataops_core.checks.personal import holds_person_names
from dataops_core.checks.table_view import Context
from dataops_core.checks.variants import fingerprint, ngram_fingerprint, plain, slips, sound
from dataops_core.checks.wording import cell
from dataops_core.steps.merge_values import merge_values
from dataops_core.steps.repair_characters import one_alphabet, unscrambled, visible
from dataops_core.wording import counted

MOST = 20_000
SHORT = 3  # letters of a shortened word, and words that are shortened where this is a habit
LOOKS_LIKE = 10  # times as frequent is the value that was meant
_LOOKALIKES = str.maketrans("OoIl", "0011")
NAME = 4  # words that a name has at most


@check(
    "Spelling variants",
    group="Text",
    types=["text"],
    words=True,
    fix=merge_values,
    no_fix="There are too many to list in one step; merge them by clusters.",
)
def spelling_variants(column: ColumnView, context: Context) -> Hit | None:
    """The same value written in several ways: punctuation, accents, order of words, or a slip of the pen.

    "Amsterdam" and "Amsterdm" are counted as two cities; every figure by city is then wrong.
    """
    if (
        column.kind == "id"
        or not 2 <= column.distinct <= MOST
        or column.distinct > 0.5 * column.present
        or column.facts["mean_length"] > 60
        or holds_person_names(column)  # two people may be called nearly alike
    ):
        return None
    mapping = merges(column.tally)
    if not mapping:
        return None
    mask = column.holding(mapping)
    named = ", ".join(f"{cell(old)} for {cell(new)}" for old, new in list(mapping.items())[:3])
    return Hit(
        mask,
        f"{counted(mask.sum(), 'cell looks like a variant', 'cells look like variants')} of another value:"
        f" {named}{', …' if len(mapping) > 3 else ''}.",
        {"column": column.name, "mapping": mapping} if len(mapping) <= 1000 else None,
    )


def merges(counts: Mapping[str, int]) -> dict[str, str]:
    """Which value should become which: each variant the most frequent spelling of its group.

    Two values are one when their fingerprints agree, when a rare one is a slip away (see variants.slips), or when a
    rare one has the same pairs of letters, or the same sound and nearly the same letters. Case and spaces
    alone, and characters that were broken, are not judged here: other checks name these.

    >>> merges({"Amsterdam": 90, "Amsterdm": 2, "Rotterdam": 50, "St. Gallen": 9, "St Gallen": 3})
    {'St Gallen': 'St. Gallen', 'Amsterdm': 'Amsterdam'}
    """
    heads: dict[str, str] = {}
    total: dict[str, int] = {}
    first: dict[str, str] = {}
    for value in sorted(counts, key=lambda value: (-counts[value], value)):
        alike = " ".join(value.split()).casefold()
        heads[value] = first.setdefault(alike, value)
        total[heads[value]] = total.get(heads[value], 0) + counts[value]
    sane = {value: n for value, n in total.items() if _sane(value)}
    leader = {value: value for value in sane}
    groups: dict[str, list[str]] = defaultdict(list)
    for value in sorted(sane, key=lambda value: (-sane[value], value)):
        groups[_key(value)].append(value)
    for key, group in groups.items():
        for value in group[1:] if key else ():
            leader[value] = group[0]
    open_ones = {value: n for value, n in sane.items() if leader[value] == value}
    leader |= slips(open_ones) | _digits_for_letters(open_ones) | _shortened(open_ones)
    leader |= _alike(open_ones, leader)
    return {
        value: leader[heads[value]]
        for value in sorted(counts, key=lambda value: (-counts[value], value))
        if heads[value] in leader and leader[heads[value]] != heads[value]
    }


def _sane(text: str) -> bool:
    return "\ufffd" not in text and one_alphabet(visible(unscrambled(text))) == text == without_escapes(text)


def _key(text: str) -> str:
    """The fingerprint, with the signs that make a difference (C and C++, < and >); the order of words counts in codes,
    and in texts longer than a name.
    """
    signs = "".join(c for c in text if c in "<>+=%#$€£&@*")
    return (
        f"{' '.join(text.casefold().split())} {signs}"
        if any(c.isdigit() for c in text)
        else f"{fingerprint(text)} {signs}"
        if is_short(text)
        else f"{' '.join(plain(text).split())} {signs}"
    )


def is_short(text: str) -> bool:
    """Whether a text may be a name; in longer ones, and in lists, the order of words is part of what they say."""
    return len(text.split()) <= NAME and not any(sign in text for sign in ";|/")


def _digits_for_letters(counts: Mapping[str, int]) -> dict[str, str]:
    """Rare values that look like a frequent one but for 0 and O or 1, l and I.

    >>> _digits_for_letters({"O+": 90, "A+": 40, "0+": 2, "10": 50, "1O": 1})
    {'0+': 'O+', '1O': '10'}
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for value in sorted(counts, key=lambda value: (-counts[value], value)):
        groups[value.translate(_LOOKALIKES)].append(value)
    return {
        value: group[0]
        for group in groups.values()
        for value in group[1:]
        if counts[value] * LOOKS_LIKE <= counts[group[0]] and any(c.isdigit() for c in value + group[0])
    }


def _shortened(counts: Mapping[str, int]) -> dict[str, str]:
    """Rare values that are the first letters of one frequent value, where several are: Mon and Tue, not Monday.

    >>> _shortened({"Monday": 90, "Tuesday": 90, "Sunday": 80, "Mon": 2, "Tue": 1, "Sun.": 1})
    {'Mon': 'Monday', 'Tue': 'Tuesday', 'Sun.': 'Sunday'}
    """
    most = max(counts.values(), default=0)
    often = [value for value in counts if counts[value] * LOOKS_LIKE > most and value.isalpha()]
    found: dict[str, str] = {}
    for value in counts:
        bare = value.rstrip(".")
        if not (SHORT <= len(bare) <= SHORT + 1 and bare.isalpha()):
            continue
        meant = [other for other in often if other.startswith(bare) and len(other) > len(bare) + 1]
        if len(meant) == 1 and counts[value] * LOOKS_LIKE <= counts[meant[0]]:
            found[value] = meant[0]
    return found if len(set(found.values())) >= SHORT else {}


def _alike(counts: Mapping[str, int], leader: Mapping[str, str]) -> dict[str, str]:
    """Rare values with the letter pairs of a frequent one, or with its sound and nearly its letters."""
    from rapidfuzz.distance import DamerauLevenshtein

    found: dict[str, str] = {}
    words = {
        value
        for value in counts
        if leader[value] == value and len(value) >= 6 and is_short(value) and not any(c.isdigit() for c in value)
    }
    for key, close in ((ngram_fingerprint, 0.0), (sound, 0.75)):
        groups: dict[str, list[str]] = defaultdict(list)
        for value in sorted(words, key=lambda value: (-counts[value], value)):
            groups[key(value)].append(value)
        for told, group in groups.items():
            for value in group[1:] if len(told) > 2 else ():
                near = DamerauLevenshtein.normalized_similarity(value.casefold(), group[0].casefold())
                if (
                    counts[value] * 50 <= counts[group[0]]
                    and near >= close
                    and value[:1].casefold() == group[0][:1].casefold()
                ):
                    found.setdefault(value, group[0])
    return found
