"""Several names for one thing, and slips in names, as another column tells: one code is that of one station."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from dataops_core.checks.check import REGISTRY, hits
from dataops_core.checks.table_view import TableView
from dataops_core.checks.variants import plain
from dataops_core.checks.written import miswritten

AGREE = 0.7  # of the rows at least hold the usual name of their group
OTHER = 0.03  # of the rows may hold a name of something else
LEAST = 3  # rows of a group, and rows in which a name that is no slip stands
OWN = 0.1  # of the rows of a name that is another's may stand in groups of its own
LETTERS = 0.8  # of the names hold letters
GROUPS = 4
LONG = 120  # letters
OFTEN = 4  # rows at most hold one and the same slip
SELDOM = 0.34  # as often as the right value, at most
MANY = 10_000  # rows
NEARLY = 0.03  # as well as the best column may another one tell the names
SOURCES = 50  # clerks, shops, files
ALIKE = 0.7
SHORT = 4  # letters from which one that is missing is a slip, and no other code
SPELLED = ("spelling_variants", "case_variants")


@dataclass(frozen=True)
class Aliases:
    """Which values of a column stand for another one (`names`) or are a slip of it (`slips`), as `given` tells, and in
    which rows.
    """

    told: str
    given: str
    names: dict[str, str]
    slips: dict[str, str]
    named: np.ndarray
    slipped: np.ndarray


def aliases(look: TableView) -> list[Aliases]:
    """The columns with several names for one thing; found once for each look."""
    if look.aliases is None:
        look.aliases = list(_found(look))
    return list(look.aliases)


def _found(look: TableView) -> Iterator[Aliases]:
    given = [
        name
        for name in look.named("category", "text", "number", "id", types=["text", "integer"], least=GROUPS)
        if look.distinct(name) <= look.rows / 4
    ]
    sources = look.named("category", types=["text", "integer"], least=2, most=SOURCES)
    for told in look.named("category", "text", types=["text"], least=3):
        if look.distinct(told) > look.rows / 3 or look.facts[told]["mean_length"] > LONG or not _is_text(look, told):
            continue
        by = sorted(((_agreement(look, name, told), name) for name in given if name != told), reverse=True)
        by = [(share, name) for share, name in by if share >= max(AGREE, by[0][0] - NEARLY)][:4]
        cells = look.cells(told) if by else None
        if cells is not None and np.mean([any(c.isalpha() for c in text) for text in cells.sample(200)]) >= LETTERS:
            written = miswritten(cells, look.context, but=SPELLED)
            found = [each for _, name in by if (each := _of(look, name, told, written, sources))]
            if found:
                yield max(found, key=lambda each: int(each.named.sum() + each.slipped.sum()))


def _is_text(look: TableView, name: str) -> bool:
    """Whether a column holds names, and no numbers or days."""
    return look.facts[name].get("meant", {}).get("type") not in ("number", "date")


def _agreement(look: TableView, given: str, told: str) -> float:
    """The share of some rows that hold the usual value of their group, where this is more than chance; else 0."""
    a, b = look.example(given), look.example(told)
    both = (a >= 0) & (b >= 0)
    a, b = a[both], b[both]
    if len(a) >= MANY and _share(a[::10], b[::10]) < 0.5:
        return 0.0  # a tenth shows that most do not
    return _share(a, b)


def _share(a: np.ndarray, b: np.ndarray) -> float:
    if len(a) < 50:
        return 0.0
    width = int(b.max()) + 1
    pairs, counts = np.unique(a.astype(np.int64) * width + b, return_counts=True)
    best = np.zeros(int(a.max()) + 1, dtype=np.int64)
    np.maximum.at(best, pairs // width, counts)
    sizes = np.bincount(a, minlength=len(best))
    chance = np.bincount(b).max() / len(b)
    several = sizes >= LEAST
    share = best[several].sum() / max(1, sizes[several].sum())
    enough = several.sum() >= GROUPS and sizes[several].sum() >= 0.5 * len(a)
    return float(share) if enough and share > chance + 0.5 * (1 - chance) else 0.0


def _of(look: TableView, given: str, told: str, written: np.ndarray, sources: list[str]) -> Aliases | None:
    """The names in a column that another one tells apart; None where it holds other things as well."""
    a, b = look.codes(given), look.codes(told)
    rows = np.flatnonzero((a >= 0) & (b >= 0))
    usual, sizes = usual_values(a[rows], b[rows])
    meant = usual[a[rows]]
    big = (sizes[a[rows]] >= LEAST) & (meant >= 0)
    texts = look.values(told)
    held = np.bincount(b[rows][big], minlength=len(texts))
    own = np.bincount(b[rows][big & (meant == b[rows])], minlength=len(texts))
    odd = big & (meant != b[rows]) & ~written[rows]
    rare = _words(texts[code] for code in np.flatnonzero(own))
    alias: dict[int, set[int]] = {}
    other = 0
    for v, c, n in zip(*_tallied(b[rows][odd], meant[odd], len(texts)), strict=True):
        if texts[v].casefold() == texts[c].casefold():
            continue
        if own[v] <= OWN * held[v] and (may_name(texts[v], texts[c], rare) or _of_a_source(look, told, v, sources)):
            alias.setdefault(v, set()).add(c)
        else:
            other += n
    if other > OTHER * big.sum():
        return None
    total = np.bincount(b[b >= 0], minlength=len(texts))
    single = {texts[v]: texts[next(iter(c))] for v, c in alias.items() if len(c) == 1}
    count = {texts[code]: int(n) for code, n in enumerate(total.tolist())}
    slips = {v: c for v, c in single.items() if _slipped(v, c, count)}
    if slips and _in_whole_groups(look, look.cells(told).holding(slips), sources):
        slips = {}  # what a state calls its own differs by a letter from what others do
    names = {v: c for v, c in single.items() if not _slipped(v, c, count)}
    if not slips and not names:
        return None
    return _with_spellings(look, told, given, names, slips, written)


def _slipped(old: str, new: str, count: Mapping[str, int]) -> bool:
    """Whether a value is a slip of the pen of another one: no slip is made again and again."""
    if not count.get(old, 0) <= min(OFTEN, max(1, SELDOM * count.get(new, 0))) or plain(old) == plain(new):
        return False
    return is_slip(old, new) or (count[old] < LEAST and is_slip(f"{old}....", f"{new}...."))


def usual_values(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The value that at least half of each group holds (-1 where none does), and the sizes of the groups."""
    width = int(b.max()) + 1
    pairs, counts = np.unique(a.astype(np.int64) * width + b, return_counts=True)
    group, value = pairs // width, pairs % width
    order = np.lexsort((-np.bincount(b, minlength=width)[value], -counts, group))
    first = order[np.concatenate([[True], group[order][1:] != group[order][:-1]])]
    sizes = np.bincount(a)
    usual = np.full(len(sizes), -1)
    clear = counts[first] >= np.maximum(2, 0.5 * sizes[group[first]])
    usual[group[first[clear]]] = value[first[clear]]
    return usual, sizes


