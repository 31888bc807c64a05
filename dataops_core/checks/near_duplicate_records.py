"""Nearly equal records."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from dataops_core.checks.check import Hit, check
from dataops_core.checks.repeats import duplicate_groups
from dataops_core.checks.table_view import TableView
from dataops_core.checks.variants import plain
from dataops_core.values.random import GOLDEN, mixed
from dataops_core.values.text import LETTER, words_in
from dataops_core.wording import counted

GROUP = 30
MOST = 200_000  # rows up to which one more column may differ a little
USUAL = 0.01  # of the rows hold a category that is no slip of another
WORD = 4  # letters from which a category can hold a slip
CLOSE = 0.05  # how far two numbers may lie apart, by the greater


@check(
    "Nearly equal records",
    group="Rows",
    scope="table",
    no_fix="Whether two such rows are one record, only somebody who knows them can say; filter the rows and look.",
)
def near_duplicate_records(look: TableView) -> Hit | None:
    """Rows that agree with an earlier row in everything but the spelling of a name or another text, their own number
    aside; in one more column one of the two may be empty, or a number a little different.

    Somebody or something was entered twice. Each counts twice, and half of the history hangs on each of the two.
    """
    texts = [
        n
        for n in look.named("text", "category", "id", types=["text"], least=50)
        if look.distinct(n) >= 0.02 * look.rows and look.cells(n).parsed is None
    ]
    numbered = {c.name for c in look.table.columns if c.kind == "id"} | {n for n in texts if _numbers_rows(look, n)}
    ids = numbered | {c.name for c in look.table.columns if look.distinct(c.name) == look.rows}
    texts = [name for name in texts if name not in numbered]
    rest = [name for name in look.table.names if name not in texts and name not in ids and look.distinct(name) > 1]
    bits = {name: _bits(look, name) for name in rest}
    needed = 2 * np.log2(max(2, look.rows)) + 7
    if not rest or sum(bits.values()) < needed:
        return None
    rest = sorted(rest, key=lambda name: -look.distinct(name))
    places, keys = duplicate_groups(look, rest)
    if len(places) - len(np.unique(keys)) > 0.3 * look.rows:
        return None
    mask = np.zeros(look.rows, dtype=bool)
    _mark(look, texts, places, keys, None, mask)
    if look.rows <= MOST:
        spared = [name for name in rest if sum(bits.values()) - bits[name] >= needed]
        for name, places, keys in _but_one(look, rest, spared):
            if texts:
                _mark(look, texts, places, keys, name, mask)
            if look.table.column(name).type == "text" and look.cells(name).parsed is None:
                _mark(look, texts, *_slipped(look, name, places, keys), None, mask, name)
    mask &= ~look.blank_rows
    return Hit(
        mask, f"{counted(mask.sum(), 'row agrees', 'rows agree')} with an earlier row but for the spelling of a text."
    )


def _numbers_rows(look: TableView, name: str) -> bool:
    """Whether a column of text numbers the rows ("P0602") rather than names something."""
    some = look.cells(name).sample()
    codes = sum(re.fullmatch(rf"{LETTER}{{0,4}}[-_/.#]?\d[\d/.-]+", text.strip()) is not None for text in some)
    return look.distinct(name) >= 0.9 * look.rows and codes >= 0.9 * len(some)


def _bits(look: TableView, name: str) -> float:
    """How unlikely it is, in bits, that two rows agree in a column by chance."""
    codes = look.example(name)
    share = np.bincount(codes + 1) / len(codes)
    return -float(np.log2(max((share**2).sum(), 1.0 / max(1, look.distinct(name)))))


def _but_one(look: TableView, names: list[str], spared: list[str]) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """For each spared column the rows that agree with another row in all the other columns, and a key for those that
    agree: hashes are added up, so that one can be taken out again.
    """
    hashes = {name: _hashes(look.codes(name), seed) for seed, name in enumerate(names, 1)}
    total = np.sum(list(hashes.values()), axis=0, dtype=np.uint64)
    for name in spared:
        keys = total - hashes[name]
        order = np.argsort(keys, kind="stable")
        same = keys[order][1:] == keys[order][:-1]
        places = np.sort(order[np.concatenate([[False], same]) | np.concatenate([same, [False]])])
        if 0 < len(places) <= 0.3 * look.rows:
            yield name, places, keys[places]


def _hashes(codes: np.ndarray, seed: int) -> np.ndarray:
    """Codes scrambled to 64 bits (the finalizer of SplitMix64)."""
    return mixed(codes.astype(np.int64).view(np.uint64) + np.uint64((seed * GOLDEN) % 2**64))


def _mark(
    look: TableView,
    texts: list[str],
    places: np.ndarray,
    keys: np.ndarray,
    spared: str | None,
    mask: np.ndarray,
    slipped: str | None = None,
) -> None:
    """Mark the rows whose texts are nearly those of an earlier row with this key, and whose spared cell is close."""
    if not len(places):
        return
    held = [look.cells(name).at(places) for name in (*texts, *([slipped] if slipped else []))]
    cells = look.meant(spared) if spared else None
    numbers = cells.numbers[places] if cells is not None and cells.type in ("integer", "decimal") else None
    empty = cells.missing[places] if cells is not None else None
    for group in _groups(np.arange(len(places)), keys):
        for at, row in enumerate(group[1:], 1):
            for earlier in group[:at]:
                close = empty is None or empty[row] or empty[earlier] or _close(numbers, int(earlier), int(row))
                if close and _near(held, int(earlier), int(row)):
                    mask[places[row]] = True
                    break


def _slipped(look: TableView, name: str, places: np.ndarray, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows, and their keys, that agree with another row in all but a category, one of the two a rare word in it.

    Two categories that are both usual ("5a" and "5b", "Male" and "Female") are no slips of each other.
    """
    codes = look.codes(name)
    counts = np.bincount(codes[codes >= 0], minlength=1)
    held = codes[places]
    word = np.array([len(re.findall(LETTER, text)) >= WORD for text in look.values(name)] or [False])
    rare = (held >= 0) & word[held] & (counts[held] < USUAL * look.rows)
    there = (held >= 0) & word[held] & np.isin(keys, keys[rare])
    return places[there], keys[there]


