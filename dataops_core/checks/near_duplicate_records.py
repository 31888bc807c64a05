"""Nearly equal records."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.look import Look
from dataops_core.checks.repeats import repeated
from dataops_core.checks.variants import plain

GROUP = 30


@check("Nearly equal records", group="Rows", scope="table",
       no_fix="Whether two such rows are one record, only somebody who knows them can say; filter the rows and look.")
def near_duplicate_records(look: Look) -> Hit | None:
    """Rows that agree with an earlier row in everything but the spelling of a name or another text, their own number aside.

    Somebody or something was entered twice. Each counts twice, and half of the history hangs on each of the two.
    """
    texts = [n for n in look.named("text", "category", "id", types=["text"], least=50) if look.facts[n]["distinct"] >= 0.02 * look.rows]
    ids = {c.name for c in look.table.columns if c.kind == "id" or look.facts[c.name]["distinct"] == look.rows}
    texts = [name for name in texts if name not in {c.name for c in look.table.columns if c.kind == "id"}]
    rest = [name for name in look.table.names if name not in texts and name not in ids and look.facts[name]["distinct"] > 1]
    if not texts or not rest or _bits(look, rest) < 2 * np.log2(max(2, look.rows)) + 7:
        return None
    rest = sorted(rest, key=lambda name: -look.facts[name]["distinct"])
    later = repeated(look, rest)
    if not len(later) or len(later) > 0.3 * look.rows:
        return None
    mask = np.zeros(look.rows, dtype=bool)
    for group in _groups(look, rest, later):
        for at, row in enumerate(group[1:], 1):
            mask[row] = any(_near(look, texts, int(earlier), int(row)) for earlier in group[:at])
    return Hit(mask, f"{mask.sum():,} rows agree with an earlier row but for the spelling of a text.")


def _bits(look: Look, names: list[str]) -> float:
    """How unlikely it is, in bits, that two rows agree in all these columns by chance, were they independent."""
    total = 0.0
    for name in names:
        codes = look.example(name)
        share = np.bincount(codes + 1) / len(codes)
        total -= float(np.log2(max((share**2).sum(), 1.0 / max(1, look.facts[name]["distinct"]))))
    return total


def _groups(look: Look, names: list[str], later: np.ndarray) -> list[np.ndarray]:
    """The rows that agree in these columns, group by group, for the rows that repeat an earlier one."""
    keys = np.zeros(look.rows, dtype=np.uint64)
    for name in names:
        keys = keys * np.uint64(0x9E3779B97F4A7C15) + look.codes(name).astype(np.int64).view(np.uint64) * np.uint64(0xBF58476D1CE4E5B9)
    wanted = np.flatnonzero(np.isin(keys, np.unique(keys[later])))
    order = wanted[np.argsort(keys[wanted], kind="stable")]
    cuts = np.flatnonzero(keys[order][1:] != keys[order][:-1]) + 1
    return [group for group in np.split(order, cuts) if 2 <= len(group) <= GROUP]


def _near(look: Look, texts: list[str], one: int, other: int) -> bool:
    """Whether two rows differ in some text, and nowhere by more than a slip of the pen."""
    from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

    differs = False
    for name in texts:
        cells = look.cells(name)
        assert cells.dictionary is not None
        values, codes = cells.dictionary
        a, b = int(codes[one]), int(codes[other])
        if a == b:
            continue
        if min(a, b) < 0:
            return False
        first, second = plain(str(values[a])), plain(str(values[b]))
        edits = DamerauLevenshtein.distance(first, second, score_cutoff=3)
        if first != second and edits > (1 if min(len(first), len(second)) < 8 else 3) and JaroWinkler.similarity(first, second) < 0.93:
            return False
        differs = True
    return differs