def _with_spellings(
    look: TableView, told: str, given: str, names: dict[str, str], slips: dict[str, str], written: np.ndarray
) -> Aliases:
    """The aliases, and with them the variants in spelling that the column alone shows: one cause is one finding."""
    cells = look.cells(told)
    for name in SPELLED:
        for hit in hits(REGISTRY[name], cells, look.context):
            for old, new in (hit.fix or {}).get("mapping", {}).items():
                if name == "case_variants" and not names:
                    continue
                into = slips if _slipped(old, new, cells.tally) and name != "case_variants" else names
                if old not in names and old not in slips:
                    into[old] = names.get(new, slips.get(new, new))
    named, slipped = (cells.holding(some) & ~written for some in (names, slips))
    return Aliases(told, given, names, slips, named, slipped)


def _of_a_source(look: TableView, told: str, value: int, sources: list[str]) -> bool:
    """Whether nearly all rows of a value stand in one group of a column, such as those of a clerk, who writes much
    else, and nothing tells that it is a thing of its own.
    """
    codes = look.codes(told)
    rows = codes == value
    return (
        rows.sum() >= 5
        and any(_is_of(look, name, rows, codes) for name in sources if name != told)
        and not any(_names(look, name, rows) for name in look.table.names if name != told)
    )


def _is_of(look: TableView, source: str, rows: np.ndarray, codes: np.ndarray) -> bool:
    """Whether some rows are nearly all, but no large part, of one group of a column, in which many values stand."""
    groups = look.codes(source)
    held = np.bincount(groups[rows & (groups >= 0)], minlength=1)
    its = groups == int(np.argmax(held))
    few = held.max() >= 0.95 * rows.sum() and rows.sum() < 0.3 * its.sum() and its.mean() < 0.5
    return bool(few and len(np.unique(codes[its])) >= GROUPS)