def _close(numbers: np.ndarray | None, one: int, other: int) -> bool:
    if numbers is None:
        return False
    a, b = float(numbers[one]), float(numbers[other])
    return abs(a - b) <= CLOSE * max(abs(a), abs(b))


def _groups(places: np.ndarray, keys: np.ndarray) -> list[np.ndarray]:
    """The rows that share a key, group by group."""
    order = np.argsort(keys, kind="stable")
    cuts = np.flatnonzero(keys[order][1:] != keys[order][:-1]) + 1
    return [group for group in np.split(places[order], cuts) if 2 <= len(group) <= GROUP]


def _near(texts: list[pa.Array], one: int, other: int) -> bool:
    """Whether two places differ in some text, and nowhere by more than a slip of the pen."""
    from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

    differs = False
    for values in texts:
        a, b = values[one].as_py(), values[other].as_py()
        if a == b:
            continue
        if a is None or b is None:
            return False
        first, second = plain(a), plain(b)
        edits = DamerauLevenshtein.distance(first, second, score_cutoff=3)
        if (
            first != second
            and not _same_name(a, b)
            and edits > (1 if min(len(first), len(second)) < 8 else 3)
            and JaroWinkler.similarity(first, second) < 0.93
        ):
            return False
        differs = True
    return differs


def _same_name(one: str, other: str) -> bool:
    """Whether one name is the other with words shortened to their first letter, or left out at the end.

    >>> _same_name("Pugh, Alex", "Pugh, A."), _same_name("Berg", "Berg-Lind"), _same_name("Ann Berg", "Ann Lind")
    (True, True, False)
    """
    words = [words_in(text.casefold()) for text in (one, other)]
    short, long = sorted(words, key=len)
    alike = [a == b or ((len(a) == 1 or len(b) == 1) and a[0] == b[0]) for a, b in zip(short, long, strict=False)]
    return bool(alike) and all(alike) and len(short[0]) > 1 and short[0] == long[0]
