"""Nearly equal records."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from dataops_core.checks.check import Hit, check
from dataops_core.checks.repeats import twins
from dataops_core.checks.table_view import TableView
from dataops_core.checks.variants import plain
from dataops_core.checks.wording import counted

GROUP = 30


@check(
    "Nearly equal records",
    group="Rows",
    scope="table",
    no_fix="Whether two such rows are one record, only somebody who knows them can say; filter the rows and look.",
)
def near_duplicate_records(look: TableView) -> Hit | None:
    """Rows that agree with an earlier row in everything but the spelling of a name or another text, their own number
    aside.

    Somebody or something was entered twice. Each counts twice, and half of the history hangs on each of the two.
    """
    texts = [
        n
        for n in look.named("text", "category", "id", types=["text"], least=50)
        if look.distinct(n) >= 0.02 * look.rows
    ]
    ids = {c.name for c in look.table.columns if c.kind == "id" or look.distinct(c.name) == look.rows}
    texts = [name for name in texts if name not in {c.name for c in look.table.columns if c.kind == "id"}]
    rest = [name for name in look.table.names if name not in texts and name not in ids and look.distinct(name) > 1]
    if not texts or not rest or _bits(look, rest) < 2 * np.log2(max(2, look.rows)) + 7:
        return None
    rest = sorted(rest, key=lambda name: -look.distinct(name))
    places, keys = twins(look, rest)
    if not len(places) or len(places) - len(np.unique(keys)) > 0.3 * look.rows:
        return None
    held = [look.cells(name).at(places) for name in texts]
    mask = np.zeros(look.rows, dtype=bool)
    for group in _groups(np.arange(len(places)), keys):
        for at, row in enumerate(group[1:], 1):
            mask[places[row]] = any(_near(held, int(earlier), int(row)) for earlier in group[:at])
    return Hit(
        mask, f"{counted(mask.sum(), 'row agrees', 'rows agree')} with an earlier row but for the spelling of a text."
    )


def _bits(look: TableView, names: list[str]) -> float:
    """How unlikely it is, in bits, that two rows agree in all these columns by chance, were they independent."""
    total = 0.0
    for name in names:
        codes = look.example(name)
        share = np.bincount(codes + 1) / len(codes)
        total -= float(np.log2(max((share**2).sum(), 1.0 / max(1, look.distinct(name)))))
    return total


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
            and edits > (1 if min(len(first), len(second)) < 8 else 3)
            and JaroWinkler.similarity(first, second) < 0.93
        ):
            return False
        differs = True
    return differs