def _names(look: TableView, name: str, rows: np.ndarray) -> bool:
    """Whether a column holds one value in nearly all of some rows, and in hardly any other."""
    codes = look.codes(name)
    held = np.bincount(codes[rows & (codes >= 0)], minlength=1)
    return bool(held.max() >= 0.9 * max(rows.sum(), (codes == int(np.argmax(held))).sum()))


def _in_whole_groups(look: TableView, mask: np.ndarray, sources: list[str]) -> bool:
    """Whether most rows of a mask are all rows of some groups of a column."""
    for name in sources:
        groups = look.codes(name)
        held, sizes = (np.bincount(groups[rows & (groups >= 0)], minlength=1) for rows in (mask, groups >= 0))
        held = np.pad(held, (0, len(sizes) - len(held)))
        if held[(held >= 0.9 * sizes) & (held > 1)].sum() >= 0.5 * mask.sum():
            return True
    return False


def _words(texts: Iterable[str]) -> set[str]:
    """The words that stand in few of some texts: they tell these from the others."""
    counts = Counter(word for text in texts for word in set(plain(text).split()))
    return {word for word, count in counts.items() if count <= 2 and len(word) > 2}


def _tallied(some: np.ndarray, meant: np.ndarray, width: int) -> tuple[list[int], list[int], list[int]]:
    pairs, counts = np.unique(some.astype(np.int64) * width + meant, return_counts=True)
    return (pairs // width).tolist(), (pairs % width).tolist(), counts.tolist()


def is_slip(one: str, other: str) -> bool:
    """Whether two texts are a slip of the pen apart: a letter more, less, other, or two in each other's place.

    >>> is_slip("Crauso", "Caruso"), is_slip("Al. Nord", "Aleja Nord")
    (True, False)
    """
    from rapidfuzz.distance import OSA

    a, b = (" ".join(text.split()).casefold() for text in (one, other))
    short = min(len(a), len(b))
    return short >= SHORT and bool(OSA.distance(a, b, score_cutoff=2) <= (1 if short < 8 else 2))


def may_name(one: str, other: str, rare: Collection[str] = ()) -> bool:
    """Whether a text may be another name of the same: a slip, an abbreviation, nearly its letters, or a word in common
    that is a `rare` one.

    >>> may_name("J. Doc.", "Journal of Documentation"), may_name("DD", "Dresden"), may_name("Wien", "Graz")
    (True, True, False)
    >>> may_name("Ward 2", "Ward 3")
    False
    """
    from rapidfuzz.distance import OSA

    a, b = plain(one.replace("/", " ").replace("-", " ")), plain(other.replace("/", " ").replace("-", " "))
    if _digits(a) != _digits(b) and _digits(a):
        return False
    if a == b or is_slip(one, other):
        return True
    short, long = sorted((a.split(), b.split()), key=lambda words: len("".join(words)))
    if not short or not long:
        return False
    if OSA.normalized_similarity(a, b) >= ALIKE or set(short) & set(long) & set(rare):
        return True
    letters = "".join(word[0] for word in long)
    return "".join(short) == letters or _abbreviates(short, long)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _abbreviates(short: list[str], long: list[str]) -> bool:
    """Whether each word is made of letters of one word of the other text, in turn, with its first letter."""
    at = 0
    for word in short:
        while at < len(long) and not (word[0] == long[at][0] and _within(word, long[at])):
            at += 1
        if at == len(long):
            return False
        at += 1
    return True


def _within(some: str, text: str) -> bool:
    """Whether letters stand in a text in this order."""
    rest = iter(text)
    return all(letter in rest for letter in some)
