"""Sources that contradict the others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dataops_core.checks.aliases import usual_values
from dataops_core.checks.check import REGISTRY, Hit, check, hits
from dataops_core.checks.table_view import TableView
from dataops_core.checks.wording import cell
from dataops_core.checks.written import miswritten
from dataops_core.wording import counted

THINGS = 10
SOURCES = (3, 50)
ONCE = 0.9  # of the rows: a source tells of a thing once
TOLD = 4  # sources at least tell of a thing
AGREE = 0.8  # of the rows hold what most sources say
LEAST = 5  # rows in which a source stands alone
SHARE = 0.05  # of its rows
MOST = 0.6  # of its rows, or it means something else by the column
TIMES = 3  # as often as half of the sources do


@check(
    "Sources that contradict the others",
    group="Between columns",
    scope="table",
    no_fix="Most sources tell otherwise, but they may have copied from each other; the repair weighs them.",
)
def contradicting_sources(look: TableView) -> Iterator[Hit]:
    """Shops, files or clerks that tell another value of a thing than most others do of the same thing, and often.

    What is counted or averaged then depends on whom one asks; a source that is often wrong is better left out.
    """
    things = [
        name
        for name in look.named("category", "text", "id", "number", types=["text", "integer"], least=THINGS)
        if look.distinct(name) <= look.rows / TOLD
    ]
    sources = look.named("category", types=["text", "integer"], least=SOURCES[0], most=SOURCES[1])
    said = {hit.columns[1] for hit in hits(REGISTRY["broken_dependency"], look)} if things and sources else set()
    for source in sources:
        for thing in things:
            if thing == source or not _tells_once(look, thing, source):
                continue
            for told in look.table.names:
                if told not in (thing, source) and told not in said:
                    found = list(_alone(look, thing, source, told))
                    said |= {told} if found else set()
                    yield from found


def _tells_once(look: TableView, thing: str, source: str) -> bool:
    """Whether several sources tell of each thing, each of them once."""
    a, b = look.example(thing).astype(np.int64), look.example(source).astype(np.int64)
    there = (a >= 0) & (b >= 0)
    if look.rows > len(a) or there.mean() < ONCE:
        return False  # of a sample nobody can tell
    pairs = len(np.unique(a[there] * (int(b.max()) + 1) + b[there]))
    return bool(pairs >= ONCE * there.sum() and there.sum() >= TOLD * len(np.unique(a[there])))


def _alone(look: TableView, thing: str, source: str, told: str) -> Iterator[Hit]:
    """The sources that often tell another value than most."""
    meant = look.meant(told).dictionary
    if meant is None or len(meant[0]) < 3:
        return
    a, b, s = look.codes(thing), meant[1], look.codes(source)
    there = (a >= 0) & (b >= 0) & (s >= 0)
    if there.sum() < 50:
        return
    usual, sizes = usual_values(a[there], b[there])
    rows = np.flatnonzero(there)
    big = (sizes[a[there]] >= TOLD) & (usual[a[there]] >= 0)
    odd = np.zeros(look.rows, dtype=bool)
    odd[rows[big & (usual[a[there]] != b[there])]] = True
    if not odd.any() or big.sum() < ONCE * len(rows) or odd.sum() > (1 - AGREE) * big.sum():
        return
    odd &= ~_written_otherwise(look, told)
    counts = np.bincount(s[odd], minlength=int(s.max()) + 1)
    share = counts / np.maximum(1, np.bincount(s[there], minlength=len(counts)))
    often = (share >= np.maximum(SHARE, TIMES * np.median(share))) & (share <= MOST)
    for code in np.flatnonzero((counts >= LEAST) & often):
        mask = odd & (s == code)
        yield Hit(
            mask,
            f"{source} {cell(look.values(source)[code])} tells another {told} than most others of the same {thing}"
            f" in {counted(mask.sum(), 'row')}, {share[code]:.0%} of its own.",
            columns=(source, told),
        )


def _written_otherwise(look: TableView, told: str) -> np.ndarray:
    """The cells with a finding of their own: written in another way, or in another unit."""
    cells = look.cells(told)
    mask = np.zeros(look.rows, dtype=bool)
    if cells.type == "text" and cells.parsed is None:
        mask |= miswritten(cells, look.context)
    for name in ("several_names", "other_scale"):
        for hit in hits(REGISTRY[name], look):
            if told in hit.columns:
                mask |= hit.mask
    return mask
